"""LOWPAN_IPHC, RFC 6282 section 3: a vector for each row of each of its tables, in both directions."""

from ipaddress import IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan import iphc
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, DESTINATION_MODES, SOURCE, SOURCE_MODES
from p6lowpan.wire.sixlowpan.contexts import Context, masked
from p6lowpan.wire.sixlowpan.iphc import (
    CongestionAndFlowLabel,
    Iphc,
    TrafficClassAlone,
    TrafficClassAndFlowLabel,
)

LONG = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
SHORT = Link(LinkAddress(bytes.fromhex("0a0b")), LinkAddress(bytes.fromhex("0c0d")))
ALICE, BOB = "fe80::12:3456:78ab:cd01", "fe80::12:3456:78ab:cd02"
CONTEXTS = {
    0: Context(0, IPv6Address("2001:db8::").packed, 64),
    3: Context(3, IPv6Address("2001:db8:3::").packed, 48),
    10: Context(10, IPv6Address("fd00:cafe:1:2:3300::").packed, 72),
}


def expanded(octets: str, link: Link = LONG) -> bytes:
    header = Iphc.decode_all(bytes.fromhex(octets))
    return iphc.expand(header, link.source_identifier, link.destination_identifier, CONTEXTS)


def ipv6(
    source: str = ALICE, destination: str = BOB, first: str = "60000000", next_header: int = 59, hop_limit: int = 64
) -> bytes:
    fixed = bytes.fromhex(first) + bytes((0, 0, next_header, hop_limit))
    return fixed + IPv6Address(source).packed + IPv6Address(destination).packed


# --- section 3.1.1: traffic class, hop limit, next header ------------------------------------------------------------

TRAFFIC = [  # octets, what they hold, the first four octets of the IPv6 header
    (
        "6233 ae012345 3b",
        TrafficClassAndFlowLabel(
            explicit_congestion_notification=2, differentiated_services=0x2E, reserved=0, flow_label=0x12345
        ),
        "6ba12345",
    ),
    ("6a33 812345 3b", CongestionAndFlowLabel(explicit_congestion_notification=2, flow_label=0x12345), "60212345"),
    (
        "7233 ae 3b",
        TrafficClassAlone(explicit_congestion_notification=2, differentiated_services=0x2E),
        "6ba00000",
    ),
    ("7a33 3b", None, "60000000"),
]


@pytest.mark.parametrize(("octets", "traffic", "first"), TRAFFIC)
def test_tf_tells_where_traffic_class_and_flow_label_are(
    octets: str, traffic: Any, first: str, goes_both_ways: Any, stands_hostile_octets: Any
) -> None:
    tf = bytes.fromhex(octets)[0] >> 3 & 3
    goes_both_ways(
        Iphc.decode,
        Iphc(tf=tf, traffic=traffic, hlim=2, sam=3, dam=3, next_header=59),
        bytes.fromhex(octets),
    )
    assert expanded(octets) == ipv6(first=first)
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("octets", "reserved", "first"), [("6233 aef12345 3b", 15, "6ba12345"), ("6a33 b12345 3b", 3, "60212345")]
)
def test_reserved_bits_of_tf_are_kept_and_mean_nothing(octets: str, reserved: int, first: str) -> None:
    header = Iphc.decode_all(bytes.fromhex(octets))
    assert getattr(header.traffic, "reserved", None) == reserved
    assert header.encode() == bytes.fromhex(octets)
    assert expanded(octets) == ipv6(first=first)


