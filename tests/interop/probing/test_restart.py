"""A probing that is killed in the middle, and started again by the same words."""

import asyncio
import json
import os
import signal
import sys

from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import parse_link

PAN = 0xABCD
THEIRS = parse_link("0200000000000001")
COMMAND = "import sys; from p6lowpan.cli.main import main; sys.argv = ['p6lowpan', *sys.argv[1:]]; main()"


def neighbor(level):
    discovery = Configuration(Role.HOST, THEIRS, mode=Mode.REGULAR, profile=of_level(level))
    return NodeConfiguration(zep_link(THEIRS, PAN), discovery, profile=of_level(level))


async def probing(words, stdout=asyncio.subprocess.DEVNULL):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, "probe", *words, stdout=stdout, env=environment
    )


def results_in(state):
    return json.loads(state.read_text())["of"] if state.exists() else []


async def until_there_are(count, state, words):
    """Probe until so many results are kept; then kill it."""
    process = await probing(words)
    while len(results_in(state)) < count:
        assert process.returncode is None
        await asyncio.sleep(0.05)
    process.kill()
    await process.wait()
    return results_in(state)


async def killed_twice(state):
    medium = ZepDispatcher(("::1", 0))
    async with medium, AsyncioNode(neighbor(0), ZepRadio([medium.sockname[:2]], local=("::1", 0))) as node:
        await node.wait_for_address(link_local=True)
        radio = f"zep:[::1]:{medium.sockname[1]},local=[::1]:0"
        words = ["0200000000000001", "--radio", radio, "--patience", "0.3", "--state", str(state)]
        first = await until_there_are(12, state, words)
        return first, await until_there_are(len(first) + 3, state, words)


def test_what_was_found_before_a_kill_is_kept_and_the_next_goes_on_behind_it(tmp_path):
    """That the end is the same wherever it was cut is seen in the simulator, sooner: test_prober.py."""
    first, second = asyncio.run(asyncio.wait_for(killed_twice(tmp_path / "state.json"), 60))
    assert 12 <= len(first) < len(second)
    assert second[: len(first)] == first
    assert [one["outcome"] for one in first if one["name"] in ("base/plain", "base/iphc")] == ["answered", "refused"]


async def interrupted(state):
    medium = ZepDispatcher(("::1", 0))
    async with medium, AsyncioNode(neighbor(0), ZepRadio([medium.sockname[:2]], local=("::1", 0))) as node:
        await node.wait_for_address(link_local=True)
        radio = f"zep:[::1]:{medium.sockname[1]},local=[::1]:0"
        words = ["0200000000000001", "--radio", radio, "--patience", "0.3", "--state", str(state)]
        process = await probing(words, stdout=asyncio.subprocess.PIPE)
        while len(results_in(state)) < 5:
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, _ = await process.communicate()
        return process.returncode, output.decode()


def test_what_was_found_until_an_interrupt_is_shown_and_kept(tmp_path):
    path = tmp_path / "state.json"
    status, output = asyncio.run(asyncio.wait_for(interrupted(path), 60))
    assert status == 130
    assert "uncompressed_ipv6            0      0         yes" in output
    assert "interrupted; with --state the same command goes on from there" in output
    assert len(results_in(path)) >= 5
