"""A border router with two sides, whole: what comes by one leaves by the other, and what it knew outlives it."""

import copy
import struct
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.discovery import How
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Permit
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node import inputs
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.durable import Durable
from p6lowpan.node.log import entry_line, read_line
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import DeliverIcmpv6, ToBackbone
from p6lowpan.simulator.faults import PowerOff, Replacement
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier, link_local, parse_ipv6
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

    def __init__(self, level: int = 5, secured: bool = False) -> None:
        self.told: list[object] = []
        self.configuration = configuration(BORDER, 5, secured)
        self.world = World(1, listener=lambda _, number, output: self.told.append(output) if not number else None)
        for one in (self.configuration, configuration(LEAF, level, secured)):
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


@pytest.mark.parametrize("level", range(7))
def test_a_host_outside_pings_nodes_of_every_level(level):
    network = Network(level)
    for size in (0, 100, 1232):
        network.told.clear()
        network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), size)))
        replies = network.said(ToBackbone)
        assert [len(reply.packet) for reply in replies] == [48 + size]
        assert replies[0].packet[24:40] == OUTSIDE
        assert replies[0].packet[7] == 63  # the border router is a hop
        assert replies[0].packet[40] == 129


def test_the_border_router_itself_answers_and_asks():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(BORDER))))
    assert [reply.packet[40] for reply in network.said(ToBackbone)] == [129]
    network.give(inputs.SendIcmpv6(OUTSIDE, bytes.fromhex("8000000000010001")))
    assert network.said(ToBackbone)[-1].packet[40] == 128


def test_a_leaf_reaches_a_host_outside_and_gets_its_answer():
    network = Network()
    network.give(inputs.ConfigureBackbone((), 31_250, 100_000))  # nothing comes in that nobody asked for
    heard = []
    network.world.trace.listener = lambda _, number, output: (heard if number else network.told).append(output)
    network.give(inputs.SendIcmpv6(OUTSIDE, bytes.fromhex("8000000000070001") + b"who?"), to=LEAF)
    (request,) = network.said(ToBackbone)
    reply = bytearray(request.packet)
    reply[8:24], reply[24:40], reply[40] = request.packet[24:40], request.packet[8:24], 129
    reply[42:44] = bytes(2)
    checksum = transport_checksum(bytes(reply[8:24]), bytes(reply[24:40]), Protocol.ICMPV6, bytes(reply[40:]))
    reply[42:44] = checksum.to_bytes(2, "big")
    network.give(inputs.FromBackbone(bytes(reply)))
    assert any(isinstance(output, DeliverIcmpv6) and output.octets[8:] == b"who?" for output in heard)


def test_who_is_not_there_is_reported_and_does_not_go_back_and_forth():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(77))))
    (answer,) = network.said(ToBackbone)
    assert answer.packet[40] == 1  # Destination Unreachable
    assert network.reasons() == [Reason.NO_ROUTE]


def test_a_packet_on_its_last_hop_is_answered_and_goes_nowhere():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), hop_limit=1)))
    assert network.reasons() == [Reason.HOP_LIMIT_EXCEEDED]
    assert [packet.packet[40] for packet in network.said(ToBackbone)] == [3]


def test_a_packet_longer_than_the_network_takes_is_told_how_long_it_may_be():
    network = Network()
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 1400)))
    assert network.reasons() == [Reason.TOO_BIG]
    (answer,) = network.said(ToBackbone)
    assert answer.packet[40] == 2
    assert int.from_bytes(answer.packet[44:48], "big") == 1280


def test_nobody_on_the_backbone_is_a_neighbor():
    network = Network()
    advertisement = bytes.fromhex("88000000e0000000") + address(LEAF)
    checksum = transport_checksum(OUTSIDE, address(BORDER), Protocol.ICMPV6, advertisement)
    message = advertisement[:2] + checksum.to_bytes(2, "big") + advertisement[4:]
    network.give(inputs.FromBackbone(make_packet(OUTSIDE, address(BORDER), Protocol.ICMPV6, 255, message)))
    assert network.reasons() == [Reason.NOT_FROM_A_NEIGHBOR]


def test_a_flood_from_outside_is_cut_to_the_rate_and_the_radio_goes_on():
    network = Network()
    network.give(inputs.ConfigureBackbone(("any",), 10_000, 50_000))
    before, began = network.world.counters[BORDER].octets_sent, network.world.now
    for _ in range(60):
        network.world.inject(began, BORDER, inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 1000)))
    network.run(1)
    sent = network.world.counters[BORDER].octets_sent - before
    assert 5_000 < sent < 13_000  # the rate, the burst, and the packet that overdrew it
    assert Reason.AIR_FULL in network.reasons()
    assert Reason.QUEUE_FULL not in network.reasons()