@pytest.mark.parametrize(
    ("octets", "hlim", "carried", "hop_limit"),
    [("7833 3b 2a", 0, 42, 42), ("7933 3b", 1, None, 1), ("7a33 3b", 2, None, 64), ("7b33 3b", 3, None, 255)],
)
def test_hlim_tells_the_hop_limit_or_that_it_follows_the_next_header(
    octets: str, hlim: int, carried: int | None, hop_limit: int, goes_both_ways: Any, stands_hostile_octets: Any
) -> None:
    value = Iphc(tf=3, hlim=hlim, hop_limit=carried, sam=3, dam=3, next_header=59)
    goes_both_ways(Iphc.decode, value, bytes.fromhex(octets))
    assert expanded(octets) == ipv6(hop_limit=hop_limit)
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("octets", "nh", "next_header"), [("7a33 11", 0, 17), ("7e33", 1, None)])
def test_nh_tells_whether_the_next_header_is_in_line(
    octets: str, nh: int, next_header: int | None, goes_both_ways: Any
) -> None:
    goes_both_ways(Iphc.decode, Iphc(tf=3, nh=nh, hlim=2, sam=3, dam=3, next_header=next_header), bytes.fromhex(octets))
    assert expanded(octets) == ipv6(next_header=next_header or 0)


def test_fields_in_line_keep_the_order_of_the_ipv6_header(goes_both_ways: Any) -> None:
    source, destination = bytes(range(16)), bytes(range(0x10, 0x20))
    traffic = TrafficClassAndFlowLabel(differentiated_services=1, explicit_congestion_notification=3, flow_label=2)
    value = Iphc(
        tf=0,
        traffic=traffic,
        next_header=6,
        hop_limit=7,
        cid=1,
        source_context=3,
        destination_context=10,
        source=source,
        destination=destination,
    )
    goes_both_ways(Iphc.decode, value, bytes.fromhex("6080 3a c1000002 06 07") + source + destination)


# --- section 3.1.1: addresses ----------------------------------------------------------------------------------------

UNICAST = [  # SAC or DAC, SAM or DAM, in line, what it stands for behind long and short link-layer addresses
    (0, 0, "20010db8000100000000000000000001", "2001:db8:1::1", "2001:db8:1::1"),
    (0, 1, "123456789abcdef0", "fe80::1234:5678:9abc:def0", "fe80::1234:5678:9abc:def0"),
    (0, 2, "1234", "fe80::ff:fe00:1234", "fe80::ff:fe00:1234"),
    (0, 3, "", "fe80::12:3456:78ab:cd0{}", "fe80::ff:fe00:{}"),
    (1, 1, "123456789abcdef0", "2001:db8::1234:5678:9abc:def0", "2001:db8::1234:5678:9abc:def0"),
    (1, 2, "1234", "2001:db8::ff:fe00:1234", "2001:db8::ff:fe00:1234"),
    (1, 3, "", "2001:db8::12:3456:78ab:cd0{}", "2001:db8::ff:fe00:{}"),
]
SOURCES = [*UNICAST, (1, 0, "", "::", "::")]
GROUPS = [  # DAC, DAM, in line, the group
    (0, 0, "ff051111222233334444555566667777", "ff05:1111:2222:3333:4444:5555:6666:7777"),
    (0, 1, "051122334455", "ff05::11:2233:4455"),
    (0, 2, "05112233", "ff05::11:2233"),
    (0, 3, "1a", "ff02::1a"),
    (1, 0, "3e0189abcdef", "ff3e:140:2001:db8::89ab:cdef"),
]


