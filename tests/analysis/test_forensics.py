"""Wrong checksums explained: each disagreement between a sender and us is made, and found."""

import struct
from ipaddress import IPv6Address

import pytest

from analysis.laboratory import (
    ALICE,
    BOB,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    ICMPV6,
    LINK,
    PAN,
    Laboratory,
    advertisement,
    context_option,
    finding,
    iphc,
    names,
    udp_packet,
    uncompressed,
    with_checksum,
)
from p6lowpan.analysis.explained import Severity
from p6lowpan.analysis.forensics import READINGS, Case, explain, fitting_readings
from p6lowpan.analysis.transport import transport_of
from p6lowpan.wire.address import Link, LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, extension, ipv6, udp

SHORT, OTHER_SHORT = LinkAddress(b"\x0a\x0b"), LinkAddress(b"\x0c\x0d")
SHORT_LINK = Link(SHORT, OTHER_SHORT)
SHORT_ENDS = ("fe80::ff:fe00:a0b", "fe80::ff:fe00:c0d")
TEXT = b"what was said"


def sent(as_read: tuple[str, str], as_sent: tuple[str, str], text: bytes = TEXT) -> bytes:
    """A UDP packet between the addresses ``as_read``, its checksum that of the addresses ``as_sent``."""
    packet = udp_packet(text, *as_sent)
    return packet[:8] + b"".join(IPv6Address(end).packed for end in as_read) + packet[40:]


def case(packet: bytes, link: Link = LINK, **known) -> Case:
    transport = transport_of(packet)
    assert transport.checksum_holds is False
    return Case(packet, transport, link, **{"pan_id": PAN, **known})


def test_every_reading_has_a_name_a_section_and_words_of_its_own() -> None:
    assert len({reading.name for reading in READINGS}) == len(READINGS) == 10
    assert all(reading.section.startswith("RFC ") and reading.text for reading in READINGS)


# --- addresses -------------------------------------------------------------------------------------------------------

PAN_FORMS = ("fe80::a9cd:ff:fe00:a0b", "fe80::a9cd:ff:fe00:c0d")
"""PAN 0xabcd with its universal/local bit cleared is 0xa9cd (RFC 4944 section 6)."""


@pytest.mark.parametrize(
    ("as_sent", "told"),
    [
        ((PAN_FORMS[0], SHORT_ENDS[1]), "source fe80::a9cd:ff:fe00:a0b"),
        ((SHORT_ENDS[0], PAN_FORMS[1]), "destination fe80::a9cd:ff:fe00:c0d"),
        (PAN_FORMS, "source fe80::a9cd:ff:fe00:a0b, destination fe80::a9cd:ff:fe00:c0d"),
        (("fe80::abcd:ff:fe00:a0b", SHORT_ENDS[1]), "source fe80::abcd:ff:fe00:a0b, its bit 6 as it is"),
    ],
)
def test_identifiers_with_the_pan(as_sent: tuple[str, str], told: str) -> None:
    wrong = case(sent(SHORT_ENDS, as_sent), SHORT_LINK)
    assert fitting_readings(wrong) == ("pan-identifier",)
    found = explain(wrong)
    assert (found.name, found.severity) == ("wrong-checksum", Severity.ERROR)
    assert "right if interface identifiers of short addresses are formed with the PAN identifier" in found.text
    assert told in found.text
    assert "(RFC 4944 6)" in found.text


def test_without_a_pan_that_reading_does_not_exist() -> None:
    wrong = case(sent(SHORT_ENDS, PAN_FORMS), SHORT_LINK, pan_id=None)
    assert fitting_readings(wrong) == ()


@pytest.mark.parametrize("ends", ["source", "destination", "both"])
def test_identifiers_whose_universal_bit_was_not_inverted(ends: str) -> None:
    source = "fe80::212:3456:78ab:cd01" if ends != "destination" else LINK_LOCAL_ALICE
    destination = "fe80::212:3456:78ab:cd02" if ends != "source" else LINK_LOCAL_BOB
    wrong = case(sent((LINK_LOCAL_ALICE, LINK_LOCAL_BOB), (source, destination)))
    assert fitting_readings(wrong) == ("identifier-not-inverted",)


@pytest.mark.parametrize("as_sent", ["fe80::a0b", "fe80::80b:0:0:0"])
def test_short_addresses_in_other_forms(as_sent: str) -> None:
    wrong = case(sent(SHORT_ENDS, (as_sent, SHORT_ENDS[1])), SHORT_LINK)
    assert fitting_readings(wrong) == ("short-identifier",)
    assert "0000:00ff:fe00:XXXX" in explain(wrong).text


