"""Where each field of a packet came from: the values are those of the packet, the origins those of the header."""

import json
from pathlib import Path

import pytest

from p6lowpan.analysis.presentation.restored import IN_LINE, Restored, parts_of, restored
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import RFC6282
from p6lowpan.wire.address import Link, LinkAddress, format_ipv6, parse_link
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.sixlowpan.contexts import Context, masked
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.payload import Payload, decode_payload

VECTORS = Path(__file__).parents[2] / "vectors" / "decode.jsonl"
CONTEXT = Context(3, bytes.fromhex("20010db8").ljust(16, b"\0"), 64)
ENDS = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0a0b")))


def rows(payload: str, guessed: frozenset[int] = frozenset()) -> dict[str, tuple[str, str]]:
    """Value and origin of every field, by its name; of a name that comes twice the last."""
    decoded = decode_payload(bytes.fromhex(payload), ENDS, {3: CONTEXT}, RFC6282)
    return {row.name: (row.value, row.origin) for _, found in restored(decoded, guessed) for row in found}


def test_what_lowpan_iphc_leaves_out_is_said():
    found = rows("7a333a80000000")
    assert found["version"] == ("6", "always 6")
    assert found["dscp"] == ("0", "elided: 0")
    assert found["flow label"] == ("0x00000", "elided: 0")
    assert found["payload length"] == ("4", "from the length of the frame")
    assert found["next header"] == ("58 (icmpv6)", IN_LINE)
    assert found["hop limit"] == ("64", "HLIM=10")
    assert found["source"] == (
        "fe80::12:3456:78ab:cd01",
        "prefix fe80::/64, identifier from link-layer 02:12:34:56:78:ab:cd:01",
    )
    assert found["destination"] == ("fe80::ff:fe00:a0b", "prefix fe80::/64, identifier from link-layer 0x0a0b")


def test_what_is_in_line_is_said_to_be():
    found = rows("6000000000003b40" + "20010db8" + "00" * 11 + "01" + "fd" + "00" * 14 + "02")
    assert {name for name, (_, origin) in found.items() if origin == IN_LINE} == {
        "dscp", "ecn", "flow label", "next header", "hop limit", "source", "destination",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "name", "value", "origin"),
    [
        (
            "7af3303b",
            "source",
            "2001:db8::12:3456:78ab:cd01",
            "prefix of context 3, identifier from link-layer 02:12:34:56:78:ab:cd:01",
        ),
        (
            "7ae3303b1234",
            "source",
            "2001:db8::ff:fe00:1234",
            "prefix of context 3, 16 bits in line",
        ),
        ("7a433b", "source", "::", "SAC=1, SAM=00: unspecified"),
        ("7a3b3b02", "destination", "ff02::2", "8 bits in line"),
        (
            "7abc033b054001020304",
            "destination",
            "ff05:4040:2001:db8::102:304",
            "48 bits in line, prefix of context 3",
        ),
        ("7a133b0011223344556677", "source", "fe80::11:2233:4455:6677", "prefix fe80::/64, 64 bits in line"),
    ],
)
def test_addresses_say_their_prefix_and_identifier(payload, name, value, origin):
    assert rows(payload)[name] == (value, origin)


def test_a_guessed_context_is_marked():
    assert rows("7af3303b", frozenset({3}))["source"][1].startswith("prefix of context 3 (guess)")


def test_a_compressed_udp_header_says_its_ports_and_length():
    found = rows("7e33f312abcd6869")
    assert found["source port"] == ("61617", "4 bits in line, added to 0xf0b0")
    assert found["destination port"] == ("61618", "4 bits in line, added to 0xf0b0")
    assert found["length"] == ("10", "from the length of the frame")
    assert found["checksum"] == ("0xabcd", IN_LINE)
    found = rows("7e33f1163301abcd")
    assert found["source port"] == ("5683", IN_LINE)
    assert found["destination port"] == ("61441", "8 bits in line, added to 0xf000")