@pytest.mark.parametrize(("sac", "sam", "in_line", "behind_long", "behind_short"), SOURCES)
def test_sac_and_sam_tell_the_source(
    sac: int,
    sam: int,
    in_line: str,
    behind_long: str,
    behind_short: str,
    goes_both_ways: Any,
    stands_hostile_octets: Any,
) -> None:
    octets = f"7a{sac << 6 | sam << 4 | 3:02x} 3b {in_line}"
    value = Iphc(tf=3, hlim=2, sac=sac, sam=sam, dam=3, next_header=59, source=bytes.fromhex(in_line))
    goes_both_ways(Iphc.decode, value, bytes.fromhex(octets))
    assert expanded(octets)[8:24] == IPv6Address(behind_long.format(1)).packed
    assert expanded(octets, SHORT)[8:24] == IPv6Address(behind_short.format("a0b")).packed
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("dac", "dam", "in_line", "behind_long", "behind_short"), UNICAST)
def test_dac_and_dam_tell_a_unicast_destination(
    dac: int,
    dam: int,
    in_line: str,
    behind_long: str,
    behind_short: str,
    goes_both_ways: Any,
    stands_hostile_octets: Any,
) -> None:
    octets = f"7a{0x30 | dac << 2 | dam:02x} 3b {in_line}"
    value = Iphc(tf=3, hlim=2, sam=3, dac=dac, dam=dam, next_header=59, destination=bytes.fromhex(in_line))
    goes_both_ways(Iphc.decode, value, bytes.fromhex(octets))
    assert expanded(octets)[24:] == IPv6Address(behind_long.format(2)).packed
    assert expanded(octets, SHORT)[24:] == IPv6Address(behind_short.format("c0d")).packed
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("dac", "dam", "in_line", "group"), GROUPS)
def test_dac_and_dam_tell_a_group(
    dac: int, dam: int, in_line: str, group: str, goes_both_ways: Any, stands_hostile_octets: Any
) -> None:
    octets = f"7a{0x38 | dac << 2 | dam:02x} 3b {in_line}"
    value = Iphc(tf=3, hlim=2, sam=3, m=1, dac=dac, dam=dam, next_header=59, destination=bytes.fromhex(in_line))
    goes_both_ways(Iphc.decode, value, bytes.fromhex(octets))
    assert expanded(octets) == ipv6(destination=group)
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("m", "dac", "dam"), [(0, 1, 0), (1, 1, 1), (1, 1, 2), (1, 1, 3)])
def test_a_reserved_destination_mode_is_malformed(m: int, dac: int, dam: int) -> None:
    octets = bytes((0x7A, 0x30 | m << 3 | dac << 2 | dam, 59)) + bytes(16)
    with pytest.raises(Malformed) as caught:
        Iphc.decode(octets)
    assert (caught.value.layer, caught.value.reason, caught.value.offset) == ("iphc", Reason.RESERVED, 1)
    with pytest.raises(UsageError):
        Iphc(tf=3, hlim=2, sam=3, m=m, dac=dac, dam=dam, next_header=59)


def test_the_tables_hold_every_mode_once() -> None:
    assert len(SOURCE_MODES) == len(SOURCE) == 8
    assert len(DESTINATION_MODES) == len(DESTINATION) == 12
    assert {mode for mode in range(16) if mode not in DESTINATION} == {0b0100, 0b1101, 0b1110, 0b1111}


@pytest.mark.parametrize(
    ("octets", "source", "destination"),
    [
        ("7af7 3a 3b", "2001:db8:3::12:3456:78ab:cd01", "fd00:cafe:1:2:3312:3456:78ab:cd02"),
        ("7af3 30 3b", "2001:db8:3::12:3456:78ab:cd01", BOB),
        ("7ab7 0a 3b", ALICE, "fd00:cafe:1:2:3312:3456:78ab:cd02"),
        ("7af7 00 3b", "2001:db8::12:3456:78ab:cd01", "2001:db8::12:3456:78ab:cd02"),
    ],
)
def test_cid_names_a_context_for_each_address(
    octets: str, source: str, destination: str, stands_hostile_octets: Any
) -> None:
    assert expanded(octets) == ipv6(source, destination)
    assert stands_hostile_octets(Iphc.decode, bytes.fromhex(octets))


def test_contexts_that_no_address_needs_may_be_named_and_missing() -> None:
    assert expanded("7ab3 ff 3b") == ipv6()
    assert expanded("7ac3 ff 3b") == ipv6(source="::")


# --- contexts of any length ------------------------------------------------------------------------------------------

PREFIX = bytes.fromhex("20010db8aaaaffff123456789abcdef0")


def bits(octets: bytes) -> str:
    return f"{int.from_bytes(octets, 'big'):0{8 * len(octets)}b}"


def by_the_rule(length: int, identifier: bytes) -> bytes:
    """Section 3.1.1, bit by bit: bits of the context are always used, then those of the identifier, else zero."""
    known, low = bits(PREFIX), "0" * 64 + bits(identifier)
    address = "".join(known[at] if at < length else low[at] for at in range(128))
    return int(address, 2).to_bytes(16, "big")


