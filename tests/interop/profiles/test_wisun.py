"""What was measured of wsbrd and wsrd with frames made by hand."""

import pytest

from interop.profiles.hand_made import ADDRESSES, ALICE, BOB, GLOBAL, NODE, crashes, fragmented, packet, sent, up
from p6lowpan.interop.node import Node
from p6lowpan.interop.profiles.wisun import WSBRD, WSRD
from p6lowpan.interop.stack import Stack
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context

DATAGRAM = packet(58, bytes(range(160)))
FRAGMENTS = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 160)
UNFRAGMENTED = bytes.fromhex("7a333a") + bytes(8)
SHORT = LinkAddress(b"\x12\x34")
SITE = Node(NODE.link, {0: Context(0, GLOBAL[:8] + bytes(8), 64)})
both = pytest.mark.parametrize("stack", [WSBRD, WSRD])


@both
def test_fragments_come_in_any_order_and_twice(stack: Stack) -> None:
    assert up(stack, *reversed(FRAGMENTS)) == [DATAGRAM]
    assert up(stack, *(frame for frame in FRAGMENTS[:3] for _ in range(2)), FRAGMENTS[3]) == [DATAGRAM]


@pytest.mark.parametrize(("stack", "passes"), [(WSBRD, 0), (WSRD, 1)])
def test_the_router_takes_fragments_that_overlap(stack: Stack, passes: int) -> None:
    first, second, third, fourth = FRAGMENTS
    wider = fragmented(DATAGRAM, "7a333a", 40, 80, 128, 160)
    assert len(up(stack, first, second, wider[1], third, fourth)) == passes


def test_the_border_router_drops_a_fragment_that_is_no_multiple_of_8() -> None:
    odd = fragmented(DATAGRAM, "7a333a", 40, 80, 120, 155)
    assert up(WSBRD, odd[0], odd[1], odd[2], *FRAGMENTS[2:]) == [DATAGRAM]
    assert up(WSBRD, *odd[:3], FRAGMENTS[3]) == []


@both
@pytest.mark.parametrize(
    "frame", ["7ab3003a", "7a773a", "7a433a", "7a753a0102030405060708", "7abc003a3e00112233441122"]
)
def test_what_names_or_uses_a_context_is_dropped(stack: Stack, frame: str) -> None:
    assert up(stack, bytes.fromhex(frame) + bytes(8), node=SITE) == []


@both
def test_headers_inside_have_no_contexts_either(stack: Stack) -> None:
    assert len(up(stack, bytes.fromhex("7e33ee" * 12 + "7a333a") + bytes(8), node=SITE)) == 1
    assert up(stack, bytes.fromhex("7e33ee7a773a") + bytes(8), node=SITE) == []


@both
def test_contexts_are_not_used_on_sending(stack: Stack) -> None:
    octets = packet(58, bytes(8), GLOBAL[:8] + ADDRESSES[8:])
    assert sent(stack, octets, node=SITE).frames == (bytes.fromhex("7a033a") + octets[8:24] + bytes(8),)


@pytest.mark.parametrize(("stack", "frame"), [(WSBRD, "7a433a"), (WSRD, "7a033a" + "00" * 16)])
def test_the_unspecified_source_is_elided_by_the_border_router_which_drops_it(stack: Stack, frame: str) -> None:
    octets = packet(58, bytes(8), bytes(16) + ADDRESSES[16:])
    assert sent(stack, octets).frames == (bytes.fromhex(frame) + bytes(8),)
    assert up(WSBRD, sent(WSBRD, octets).frames[0]) == []


@pytest.mark.parametrize(("source", "destination"), [(SHORT, BOB), (ALICE, SHORT), (SHORT, SHORT)])
def test_the_router_has_no_short_addresses(source: LinkAddress, destination: LinkAddress) -> None:
    node = Node(Link(source, destination))
    assert len(up(WSBRD, UNFRAGMENTED, node=node)) == 1
    assert up(WSRD, UNFRAGMENTED, node=node) == []


@both
def test_nobody_sends_from_a_short_address(stack: Stack) -> None:
    assert sent(stack, packet(58, bytes(8)), node=Node(Link(SHORT, BOB))).refused is not None


