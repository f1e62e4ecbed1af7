"""What was measured of Nanostack with frames made by hand, and what its source says."""

import pytest

from interop.profiles.hand_made import ADDRESSES, ALICE, BOB, NODE, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.nanostack import NANOSTACK
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
UNFRAGMENTED = bytes.fromhex("7a333a") + bytes(8)
SHORT = LinkAddress(b"\x12\x34")
GROUP = "ff3e"


def test_fragments_come_in_any_order_and_twice() -> None:
    assert up(NANOSTACK, *reversed(FRAGMENTS)) == [DATAGRAM]
    assert up(NANOSTACK, *(frame for frame in FRAGMENTS[:3] for _ in range(2)), FRAGMENTS[3]) == [DATAGRAM]


def test_a_fragment_that_is_partly_there_begins_the_datagram_anew() -> None:
    first, second, third, fourth = FRAGMENTS
    wider = fragmented(DATAGRAM, "7a333a", 40, 80, 128, 160)
    assert up(NANOSTACK, first, second, wider[1], third, fourth) == []
    assert up(NANOSTACK, first, third, wider[1], fourth) == []
    assert up(NANOSTACK, first, third, wider[1], first, *wider[2:]) == [DATAGRAM]


def test_a_fragment_that_is_wholly_there_comes_over_the_old_octets() -> None:
    first, second, third, fourth = FRAGMENTS
    other = second[:-1] + b"\xff"
    (octets,) = up(NANOSTACK, first, second, other, third, fourth)
    assert octets == DATAGRAM[:119] + b"\xff" + DATAGRAM[120:]


def test_a_ninth_datagram_is_dropped() -> None:
    def tagged(frame: bytes, tag: int) -> bytes:
        return frame[:2] + tag.to_bytes(2, "big") + frame[4:]

    begun = [tagged(FRAGMENTS[0], tag) for tag in range(9)]
    for tag, passes in ((0, 1), (7, 1), (8, 0)):
        assert len(up(NANOSTACK, *begun, *(tagged(frame, tag) for frame in FRAGMENTS[1:]))) == passes


def test_a_later_fragment_with_offset_0_is_a_first_one() -> None:
    first, *others = FRAGMENTS
    instead = bytes((first[0] | 0x20,)) + first[1:4] + b"\0" + first[4:]
    assert up(NANOSTACK, *others, instead) == [DATAGRAM]


def test_the_source_alone_decides_what_a_short_destination_may_get() -> None:
    strange, all_ones = LinkAddress(bytes.fromhex("fffe000000000001")), LinkAddress(b"\xff\xff")
    none = LinkAddress(b"\xff\xfe")
    for source, destination, passes in (
        (strange, SHORT, 0), (strange, BOB, 1), (none, SHORT, 0), (none, BOB, 1), (all_ones, BOB, 0), (SHORT, SHORT, 1),
    ):  # fmt: skip
        assert len(up(NANOSTACK, UNFRAGMENTED, node=Node(Link(source, destination)))) == passes


def test_a_fragment_headers_reserved_octet_stays_and_six_octets_follow_it() -> None:
    (octets,) = up(NANOSTACK, bytes.fromhex("7e33e5060001deadbeeff3128a9f5051"))
    assert octets[40:48] == bytes.fromhex("11060001deadbeef")
    assert up(NANOSTACK, bytes.fromhex("7e33e40b060001deadbe")) == []


def test_the_identifiers_inside_come_from_the_header_around() -> None:
    (octets,) = up(NANOSTACK, bytes.fromhex("7e33ee7a333a") + bytes(8))
    assert octets[48:80] == octets[8:40]
    assert len(up(NANOSTACK, bytes.fromhex("7e33ee" * 12 + "7a333a") + bytes(8))) == 1


@pytest.mark.parametrize(
    ("hops", "final", "destination", "passes"),
    [
        (15, BOB, BOB, 1), (0, BOB, BOB, 0), (3, ALICE, BOB, 0), (3, SHORT, SHORT, 1), (3, b"\xff\xff", SHORT, 1),
        (3, b"\x80\x01", LinkAddress(b"\xff\xff"), 1), (3, b"\xa0\x01", LinkAddress(b"\xa0\x01"), 0),
    ],
)  # fmt: skip
def test_a_mesh_header_is_taken_for_us_for_all_and_for_groups(
    hops: int, final: bytes, destination: LinkAddress, passes: int
) -> None:
    deep = hops if hops == 15 else None
    mesh = MeshHeader(hops_left=hops, deep_hops_left=deep, originator=ALICE, final_destination=final).encode()
    node = Node(Link(LinkAddress(b"\x00\x99"), destination))
    assert len(up(NANOSTACK, mesh + UNFRAGMENTED, node=node)) == passes
    assert len(up(NANOSTACK, mesh + b"\x50\x07" + UNFRAGMENTED, node=node)) == passes
    assert up(NANOSTACK, b"\x50\x07" + UNFRAGMENTED, node=node) == []