@pytest.mark.parametrize("length", range(129))
def test_a_context_of_any_length_gives_all_its_bits(length: int) -> None:
    contexts = {0: Context(0, masked(PREFIX, length), length)}
    identifier = bytes.fromhex("fedcba9876543210")
    for sam, in_line, meant in (
        (1, identifier, identifier),
        (2, identifier[6:], bytes.fromhex("000000fffe003210")),
        (3, b"", bytes.fromhex("0012345678abcd01")),
    ):
        source = Iphc(tf=3, hlim=2, sac=1, sam=sam, dam=3, next_header=59, source=in_line)
        octets = iphc.expand(source, bytes.fromhex("0012345678abcd01"), bytes(8), contexts)
        assert octets[8:24] == by_the_rule(length, meant)
        destination = Iphc(tf=3, hlim=2, sam=3, dac=1, dam=sam, next_header=59, destination=in_line)
        octets = iphc.expand(destination, bytes(8), bytes.fromhex("0012345678abcd01"), contexts)
        assert octets[24:] == by_the_rule(length, meant)


@pytest.mark.parametrize("length", range(129))
def test_a_group_takes_prefix_and_prefix_length_from_its_context(length: int) -> None:
    """Section 3.1.1: "The prefix information P and L is taken from the specified context", 64 bits of P at most."""
    contexts = {5: Context(5, masked(PREFIX, length), length)}
    header = Iphc(
        tf=3,
        hlim=2,
        cid=1,
        source_context=0,
        destination_context=5,
        sam=3,
        m=1,
        dac=1,
        dam=0,
        next_header=59,
        destination=bytes.fromhex("3e0189abcdef"),
    )
    group = iphc.expand(header, bytes(8), None, contexts)[24:]
    assert group == bytes((0xFF, 0x3E, 0x01, length)) + masked(PREFIX, min(length, 64))[:8] + bytes.fromhex("89abcdef")


def test_a_context_that_leaves_no_bit_for_an_identifier_needs_no_link_layer_address() -> None:
    header = Iphc.decode_all(bytes.fromhex("7a73 3b"))
    whole = {0: Context(0, PREFIX, 128)}
    assert iphc.expand(header, None, bytes(8), whole)[8:24] == PREFIX
    with pytest.raises(Malformed):
        iphc.expand(header, None, bytes(8), {0: Context(0, masked(PREFIX, 127), 127)})


