"""Every row of the table of findings: a frame that it is found about, and a frame like it that is in order."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address

import pytest

from analysis.laboratory import (
    ALICE,
    BOB,
    BROADCAST,
    CAROL,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    PAN,
    Laboratory,
    advertisement,
    context_option,
    finding,
    fragments,
    icmpv6_packet,
    iphc,
    udp_packet,
    uncompressed,
    with_checksum,
)
from p6lowpan.analysis.error_rules import BY_REASON, of_error
from p6lowpan.analysis.explained import Explained, Severity
from p6lowpan.analysis.findings import RULES
from p6lowpan.analysis.judging import LOST_BY_STACKS, TAKEN_BY_STACKS
from p6lowpan.analysis.keys import PlainKey
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import LinkType
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from p6lowpan.wire.ieee802154.security import secure
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006
from p6lowpan.wire.ipv6.p6lowpan import class_unsupported
from p6lowpan.wire.sixlowpan.mesh import MeshHeader, mesh_header
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, extension, ipv6, udp

Hear = Callable[[Laboratory], Explained]
KEY = PlainKey(bytes(range(16)))
SHORT = LinkAddress(b"\x0a\x0b")
PACKET = udp_packet()


@dataclass(frozen=True)
class Row:
    """A row of the table: who makes it, who does not, with which keys, and how much it matters."""

    severity: Severity
    found: Hear
    not_found: Hear
    keys: tuple[PlainKey, ...] = ()
    advice: bool = False


NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


def payload(octets: bytes | str, source: bytes = ALICE, destination: bytes = BOB, **fields) -> Hear:
    """A data frame with this payload."""
    given = bytes.fromhex(octets) if isinstance(octets, str) else octets
    return lambda laboratory: laboratory.hear(given, source, destination, **fields)


def packet(octets: bytes, source: bytes = ALICE, destination: bytes = BOB) -> Hear:
    return payload(uncompressed(octets), source, destination)


def after(*hear: Hear) -> Hear:
    """One frame after the other; the last one counts."""

    def run(laboratory: Laboratory) -> Explained:
        *before, last = hear
        for each in before:
            each(laboratory)
        return last(laboratory)

    return run


def waiting(seconds: float, hear: Hear) -> Hear:
    def run(laboratory: Laboratory) -> Explained:
        laboratory.wait(seconds)
        return hear(laboratory)

    return run


GOOD = packet(PACKET)
IPHC_UDP = iphc(PACKET, -1, -1)


def sealed(
    key: bytes = KEY.octets, counter: int = 1, source: bytes = ALICE, text: bytes = uncompressed(PACKET)
) -> Hear:
    plain = Frame(
        sequence_number=counter, destination_pan=PAN, destination=BOB, source=LinkAddress(source), payload=text
    )
    security = AuxiliarySecurityHeader2006(level=5, key_identifier_mode=1, frame_counter=counter, key_index=1)
    frame = secure(plain, security, key, ALICE)
    return lambda laboratory: laboratory.hear_frame(frame)


def octets(given: bytes, link_type: int = LinkType.IEEE802_15_4_WITHFCS, cut: int = 0) -> Hear:
    return lambda laboratory: laboratory.hear_octets(given, link_type, cut)


def ethernet(lowpan: bytes) -> bytes:
    """EtherType 0xA0ED (RFC 7973)."""
    return bytes.fromhex("020000000002020000000001a0ed") + lowpan


# --- pieces of compressed headers ------------------------------------------------------------------------------------

ELIDED_BOTH = bytes((0b01111010, 0x33))
"""TF=11, next header in line, hop limit 64; both addresses link-local and elided."""
ELIDED_NHC = bytes((0b01111110, 0x33))
"""The same with LOWPAN_NHC behind it."""


def nhc_udp(elided: bool = False) -> bytes:
    """A UDP header with its ports whole, its checksum right or left out, and what follows it."""
    segment = PACKET[40:]
    return bytes((0xF4 if elided else 0xF0,)) + segment[:4] + (b"" if elided else segment[6:8]) + segment[8:]


def tunnel(depth: int) -> bytes:
    """LOWPAN_IPHC with so many more inside it, and UDP in the innermost."""
    return ELIDED_NHC + (b"\xee" + ELIDED_NHC) * depth + nhc_udp()


def fragment_header(reserved: int) -> bytes:
    return ELIDED_NHC + bytes((0xE4, 59, reserved)) + bytes(6)


HOP_BY_HOP = bytes.fromhex("e1060104000000 00".replace(" ", ""))
"""A compressed Hop-by-Hop Options header, LOWPAN_NHC behind it."""


MANY_ZEROS = b"\xb1" + b"\x8f" * 117 + b"\x90\xee" + ELIDED_NHC
"""A Hop-by-Hop Options header of 1992 octets under generic compression, and LOWPAN_IPHC behind it."""


def rpl_packet(option_type: int) -> bytes:
    """UDP behind a Hop-by-Hop Options header with a RPL option."""
    segment = PACKET[40:]
    return ipv6(0, extension(17, bytes((option_type, 4, 0, 0, 1, 0))) + segment)


def solicitation(hop_limit: int = 255) -> bytes:
    return icmpv6_packet(bytes((135, 0, 0, 0)) + bytes(4) + IPv6Address(LINK_LOCAL_BOB).packed, hop_limit=hop_limit)


def wrong(good: bytes) -> bytes:
    """An ICMPv6 packet with another checksum."""
    return with_checksum(good, 42, int.from_bytes(good[42:44], "big") ^ 0x0101)


def announce(*options: bytes) -> Hear:
    return packet(advertisement(*options), ALICE, BROADCAST)


UNREACHABLE = icmpv6_packet(bytes((1, 4, 0, 0, 0, 0, 0, 0)) + PACKET)
LOST = fragments(udp_packet(bytes(200)))
OTHER = fragments(udp_packet(bytes(range(200))), tag=2)
IN_FULL = iphc(PACKET, IPv6Address(LINK_LOCAL_ALICE).packed, IPv6Address(LINK_LOCAL_BOB).packed)


def acknowledged(asked: int, answered: int) -> Hear:
    return after(
        payload(uncompressed(PACKET), sequence_number=asked, acknowledgement_request=1),
        lambda laboratory: laboratory.hear_frame(
            Frame(frame_type=FrameType.ACKNOWLEDGEMENT, sequence_number=answered, frame_version=0)
        ),
        waiting(4e-3, GOOD),
    )


# --- the table -------------------------------------------------------------------------------------------------------

ROWS = {
    # what cannot be understood
    "bad-frame-check": Row(ERROR, octets(bytes.fromhex("0200010000")), octets(with_frame_check(b"\x02\x00\x01"))),
    "truncated": Row(ERROR, payload(ELIDED_BOTH), payload(ELIDED_BOTH + b"\x3b")),
    "trailing": Row(ERROR, payload(uncompressed(PACKET) + b"\0"), GOOD),
    "fixed-value": Row(ERROR, payload(ELIDED_NHC + b"\xee\x41\x00"), payload(tunnel(1))),
    "reserved": Row(ERROR, payload("7834113a00"), payload(ELIDED_BOTH + b"\x3b")),
    "bad-length": Row(ERROR, payload(ELIDED_NHC + bytes.fromhex("e23b0300 0000")), payload(ELIDED_NHC + nhc_udp())),
    "bad-value": Row(ERROR, payload(b"\x41\x45" + PACKET[1:]), GOOD),
    "bad-order": Row(ERROR, payload("c0300001c0300001"), payload(LOST[0])),
    "unknown-dispatch": Row(ERROR, payload("4500"), payload("4880")),
    "unknown-next-header": Row(ERROR, payload(ELIDED_NHC + b"\0"), payload(ELIDED_NHC + nhc_udp())),
    "not-6lowpan": Row(NOTE, payload("3f00"), GOOD),
    "no-context": Row(
        ERROR, payload(iphc(PACKET, 0, 0)), after(announce(context_option(0, "fe80::")), payload(IPHC_UDP))
    ),
    "no-link-address": Row(ERROR, payload(IPHC_UDP, b"", source_pan=None, destination_pan=PAN), payload(IPHC_UDP)),
    "bad-backreference": Row(ERROR, payload(ELIDED_NHC + b"\xdf\xaf\xc0"), payload(ELIDED_NHC + nhc_udp())),
    "unsupported": Row(WARNING, payload("408141"), GOOD),
    "no-key": Row(NOTE, sealed(), GOOD),
    "no-extended-address": Row(WARNING, sealed(source=SHORT), sealed(), (KEY,)),
    "bad-integrity-code": Row(ERROR, sealed(bytes(16)), sealed(), (KEY,)),
    "too-deep": Row(ERROR, payload(tunnel(5)), payload(tunnel(4))),
    "too-many-extension-headers": Row(
        ERROR, payload(ELIDED_NHC + HOP_BY_HOP * 17 + nhc_udp()), payload(ELIDED_NHC + HOP_BY_HOP * 16 + nhc_udp())
    ),
    "too-big": Row(
        ERROR,
        octets(ethernet(uncompressed(udp_packet(bytes(2000)))), LinkType.ETHERNET),
        octets(ethernet(uncompressed(udp_packet(bytes(1999)))), LinkType.ETHERNET),
    ),
    "too-much-growth": Row(
        ERROR,
        octets(ethernet(ELIDED_NHC + MANY_ZEROS + tunnel(3)[2:]), LinkType.ETHERNET),
        payload(ELIDED_NHC + nhc_udp()),
    ),
    "unknown-link-type": Row(NOTE, octets(b"", 9), octets(with_frame_check(b"\x02\x00\x01"))),
    # the MAC frame
    "retransmission": Row(
        NOTE,
        after(payload(uncompressed(PACKET), sequence_number=1), payload(uncompressed(PACKET), sequence_number=1)),
        GOOD,
    ),
    "broadcast-source": Row(WARNING, packet(PACKET, BROADCAST), packet(PACKET, SHORT)),
    "cut-short": Row(
        WARNING,
        octets(Laboratory().data(uncompressed(PACKET)).encode() + b"\0\0", cut=4),
        octets(with_frame_check(b"\x02\x00\x01")),
    ),
    "no-acknowledgement": Row(WARNING, acknowledged(7, 8), acknowledged(7, 7)),
    "replayed-frame-counter": Row(
        WARNING, after(sealed(counter=2), sealed(counter=1)), after(sealed(counter=1), sealed(counter=2)), (KEY,)
    ),
    "reused-frame-counter": Row(
        ERROR, after(sealed(), sealed(text=b"\x41another")), after(sealed(), sealed(counter=2)), (KEY,)
    ),
    # the 6LoWPAN payload
    "guessed-context": Row(
        WARNING,
        after(
            packet(udp_packet(b"", GLOBAL_ALICE, GLOBAL_BOB)),
            payload(iphc(udp_packet(b"", GLOBAL_ALICE, GLOBAL_BOB), 0, 0)),
        ),
        after(
            announce(context_option(0, "2001:db8::")), payload(iphc(udp_packet(b"", GLOBAL_ALICE, GLOBAL_BOB), 0, 0))
        ),
    ),
    "growth-above-bound": Row(
        WARNING,
        payload(ELIDED_NHC + HOP_BY_HOP * 5 + b"\xee" + ELIDED_NHC + nhc_udp()),
        payload(ELIDED_NHC + nhc_udp()),
    ),
    "checksum-elided": Row(
        WARNING, payload(ELIDED_NHC + nhc_udp(elided=True)), sealed(text=ELIDED_NHC + nhc_udp(elided=True)), (KEY,)
    ),
    "checksum-elided-under-integrity-code": Row(
        NOTE, sealed(text=ELIDED_NHC + nhc_udp(elided=True)), payload(ELIDED_NHC + nhc_udp(elided=True)), (KEY,)
    ),
    "deprecated-hc1": Row(WARNING, payload("42fa40 0016334400081234".replace(" ", "")), GOOD),
    "deprecated-hc2": Row(WARNING, payload("42fbe040" + "00" * 8), payload("42fa400016334400081234")),
    "fragment-header-length": Row(WARNING, payload(fragment_header(6)), payload(fragment_header(0))),
    "nested-compression": Row(WARNING, payload(tunnel(1)), payload(tunnel(0))),
    "uncompressed": Row(NOTE, GOOD, payload(IPHC_UDP)),
    "reserved-bits": Row(
        NOTE,
        payload(bytes((0b01100010, 0x33, 0, 0x10, 0, 0, 59))),
        payload(bytes((0b01100010, 0x33, 0, 0x00, 0, 0, 59))),
    ),
    "legal-but-risky": Row(
        NOTE,
        payload(MeshHeader(hops_left=5, originator=ALICE, final_destination=BOB).encode() + IPHC_UDP),
        payload(IPHC_UDP),
    ),
    # fragments
    "datagram-lost": Row(
        ERROR, after(payload(LOST[0]), waiting(61, payload(OTHER[0]))), after(payload(LOST[0]), payload(OTHER[0]))
    ),
    "fragments-late": Row(
        WARNING, after(*map(payload, LOST[:3]), waiting(3, payload(LOST[3]))), after(*map(payload, LOST))
    ),
    "first-fragment-late": Row(
        WARNING, after(payload(LOST[1]), payload(LOST[0]), *map(payload, LOST[2:])), after(*map(payload, LOST))
    ),
    "fragments-out-of-order": Row(
        WARNING,
        after(payload(LOST[0]), payload(LOST[2]), payload(LOST[1]), payload(LOST[3])),
        after(*map(payload, LOST)),
    ),
    "fragment-repeated": Row(
        WARNING, after(*map(payload, (LOST[0], LOST[1], LOST[0]))), after(*map(payload, LOST[:3]))
    ),
    "datagrams-interleaved": Row(
        WARNING, after(*map(payload, (LOST[0], OTHER[0], LOST[1]))), after(*map(payload, (LOST[0], OTHER[0], OTHER[1])))
    ),
    "many-reassemblies": Row(
        WARNING,
        after(payload(LOST[0]), payload(LOST[0], CAROL)),
        after(payload(LOST[0]), payload(LOST[0], CAROL, ALICE)),
    ),
    # routing headers
    "no-root": Row(
        WARNING,
        payload(bytes.fromhex("f1a10640") + ELIDED_NHC + nhc_udp()),
        payload(bytes.fromhex("f1830503") + ELIDED_NHC + nhc_udp()),
    ),
    # recoverable fragments
    "datagram-aborted": Row(WARNING, payload("ea05 00000000"), payload("ea05 80000000")),
    "fragment-congestion": Row(NOTE, payload("eb05 ffffffff"), payload("ea05 ffffffff")),
    "fragments-asked-for": Row(WARNING, payload("ea05 a0000000"), payload("ea05 e0000000")),
    # packets
    "wrong-checksum": Row(ERROR, packet(with_checksum(PACKET, 46, 0x1234)), GOOD),
    "nd-hop-limit": Row(ERROR, packet(solicitation(64)), packet(solicitation())),
    "nd-checksum": Row(ERROR, packet(wrong(solicitation())), packet(wrong(UNREACHABLE))),
    "nd-source": Row(ERROR, packet(advertisement(source=GLOBAL_ALICE)), packet(advertisement(source=LINK_LOCAL_ALICE))),
    "icmpv6-error": Row(WARNING, packet(UNREACHABLE), packet(solicitation())),
    "class-unsupported": Row(
        WARNING, packet(icmpv6_packet(class_unsupported(of_level(3)).encode())), packet(UNREACHABLE)
    ),
    "multicast-source": Row(ERROR, packet(udp_packet(source="ff02::1")), packet(udp_packet(destination="ff02::1"))),
    "udp-length": Row(ERROR, packet(ipv6(17, udp(b"1234")[:-1])), GOOD),
    "rpl-option-0x63": Row(NOTE, packet(rpl_packet(0x63)), packet(rpl_packet(0x23))),
    "rpl-option-types-mixed": Row(
        WARNING,
        after(packet(rpl_packet(0x63)), packet(rpl_packet(0x23))),
        after(packet(rpl_packet(0x63)), packet(rpl_packet(0x63))),
    ),
    "context-change-too-soon": Row(
        WARNING,
        after(announce(context_option(0, "2001:db8::")), announce(context_option(0, "2001:db8:1::"))),
        after(
            announce(context_option(0, "2001:db8::", compress=False)),
            waiting(301, announce(context_option(0, "2001:db8:1::", compress=False))),
        ),
    ),
    "context-added-in-use": Row(
        NOTE,
        after(announce(context_option(1, "2001:db8:1::")), announce(context_option(0, "2001:db8::"))),
        after(announce(context_option(1, "2001:db8:1::")), announce(context_option(0, "2001:db8::", compress=False))),
    ),
    "extended-source": Row(
        NOTE,
        after(sealed(source=SHORT), packet(udp_packet(b"", GLOBAL_ALICE, GLOBAL_BOB))),
        after(sealed(source=SHORT), packet(udp_packet())),
        (KEY,),
    ),
    "compression-suboptimal": Row(NOTE, payload(IN_FULL), payload(ELIDED_NHC + nhc_udp()), advice=True),
}


def run(row: Row, hear: Hear) -> Explained:
    addresses = {SHORT: ALICE} if hear in (ROWS["extended-source"].found, ROWS["extended-source"].not_found) else {}
    return hear(Laboratory(keys=row.keys, advice=row.advice, addresses=addresses))


OF_JUDGES = {LOST_BY_STACKS.name, TAKEN_BY_STACKS.name}
"""Found by who is given to an explainer: tests/interop/laboratory/test_judge.py."""


@pytest.mark.parametrize("name", ROWS)
def test_the_frame_that_it_is_about_is_found(name: str) -> None:
    row = ROWS[name]
    found = finding(run(row, row.found), name)
    assert found.severity is row.severity
    assert found.section
    assert found.text


@pytest.mark.parametrize("name", ROWS)
def test_a_frame_like_it_that_is_in_order_is_not(name: str) -> None:
    row = ROWS[name]
    assert name not in [each.name for each in run(row, row.not_found).findings]


def test_every_rule_has_a_row_here_and_says_what_it_means() -> None:
    assert {rule.name for rule in RULES} == {*ROWS, *OF_JUDGES}
    for rule in RULES:
        assert re.fullmatch("[a-z0-9-]+", rule.name)
        assert rule.meaning
        assert rule.name in OF_JUDGES or rule.severity is ROWS[rule.name].severity
        assert rule.section or rule in BY_REASON.values()


# --- what the texts say ----------------------------------------------------------------------------------------------


def text_of(name: str, hear: Hear | None = None) -> str:
    return finding(run(ROWS[name], hear or ROWS[name].found), name).text


def test_an_icmpv6_error_says_what_was_reported_about_what() -> None:
    text = text_of("icmpv6-error")
    assert (
        text
        == f"{LINK_LOCAL_ALICE} reports: port unreachable, about a packet from {LINK_LOCAL_ALICE} to {LINK_LOCAL_BOB}"
    )


def test_the_class_of_the_draft_is_told_as_level_or_as_features() -> None:
    assert text_of("class-unsupported").endswith("it has level 3")
    flex = packet(icmpv6_packet(class_unsupported(of_flex(0xE0000000)).encode()))
    assert text_of("class-unsupported", flex).endswith("it has FLEX features 0xe0000000")


def test_an_error_that_a_mesh_hands_on_is_told_of_once() -> None:
    error = mesh_header(ALICE, BOB, 5).encode() + uncompressed(icmpv6_packet(class_unsupported(of_level(3)).encode()))
    assert text_of("class-unsupported", payload(error)).endswith("it has level 3")
    carol = LinkAddress(BOB[:-1] + b"\x77")
    handed_on = payload(error, carol, BOB)(Laboratory())
    assert "class-unsupported" not in {finding.name for finding in handed_on.findings}


def test_reserved_bits_are_named() -> None:
    assert text_of("reserved-bits") == "reserved bits are not zero: iphc.reserved is 0x1"


def test_advice_says_where_octets_could_be_saved() -> None:
    text = text_of("compression-suboptimal")
    assert "source address in 16 octets, 0 suffice, destination address in 16 octets, 0 suffice" in text
    assert "the hop limit could be elided" in text
    assert "the next header could be compressed" in text
    assert "the header is not compressed" in text_of("compression-suboptimal", GOOD)


def test_without_being_asked_there_is_no_advice() -> None:
    laboratory = Laboratory()
    assert [each.name for each in laboratory.hear(IN_FULL).findings] == []


def test_the_stacks_that_lose_a_frame_are_named() -> None:
    text = text_of("legal-but-risky")
    assert "originator, final destination and hops left" in text
    assert "Contiki (2018) drops it" in text


def test_a_zigbee_frame_is_told_from_an_unknown_dispatch() -> None:
    heard = Laboratory().hear(bytes.fromhex("4880"))
    assert "Zigbee" not in finding(heard, "not-6lowpan").section
    assert finding(heard, "not-6lowpan").severity is NOTE


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_makes_a_finding(reason: Reason) -> None:
    found = of_error(Malformed("iphc", 1, reason, "detail"))
    assert found.section
    assert "detail" in found.text
