"""What was measured of smoltcp with frames made by hand."""

import pytest

from interop.profiles.hand_made import GLOBAL, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.smoltcp import SMOLTCP, SMOLTCP_FULL
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
PREFIX = GLOBAL[:8] + bytes(8)


def tagged(frame: bytes, tag: int) -> bytes:
    """The same fragment of another datagram."""
    return frame[:2] + tag.to_bytes(2, "big") + frame[4:]


def test_fragments_come_in_any_order_and_more_than_once() -> None:
    first, second, third, fourth = FRAGMENTS
    assert up(SMOLTCP, *reversed(FRAGMENTS)) == [DATAGRAM]
    assert up(SMOLTCP, first, second, second, third, first, fourth) == [DATAGRAM]


def test_later_octets_come_over_earlier_ones() -> None:
    first, second, third, fourth = FRAGMENTS
    other = fragmented(DATAGRAM[:80] + bytes(120), "7a333a", 40, 80, 120, 160)
    assert up(SMOLTCP, first, second, other[1], third, fourth) == [DATAGRAM[:80] + bytes(40) + DATAGRAM[120:]]


def test_one_of_two_interleaved_datagrams_comes_through_and_both_in_full() -> None:
    frames = [tagged(frame, tag) for frame in FRAGMENTS for tag in (7, 8)]
    assert up(SMOLTCP, *frames) == [DATAGRAM]
    assert up(SMOLTCP_FULL, *frames) == [DATAGRAM] * 2
    assert len(up(SMOLTCP_FULL, *(tagged(frame, tag) for frame in FRAGMENTS for tag in range(5)))) == 4


def test_a_first_fragment_that_cannot_be_restored_keeps_the_only_buffer() -> None:
    plain = fragmented(DATAGRAM, "41", 0, 80)[0]
    assert up(SMOLTCP, tagged(plain, 1), *FRAGMENTS) == []
    assert up(SMOLTCP_FULL, tagged(plain, 1), *FRAGMENTS) == [DATAGRAM]


def test_a_fifth_run_of_octets_apart_from_the_others_is_dropped() -> None:
    datagram = packet(58, bytes(range(200)))
    frames = fragmented(datagram, "7a333a", 40, *range(48, 240, 16))
    apart, between = frames[0:9:2], [*frames[1:8:2], *frames[9:]]
    assert up(SMOLTCP, *apart[:4], *between, apart[4]) == [datagram]
    assert up(SMOLTCP, *apart, *between) == []
    assert up(SMOLTCP, *apart, *between, apart[4]) == [datagram]


def test_octets_past_the_end_keep_the_buffer_for_ever() -> None:
    beyond = FRAGMENTS[3] + bytes(8)
    assert up(SMOLTCP, *FRAGMENTS[:3], beyond, FRAGMENTS[3]) == []
    assert up(SMOLTCP, beyond, *(tagged(frame, 8) for frame in FRAGMENTS)) == []


def test_datagrams_of_1280_octets_come_and_go() -> None:
    datagram = packet(58, b"\x80" + bytes(1239))
    assert up(SMOLTCP, *fragmented(datagram, "7a333a", 40, *range(96, 1280, 96))) == [datagram]
    assert len(sent(SMOLTCP, packet(58, b"\x80" + bytes(1239), GLOBAL * 2)).frames) == 14
    assert sent(SMOLTCP, packet(58, b"\x80" + bytes(1459))).frames
    assert not sent(SMOLTCP, packet(58, b"\x80" + bytes(1559))).frames


@pytest.mark.parametrize("extension", ["e00608", "e6110c22", "e1063e", "ee7e33", "e80608", "ea3a0801"])
def test_an_extension_header_longer_than_the_frame_ends_the_stack(extension: str) -> None:
    assert crashes(SMOLTCP, bytes.fromhex("7e33" + extension))
    assert crashes(SMOLTCP, b"\xc0\x80\0\7" + bytes.fromhex("7e33" + extension))
    assert not crashes(SMOLTCP, bytes.fromhex("7e33" + extension[:2]))


@pytest.mark.parametrize(
    "frame",
    [
        "7a3329" + "60" + "00" * 39,
        "7a333b",
        "7a330011001e0101010100",
        "7e33e8290600000000000060",
        "7e33e03b061e0401020304",
    ],
)
def test_only_three_transports_may_stand_in_line(frame: str) -> None:
    assert up(SMOLTCP, bytes.fromhex(frame)) == []
    assert not crashes(SMOLTCP, bytes.fromhex(frame))


def test_a_header_that_is_not_known_is_announced_as_0() -> None:
    (octets,) = up(SMOLTCP, bytes.fromhex("7e33e83a06000000000000800000"))
    assert octets[6] == 0
    assert octets[40:] == bytes.fromhex("3a00000000000000800000")


def test_contexts_are_a_list_with_gaps_of_zeros() -> None:
    node = Node(NODE.link, {number: Context(number, PREFIX, 64) for number in (2, 5)}, NODE.pan)
    named = {cid: bytes.fromhex(f"7ad3{cid:x}03a1122334455667788") + bytes(8) for cid in (1, 2, 3, 5, 6)}
    sources = {cid: [octets[8:16] for octets in up(SMOLTCP, frame, node=node)] for cid, frame in named.items()}
    assert sources == {1: [bytes(8)], 2: [PREFIX[:8]], 3: [], 5: [], 6: []}
    sources = {cid: [octets[8:16] for octets in up(SMOLTCP_FULL, frame, node=node)] for cid, frame in named.items()}
    assert sources == {1: [bytes(8)], 2: [PREFIX[:8]], 3: [bytes(8)], 5: [PREFIX[:8]], 6: []}


def test_the_whole_octet_is_added_to_the_destination_port() -> None:
    (octets,) = up(SMOLTCP, bytes.fromhex("7e33f3128a9f50"))
    assert octets[40:44] == bytes.fromhex("f0b1f0c2")
    (octets,) = up(SMOLTCP, bytes.fromhex("7e33f104d2128a9f50"))
    assert octets[40:44] == bytes.fromhex("04d2f004")


def test_there_is_no_form_for_most_of_what_could_be_sent() -> None:
    udp = bytes.fromhex("1633163300080000")
    assert sent(SMOLTCP, packet(17, udp)).frames
    assert not sent(SMOLTCP, packet(17, udp[:2] + bytes(2) + udp[4:])).frames
    assert not sent(SMOLTCP, packet(6, bytes(20))).frames
    assert not sent(SMOLTCP, packet(58, bytes((200, 0, 0, 0)))).frames
    for kind, frame in ((0, "7e33e106"), (43, "7e33e306")):
        octets = packet(kind, bytes((17, 0, 3, 0, 0, 0, 0, 0)) + udp)
        assert not sent(SMOLTCP, octets).frames
        (sent_frame,) = sent(SMOLTCP_FULL, octets).frames
        assert sent_frame.hex().startswith(frame)
