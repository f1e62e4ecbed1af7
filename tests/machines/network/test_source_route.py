"""Source routes, step by step as RFC 6554 section 4.2 has it. The headers are written out octet by octet."""

import struct
from ipaddress import IPv6Address
from itertools import pairwise

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.outputs import DeliverUdp, Route
from p6lowpan.machines.network.source_route import is_strict
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.routing import source_route
from properties.building import ipv6
from properties.network import (
    BROADCAST_FRAME,
    FAR,
    FRAME,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NOWHERE,
    ROUTING,
    UDP,
    drops,
    error_in,
    node,
    routed,
    udp_segment,
)

ROOT = "2001:db8:2::ff"
HOPS = ["2001:db8:1::a", "2001:db8:1::b", "2001:db8:1::c"]
MY_OTHER = "2001:db8:1::1:1"


def octets_of(text, elided=0):
    return IPv6Address(text).packed[elided:]


def route(left, *addresses, elided=0, elided_last=0):
    """The header: n-1 addresses without their first ``elided`` octets, the last without ``elided_last``."""
    body = b"".join(octets_of(each, elided) for each in addresses[:-1]) + octets_of(addresses[-1], elided_last)
    pad = -len(body) % 8
    word = elided << 28 | elided_last << 24 | pad << 20
    return struct.pack(">BBBBI", UDP, (len(body) + pad) // 8, 3, left, word) + body + bytes(pad)


def packet(header, destination=ME, hop_limit=9, final=HOPS[-1], before=b"", next_header=ROUTING):
    return ipv6(
        next_header, before + header + udp_segment(source=ROOT, destination=final), ROOT, destination, hop_limit
    )


@pytest.mark.parametrize(("elided", "elided_last"), [(0, 0), (8, 8), (14, 15), (15, 13), (8, 0), (0, 15)])
def test_each_hop_swaps_its_own_address_with_the_next_and_the_last_one_takes_the_packet(elided, elided_last):
    path = [ME, *HOPS]
    arrived = packet(route(3, *HOPS, elided=elided, elided_last=elided_last))
    for step, (here, there) in enumerate(zip(path, HOPS, strict=False), start=1):
        hop = node()
        hop.addresses.assign(0, parse_ipv6(here), AddressState.PREFERRED)
        (onward,) = hop.received(0, arrived, FRAME)
        visited = [*path[:step], *HOPS[step:]]
        expected = packet(
            route(3 - step, *visited, elided=elided, elided_last=elided_last), destination=there, hop_limit=9 - step
        )
        assert onward == Route(expected, parse_ipv6(there))
        arrived = onward.packet
    last = node()
    last.addresses.assign(0, parse_ipv6(HOPS[-1]), AddressState.PREFERRED)
    (output,) = last.received(0, arrived, FRAME)
    assert (type(output), output.payload) == (DeliverUdp, b"hello")


def test_the_smallest_header_for_a_path_leads_along_it():
    path = [parse_ipv6(text) for text in (ME, *HOPS)]
    arrived = packet(source_route(UDP, path).encode())
    for here, there in pairwise(path):
        hop = node()
        hop.addresses.assign(0, here, AddressState.PREFERRED)
        (onward,) = hop.received(0, arrived, FRAME)
        assert onward.next_hop == there
        arrived = onward.packet


def test_headers_in_front_of_the_route_stay_as_they_are():
    options = bytes.fromhex("2b00 2304 80000100")
    (onward,) = node().received(0, packet(route(1, HOPS[2]), before=options, next_header=0), FRAME)
    swapped = packet(route(0, ME), destination=HOPS[2], hop_limit=8, before=options, next_header=0)
    assert onward.packet == swapped


def test_more_segments_left_than_addresses_is_an_erroneous_field():
    outputs = node().received(0, packet(route(3, *HOPS[:2])), FRAME)
    error = error_in(outputs)
    assert (type(error), error.code, error.pointer) == (ParameterProblem, 0, 43)
    assert drops(outputs) == [Reason.BAD_VALUE]
    empty = packet(struct.pack(">BBBBI", UDP, 0, 3, 1, 0))
    assert error_in(node().received(0, empty, FRAME)).pointer == 43


def test_addresses_that_do_not_divide_the_header_are_an_erroneous_field():
    outputs = node().received(0, packet(struct.pack(">BBBBI", UDP, 1, 3, 1, 0) + bytes(8)), FRAME)
    assert (drops(outputs), error_in(outputs).code) == ([Reason.BAD_LENGTH], 0)


@pytest.mark.parametrize("group", ["ff02::1", "ff0e::1"])
def test_a_group_in_a_source_route_costs_the_packet_and_is_not_answered(group):
    outputs = node().received(0, packet(route(1, group)), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.BAD_DESTINATION], [])


def test_a_source_route_to_a_group_costs_the_packet_and_is_not_answered():
    outputs = node().received(0, packet(route(1, NEIGHBOR), destination="ff02::1"), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.BAD_DESTINATION], [])


