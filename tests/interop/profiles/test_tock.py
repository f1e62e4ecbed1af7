"""What was measured of Tock with frames and packets made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.tock import TOCK, TOCK_MULTI
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
UNFRAGMENTED = bytes.fromhex("7a333a") + bytes(8)


def _of_size(size: int) -> list[bytes]:
    whole = packet(58, bytes(size - 40))
    return fragmented(whole, "7a333a", 40, *range(80, size, 80))


def test_fragments_come_in_any_order() -> None:
    assert up(TOCK, *FRAGMENTS) == up(TOCK, *reversed(FRAGMENTS)) == [DATAGRAM]


@pytest.mark.parametrize("twice", [0, 1])
def test_a_duplicate_kills_the_datagram(twice: int) -> None:
    assert up(TOCK, *FRAGMENTS[: twice + 1], FRAGMENTS[twice], *FRAGMENTS[twice + 1 :]) == []


def test_one_of_two_interleaved_datagrams_comes_up() -> None:
    other = [frame[:3] + b"\x99" + frame[4:] for frame in FRAGMENTS]
    assert up(TOCK, *(frame for pair in zip(FRAGMENTS, other, strict=True) for frame in pair)) == [DATAGRAM]


def test_sizes_a_little_above_a_multiple_of_64_are_never_delivered() -> None:
    lost = [size for size in range(100, 1280, 4) if not up(TOCK, *_of_size(size))]
    assert lost == [size for size in range(100, 1280, 4) if size % 64 < 8]


def test_a_datagram_of_1280_octets_ends_the_stack() -> None:
    assert len(up(TOCK, *_of_size(1279))) == 1
    assert crashes(TOCK, *_of_size(1280))


@pytest.mark.parametrize("frame", ["41" + "00" * 48, "0011", "7e3300", "7a34" + "00" * 16])
def test_after_a_frame_that_is_not_restored_nothing_is_received(frame: str) -> None:
    assert up(TOCK, UNFRAGMENTED) != []
    assert up(TOCK, bytes.fromhex(frame), UNFRAGMENTED, *FRAGMENTS) == []


def test_a_first_fragment_that_is_not_restored_ends_the_stack() -> None:
    assert crashes(TOCK, bytes.fromhex("c06400077e33d312") + bytes(64))


def test_an_extension_header_over_the_boundary_ends_the_stack() -> None:
    assert crashes(TOCK, bytes.fromhex("c06400077e33e140") + bytes(8))


def test_an_elided_checksum_is_not_expected_in_a_fragment() -> None:
    whole = packet(17, bytes.fromhex("f0b0f0b1005800000102") + bytes(78))
    first, *others = fragmented(whole, "7e33f701", 48, 88)
    assert up(TOCK, first, *others) == []


@pytest.mark.parametrize("kind", ["e1", "e3", "e5", "e7"])
def test_extension_headers_with_a_compressed_next_header_are_taken(kind: str) -> None:
    (octets,) = up(TOCK, bytes.fromhex(f"7e33{kind}061e0400000000f0163316339f5051"))
    assert octets[40:48] == bytes.fromhex("11001e0400000000")


def test_with_the_next_header_in_line_the_fields_are_one_octet_off() -> None:
    assert up(TOCK, bytes.fromhex("7e33e63a061e04000000008000")) == []
    (octets,) = up(TOCK, bytes.fromhex("7e33e606061e04000000008000"))
    assert octets[40:48] == bytes.fromhex("0000061e04000000")


def test_twelve_tunnels_are_taken() -> None:
    octets = bytes.fromhex("7e33ee" * 12 + "7a333a") + bytes(8)
    (restored,) = up(TOCK, octets)
    assert len(restored) == 13 * 40 + 8
    assert restored.endswith(packet(58, bytes(8)))


def test_ports_are_swapped_when_sent() -> None:
    (frame,) = sent(TOCK, packet(17, bytes.fromhex("12f0163300080000"))).frames
    assert frame[2:] == bytes.fromhex("f21216330000")
    (frame,) = sent(TOCK, packet(17, bytes.fromhex("163312f000080000"))).frames
    assert frame[2:] == bytes.fromhex("f11633000000")


def test_with_all_contexts_a_node_sends_by_any_and_still_does_not_read_which() -> None:
    contexts = {3: Context(3, bytes.fromhex("20010db8000000ff") + bytes(8), 64)}
    node = Node(NODE.link, contexts)
    source = bytes.fromhex("20010db8000000ff") + ADDRESSES[8:16]
    (frame,) = sent(TOCK_MULTI, packet(58, b"\x80" + bytes(7), source + ADDRESSES[16:]), node=node).frames
    assert frame[:4] == bytes.fromhex("7af3303a")
    assert sent(TOCK, packet(58, b"\x80" + bytes(7), source + ADDRESSES[16:]), node=node).frames[0][1] & 0x80 == 0
    assert up(TOCK_MULTI, frame, node=node) != [packet(58, b"\x80" + bytes(7), source + ADDRESSES[16:])]
