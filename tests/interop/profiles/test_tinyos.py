"""What was measured of TinyOS with frames made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, ALICE, BOB, GLOBAL, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.tinyos import TINYOS, TINYOS_FIX, TINYOS_FIX_LIBCTX
from p6lowpan.interop.stack import Stack
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
UNDER_CONTEXT = Node(NODE.link, {0: Context(0, GLOBAL[:8] + bytes(8), 64)}, NODE.pan)
SHORT = LinkAddress(b"\x12\x34")


def tagged(frame: bytes, tag: int) -> bytes:
    """The same fragment of another datagram."""
    return frame[:2] + tag.to_bytes(2, "big") + frame[4:]


def test_fragments_are_appended_as_they_come() -> None:
    first, second, third, fourth = FRAGMENTS
    (corrupt,) = up(TINYOS, first, third, second, fourth)
    assert corrupt == DATAGRAM[:80] + DATAGRAM[120:160] + DATAGRAM[80:120] + DATAGRAM[160:]
    assert up(TINYOS, second, first, third, fourth) == []


def test_a_first_fragment_may_come_twice_and_no_other() -> None:
    datagram = packet(58, bytes(range(168)))
    first, second, third, fourth = frames = fragmented(datagram, "7a333a", 40, 80, 120, 160)
    assert up(TINYOS, first, first, second, third, fourth) == [datagram]
    assert up(TINYOS, first, second, second, third, fourth) == []
    assert up(TINYOS, first, second, second, third, fourth, *frames) == []


def test_three_datagrams_come_at_a_time() -> None:
    begun = [tagged(FRAGMENTS[0], tag) for tag in range(4)]
    ended = [tagged(frame, tag) for frame in FRAGMENTS[1:] for tag in range(4)]
    assert up(TINYOS, *begun, *ended) == [DATAGRAM] * 3


def test_the_heap_holds_one_large_datagram_and_nothing_beside_it() -> None:
    large = packet(58, bytes(1240))
    first, *others = fragmented(large, "7a333a", 40, *range(80, 1280, 80))
    single = bytes.fromhex("7a333a8000000000000000")
    assert up(TINYOS, first, single, *others, single) == [large, *up(TINYOS, single)]
    assert up(TINYOS, (0xC000 | 1500).to_bytes(2, "big") + first[2:], single) == up(TINYOS, single)


def test_a_fragment_header_without_its_last_octet_ends_the_stack() -> None:
    assert crashes(TINYOS, FRAGMENTS[0], FRAGMENTS[1][:4])


@pytest.mark.parametrize("stack", [TINYOS, TINYOS_FIX, TINYOS_FIX_LIBCTX])
def test_16_bits_are_an_identifier_of_zeros_both_ways(stack: Stack) -> None:
    (octets,) = up(stack, bytes.fromhex("7a223a12345678") + bytes(8))
    assert octets[8:40] == bytes.fromhex("fe80" + "00" * 12 + "1234" + "fe80" + "00" * 12 + "5678")
    addresses = bytes.fromhex("fe80" + "00" * 12 + "1234" + "fe80" + "00" * 9 + "fffe005678")
    (frame,) = sent(stack, packet(58, bytes(8), addresses)).frames
    assert frame == bytes.fromhex("7a213a1234000000fffe005678") + bytes(8)


def test_a_short_address_elided_behind_a_context_is_read_likewise() -> None:
    node = Node(Link(SHORT, BOB), UNDER_CONTEXT.contexts, NODE.pan)
    (octets,) = up(TINYOS, bytes.fromhex("7a733a") + bytes(8), node=node)
    assert octets[8:24] == GLOBAL[:8] + bytes(6) + SHORT


def test_a_context_longer_than_64_bits_stays_above_16_bits_in_line() -> None:
    prefix = bytes.fromhex("20010db8aaaabbbb1111222233334400")
    node = Node(NODE.link, {3: Context(3, prefix, 120)}, NODE.pan)
    (octets,) = up(TINYOS_FIX_LIBCTX, bytes.fromhex("7ae7303a5678") + bytes(8), node=node)
    assert octets[8:24] == prefix[:14] + b"\x56\x78"
    (octets,) = up(TINYOS_FIX_LIBCTX, bytes.fromhex("7af3303a") + bytes(8), node=node)
    assert octets[8:24] == prefix
    between = Node(NODE.link, {3: Context(3, prefix[:12] + bytes(4), 96)}, NODE.pan)
    (octets,) = up(TINYOS_FIX_LIBCTX, bytes.fromhex("7af3303a") + bytes(8), node=between)
    assert octets[8:24] == prefix[:8] + bytes(6) + ALICE[6:]


def test_an_unknown_context_is_zeros_and_a_reserved_destination_too() -> None:
    (octets,) = up(TINYOS, bytes.fromhex("7ad3503a1122334455667788") + bytes(8))
    assert octets[8:24] == bytes(8) + bytes.fromhex("1122334455667788")
    (octets,) = up(TINYOS, bytes.fromhex("7a343a") + bytes(8))
    assert octets[24:40] == bytes(16)


def test_a_wrong_checksum_is_silently_replaced_under_a_context() -> None:
    (octets,) = up(TINYOS, bytes.fromhex("7e73f01633163312345051525354"), node=UNDER_CONTEXT)
    assert octets[46:48] != b"\x12\x34"
    assert checksum_holds(octets[8:24], octets[24:40], 17, octets[40:])
    (octets,) = up(TINYOS, bytes.fromhex("7e33f01633163312345051525354"))
    assert octets[46:48] == b"\x12\x34"


def test_in_fragments_the_new_checksum_is_that_of_the_first_one_and_zeros() -> None:
    addresses = GLOBAL[:8] + ADDRESSES[8:]
    datagram = packet(17, bytes.fromhex("1633163300a00000") + bytes(range(152)), addresses)
    (octets,) = up(TINYOS, *fragmented(datagram, "7e73f0163316330000", 48, 80, 120, 160), node=UNDER_CONTEXT)
    assert not checksum_holds(octets[8:24], octets[24:40], 17, octets[40:])
    assert checksum_holds(octets[8:24], octets[24:40], 17, octets[40:80] + bytes(120))


def test_udp_in_line_under_a_context_ends_the_stack_unless_guarded() -> None:
    frame = bytes.fromhex("7a7311163316330009123450")
    for stack, ends in ((TINYOS, True), (TINYOS_FIX, False)):
        assert crashes(stack, frame) is ends
        assert crashes(stack, frame.replace(b"\x7a\x73\x11", b"\x7a\x73\x3a")) is False


def test_a_compressed_fragment_header_has_a_length() -> None:
    (octets,) = up(TINYOS, bytes.fromhex("7e33e5060001deadbeeff3128a9f5051"))
    assert octets[40:] == bytes.fromhex("11000001deadbeeff0b1f0b2000a8a9f5051")


def test_an_extension_header_cut_by_the_first_fragment_drops_the_datagram() -> None:
    frames = [bytes.fromhex("c0b000077e33e616") + bytes.fromhex("010c0000"), *FRAGMENTS[1:]]
    assert up(TINYOS, *frames) == []


def test_a_packet_gets_the_length_that_it_has() -> None:
    octets = packet(58, bytes(8))
    assert up(TINYOS, b"\x41" + octets[:4] + b"\xff\xff" + octets[6:]) == [octets]
    assert up(TINYOS, b"\x41" + octets[:39]) == []


@pytest.mark.parametrize(("size", "few", "many"), [(1000, 11, 11), (1100, 0, 12), (1280, 0, 14)])
def test_fragments_need_a_buffer_each_and_one_more(size: int, few: int, many: int) -> None:
    octets = packet(58, bytes(size - 40), GLOBAL * 2)
    assert len(sent(TINYOS, octets).frames) == few
    assert len(sent(TINYOS_FIX_LIBCTX, octets).frames) == many


def test_a_large_extension_header_is_written_past_the_end_of_the_frame() -> None:
    large = bytes((58, 15)) + bytes((30, 124)) + bytes(124)
    (frame,) = sent(TINYOS, packet(60, large + bytes(8))).frames
    assert len(frame) == 2 + 3 + 126 + 8 > 102


def test_what_cannot_be_read_is_refused() -> None:
    assert sent(TINYOS, packet(41, packet(59, b""))).refused == "a tunnelled IPv6 header"
    assert not sent(TINYOS, packet(60, bytes((58, 0, 30, 9, 0, 0, 0, 0)) + bytes(8))).frames  # beyond the header
    assert not sent(TINYOS, packet(60, bytes((59, 0, 30, 3, 0, 0, 0, 0)))).frames  # Pad1 in the last octet
    assert not sent(TINYOS, packet(0, bytes((58, 31)) + bytes((30, 252)) + bytes(252))).frames  # 256 is 0 in an octet
    assert not sent(TINYOS, packet(17, bytes(7))).frames
    assert not sent(TINYOS, packet(44, b"\x11")).frames
    filling = bytes((17, 11)) + bytes((30, 92)) + bytes(92)
    assert not sent(TINYOS, packet(60, filling + bytes.fromhex("1633163300080000"))).frames  # no room for UDP
    assert not sent(TINYOS, packet(60, filling.replace(b"\x11", b"\x3a", 1) + bytes(80))).frames  # nor for FRAG1


def test_all_padding_is_elided_and_eight_octets_less_come_back() -> None:
    (frame,) = sent(TINYOS, packet(60, bytes((17, 1, 1, 12)) + bytes(12) + bytes.fromhex("1633163300080000"))).frames
    assert frame == bytes.fromhex("7e33e700f0163316330000")
    (octets,) = up(TINYOS, frame)
    assert octets[40:48] == bytes((17, 0, 1, 4, 0, 0, 0, 0))
