"""RIOT itself over ZEP, where its binary is at hand: pings both ways, behind our gateway too, and what a prober finds.

``P6LOWPAN_RIOT=.../gnrc_networking.elf`` names it.
"""

import asyncio

import pytest

from gateway.leaves import text
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.stacks import PROFILES, cells
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.live import LiveProbing
from p6lowpan.interop.probing.plan import DATAGRAM, REASSEMBLIES, WAIT, Reach, plan
from p6lowpan.interop.probing.plan_addresses import group_of
from p6lowpan.interop.probing.prober import Patience, Prober
from p6lowpan.interop.probing.scene import Scene, under
from p6lowpan.interop.probing.simulated import SCENE
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import format_ipv6, parse_link
from peers.riot_native import EUI64, LINK_LOCAL, PAN, Riot, missing

SIZES = (0, 1, 8, 40, 80, 96, 200, 512, 1000, 1231, 1232)
OURS, THEIRS = parse_link("0212740011223344"), parse_link(EUI64)
OUR_SHORT, THEIR_SHORT = parse_link("0a0b"), parse_link("7001")
BUILT_WITHOUT = {
    *(Feature.NHC_HOP_BY_HOP, Feature.NHC_ROUTING, Feature.NHC_DESTINATION_OPTIONS, Feature.NHC_MOBILITY),
    *(Feature.NHC_PADDING_ELIDED, Feature.NHC_FRAGMENT_LENGTH_SIX, Feature.HEADERS_PAST_FIRST_FRAGMENT),
}
"""What cannot be asked where nobody processes extension headers, as in the example as it is, or no IPv6 fragments."""
OUR_LINK_LOCAL = "fe80::12:7400:1122:3344"
CONTEXTS = SCENE.contexts

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


def our_node(dispatcher):
    profile = of_level(6)
    discovery = Configuration(role=Role.HOST, mode=Mode.REGULAR, extended=OURS, profile=profile)
    pinned = {THEIRS: PROFILES["riot"]}
    configuration = NodeConfiguration(zep_link(OURS, PAN), discovery, profile=profile, pinned=pinned)
    return AsyncioNode(configuration, ZepRadio([dispatcher.sockname[:2]], local=("::1", 0), registers_as=OURS))


def beside(conversation):
    """Run a conversation with RIOT on the air of a dispatcher."""

    async def whole():
        async with ZepDispatcher(("::1", 0)) as dispatcher, Riot(dispatcher.sockname) as riot:
            return await conversation(dispatcher, riot)

    return asyncio.run(asyncio.wait_for(whole(), 300))


def test_our_node_pings_riot_with_every_size():
    async def conversation(dispatcher, _riot):
        async with our_node(dispatcher) as node:
            await node.wait_for_address(link_local=True)
            for size in SIZES:
                payload = bytes(at % 251 for at in range(size))
                assert (await node.ping(LINK_LOCAL, payload, timeout=10)).payload == payload

    beside(conversation)


def test_riot_pings_our_node_with_every_size():
    async def conversation(dispatcher, riot):
        async with our_node(dispatcher) as node:
            await node.wait_for_address(link_local=True)
            for size in SIZES:
                shown = await riot.run(f"ping -c 1 -W 3000 -s {size} {OUR_LINK_LOCAL}")
                assert "1 packets received" in shown, shown

    beside(conversation)


def test_riot_registers_with_our_gateway_and_is_reached_through_it(tmp_path):
    async def conversation(dispatcher, riot):
        config = text(tmp_path, dispatcher.sockname[:2]).replace(f"pan = {0xABCD}", f"pan = {PAN}")
        config += f'neighbor = [{{ eui64 = "{EUI64}", profile = "riot" }}]\n'
        gateway = Gateway(read_plan(config, "gateway.toml"))
        await gateway.start()
        try:
            address = await riot.address("2001:db8:1:")
            for size in SIZES:
                assert len((await gateway.lowpans[0].node.ping(address, bytes(size), timeout=10)).payload) == size
                shown = await riot.run(f"ping -c 1 -W 3000 -s {size} 2001:db8:1::ff")
                assert "1 packets received" in shown, shown
            return address, gateway.status()[0]["registrations"]
        finally:
            await gateway.close()

    address, registrations = beside(conversation)
    assert address == "2001:db8:1:0:a0:b0c0:d0e0:f001"
    assert registrations >= 1


async def told_contexts(riot):
    """RIOT knows the contexts, has an address under each from either of its link-layer addresses, has joined the group
    of the first, and knows the way back to us."""
    for number, context in CONTEXTS.items():
        prefix = format_ipv6(context.prefix)
        await riot.run(f"6ctx add {number} {prefix}/64 60")
        await riot.run(f"nib route add 6 {prefix}/64 {OUR_LINK_LOCAL}")
        for link_address in (THEIRS, THEIR_SHORT):
            await riot.run(f"ifconfig 6 add {format_ipv6(under(context, link_address))}/64")
    await riot.run(f"ifconfig 6 add multicast {format_ipv6(group_of(CONTEXTS[0]))}")


def test_the_prober_finds_what_was_measured_of_riot():
    async def conversation(dispatcher, riot):
        await told_contexts(riot)
        radio = ZepRadio([dispatcher.sockname[:2]], local=("::1", 0), registers_as=OURS)
        reach = Reach(octets=1281, wait_s=4, parallel=5)
        patience = Patience(answer_us=300_000, gap_us=60_000)
        scene = Scene(OURS, THEIRS, OUR_SHORT, THEIR_SHORT, CONTEXTS)
        prober = Prober(zep_link(OURS, PAN, short=OUR_SHORT), scene, plan(reach), patience=patience)
        await LiveProbing(prober, radio).run()
        return prober.findings

    found, measured = beside(conversation), cells("riot")
    assert found.is_whole
    lacking = {feature for feature, cell in measured.items() if cell[0] in "-!"}
    right = {feature for feature, cell in measured.items() if cell[0] == "R"}
    assert found.receives & lacking == set()
    assert right & found.having(Verdict.NO) == set()
    assert right & found.having(Verdict.UNKNOWN) <= BUILT_WITHOUT
    class_ = found.features[Feature.TRAFFIC_CLASS]
    assert (class_.verdict, class_.partly) == (Verdict.NO, True)
    bounds = {one.name: (one.reached, one.failed) for one in found.bounds}
    assert (bounds[DATAGRAM], bounds[REASSEMBLIES], bounds[WAIT]) == ((1280, 1281), (4, 5), (2.5, 3))
    assert bounds["fragments reversed"] == (1, None)
