"""What was measured of RIOT with frames made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, GLOBAL, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.riot import RIOT
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
SITE = bytes.fromhex("ff05000000000000000000000000001a")


def test_fragments_come_in_any_order() -> None:
    assert up(RIOT, *reversed(FRAGMENTS)) == [DATAGRAM]
    assert up(RIOT, *(frame for frame in FRAGMENTS[:3] for _ in range(2)), FRAGMENTS[3]) == [DATAGRAM]


def test_a_fragment_that_overlaps_begins_the_datagram_anew() -> None:
    first, second, third, fourth = FRAGMENTS
    wider = fragmented(DATAGRAM, "7a333a", 40, 80, 128, 160)
    assert up(RIOT, first, second, wider[1], third, fourth) == []
    assert up(RIOT, first, second, wider[1], first, *wider[2:]) == [DATAGRAM]


def test_a_fifth_datagram_takes_the_place_of_the_oldest() -> None:
    def tagged(frame: bytes, tag: int) -> bytes:
        return frame[:2] + tag.to_bytes(2, "big") + frame[4:]

    begun = [tagged(FRAGMENTS[0], tag) for tag in range(5)]
    assert up(RIOT, *begun[:4], *(tagged(frame, 0) for frame in FRAGMENTS[1:])) == [DATAGRAM]
    assert up(RIOT, *begun, *(tagged(frame, 0) for frame in FRAGMENTS[1:])) == []


@pytest.mark.parametrize("source", [ADDRESSES[:16], GLOBAL])
def test_a_damaged_header_ends_the_router_that_must_forward_it(source: bytes) -> None:
    frame = b"\x7e\x0a" + source + SITE[1:2] + SITE[13:] + bytes.fromhex("e1031e0100f3128a9f50515253")
    assert len(up(RIOT, frame)) == 1
    assert crashes(RIOT, frame) is (source == GLOBAL)


def test_what_is_cut_short_ends_the_sender() -> None:
    assert sent(RIOT, packet(17, bytes(7))).crash is not None
    assert sent(RIOT, packet(0, bytes.fromhex("11ff1e0100000000"))).crash is not None
    assert sent(RIOT, packet(17, bytes.fromhex("1633163300080000"))).crash is None


def test_the_length_of_a_tunnelled_header_counts_what_is_around_it() -> None:
    (inside,) = up(RIOT, bytes.fromhex("7e33ee7e33f3128a9f") + bytes(8))
    assert int.from_bytes(inside[44:46], "big") == 16 - 4
    (behind,) = up(RIOT, bytes.fromhex("7e33e1061e04000000007a"[:-2]) + bytes.fromhex("ee7a333a") + bytes(8))
    assert int.from_bytes(behind[52:54], "big") == 8 + 8


def test_a_group_has_a_prefix_of_64_bits_at_most() -> None:
    contexts = {1: Context(1, bytes.fromhex("20010db80001000200030004") + bytes(4), 96)}
    frame = bytes.fromhex("7abc013a3e00112233440102030405060708")
    (octets,) = up(RIOT, frame, node=Node(NODE.link, contexts))
    assert octets[24:40] == bytes.fromhex("ff3e004020010db800010002") + bytes.fromhex("33440102")
