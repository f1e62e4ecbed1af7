"""Fragments of IPv6 itself, RFC 8200 section 4.5."""

import itertools
import struct

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem, TimeExceeded
from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    FAR,
    FRAGMENT,
    FRAME,
    HOP_BY_HOP,
    ICMPV6,
    ME,
    NEIGHBOR,
    NEIGHBOR_SOLICITATION,
    UDP,
    drops,
    error_in,
    icmpv6,
    limited,
    node,
    routed,
    udp_segment,
)

MINUTE = 60_000_000
PAYLOAD = bytes(range(40))
SEGMENT = udp_segment(PAYLOAD)  # 48 octets: three fragments of 16


def fragment(start, octets, more, identification=7, next_header=UDP, destination=ME, hop_limit=64):
    header = struct.pack(">BBHI", next_header, 0, start | more, identification)
    return ipv6(FRAGMENT, header + octets, NEIGHBOR, destination, hop_limit)


def fragments(segment=SEGMENT, size=16, **rest):
    starts = range(0, len(segment), size)
    return [fragment(start, segment[start : start + size], start + size < len(segment), **rest) for start in starts]


def taken(here, packets, now=0):
    return [output for packet in packets for output in here.received(now, packet, FRAME)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_fragments_in_any_order_are_one_packet(order):
    pieces = fragments()
    (output,) = taken(node(), [pieces[place] for place in order])
    assert (type(output), output.payload) == (DeliverUdp, PAYLOAD)


def test_the_headers_in_front_of_the_first_fragment_stay_and_those_behind_are_processed():
    options = extension(FRAGMENT, bytes.fromhex("010400000000"))
    behind = extension(UDP, bytes.fromhex("de0400000000")) + SEGMENT  # an unknown option: the sender is told
    header = struct.pack(">BBHI", 60, 0, 1, 7)
    first = ipv6(HOP_BY_HOP, options + header + behind[:16], NEIGHBOR, ME)
    last = ipv6(FRAGMENT, struct.pack(">BBHI", 60, 0, 16, 7) + behind[16:], NEIGHBOR, ME)
    outputs = taken(node(), [last, first])
    error = error_in(outputs)
    assert (drops(outputs), error.pointer) == ([Reason.UNRECOGNIZED_OPTION], 40 + 8 + 2)
    assert error.invoking_packet == ipv6(HOP_BY_HOP, extension(60, options[2:]) + behind, NEIGHBOR, ME)


def test_a_repeated_fragment_changes_nothing():
    one, two, three = fragments()
    (output,) = taken(node(), [one, one, two, two, one, three])
    assert output.payload == PAYLOAD


@pytest.mark.parametrize("other", [fragment(8, bytes(16), 1), fragment(0, bytes(16), 1), fragment(0, bytes(24), 1)])
def test_fragments_that_overlap_cost_the_packet_and_are_not_answered(other):
    here = node()
    first, second, third = fragments()
    outputs = taken(here, [first, other])
    assert (drops(outputs), routed(outputs)) == ([Reason.FRAGMENT_OVERLAP], [])
    assert taken(here, [second, third]) == []
    assert here.deadline is not None


@pytest.mark.parametrize(
    "packets",
    [
        [fragment(16, bytes(8), 0), fragment(32, bytes(8), 0)],
        [fragment(16, bytes(8), 0), fragment(24, bytes(8), 1)],
        [fragment(24, bytes(8), 1), fragment(8, bytes(8), 0)],
    ],
)
def test_fragments_that_disagree_about_the_end_cost_the_packet(packets):
    outputs = taken(node(), packets)
    assert (drops(outputs), routed(outputs)) == ([Reason.FRAGMENT_SIZE_DIFFERS], [])


def test_a_fragment_that_is_no_multiple_of_eight_is_answered_and_harms_nobody():
    here = node()
    first, second, third = fragments()
    outputs = taken(here, [first, fragment(16, bytes(15), 1)])
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code, error.pointer) == ([Reason.BAD_LENGTH], ParameterProblem, 0, 4)
    assert [type(output) for output in taken(here, [second, third])] == [DeliverUdp]


