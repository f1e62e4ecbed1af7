"""The answer to a frame above the class of its receiver: draft-ayers-low-power-interop-01 6.2, RFC 4443 2.4."""

import pytest

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.machines.adaptation.class_unsupported import (
    error_packet,
    is_error,
    may_answer,
    previous_hop,
    sent_under,
)
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import BROADCAST, NO_LINK_ADDRESS, Link, LinkAddress, format_ipv6, parse_ipv6
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, extension, ipv6, udp

ALICE, BOB = LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
ORIGINATOR = LinkAddress(bytes.fromhex("0212345678abcd03"))
LINK_LOCAL_ORIGINATOR = "fe80::12:3456:78ab:cd03"
LINK = Link(ALICE, BOB)
ERROR, ECHO, REDIRECT = bytes((1, 0, 0, 0)), bytes((128, 0, 0, 0)), bytes((137, 0, 0, 0))
PAD = bytes.fromhex("010400000000")


def received(octets: str | bytes, level: int = 0, link: Link = LINK) -> Received:
    frame = bytes.fromhex(octets) if isinstance(octets, str) else octets
    return Receiver(LEVELS[level]).receive(0, frame, link, {})


# --- who is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "told"),
    [
        ("7a33 3b", LINK_LOCAL_ALICE),
        ("7a13 3b 1122334455667788", "fe80::1122:3344:5566:7788"),
        ("7a03 3b 20010db8000100000000000000000001", LINK_LOCAL_ALICE),
        ("7a43 3b", LINK_LOCAL_ALICE),
        ("7a73 3b", LINK_LOCAL_ALICE),
        ("7e33 f8", LINK_LOCAL_ALICE),
    ],
)
def test_the_previous_hop_is_a_link_local_source_or_who_sent_the_frame(octets: str, told: str) -> None:
    hop = previous_hop(received(octets), LINK)
    assert hop is not None
    assert format_ipv6(hop) == told


@pytest.mark.parametrize("source", [NO_LINK_ADDRESS, BROADCAST])
def test_nobody_is_told_where_the_frame_has_no_source(source: LinkAddress) -> None:
    assert previous_hop(received("7a13 3b 1122334455667788"), Link(source, BOB)) is None


MESH = "85" + ORIGINATOR.hex() + BOB.hex()


@pytest.mark.parametrize(
    ("octets", "level", "told"),
    [
        (MESH + "7a33 3b", 2, LINK_LOCAL_ALICE),  # a mesh header is too much: who sent it stands beside us
        (MESH + "7a13 3b 1122334455667788", 2, LINK_LOCAL_ALICE),
        (MESH + "7a33 3b", 4, LINK_LOCAL_ALICE),
        (MESH + "7e33 d0 12345678 abcd", 5, LINK_LOCAL_ORIGINATOR),  # what is inside is too much: who compressed it
        (MESH + "7e03 20010db8000100000000000000000001 d0 12345678 abcd", 5, LINK_LOCAL_ORIGINATOR),
    ],
)
def test_behind_a_mesh_header_whoever_chose_what_is_too_much_is_told(octets: str, level: int, told: str) -> None:
    answered = received(octets, level)
    assert answered.unsupported
    hop = previous_hop(answered, LINK)
    assert hop is not None
    assert format_ipv6(hop) == told


def test_an_originator_that_is_everybody_is_not_told() -> None:
    assert (
        previous_hop(received("b5 ffff 0001 7e03 20010db8000100000000000000000001 d0 12345678 abcd", 5), LINK) is None
    )


@pytest.mark.parametrize("octets", range(41))
def test_of_a_packet_cut_short_the_frame_tells_the_previous_hop(octets: int) -> None:
    frame = bytes.fromhex("c0c8 0001 41") + ipv6(59, bytes(160), "fe80::1")[:octets]
    hop = previous_hop(received(frame), LINK)
    assert hop == parse_ipv6("fe80::1" if octets >= 40 else LINK_LOCAL_ALICE)
    assert not may_answer(received(frame), LINK)


# --- what is answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "level", "answered"),
    [
        ("7a33 3b", 0, True),
        ("7a33 3b", 3, False),  # within the level
        ("7e33 f8", 3, False),  # not understood
        ("7a3b 3b 01", 0, False),  # to a group
        ("c028 0001 7a33 3b", 0, True),
        ("e028 0001 05 00", 0, False),  # a subsequent fragment
        ("7e33 f3 3a 1234", 3, True),
        ("7a73 3b", 1, True),  # from a context that is not there
        ("7a3c 3b 3e0189abcdef", 1, False),
        ("7a33 3a" + ECHO.hex(), 0, True),
        ("7a33 3a" + ERROR.hex(), 0, False),
        ("7a33 3a" + REDIRECT.hex(), 0, False),
        ("7e33 e0 3a 00" + ERROR.hex(), 4, False),
        ("7e33 e0 3a 00" + ECHO.hex(), 4, True),
        ("7e33 df 04" + ERROR.hex(), 5, False),
        ("7e33 df 04" + ECHO.hex(), 5, True),
    ],
)
def test_rfc_4443_says_what_may_be_answered(octets: str, level: int, answered: bool) -> None:
    assert may_answer(received(octets, level), LINK) == answered


