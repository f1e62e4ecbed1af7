"""ICMPv6 errors: what they look like, where from, how many, and about what there are none (RFC 4443 section 2.4)."""

import struct

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.icmpv6_errors import carries_error
from p6lowpan.machines.network.outputs import DeliverIcmpv6, Route
from p6lowpan.wire.address import parse_ipv6
from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    BROADCAST_FRAME,
    DESTINATION,
    FAR,
    FRAGMENT,
    FRAME,
    ICMPV6,
    IPV6_IN_IPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOTHING,
    NOWHERE,
    ROUTING,
    drops,
    echo_request,
    error_in,
    icmpv6,
    limited,
    message_of,
    node,
    routed,
    udp_packet,
)

CLOSED = 7
PADDING = bytes.fromhex("010400000000")


def message_to_nowhere(kind, code=0, body=bytes(28)):
    return ipv6(ICMPV6, icmpv6(kind, code, body, NEIGHBOR, NOWHERE), NEIGHBOR, NOWHERE)


def errors_about(packet, frame=FRAME):
    outputs = node().received(0, packet, frame)
    assert len(drops(outputs)) == 1
    return len(routed(outputs))


@pytest.mark.parametrize("kind", [1, 137])
@pytest.mark.parametrize(
    ("protocol", "inside"),
    [
        (DESTINATION, bytes.fromhex("050001020000")),  # a Router Alert of no length
        (DESTINATION, bytes.fromhex("01ff00000000")),  # an option longer than its header
        (ROUTING, bytes.fromhex("03ffffff0000")),  # a source route with more segments than it holds
        (DESTINATION, None),
    ],
)
def test_nobody_hears_of_an_error_behind_a_header_that_cannot_be_read(protocol, inside, kind):
    message = icmpv6(kind, 0, bytes(28), NEIGHBOR, ME)
    packet = (
        ipv6(protocol, extension(ICMPV6, inside) + message, NEIGHBOR, ME)
        if inside
        else ipv6(
            FRAGMENT, bytes((DESTINATION, 0, 0, 1, 0, 0, 0, 1)) + extension(ICMPV6, PADDING) + message, NEIGHBOR, ME
        )
    )
    assert carries_error(packet)
    assert not [output for output in node().unreachable(0, packet) if isinstance(output, Route)]
    asked = packet[: -len(message)] + icmpv6(128, 0, bytes(28), NEIGHBOR, ME)
    assert not carries_error(asked)


@pytest.mark.parametrize("length", range(0, 88))
def test_of_a_packet_that_was_cut_it_is_said_what_is_there(length):
    whole = ipv6(DESTINATION, extension(ICMPV6, PADDING) + icmpv6(1, 0, bytes(28), NEIGHBOR, ME), NEIGHBOR, ME)
    assert carries_error(whole[:length]) is (length > 48)


def test_an_error_is_a_packet_with_its_checksum_and_what_provoked_it():
    outputs = node().received(0, udp_packet(port=CLOSED), FRAME)
    (route,) = routed(outputs)
    header, error = message_of(route)
    assert (header.source, header.destination) == (parse_ipv6(ME), parse_ipv6(NEIGHBOR))
    assert (header.hop_limit, header.traffic_class, header.flow_label) == (64, 0, 0)
    assert (error.code, error.original_length, error.unused) == (4, 0, 0)
    assert error.invoking_packet == udp_packet(port=CLOSED)
    assert route.next_hop == parse_ipv6(NEIGHBOR)


@pytest.mark.parametrize(("octets", "quoted"), [(1232, 1232), (1233, 1232), (1280, 1232)])
def test_an_error_quotes_as_much_as_fits_1280_octets(octets, quoted):
    packet = ipv6(NOTHING, bytes(octets - 40), NEIGHBOR, NOWHERE)
    (route,) = routed(node().received(0, packet, FRAME))
    assert message_of(route)[1].invoking_packet == packet[:quoted]
    assert len(route.packet) == min(48 + octets, 1280)