def test_registrations_levels_and_contexts_outlive_a_restart_without_registering_again():
    network = Network(2)
    durable = network.border.durable
    assert [one.address for one in durable.registrations] == [link_local(eui64(LEAF)), address(LEAF)]
    assert [(one.neighbor, one.profile.level, one.how) for one in durable.levels] == [
        (eui64(LEAF), 2, How.ADVERTISEMENT)
    ]
    assert durable.contexts
    assert durable.version >= 1
    network.restart(durable)
    assert network.border.levels.known(eui64(LEAF)) == (of_level(2), How.ADVERTISEMENT)
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 300)))
    assert len(network.said(ToBackbone)) == 1
    kept, now = network.border.durable, durable
    assert (kept.registrations, kept.bindings, kept.version) == (now.registrations, now.bindings, now.version)


def test_without_what_was_kept_the_same_packet_goes_nowhere():
    network = Network(2)
    network.restart(None)
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert Reason.NO_ROUTE in network.reasons()


def test_what_ended_while_the_node_was_off_is_not_restored():
    network = Network()
    durable = network.border.durable
    network.world.plan(PowerOff(network.world.now, LEAF))
    network.restart(durable.shifted(-3600 * SECOND))
    assert network.border.durable.registrations == ()
    network.restart(durable.shifted(-3600 * SECOND + 60 * SECOND))
    assert len(network.border.durable.registrations) == 2
    network.run(60)
    assert network.border.durable.registrations == ()


def test_frame_counters_are_not_behind_those_that_were_kept():
    network = Network(secured=True)
    durable = network.border.durable
    assert durable.frame_counter > 0
    assert [one.neighbor for one in durable.neighbor_counters] == [eui64(LEAF)]
    network.restart(replace(durable, frame_counter=durable.frame_counter + 1000))
    assert network.border.link.frame_counter >= durable.frame_counter + 1000
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    assert len(network.said(ToBackbone)) == 1
    assert Reason.REPLAYED not in network.reasons()


def test_changes_of_what_is_durable_are_counted():
    network = Network()
    before = network.border.durable_changes
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF))))
    network.give(inputs.AnnounceContext(3, parse_ipv6("2001:db8:9::"), 64))
    assert network.border.durable_changes > before
    assert {one.context.identifier for one in network.border.durable.contexts} == {0, 3}
    network.give(inputs.WithdrawContext(3))


def test_a_prefix_that_is_announced_later_is_inside():
    network = Network()
    other = parse_ipv6("2001:db8:9::")
    network.give(inputs.AnnouncePrefix(other, 64, 3600, 3600))
    network.give(inputs.FromBackbone(echo(Ipv6Address(other[:8] + bytes(7) + b"\x01"), address(LEAF))))
    assert Reason.BAD_SOURCE in network.reasons()


def test_a_pinned_neighbor_is_spoken_to_as_configured_until_it_is_not():
    network = Network(5)
    network.give(inputs.PinNeighbor(eui64(LEAF), "level-1"))
    assert network.border.levels.known(eui64(LEAF)) == (of_level(1), How.CONFIGURED)
    network.give(inputs.PinNeighbor(eui64(LEAF)))
    assert network.border.levels.known(eui64(LEAF)) == (of_level(5), How.ADVERTISEMENT)


def test_a_copy_goes_its_own_way():
    network = Network()
    copied = copy.deepcopy(network.border)
    now = network.world.now
    outputs = copied.handle(now, inputs.FromBackbone(echo(OUTSIDE, address(BORDER))))
    assert any(isinstance(output, ToBackbone) for output in outputs)
    assert network.border.border.backbone.packets != copied.border.backbone.packets


def test_a_host_has_no_backbone():
    with pytest.raises(UsageError):
        replace(configuration(LEAF, 5), backbone=BackboneConfiguration())
    with pytest.raises(UsageError):
        Node(configuration(LEAF, 5)).handle(0, inputs.FromBackbone(echo(OUTSIDE, link_local(eui64(LEAF)))))


@pytest.mark.parametrize(
    "given",
    [
        inputs.FromBackbone(b"\x60\x00"),
        inputs.ConfigureBackbone(("udp port 5", "any"), 31_250, 1),
        inputs.PinNeighbor(eui64(1), "level-2"),
        inputs.AnnouncePrefix(PREFIX, 64, 5, 5),
        inputs.AnnounceContext(1, PREFIX, 64),
        inputs.WithdrawContext(1),
    ],
)
def test_a_log_keeps_what_an_administrator_says(given):
    assert read_line(entry_line(5, given)) == (5, given)


def test_fragments_behind_a_restart_have_other_tags():
    fresh, again = Node(configuration(BORDER, 5)), Node(replace(configuration(BORDER, 5), restored=Durable()))
    assert fresh.adaptation._next_tag() == 1
    assert again.adaptation._next_tag() not in (0, 1)
