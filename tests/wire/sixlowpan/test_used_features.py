"""Which features a frame uses: a frame for every feature that can be seen, and where the headers of a packet end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.features import Feature, lowest_level
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import chain_end, features_of
from properties.building import extension, ipv6, udp

LONG = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
SHORT = Link(LinkAddress(bytes.fromhex("0a0b")), LinkAddress(bytes.fromhex("0c0d")))
CONTEXTS = {number: Context(number, bytes.fromhex("20010db8000000000000000000000000"), 64) for number in (0, 1)}
INLINE = "6011 00000000 3b 40" + "1111111111111111" * 2
"""LOWPAN_IPHC with everything in line but the link-local prefixes."""

ELIDED = "7e33"
BASE = {Feature.IPHC, Feature.STATELESS_UNICAST}
COMPRESSED = BASE | {Feature.ELIDED_IDENTIFIER, Feature.TRAFFIC_CLASS, Feature.FLOW_LABEL, Feature.HOP_LIMIT}


def features(octets: str, link: Link = LONG) -> frozenset[Feature]:
    return features_of(decode_payload(bytes.fromhex(octets), link, CONTEXTS, limits.RFC6282))


FRAMES: list[tuple[str, set[Feature]]] = [
    ("41" + ipv6(59, b"").hex(), {Feature.UNCOMPRESSED_IPV6}),
    ("c030 0001 41" + ipv6(17, udp(b"")).hex(), {Feature.UNCOMPRESSED_IPV6, Feature.FRAGMENTATION}),
    ("e030 0001 05 00", {Feature.FRAGMENTATION}),
    ("b5 0a0b 0c0d" + INLINE, BASE | {Feature.MESH_HEADER}),
    ("bf 20 0a0b 0c0d" + INLINE, BASE | {Feature.MESH_HEADER, Feature.MESH_DEEP_HOPS}),
    ("50 01" + INLINE, BASE | {Feature.BROADCAST_HEADER}),
    ("f1" + INLINE, BASE | {Feature.PAGING}),
    ("40 81 41", {Feature.ESCAPE}),
    ("e901 0440 0010 41 60", {Feature.RECOVERABLE_FRAGMENT}),
    ("eb01 00000000", {Feature.RECOVERABLE_FRAGMENT}),
    ("42 fa 40" + udp(b"").hex(), {Feature.HC1}),
    ("42 fb e0 40 3b 3a 1234", {Feature.HC1, Feature.HC2}),
    (INLINE, BASE),
    (ELIDED + "f0 1633 9c40 1234", COMPRESSED | {Feature.NHC_UDP}),
    (ELIDED + "f1 1633 40 1234", COMPRESSED | {Feature.NHC_UDP, Feature.NHC_UDP_PORTS}),
    (ELIDED + "f2 33 9c40 1234", COMPRESSED | {Feature.NHC_UDP, Feature.NHC_UDP_PORTS}),
    (ELIDED + "f3 3a 1234", COMPRESSED | {Feature.NHC_UDP, Feature.NHC_UDP_PORTS}),
    (ELIDED + "f4 1633 9c40", COMPRESSED | {Feature.NHC_UDP, Feature.NHC_UDP_CHECKSUM_ELIDED}),
    (ELIDED + "e0 3b 06 010400000000", COMPRESSED | {Feature.NHC_HOP_BY_HOP}),
    (ELIDED + "e0 3b 00", COMPRESSED | {Feature.NHC_HOP_BY_HOP, Feature.NHC_PADDING_ELIDED}),
    (ELIDED + "e2 3b 06 000000000000", COMPRESSED | {Feature.NHC_ROUTING}),
    (ELIDED + "e4 3b 00 000000000000", COMPRESSED | {Feature.NHC_FRAGMENT}),
    (ELIDED + "e4 3b 06 000000000000", COMPRESSED | {Feature.NHC_FRAGMENT, Feature.NHC_FRAGMENT_LENGTH_SIX}),
    (ELIDED + "e6 3b 06 010400000000", COMPRESSED | {Feature.NHC_DESTINATION_OPTIONS}),
    (ELIDED + "e6 3b 05 0103000000", COMPRESSED | {Feature.NHC_DESTINATION_OPTIONS, Feature.NHC_PADDING_ELIDED}),
    (ELIDED + "e8 3b 06 000000000000", COMPRESSED | {Feature.NHC_MOBILITY}),
    (ELIDED + "ee" + INLINE, COMPRESSED | {Feature.NHC_IPV6}),
    ("7a33 29" + ipv6(59, b"").hex(), COMPRESSED | {Feature.TUNNELLED_IPV6}),
    (ELIDED + "df 80", COMPRESSED | {Feature.GHC_ICMPV6}),
    (ELIDED + "d0 1633 9c40 1234", COMPRESSED | {Feature.NHC_UDP, Feature.GHC_UDP}),
    (ELIDED + "b0 01 3b 90", COMPRESSED | {Feature.GHC_EXTENSION}),
]


@pytest.mark.parametrize(("octets", "used"), FRAMES)
def test_a_frame_uses_exactly_these_features(octets: str, used: set[Feature]) -> None:
    assert features(octets) == used


def test_every_feature_has_its_frame_here_or_in_another_test_of_its_own() -> None:
    seen = set().union(*(used for _, used in FRAMES))
    elsewhere = {
        *(Feature.SHORT_ADDRESSES, Feature.STATELESS_MULTICAST, Feature.UNSPECIFIED_SOURCE, Feature.STATEFUL_UNICAST),
        *(Feature.STATEFUL_MULTICAST, Feature.CONTEXT_IDENTIFIER, Feature.HEADERS_PAST_FIRST_FRAGMENT),
    }
    assert set(Feature) - seen == elsewhere | {Feature.ROUTING_HEADER}


def test_identifiers_from_short_addresses_count_by_the_header_that_they_come_from() -> None:
    assert Feature.SHORT_ADDRESSES in features("7a33 3b", SHORT)
    assert Feature.SHORT_ADDRESSES not in features("7a33 3b", LONG)
    assert Feature.SHORT_ADDRESSES in features("b5 0a0b 0c0d 7a33 3b", LONG)
    assert Feature.SHORT_ADDRESSES not in features("8f 20 0212345678abcd07 0212345678abcd08 7a33 3b", SHORT)


def test_identifiers_inside_come_from_the_ipv6_header_and_not_from_short_addresses() -> None:
    assert Feature.SHORT_ADDRESSES not in features("7e11" + "11" * 16 + "ee 7a33 3b", SHORT)
    assert Feature.SHORT_ADDRESSES in features("7e33 ee 7a11 3b" + "11" * 16, SHORT)


FIRST = "c3e8 0001"
"""A first fragment of 1000 octets."""


@pytest.mark.parametrize(
    ("octets", "past"),
    [
        ("7a33 3b", False),
        ("7a33 11", True),
        ("7a33 11" + udp(bytes(8)).hex()[: 7 * 2], True),
        ("7a33 11" + udp(bytes(8)).hex()[: 8 * 2], False),
        ("7a33 06" + "00" * 19, True),
        ("7a33 06" + "00" * 20, False),
        ("7a33 3a" + "00" * 3, True),
        ("7a33 3a" + "00" * 4, False),
        ("7a33 29", True),
        ("7a33 29" + ipv6(59, b"").hex()[: 39 * 2], True),
        ("7a33 29" + ipv6(59, b"").hex(), False),
        ("7a33 00 3b", True),
        ("7a33 00 3b01" + "00" * 6, True),
        ("7a33 00 3b01" + "00" * 14, False),
        ("7a33 00 1100" + "00" * 6, True),
        ("7e33 f3 3a 1234", False),
        ("7e33 e0 11 00", True),
        ("7a33 2c 11000008" + "00" * 4, False),
        ("7a33 2c 11000001" + "00" * 4, True),
        ("41" + ipv6(17, b"").hex(), False),
    ],
)
def test_headers_may_run_past_a_first_fragment(octets: str, past: bool) -> None:
    used = features(FIRST + octets)
    assert (Feature.HEADERS_PAST_FIRST_FRAGMENT in used) == past
    if not octets.startswith("41"):
        assert Feature.HEADERS_PAST_FIRST_FRAGMENT not in features(octets)


@pytest.mark.parametrize(
    ("packet", "end"),
    [
        (ipv6(59, bytes(4)), 40),
        (ipv6(253, bytes(4)), 40),
        (ipv6(17, udp(bytes(9))), 48),
        (ipv6(6, bytes(30)), 60),
        (ipv6(58, bytes(30)), 44),
        (ipv6(0, extension(60, bytes(6)) + extension(17, bytes(14)) + udp(b"")), 72),
        (ipv6(43, extension(135, bytes(6)) + extension(59, bytes(6)) + b"!"), 56),
        (ipv6(44, bytes.fromhex("11ff000012345678") + udp(b"")), 56),
        (ipv6(44, bytes.fromhex("1100000f12345678") + udp(b"")), 48),
        (ipv6(41, ipv6(41, ipv6(17, udp(b"")))), 128),
    ],
)
def test_the_chain_of_headers_ends_where_the_payload_begins(packet: bytes, end: int) -> None:
    assert chain_end(packet) == end


@given(
    st.sampled_from([ipv6(0, extension(41, bytes(14)) + ipv6(43, extension(17, bytes(6)) + udp(bytes(20))))]), st.data()
)
def test_of_a_packet_cut_short_the_end_is_beyond_what_is_there_or_where_it_is_in_the_whole(
    packet: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(packet)))
    assert chain_end(packet) == 112
    if cut >= 112:
        assert chain_end(packet[:cut]) == 112
    else:
        assert chain_end(packet[:cut]) > cut


@given(st.binary(max_size=200))
def test_the_end_of_any_octets_is_found(octets: bytes) -> None:
    assert chain_end(octets) >= 40


def test_every_level_has_its_frame() -> None:
    frames = {
        0: "41" + ipv6(59, b"").hex(),
        1: INLINE,
        2: "6051 00000000 3b 40" + "11" * 16,
        3: "7a33 3b",
        4: ELIDED + "f3 3a 1234",
        5: ELIDED + "e0 3b 00",
        6: ELIDED + "df 80",
        None: ELIDED + "f7 3a",
    }
    assert {lowest_level(features(octets)): octets for octets in frames.values()} == frames
