"""What was measured of ns-3 with frames and packets made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.ns3 import NS3, NS3_UL
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)


def test_fragments_come_in_any_order_twice_and_interleaved() -> None:
    assert up(NS3_UL, *reversed(FRAGMENTS)) == [DATAGRAM]
    assert up(NS3_UL, *(frame for frame in FRAGMENTS[:3] for _ in range(2)), FRAGMENTS[3]) == [DATAGRAM]
    other = [frame[:3] + b"\x99" + frame[4:] for frame in FRAGMENTS]
    assert up(NS3_UL, *(frame for pair in zip(FRAGMENTS, other, strict=True) for frame in pair)) == [DATAGRAM] * 2


def test_fragments_that_overlap_end_the_simulation() -> None:
    wider = fragmented(DATAGRAM, "7a333a", 40, 80, 128, 160)
    assert crashes(NS3_UL, FRAGMENTS[0], wider[1], *FRAGMENTS[2:])
    assert crashes(NS3_UL, *FRAGMENTS[:2], wider[1])


def test_a_broadcast_header_alone_is_read() -> None:
    assert len(up(NS3_UL, bytes.fromhex("50077a333a") + bytes(8))) == 1


def test_six_octets_behind_a_length_octet_are_a_fragment_header() -> None:
    (octets,) = up(NS3_UL, bytes.fromhex("7e33e5060001deadbeeff3128a9f5051"))
    assert octets[6] == 44
    assert octets[40:48] == bytes.fromhex("11000001deadbeef")


def test_a_compressed_header_that_goes_on_in_the_next_fragment_ends_the_simulation() -> None:
    assert crashes(NS3_UL, bytes.fromhex("c06400077e33e140") + bytes(8))


@pytest.mark.parametrize(("behind", "ends"), [(9, True), (10, False)])
def test_a_stateful_group_is_read_as_16_octets(behind: int, ends: bool) -> None:
    frame = bytes.fromhex("7abc113a3e0001020304") + bytes(behind)
    node = Node(NODE.link, {1: Context(1, bytes.fromhex("20010db8") + bytes(12), 64)})
    assert crashes(NS3_UL, frame) is ends
    assert len(up(NS3_UL, frame, node=node)) == (not ends)


def test_behind_a_stateful_group_ten_octets_are_zero() -> None:
    node = Node(NODE.link, {1: Context(1, bytes.fromhex("20010db8aaaa0001") + bytes(8), 64)})
    group = bytes.fromhex("ff3e004020010db8aaaa000101020304")
    (frame,) = sent(NS3_UL, packet(58, bytes(range(1, 17)), ADDRESSES[:16] + group), node=node).frames
    assert frame == bytes.fromhex("7abc013a3e0001020304") + bytes(10) + bytes(range(11, 17))


def test_a_tunnelled_header_is_sent_without_its_announcement() -> None:
    (frame,) = sent(NS3_UL, packet(41, packet(58, bytes(8)))).frames
    assert frame == bytes.fromhex("7e337a333a") + bytes(8)


def test_as_shipped_an_identifier_is_the_address_as_it_is() -> None:
    (octets,) = up(NS3, bytes.fromhex("7a333a") + bytes(8))
    assert octets[16:24] == NODE.link.source
    assert sent(NS3, octets).frames == (bytes.fromhex("7a333a") + bytes(8),)
    assert sent(NS3_UL, octets).frames != sent(NS3, octets).frames
