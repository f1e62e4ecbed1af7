"""LOWPAN_HC1 and HC_UDP: RFC 4944 section 10. The octets of the vectors are laid out by hand from its text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import NO_LINK_ADDRESS, Link, LinkAddress
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1, expand, expanded_octets, next_header_of

ALICE, BOB = LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
LINK = Link(ALICE, BOB)
ALICE_ADDRESS, BOB_ADDRESS = "fe800000000000000012345678abcd01", "fe800000000000000012345678abcd02"
PREFIX, IDENTIFIER = "20010db80a0b0c0d", "0011223344556677"

VECTORS = {  # octets of the header, octets behind it, the packet
    # section 10.1: "can be compressed to 2 octets (1 octet for the HC1 encoding and 1 octet for the Hop Limit)"
    "everything elided, ICMP": (
        "42" + "fc" + "40",
        "8000beef00010002",
        "60000000" + "0008" + "3a40" + ALICE_ADDRESS + BOB_ADDRESS + "8000beef00010002",
    ),
    "everything elided, TCP": (
        "42" + "fe" + "01",
        "00",
        "60000000" + "0001" + "0601" + ALICE_ADDRESS + BOB_ADDRESS + "00",
    ),
    "next header in line": (
        "42" + "f8" + "40" + "3b",
        "",
        "60000000" + "0000" + "3b40" + ALICE_ADDRESS + BOB_ADDRESS,
    ),
    # 8 bits of traffic class, 20 of flow label, 4 of padding
    "traffic class and flow label in line": (
        "42" + "f2" + "40" + "a5123450",
        "f0b1f0b20008beef",
        "6a512345" + "0008" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0b1f0b20008beef",
    ),
    # and the next header behind them begins inside an octet
    "traffic class, flow label and next header in line": (
        "42" + "f0" + "40" + "a51234511" + "0",
        "f0b1f0b20008beef",
        "6a512345" + "0008" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0b1f0b20008beef",
    ),
    "addresses in line, in their order": (
        "42" + "0a" + "40" + PREFIX + IDENTIFIER + PREFIX[::-1] + IDENTIFIER[::-1],
        "f0b1f0b20008beef",
        "60000000" + "0008" + "1140" + PREFIX + IDENTIFIER + PREFIX[::-1] + IDENTIFIER[::-1] + "f0b1f0b20008beef",
    ),
    "a prefix in line, an identifier in line": (
        "42" + "6a" + "40" + PREFIX + IDENTIFIER,
        "",
        "60000000" + "0000" + "1140" + PREFIX + ALICE_ADDRESS[16:] + BOB_ADDRESS[:16] + IDENTIFIER,
    ),
    # section 10.2: "compressing the UDP header to 4 octets instead of the original 8 octets"
    "UDP in four octets": (
        "42" + "fb" + "e0" + "40" + "12" + "beef",
        "c0ff",
        "60000000" + "000a" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0b1f0b2000abeef" + "c0ff",
    ),
    "one short port leaves padding": (
        "42" + "fb" + "a0" + "40" + "f" + "1633" + "beef" + "0",
        "c0ff",
        "60000000" + "000a" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0bf1633000abeef" + "c0ff",
    ),
    "the other short port, the length in line": (
        "42" + "fb" + "40" + "40" + "1633" + "f" + "0007" + "beef" + "0",
        "c0ff",
        "60000000" + "000a" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "1633f0bf0007beef" + "c0ff",
    ),
    "UDP with nothing compressed": (
        "42" + "fb" + "00" + "40" + "1633" + "1634" + "0008" + "beef",
        "",
        "60000000" + "0008" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "163316340008beef",
    ),
    "28 bits and 4 bits fill octets": (
        "42" + "f3" + "a0" + "40" + "a512345" + "1" + "1634" + "beef",
        "",
        "6a512345" + "0008" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0b116340008beef",
    ),
    "28 bits and twice 4 bits do not": (
        "42" + "f3" + "e0" + "40" + "a512345" + "1" + "2" + "beef" + "0",
        "",
        "6a512345" + "0008" + "1140" + ALICE_ADDRESS + BOB_ADDRESS + "f0b1f0b20008beef",
    ),
}
EACH_VECTOR = pytest.mark.parametrize(("octets", "following", "packet"), VECTORS.values(), ids=VECTORS)


@EACH_VECTOR
def test_a_header_is_read_to_its_end_and_expands(octets: str, following: str, packet: str) -> None:
    header, rest = HeaderCompression1.decode(bytes.fromhex(octets + following))
    assert rest == bytes.fromhex(following)
    expanded = expand(header, LINK, expanded_octets(header) + len(rest))
    assert (expanded + rest).hex() == packet


@EACH_VECTOR
def test_a_header_encodes_to_the_octets_it_came_from(
    octets: str, following: str, packet: str, goes_both_ways: Any, stands_hostile_octets: Any
) -> None:
    goes_both_ways(
        HeaderCompression1.decode, HeaderCompression1.decode_all(bytes.fromhex(octets)), bytes.fromhex(octets)
    )
    assert stands_hostile_octets(HeaderCompression1.decode, bytes.fromhex(octets))


@EACH_VECTOR
def test_a_header_cut_off_anywhere_is_truncated(octets: str, following: str, packet: str) -> None:
    for end in range(len(octets) // 2):
        with pytest.raises(Malformed) as caught:
            HeaderCompression1.decode(bytes.fromhex(octets)[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@EACH_VECTOR
def test_the_layout_covers_every_bit(octets: str, following: str, packet: str) -> None:
    position = 0
    for span in HeaderCompression1.decode_all(bytes.fromhex(octets)).layout():
        assert span.start_bit == position
        position += span.bits
    assert position == 4 * len(octets)


def test_a_span_knows_fields_that_begin_inside_an_octet() -> None:
    octets = "42" + "f3" + "e0" + "40" + "a512345" + "1" + "2" + "beef" + "0"
    spans = {span.name: span for span in HeaderCompression1.decode_all(bytes.fromhex(octets)).layout()}
    assert (spans["short_source_port"].start_bit, spans["short_source_port"].meaning) == (60, "port 61617")
    assert (spans["udp_checksum"].start_bit, spans["udp_checksum"].end) == (68, 11)


def test_padding_and_reserved_bits_are_kept() -> None:
    octets = bytes.fromhex("42" + "fb" + "bf" + "40" + "f" + "1633" + "beef" + "9")
    header = HeaderCompression1.decode_all(octets)
    assert (header.padding, header.hc2_reserved) == (9, 0x1F)
    assert header.encode() == octets


@pytest.mark.parametrize("encoding", ["f9", "fd", "ff"])
def test_hc2_for_another_next_header_than_udp_is_reserved(encoding: str) -> None:
    with pytest.raises(Malformed) as caught:
        HeaderCompression1.decode(bytes.fromhex("42" + encoding + "e0" + "40" + "12" + "beef" + "00"))
    assert (caught.value.reason, caught.value.offset) == (Reason.RESERVED, 1)


@pytest.mark.parametrize(("link", "which"), [(Link(NO_LINK_ADDRESS, BOB), "source"), (Link(ALICE), "destination")])
def test_an_elided_address_needs_the_link_layers(link: Link, which: str) -> None:
    header = HeaderCompression1.decode_all(bytes.fromhex("42fc40"))
    with pytest.raises(Malformed, match=which) as caught:
        expand(header, link, 40)
    assert caught.value.reason is Reason.NO_LINK_ADDRESS


def test_short_addresses_make_identifiers_too() -> None:
    header = HeaderCompression1.decode_all(bytes.fromhex("42fc40"))
    short = Link(LinkAddress(b"\x0a\x0b"), LinkAddress(b"\x0c\x0d"))
    assert (
        expand(header, short, 40)[8:].hex() == "fe80000000000000000000fffe000a0b" + "fe80000000000000000000fffe000c0d"
    )


@pytest.mark.parametrize(
    ("octets", "size", "reason"),
    [
        ("42fc40", 39, Reason.BAD_LENGTH),
        ("42fbe04012beef", 47, Reason.BAD_LENGTH),
        ("42fc40", 40 + 65536, Reason.TOO_BIG),
    ],
)
def test_a_datagram_that_cannot_hold_its_headers_is_malformed(octets: str, size: int, reason: Reason) -> None:
    header = HeaderCompression1.decode_all(bytes.fromhex(octets))
    with pytest.raises(Malformed) as caught:
        expand(header, LINK, size)
    assert caught.value.reason is reason


def test_a_fragments_payload_length_comes_from_the_datagram_size() -> None:
    header = HeaderCompression1.decode_all(bytes.fromhex("42fbe04012beef"))
    packet = expand(header, LINK, 1280)
    assert (packet[4:6], packet[44:46]) == ((1240).to_bytes(2, "big"), (1240).to_bytes(2, "big"))


@pytest.mark.parametrize(("code", "number"), [("fa", 17), ("fc", 58), ("fe", 6)])
def test_the_code_names_the_next_header(code: str, number: int) -> None:
    assert next_header_of(HeaderCompression1.decode_all(bytes.fromhex("42" + code + "40"))) == number


def test_an_inline_field_that_is_elided_is_refused() -> None:
    with pytest.raises(UsageError):
        HeaderCompression1(
            source_prefix_elided=1,
            source_identifier_elided=1,
            destination_prefix_elided=1,
            destination_identifier_elided=1,
            traffic_class_and_flow_label_zero=1,
            next_header_code=1,
            hc2=0,
            hop_limit=1,
            next_header=17,
        )


@given(st.binary(max_size=60))
def test_any_octets_are_a_header_or_malformed(octets: bytes) -> None:
    frame = b"\x42" + octets
    try:
        header, rest = HeaderCompression1.decode(frame)
    except Malformed as error:
        refused: Reason | None = error.reason
    else:
        refused = None
        assert header.encode() + rest == frame
        assert len(expand(header, LINK, 1280)) == expanded_octets(header)
    assert refused in (None, Reason.TRUNCATED, Reason.RESERVED)
