"""What compressed headers stand for: RFC 6282 section 4, RFC 7400 section 3, and the bounds of the receiver."""

from dataclasses import replace
from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.expansion import Expanded, Unsummed, expand, padded, with_checksums
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, extension, ipv6, udp

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
CONTEXTS = {0: Context(0, IPv6Address("2001:db8::").packed, 64)}
ROUTE = bytes.fromhex("030188000000") + bytes(range(8))
"""Contents of a RPL source route: one address, of which 8 octets are elided."""

TAIL = b"octets!"


def expanded(octets: str | bytes, within: Limits = limits.RFC6282, size: int | None = None) -> Expanded:
    whole = bytes.fromhex(octets) if isinstance(octets, str) else octets
    return expand(whole, LINK, CONTEXTS, within, size)


def refused(octets: str | bytes, within: Limits = limits.RFC6282, size: int | None = None) -> tuple[Reason, int]:
    with pytest.raises(Malformed) as caught:
        expanded(octets, within, size)
    return caught.value.reason, caught.value.offset


# --- IPv6 and UDP ----------------------------------------------------------------------------------------------------


def test_the_length_is_that_of_the_frame() -> None:
    found = expanded("7a33 3b" + TAIL.hex())
    assert found.octets == ipv6(59, TAIL)
    assert (found.header_octets, found.growth, found.unsummed) == (40, 37, ())
    assert [(part.start, part.end, part.expanded_start, part.expanded_end) for part in found.parts] == [(0, 3, 0, 40)]


UDP = [  # section 4.3.3: P, what is in line, source port, destination port
    (0, "1633 9c40", 5683, 40000),
    (1, "1633 40", 5683, 0xF040),
    (2, "33 9c40", 0xF033, 40000),
    (3, "3a", 0xF0B3, 0xF0BA),
]


@pytest.mark.parametrize(("mode", "in_line", "source", "destination"), UDP)
def test_a_udp_header_gets_its_ports_and_its_length_back(
    mode: int, in_line: str, source: int, destination: int
) -> None:
    found = expanded(f"7e33 {0xF0 | mode:02x} {in_line} beef" + TAIL.hex())
    assert found.octets == ipv6(17, udp(TAIL, source, destination, 0xBEEF))
    assert found.growth == 48 - (2 + 1 + len(bytes.fromhex(in_line)) + 2)


@pytest.mark.parametrize(("mode", "in_line", "source", "destination"), UDP)
def test_an_elided_checksum_is_computed(mode: int, in_line: str, source: int, destination: int) -> None:
    found = expanded(f"7e33 {0xF4 | mode:02x} {in_line}" + TAIL.hex())
    total = checksum(LINK_LOCAL_ALICE, LINK_LOCAL_BOB, 17, udp(TAIL, source, destination, 0))
    assert found.octets == ipv6(17, udp(TAIL, source, destination, total))
    assert found.unsummed == ()


def test_an_elided_checksum_of_zero_is_sent_as_ffff() -> None:
    missing = checksum(LINK_LOCAL_ALICE, LINK_LOCAL_BOB, 17, udp(bytes(2), 0xF0B3, 0xF0BA, 0))
    found = expanded(f"7e33 f7 3a {missing:04x}")
    assert found.octets == ipv6(17, udp(missing.to_bytes(2, "big"), 0xF0B3, 0xF0BA, 0xFFFF))


@pytest.mark.parametrize("in_line", ["0000", "ffff", "dead"])
def test_a_checksum_in_line_stays_as_it_came(in_line: str) -> None:
    assert expanded(f"7e33 f3 3a {in_line}").octets[46:48] == bytes.fromhex(in_line)


