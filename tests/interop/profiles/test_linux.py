"""What was measured of Linux with frames and packets made by hand."""

from interop.profiles.hand_made import ADDRESSES, NODE, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.linux import LINUX
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
FROM_NOBODY = bytes.fromhex("7a4b3a01") + bytes(8)


def test_fragments_count_in_ascending_order_only() -> None:
    first, second, third, fourth = FRAGMENTS
    assert up(LINUX, *FRAGMENTS) == [DATAGRAM]
    assert up(LINUX, first, third, second, fourth) == []
    assert up(LINUX, second, first, third, fourth) == []


def test_a_gap_ends_the_datagram_even_if_all_comes_again() -> None:
    first, _, third, fourth = FRAGMENTS
    assert up(LINUX, first, third, fourth, *FRAGMENTS) == []


def test_duplicates_and_interleaved_datagrams_do_no_harm() -> None:
    assert up(LINUX, *(frame for frame in FRAGMENTS for _ in range(2))) == [DATAGRAM]
    other = [frame[:3] + b"\x99" + frame[4:] for frame in FRAGMENTS]
    assert up(LINUX, *(frame for pair in zip(FRAGMENTS, other, strict=True) for frame in pair)) == [DATAGRAM] * 2


def test_of_overlapping_fragments_the_first_octets_are_kept() -> None:
    first, second, third, fourth = FRAGMENTS
    instead = second[:5] + bytes(len(second) - 5)
    assert up(LINUX, first, second, instead, third, fourth) == [DATAGRAM]


def test_an_unspecified_source_needs_context_0() -> None:
    contexts = {0: Context(0, bytes.fromhex("20010db8") + bytes(12), 64)}
    assert up(LINUX, FROM_NOBODY) == []
    assert len(up(LINUX, FROM_NOBODY, node=Node(NODE.link, contexts))) == 1


def test_an_unspecified_source_is_sent_without_any_context() -> None:
    octets = packet(58, bytes(8), bytes(16) + bytes.fromhex("ff02") + bytes(13) + b"\1")
    assert sent(LINUX, octets).frames == (FROM_NOBODY,)


def test_a_link_local_destination_goes_whole_below_a_global_source() -> None:
    octets = packet(58, bytes(8), bytes.fromhex("20010db8") + bytes(11) + b"\1" + ADDRESSES[16:])
    (frame,) = sent(LINUX, octets).frames
    assert frame[:2] == b"\x7a\x00"
    assert frame[3:35] == octets[8:40]


def test_fragments_hold_as_many_whole_units_as_the_medium_allows() -> None:
    frames = sent(LINUX, packet(58, bytes(1241))).frames
    assert 98 <= len(frames[0]) <= 114
    assert {len(frame) for frame in frames[1:-1]} == {101}
    assert len(frames[-1]) <= 101
