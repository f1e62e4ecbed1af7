"""A border router with a backbone and one leaf, in a world of their own."""

import struct
from dataclasses import replace

from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Permit
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node import inputs
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.durable import Durable
from p6lowpan.node.node import Node
from p6lowpan.simulator.faults import Replacement
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier, parse_ipv6
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context

PREFIX = parse_ipv6("2001:db8:1::")
OUTSIDE = parse_ipv6("2001:db8:2::9")
SECOND = 1_000_000
BORDER, LEAF = 0, 1
SECURITY = LinkSecurity((LinkKey(bytes(range(16))),))


def eui64(number: int) -> LinkAddress:
    return LinkAddress(bytes.fromhex("02000000000000") + bytes((number,)))


def address(number: int) -> Ipv6Address:
    return Ipv6Address(PREFIX[:8] + interface_identifier(eui64(number)))


def configuration(number: int, level: int, secured: bool = False) -> NodeConfiguration:
    border = number == BORDER
    discovery = Configuration(
        role=Role.BORDER_ROUTER if border else Role.HOST,
        extended=eui64(number),
        profile=of_level(level),
        prefixes=(AdvertisedPrefix(PREFIX),) if border else (),
        contexts=(Context(0, PREFIX, 64),) if border else (),
        link_secured=secured,
    )
    return NodeConfiguration(
        link=MacConfiguration(eui64(number), None, 0xABCD, SECURITY if secured else None),
        discovery=discovery,
        profile=of_level(level),
        backbone=BackboneConfiguration((Permit(),)) if border else None,
        seed=number,
    )


class Network:
    """A border router with a backbone and one leaf. ``told`` is what the border router put out."""

    def __init__(
        self, level: int = 5, secured: bool = False, leaf: NodeConfiguration | None = None, asks: bool = False
    ) -> None:
        self.told: list[object] = []
        border = configuration(BORDER, 5, secured)
        self.configuration = replace(border, discovery=replace(border.discovery, asks=asks))
        self.world = World(1, listener=lambda _, number, output: self.told.append(output) if not number else None)
        for one in (self.configuration, leaf or configuration(LEAF, level, secured)):
            self.world.add(Node(one))
        self.world.connect(BORDER, LEAF)
        self.run(10)

    @property
    def border(self) -> Node:
        return self.world.devices[BORDER]

    def run(self, seconds: float) -> None:
        self.world.run(self.world.now + round(seconds * SECOND))

    def give(self, *given: inputs.Input, to: int = BORDER) -> None:
        for one in given:
            self.world.inject(self.world.now, to, one)
        self.run(2)

    def said(self, kind: type) -> list:
        return [output for output in self.told if isinstance(output, kind)]

    def reasons(self) -> list[Reason]:
        return [output.reason for output in self.said(Dropped)]

    def restart(self, durable: Durable | None) -> None:
        """The border router is replaced by another one; the clock of the new one begins with the world's."""
        restored = replace(self.configuration, restored=durable)
        self.world.plan(Replacement(self.world.now, BORDER, lambda _: Node(restored)))
        self.told.clear()
        self.run(1)


def echo(source: bytes, destination: bytes, size: int = 0, hop_limit: int = 64) -> bytes:
    message = struct.pack("!BBHHH", 128, 0, 0, 7, 1) + bytes(size)
    checksum = transport_checksum(source, destination, Protocol.ICMPV6, message)
    message = message[:2] + struct.pack("!H", checksum) + message[4:]
    return make_packet(source, destination, Protocol.ICMPV6, hop_limit, message)
