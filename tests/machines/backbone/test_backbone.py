"""What crosses the border of a network, and what does not: packets by hand, no node."""

import struct
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.backbone.air import Air
from p6lowpan.machines.backbone.backbone import INWARD, OUTWARD, Backbone, LetIn, ToBackbone
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Permit, Prefix, read_permit, read_prefix
from p6lowpan.machines.network.outputs import BackboneRoute
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.machines.network.udp import make_datagram
from p6lowpan.wire.address import Ipv6Address, parse_ipv6
from p6lowpan.wire.ipv6.registry import Protocol

INSIDE, OUTSIDE = parse_ipv6("2001:db8:1::2"), parse_ipv6("2001:db8:2::9")
PREFIX = read_prefix("2001:db8:1::/64")
SECOND = 1_000_000
OPEN = BackboneConfiguration(permits=(Permit(),))


def backbone(configuration: BackboneConfiguration = OPEN, **limits: int) -> Backbone:
    return Backbone(configuration, (PREFIX,), replace(P6LOWPAN, **limits))


def permitting(*lines: str) -> Backbone:
    return backbone(BackboneConfiguration(permits=tuple(map(read_permit, lines))))


def udp(source: bytes, destination: bytes, port: int = 5683, source_port: int = 40000, payload: bytes = b"") -> bytes:
    ends = Ipv6Address(source), Ipv6Address(destination)
    segment = make_datagram(ends[0], source_port, ends[1], port, payload)
    return make_packet(source, destination, Protocol.UDP, 64, segment)


def icmpv6(source: bytes, destination: bytes, octets: bytes) -> bytes:
    return make_packet(source, destination, Protocol.ICMPV6, 64, octets)


def echo(source: bytes, destination: bytes, identifier: int = 7, reply: bool = False) -> bytes:
    return icmpv6(source, destination, struct.pack("!BBHHH", 129 if reply else 128, 0, 0, identifier, 1))


def reasons(one: Backbone, packet: bytes, now: int = 0) -> list[Reason]:
    return [dropped.reason for dropped in one.received(now, packet)]


def goes_out(one: Backbone, packet: bytes, now: int = 0) -> bool:
    return ToBackbone(packet) in one.leaving(now, BackboneRoute(packet))


def test_without_a_rule_nothing_comes_in_that_nobody_asked_for():
    closed = backbone(BackboneConfiguration())
    for packet in (udp(OUTSIDE, INSIDE), echo(OUTSIDE, INSIDE), icmpv6(OUTSIDE, INSIDE, bytes((1, 0, 0, 0)) * 3)):
        assert reasons(closed, packet) == [Reason.NOT_PERMITTED]
    assert closed.dropped == {Reason.NOT_PERMITTED: 3}
    assert closed.release(0, 0) == ()


def test_what_is_let_in_comes_out_whole_and_is_counted():
    one, packet = backbone(), udp(OUTSIDE, INSIDE, payload=b"hello")
    assert one.received(0, packet) == ()
    assert one.deadline is not None
    (let_in,) = one.release(0, 0)
    assert isinstance(let_in, LetIn)
    assert let_in.packet.octets == packet
    assert one.deadline is None
    assert one.packets[INWARD] == 1
    assert one.octets[INWARD] == len(packet)


@pytest.mark.parametrize(
    ("source", "destination", "reason"),
    [
        ("fe80::1", "2001:db8:1::2", Reason.BEYOND_SCOPE),
        ("2001:db8:2::9", "fe80::2", Reason.BEYOND_SCOPE),
        ("2001:db8:2::9", "ff02::1", Reason.BEYOND_SCOPE),
        ("2001:db8:2::9", "ff05::1", Reason.NOT_FOR_US),
        ("::", "2001:db8:1::2", Reason.BAD_SOURCE),
        ("ff02::1", "2001:db8:1::2", Reason.BAD_SOURCE),
        ("::1", "2001:db8:1::2", Reason.BEYOND_SCOPE),
        ("2001:db8:1::3", "2001:db8:1::2", Reason.BAD_SOURCE),
        ("2001:db8:2::9", "2001:db8:3::2", Reason.BAD_DESTINATION),
    ],
)
def test_no_rule_lets_in_what_must_not_cross(source, destination, reason):
    assert reasons(backbone(), udp(parse_ipv6(source), parse_ipv6(destination))) == [reason]


