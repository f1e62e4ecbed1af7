"""UDP: ports, checksums, lengths, and what is sent (RFC 768, RFC 8200 section 8.1)."""

import struct

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.machines.network.udp import EPHEMERAL_PORTS, Binding, Ports
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import parse_ipv6
from properties.building import checksum, ipv6
from properties.network import (
    ALL_NODES,
    FAR,
    FRAME,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOWHERE,
    PORT,
    UDP,
    drops,
    error_in,
    limited,
    node,
    routed,
    udp_packet,
    udp_segment,
)


def received(segment):
    return node().received(0, ipv6(UDP, segment, NEIGHBOR, ME), FRAME)


def test_a_datagram_is_delivered_where_its_port_is_bound():
    assert node().received(0, udp_packet(b"hello"), FRAME) == (
        DeliverUdp(parse_ipv6(NEIGHBOR), 40000, parse_ipv6(ME), PORT, b"hello"),
    )


def test_a_datagram_for_a_group_is_delivered_with_the_group():
    (output,) = node().received(0, udp_packet(destination=ALL_NODES), FRAME)
    assert output.destination == parse_ipv6(ALL_NODES)


def test_a_datagram_without_payload_and_one_from_nobody_are_delivered():
    assert node().received(0, udp_packet(b""), FRAME)[0].payload == b""
    assert node().received(0, udp_packet(b"", source="::"), FRAME)[0].source == bytes(16)


def test_a_port_that_is_not_bound_is_unreachable():
    outputs = node().received(0, udp_packet(port=PORT + 1), FRAME)
    assert (drops(outputs), error_in(outputs).code) == ([Reason.PORT_UNREACHABLE], 4)


def test_a_port_that_was_closed_is_unreachable():
    here = node()
    here.close(PORT)
    here.close(PORT)
    assert drops(here.received(0, udp_packet(), FRAME)) == [Reason.PORT_UNREACHABLE]


def test_a_checksum_of_zero_is_refused_and_not_answered():
    segment = udp_segment()
    outputs = received(segment[:6] + b"\0\0" + segment[8:])
    assert (drops(outputs), routed(outputs)) == ([Reason.BAD_CHECKSUM], [])


def test_every_flipped_bit_of_a_datagram_is_found():
    segment = udp_segment()
    number, octets = int.from_bytes(segment, "big"), len(segment)
    for bit in range(8 * octets):
        flipped = (number ^ 1 << bit).to_bytes(octets, "big")
        outputs = received(flipped)
        assert drops(outputs)[0] in (Reason.BAD_CHECKSUM, Reason.BAD_LENGTH)
        assert routed(outputs) == []


def test_every_beginning_of_a_datagram_is_refused():
    segment = udp_segment()
    reasons = {drops(received(segment[:end]))[0] for end in range(len(segment))}
    assert reasons == {Reason.TRUNCATED, Reason.BAD_LENGTH}


@pytest.mark.parametrize("length", [0, 7, 14])
def test_a_length_below_the_header_or_beyond_the_packet_is_refused(length):
    segment = udp_segment(b"hello")
    assert drops(received(segment[:4] + struct.pack(">H", length) + segment[6:])) == [Reason.BAD_LENGTH]


def test_octets_behind_the_length_are_not_the_datagrams():
    (output,) = received(udp_segment(b"hello") + b"surplus")
    assert output.payload == b"hello"


def test_what_is_sent_has_a_checksum_that_holds():
    (route,) = node().send_udp(0, 40000, parse_ipv6(FAR), 5683, b"payload")
    expected = struct.pack(">HHHH", 40000, 5683, 15, 0) + b"payload"
    total = struct.pack(">H", checksum(ME, FAR, UDP, expected))
    assert route.packet == ipv6(UDP, expected[:6] + total + expected[8:], ME, FAR, 64)
    assert route.next_hop == parse_ipv6("fe80::b")


def test_a_checksum_that_would_be_zero_is_sent_as_all_ones():
    payloads = (struct.pack(">H", value) for value in range(0x10000))
    sums = {}
    for payload in payloads:
        segment = struct.pack(">HHHH", 40000, 5683, 10, 0) + payload
        sums[checksum(ME, NEIGHBOR, UDP, segment)] = payload
        if 0xFFFF in sums:
            break
    (route,) = node().send_udp(0, 40000, parse_ipv6(NEIGHBOR), 5683, sums[0xFFFF])
    assert route.packet[46:48] == b"\xff\xff"


@pytest.mark.parametrize(
    ("destination", "source", "hop_limit"), [(NEIGHBOR_LINK_LOCAL, MY_LINK_LOCAL, 64), (ALL_NODES, MY_LINK_LOCAL, 1)]
)
def test_source_and_hop_limit_fit_the_destination(destination, source, hop_limit):
    (route,) = node().send_udp(0, 1, parse_ipv6(destination), 2, b"")
    assert (route.packet[7], route.packet[8:24]) == (hop_limit, parse_ipv6(source))
    assert route.next_hop == parse_ipv6(destination)
    (route,) = node().send_udp(0, 1, parse_ipv6(destination), 2, b"", hop_limit=255)
    assert route.packet[7] == 255