OTHER_PREFIX = "2001:db8:7::"


@pytest.mark.parametrize("end", [0, 1, 2])
def test_another_context_in_the_place_of_the_one_that_was_used(end: int) -> None:
    as_read = (GLOBAL_ALICE, GLOBAL_BOB)
    others = tuple(address.replace("2001:db8::", OTHER_PREFIX) for address in as_read)
    as_sent = (others[0] if end != 1 else as_read[0], others[1] if end != 0 else as_read[1])
    contexts = (Context(0, parse_ipv6("2001:db8::"), 64), Context(5, parse_ipv6(OTHER_PREFIX), 64))
    wrong = case(sent(as_read, as_sent), contexts=contexts)
    assert fitting_readings(wrong) == ("other-context",)
    assert "by context 5" in explain(wrong).text


def test_a_former_context_or_a_prefix_of_the_network_counts_too() -> None:
    as_sent = tuple(address.replace("2001:db8::", OTHER_PREFIX) for address in (GLOBAL_ALICE, GLOBAL_BOB))
    packet = sent((GLOBAL_ALICE, GLOBAL_BOB), as_sent)
    assert fitting_readings(case(packet)) == ()
    assert fitting_readings(case(packet, prefixes=(parse_ipv6(OTHER_PREFIX)[:8],))) == ("other-context",)


def test_the_link_local_prefix_is_always_known() -> None:
    packet = sent((GLOBAL_ALICE, GLOBAL_BOB), (LINK_LOCAL_ALICE, GLOBAL_BOB))
    assert fitting_readings(case(packet)) == ("other-context",)
    assert f"source {LINK_LOCAL_ALICE}" in explain(case(packet)).text


LONG = Context(2, parse_ipv6("2001:db8::aaaa:bbbb:cccc:0"), 112)


def test_a_long_context_of_which_only_64_bits_were_taken() -> None:
    as_read = ("2001:db8::aaaa:bbbb:cccc:cd01", GLOBAL_BOB)
    wrong = case(sent(as_read, (GLOBAL_ALICE, GLOBAL_BOB)), contexts=(LONG,))
    assert fitting_readings(wrong) == ("context-length",)
    short = case(sent(as_read, ("2001:db8::ff:fe00:cd01", GLOBAL_BOB)), contexts=(LONG,))
    assert fitting_readings(short) == ("context-length",)


def test_a_multicast_address_that_names_its_prefix_length_otherwise() -> None:
    group, theirs = "ff3e:70:2001:db8::1234:5678", "ff3e:40:2001:db8::1234:5678"
    packet = sent((GLOBAL_ALICE, group), (GLOBAL_ALICE, theirs))
    wrong = case(packet, contexts=(LONG,))
    assert fitting_readings(wrong) == ("context-length",)


# --- other octets ----------------------------------------------------------------------------------------------------


def test_the_first_hop_of_a_source_route_in_the_place_of_the_last() -> None:
    first, final = "2001:db8::2", "2001:db8::3"
    segment = udp(TEXT, checksum=0)
    theirs = checksum("2001:db8::1", first, 17, segment)
    route = extension(17, bytes((3, 1, 0, 0, 0, 0)) + IPv6Address(final).packed)
    packet = ipv6(43, route + with_checksum(segment, 6, theirs), "2001:db8::1", first)
    wrong = case(packet)
    assert fitting_readings(wrong) == ("first-destination",)
    assert f"destination {first}" in explain(wrong).text


def right_checksum(packet: bytes) -> int:
    return int.from_bytes(packet[46:48], "big")


def test_two_octets_swapped() -> None:
    packet = udp_packet(TEXT)
    right = right_checksum(packet)
    wrong = case(with_checksum(packet, 46, (right & 0xFF) << 8 | right >> 8))
    assert fitting_readings(wrong) == ("byte-order",)
    assert "two octets swapped (RFC 1071 1)" in explain(wrong).text


def test_a_sum_that_was_not_complemented() -> None:
    packet = udp_packet(TEXT)
    wrong = case(with_checksum(packet, 46, right_checksum(packet) ^ 0xFFFF))
    assert fitting_readings(wrong) == ("complement",)


@pytest.mark.parametrize(("field", "words"), [(0, "holds zero"), (0xFFFF, "holds ffff")])
def test_a_checksum_that_was_elided_and_not_computed_anew(field: int, words: str) -> None:
    found = explain(case(with_checksum(udp_packet(TEXT), 46, field)))
    assert words in found.text
    assert "(RFC 6282 4.3.2)" in found.text