@pytest.mark.parametrize(
    ("destination", "answered"),
    [("ffff", False), ("", False), ("8001", False), ("9fff", False), ("0c0d", True), ("a001", True)],
)
def test_a_frame_to_many_is_never_answered(destination: str, answered: bool) -> None:
    """Broadcast, no address, and the 16-bit multicast addresses of RFC 4944 section 9."""
    link = Link(ALICE, LinkAddress(bytes.fromhex(destination)))
    octets = bytes.fromhex("6031 00000000 3b 40 1122334455667788")
    assert may_answer(received(octets, 0, link), link) == answered


def test_behind_a_mesh_header_the_final_destination_counts() -> None:
    assert not may_answer(received("b5 0a0b ffff 7a33 3b"), LINK)
    assert may_answer(received("b5 0a0b 0c0d 7a33 3b"), LINK)


@pytest.mark.parametrize(
    ("packet", "error"),
    [
        (ipv6(58, ERROR), True),
        (ipv6(58, REDIRECT), True),
        (ipv6(58, bytes((127,))), True),
        (ipv6(58, ECHO), False),
        (ipv6(58, b""), False),
        (ipv6(17, udp(b"")), False),
        (ipv6(0, extension(58, PAD) + ERROR), True),
        (ipv6(0, extension(43, PAD) + extension(58, PAD) + ERROR), True),
        (ipv6(0, extension(58, PAD)), False),
        (ipv6(41, ipv6(58, ERROR)), True),
        (ipv6(44, bytes.fromhex("3a00000012345678") + ERROR), True),
        (b"", False),
        (ipv6(58, ERROR)[:40], False),
    ],
)
def test_an_error_is_one_behind_any_extension_headers(packet: bytes, error: bool) -> None:
    assert is_error(packet) == error


# --- the answer ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", [*LEVELS, profiles.of_flex(0xDEADBEC0)])
def test_the_error_is_a_packet_that_tells_the_class(profile: Profile) -> None:
    packet = error_packet(profile, parse_ipv6(LINK_LOCAL_BOB), parse_ipv6(LINK_LOCAL_ALICE))
    message = packet[40:]
    total = checksum(LINK_LOCAL_BOB, LINK_LOCAL_ALICE, 58, message[:2] + bytes(2) + message[4:])
    assert message[2:4] == total.to_bytes(2, "big")
    assert packet == ipv6(58, message, LINK_LOCAL_BOB, LINK_LOCAL_ALICE, hop_limit=255)
    assert ClassUnsupported.decode_all(message).profile == profile


def test_what_has_no_class_sends_no_error() -> None:
    with pytest.raises(ValueError, match="neither a level nor a FLEX bitfield"):
        error_packet(RFC6282, parse_ipv6(LINK_LOCAL_BOB), parse_ipv6(LINK_LOCAL_ALICE))


@pytest.mark.parametrize("level", range(7))
def test_the_error_of_a_level_is_as_short_as_the_level_can_make_it(level: int) -> None:
    """draft section 7.3: C_icmp = compressed IPv6 header + 4; and who sent too high can read it."""
    profile = LEVELS[level]
    packet = error_packet(profile, parse_ipv6(LINK_LOCAL_BOB), parse_ipv6(LINK_LOCAL_ALICE))
    (frame,) = send(packet, Link(BOB, ALICE), {}, sent_under(profile), 102, 1).frames
    assert len(frame) == [45, 12, 12, 7, 7, 7, 7][level]
    for above in LEVELS[level:]:
        (got,) = Receiver(above).receive(0, frame, Link(BOB, ALICE), {}).packets
        assert got.octets == packet


def test_the_error_of_flex_goes_uncompressed() -> None:
    """draft section 7.3: 48 octets, because what the other can read is not known; and the dispatch before them."""
    profile = profiles.of_flex(0xFFFFFFC0)
    packet = error_packet(profile, parse_ipv6(LINK_LOCAL_BOB), parse_ipv6(LINK_LOCAL_ALICE))
    assert len(packet) == 48
    assert send(packet, Link(BOB, ALICE), {}, sent_under(profile), 102, 1).frames == (b"\x41" + packet,)