def test_an_error_comes_from_the_address_that_was_asked():
    # RFC 4443 section 2.2 a
    here = node()
    here.addresses.assign(0, parse_ipv6("2001:db8:9::1"), AddressState.PREFERRED)
    (route,) = routed(here.received(0, udp_packet(destination="2001:db8:9::1", port=CLOSED), FRAME))
    assert message_of(route)[0].source == parse_ipv6("2001:db8:9::1")


def test_an_error_about_what_was_not_for_us_comes_from_an_address_that_reaches_its_sender():
    (route,) = routed(node().received(0, udp_packet(destination=NOWHERE), FRAME))
    assert message_of(route)[0].source == parse_ipv6(ME)
    (route,) = routed(node().received(0, udp_packet(source=NEIGHBOR_LINK_LOCAL, destination=FAR), FRAME))
    assert message_of(route)[0].source == parse_ipv6(MY_LINK_LOCAL)


def test_an_error_takes_the_way_to_the_sender():
    (route,) = routed(node().received(0, udp_packet(source=FAR, port=CLOSED), FRAME))
    assert route.next_hop == parse_ipv6("fe80::b")


def test_there_is_no_error_without_a_way_back_or_an_address():
    assert drops(node().received(0, udp_packet(source=NOWHERE, port=CLOSED), FRAME)) == [
        Reason.PORT_UNREACHABLE,
        Reason.NO_ROUTE,
    ]
    here = node()
    for address in (ME, MY_LINK_LOCAL):
        here.addresses.remove(parse_ipv6(address), Reason.DUPLICATE_ADDRESS)
    assert drops(here.received(0, udp_packet(destination=NOWHERE), FRAME)) == [
        Reason.NO_ROUTE,
        Reason.NO_SOURCE_ADDRESS,
    ]


@pytest.mark.parametrize("kind", [0, 1, 2, 3, 4, 100, 101, 127, 137])
def test_no_error_is_about_an_error_or_a_redirect(kind):
    # RFC 4443 section 2.4 e.1 and e.2
    assert errors_about(message_to_nowhere(kind)) == 0


@pytest.mark.parametrize("kind", [128, 129, 133, 136, 138, 155, 255])
def test_an_error_may_be_about_any_other_message(kind):
    assert errors_about(message_to_nowhere(kind)) == 1


def test_an_error_behind_extension_headers_is_still_an_error():
    octets = icmpv6(1, 0, bytes(28), NEIGHBOR, NOWHERE)
    hidden = ipv6(DESTINATION, extension(FRAGMENT, PADDING) + b"\x3a" + bytes(7) + octets, NEIGHBOR, NOWHERE)
    assert errors_about(hidden) == 0


def test_the_middle_of_a_fragmented_packet_is_no_error_whatever_its_octets_look_like():
    first, middle = (b"\x3a\0" + struct.pack(">HI", offset << 3 | 1, 9) + bytes(16) for offset in (0, 1))
    assert errors_about(ipv6(FRAGMENT, first, NEIGHBOR, NOWHERE)) == 0
    assert errors_about(ipv6(FRAGMENT, middle, NEIGHBOR, NOWHERE)) == 1


def test_an_error_in_a_tunnel_is_answered_no_more_than_one_without():
    # stricter than the RFC, which speaks of the packet alone
    assert errors_about(ipv6(IPV6_IN_IPV6, message_to_nowhere(1), NEIGHBOR, NOWHERE)) == 0
    assert carries_error(message_to_nowhere(1))


@pytest.mark.parametrize(
    "packet",
    [
        udp_packet(destination=ALL_NODES, port=CLOSED),
        ipv6(6, bytes(20), NEIGHBOR, ALL_NODES),
        ipv6(DESTINATION, b"\x11\xff" + PADDING, NEIGHBOR, ALL_NODES),
    ],
    ids=["closed port", "unrecognized next header", "erroneous field"],
)
def test_no_error_is_about_a_multicast(packet):
    # RFC 4443 section 2.4 e.3; the exception for options is in the tests of options
    assert errors_about(packet) == 0


