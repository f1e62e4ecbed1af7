"""For us, for others, for nobody; and what a tunnel brings."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.outputs import DeliverUdp, Origin, Route
from p6lowpan.wire.address import parse_ipv6
from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    ALL_ROUTERS,
    BROADCAST_FRAME,
    DESTINATION,
    FAR,
    FRAME,
    IPV6_IN_IPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOWHERE,
    STRANGE_GROUP,
    UDP,
    drops,
    echo_request,
    error_in,
    message_of,
    node,
    routed,
    udp_packet,
    udp_segment,
)


def tunnel(inner, source=FAR, destination=ME):
    return ipv6(IPV6_IN_IPV6, inner, source, destination)


@pytest.mark.parametrize("destination", [ME, MY_LINK_LOCAL, ALL_NODES, ALL_ROUTERS, "ff05::2"])
def test_what_is_for_an_address_or_a_group_of_ours_is_delivered(destination):
    assert [type(output) for output in node().received(0, udp_packet(destination=destination), FRAME)] == [DeliverUdp]


def test_a_host_is_not_among_the_routers():
    outputs = node(is_router=False).received(0, udp_packet(destination=ALL_ROUTERS), FRAME)
    assert drops(outputs) == [Reason.NOT_FOR_US]


def test_a_group_that_was_joined_is_heard_until_it_is_left():
    here, group = node(), parse_ipv6(STRANGE_GROUP)
    here.addresses.join(group)
    assert drops(here.received(0, udp_packet(destination=STRANGE_GROUP), FRAME)) == []
    here.addresses.leave(group)
    assert drops(here.received(0, udp_packet(destination=STRANGE_GROUP), FRAME)) == [Reason.NOT_FOR_US]


@pytest.mark.parametrize("hop_limit", [0, 1])
def test_the_destination_does_not_ask_for_hops_left(hop_limit):
    # RFC 8200 section 3: "a node that is the destination of a packet should not discard a packet with hop limit 0"
    assert drops(node().received(0, udp_packet(hop_limit=hop_limit), FRAME)) == []


def test_an_address_that_ended_is_not_ours():
    here = node(is_router=False)
    own = parse_ipv6("2001:db8:1::77")
    here.addresses.assign(0, own, valid_us=10)
    here.addresses.confirm(0, own)
    packet = udp_packet(destination="2001:db8:1::77")
    assert drops(here.received(9, packet, FRAME)) == []
    assert drops(here.received(10, packet, FRAME)) == [Reason.NOT_FOR_US]


def test_a_packet_in_a_packet_for_us_is_processed_as_if_it_had_come_by_itself():
    assert node().received(0, tunnel(udp_packet()), FRAME) == node().received(0, udp_packet(), FRAME)
    (route,) = node().received(0, tunnel(echo_request()), FRAME)
    assert message_of(route)[0].destination == parse_ipv6(NEIGHBOR)


def test_tunnels_in_tunnels_come_to_an_end():
    packet = udp_packet()
    while len(packet) + 40 <= 1280:
        packet = tunnel(packet)
    assert [type(output) for output in node().received(0, packet, FRAME)] == [DeliverUdp]


def test_a_router_passes_on_what_a_tunnel_held():
    outputs = node().received(0, tunnel(udp_packet(destination=NEIGHBOR, source=FAR)), FRAME)
    assert outputs == (Route(udp_packet(destination=NEIGHBOR, source=FAR, hop_limit=63), parse_ipv6(NEIGHBOR)),)
    outputs = node(is_router=False).received(0, tunnel(udp_packet(destination=NEIGHBOR, source=FAR)), FRAME)
    assert drops(outputs) == [Reason.NOT_FOR_US]


@pytest.mark.parametrize(
    ("source", "destination"),
    [(NEIGHBOR_LINK_LOCAL, ME), (FAR, MY_LINK_LOCAL), (FAR, ALL_NODES), (NEIGHBOR_LINK_LOCAL, FAR)],
)
def test_nothing_out_of_a_tunnel_is_taken_for_what_is_on_the_link(source, destination):
    outputs = node().received(0, tunnel(udp_packet(source=source, destination=destination)), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.BEYOND_SCOPE], [])


def test_a_tunnel_that_holds_no_packet_is_counted():
    assert drops(node().received(0, tunnel(b"\x60\0\0"), FRAME)) == [Reason.TRUNCATED]
    assert drops(node().received(0, tunnel(udp_packet(source="ff02::1")), FRAME)) == [Reason.BAD_SOURCE]


def test_an_error_about_what_a_tunnel_held_quotes_that():
    inner = udp_packet(destination=NOWHERE)
    outputs = node().received(0, tunnel(inner), FRAME)
    assert error_in(outputs).invoking_packet == inner
    assert message_of(routed(outputs)[0])[0].destination == parse_ipv6(NEIGHBOR)


def test_the_frame_of_a_tunnel_decides_for_what_it_held():
    outputs = node().received(0, tunnel(udp_packet(destination=FAR)), BROADCAST_FRAME)
    assert drops(outputs) == [Reason.LINK_BROADCAST]


def test_a_frame_without_addresses_is_heard_all_the_same():
    assert drops(node().received(0, udp_packet(), Origin())) == []


def test_a_tunnel_behind_extension_headers_is_found():
    padding = bytes.fromhex("010400000000")
    packet = ipv6(DESTINATION, extension(IPV6_IN_IPV6, padding) + udp_packet(), FAR, ME)
    assert [type(output) for output in node().received(0, packet, FRAME)] == [DeliverUdp]


def test_a_packet_may_have_nothing_but_its_payload_in_common_with_the_next():
    here = node()
    first = here.received(0, udp_packet(b"one"), FRAME)
    second = here.received(1, ipv6(UDP, udp_segment(b"two", FAR), FAR, ME), FRAME)
    assert [output.payload for output in (*first, *second)] == [b"one", b"two"]