def test_an_elided_checksum_covers_the_final_destination_of_a_source_route() -> None:
    """RFC 8200 section 8.1: "If the IPv6 packet contains a Routing header, the Destination Address used in the
    pseudo-header is that of the final destination." """
    final = "fe80::1:203:405:607"
    for segments_left, covered in ((1, final), (0, LINK_LOCAL_BOB)):
        route = ROUTE[:1] + bytes((segments_left,)) + ROUTE[2:]
        total = checksum(LINK_LOCAL_ALICE, covered, 17, udp(TAIL, 0xF0B3, 0xF0BA, 0))
        found = expanded(bytes.fromhex("7e33 e3 0e") + route + bytes.fromhex("f7 3a") + TAIL)
        assert found.octets == ipv6(43, extension(17, route) + udp(TAIL, 0xF0B3, 0xF0BA, total))


def test_checksums_are_computed_in_the_packet_that_they_belong_to() -> None:
    datagram = udp(TAIL, 0xF0B3, 0xF0BA, 0)
    total = checksum("::1", "::2", 17, datagram)
    packet = ipv6(41, ipv6(17, datagram, "::1", "::2"))
    assert with_checksums(packet, ()) == packet
    assert with_checksums(packet, (Unsummed(40, 80),)) == ipv6(
        41, ipv6(17, udp(TAIL, 0xF0B3, 0xF0BA, total), "::1", "::2")
    )


# --- extension headers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("identifier", "number"), [(0, 0), (1, 43), (3, 60), (4, 135)])
def test_an_extension_header_gets_its_length_in_units_back(identifier: int, number: int) -> None:
    contents = bytes.fromhex("1e0c") + bytes(range(12))
    in_line = expanded(bytes.fromhex(f"7e33 {0xE0 | identifier << 1:02x} 3b 0e") + contents + TAIL)
    assert in_line.octets == ipv6(number, extension(59, contents) + TAIL)
    assert in_line.growth == 38 + 16 - 17
    elided = expanded(bytes.fromhex(f"7e33 {0xE1 | identifier << 1:02x} 0e") + contents + bytes.fromhex("f3 3a beef"))
    assert elided.octets == ipv6(number, extension(17, contents) + udp(b"", 0xF0B3, 0xF0BA, 0xBEEF))
    assert elided.growth == 38 + 16 - 16 + 8 - 4


@pytest.mark.parametrize("identifier", [0, 3])
@pytest.mark.parametrize("octets", range(16))
def test_options_are_padded_to_a_multiple_of_eight_octets(identifier: int, octets: int) -> None:
    data = bytes.fromhex("00" * octets)
    padding = ["", "00", "0100", "010100", "01020000", "0103000000", "010400000000", "01050000000000"][
        -(octets + 2) % 8
    ]
    found = expanded(bytes((0x7E, 0x33, 0xE0 | identifier << 1, 59, octets)) + data)
    assert found.octets == ipv6([0, 0, 0, 60][identifier], extension(59, data + bytes.fromhex(padding)))


def test_padding_is_written_as_rfc_8200_says() -> None:
    assert [padded(bytes(size))[size:].hex() for size in range(8, 0, -1)] == [
        *("", "00", "0100", "010100", "01020000", "0103000000", "010400000000", "01050000000000"),
    ]


@pytest.mark.parametrize("identifier", [1, 4])
@pytest.mark.parametrize("octets", [0, 5, 7, 13])
def test_what_has_no_padding_must_be_a_multiple_of_eight_octets(identifier: int, octets: int) -> None:
    frame = bytes((0x7E, 0x33, 0xE0 | identifier << 1, 59, octets)) + bytes(octets)
    assert refused(frame) == (Reason.BAD_LENGTH, 2)


def test_the_longest_extension_header_has_255_octets_in_line() -> None:
    data = bytes.fromhex("1efd") + bytes(253)
    found = expanded(bytes.fromhex("7e33 e0 3b ff") + data)
    assert found.octets == ipv6(0, extension(59, data + bytes.fromhex("01050000000000")))


