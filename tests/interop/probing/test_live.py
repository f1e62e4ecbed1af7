"""On a radio: ZEP over UDP, in real time."""

import asyncio
import contextlib
import errno
import os

import pytest

from drivers.serial_line import serial_line
from p6lowpan.capability.profile import level_features, of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.gateway.radios import link_over, radio_of, read_radio
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import parse_link

PAN = 0xABCD
OURS, THEIRS = parse_link("02b0c5feed000001"), parse_link("0200000000000001")
PATIENCE = Patience(answer_us=400_000, gap_us=30_000)
SECURED = LinkSecurity((LinkKey(bytes(range(16))),))


def neighbor(level, security):
    profile = of_level(level)
    discovery = Configuration(
        role=Role.HOST, mode=Mode.REGULAR, extended=THEIRS, profile=profile, link_secured=security is not None
    )
    return NodeConfiguration(link=zep_link(THEIRS, PAN, security=security), discovery=discovery, profile=profile)


class Line:
    """Two serial devices that hear each other: what is written to one is read from the other, after a while on the
    air."""

    ON_AIR_SECONDS = 0.005

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._loop = asyncio.get_running_loop()
        (one, first), (other, second) = (stack.enter_context(serial_line()) for _ in range(2))
        self.names = first, second
        for here, there in ((one, other), (other, one)):
            os.set_blocking(here, False)
            self._loop.add_reader(here, self._heard, here, there)
            stack.callback(self._loop.remove_reader, here)

    def _heard(self, here: int, there: int) -> None:
        self._loop.call_later(self.ON_AIR_SECONDS, os.write, there, os.read(here, 4096))


async def probed_over_a_line(level):
    with contextlib.ExitStack() as stack:
        ours, theirs = (read_radio(f"serial:{name},baud=4000000", "--radio") for name in Line(stack).names)
        async with AsyncioNode(neighbor(level, None), radio_of(theirs, THEIRS, PAN, None)) as node:
            await node.wait_for_address(link_local=True)
            reach = Reach(octets=256, wait_s=0, parallel=2)
            prober = Prober(link_over(ours, OURS, PAN), Scene(OURS, THEIRS), plan(reach), patience=PATIENCE)
            async with asyncio.timeout(60):
                await LiveProbing(prober, radio_of(ours, OURS, PAN, None)).run()
            return prober.findings


async def probed(level, security=None):
    async with ZepDispatcher(("::1", 0)) as medium:
        place = medium.sockname[:2]
        async with AsyncioNode(neighbor(level, security), ZepRadio([place], local=("::1", 0))) as node:
            await node.wait_for_address(link_local=True)
            link, reach = zep_link(OURS, PAN, security=security), Reach(octets=256, wait_s=0, parallel=2)
            prober = Prober(link, Scene(OURS, THEIRS), plan(reach), patience=PATIENCE)
            decided = []
            radio = ZepRadio([place], local=("::1", 0), registers_as=OURS)
            probing = LiveProbing(prober, radio, lambda: decided.append(len(prober.results.of)))
            async with asyncio.timeout(60):
                await probing.run()
            assert decided == sorted(decided)
            assert decided[-1] == len(prober.plan)
            return prober.findings


def test_a_node_behind_a_zep_dispatcher_is_probed():
    found = asyncio.run(probed(1))
    assert level_features(0) < found.receives < level_features(1)  # there is no short address to ask
    assert (found.level, found.level_at_most, found.announced) == (0, 1, "level-1")


async def probed_while_nothing_can_be_written():
    def told():
        raise OSError(errno.ENOSPC, "no room for the state")

    async with ZepDispatcher(("::1", 0)) as medium:
        radio = ZepRadio([medium.sockname[:2]], local=("::1", 0), registers_as=OURS)
        prober = Prober(zep_link(OURS, PAN), Scene(OURS, THEIRS), plan(Reach()), patience=PATIENCE)
        async with asyncio.timeout(30):
            await LiveProbing(prober, radio, told).run()


def test_a_result_that_cannot_be_kept_ends_the_probing():
    with pytest.raises(OSError, match="no room for the state"):
        asyncio.run(probed_while_nothing_can_be_written())


def test_a_node_behind_link_security_is_probed_with_its_key():
    found = asyncio.run(probed(0, SECURED))
    assert found.receives == level_features(0)
    assert {one.name: one.reached for one in found.bounds}["datagram octets"] == 256


def test_a_node_at_the_other_end_of_a_serial_line_is_probed_by_the_words_of_a_configuration():
    found = asyncio.run(probed_over_a_line(0))
    assert found.receives == level_features(0)
    assert (found.level, found.announced) == (0, "level-0")