def test_the_largest_datagram_is_sent_and_one_octet_more_is_not():
    (route,) = node().send_udp(0, 1, parse_ipv6(NEIGHBOR), 2, bytes(1280 - 48))
    assert len(route.packet) == P6LOWPAN.datagram_octets
    assert drops(node().send_udp(0, 1, parse_ipv6(NEIGHBOR), 2, bytes(1281 - 48))) == [Reason.TOO_BIG]
    assert drops(node().send_udp(0, 1, parse_ipv6(NEIGHBOR), 2, bytes(70_000))) == [Reason.TOO_BIG]


def test_what_cannot_be_sent_is_reported():
    assert drops(node().send_udp(0, 1, parse_ipv6(NOWHERE), 2, b"")) == [Reason.NO_ROUTE]
    here = node()
    for address in (ME, MY_LINK_LOCAL):
        here.addresses.remove(parse_ipv6(address), Reason.DUPLICATE_ADDRESS)
    assert drops(here.send_udp(0, 1, parse_ipv6(NEIGHBOR), 2, b"")) == [Reason.NO_SOURCE_ADDRESS]


@pytest.mark.parametrize(
    ("source_port", "destination", "port", "hop_limit"),
    [
        (70000, parse_ipv6(NEIGHBOR), 2, None),
        (1, parse_ipv6(NEIGHBOR), -1, None),
        (1, parse_ipv6(NEIGHBOR), 2, 256),
        (1, b"\xfe\x80", 2, None),
        (1, b"", 2, None),
        (1, bytes(16), 2, None),
    ],
)
def test_what_does_not_exist_is_refused(source_port, destination, port, hop_limit):
    with pytest.raises(UsageError):
        node().send_udp(0, source_port, destination, port, b"", hop_limit)


def test_a_datagram_to_ourselves_is_delivered_without_a_frame():
    (output,) = node().send_udp(0, 40000, parse_ipv6(ME), PORT, b"echo")
    assert output == DeliverUdp(parse_ipv6(ME), 40000, parse_ipv6(ME), PORT, b"echo")


def test_ports_are_bound_up_to_their_bound():
    ports = Ports(limited(udp_ports=2), Chance(0))
    assert (ports.bind(1), ports.bind(65535)) == (1, 65535)
    full = ports.bind(2)
    assert isinstance(full, Dropped)
    assert full.reason is Reason.PORTS_FULL
    ports.close(1)
    assert ports.bind(2) == 2
    assert ports.bound == (65535, 2)


def test_a_port_is_bound_once():
    ports = Ports(P6LOWPAN, Chance(0))
    ports.bind(9)
    again = ports.bind(9)
    assert isinstance(again, Dropped)
    assert again.reason is Reason.PORT_IN_USE


def test_a_port_that_nobody_named_is_a_dynamic_one_and_free():
    ports = Ports(limited(udp_ports=300), Chance(5))
    bound = [ports.bind() for _ in range(300)]
    assert len(set(bound)) == 300
    assert set(bound) <= set(EPHEMERAL_PORTS)
    other = Ports(limited(udp_ports=300), Chance(5))
    assert [other.bind() for _ in range(300)] == bound
    assert [Ports(P6LOWPAN, Chance(6)).bind()] != bound[:1]


def test_when_every_dynamic_port_is_bound_there_is_none_left():
    ports = Ports(limited(udp_ports=65536), Chance(0))
    for port in EPHEMERAL_PORTS:
        ports.bind(port)
    none = ports.bind()
    assert isinstance(none, Dropped)
    assert none.reason is Reason.PORTS_FULL


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_no_port_cannot_be_bound(port):
    with pytest.raises(UsageError):
        Ports(P6LOWPAN, Chance(0)).bind(port)


@pytest.mark.parametrize(
    ("binding", "destination", "source", "taken"),
    [
        (Binding(parse_ipv6(ME)), ME, NEIGHBOR, True),
        (Binding(parse_ipv6(ME)), MY_LINK_LOCAL, NEIGHBOR_LINK_LOCAL, False),
        (Binding(parse_ipv6(ME)), ALL_NODES, NEIGHBOR_LINK_LOCAL, False),
        (Binding(peer=parse_ipv6(NEIGHBOR), peer_port=40000), ME, NEIGHBOR, True),
        (Binding(peer=parse_ipv6(NEIGHBOR), peer_port=40001), ME, NEIGHBOR, False),
        (Binding(peer=parse_ipv6(FAR), peer_port=40000), ME, NEIGHBOR, False),
    ],
)
def test_a_port_takes_what_its_binding_says_and_is_unreachable_for_others(binding, destination, source, taken):
    here = node()
    here.close(PORT)
    here.bind(PORT, binding)
    outputs = here.received(0, udp_packet(b"hello", source=source, destination=destination), FRAME)
    assert [output.payload for output in outputs if isinstance(output, DeliverUdp)] == [b"hello"] * taken
    assert drops(outputs) == [Reason.PORT_UNREACHABLE] * (not taken)


def test_a_datagram_goes_from_the_address_that_was_asked_for_if_it_is_ours():
    (route,) = node().send_udp(0, 40000, parse_ipv6(NEIGHBOR), 7, b"", source=parse_ipv6(MY_LINK_LOCAL))
    assert route.packet[8:24] == parse_ipv6(MY_LINK_LOCAL)
    outputs = node().send_udp(0, 40000, parse_ipv6(NEIGHBOR), 7, b"", source=parse_ipv6(FAR))
    assert drops(outputs) == [Reason.NO_SOURCE_ADDRESS]
