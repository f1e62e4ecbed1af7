"""The upper layer of a packet, read off its octets."""

from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.laboratory import icmpv6_packet, udp_packet, with_checksum
from p6lowpan.analysis.transport import segment_holds, transport_of
from p6lowpan.wire.ipv6.chain import walk
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, extension, ipv6, udp

ALICE_OCTETS, BOB_OCTETS = IPv6Address(LINK_LOCAL_ALICE).packed, IPv6Address(LINK_LOCAL_BOB).packed
ECHO = bytes.fromhex("8000000000010001") + b"ping"


def test_udp_behind_the_ipv6_header() -> None:
    packet = udp_packet(b"hello", source_port=1000, destination_port=2000)
    transport = transport_of(packet)
    assert (transport.source, transport.destination, transport.protocol) == (ALICE_OCTETS, BOB_OCTETS, 17)
    assert (transport.source_port, transport.destination_port) == (1000, 2000)
    assert (transport.at, transport.end, transport.ipv6_at) == (40, len(packet), 0)
    assert transport.checksum_holds is True
    assert transport.octets(packet) == packet[40:]


def test_an_icmpv6_message_has_a_checksum_and_no_ports() -> None:
    packet = icmpv6_packet(ECHO)
    transport = transport_of(packet)
    assert (transport.protocol, transport.source_port, transport.checksum_holds) == (58, None, True)
    wrong = with_checksum(packet, 42, int.from_bytes(packet[42:44], "big") ^ 1)
    assert transport_of(wrong).checksum_holds is False


@pytest.mark.parametrize("number", [0, 60, 135, 139, 140])
def test_extension_headers_are_stepped_over(number: int) -> None:
    packet = udp_packet()
    contents = bytes((1, 4, 0, 0, 0, 0))
    longer = ipv6(number, extension(17, contents) + packet[40:])
    transport = transport_of(longer)
    assert (transport.protocol, transport.at, transport.checksum_holds) == (17, 48, True)


def test_an_authentication_header_counts_in_words() -> None:
    packet = udp_packet()
    header = bytes((17, 4, 0, 0)) + bytes(20)
    transport = transport_of(ipv6(51, header + packet[40:]))
    assert (transport.protocol, transport.at, transport.checksum_holds) == (17, 64, True)


def test_the_addresses_of_a_packet_inside_a_packet_count() -> None:
    inner = udp_packet(source="2001:db8::1", destination="2001:db8::2")
    transport = transport_of(ipv6(41, inner))
    assert (transport.source, transport.destination) == (inner[8:24], inner[24:40])
    assert (transport.at, transport.ipv6_at, transport.checksum_holds) == (80, 40, True)


def test_a_packet_inside_ends_where_it_says() -> None:
    inner = udp_packet()
    transport = transport_of(ipv6(41, inner + b"trailing"))
    assert transport.end == 40 + len(inner)
    assert transport.checksum_holds is True


def test_a_source_route_puts_the_final_destination_under_the_checksum() -> None:
    final = "2001:db8::3"
    segment = udp(b"routed", checksum=0)
    right = checksum("2001:db8::1", final, 17, segment)
    segment = segment[:6] + right.to_bytes(2, "big") + segment[8:]
    route = extension(17, bytes((3, 1, 0, 0, 0, 0)) + IPv6Address(final).packed)
    packet = ipv6(43, route + segment, "2001:db8::1", "2001:db8::2")
    transport = transport_of(packet)
    assert transport.destination == IPv6Address(final).packed
    assert transport.checksum_holds is True


def test_an_atomic_fragment_is_whole_and_a_real_one_is_not() -> None:
    packet = udp_packet()
    atomic = ipv6(44, bytes((17, 0, 0, 0, 0, 0, 0, 7)) + packet[40:])
    assert transport_of(atomic).checksum_holds is True
    for offset in (b"\x00\x01", b"\x00\x08"):
        part = ipv6(44, bytes((17, 0)) + offset + bytes((0, 0, 0, 7)) + packet[40:])
        transport = transport_of(part)
        assert (transport.protocol, transport.checksum_holds, transport.source_port) == (17, None, None)


@pytest.mark.parametrize("protocol", [59, 50, 132, 253])
def test_other_protocols_have_no_checksum_that_is_known(protocol: int) -> None:
    transport = transport_of(ipv6(protocol, b"anything"))
    assert (transport.protocol, transport.checksum_holds) == (protocol, None)


def test_a_udp_checksum_of_zero_does_not_hold_over_ipv6() -> None:
    segment = udp(b"", checksum=0)
    assert not segment_holds(ALICE_OCTETS, BOB_OCTETS, 17, segment)


def test_the_udp_length_is_what_the_checksum_covers() -> None:
    packet = udp_packet(b"abcd")
    longer = ipv6(17, packet[40:] + b"padding")
    assert transport_of(longer).checksum_holds is True
    shorter = ipv6(17, packet[40:-1])
    assert transport_of(shorter).checksum_holds is False
    absurd = with_checksum(packet, 44, 7)
    assert transport_of(absurd).checksum_holds is False


def test_every_beginning_of_a_packet_is_read_as_far_as_it_goes() -> None:
    route = extension(41, bytes((3, 1, 0, 0, 0, 0)) + bytes(16))
    packet = ipv6(0, extension(43, bytes((1, 4, 0, 0, 0, 0))) + route + udp_packet())
    for end in range(40, len(packet)):
        transport = transport_of(packet[:end])
        assert transport.at <= end
        assert transport.checksum_holds is not True
    assert transport_of(packet).checksum_holds is True


@given(st.binary(min_size=40, max_size=200))
def test_no_octets_do_harm_and_the_walk_agrees_on_the_protocol(octets: bytes) -> None:
    transport = transport_of(octets)
    assert 40 <= transport.at <= max(transport.end, 40)
    chain = walk(octets)
    if chain.error is None and not chain.fragmented:
        assert transport.protocol == chain.protocol


@given(st.lists(st.sampled_from([0, 43, 44, 51, 60, 41, 17, 58]), max_size=5), st.binary(max_size=120))
def test_hostile_chains_of_headers_do_no_harm(chain: list[int], octets: bytes) -> None:
    packet = ipv6((chain or [17])[0], b"".join(bytes((number, 0, 0, 0, 0, 0, 0, 0)) for number in chain[1:]) + octets)
    transport = transport_of(packet)
    assert transport.at <= len(packet)