def test_other_dispatches_and_the_other_pages_are_dropped() -> None:
    for begin in ("f1", "42", "7f80", "00"):
        assert up(NANOSTACK, bytes.fromhex(begin) + UNFRAGMENTED) == []


def test_a_packet_with_a_wrong_length_goes_uncompressed() -> None:
    octets = packet(58, bytes(8))
    wrong = octets[:5] + b"\x09" + octets[6:]
    assert sent(NANOSTACK, wrong).frames == (b"\x41" + wrong,)
    assert sent(NANOSTACK, b"\x40" + octets[1:]).refused is not None


def test_udp_with_a_wrong_length_goes_in_line() -> None:
    udp = bytes.fromhex("f0b1f0b2000d8a9f50515253")
    (frame,) = sent(NANOSTACK, packet(17, udp)).frames
    assert frame == bytes.fromhex("7a3311") + udp
    (frame,) = sent(NANOSTACK, packet(17, udp[:5] + b"\x0c" + udp[6:])).frames
    assert frame == bytes.fromhex("7e33f3128a9f50515253")


def test_a_header_inside_is_compressed_and_one_with_a_wrong_length_goes_in_line() -> None:
    inside = packet(58, bytes(8))
    assert sent(NANOSTACK, packet(41, inside)).frames == (bytes.fromhex("7e33ee7a333a") + bytes(8),)
    wrong = inside[:5] + b"\x09" + inside[6:]
    assert sent(NANOSTACK, packet(41, wrong)).frames == (bytes.fromhex("7a3329") + wrong,)


def test_mobility_goes_in_line_and_protocol_55_as_mobility() -> None:
    header = bytes.fromhex("3b00000000000000")
    assert sent(NANOSTACK, packet(135, header)).frames == (bytes.fromhex("7a3387") + header,)
    assert sent(NANOSTACK, packet(55, header)).frames == (bytes.fromhex("7e33e83b06") + header[2:],)


def test_only_the_first_of_a_packets_fragments_is_compressed() -> None:
    first, later = bytes.fromhex("3a00000100000001"), bytes.fromhex("3a00001000000001")
    assert sent(NANOSTACK, packet(44, first + bytes(8))).frames == (
        bytes.fromhex("7e33e43a000001") + bytes(3) + b"\1" + bytes(8),
    )
    assert sent(NANOSTACK, packet(44, later + bytes(8))).frames == (bytes.fromhex("7a332c") + later + bytes(8),)


def test_headers_that_do_not_fit_the_first_fragment_go_in_line() -> None:
    options = b"\x3a\x0b\x1e\x5c" + bytes(92)
    chain = b"\x3c" + options[1:] + options
    (first, *_) = sent(NANOSTACK, packet(60, chain + bytes(8)), mtu=110).frames
    assert first[4:8] == bytes.fromhex("7e33e63c")
    assert first[4 + 5 + 94 :] == b"" or first[4 + 5 + 94 :].startswith(options[:1])
    (first, *_) = sent(NANOSTACK, packet(60, chain + bytes(8)), mtu=90).frames
    assert first[4:7] == bytes.fromhex("7a333c")


def test_the_largest_datagram_has_2047_octets() -> None:
    assert sent(NANOSTACK, packet(58, bytes(2007))).frames[0][:4] == bytes.fromhex("c7ff0100")
    assert sent(NANOSTACK, packet(58, bytes(2008))).refused is not None


def test_a_group_behind_a_context_of_more_than_64_bits_goes_as_it_is() -> None:
    prefix = bytes.fromhex("20010db800010002")
    for length, octets in ((64, 6), (80, 16)):
        contexts = {1: Context(1, prefix + bytes(8), length)}
        group = bytes.fromhex(GROUP) + bytes((0, length)) + prefix + bytes.fromhex("01020304")
        (frame,) = sent(NANOSTACK, packet(58, bytes(8), ADDRESSES[:16] + group), node=Node(NODE.link, contexts)).frames
        assert len(frame) == 2 + (octets == 6) + 1 + octets + 8
        assert up(NANOSTACK, frame, node=Node(NODE.link, contexts)) == [packet(58, bytes(8), ADDRESSES[:16] + group)]


def test_the_context_that_spares_the_most_is_taken() -> None:
    prefix = bytes.fromhex("20010db800010002")
    contexts = {3: Context(3, prefix + bytes.fromhex("0011223344556600"), 120), 5: Context(5, prefix + bytes(8), 64)}
    node = Node(NODE.link, contexts)
    octets = packet(58, bytes(8), prefix + ADDRESSES[8:16] + ADDRESSES[16:])
    (frame,) = sent(NANOSTACK, octets, node=node).frames
    assert frame == bytes.fromhex("7af3503a") + bytes(8)
    octets = packet(58, bytes(8), prefix + bytes.fromhex("0011223344556677") + ADDRESSES[16:])
    (frame,) = sent(NANOSTACK, octets, node=node).frames
    assert frame == bytes.fromhex("7ae3303a6677") + bytes(8)
