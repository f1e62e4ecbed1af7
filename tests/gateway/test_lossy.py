"""Nodes in this process and a gateway in another, over UDP that loses datagrams on purpose, acknowledgements too."""

import asyncio

from gateway.leaves import Leaves, address, text
from gateway.process import started
from p6lowpan.drivers.dispatcher import Loss
from p6lowpan.gateway.control import ask

LEVELS = (0, 3, 6)
SIZES = (0, 80, 500, 1232)
TRIES = 4
PERMILLE = 80
WAIT_SECONDS = 8


async def until_it_comes(ping) -> int:
    """How often somebody had to ask: the link repeats a frame three times, then an application must."""
    for attempt in range(1, TRIES + 1):
        try:
            await ping()
        except (OSError, ValueError):
            continue
        return attempt
    raise AssertionError("nothing came")


def pinging(node, size):
    return lambda: node.ping(address(255), bytes(size), timeout=WAIT_SECONDS)


def echoing(control, node, size):
    return lambda: ask(control, ask="echo", address=address(node), size=size, wait=WAIT_SECONDS)


def test_what_is_lost_is_repeated_and_every_size_arrives_both_ways(tmp_path):
    async def main():
        loss = Loss(PERMILLE, seed=1)
        async with Leaves(*LEVELS, passes=loss) as leaves:
            config, control = tmp_path / "gateway.toml", str(tmp_path / "control.sock")
            config.write_text(text(tmp_path, leaves.medium))
            process = await started(str(config), control)
            try:
                await leaves.have_addresses()
                asked = []
                for size in SIZES:
                    outward = [until_it_comes(pinging(node, size)) for node in leaves.nodes]
                    inward = [until_it_comes(echoing(control, node, size)) for node, _ in enumerate(LEVELS, 1)]
                    asked += await asyncio.gather(*outward, *inward)
                return loss.lost, asked, await ask(control, ask="neighbors")
            finally:
                process.terminate()
                assert await process.wait() == 0

    lost, asked, neighbors = asyncio.run(asyncio.wait_for(main(), 60))
    assert lost > PERMILLE // 5
    assert len(asked) == 2 * len(LEVELS) * len(SIZES)
    assert asked.count(1) >= len(asked) * 3 // 4  # what the link repeats is not noticed above
    assert [one["profile"] for one in sorted(neighbors, key=lambda one: one["neighbor"])] == [
        f"level-{level}" for level in LEVELS
    ]
