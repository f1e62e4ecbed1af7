"""From a packet to frames: the smallest candidate that the receiver takes and the frames hold."""

from dataclasses import replace

import pytest

from p6lowpan.capability import limits
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import Sent, send
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.building import extension, ipv6, udp

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
TAG = 0xBEEF
PORTS = (0xF0B3, 0xF0BA)


def sent(packet: bytes, profile: Profile = RFC6282, mtu: int = 102) -> Sent:
    found = send(packet, LINK, {}, profile, mtu, TAG)
    receiver = Receiver(profile)
    delivered = [
        whole.octets
        for now, frame in enumerate(found.frames)
        for whole in receiver.receive(now, frame, LINK, {}).packets
    ]
    assert delivered == [packet]
    return found


def refused(packet: bytes, profile: Profile, mtu: int = 102) -> Malformed:
    with pytest.raises(Malformed) as caught:
        send(packet, LINK, {}, profile, mtu, TAG)
    return caught.value


def test_the_smallest_frame_is_sent() -> None:
    found = sent(ipv6(17, udp(b"!!", *PORTS, 0xBEEF)))
    assert found.frames == (bytes.fromhex("7e33 f3 3a beef 2121"),)
    assert found.growth == 38 + 4
    assert Feature.NHC_UDP_PORTS in found.features


@pytest.mark.parametrize(
    ("level", "frame"),
    [
        (0, "41" + ipv6(17, udp(b"!", *PORTS)).hex()),
        (1, "6033 00000000 11 40" + udp(b"!", *PORTS).hex()),
        (2, "6033 00000000 11 40" + udp(b"!", *PORTS).hex()),
        (3, "7a33 11" + udp(b"!", *PORTS).hex()),
        (4, "7e33 f3 3a 1234 21"),
        (5, "7e33 f3 3a 1234 21"),
        (6, "7e33 f3 3a 1234 21"),
    ],
)
def test_each_level_is_sent_what_it_takes(level: int, frame: str) -> None:
    assert sent(ipv6(17, udp(b"!", *PORTS)), LEVELS[level]).frames == (bytes.fromhex(frame),)


def test_contexts_are_used_from_level_2_on() -> None:
    contexts = {0: Context(0, bytes.fromhex("20010db8000000000000000000000000"), 64)}
    packet = ipv6(59, b"", "2001:db8::12:3456:78ab:cd01", "2001:db8::12:3456:78ab:cd02")
    sizes = [len(send(packet, LINK, contexts, LEVELS[level], 102, TAG).frames[0]) for level in range(7)]
    assert sizes == [41, 40, 8, 3, 3, 3, 3]


def test_without_the_dispatch_for_it_nothing_is_sent_uncompressed() -> None:
    only = replace(RFC6282, name="only", sends=frozenset({Feature.IPHC}))
    assert refused(ipv6(59, b""), only).reason is Reason.TOO_BIG


# --- frames and datagrams --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("payload", "frames"), [(96, 1), (97, 2)])
def test_one_octet_too_much_for_a_frame_makes_fragments(payload: int, frames: int) -> None:
    found = sent(ipv6(17, udp(bytes(payload), *PORTS)))
    assert len(found.frames) == frames
    assert (Feature.FRAGMENTATION in found.features) == (frames > 1)
    assert max(map(len, found.frames)) <= 102


def test_fragments_carry_the_tag_and_the_size() -> None:
    packet = ipv6(17, udp(bytes(200), *PORTS))
    first, *others = sent(packet).frames
    assert first[:4] == (0xC000 | len(packet)).to_bytes(2, "big") + TAG.to_bytes(2, "big")
    assert {frame[:4] for frame in others} == {(0xE000 | len(packet)).to_bytes(2, "big") + TAG.to_bytes(2, "big")}


@pytest.mark.parametrize("profile", [*LEVELS, RFC6282])
def test_a_datagram_keeps_the_size_that_its_receiver_takes(profile: Profile) -> None:
    most = profile.limits.datagram_octets
    assert most == (2047 if profile is RFC6282 else 1280)
    sent(ipv6(59, bytes(most - 40)), profile)
    error = refused(ipv6(59, bytes(most - 39)), profile)
    assert (error.layer, error.reason) == ("ipv6", Reason.TOO_BIG)


