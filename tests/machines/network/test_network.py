"""The network layer as a whole: sending, time, copies."""

import copy

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.outputs import AddressLost, DeliverIcmpv6, DeliverUdp, Route
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import ALL_NODES, parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoRequest
from properties.building import ipv6
from properties.network import (
    FAR,
    FRAME,
    ICMPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOTHING,
    NOWHERE,
    PORT,
    drops,
    icmpv6,
    limited,
    message_of,
    node,
    routed,
    udp_packet,
)

ECHO = b"\x80\x00\xff\xff\x00\x01\x00\x02hello"
OWN = parse_ipv6("2001:db8:1::77")


def test_a_message_gets_its_checksum_its_source_and_its_next_hop():
    (route,) = node().send_icmpv6(0, parse_ipv6(FAR), ECHO)
    header, message = message_of(route)
    assert (header.source, header.hop_limit, route.next_hop) == (parse_ipv6(ME), 64, parse_ipv6("fe80::b"))
    assert isinstance(message, EchoRequest)
    assert message.data == b"hello"


def test_a_message_can_name_its_source_and_hop_limit():
    group = parse_ipv6("ff02::2")
    (route,) = node().send_icmpv6(0, group, b"\x85\0\0\0\0\0\0\0", hop_limit=255, source=parse_ipv6("::"))
    assert route == Route(ipv6(ICMPV6, icmpv6(133, 0, bytes(4), "::", "ff02::2"), "::", "ff02::2", 255), group)


def test_the_hop_limit_that_routers_recommend_is_used():
    here = node()
    here.hop_limit = 7
    (route,) = here.send_udp(0, 1, parse_ipv6(NEIGHBOR), 2, b"")
    assert route.packet[7] == 7


def test_the_largest_message_is_sent_and_one_octet_more_is_not():
    assert len(routed(node().send_icmpv6(0, parse_ipv6(FAR), ECHO + bytes(1240 - len(ECHO))))) == 1
    assert drops(node().send_icmpv6(0, parse_ipv6(FAR), ECHO + bytes(1241 - len(ECHO)))) == [Reason.TOO_BIG]


@pytest.mark.parametrize("octets", range(4))
def test_less_than_a_message_is_not_sent(octets):
    assert drops(node().send_icmpv6(0, parse_ipv6(FAR), bytes(octets))) == [Reason.TRUNCATED]


def test_a_message_without_a_source_or_a_route_is_reported():
    here = node()
    assert drops(here.send_icmpv6(0, parse_ipv6(NOWHERE), ECHO)) == [Reason.NO_ROUTE]
    for address in (ME, MY_LINK_LOCAL):
        here.addresses.remove(parse_ipv6(address), Reason.DUPLICATE_ADDRESS)
    assert drops(here.send_icmpv6(0, parse_ipv6(NEIGHBOR), ECHO)) == [Reason.NO_SOURCE_ADDRESS]


def test_nothing_is_sent_to_nobody():
    with pytest.raises(UsageError):
        node().send_icmpv6(0, bytes(16), ECHO)


def test_a_whole_packet_is_sent_as_it_is():
    packet = udp_packet(source=ME, destination=FAR, hop_limit=3)
    assert node().send(0, packet) == (Route(packet, parse_ipv6("fe80::b")),)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", Reason.TRUNCATED),
        (udp_packet(source="ff02::1"), Reason.BAD_SOURCE),
        (udp_packet(source=ME, destination="::"), Reason.BAD_DESTINATION),
        (udp_packet(source=ME, destination=NOWHERE), Reason.NO_ROUTE),
        (ipv6(NOTHING, bytes(1241), ME, FAR), Reason.TOO_BIG),
    ],
)
def test_a_packet_that_cannot_be_sent_is_reported(packet, reason):
    outputs = node().send(0, packet)
    assert (drops(outputs), routed(outputs)) == ([reason], [])


def test_a_packet_of_the_largest_size_is_sent():
    assert len(routed(node().send(0, ipv6(NOTHING, bytes(1240), ME, FAR)))) == 1


def test_a_datagram_to_a_closed_port_of_ours_is_answered_to_us():
    outputs = node().send_udp(0, 40000, parse_ipv6(ME), PORT + 1, b"")
    assert drops(outputs) == [Reason.PORT_UNREACHABLE]
    (error,) = [output for output in outputs if isinstance(output, DeliverIcmpv6)]
    assert (error.source, error.octets[:2]) == (parse_ipv6(ME), b"\x01\x04")


def test_what_is_sent_to_a_group_of_ours_goes_out_and_does_not_come_back():
    (route,) = node().send_udp(0, 40000, ALL_NODES, PORT, b"")
    assert route.next_hop == ALL_NODES


def test_without_anything_that_ends_there_is_no_deadline():
    assert node().deadline is None
    assert node().tick(10**12) == ()


def test_the_deadline_is_the_earliest_of_addresses_and_routes():
    here = node()
    here.addresses.assign(0, OWN, AddressState.PREFERRED, valid_us=30)
    here.routes.add_default_router(0, parse_ipv6(NEIGHBOR_LINK_LOCAL), lifetime_us=20)
    assert here.deadline == 20
    assert here.tick(19) == ()
    assert here.tick(20) == ()
    assert here.deadline == 30
    assert here.tick(30) == (AddressLost(OWN, Reason.LIFETIME_ENDED),)
    assert here.deadline is None


def test_a_bound_port_is_delivered_to_and_a_closed_one_is_not():
    here = node(limits=limited(udp_ports=2))
    port = here.bind()
    assert isinstance(port, int)
    assert isinstance(here.received(0, udp_packet(port=port), FRAME)[0], DeliverUdp)
    assert isinstance(here.bind(9), Dropped)
    here.close(port)
    assert drops(here.received(0, udp_packet(port=port), FRAME)) == [Reason.PORT_UNREACHABLE]


def test_a_copy_goes_its_own_way_and_gives_the_same_answers():
    here = node()
    packets = [udp_packet(), udp_packet(destination=FAR), udp_packet(port=9), udp_packet(destination=NOWHERE)]
    here.received(0, packets[2], FRAME)
    twin = copy.deepcopy(here)
    answers = [here.received(now, packet, FRAME) for now, packet in enumerate(packets)]
    assert [twin.received(now, packet, FRAME) for now, packet in enumerate(packets)] == answers
    twin.addresses.remove(parse_ipv6(ME), Reason.DUPLICATE_ADDRESS)
    assert here.received(9, packets[0], FRAME) == answers[0]
    assert twin.received(9, packets[0], FRAME) != answers[0]