# --- what cannot be expanded -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "offset"),
    [("7af7 1a 3b", 2), ("7af7 31 3b", 2), ("7abc 01 3b 3e0189abcdef", 2), ("7ad3 20 3b" + "11" * 8, 2)],
)
def test_a_context_that_is_not_there_is_malformed_at_the_octet_that_names_it(octets: str, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        expanded(octets)
    assert (caught.value.layer, caught.value.reason, caught.value.offset) == ("iphc", Reason.NO_CONTEXT, offset)
    assert "contexts" in caught.value.detail


def test_context_0_is_asked_for_by_the_encoding_itself() -> None:
    header = Iphc.decode_all(bytes.fromhex("7a73 3b"))
    with pytest.raises(Malformed) as caught:
        iphc.expand(header, bytes(8), bytes(8), {})
    assert (caught.value.reason, caught.value.offset) == (Reason.NO_CONTEXT, 1)


@pytest.mark.parametrize(("octets", "which"), [("7a31 3b" + "11" * 8, 0), ("7a13 3b" + "11" * 8, 1), ("7a73 3b", 0)])
def test_an_elided_address_without_a_link_layer_address_is_malformed(octets: str, which: int) -> None:
    ends = [None, bytes(8)] if which == 0 else [bytes(8), None]
    with pytest.raises(Malformed) as caught:
        iphc.expand(Iphc.decode_all(bytes.fromhex(octets)), ends[0], ends[1], CONTEXTS)
    assert (caught.value.reason, caught.value.offset) == (Reason.NO_LINK_ADDRESS, 1)


@pytest.mark.parametrize(
    "octets",
    [
        "6000" + "ae012345 11 40" + "11" * 32,
        "6080 3a" + "ae012345 11 40" + "11" * 32,
        "7afc 53 3b 3e0189abcdef",
        "7a5a 3b" + "11" * 8 + "05112233",
    ],
)
def test_a_header_cut_off_anywhere_is_truncated(octets: str) -> None:
    whole = bytes.fromhex(octets)
    for end in range(len(whole)):
        with pytest.raises(Malformed) as caught:
            Iphc.decode(whole[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


def test_another_dispatch_is_no_iphc() -> None:
    with pytest.raises(Malformed) as caught:
        Iphc.decode(bytes.fromhex("4133 3b"))
    assert (caught.value.reason, caught.value.offset) == (Reason.FIXED_VALUE, 0)


@given(st.binary(max_size=45), st.booleans(), st.booleans())
def test_any_octets_behind_the_dispatch_expand_to_forty_octets_or_are_malformed(
    octets: bytes, long: bool, known: bool
) -> None:
    link = LONG if long else Link()
    whole = bytes((0x60 | (octets[0] & 0x1F if octets else 0),)) + octets[1:]
    try:
        header, rest = Iphc.decode(whole)
        expansion = iphc.expand(header, link.source_identifier, link.destination_identifier, CONTEXTS if known else {})
    except Malformed as error:
        assert 0 <= error.offset <= len(whole)  # noqa: PT017 - that it is raised is allowed, not demanded
        return
    assert header.encode() + rest == whole
    assert len(expansion) == 40
    assert expansion[0] >> 4 == 6


# --- features --------------------------------------------------------------------------------------------------------

ALWAYS = {Feature.IPHC, Feature.STATELESS_UNICAST}
FEATURES = [  # octets, features beyond IPHC and stateless unicast; nothing elided is behind short addresses
    ("6011" + "00000000 3b 40" + "11" * 16, set()),
    ("6811" + "000000 3b 40" + "11" * 16, {Feature.TRAFFIC_CLASS}),
    ("7011" + "00 3b 40" + "11" * 16, {Feature.FLOW_LABEL}),
    ("7811" + "3b 40" + "11" * 16, {Feature.TRAFFIC_CLASS, Feature.FLOW_LABEL}),
    ("6111" + "00000000 3b" + "11" * 16, {Feature.HOP_LIMIT}),
    ("6091" + "00 00000000 3b 40" + "11" * 16, {Feature.CONTEXT_IDENTIFIER}),
    ("6031" + "00000000 3b 40" + "11" * 8, {Feature.ELIDED_IDENTIFIER}),
    ("6021" + "00000000 3b 40" + "11" * 10, {Feature.SHORT_ADDRESSES}),
    ("6041" + "00000000 3b 40" + "11" * 8, {Feature.UNSPECIFIED_SOURCE}),
    ("6051" + "00000000 3b 40" + "11" * 16, {Feature.STATEFUL_UNICAST}),
    ("6011" + "00000000 29 40" + "11" * 16, {Feature.TUNNELLED_IPV6}),
    ("601b" + "00000000 3b 40" + "11" * 9, {Feature.STATELESS_MULTICAST}),
    ("601c" + "00000000 3b 40" + "11" * 14, {Feature.STATEFUL_MULTICAST}),
]


@pytest.mark.parametrize(("octets", "more"), FEATURES)
def test_a_header_tells_what_its_receiver_must_be_able_to_do(octets: str, more: set[Feature]) -> None:
    header = Iphc.decode_all(bytes.fromhex(octets))
    assert iphc.features(header, False, False) == ALWAYS | more


def test_an_identifier_from_a_short_link_layer_address_is_a_short_address() -> None:
    source = Iphc.decode_all(bytes.fromhex("7a31 3b" + "11" * 8))
    assert Feature.SHORT_ADDRESSES in iphc.features(source, True, False)
    assert Feature.SHORT_ADDRESSES not in iphc.features(source, False, True)
    destination = Iphc.decode_all(bytes.fromhex("7a13 3b" + "11" * 8))
    assert Feature.SHORT_ADDRESSES in iphc.features(destination, False, True)
    assert Feature.SHORT_ADDRESSES not in iphc.features(destination, True, False)
