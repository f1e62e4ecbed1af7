"""What was measured of OpenThread with frames made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, ALICE, BOB, NODE, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.openthread import OPENTHREAD
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
UNFRAGMENTED = bytes.fromhex("7a333a") + bytes(8)
SHORT = LinkAddress(b"\x12\x34")


def test_fragments_count_in_ascending_order_only() -> None:
    first, second, third, fourth = FRAGMENTS
    assert up(OPENTHREAD, *FRAGMENTS) == [DATAGRAM]
    assert up(OPENTHREAD, first, third, second, fourth) == []
    assert up(OPENTHREAD, second, third, fourth, first) == []


def test_where_every_fragment_comes_twice_the_packet_comes_up_twice() -> None:
    assert up(OPENTHREAD, *(frame for frame in FRAGMENTS for _ in range(2))) == [DATAGRAM] * 2


def test_a_later_fragment_with_offset_0_is_a_first_one() -> None:
    first, *others = FRAGMENTS
    instead = bytes((first[0] | 0x20,)) + first[1:4] + b"\0" + first[4:]
    assert up(OPENTHREAD, instead, *others) == [DATAGRAM]


def test_a_datagram_that_is_wholly_in_its_first_fragment_comes_up() -> None:
    whole = packet(58, bytes(8))
    assert up(OPENTHREAD, *fragmented(whole, "7a333a", 40)) == [whole]


@pytest.mark.parametrize(
    ("next_header", "octets", "passes"), [(58, 7, 0), (58, 8, 1), (6, 19, 0), (6, 20, 1), (59, 0, 1)]
)
def test_a_packet_that_is_too_short_for_its_transport_is_dropped(next_header: int, octets: int, passes: int) -> None:
    assert len(up(OPENTHREAD, bytes((0x7A, 0x33, next_header)) + bytes(octets))) == passes


@pytest.mark.parametrize(
    ("originator", "final", "destination", "passes"),
    [(b"\x00\x01", SHORT, SHORT, 1), (b"\x00\x01", b"\x43\x21", SHORT, 0), (ALICE, BOB, BOB, 0)],
)
def test_a_mesh_header_is_taken_with_short_addresses_and_for_us(
    originator: bytes, final: bytes, destination: LinkAddress, passes: int
) -> None:
    mesh = MeshHeader(hops_left=15, deep_hops_left=20, originator=originator, final_destination=final).encode()
    node = Node(Link(LinkAddress(b"\x00\x99"), destination))
    assert len(up(OPENTHREAD, mesh + UNFRAGMENTED, node=node)) == passes
    assert up(OPENTHREAD, mesh + b"\x41" + DATAGRAM, node=node) == []


@pytest.mark.parametrize(("depth", "passes"), [(4, 1), (5, 0)])
def test_four_headers_inside_are_taken_and_a_fifth_is_not(depth: int, passes: int) -> None:
    frame = bytes.fromhex("7e33ee" * depth + "7a333a") + bytes(8)
    assert len(up(OPENTHREAD, frame)) == passes


def test_five_headers_inside_are_sent_with_the_last_in_line() -> None:
    octets = packet(58, bytes(8))
    for _ in range(5):
        octets = packet(41, octets)
    (frame,) = sent(OPENTHREAD, octets).frames
    assert frame == bytes.fromhex("7e33ee" * 4 + "7a3329") + packet(58, bytes(8))


def test_six_octets_behind_a_length_octet_are_a_fragment_header() -> None:
    frame = bytes.fromhex("7e33e5060001deadbeeff3128a9f5051")
    (octets,) = up(OPENTHREAD, frame)
    assert octets[6] == 44
    assert octets[40:48] == bytes.fromhex("11000001deadbeef")


def test_groups_that_end_in_zeros_cannot_be_read_by_anybody() -> None:
    for group in ("ff02", "ff05"):
        octets = packet(58, bytes(8), ADDRESSES[:16] + bytes.fromhex(group) + bytes(14))
        assert sent(OPENTHREAD, octets).frames == (bytes.fromhex("7a383a") + bytes(8),)


def test_a_size_that_no_field_holds_is_cut() -> None:
    for size, said in ((2048, 0), (3000, 952)):
        frames = sent(OPENTHREAD, packet(58, bytes(size - 40))).frames
        assert int.from_bytes(frames[0][:2], "big") & 0x7FF == said


def test_padding_of_other_octets_than_zero_is_elided_too() -> None:
    hop_by_hop = bytes.fromhex("3a001e01000101ff")
    (frame,) = sent(OPENTHREAD, packet(0, hop_by_hop + bytes(8))).frames
    assert frame == bytes.fromhex("7e33e03a031e0100") + bytes(8)
    assert up(OPENTHREAD, frame) == [packet(0, hop_by_hop[:7] + b"\0" + bytes(8))]


def test_the_mesh_local_prefix_is_context_0() -> None:
    (octets,) = up(OPENTHREAD, bytes.fromhex("7a773a") + bytes(8), node=NODE)
    assert octets[8:16] == octets[24:32] == bytes.fromhex("fddead00beef0000")