@pytest.mark.parametrize(("sent", "meant"), [(0, 0), (6, 0), (1, 1), (255, 255)])
def test_the_fragment_header_has_a_reserved_octet_and_six_there_is_a_length(sent: int, meant: int) -> None:
    data = bytes.fromhex("000112345678")
    in_line = expanded(bytes.fromhex(f"7e33 e4 3b {sent:02x}") + data + TAIL)
    assert in_line.octets == ipv6(44, bytes((59, meant)) + data + TAIL)
    elided = expanded(bytes.fromhex(f"7e33 e5 {sent:02x}") + data + bytes.fromhex("f3 3a beef"))
    assert elided.octets == ipv6(44, bytes((17, meant)) + data + udp(b"", 0xF0B3, 0xF0BA, 0xBEEF))


def test_a_chain_of_headers_names_each_next_header() -> None:
    pad = bytes.fromhex("010400000000")
    frame = bytes.fromhex("7e33 e1 00 e7 00 e3 0e") + ROUTE + bytes.fromhex("e5 00 000000000001 e6 11 00") + udp(TAIL)
    found = expanded(frame)
    assert found.octets == ipv6(
        0,
        extension(60, pad)
        + extension(43, pad)
        + extension(44, ROUTE)
        + bytes.fromhex("3c00000000000001")
        + extension(17, pad)
        + udp(TAIL),
    )
    assert [part.expanded_end - part.expanded_start for part in found.parts] == [40, 8, 8, 16, 8, 8]
    assert [frame[part.start : part.end] for part in found.parts] == [part.header.encode() for part in found.parts]


# --- IPv6 in IPv6 ----------------------------------------------------------------------------------------------------


def test_identifiers_inside_come_from_the_ipv6_header_around() -> None:
    """Section 3.2.2: "copied from the source and destination addresses of the encapsulating IPv6 header"."""
    outer_source, outer_destination = "1122334455667788", "99aabbccddeeff00"
    found = expanded(f"7e11 {outer_source}{outer_destination} ee 7e37 f3 3a beef" + TAIL.hex())
    around = ("fe80::1122:3344:5566:7788", "fe80::99aa:bbcc:ddee:ff00")
    inside = ("fe80::1122:3344:5566:7788", "2001:db8::99aa:bbcc:ddee:ff00")
    assert found.octets == ipv6(41, ipv6(17, udp(TAIL, 0xF0B3, 0xF0BA, 0xBEEF), *inside), *around)
    assert found.growth == 40 + 40 + 8 - (18 + 1 + 2 + 4)


def test_an_inner_packet_in_line_is_not_looked_at() -> None:
    inner = ipv6(17, udp(TAIL), "::1", "::2")
    assert expanded(bytes.fromhex("7a33 29") + inner).octets == ipv6(41, inner)


def test_an_elided_checksum_inside_is_that_of_the_inner_addresses() -> None:
    found = expanded("7e33 ee 7e37 f7 3a" + TAIL.hex())
    inside = (LINK_LOCAL_ALICE, "2001:db8::12:3456:78ab:cd02")
    total = checksum(*inside, 17, udp(TAIL, 0xF0B3, 0xF0BA, 0))
    assert found.octets == ipv6(41, ipv6(17, udp(TAIL, 0xF0B3, 0xF0BA, total), *inside))


def test_the_order_of_extension_headers_starts_anew_inside() -> None:
    found = expanded(
        "7e33 e7 00 ee 7e33 e0 3b 00", replace(limits.P6LOWPAN, nested_ipv6_headers=1, header_growth_octets=99)
    )
    pad = bytes.fromhex("010400000000")
    assert found.octets == ipv6(60, extension(41, pad) + ipv6(0, extension(59, pad)))


@pytest.mark.parametrize("octets", ["7e33 ee", "7e33 ee 7a", "7e33 ee 41", "7e33 ee 7e34", "7e33 ee 7af3 10 3b"])
def test_what_is_wrong_inside_is_found_where_it_is(octets: str) -> None:
    whole = bytes.fromhex(octets)
    with pytest.raises(Malformed) as caught:
        expand(whole, LINK, {}, limits.RFC6282)
    assert 3 <= caught.value.offset <= len(whole)


