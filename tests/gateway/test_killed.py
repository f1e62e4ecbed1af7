"""A gateway that is killed under load, again and again: whoever had registered is reached at once by the next one,
without registering again, and no counter that was shown goes back.

``P6LOWPAN_KILLS=50`` kills it more often; ``make test-peers`` does.
"""

import asyncio
import contextlib
import os
import signal
import time

import pytest

from gateway.leaves import KEY, Leaves, address, eui64, text
from gateway.process import WAIT_SECONDS, started
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import DEFAULT_CHANNEL
from p6lowpan.drivers.zep_datagram import Heard, read_frame
from p6lowpan.gateway.control import ask
from p6lowpan.gateway.store import Store
from p6lowpan.wire.ieee802154.decoding import decode_frame

KILLS = int(os.environ.get("P6LOWPAN_KILLS", "2"))
LEVELS = (0, 2, 6)


async def load(node) -> None:
    """Echo requests without a pause, whether anybody answers or not."""
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            await node.ping(address(255), bytes(200), timeout=1)
        await asyncio.sleep(0.05)


def kept_of(path: str, wanted: str) -> dict:
    """The rows of one kind."""
    store = Store(path)
    try:
        return {key: row for (kind, key), row in store.values("zep").items() if kind == wanted}
    finally:
        store.close()


def registrations(path: str) -> dict:
    return kept_of(path, "registration")


class FrameCounters:
    """Our own, and the neighbors', as they are kept: none ever goes back."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.last: dict[str, int] = {}

    def look(self) -> None:
        now = {key: row[-1] for key, row in kept_of(self.path, "frame-counter").items()}
        now["own"] = kept_of(self.path, "node")["frame-counter"]
        assert all(now[key] >= counter for key, counter in self.last.items())
        self.last = now


class Overhearing(ZepDispatcher):
    """Notes what the gateway secured with each frame counter. A frame that is sent again is the same frame: a node that
    is late takes it for a replay, rightly; another frame with its counter would give the key stream away."""

    def __init__(self) -> None:
        super().__init__(("::1", 0))
        self.secured_with: dict[int, set[bytes]] = {}

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        heard = read_frame(data, DEFAULT_CHANNEL)
        if isinstance(heard, Heard):
            frame, _ = decode_frame(heard.frame, fcs_octets=0)
            if frame.source == eui64(255) and frame.security is not None:
                self.secured_with.setdefault(frame.security.frame_counter, set()).add(heard.frame)
        super().datagram_received(data, addr)


async def reached(control: str, node: str) -> int | list[str]:
    """How many octets came back, some time: what was under way to the gateway that was killed is under way still. Else
    what was said instead."""
    said, ends = [], time.monotonic() + WAIT_SECONDS
    while time.monotonic() < ends:
        try:
            return (await ask(control, ask="ping", address=node, size=400, wait=2))["octets"]
        except ValueError as error:
            said.append(str(error))
        await asyncio.sleep(0.1)
    return said


async def run_and_kill(folder, secured: bool) -> None:
    config, control = folder / "gateway.toml", str(folder / "control.sock")
    air = Overhearing()
    async with Leaves(*LEVELS, secured=secured, dispatcher=air) as leaves, asyncio.TaskGroup() as tasks:
        config.write_text(text(folder, leaves.medium, network=f'security_key = "{KEY.hex()}"' if secured else ""))
        frame_counters = FrameCounters(str(folder / "state.db"))
        process = await started(str(config), control)
        await leaves.have_addresses()
        loads = [tasks.create_task(load(node)) for node in leaves.nodes]
        kept = registrations(str(folder / "state.db"))
        assert len(kept) == 2 * len(LEVELS)
        shown: dict[str, int] = {}
        try:
            for number in range(1, KILLS + 1):
                await asyncio.sleep(0.05 * (number % 5))
                counters = (await ask(control, ask="status"))[0]["counters"]
                assert counters["starts"] == number
                assert all(counters[name] >= count for name, count in shown.items())
                shown = counters
                process.send_signal(signal.SIGKILL)
                await process.wait()
                frame_counters.look()
                assert registrations(str(folder / "state.db")) == kept
                process = await started(str(config), control)
                for leaf in range(1, len(LEVELS) + 1):
                    assert await reached(control, address(leaf)) == 400
                assert {one["profile"] for one in await ask(control, ask="neighbors")} == {
                    "level-0",
                    "level-2",
                    "level-6",
                }
            assert registrations(str(folder / "state.db")) == kept  # nobody has registered again
            assert len(frame_counters.last) == (1 + len(LEVELS) if secured else 1)
            assert bool(air.secured_with) is secured
            assert not [counter for counter, frames in air.secured_with.items() if len(frames) > 1]
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        finally:
            for task in loads:
                task.cancel()
            if process.returncode is None:
                process.kill()


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "secured"])
def test_who_had_registered_is_reached_behind_every_kill_and_no_counter_goes_back(tmp_path, secured):
    asyncio.run(run_and_kill(tmp_path, secured))


def test_a_hangup_reads_the_file_anew_and_a_wrong_one_changes_nothing(tmp_path):
    async def main():
        config, control = tmp_path / "gateway.toml", str(tmp_path / "control.sock")
        async with Leaves(3) as leaves:
            whole = text(tmp_path, leaves.medium)
            config.write_text(whole)
            process = await started(str(config), control)
            try:
                await leaves.have_addresses()
                config.write_text(whole + 'neighbor = [{ eui64 = "0200000000000001", profile = "level-1" }]\n')
                process.send_signal(signal.SIGHUP)
                async with asyncio.timeout(WAIT_SECONDS):
                    while (await ask(control, ask="neighbors"))[0]["profile"] != "level-1":
                        await asyncio.sleep(0.05)
                config.write_text("nonsense = ")
                process.send_signal(signal.SIGHUP)
                await asyncio.sleep(0.1)
                (neighbor,) = await ask(control, ask="neighbors")
                assert (neighbor["profile"], neighbor["learned by"]) == ("level-1", "configured")
                config.write_text(whole)
                assert await ask(control, ask="reload") == "reloaded"
                assert (await ask(control, ask="neighbors"))[0]["profile"] == "level-3"
            finally:
                process.terminate()
                assert await process.wait() == 0

    asyncio.run(main())