def test_a_receiver_without_fragments_is_sent_none() -> None:
    without = replace(LEVELS[5], name="without", sends=LEVELS[5].sends - {Feature.FRAGMENTATION})
    assert len(sent(ipv6(17, udp(bytes(96), *PORTS)), without).frames) == 1
    assert refused(ipv6(17, udp(bytes(97), *PORTS)), without).reason is Reason.TOO_BIG


@pytest.mark.parametrize("mtu", [1, 4, 12, 13])
def test_frames_too_short_for_a_fragment_are_refused(mtu: int) -> None:
    """A subsequent fragment needs 5 octets and 8 more."""
    packet = ipv6(59, bytes(60))
    if mtu < 13:
        assert refused(packet, RFC6282, mtu).reason is Reason.TOO_BIG
    else:
        assert max(map(len, sent(packet, RFC6282, mtu).frames)) <= mtu


def test_frames_too_short_for_the_headers_carry_fewer_of_them_compressed() -> None:
    options = extension(17, b"\x1e\x3c" + bytes(range(60)))
    packet = ipv6(0, options + udp(b"!", *PORTS))
    found = sent(packet, RFC6282, 60)
    assert Feature.NHC_HOP_BY_HOP not in found.features
    assert Feature.NHC_HOP_BY_HOP in sent(packet, RFC6282, 102).features


@pytest.mark.parametrize(("level", "past"), [(1, False), (3, False), (4, True), (5, True)])
def test_headers_run_past_the_first_fragment_only_to_who_takes_that(level: int, past: bool) -> None:
    """TCP behind options that fill the first fragment: below level 4 the packet goes uncompressed."""
    options = extension(60, b"\x1e\x3c" + bytes(range(60)))
    packet = ipv6(0, options + extension(6, b"\x1e\x3c" + bytes(range(60))) + bytes(20))
    found = sent(packet, LEVELS[level], 81)
    assert (Feature.HEADERS_PAST_FIRST_FRAGMENT in found.features) == past
    assert (Feature.UNCOMPRESSED_IPV6 in found.features) != past


def test_a_payload_under_generic_compression_is_not_fragmented() -> None:
    """RFC 7400 section 2: the code of a payload ends with its frame."""
    found = sent(ipv6(17, udp(bytes(300), *PORTS)), LEVELS[6])
    assert Feature.GHC_UDP in found.features
    assert len(found.frames) == 1
    half = bytes(number * number % 251 for number in range(100)) + bytes(100)
    assert Feature.GHC_UDP not in sent(ipv6(17, udp(half, *PORTS)), LEVELS[6]).features
    assert Feature.GHC_UDP in sent(ipv6(17, udp(half, *PORTS)), LEVELS[6], 120).features
    noise = bytes(number * number % 251 for number in range(300))
    assert Feature.GHC_UDP not in sent(ipv6(17, udp(noise, *PORTS)), LEVELS[6]).features


def test_where_a_payload_as_byte_code_fits_no_frame_the_headers_in_front_of_it_keep_theirs() -> None:
    noise = bytes(number * number % 251 for number in range(100))
    options = extension(17, b"\x1e\x0c" + bytes(6) + b"option")
    found = sent(ipv6(0, options + udp(noise + bytes(100), *PORTS)), LEVELS[6])
    assert {Feature.GHC_EXTENSION, Feature.NHC_UDP_PORTS} <= found.features
    assert Feature.GHC_UDP not in found.features
    assert len(found.frames) > 1


def test_a_datagram_of_many_fragments_is_never_larger_at_level_6_than_at_level_5() -> None:
    packet = ipv6(17, udp(b"a block of text that repeats itself; " * 30, *PORTS))
    frames = [sum(map(len, sent(packet, LEVELS[level]).frames)) for level in (5, 6)]
    assert frames[1] == frames[0]


@pytest.mark.parametrize("packet", [b"", ipv6(59, b"")[:39], ipv6(59, b"") + b"!"])
def test_what_is_no_packet_is_the_mistake_of_the_caller(packet: bytes) -> None:
    with pytest.raises(UsageError):
        send(packet, LINK, {}, RFC6282, 102, TAG)


def test_a_bound_on_growth_makes_frames_larger_and_not_wrong() -> None:
    packet = ipv6(17, udp(b"!", *PORTS))
    sizes = []
    for bound in range(45):
        within = replace(RFC6282, limits=replace(limits.RFC6282, header_growth_octets=bound))
        found = sent(packet, within)
        assert found.growth <= bound
        sizes.append(len(found.frames[0]))
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (49, 7)