# --- first fragments -------------------------------------------------------------------------------------------------


def test_the_lengths_in_a_first_fragment_come_from_the_datagram_size() -> None:
    found = expanded("7e33 ee 7e33 f7 3a" + bytes(8).hex(), size=1000)
    assert [int.from_bytes(found.octets[at : at + 2], "big") for at in (4, 44, 84)] == [960, 920, 920]
    assert found.unsummed == (Unsummed(40, 80),)
    assert found.octets[86:88] == bytes(2)


@pytest.mark.parametrize(("octets", "headers"), [("7a33 3b", 40), ("7e33 f3 3a beef", 48), ("7e33 e1 00 f7 3a", 56)])
def test_a_datagram_holds_its_headers_at_least(octets: str, headers: int) -> None:
    assert expanded(octets, size=headers).octets[4:6] == (headers - 40).to_bytes(2, "big")
    for size in (headers - 1, 41, 40, 39, 1):
        if size < headers:
            assert refused(octets, size=size) == (Reason.BAD_LENGTH, len(bytes.fromhex(octets)))


def test_a_length_of_more_than_16_bits_is_too_big() -> None:
    assert expanded(bytes.fromhex("7a33 3b") + bytes(65535)).octets[4:6] == b"\xff\xff"
    assert refused(bytes.fromhex("7a33 3b") + bytes(65536))[0] is Reason.TOO_BIG


# --- bounds ----------------------------------------------------------------------------------------------------------

GROWTH_51 = "7e33 e1 07 1e050102030405 f7 3a"
"""38 octets of IPv6, 7 of an extension header, 6 of UDP: what draft-ayers-low-power-interop-01 section 6.3 counts."""

GROWTH_52 = "7e33 e1 07 1e050102030405 e7 05 1e03010203 f7 3a"
"""One octet of padding more."""


def test_growth_keeps_its_bound() -> None:
    assert expanded(GROWTH_51, limits.P6LOWPAN).growth == 51
    assert refused(GROWTH_52, limits.P6LOWPAN) == (Reason.TOO_MUCH_GROWTH, len(bytes.fromhex(GROWTH_52)))
    assert expanded(GROWTH_52).growth == 52


def test_growth_keeps_its_bound_behind_every_header() -> None:
    options = "07 1e050102030405"
    frame = f"7e33 e1 {options} e7 {options} e2 3b 06 040000000000"  # 38, 45, 52, 51 octets
    assert expanded(frame).growth == 51
    assert refused(frame, limits.P6LOWPAN) == (Reason.TOO_MUCH_GROWTH, 2 + 9 + 9)


def chain(*extensions: int) -> bytes:
    """Extension headers by EID whose only content is 6 octets, so that they do not grow, and UDP with checksum."""
    contents = bytes.fromhex("010400000000")
    headers = [
        bytes((0xE5, 0)) + bytes(6) if each == 2 else bytes((0xE1 | each << 1, 6)) + contents for each in extensions
    ]
    return bytes.fromhex("7e33") + b"".join(headers) + bytes.fromhex("f3 3a beef")


def test_extension_headers_keep_their_number() -> None:
    four, five = chain(0, 3, 1, 2), chain(0, 3, 1, 2, 3)
    assert len(expanded(four, limits.P6LOWPAN).parts) == 6
    assert refused(five, limits.P6LOWPAN) == (Reason.TOO_MANY_EXTENSION_HEADERS, len(five) - 12)
    assert len(expanded(five).parts) == 7
    sixteen = chain(*[3] * 16)
    assert len(expanded(sixteen).parts) == 18
    assert refused(chain(*[3] * 17)) == (Reason.TOO_MANY_EXTENSION_HEADERS, 2 + 16 * 8)