def test_a_source_route_and_a_packet_in_a_packet_do_not_cross():
    inner = udp(OUTSIDE, INSIDE)
    routing = bytes((Protocol.UDP, 0, 3, 0)) + bytes(4)
    assert reasons(backbone(), make_packet(OUTSIDE, INSIDE, Protocol.IPV6, 64, inner)) == [Reason.UNSUPPORTED]
    packet = make_packet(OUTSIDE, INSIDE, Protocol.ROUTING, 64, routing + inner[40:])
    assert reasons(backbone(), packet) == [Reason.UNSUPPORTED]


def test_octets_that_are_no_packet_are_dropped_wherever_they_are_cut():
    packet = udp(OUTSIDE, INSIDE, payload=b"hello")
    for end in range(len(packet)):
        assert len(reasons(backbone(), packet[:end])) == 1
    assert reasons(backbone(), b"\x45" + bytes(39)) == [Reason.FIXED_VALUE]
    for bit in range(8 * len(packet)):
        turned = bytearray(packet)
        turned[bit // 8] ^= 1 << bit % 8
        assert len(backbone().received(0, bytes(turned))) <= 1


def test_a_rule_lets_in_what_it_describes_and_nothing_else():
    one = permitting("udp from 2001:db8:2::/48 to 2001:db8:1::2 port 5683")
    assert reasons(one, udp(OUTSIDE, INSIDE)) == []
    for other in (
        udp(OUTSIDE, INSIDE, port=5684),
        udp(OUTSIDE, parse_ipv6("2001:db8:1::3")),
        udp(parse_ipv6("2001:db8:3::9"), INSIDE),
        echo(OUTSIDE, INSIDE),
    ):
        assert reasons(one, other) == [Reason.NOT_PERMITTED]


def test_a_later_fragment_has_no_port_that_a_rule_could_allow():
    fragment = make_packet(OUTSIDE, INSIDE, Protocol.FRAGMENT, 64, bytes((17, 0, 0, 9, 0, 0, 0, 1)) + bytes(16))
    assert reasons(permitting("udp port 5683"), fragment) == [Reason.NOT_PERMITTED]
    assert reasons(permitting("udp"), fragment) == []


def test_an_answer_comes_in_as_long_as_the_conversation_lasts():
    closed = backbone(BackboneConfiguration())
    assert goes_out(closed, udp(INSIDE, OUTSIDE, port=53, source_port=5683))
    answer = udp(OUTSIDE, INSIDE, port=5683, source_port=53)
    assert reasons(closed, answer, 299 * SECOND) == []
    assert reasons(closed, answer, 300 * SECOND) == [Reason.NOT_PERMITTED]
    for other in (udp(OUTSIDE, INSIDE, port=5683, source_port=54), udp(OUTSIDE, INSIDE, port=5684, source_port=53)):
        assert reasons(closed, other) == [Reason.NOT_PERMITTED]


def test_an_echo_reply_comes_in_to_whoever_asked():
    closed = backbone(BackboneConfiguration())
    assert goes_out(closed, echo(INSIDE, OUTSIDE, 7))
    assert reasons(closed, echo(OUTSIDE, INSIDE, 7, reply=True)) == []
    assert reasons(closed, echo(OUTSIDE, INSIDE, 8, reply=True)) == [Reason.NOT_PERMITTED]


def test_an_error_comes_in_where_it_is_about_what_went_out():
    closed = backbone(BackboneConfiguration())
    sent = udp(INSIDE, OUTSIDE)
    assert goes_out(closed, sent)
    router = parse_ipv6("2001:db8:5::1")
    about = struct.pack("!BBHI", 1, 0, 0, 0)
    assert reasons(closed, icmpv6(router, INSIDE, about + sent)) == []
    assert reasons(closed, icmpv6(router, INSIDE, about + udp(INSIDE, router))) == [Reason.NOT_PERMITTED]
    elsewhere = parse_ipv6("2001:db8:1::77")
    assert reasons(closed, icmpv6(router, elsewhere, about + sent)) == [Reason.NOT_PERMITTED]


def test_an_error_that_goes_out_opens_no_way_in():
    closed = backbone(BackboneConfiguration())
    assert goes_out(closed, icmpv6(INSIDE, OUTSIDE, bytes((1, 4)) + bytes(50)))
    assert reasons(closed, icmpv6(OUTSIDE, INSIDE, bytes((200, 0)) + bytes(50))) == [Reason.NOT_PERMITTED]


def test_conversations_are_as_many_as_allowed_and_the_longest_unused_goes():
    closed = backbone(BackboneConfiguration(), backbone_flows=2)
    for port in (1, 2, 1, 3):
        assert goes_out(closed, udp(INSIDE, OUTSIDE, port=port))
    assert len(closed.flows) == 2
    assert closed.flows.forgotten == 1
    assert reasons(closed, udp(OUTSIDE, INSIDE, port=40000, source_port=2)) == [Reason.NOT_PERMITTED]
    assert reasons(closed, udp(OUTSIDE, INSIDE, port=40000, source_port=1)) == []


def test_nothing_leaves_with_a_source_of_another_network():
    one = backbone()
    packet = udp(parse_ipv6("2001:db8:7::1"), OUTSIDE)
    assert [dropped.reason for dropped in one.leaving(0, BackboneRoute(packet))] == [Reason.BAD_SOURCE]
    assert goes_out(one, udp(INSIDE, OUTSIDE))
    assert one.packets[OUTWARD] == 1


def test_what_the_radio_sends_holds_back_what_waits():
    one = backbone(BackboneConfiguration((Permit(),), octets_per_second=31_250, burst_us=100_000))
    one.air.sent(0, 9 * 1_042)  # with its preamble, 300 ms of air
    assert one.received(0, udp(OUTSIDE, INSIDE)) == ()
    assert one.release(0, 0) == ()
    assert one.deadline == pytest.approx(200_000, abs=1_000)
    assert one.release(one.deadline - 1, 0) == ()
    assert len(one.release(one.deadline, 0)) == 1


def test_the_air_forgets_with_time_and_no_more_than_is_full():
    air = Air(31_250, 100_000)
    air.sent(0, 117)
    assert air.octets == 125
    assert air.free_at == 4_000 - 100_000
    air.sent(SECOND, 117)
    assert air.free_at == SECOND + 4_000 - 100_000


def test_a_packet_waits_for_room_in_the_link():
    one = backbone()
    assert one.received(0, udp(OUTSIDE, INSIDE, payload=bytes(1000))) == ()
    assert one.release(0, P6LOWPAN.link_queue_frames - 3) == ()
    assert one.deadline is None  # the link says when it has room
    assert len(one.release(0, 3)) == 1


def test_a_flood_fills_the_room_of_one_node_and_others_are_served_in_turn():
    one, other = backbone(), parse_ipv6("2001:db8:1::3")
    flood = [reasons(one, udp(OUTSIDE, INSIDE, payload=bytes(1000))) for _ in range(100)]
    assert flood.count([]) == P6LOWPAN.backbone_queue_octets_per_node // 1048
    assert flood[-1] == [Reason.AIR_FULL]
    assert reasons(one, udp(OUTSIDE, other)) == []
    turns = [one.release(0, 0)[0].packet.header.destination for _ in range(3)]
    assert turns == [INSIDE, other, INSIDE]
    many = [Ipv6Address(INSIDE[:14] + number.to_bytes(2, "big")) for number in range(100, 200)]
    assert [Reason.AIR_FULL] in [reasons(one, udp(OUTSIDE, each, payload=bytes(1000))) for each in many]
    assert one.waiting.octets <= P6LOWPAN.backbone_queue_octets


def test_other_rules_and_another_rate_hold_at_once():
    one = backbone()
    one.configure(BackboneConfiguration(octets_per_second=1000, burst_us=1))
    assert reasons(one, udp(OUTSIDE, INSIDE)) == [Reason.NOT_PERMITTED]
    one.air.sent(0, 992)
    assert one.air.free_at == SECOND - 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "sctp", "udp port", "udp port x", "udp port 0", "icmpv6 port 3", "udp from 2001:db8::1/64", "udp to 5"),
        *("any any", "udp port 1 port 2", "udp from ::/129"),
    ],
)
def test_a_line_that_is_no_rule_is_refused(text):
    with pytest.raises(UsageError):
        read_permit(text)


def test_rules_are_read_as_they_are_written():
    assert read_permit("any") == Permit()
    assert read_permit("tcp to 2001:db8::1 port 80") == Permit(
        Protocol.TCP, destination=Prefix(parse_ipv6("2001:db8::1"), 128), port=80
    )
    assert str(read_prefix("2001:db8::/32")) == "2001:db8::/32"
    with pytest.raises(UsageError):
        BackboneConfiguration(octets_per_second=0)
