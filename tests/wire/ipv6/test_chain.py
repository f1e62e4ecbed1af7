"""The walk along the headers of a packet."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.chain import EXTENSIONS, UPPER_LAYERS, checksum_addresses, encode, headers, walk
from p6lowpan.wire.ipv6.extension import (
    AuthenticationHeader,
    DestinationOptions,
    EncapsulatingSecurityPayload,
    FragmentHeader,
    GenericExtension,
    HopByHopOptions,
    MobilityHeader,
)
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.options import HomeAddress, RplOption, padded
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.routing import RplSourceRoute, source_route
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import Udp, datagram, with_checksum

ONE, TWO, THREE = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3))
VECTORS = Path(__file__).parents[2] / "vectors"


def _packets():
    for name, key in (("decode", "expect"), ("encode", "packet")):
        for line in (VECTORS / f"{name}.jsonl").read_text().splitlines():
            vector = json.loads(line)
            found = vector.get(key) or []
            for octets in [found] if isinstance(found, str) else found:
                yield pytest.param(bytes.fromhex(octets), id=f"{name}:{vector['id']}")


PACKETS = list(_packets())


def ipv6(next_header, payload_length, destination=TWO):
    return Ipv6(
        payload_length=payload_length, next_header=next_header, hop_limit=64, source=ONE, destination=destination
    )


def packet(*following, payload=b"", first):
    octets = b"".join(header.encode() for header in following) + payload
    return ipv6(first, len(octets)).encode() + octets


UDP = datagram(1, 5683, b"hello")
HOP_BY_HOP = HopByHopOptions(next_header=43, options=padded((RplOption(instance=0, sender_rank=0),)))
ROUTE = source_route(60, [TWO, THREE])
DESTINATION = DestinationOptions(next_header=17, options=padded(()))
EVERYTHING = packet(HOP_BY_HOP, ROUTE, DESTINATION, UDP, payload=b"hello", first=0)


@pytest.mark.parametrize("octets", PACKETS)
def test_every_packet_of_the_vectors_walks_comes_back_and_has_the_right_checksum(octets):
    chain = headers(octets)
    assert encode(chain) == octets
    if not chain.fragmented and chain.protocol in (Protocol.UDP, Protocol.ICMPV6):
        upper = chain.headers[-1].encode() if chain.protocol == Protocol.UDP else b""
        assert checksum_holds(*checksum_addresses(chain.headers), chain.protocol, upper + chain.payload)


def test_headers_come_in_order_and_the_payload_is_what_is_left():
    chain = headers(EVERYTHING)
    assert [type(header) for header in chain.headers] == [
        Ipv6,
        HopByHopOptions,
        RplSourceRoute,
        DestinationOptions,
        Udp,
    ]
    assert (chain.payload, chain.protocol, chain.fragmented, chain.error) == (b"hello", Protocol.UDP, False, None)


@pytest.mark.parametrize(
    ("following", "first"),
    [
        (AuthenticationHeader(next_header=59, security_parameters_index=1, sequence_number=1), 51),
        (MobilityHeader(payload_protocol=59, type=5, data=bytes(10)), 135),
        (GenericExtension(next_header=59, data=bytes(6)), 139),
        (GenericExtension(next_header=59, data=bytes(14)), 140),
        (FragmentHeader(next_header=59, offset=0, more=0, identification=1), 44),
        (DestinationOptions(next_header=59, options=padded(())), 60),
        (RplSourceRoute(next_header=59, segments_left=0, addresses=b""), 43),
        (HopByHopOptions(next_header=59, options=padded(())), 0),
    ],
)
def test_every_extension_header_leads_on(following, first):
    chain = headers(packet(following, payload=b"rest", first=first))
    assert chain.headers[1:] == (following,)
    assert (chain.payload, chain.protocol) == (b"rest", Protocol.NO_NEXT_HEADER)


@pytest.mark.parametrize(
    ("upper", "first"),
    [
        (UDP, 17),
        (Tcp(source_port=1, destination_port=2, sequence_number=3, window=4), 6),
        (EncapsulatingSecurityPayload(security_parameters_index=1, sequence_number=2), 50),
    ],
)
def test_an_upper_layer_header_ends_the_chain(upper, first):
    chain = headers(packet(upper, payload=b"rest", first=first))
    assert chain.headers[1:] == (upper,)
    assert (chain.payload, chain.protocol) == (b"rest", first)


@pytest.mark.parametrize("protocol", [58, 59, 89, 132, 253])
def test_what_is_no_header_here_is_payload(protocol):
    chain = headers(packet(payload=b"\x80\0\0\0", first=protocol))
    assert (len(chain.headers), chain.payload, chain.protocol) == (1, b"\x80\0\0\0", protocol)


def test_ipv6_in_ipv6_goes_on_to_the_inner_headers():
    inner = packet(UDP, payload=b"hello", first=17)
    octets = packet(HopByHopOptions(next_header=41, options=padded(())), payload=inner, first=0)
    assert [type(header) for header in headers(octets).headers] == [Ipv6, HopByHopOptions, Ipv6, Udp]
    assert encode(headers(octets)) == octets


def test_depth_is_bounded_by_octets_alone():
    octets = b""
    for _ in range(1600):
        octets = ipv6(41 if octets else 59, len(octets)).encode() + octets
    assert len(headers(octets).headers) == 1600


@pytest.mark.parametrize(("offset", "more"), [(0, 1), (5, 0), (5, 1)])
def test_what_a_fragment_holds_is_not_read(offset, more):
    fragment = FragmentHeader(next_header=17, offset=offset, more=more, identification=1)
    chain = headers(packet(fragment, payload=UDP.encode() + b"hello", first=44))
    assert chain.headers[1:] == (fragment,)
    assert (chain.fragmented, chain.protocol, chain.payload) == (True, 17, UDP.encode() + b"hello")


def test_an_atomic_fragment_is_read_on():
    fragment = FragmentHeader(next_header=17, offset=0, more=0, identification=1)
    chain = headers(packet(fragment, UDP, payload=b"hello", first=44))
    assert (chain.headers[-1], chain.fragmented) == (UDP, False)


def test_every_cut_raises_and_walks_as_far_as_it_can():
    for end in range(len(EVERYTHING)):
        with pytest.raises(Malformed) as caught:
            headers(EVERYTHING[:end])
        assert caught.value.reason is Reason.TRUNCATED
        assert caught.value.offset == end
        chain = walk(EVERYTHING[:end])
        assert encode(chain) == EVERYTHING[:end]
        assert chain.error is not None
    assert [len(walk(EVERYTHING[:end]).headers) for end in (39, 40, 48, 64, 72, 80)] == [0, 1, 2, 3, 4, 5]


def test_a_packet_cut_in_its_payload_still_shows_its_headers():
    chain = walk(EVERYTHING[:-1])
    assert isinstance(chain.headers[-1], Udp)
    assert (chain.payload, chain.error.reason) == (b"hell", Reason.TRUNCATED)


def test_octets_behind_the_packet_are_trailing():
    with pytest.raises(Malformed) as caught:
        headers(EVERYTHING + b"\0\0")
    assert (caught.value.offset, caught.value.reason) == (len(EVERYTHING), Reason.TRAILING)
    assert walk(EVERYTHING + b"\0\0").payload == b"hello\0\0"


def test_an_inner_packet_that_is_shorter_than_its_tunnel_is_trailing():
    inner = packet(payload=b"", first=59)
    with pytest.raises(Malformed) as caught:
        headers(packet(payload=inner + b"\1", first=41))
    assert (caught.value.offset, caught.value.reason) == (80, Reason.TRAILING)


def test_the_offset_of_an_error_is_counted_from_the_packet():
    octets = packet(HOP_BY_HOP, payload=bytes.fromhex("3b00 0502 0000 0504"), first=0)
    octets = octets[:40] + b"\x3c" + octets[41:]
    chain = walk(octets)
    assert [type(header) for header in chain.headers] == [Ipv6, HopByHopOptions]
    assert (chain.error.layer, chain.error.offset) == ("option-router-alert", 56)
    assert chain.payload == octets[48:]


def test_another_version_is_no_header():
    chain = walk(b"\x45" + EVERYTHING[1:])
    assert (chain.headers, chain.payload[0], chain.error.reason) == ((), 0x45, Reason.FIXED_VALUE)


def test_every_bit_flipped_ends_in_a_chain():
    number, width = int.from_bytes(EVERYTHING, "big"), len(EVERYTHING)
    for bit in range(8 * width):
        octets = (number ^ 1 << bit).to_bytes(width, "big")
        chain = walk(octets)
        assert encode(chain) == octets
        if chain.error is not None:
            assert 0 <= chain.error.offset <= width


@given(st.sampled_from([0, 6, 17, 41, 43, 44, 50, 51, 60, 135, 139]), st.binary(max_size=200))
def test_any_octets_end_in_a_chain(first, payload):
    octets = ipv6(first, len(payload)).encode() + payload
    assert encode(walk(octets)) == octets


def test_the_tables_do_not_overlap():
    assert not EXTENSIONS.keys() & UPPER_LAYERS.keys()


@pytest.mark.parametrize(
    ("chain_headers", "source", "destination"),
    [
        ([ipv6(17, 0)], ONE, TWO),
        ([ipv6(43, 0), source_route(17, [TWO, THREE])], ONE, THREE),
        ([ipv6(43, 0), source_route(17, [TWO, THREE], segments_left=0)], ONE, TWO),
        ([ipv6(43, 0), source_route(41, [TWO, THREE]), ipv6(17, 0)], ONE, TWO),
        (
            [ipv6(60, 0), DestinationOptions(next_header=17, options=padded((HomeAddress(home_address=THREE),)))],
            THREE,
            TWO,
        ),
        ([ipv6(60, 0), DESTINATION], ONE, TWO),
    ],
)
def test_a_checksum_covers_the_addresses_of_the_ends(chain_headers, source, destination):
    assert checksum_addresses(chain_headers) == (source, destination)


def test_a_datagram_on_a_source_route_has_the_checksum_of_its_end():
    routed = [ipv6(43, 0), source_route(17, [TWO, THREE])]
    assert with_checksum(UDP, *checksum_addresses(routed), b"hello") == with_checksum(UDP, ONE, THREE, b"hello")