@pytest.mark.parametrize("extensions", [(0, 3, 1, 2), (1, 2, 3, 4), (3, 3), (0, 3, 4), (3, 4), (2, 3)])
def test_extension_headers_may_come_in_the_order_of_rfc_8200(extensions: tuple[int, ...]) -> None:
    assert len(expanded(chain(*extensions), limits.P6LOWPAN).parts) == 2 + len(extensions)


@pytest.mark.parametrize(
    "extensions", [(1, 0), (2, 1), (4, 3), (0, 0), (1, 1), (2, 2), (4, 4), (3, 3, 3), (1, 3, 1), (3, 0), (1, 3, 2)]
)
def test_extension_headers_in_another_order_are_refused_where_the_order_counts(extensions: tuple[int, ...]) -> None:
    frame = chain(*extensions)
    assert refused(frame, limits.P6LOWPAN) == (Reason.BAD_ORDER, 2 + 8 * (len(extensions) - 1))
    assert len(expanded(frame).parts) == 2 + len(extensions)


@pytest.mark.parametrize("depth", [0, 1, 4])
def test_compressed_headers_inside_keep_their_depth(depth: int) -> None:
    within = replace(limits.RFC6282, nested_ipv6_headers=depth)
    octets = "7e33" + "ee7e33" * (depth - 1) + ("ee7a33" if depth else "")
    found = expanded((octets if depth else "7a33") + "3b", within)
    assert found.octets.count(bytes.fromhex("fe800000000000000012345678abcd01")) == depth + 1
    assert refused("7e33" + "ee7e33" * depth + "ee7a333b", within)[0] is Reason.TOO_DEEP


# --- RFC 7400 --------------------------------------------------------------------------------------------------------

APPENDIX_A = [  # the IPv6 header, the payload, its code: figures 8 to 12
    pytest.param(
        "6000000000083afffe80000000000000021cdafffe002024ff02000000000000000000000000001a",
        "9b006bde00000000",
        "049b006bde82",
        id="figure 8: RPL DIS",
    ),
    pytest.param(
        "60000000005c3afffe80000000000000021cdafffe003023ff02000000000000000000000000001a",
        "9b017a5f00f001008800000020020db800000000000000fffe00face040e001409ff000001000000000000000"
        "81e8020ffffffffffffffff0000000020020db800000000000000fffe00face030e4000ffffffff20020db800000000",
        "069b017a5f00f0c70188810420020db885a7c908face040e001409ffa4da8306081e8020ffffc0d082b4f003030e40c7a3c9a2f0",
        id="figure 9: RPL DIO",
    ),
    pytest.param(
        "6000000000323aff20020db800000000000000fffe00334420020db800000000000000fffe001122",
        "9b02587d018000f10512008020020db800000000000000fffe00334406140080f100fe80000000000000000000fffe001122",
        "0c9b02587d018000f105120080b5f40806140080f100fe8087a7dd",
        id="figure 10: RPL DAO",
    ),
    pytest.param(
        "6000000000303aff20020db800000000000000fffe003bd3fe80000000000000021cdafffe003023",
        "8700a76800000000fe80000000000000021cdafffe00302301013bd3000000001f02000000000006001cdafffe002024",
        "048700a76882b3f00401013bd382021f0283020600a2db022024",
        id="figure 11: Neighbor Solicitation",
    ),
    pytest.param(
        "6000000000303afefe80000000000000021cdafffe00302320020db800000000000000fffe003bd3",
        "8800266cc0000000fe80000000000000021cdafffe0030230201face000000001f02000000000006001cdafffe002024",
        "058800266cc081b5f0040201face82021f0283020600a2db022024",
        id="figure 12: Neighbor Advertisement",
    ),
]


@pytest.mark.parametrize(("header", "payload", "code"), APPENDIX_A)
def test_the_packets_of_appendix_a_expand_whole(header: str, payload: str, code: str) -> None:
    fixed = bytes.fromhex(header)
    frame = bytes.fromhex("7c00") + fixed[7:] + bytes.fromhex("df" + code)
    found = expanded(frame)
    assert found.octets == fixed + bytes.fromhex(payload)
    assert found.growth == 40 - 35


