"""What was measured of Contiki and Contiki-NG with frames made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, GLOBAL, NODE, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.contiki import CONTIKI
from p6lowpan.interop.profiles.contiki_ng import CONTIKI_NG, CONTIKI_NG_4_2
from p6lowpan.interop.stack import Stack
from p6lowpan.wire.sixlowpan.contexts import Context

OLD = pytest.mark.parametrize("stack", [CONTIKI, CONTIKI_NG_4_2], ids=lambda stack: stack.name)
ALL = pytest.mark.parametrize("stack", [CONTIKI, CONTIKI_NG_4_2, CONTIKI_NG], ids=lambda stack: stack.name)
NG = pytest.mark.parametrize("stack", [CONTIKI_NG_4_2, CONTIKI_NG], ids=lambda stack: stack.name)

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
ECHO = packet(58, bytes(8))
CONTEXTS = Node(NODE.link, {0: Context(0, GLOBAL[:8] + bytes(8), 64)})
HOP_BY_HOP = bytes.fromhex("1e0400000000")


def tagged(frames: list[bytes], tag: int) -> list[bytes]:
    """The same fragments under another tag."""
    return [frame[:2] + tag.to_bytes(2, "big") + frame[4:] for frame in frames]


@ALL
def test_later_fragments_come_in_any_order_behind_the_first(stack: Stack) -> None:
    first, second, third, fourth = FRAGMENTS
    assert up(stack, first, fourth, third, second) == [DATAGRAM]
    assert up(stack, second, first, third, fourth) == []
    assert up(stack, first, first, second, third, fourth) == [DATAGRAM]


@ALL
def test_a_later_fragment_that_comes_twice_counts_twice(stack: Stack) -> None:
    first, second, third, fourth = FRAGMENTS
    assert up(stack, first, second, second, third, fourth) == [DATAGRAM[:160] + bytes(40)]


@ALL
def test_two_datagrams_at_a_time_and_a_third_is_lost(stack: Stack) -> None:
    by_tag = [tagged(FRAGMENTS, tag) for tag in range(3)]
    mixed = [frames[place] for place in range(4) for frames in by_tag]
    assert up(stack, *mixed) == [DATAGRAM] * 2


@ALL
def test_a_datagram_that_is_wholly_in_its_first_fragment_never_comes_up(stack: Stack) -> None:
    assert up(stack, *fragmented(ECHO, "7a333a", 40)) == []


@ALL
def test_thirteen_fragments_are_taken_and_fourteen_are_not(stack: Stack) -> None:
    for most, passes in ((13, 1), (14, 0)):
        whole = packet(58, bytes(8 * most))
        frames = fragmented(whole, "7a333a", 40, *range(48, 40 + 8 * most, 8))
        assert (len(frames), len(up(stack, *frames))) == (most, passes)


@ALL
def test_the_size_in_the_later_fragment_counts(stack: Stack) -> None:
    first, *others = FRAGMENTS
    (octets,) = up(stack, first, b"\xe0\x80" + others[0][2:], b"\xe0\x80" + others[1][2:])
    assert octets == DATAGRAM[:128]


@ALL
def test_a_first_fragment_that_is_refused_leaves_the_datagram_before_it_behind(stack: Stack) -> None:
    refused = bytes.fromhex("c0c80009") + b"\x42\xff"
    other = fragmented(packet(58, b"\xaa" * 160), "7a333a", 40, 80, 120, 160)
    assert up(stack, *FRAGMENTS, refused, tagged(other, 9)[1]) == [DATAGRAM, DATAGRAM[:80] + b"\xaa" * 40 + bytes(80)]


@pytest.mark.parametrize(("octets", "passes"), [(96, 1), (104, 0)])
def test_a_first_fragment_holds_148_octets_in_release_5(octets: int, passes: int) -> None:
    whole = packet(17, bytes.fromhex("f0b1f0b200e00000") + bytes(216))
    frames = fragmented(whole, "7e33f3120000", 48, 48 + octets, 48 + octets + 80)
    assert len(up(CONTIKI_NG, *frames)) == passes
    for stack in (CONTIKI, CONTIKI_NG_4_2):
        assert up(stack, *frames) == [whole]


@pytest.mark.parametrize(("octets", "passes"), [(110, 1), (111, 0)])
def test_a_later_fragment_holds_110_octets_in_release_5(octets: int, passes: int) -> None:
    whole = packet(58, bytes(range(40 + octets)))
    frames = fragmented(whole, "7a333a", 40, 80)
    assert len(up(CONTIKI_NG, *frames)) == passes
    for stack in (CONTIKI, CONTIKI_NG_4_2):
        assert up(stack, *frames) == [whole]


def test_release_5_wants_something_behind_the_headers() -> None:
    for frame in (bytes.fromhex("7a333b"), bytes.fromhex("7e33e03b06") + HOP_BY_HOP):
        assert up(CONTIKI_NG, frame) == []
        assert len(up(CONTIKI_NG, frame + b"\0")) == len(up(CONTIKI_NG_4_2, frame)) == len(up(CONTIKI, frame)) == 1
    assert len(up(CONTIKI_NG, bytes.fromhex("7e33f31200 00"))) == 1


@ALL
def test_a_first_fragment_may_not_end_between_compressed_headers(stack: Stack) -> None:
    """The old ones take what follows for payload."""
    whole = packet(0, bytes((17, 0)) + HOP_BY_HOP + bytes.fromhex("f0b1f0b200180000") + bytes(16))
    first = (0xC000 | len(whole)).to_bytes(2, "big") + b"\0\7" + bytes.fromhex("7e33e106") + HOP_BY_HOP
    later = (0xE000 | len(whole)).to_bytes(2, "big") + b"\0\7\6" + b"\xf3\x12\0\0" + bytes(20)
    octets = up(stack, first, later)
    assert whole not in octets
    assert len(octets) == (stack is not CONTIKI_NG)


@ALL
def test_a_stateful_destination_without_bits_in_line_is_unspecified(stack: Stack) -> None:
    (octets,) = up(stack, bytes.fromhex("7a343a") + bytes(8), node=CONTEXTS)
    assert octets[24:40] == bytes(16)


@OLD
def test_without_the_context_the_frame_is_the_packet(stack: Stack) -> None:
    frame = bytes.fromhex("7a343a") + bytes(8)
    assert up(stack, frame) == [frame]
    assert up(CONTIKI_NG, frame) == []


@pytest.mark.parametrize(
    ("switch", "passes"), [("", 1), ("f0", 1), ("f1", 1), ("f2", 0), ("f1f1", 0), ("f1c0300007", 0)]
)
def test_contiki_ng_switches_once_and_to_page_0_or_1(switch: str, passes: int) -> None:
    frame = bytes.fromhex(switch + "7a333a") + bytes(8)
    assert len(up(CONTIKI_NG, frame)) == len(up(CONTIKI_NG_4_2, frame)) == passes
    assert len(up(CONTIKI, frame)) == (switch == "")


@ALL
def test_header_compression_1_is_not_known(stack: Stack) -> None:
    assert up(stack, bytes.fromhex("42fb40") + bytes(20)) == []


def test_an_extension_header_is_cut_to_whole_units() -> None:
    frame = bytes.fromhex("7e33e03a0a") + HOP_BY_HOP + b"\1\2\0\0" + bytes(8)
    expected = packet(0, bytes((58, 0)) + HOP_BY_HOP + bytes(8))
    assert up(CONTIKI_NG, frame) == up(CONTIKI_NG_4_2, frame) == [expected]


def test_a_short_extension_header_is_dropped_or_not_counted() -> None:
    frame = bytes.fromhex("7e33e03a031e0100") + bytes(8)
    assert up(CONTIKI_NG, frame) == []
    assert up(CONTIKI_NG_4_2, frame) == [packet(0, bytes(8))]
    followed = bytes.fromhex("7e33e1031e0100f312abcd") + bytes(8)
    assert up(CONTIKI_NG_4_2, followed) == [packet(0, bytes.fromhex("11ff1e0100000000") + bytes(8))]


def test_release_4_2_counts_the_length_of_headers_in_an_octet() -> None:
    frame = bytes.fromhex("7e33e03aff") + bytes(30)
    assert up(CONTIKI_NG, frame) == []
    (octets,) = up(CONTIKI_NG_4_2, frame)
    assert octets[40:] == frame[(5 + 255) & 0xFF :]


@ALL
def test_what_is_no_frame_comes_to_nothing(stack: Stack) -> None:
    for frame in (b"", b"\xc0", b"\xc0\x80\0\1", b"\xe0\x80\0\1", b"\x41" + bytes(39), b"\xf0"):
        assert up(stack, frame) == []


@ALL
def test_a_link_local_source_loses_bits_before_a_link_local_destination(stack: Stack) -> None:
    odd = bytes.fromhex("fe80000100020003") + bytes(7) + b"\1"
    (frame,) = sent(stack, packet(58, bytes(8), odd + ADDRESSES[16:])).frames
    assert frame[:2] == b"\x7a\x13"
    (frame,) = sent(stack, packet(58, bytes(8), ADDRESSES[:16] + GLOBAL)).frames
    assert frame[:2] == b"\x7a\x00"


def test_a_cut_udp_header_ends_the_old_senders() -> None:
    for octets in (packet(17, bytes(7)), packet(17, b"")):
        assert sent(CONTIKI, octets).crash is not None
        assert sent(CONTIKI_NG_4_2, octets).crash is not None
        assert sent(CONTIKI_NG, octets).refused is not None


def test_headers_that_do_not_fit_the_first_fragment_are_refused_unless_they_go_in_line() -> None:
    octets = packet(0, bytes((58, 11, 1, 92)) + bytes(92) + bytes(40))
    assert sent(CONTIKI_NG, octets).refused is not None
    assert sent(CONTIKI_NG_4_2, octets).refused is not None
    assert up(CONTIKI, *sent(CONTIKI, octets).frames) == [octets]


@ALL
def test_a_tunnel_goes_in_line(stack: Stack) -> None:
    octets = packet(41, ECHO)
    (frame,) = sent(stack, octets).frames
    assert frame == b"\x7a\x33\x29" + ECHO
    assert up(stack, frame) == [octets]


@NG
@pytest.mark.parametrize(("mtu", "passes"), [(40, 0), (46, 1)])
def test_contiki_ng_needs_room_for_the_longest_header(stack: Stack, mtu: int, passes: int) -> None:
    frames = sent(stack, DATAGRAM, mtu).frames
    assert up(stack, *frames) == [DATAGRAM] * passes
    assert up(CONTIKI, *sent(CONTIKI, DATAGRAM, 40).frames) == [DATAGRAM]


@ALL
def test_no_packet_of_more_than_1280_octets_is_sent_and_tags_begin_at_0(stack: Stack) -> None:
    largest = packet(58, bytes(1240))
    frames = sent(stack, largest, 116).frames
    assert {frame[2:4] for frame in frames} == {b"\0\0"}
    assert up(stack, *frames) == [largest]
    assert sent(stack, packet(58, bytes(1241))).refused is not None


def test_the_last_fragment_is_longer_than_the_others_in_contiki_ng_only() -> None:
    octets = packet(58, bytes(88 + 96 + 97))
    assert [len(frame) for frame in sent(CONTIKI, octets).frames] == [95, 101, 101, 6]
    assert [len(frame) for frame in sent(CONTIKI_NG, octets).frames] == [95, 101, 102]