def test_no_error_is_about_a_frame_for_everybody():
    # RFC 4443 section 2.4 e.4 and e.5
    packet = udp_packet(port=CLOSED)
    assert (errors_about(packet), errors_about(packet, BROADCAST_FRAME)) == (1, 0)


def test_no_error_goes_to_nobody_or_to_many():
    # RFC 4443 section 2.4 e.6
    assert errors_about(udp_packet(source="::", port=CLOSED)) == 0
    assert errors_about(udp_packet(source="ff02::1", port=CLOSED)) == 0


def test_errors_end_with_the_bucket_and_begin_again_with_time():
    here = node(limits=limited(icmpv6_error_burst=2, icmpv6_errors_per_second=1))
    refused = udp_packet(port=CLOSED)
    assert [len(routed(here.received(0, refused, FRAME))) for _ in range(2)] == [1, 1]
    assert drops(here.received(0, refused, FRAME)) == [Reason.PORT_UNREACHABLE, Reason.ERROR_LIMIT]
    assert drops(here.received(1_000_000, refused, FRAME)) == [Reason.PORT_UNREACHABLE]


def test_the_usual_bucket_gives_ten_errors_and_not_eleven():
    here = node()
    sent = [len(routed(here.received(0, udp_packet(port=CLOSED), FRAME))) for _ in range(11)]
    assert sent == [1] * P6LOWPAN.icmpv6_error_burst + [0]


def test_an_error_that_cannot_be_sent_costs_no_token():
    here = node(limits=limited(icmpv6_error_burst=1))
    here.received(0, udp_packet(source=NOWHERE, port=CLOSED), FRAME)
    here.received(0, udp_packet(destination=ALL_NODES, port=CLOSED), FRAME)
    assert len(routed(here.received(0, udp_packet(port=CLOSED), FRAME))) == 1


def test_echo_replies_cost_no_token():
    here = node(limits=limited(icmpv6_error_burst=1))
    for _ in range(5):
        assert len(routed(here.received(0, echo_request(), FRAME))) == 1
    assert len(routed(here.received(0, udp_packet(port=CLOSED), FRAME))) == 1


def test_a_packet_of_our_own_that_came_back_is_answered_to_ourselves():
    outputs = node().received(0, udp_packet(source=ME, destination=FAR, hop_limit=1), FRAME)
    assert drops(outputs) == [Reason.HOP_LIMIT_EXCEEDED]
    (delivered,) = [output for output in outputs if isinstance(output, DeliverIcmpv6)]
    assert (delivered.source, delivered.octets[:2]) == (parse_ipv6(ME), b"\x03\x00")


def test_a_next_hop_that_does_not_answer_is_told_to_who_sent_the_packet():
    here = node()
    (route,) = routed(here.received(0, udp_packet(destination=FAR, hop_limit=9), FRAME))
    outputs = here.unreachable(5, route.packet)
    error = error_in(outputs)
    assert (drops(outputs), error.code) == ([Reason.ADDRESS_UNREACHABLE], 3)
    assert error.invoking_packet == route.packet


def test_a_next_hop_that_does_not_answer_us_is_told_to_whoever_sent_from_here():
    here = node()
    (route,) = here.send_udp(0, 40000, parse_ipv6(FAR), 7, b"")
    outputs = here.unreachable(5, route.packet)
    assert (drops(outputs), routed(outputs)) == ([Reason.ADDRESS_UNREACHABLE], [])
    (delivered,) = [output for output in outputs if isinstance(output, DeliverIcmpv6)]
    assert (delivered.source, delivered.destination, delivered.octets[:2]) == (*[parse_ipv6(ME)] * 2, b"\x01\x03")
    assert delivered.octets[8:] == route.packet
    assert drops(here.unreachable(5, b"no packet")) == [Reason.TRUNCATED]