def test_a_fragment_that_ends_behind_any_packet_is_answered():
    outputs = taken(node(), [fragment(0xFFF8, bytes(8), 0)])
    error = error_in(outputs)
    assert (drops(outputs), error.code, error.pointer) == ([Reason.FRAGMENT_PAST_END], 0, 42)


def test_a_fragment_without_octets_is_refused():
    assert drops(taken(node(), [fragment(8, b"", 1), fragment(8, b"", 0)])) == [Reason.BAD_LENGTH] * 2


def test_a_packet_of_the_largest_size_is_put_together_and_one_octet_more_is_not():
    largest = udp_segment(bytes(1500 - 48))
    (output,) = taken(node(), fragments(largest, 1200))
    assert len(output.payload) == 1452
    outputs = taken(node(), fragments(udp_segment(bytes(1501 - 48)), 1200))
    assert drops(outputs) == [Reason.TOO_BIG]


def test_after_a_minute_the_sender_is_told_where_its_first_fragment_came():
    here = node()
    first, second, _ = fragments()
    taken(here, [first], now=5)
    assert here.deadline == MINUTE + 5
    assert here.tick(MINUTE + 4) == ()
    outputs = here.tick(MINUTE + 5)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code) == ([Reason.REASSEMBLY_TIMEOUT], TimeExceeded, 1)
    assert error.invoking_packet == first
    assert here.deadline is None
    taken(here, [second])
    outputs = here.tick(MINUTE)
    assert (drops(outputs), routed(outputs)) == ([Reason.REASSEMBLY_TIMEOUT], [])


def test_a_late_fragment_does_not_complete_what_was_given_up():
    here = node()
    first, second, third = fragments()
    taken(here, [first, second])
    outputs = taken(here, [third], now=MINUTE)
    assert drops(outputs) == [Reason.REASSEMBLY_TIMEOUT]
    assert here.deadline == 2 * MINUTE


def test_no_error_is_about_fragments_for_a_group():
    here = node()
    taken(here, [fragments(udp_segment(PAYLOAD, destination=ALL_NODES), destination=ALL_NODES)[0]])
    assert routed(here.tick(MINUTE)) == []


def test_buffers_hold_their_bound_and_the_oldest_goes_for_one_more():
    here = node(limits=limited(fragmented_packets=2))
    packets = [fragments(identification=number) for number in range(3)]
    assert taken(here, [packets[0][0], packets[1][0]]) == []
    assert drops(taken(here, [packets[2][0]])) == [Reason.REASSEMBLY_FULL]
    delivered = taken(here, packets[1][1:] + packets[2][1:])
    assert [type(output) for output in delivered] == [DeliverUdp] * 2


def test_packets_are_kept_apart_by_identification_and_ends():
    here = node()
    one, two = fragments(identification=1), fragments(identification=2)
    assert len(taken(here, [one[0], two[1], two[0], one[2], one[1], two[2]])) == 2


def test_neighbor_discovery_in_fragments_is_refused():
    # RFC 6980 section 5
    body = bytes(4) + bytes.fromhex("20010db8000100000000000000000001")
    solicitation = icmpv6(NEIGHBOR_SOLICITATION, 0, body)
    outputs = taken(node(), fragments(solicitation, 8, next_header=ICMPV6, hop_limit=255))
    assert drops(outputs) == [Reason.NOT_FROM_A_NEIGHBOR]


def test_a_router_passes_fragments_on_as_they_are():
    here = node()
    packet = ipv6(FRAGMENT, struct.pack(">BBHI", UDP, 0, 1, 7) + SEGMENT[:16], NEIGHBOR, FAR)
    assert routed(here.received(0, packet, FRAME))[0].packet[40:] == packet[40:]
    assert here.deadline is None
