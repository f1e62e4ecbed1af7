"""Echo: RFC 4443 sections 4.1 and 4.2."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.outputs import DeliverIcmpv6
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoReply
from properties.building import ipv6
from properties.network import (
    ALL_NODES,
    BROADCAST_FRAME,
    ECHO_REPLY,
    FAR,
    FRAME,
    ICMPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOWHERE,
    drops,
    echo_request,
    icmpv6,
    message_of,
    node,
    routed,
)


@pytest.mark.parametrize("source", [NEIGHBOR, FAR])
@pytest.mark.parametrize("octets", [0, 1, 1280 - 48])
def test_a_request_is_answered_with_the_same_octets(source, octets):
    data = bytes(index & 0xFF for index in range(octets))
    (route,) = node().received(0, echo_request(data, source), FRAME)
    header, reply = message_of(route)
    assert (header.source, header.destination, header.hop_limit) == (parse_ipv6(ME), parse_ipv6(source), 64)
    assert reply == EchoReply(checksum=reply.checksum, identifier=0x1234, sequence_number=1, data=data)


def test_a_request_to_a_link_local_address_is_answered_from_it():
    (route,) = node().received(0, echo_request(source=NEIGHBOR_LINK_LOCAL, destination=MY_LINK_LOCAL), FRAME)
    assert message_of(route)[0].source == parse_ipv6(MY_LINK_LOCAL)
    assert route.next_hop == parse_ipv6(NEIGHBOR_LINK_LOCAL)


def test_a_request_to_a_group_is_answered_from_a_unicast_address():
    packet = echo_request(source=NEIGHBOR_LINK_LOCAL, destination=ALL_NODES)
    (route,) = node().received(0, packet, BROADCAST_FRAME)
    header, reply = message_of(route)
    assert (header.source, reply.data) == (parse_ipv6(MY_LINK_LOCAL), b"data")


def test_a_node_can_keep_silent_to_groups():
    outputs = node(answers_multicast_echo=False).received(0, echo_request(destination=ALL_NODES), BROADCAST_FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.BAD_DESTINATION], [])


def test_nobody_is_not_answered():
    assert drops(node().received(0, echo_request(source="::"), FRAME)) == [Reason.BAD_SOURCE]


def test_a_reply_that_has_no_way_back_is_reported():
    assert drops(node().received(0, echo_request(source=NOWHERE), FRAME)) == [Reason.NO_ROUTE]


def test_a_node_without_an_address_keeps_silent_to_groups():
    here = node()
    for address in (ME, MY_LINK_LOCAL):
        here.addresses.remove(parse_ipv6(address), Reason.DUPLICATE_ADDRESS)
    assert drops(here.received(0, echo_request(destination=ALL_NODES), FRAME)) == [Reason.NO_SOURCE_ADDRESS]


def test_replies_are_for_whoever_asked():
    reply = icmpv6(ECHO_REPLY, 0, b"\x12\x34\x00\x01data")
    outputs = node().received(0, ipv6(ICMPV6, reply, NEIGHBOR, ME), FRAME)
    assert outputs == (DeliverIcmpv6(parse_ipv6(NEIGHBOR), parse_ipv6(ME), reply),)


def test_an_echo_to_ourselves_comes_back_without_a_frame():
    (output,) = node().send_icmpv6(0, parse_ipv6(ME), b"\x80\x00\x00\x00\x12\x34\x00\x01data")
    assert output == DeliverIcmpv6(
        parse_ipv6(ME), parse_ipv6(ME), icmpv6(ECHO_REPLY, 0, b"\x12\x34\x00\x01data", ME, ME)
    )


def test_every_flipped_bit_of_a_request_is_found():
    packet = echo_request()
    for bit in range(8 * 40, 8 * len(packet)):
        flipped = (int.from_bytes(packet, "big") ^ 1 << (8 * len(packet) - 1 - bit)).to_bytes(len(packet), "big")
        outputs = node().received(0, flipped, FRAME)
        assert (drops(outputs), routed(outputs)) == ([Reason.BAD_CHECKSUM], [])


@pytest.mark.parametrize("octets", range(8))
def test_a_request_that_is_cut_is_refused(octets):
    message = icmpv6(128, 0, b"")[: min(octets, 4)] if octets <= 4 else icmpv6(128, 0, bytes(octets - 4))
    outputs = node().received(0, ipv6(ICMPV6, message, NEIGHBOR, ME), FRAME)
    assert (drops(outputs), routed(outputs)) == ([Reason.TRUNCATED], [])