def computed_with(length: int, udp_length: int | None = None, next_header: int = 17) -> bytes:
    """A UDP packet whose sender took another length, or another next header, into the sum."""
    segment = udp(TEXT, checksum=0)
    summed = segment if udp_length is None else with_checksum(segment, 4, udp_length)
    ends = IPv6Address(LINK_LOCAL_ALICE).packed + IPv6Address(LINK_LOCAL_BOB).packed
    octets = ends + struct.pack(">II", length, next_header) + summed + bytes(len(summed) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ipv6(17, with_checksum(segment, 6, total ^ 0xFFFF))


@pytest.mark.parametrize(
    ("length", "udp_length", "words"),
    [
        (0, None, "length 0 in the pseudo-header"),
        (len(TEXT), None, "length of what is behind the header"),
        (len(TEXT) + 48, None, "length of the IPv6 packet"),
        (len(TEXT) + 8, 0, "UDP length 0"),
        (len(TEXT), len(TEXT), f"UDP length {len(TEXT)}"),
    ],
)
def test_lengths_that_went_wrong(length: int, udp_length: int | None, words: str) -> None:
    wrong = case(computed_with(length, udp_length))
    assert "length" in fitting_readings(wrong)
    assert words in explain(wrong).text


def test_the_length_of_the_extension_headers_counted_in() -> None:
    segment = udp(TEXT, checksum=0)
    header = extension(17, bytes((1, 4, 0, 0, 0, 0)))
    bare = computed_with(len(segment) + len(header))[40:]
    wrong = case(ipv6(0, header + bare))
    assert "of the IPv6 payload, extension headers included" in explain(wrong).text


def test_the_next_header_of_the_ipv6_header_in_the_pseudo_header() -> None:
    header = extension(17, bytes((1, 4, 0, 0, 0, 0)))
    bare = computed_with(len(TEXT) + 8, next_header=0)[40:]
    wrong = case(ipv6(0, header + bare))
    assert "pseudo-header" in fitting_readings(wrong)


def test_no_pseudo_header_at_all() -> None:
    message = bytes.fromhex("8000000000010001") + TEXT
    octets = message + bytes(len(message) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    wrong = case(ipv6(ICMPV6, with_checksum(message, 2, total ^ 0xFFFF)))
    assert fitting_readings(wrong) == ("pseudo-header",)
    assert "no pseudo-header at all" in explain(wrong).text


# --- none ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("protocol", "least"), [(17, 8), (6, 20), (58, 4)])
def test_a_checksum_that_is_merely_wrong_is_said_to_be(protocol: int, least: int) -> None:
    segment = bytes(range(0x41, 0x41 + least))
    if protocol == 17:
        segment = udp(b"")
    found = explain(case(ipv6(protocol, segment)))
    assert found.text.endswith("no known reading makes it right")
    assert "would be right" in found.text


def test_the_value_that_would_be_right_is_right() -> None:
    packet = with_checksum(udp_packet(TEXT), 46, 0x1234)
    text = explain(case(packet)).text
    assert text.startswith("the UDP checksum 1234 is wrong as it is")
    assert f"({right_checksum(udp_packet(TEXT)):04x} would be right)" in text


# --- the explainer ---------------------------------------------------------------------------------------------------


def test_the_explainer_knows_the_pan_the_contexts_and_those_before() -> None:
    laboratory = Laboratory()
    laboratory.hear(uncompressed(advertisement(context_option(0, "2001:db8::"))), ALICE, b"\xff\xff")
    laboratory.hear(uncompressed(advertisement(context_option(0, OTHER_PREFIX))), ALICE, b"\xff\xff")
    stale = iphc(udp_packet(TEXT, GLOBAL_ALICE, GLOBAL_BOB), 0, 0)
    found = finding(laboratory.hear(stale, ALICE, BOB), "wrong-checksum")
    assert "another prefix is in the place of this one" in found.text
    assert GLOBAL_ALICE in found.text
    assert GLOBAL_BOB in found.text


def test_the_explainer_finds_the_rule_of_rfc_4944_on_the_link() -> None:
    packet = sent(SHORT_ENDS, PAN_FORMS)
    found = finding(Laboratory().hear(iphc(packet, -1, -1), SHORT, OTHER_SHORT), "wrong-checksum")
    assert "(RFC 4944 6)" in found.text


def test_a_right_checksum_is_no_finding() -> None:
    assert names(Laboratory().hear(uncompressed(udp_packet()))) == []
