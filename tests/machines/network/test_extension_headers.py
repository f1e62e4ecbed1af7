"""Extension headers one after the other, as RFC 8200 section 4 has the destination process them."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.outputs import DeliverIcmpv6, DeliverUdp, ToNeighborDiscovery
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem
from properties.building import extension, ipv6
from properties.network import (
    DESTINATION,
    FAR,
    FRAGMENT,
    FRAME,
    HOP_BY_HOP,
    ICMPV6,
    IPV6_IN_IPV6,
    ME,
    NEIGHBOR,
    NEIGHBOR_SOLICITATION,
    NOTHING,
    ROUTING,
    UDP,
    drops,
    error_in,
    icmpv6,
    node,
    routed,
    udp_segment,
)

PADDING = bytes.fromhex("010400000000")
ATOMIC = bytes.fromhex("11000000 00000001")


def to_me(next_header, payload, hop_limit=9):
    return ipv6(next_header, payload, NEIGHBOR, ME, hop_limit)


def problem(outputs):
    error = error_in(outputs)
    assert isinstance(error, ParameterProblem)
    return drops(outputs), error.code, error.pointer


def test_every_extension_header_is_passed_on_the_way_to_the_payload():
    chain = (
        extension(DESTINATION, PADDING)
        + extension(ROUTING, PADDING)
        + extension(FRAGMENT, bytes((9, 0)) + bytes(4))
        + ATOMIC
        + udp_segment()
    )
    (output,) = node().received(0, to_me(HOP_BY_HOP, chain), FRAME)
    assert (type(output), output.payload) == (DeliverUdp, b"hello")


def test_hop_by_hop_options_elsewhere_than_in_front_are_an_unrecognized_next_header():
    # RFC 8200 section 4: "the same action should be taken if a node encounters a Next Header value of zero"
    wrong = to_me(DESTINATION, extension(HOP_BY_HOP, PADDING) + extension(UDP, PADDING) + udp_segment())
    assert problem(node().received(0, wrong, FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 1, 40)


@pytest.mark.parametrize("protocol", [4, 6, 50, 51, 135, 139, 140, 253])
def test_a_header_that_is_not_processed_is_reported_where_it_is_named(protocol):
    assert problem(node().received(0, to_me(protocol, bytes(32)), FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 1, 6)
    behind = to_me(DESTINATION, extension(protocol, PADDING) + bytes(32))
    assert problem(node().received(0, behind, FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 1, 40)


def test_a_packet_in_a_packet_is_reported_where_none_is_taken_out():
    tunnel = to_me(IPV6_IN_IPV6, to_me(UDP, udp_segment()))
    assert problem(node(decapsulates=False).received(0, tunnel, FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 1, 6)


@pytest.mark.parametrize("routing_type", [0, 1, 2, 4, 5, 254])
def test_an_unrecognized_routing_type_stops_a_packet_only_while_segments_are_left(routing_type):
    def route(left):
        return to_me(ROUTING, extension(UDP, bytes((routing_type, left)) + bytes(4)) + udp_segment())

    assert [type(output) for output in node().received(0, route(0), FRAME)] == [DeliverUdp]
    assert problem(node().received(0, route(1), FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 0, 42)


@pytest.mark.parametrize("configuration", [{"is_router": False}, {"source_routing": False}])
def test_a_source_route_is_an_unrecognized_type_for_whoever_is_no_hop_of_one(configuration):
    route = to_me(ROUTING, extension(UDP, bytes.fromhex("03010000000020010db8000200000000000000000009")) + b"")
    assert problem(node(**configuration).received(0, route, FRAME)) == ([Reason.UNRECOGNIZED_HEADER], 0, 42)


def test_a_source_route_without_segments_left_is_passed_over_whatever_it_holds():
    odd = to_me(ROUTING, extension(UDP, bytes.fromhex("0300ff500000")) + udp_segment())
    assert [type(output) for output in node().received(0, odd, FRAME)] == [DeliverUdp]


def test_nothing_behind_the_headers_is_counted_and_not_answered():
    outputs = node().received(0, to_me(NOTHING, b"ignored"), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.NO_PAYLOAD], [])


@pytest.mark.parametrize("header", [HOP_BY_HOP, DESTINATION, ROUTING, FRAGMENT])
def test_a_header_that_is_cut_is_an_erroneous_field(header):
    for end in range(8):
        outputs = node().received(0, to_me(header, (extension(UDP, PADDING))[:end]), FRAME)
        reasons, code, pointer = problem(outputs)
        assert (reasons, code) == ([Reason.TRUNCATED], 0)
        assert 40 <= pointer <= 40 + end


def test_a_router_on_the_way_reads_nothing_behind_the_hop_by_hop_options():
    cut = ipv6(HOP_BY_HOP, extension(DESTINATION, PADDING) + b"\x11\xff", NEIGHBOR, FAR)
    assert len(routed(node().received(0, cut, FRAME))) == 1
    cut = ipv6(HOP_BY_HOP, b"\x11\xff" + PADDING, NEIGHBOR, FAR)
    assert drops(node().received(0, cut, FRAME)) == [Reason.TRUNCATED]


def test_a_fragment_that_is_the_whole_packet_is_processed_as_such():
    # RFC 6946 section 4; but not for Neighbor Discovery: RFC 6980 section 5
    echo_reply = icmpv6(129, 0, bytes(4))
    atomic = to_me(FRAGMENT, b"\x3a" + ATOMIC[1:] + echo_reply)
    assert [type(output) for output in node().received(0, atomic, FRAME)] == [DeliverIcmpv6]
    solicitation = icmpv6(NEIGHBOR_SOLICITATION, 0, bytes(4) + bytes.fromhex("20010db8000100000000000000000001"))
    atomic = to_me(FRAGMENT, b"\x3a" + ATOMIC[1:] + solicitation, 255)
    assert drops(node().received(0, atomic, FRAME)) == [Reason.NOT_FROM_A_NEIGHBOR]
    assert [type(output) for output in node().received(0, to_me(ICMPV6, solicitation, 255), FRAME)] == [
        ToNeighborDiscovery
    ]