CODE = bytes.fromhex("03 414243 8e")
MEANT = b"ABC" + bytes(16)


@pytest.mark.parametrize(("mode", "in_line", "source", "destination"), UDP)
def test_generic_compression_of_udp_expands_the_payload(mode: int, in_line: str, source: int, destination: int) -> None:
    summed = expanded(bytes.fromhex(f"7e33 {0xD0 | mode:02x} {in_line} beef") + CODE)
    assert summed.octets == ipv6(17, udp(MEANT, source, destination, 0xBEEF))
    total = checksum(LINK_LOCAL_ALICE, LINK_LOCAL_BOB, 17, udp(MEANT, source, destination, 0))
    elided = expanded(bytes.fromhex(f"7e33 {0xD4 | mode:02x} {in_line}") + CODE)
    assert elided.octets == ipv6(17, udp(MEANT, source, destination, total))
    assert summed.growth == 38 + 8 - (3 + len(bytes.fromhex(in_line)))


def test_generic_compression_of_icmpv6_expands_the_message() -> None:
    found = expanded(bytes.fromhex("7e33 df") + CODE)
    assert (found.octets, found.growth) == (ipv6(58, MEANT), 38)


@pytest.mark.parametrize(("identifier", "number"), [(0, 0), (1, 43), (3, 60), (4, 135)])
def test_generic_compression_of_an_extension_header_elides_its_length(identifier: int, number: int) -> None:
    contents = bytes.fromhex("1e0c") + bytes(12)
    elided = expanded(bytes.fromhex(f"7e33 {0xB1 | identifier << 1:02x} 02 1e0c 8a 90 f3 3a beef"))
    assert elided.octets == ipv6(number, extension(17, contents) + udp(b"", 0xF0B3, 0xF0BA, 0xBEEF))
    assert elided.growth == 38 + 16 - 6 + 4
    in_line = expanded(bytes.fromhex(f"7e33 {0xB0 | identifier << 1:02x} 03 3b 1e0c 8a 90") + TAIL)
    assert in_line.octets == ipv6(number, extension(59, contents) + TAIL)


def test_options_under_generic_compression_are_padded_too() -> None:
    assert expanded("7e33 b0 01 3b 90").octets == ipv6(0, extension(59, bytes.fromhex("010400000000")))
    assert refused("7e33 b2 01 3b 90")[0] is Reason.BAD_LENGTH


@pytest.mark.parametrize(
    ("octets", "reason", "offset"),
    [
        ("7e33 b0 90", Reason.TRUNCATED, 2),  # no next header
        ("7e33 b1 0141", Reason.TRUNCATED, 5),  # no stop code
        ("7e33 df 81 60", Reason.RESERVED, 4),
        ("7e33 d3 3a beef afafafaf ff", Reason.BAD_BACKREFERENCE, 10),
        ("7e33 df 9041", Reason.TRAILING, 4),
    ],
)
def test_byte_code_that_cannot_be_run_is_malformed_where_it_stands(octets: str, reason: Reason, offset: int) -> None:
    assert refused(octets) == (reason, offset)


def test_the_dictionary_holds_the_addresses_of_the_innermost_ipv6_header() -> None:
    """A backreference over the whole source address: 16 octets, 32 octets back."""
    found = expanded("7e33 ee 7e3b 01 df b4 f0")
    assert found.octets == ipv6(41, ipv6(58, IPv6Address(LINK_LOCAL_ALICE).packed, LINK_LOCAL_ALICE, "ff02::1"))