@pytest.mark.parametrize(
    ("addresses", "pointer"),
    [
        ((ME, HOPS[0], ME), 40 + 8 + 2 * 8),
        ((HOPS[0], ME, HOPS[1], MY_OTHER), 40 + 8 + 3 * 8),
        ((ME, HOPS[0], HOPS[1], ME, HOPS[2]), 40 + 8 + 3 * 8),
    ],
)
def test_a_route_that_comes_back_after_leaving_is_a_loop(addresses, pointer):
    here = node()
    here.addresses.assign(0, parse_ipv6(MY_OTHER), AddressState.PREFERRED)
    outputs = here.received(0, packet(route(len(addresses), *addresses, elided=8, elided_last=8)), FRAME)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code) == ([Reason.SOURCE_ROUTE_LOOP], ParameterProblem, 0)
    assert error.pointer == pointer


def test_addresses_of_ours_side_by_side_are_no_loop():
    here = node()
    here.addresses.assign(0, parse_ipv6(MY_OTHER), AddressState.PREFERRED)
    (onward,) = here.received(0, packet(route(3, MY_OTHER, ME, HOPS[0])), FRAME)
    assert onward.next_hop == parse_ipv6(HOPS[0])
    assert onward.packet == packet(route(0, ME, MY_OTHER, ME), destination=HOPS[0], hop_limit=6)


def test_a_route_that_ends_here_is_delivered_here():
    here = node()
    here.addresses.assign(0, parse_ipv6(MY_OTHER), AddressState.PREFERRED)
    (output,) = here.received(0, packet(route(1, MY_OTHER), final=MY_OTHER), FRAME)
    assert (type(output), output.destination) == (DeliverUdp, parse_ipv6(MY_OTHER))


@pytest.mark.parametrize("hop_limit", [0, 1])
def test_a_packet_without_hops_left_goes_no_further(hop_limit):
    arrived = packet(route(1, HOPS[0]), hop_limit=hop_limit)
    outputs = node().received(0, arrived, FRAME)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code) == ([Reason.HOP_LIMIT_EXCEEDED], TimeExceeded, 0)
    assert error.invoking_packet == arrived


def test_two_hops_are_enough_for_one_step():
    (onward,) = node().received(0, packet(route(1, HOPS[0]), hop_limit=2), FRAME)
    assert onward.packet[7] == 1


@pytest.mark.parametrize("strange", [FAR, NOWHERE])
def test_a_next_address_that_is_not_on_the_link_breaks_a_strict_route(strange):
    outputs = node().received(0, packet(route(2, strange, HOPS[0])), FRAME)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code) == ([Reason.SOURCE_ROUTE_BROKEN], DestinationUnreachable, 7)


def test_a_router_that_is_no_hop_of_the_route_holds_it_to_be_strict_too():
    outputs = node().received(0, packet(route(1, HOPS[0]), destination=FAR), FRAME)
    assert (drops(outputs), error_in(outputs).code) == ([Reason.SOURCE_ROUTE_BROKEN], 7)


def test_a_route_without_segments_left_is_strict_no_more():
    # RFC 6554 section 4.2 speaks of "an SRH with a non-zero Segments Left value"
    (onward,) = node().received(0, packet(route(1, FAR)), FRAME)
    assert onward.next_hop == parse_ipv6("fe80::b")
    assert not is_strict(onward.packet)


def test_the_route_of_a_packet_in_a_packet_is_not_the_outer_ones():
    inner = packet(route(1, HOPS[0]))
    assert is_strict(inner)
    assert not is_strict(ipv6(41, inner, ROOT, FAR))


@pytest.mark.parametrize(
    ("addresses", "frame", "reason"),
    [
        (("fe80::2", HOPS[0]), FRAME, Reason.BEYOND_SCOPE),
        ((HOPS[0],), BROADCAST_FRAME, Reason.LINK_BROADCAST),
    ],
)
def test_a_step_obeys_the_rules_of_forwarding(addresses, frame, reason):
    outputs = node().received(0, packet(route(len(addresses), *addresses)), frame)
    assert (drops(outputs), routed(outputs)) == ([reason], [])


def test_a_source_that_is_link_local_does_not_leave_its_link():
    from_neighbor = ipv6(
        ROUTING, route(1, HOPS[0]) + udp_segment(source="fe80::2", destination=HOPS[0]), "fe80::2", MY_LINK_LOCAL
    )
    outputs = node().received(0, from_neighbor, FRAME)
    assert (drops(outputs), error_in(outputs).code) == ([Reason.BEYOND_SCOPE], 2)


def test_a_longest_route_ends_with_its_hop_limit_and_not_before():
    # a packet full of our own addresses, one by one: bounded by the hop limit, and by what a packet holds
    ours = [ME] * 77
    longest = ipv6(ROUTING, route(len(ours), *ours), ROOT, ME, 255)
    assert len(longest) == P6LOWPAN.datagram_octets
    outputs = node().received(0, longest, FRAME)
    assert drops(outputs) == [Reason.TRUNCATED]  # of a UDP header: all segments were taken
    outputs = node().received(0, ipv6(ROUTING, route(len(ours), *ours), ROOT, ME, 70), FRAME)
    assert drops(outputs) == [Reason.HOP_LIMIT_EXCEEDED]