def test_an_elided_checksum_is_said_to_be_computed():
    value, origin = rows("7e33f4163316346869")["checksum"]
    assert origin == "elided: computed when the packet is whole"
    assert value != "0x0000"


def test_an_extension_header_says_its_padding():
    found = rows("7e33e03b0463020000")
    assert found["padding"] == ("2 octets", "elided: fills the header to a multiple of 8 octets")
    assert found["length"] == ("0 (8 octets)", "from the octets that were carried")
    assert found["next header"] == ("59 (no-next-header)", IN_LINE)


def test_a_chain_names_the_header_that_follows():
    found = rows("7e33e106630400000100f016331634abcd")
    assert found["next header"] == ("17 (udp)", "named by the LOWPAN_NHC that follows")


def test_a_fragment_header_says_where_six_was_sent():
    assert rows("7e33e43b06000900000001")["reserved"] == ("0", "6 on the link")


def test_byte_code_says_how_much_it_gives():
    found = rows("7e33df0480000000")
    assert found["content"] == ("4 octets", "expanded from 5 octets of byte code")


def test_lowpan_hc1_says_the_same_things():
    found = rows("42fa4080000000")
    assert found["next header"][1] in ("named by the HC1 encoding", IN_LINE)
    assert found["hop limit"] == ("64", IN_LINE)
    assert found["source"][1] == "prefix fe80::/64, identifier from the link-layer address"


def test_a_first_fragment_has_its_length_from_the_datagram():
    found = rows("c06400017a333a80000000")
    assert found["payload length"] == ("60", "from the datagram size of the fragment")


def test_inside_another_header_the_addresses_around_give_the_identifier():
    assert rows("7e33ee7a333b")["source"][1] == (
        "prefix fe80::/64, identifier from the address of the IPv6 header around it"
    )


def test_what_takes_nothing_away_has_no_rows():
    decoded = decode_payload(
        b"\x41" + Ipv6(payload_length=0, next_header=59, hop_limit=1, source=bytes(16), destination=bytes(16)).encode(),
        ENDS,
        {},
        RFC6282,
    )
    assert [found for _, found in restored(decoded, frozenset())] == [()]
    assert restored(decode_payload(bytes.fromhex("e0640001010000"), ENDS, {}, RFC6282), frozenset()) == []


def test_a_field_that_is_in_line_was_not_elided():
    assert not Restored("dscp", "0", IN_LINE).was_elided
    assert Restored("dscp", "0", "elided: 0").was_elided


def understood() -> list[Payload]:
    """What a receiver makes of the frames of the vectors."""
    payloads = []
    for vector in map(json.loads, VECTORS.read_text().splitlines()):
        contexts = {
            row["cid"]: Context(row["cid"], masked(bytes.fromhex(row["prefix"]), row["len"]), row["len"])
            for row in vector["contexts"]
        }
        ends = [parse_link(vector[end]) if vector[end] else LinkAddress(b"") for end in ("ll_src", "ll_dst")]
        for frame in vector["frames"]:
            try:
                payloads.append(decode_payload(bytes.fromhex(frame), Link(*ends), contexts, RFC6282))
            except Malformed:
                continue
    return payloads


def test_every_value_is_the_one_in_the_packet():
    seen = 0
    for payload in understood():
        for part, found in restored(payload, frozenset()):
            if not isinstance(part.header, Iphc):
                continue
            octets = payload.expanded.octets[part.expanded_start : part.expanded_end]
            ipv6 = Ipv6.decode_all(octets)
            values = {row.name: row.value for row in found}
            assert values["source"] == format_ipv6(ipv6.source)
            assert values["destination"] == format_ipv6(ipv6.destination)
            assert values["hop limit"] == str(ipv6.hop_limit)
            assert values["flow label"] == f"{ipv6.flow_label:#07x}"
            seen += 1
    assert seen > 500


def test_the_parts_of_a_packet_leave_no_octet_out():
    for payload in understood():
        if payload.expanded is not None:
            reached = 0
            for start, end, _ in parts_of(payload):
                assert start == reached
                reached = end
            assert reached == len(payload.expanded.octets)