@pytest.mark.parametrize(
    ("octets", "before", "behind"),
    [
        ("7e33 df", 40, ""),
        ("7e33 d3 3a beef", 48, ""),
        ("7e33 e1 00 df", 48, ""),
        ("7e33 b1", 42, "90 f3 3a beef"),
        ("7e33 b0", 41, "90"),
    ],
)
def test_byte_code_gives_no_more_than_the_datagram_may_have(octets: str, before: int, behind: str) -> None:
    for room in (2, 17):
        frame = f"{octets} {0x80 + room - 2:02x} {behind}"
        at_the_limit = replace(limits.RFC6282, datagram_octets=before + room)
        one_less = replace(limits.RFC6282, datagram_octets=before + room - 1)
        assert len(expanded(frame, at_the_limit).octets) >= before + room
        assert refused(frame, one_less)[0] is Reason.TOO_BIG


def test_an_extension_header_under_generic_compression_is_as_long_as_its_length_can_say() -> None:
    """RFC 8200 section 4.3: 8 bits count units of 8 octets behind the first."""
    roomy = replace(limits.RFC6282, datagram_octets=4000, header_growth_octets=4000)
    whole = "7e33 b1" + "8f" * 120 + "84 90 f3 3a beef"
    assert len(expanded(whole, roomy).octets) == 40 + 2048 + 8
    assert refused("7e33 b1" + "8f" * 120 + "85 90 f3 3a beef", roomy) == (Reason.BAD_LENGTH, 2)


def test_a_bomb_of_zeros_stops_at_the_datagram_size() -> None:
    assert refused(bytes.fromhex("7e33 df") + bytes([0x8F] * 200))[0] is Reason.TOO_BIG
    assert (
        refused(bytes.fromhex("7e33") + bytes.fromhex("b1" + "8f" * 60 + "90") * 3 + b"\xdf\x8f")[0] is Reason.TOO_BIG
    )


# --- hostile octets --------------------------------------------------------------------------------------------------

WHOLE = [
    *("7e33 f3 3a beef 01020304", "7e33 f7 3a 01020304", GROWTH_51, GROWTH_52, "7e33 df 03 414243 8e"),
    "60fc 00 00010203 3c 05 1111222233334444 3e0189abcdef",
    "7e33 e1 00 e7 00 e3 0e 030188000000 0001020304050607 e5 00 000000000001 e6 11 00 1633 9c40 000c 1234 01020304",
    "7e11 1122334455667788 99aabbccddeeff00 ee 7e37 b1 02 1e0c 8a 90 d7 3a 03 414243 a7c9 c7",
]


@pytest.mark.parametrize("octets", WHOLE)
@pytest.mark.parametrize("size", [None, 1000])
@pytest.mark.parametrize("within", [limits.RFC6282, limits.P6LOWPAN])
def test_octets_cut_off_or_flipped_expand_or_are_malformed(octets: str, size: int | None, within: Limits) -> None:
    whole = bytes.fromhex(octets)
    number, width = int.from_bytes(whole, "big"), len(whole)
    hostile = [whole[:end] for end in range(width + 1)]
    hostile += [(number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width)]
    reached = sum(stands(each, within, size) for each in hostile)
    assert reached > 1


def stands(octets: bytes, within: Limits, size: int | None) -> bool:
    """Whether ``octets`` expand: if so, into a packet that is consistent, else Malformed somewhere inside."""
    try:
        found = expand(octets, LINK, CONTEXTS, within, size)
    except Malformed as error:
        offset = error.offset
    else:
        offset = found.parts[-1].end
        assert found.growth <= within.header_growth_octets
        assert found.octets[found.header_octets :] == octets[offset:]
        said = int.from_bytes(found.octets[4:6], "big") + 40
        assert said == (len(found.octets) if size is None else size)
        assert b"".join(part.header.encode() for part in found.parts) == octets[:offset]
    assert 0 <= offset <= len(octets)
    return offset == len(octets)


@given(st.binary(max_size=80), st.sampled_from(["7e33", "7e33ee", "7e33e1", "7e33b1", "7e33d3", "7e33df", "7e"]))
def test_any_octets_expand_or_are_malformed(octets: bytes, front: str) -> None:
    stands(bytes.fromhex(front) + octets, limits.RFC6282, None)
    stands(bytes.fromhex(front) + octets, limits.P6LOWPAN, 100)
