"""Our node and the Linux kernel's 6LoWPAN ping each other over the air; the prober finds what was measured of it."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.stacks import PROFILES, cells
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import DATAGRAM, Reach, plan
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.wire.address import Ipv6Address, parse_ipv6, parse_link
from peers.linux_kernel import EUI64, GLOBAL, LINK_LOCAL, PAN, SHORT, Guest, GuestRadio, missing

KERNEL, OURS, OUR_SHORT = parse_link(EUI64), parse_link("0212740011223344"), parse_link("0a0b")
OUR_LINK_LOCAL, OUR_GLOBAL = "fe80::12:7400:1122:3344", "2001:db8:1:2:12:7400:1122:3344"
SIZES = (0, 1, 8, 40, 80, 96, 200, 512, 1000, 1231, 1232)
CACHE = Path(__file__).parents[2] / "build" / "linux-peer"


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    if reason := missing():
        pytest.skip(reason)
    try:
        machine = Guest(CACHE, tmp_path_factory.mktemp("linux"))
    except (subprocess.SubprocessError, StopIteration) as error:
        pytest.skip(f"the Linux kernel as a peer: its package cannot be had here ({error})")
    with machine:
        yield machine


def link(short=None):
    return MacConfiguration(OURS, short, PAN, hardware_csma=True, hardware_acknowledges=True)


def our_node():
    """It knows what its neighbour is, as discovery would not find out from a stock stack."""
    discovery = Configuration(
        role=Role.HOST, mode=Mode.REGULAR, extended=OURS, profile=of_level(6), addresses=(parse_ipv6(OUR_GLOBAL),)
    )
    prefix = Ipv6Address(parse_ipv6(GLOBAL)[:8] + bytes(8))
    return NodeConfiguration(
        link=link(),
        discovery=discovery,
        profile=of_level(6),
        pinned=dict.fromkeys((KERNEL, parse_link(SHORT)), PROFILES["linux"]),
        routes=(StaticRoute(prefix, 64, parse_ipv6(LINK_LOCAL)),),
    )


def beside(guest, conversation):
    """Run a conversation with a node of ours on the guest's air."""

    async def whole():
        async with AsyncioNode(our_node(), GuestRadio(guest)) as node:
            await node.wait_for_address(link_local=True)
            await node.wait_for_address()
            return await conversation(node)

    return asyncio.run(whole())


@pytest.mark.parametrize("address", [LINK_LOCAL, GLOBAL])
def test_our_node_pings_the_kernel_with_every_size(guest, address):
    async def conversation(node):
        for size in SIZES:
            payload = bytes(at % 251 for at in range(size))
            assert (await node.ping(address, payload, timeout=10)).payload == payload

    beside(guest, conversation)


@pytest.mark.parametrize("address", [f"{OUR_LINK_LOCAL}%lowpan0", OUR_GLOBAL])
def test_the_kernel_pings_our_node_with_every_size(guest, address):
    async def conversation(node):
        for size in SIZES:
            shown = await asyncio.to_thread(guest.run, f"ping6 -c 1 -W 10 -s {size} {address}")
            assert re.search(r"1 packets received", shown), shown
        assert set(node.dropped) <= {Reason.NOT_FOR_US}  # the kernel looks for routers

    beside(guest, conversation)


def test_the_prober_finds_what_was_measured_of_the_kernel(guest):
    scene = Scene(OURS, KERNEL, OUR_SHORT, parse_link(SHORT))
    patience = Patience(answer_us=300_000, gap_us=60_000)
    prober = Prober(link(OUR_SHORT), scene, plan(Reach(octets=1280, wait_s=0.5, parallel=4)), patience=patience)

    async def probing():
        async with asyncio.timeout(240):
            await LiveProbing(prober, GuestRadio(guest)).run()

    asyncio.run(probing())
    found, measured = prober.findings, cells("linux")
    assert found.is_whole
    right = {feature for feature, cell in measured.items() if cell[0] == "R"}
    lacking = {feature for feature, cell in measured.items() if cell[0] in "-!"}
    assert found.receives & lacking == set()
    assert right & found.having(Verdict.NO) == {Feature.UNSPECIFIED_SOURCE}  # the kernel wants context 0 for it
    assert right & found.having(Verdict.UNKNOWN) == {
        Feature.STATEFUL_UNICAST,
        Feature.STATEFUL_MULTICAST,
        Feature.CONTEXT_IDENTIFIER,
    }  # Debian's kernel has no way to be told a context
    bounds = {one.name: one.reached for one in found.bounds}
    assert bounds[DATAGRAM] == 1280
    assert bounds["fragments swapped"] is None
    assert bounds["fragments repeated"] == 1
