"""A node with a short address and an EUI-64 is one row, one level, and is known as one after a reload and a restart."""

import asyncio
from dataclasses import replace

from gateway.leaves import LIMITS, PAN, Leaves, eui64, running, text
from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import LinkAddress, parse_ipv6

OWN, SHORT = eui64(1), LinkAddress(b"\0\7")
BOTH = 'neighbor = [{ eui64 = "0200000000000001", short = "0007", profile = "level-2" }]'


def rows(gateway: Gateway) -> list[tuple[str, list[str], str]]:
    return [(one["neighbor"], one["short"], one["profile"]) for one in gateway.neighbors()]


def test_what_the_configuration_says_is_one_neighbor_is_one_after_a_reload_too(tmp_path):
    medium = ("::1", 17754)

    async def main():
        async with running(text(tmp_path, medium)) as gateway:
            levels = gateway.lowpans[0].node.node.levels
            levels.advertised(OWN, of_level(4), secured=False)
            levels.heard(SHORT)
            assert rows(gateway) == [("0x0007", [], "unknown"), ("02:00:00:00:00:00:00:01", [], "level-4")]
            gateway.change(read_plan(text(tmp_path, medium, network=BOTH), "gateway.toml"))
            assert rows(gateway) == [("02:00:00:00:00:00:00:01", ["0x0007"], "level-2")]
            assert levels.known(SHORT) == levels.known(OWN) == (of_level(2), How.CONFIGURED)
        async with running(text(tmp_path, medium)) as again:  # kept, as all is that was once known
            assert rows(again) == [("02:00:00:00:00:00:00:01", ["0x0007"], "level-4")]

    asyncio.run(main())


def two_addresses(medium) -> AsyncioNode:
    """A host that registers an address from its short one, with its EUI-64 as RFC 6775 demands it."""
    profile = of_level(3)
    discovery = Configuration(Role.HOST, OWN, SHORT, profile=profile, addresses=(parse_ipv6("2001:db8:1::ff:fe00:7"),))
    configuration = NodeConfiguration(
        link=replace(zep_link(OWN, PAN), short=SHORT), discovery=discovery, profile=profile, limits=LIMITS, seed=1
    )
    return AsyncioNode(configuration, ZepRadio([medium], local=("::1", 0), registers_as=OWN))


def test_a_host_that_registers_from_both_its_addresses_is_one_neighbor(tmp_path):
    async def main():
        async with (
            asyncio.timeout(20),
            Leaves() as leaves,
            running(text(tmp_path, leaves.medium)) as gateway,
            two_addresses(leaves.medium) as host,
        ):
            while not any(one["registered for s"] and one["short"] for one in gateway.neighbors()):
                await asyncio.sleep(0.05)
            assert (await gateway.lowpans[0].node.ping(host.addresses[0], b"x")).payload == b"x"
            assert rows(gateway) == [("02:00:00:00:00:00:00:01", ["0x0007"], "level-3")]

    asyncio.run(main())
