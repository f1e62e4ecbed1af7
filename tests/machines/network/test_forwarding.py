"""Forwarding: what goes on, what does not, and who is told (RFC 8200, RFC 4443 section 3, RFC 4291)."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.outputs import Origin, Route
from p6lowpan.wire.address import parse_ipv6, parse_link
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, TimeExceeded
from properties.building import ipv6
from properties.network import (
    BROADCAST_FRAME,
    FAR,
    FRAME,
    MY_LINK,
    NEIGHBOR,
    NEIGHBOR_LINK,
    NEIGHBOR_LINK_LOCAL,
    NOTHING,
    NOWHERE,
    ROUTER,
    STRANGE_GROUP,
    drops,
    error_in,
    limited,
    node,
    routed,
    udp_packet,
)


def test_a_packet_goes_on_with_one_hop_less_and_else_unchanged():
    outputs = node().received(0, udp_packet(destination=FAR, hop_limit=9), FRAME)
    assert outputs == (Route(udp_packet(destination=FAR, hop_limit=8), parse_ipv6(ROUTER)),)


def test_a_packet_for_a_neighbor_goes_straight_to_it():
    (onward,) = node().received(0, udp_packet(source=FAR, destination=NEIGHBOR), FRAME)
    assert onward.next_hop == parse_ipv6(NEIGHBOR)


def test_a_packet_for_elsewhere_goes_to_the_default_router():
    here = node()
    here.routes.add_default_router(0, parse_ipv6("fe80::d"))
    (onward,) = here.received(0, udp_packet(destination=NOWHERE), FRAME)
    assert onward.next_hop == parse_ipv6("fe80::d")


@pytest.mark.parametrize(("hop_limit", "goes_on"), [(0, False), (1, False), (2, True), (255, True)])
def test_a_packet_whose_hops_are_used_up_goes_no_further(hop_limit, goes_on):
    packet = udp_packet(destination=FAR, hop_limit=hop_limit)
    outputs = node().received(0, packet, FRAME)
    if goes_on:
        assert routed(outputs)[0].packet == udp_packet(destination=FAR, hop_limit=hop_limit - 1)
        return
    error = error_in(outputs)
    assert drops(outputs) == [Reason.HOP_LIMIT_EXCEEDED]
    assert (type(error), error.code, error.invoking_packet) == (TimeExceeded, 0, packet)


def test_a_packet_without_a_route_is_answered():
    outputs = node().received(0, udp_packet(destination=NOWHERE), FRAME)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code) == ([Reason.NO_ROUTE], DestinationUnreachable, 0)


def test_a_packet_of_the_largest_size_goes_on_and_one_octet_more_is_too_big():
    largest = ipv6(NOTHING, bytes(1240), NEIGHBOR, FAR)
    assert len(routed(node().received(0, largest, FRAME))) == 1
    outputs = node().received(0, ipv6(NOTHING, bytes(1241), NEIGHBOR, FAR), FRAME)
    error = error_in(outputs)
    assert (drops(outputs), type(error), error.code, error.mtu) == ([Reason.TOO_BIG], PacketTooBig, 0, 1280)


def test_the_size_is_a_bound_of_the_node():
    outputs = node(limits=limited(datagram_octets=2047)).received(0, ipv6(NOTHING, bytes(2008), NEIGHBOR, FAR), FRAME)
    assert error_in(outputs).mtu == 2047


def test_no_error_promises_less_than_every_link_takes():
    # RFC 8201 section 4: a node must not lower its estimate below 1280
    outputs = node(limits=limited(datagram_octets=600)).received(0, ipv6(NOTHING, bytes(601), NEIGHBOR, FAR), FRAME)
    assert (drops(outputs), error_in(outputs).mtu) == ([Reason.TOO_BIG], 1280)
    assert len(routed(outputs)[0].packet) == 600


@pytest.mark.parametrize(
    ("source", "destination", "reason", "code"),
    [
        (NEIGHBOR_LINK_LOCAL, FAR, Reason.BEYOND_SCOPE, 2),
        (NEIGHBOR, "fe80::99", Reason.BEYOND_SCOPE, None),
        (NEIGHBOR_LINK_LOCAL, "fe80::99", Reason.BEYOND_SCOPE, None),
        ("::", FAR, Reason.BAD_SOURCE, None),
        (NEIGHBOR, STRANGE_GROUP, Reason.NOT_FOR_US, None),
        ("ff02::1", FAR, Reason.BAD_SOURCE, None),
    ],
)
def test_addresses_that_do_not_reach_beyond_the_link_are_never_forwarded(source, destination, reason, code):
    outputs = node().received(0, udp_packet(source=source, destination=destination), FRAME)
    assert drops(outputs) == [reason]
    assert [error_in(outputs).code for _ in routed(outputs)] == ([] if code is None else [code])


def test_a_host_forwards_nothing_and_tells_nobody():
    outputs = node(is_router=False).received(0, udp_packet(destination=FAR), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.NOT_FOR_US], [])


@pytest.mark.parametrize("frame", [BROADCAST_FRAME, Origin(NEIGHBOR_LINK, parse_link("0x8001"))])
def test_a_frame_for_everybody_is_forwarded_by_nobody(frame):
    outputs = node().received(0, udp_packet(destination=FAR), frame)
    assert (drops(outputs), routed(outputs)) == ([Reason.LINK_BROADCAST], [])


def test_a_short_address_is_no_group():
    assert (
        len(routed(node().received(0, udp_packet(destination=FAR), Origin(NEIGHBOR_LINK, parse_link("0x7fff"))))) == 1
    )


def test_a_route_that_ended_is_used_no_more():
    here = node()
    here.routes.add_default_router(0, parse_ipv6("fe80::d"), lifetime_us=10)
    assert drops(here.received(9, udp_packet(destination=NOWHERE), FRAME)) == []
    assert drops(here.received(10, udp_packet(destination=NOWHERE), FRAME)) == [Reason.NO_ROUTE]


def test_a_tentative_address_of_ours_is_not_forwarded_for():
    here = node()
    here.addresses.assign(0, parse_ipv6("2001:db8:1::77"), AddressState.TENTATIVE)
    outputs = here.received(0, udp_packet(destination="2001:db8:1::77"), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.TENTATIVE_ADDRESS], [])


def test_the_neighbor_that_sent_a_packet_may_be_its_next_hop():
    # one interface, and neighbors that need not hear each other: no Redirect (RFC 6775 section 6.1)
    (onward,) = node().received(0, udp_packet(source=FAR, destination=NEIGHBOR), Origin(NEIGHBOR_LINK, MY_LINK))
    assert onward.next_hop == parse_ipv6(NEIGHBOR)