def test_the_router_takes_no_uncompressed_packet() -> None:
    octets = packet(58, bytes(8))
    assert up(WSBRD, b"\x41" + octets) == [octets]
    assert up(WSRD, b"\x41" + octets) == []
    wrong = octets[:5] + b"\x09" + octets[6:]
    assert sent(WSBRD, wrong).frames == (b"\x41" + wrong,)
    assert sent(WSRD, wrong).refused is not None


@both
def test_there_is_no_mesh_header_nor_another_page(stack: Stack) -> None:
    for begin in ("b300010002", "5007", "f1"):
        assert up(stack, bytes.fromhex(begin) + UNFRAGMENTED) == []


@pytest.mark.parametrize(
    ("group", "frame"),
    [
        ("ff05000000000000000000123456789a", "7a3a3a0556789a"),
        ("ff020000000000000000000000010002", "7a3b3a02"),
        ("ff0200000000000000000001ff000002", "7a3a3a02000002"),
        ("ff02000000000000000000000000001a", "7a3b3a1a"),
        ("ff05000000000000000000000001a003", "7a3a3a0501a003"),
        ("ff050001000000000000000000000001", "7a383aff050001000000000000000000000001"),
    ],
)
def test_the_router_loses_octets_of_groups(group: str, frame: str) -> None:
    octets = packet(58, bytes(8), ADDRESSES[:16] + bytes.fromhex(group))
    assert sent(WSRD, octets).frames == (bytes.fromhex(frame) + bytes(8),)
    (read,) = up(WSBRD, *sent(WSBRD, octets).frames)
    assert read == octets


def test_a_udp_length_in_line_is_written_anew() -> None:
    (octets,) = up(WSRD, bytes.fromhex("7a3311f0b1f0b2000d8a9f50515253"))
    assert octets[44:48] == bytes.fromhex("000c8a9f")
    (octets,) = up(WSRD, bytes.fromhex("7a3311f0b1f0b2ffff000050515253"))
    assert octets[44:48] == bytes.fromhex("000c8a9f")


def test_a_header_in_line_that_is_cut_aborts_unless_it_came_in_fragments() -> None:
    assert crashes(WSRD, bytes.fromhex("7a332960") + bytes(30))
    assert crashes(WSRD, bytes.fromhex("7a33003a01") + bytes(8))
    assert not crashes(WSRD, bytes.fromhex("7a333c3a01") + bytes(8))
    assert not crashes(WSBRD, bytes.fromhex("7a332960") + bytes(30))
    cut = packet(0, b"\x3a\xff" + bytes(158))
    assert up(WSRD, *fragmented(cut, "7a3300", 40, 80)) == [cut]


def test_a_udp_length_past_the_end_aborts_the_routers_sender() -> None:
    octets = packet(17, bytes.fromhex("f0b1f0b2000d8a9f50515253"))
    assert sent(WSRD, octets).crash is not None
    assert sent(WSBRD, octets).frames == (bytes.fromhex("7a3311") + octets[40:],)


def test_the_router_never_fragments() -> None:
    (frame,) = sent(WSRD, packet(58, bytes(1240))).frames
    assert frame == bytes.fromhex("7a333a") + bytes(1240)
    assert sent(WSBRD, packet(58, bytes(1240))).frames[0][:4] == bytes.fromhex("c5000100")
    assert sent(WSBRD, packet(58, bytes(2008))).refused is not None


def test_behind_a_fragment_header_the_router_has_everything_in_line() -> None:
    chain = bytes.fromhex("1100000100000001") + bytes.fromhex("f0b1f0b2000c8a9f50515253")
    (frame,) = sent(WSRD, packet(44, chain)).frames
    assert frame == bytes.fromhex("7e33e4") + chain
    assert up(WSRD, frame) == [packet(44, chain)]
    assert up(WSRD, *sent(WSBRD, packet(44, chain)).frames) == []


@both
def test_mobility_is_right_in_the_router_and_55_in_the_border_router(stack: Stack) -> None:
    (octets,) = up(stack, bytes.fromhex("7e33e83b06000000000000"))
    assert octets[6] == (135 if stack is WSRD else 55)
