"""Attacks on a network from behind its border router, and its own nodes' on others; docs/security.md has a row each."""

import pytest

from node.border_network import BORDER, LEAF, OUTSIDE, Network, address, echo
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.backbone.backbone import INWARD
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.node import inputs
from p6lowpan.node.outputs import ToBackbone
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.registry import Protocol

CLOSED = inputs.ConfigureBackbone((), 31_250, 100_000)


@pytest.fixture
def network() -> Network:
    """Every attack is tried where everything is permitted, unless it says otherwise."""
    return Network()


def refused(network: Network, packet: bytes) -> list[Reason]:
    """Why a packet is not let in; nobody inside or outside hears of it."""
    backbone = network.border.border.backbone
    before = backbone.packets[INWARD]
    network.told.clear()
    network.give(inputs.FromBackbone(packet))
    assert backbone.packets[INWARD] == before
    assert network.said(ToBackbone) == []
    return network.reasons()


def test_from_outside_nothing_comes_in_that_no_rule_permits(network):
    network.give(CLOSED)
    for destination in (address(LEAF), address(BORDER)):
        assert refused(network, echo(OUTSIDE, destination)) == [Reason.NOT_PERMITTED]


def test_an_answer_to_nobody_does_not_come_in(network):
    network.give(CLOSED)
    reply = bytearray(echo(OUTSIDE, address(LEAF)))
    reply[40] = 129
    assert refused(network, bytes(reply)) == [Reason.NOT_PERMITTED]


def test_from_outside_nobody_has_an_address_of_ours(network):
    assert refused(network, echo(address(77), address(LEAF))) == [Reason.BAD_SOURCE]
    assert refused(network, echo(address(BORDER), address(LEAF))) == [Reason.BAD_SOURCE]


def test_link_local_packets_and_groups_do_not_cross_the_border(network):
    host, router = parse_ipv6("fe80::1"), network.border.discovery.interface.link_local
    assert refused(network, echo(host, address(LEAF))) == [Reason.BEYOND_SCOPE]
    assert refused(network, echo(OUTSIDE, router)) == [Reason.BEYOND_SCOPE]
    assert refused(network, echo(OUTSIDE, parse_ipv6("ff02::1"))) == [Reason.BEYOND_SCOPE]
    assert refused(network, echo(OUTSIDE, parse_ipv6("ff05::2"))) == [Reason.NOT_FOR_US]


def test_a_packet_for_another_prefix_is_not_forwarded(network):
    assert refused(network, echo(OUTSIDE, parse_ipv6("2001:db8:9::1"))) == [Reason.BAD_DESTINATION]


def test_no_packet_in_a_packet_gets_past_the_rules(network):
    inner = echo(address(77), address(LEAF))
    assert refused(network, make_packet(OUTSIDE, address(BORDER), Protocol.IPV6, 64, inner)) == [Reason.UNSUPPORTED]


def test_no_source_route_begins_outside(network):
    routing = bytes((Protocol.ICMPV6, 2, 3, 1, 0, 0, 0, 0)) + address(LEAF)
    packet = make_packet(OUTSIDE, address(BORDER), Protocol.ROUTING, 64, routing + echo(OUTSIDE, address(LEAF))[40:])
    assert refused(network, packet) == [Reason.UNSUPPORTED]


def test_from_inside_nothing_leaves_in_the_name_of_another_network(network):
    spoofed = echo(parse_ipv6("2001:db8:7::1"), OUTSIDE)
    network.give(inputs.SendPacket(spoofed))
    assert network.reasons() == [Reason.BAD_SOURCE]
    assert network.said(ToBackbone) == []


def test_who_is_not_there_is_reported_and_does_not_go_back_and_forth(network):
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(77))))
    (answer,) = network.said(ToBackbone)
    assert answer.packet[40] == 1  # Destination Unreachable
    assert network.reasons() == [Reason.NO_ROUTE]


def test_a_packet_on_its_last_hop_is_answered_and_goes_nowhere(network):
    network.give(inputs.FromBackbone(echo(OUTSIDE, address(LEAF), hop_limit=1)))
    assert network.reasons() == [Reason.HOP_LIMIT_EXCEEDED]
    assert [packet.packet[40] for packet in network.said(ToBackbone)] == [3]


def test_nobody_on_the_backbone_is_a_neighbor(network):
    advertisement = bytes.fromhex("88000000e0000000") + address(LEAF)
    checksum = transport_checksum(OUTSIDE, address(BORDER), Protocol.ICMPV6, advertisement)
    message = advertisement[:2] + checksum.to_bytes(2, "big") + advertisement[4:]
    network.give(inputs.FromBackbone(make_packet(OUTSIDE, address(BORDER), Protocol.ICMPV6, 255, message)))
    assert network.reasons() == [Reason.NOT_FROM_A_NEIGHBOR]


def test_a_flood_from_outside_is_cut_to_the_rate_and_the_radio_goes_on(network):
    network.give(inputs.ConfigureBackbone(("any",), 10_000, 50_000))
    before, began = network.world.counters[BORDER].octets_sent, network.world.now
    for _ in range(60):
        network.world.inject(began, BORDER, inputs.FromBackbone(echo(OUTSIDE, address(LEAF), 1000)))
    network.run(1)
    sent = network.world.counters[BORDER].octets_sent - before
    assert 5_000 < sent < 13_000  # the rate, the burst, and the packet that overdrew it
    assert Reason.AIR_FULL in network.reasons()
    assert Reason.QUEUE_FULL not in network.reasons()
