"""Headers in front of a datagram, fragments and their reassembly: the C core beside the Python reference."""

import ctypes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bound_core import FRONT, REASONS, Address, Sending, compiled, ends_of
from core.bound_level import Build, Layer
from core.corpora import packets, requests
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.fragmenter import CannotFragment, fragment
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Duplicate, Pending
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.fragment import SubsequentFragment
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.stack import read_stack

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
ELSEWHERE = (Dispatch.HC1, Dispatch.ESCAPE, Dispatch.PAGE_SWITCH)
MTUS = st.integers(min_value=0, max_value=140)


class Front(ctypes.Structure):
    _fields_ = (
        *FRONT,
        ("hops_left", ctypes.c_int16),
        ("sequence", ctypes.c_int16),
        ("has_deep_hops", ctypes.c_uint8),
    )


@pytest.fixture(scope="module")
def core(tmp_path_factory) -> ctypes.CDLL:
    return compiled(tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="module")
def level_5(tmp_path_factory) -> tuple[Build, ctypes.CDLL]:
    return Build(5), Build(5).compiled(tmp_path_factory.mktemp("level"))


def octets_of(address: Address) -> bytes:
    return bytes(address.octets[: address.size])


def front_of(core: ctypes.CDLL, frame: bytes) -> tuple[object, ...]:
    front = Front(link=ends_of(LINK))
    reason = core.p6_read_front(frame, ctypes.c_size_t(len(frame)), ctypes.byref(front))
    if reason:
        return REASONS[reason], front.at
    fragmented = (front.size, front.tag, front.offset if front.is_subsequent else 0) if front.size else None
    ends = octets_of(front.link.source), octets_of(front.link.destination)
    return front.at, fragmented, *ends, front.hops_left, front.sequence


def front_in_python(frame: bytes) -> tuple[object, ...]:
    try:
        stack = read_stack(frame, LINK)
    except Malformed as error:
        return error.reason, error.offset
    if stack.kind is Dispatch.HC1 or any(
        type(placed.header).__name__ not in ("MeshHeader", "BroadcastHeader", "FirstFragment", "SubsequentFragment")
        for placed in stack.headers
    ):
        return Reason.UNSUPPORTED, None
    first = stack.fragment
    fragmented = (first.datagram_size, first.datagram_tag, first.offset) if first else None
    mesh = next((each.header for each in stack.headers if isinstance(each.header, MeshHeader)), None)
    flood = next((each.header for each in stack.headers if isinstance(each.header, BroadcastHeader)), None)
    hops = -1 if mesh is None else mesh.hops_left if mesh.deep_hops_left is None else mesh.deep_hops_left
    ends = bytes(stack.link.source), bytes(stack.link.destination)
    return stack.at, fragmented, *ends, hops, flood.sequence_number if flood else -1


def read_alike(core: ctypes.CDLL, frame: bytes) -> None:
    ours, theirs = front_of(core, frame), front_in_python(frame)
    if ours[0] is Reason.UNSUPPORTED:  # RFC 8025, 8066, 8138, 8931 and HC1 are the Python's alone
        return
    assert ours == theirs, frame.hex()


FRONT_OCTETS = st.sampled_from([0x80, 0x8F, 0xB0, 0xBF, 0x9F, 0x50, 0xC0, 0xC4, 0xE0, 0xE5, 0x41, 0x60, 0x7A, 0, 5, 40])


@settings(max_examples=600, deadline=None)
@given(st.lists(FRONT_OCTETS | st.integers(0, 255), max_size=40).map(bytes))
def test_any_octets_in_front_are_read_or_refused_alike(core: ctypes.CDLL, frame: bytes) -> None:
    read_alike(core, frame)


def test_the_front_of_every_frame_of_the_corpora_is_read_alike_whole_and_cut(core: ctypes.CDLL) -> None:
    for request in requests("decode"):
        for frame in request.frames:
            for cut in (*range(min(len(frame), 25)), len(frame)):
                read_alike(core, frame[:cut])


def in_fragments(
    core: ctypes.CDLL, headers: bytes, covered: int, packet: bytes, mtu: int
) -> tuple[bytes, ...] | Reason:
    sending = Sending(headers, packet, len(headers), covered, len(packet), 0, 7)
    out, length, frames = ctypes.create_string_buffer(max(mtu, 1)), ctypes.c_size_t(), []
    while True:
        reason = core.p6_next_frame(ctypes.byref(sending), out, ctypes.c_size_t(mtu), ctypes.byref(length))
        if reason:
            return REASONS[reason]
        if not length.value:
            return tuple(frames)
        frames.append(out.raw[: length.value])


@settings(max_examples=400, deadline=None)
@given(st.binary(min_size=1, max_size=300), st.integers(1, 60), st.integers(0, 60), MTUS)
def test_datagrams_are_split_alike(core: ctypes.CDLL, packet: bytes, headers: int, covered: int, mtu: int) -> None:
    covered = min(covered, len(packet))
    head = bytes(range(0x60, 0x60 + headers))
    try:
        expected: tuple[bytes, ...] | Reason = fragment(head, covered, packet, mtu, 7)
    except CannotFragment as error:
        expected = error.reason
    assert in_fragments(core, head, covered, packet, mtu) == expected


def test_a_datagram_that_no_size_field_holds_is_refused(core: ctypes.CDLL) -> None:
    assert in_fragments(core, b"\x41", 0, bytes(2047), 100)
    assert in_fragments(core, b"\x41", 0, bytes(2048), 100) is Reason.TOO_BIG


PACKET = b"\x60" + bytes(3) + (160).to_bytes(2, "big") + b"\xff\x40" + bytes(range(192))
FRAMES = fragment(b"\x41", 0, PACKET, 64, 7)
PIECES = [
    (header.offset, rest) if isinstance(header, SubsequentFragment) else (0, rest[1:])
    for header, rest in ((read_stack(frame, LINK).fragment, frame[read_stack(frame, LINK).at :]) for frame in FRAMES)
]


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[int, int, bytes]]:
    """Fragments of two datagrams of one packet in any order, some twice, changed, out of place or cut otherwise."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        tag, (offset, octets) = draw(st.integers(1, 2)), draw(st.sampled_from(PIECES))
        match draw(st.integers(0, 10)):
            case 0:
                octets = octets[: draw(st.integers(0, len(octets)))]
            case 1:
                offset += 8
            case 2:
                octets = octets[:-1] + bytes((octets[-1] ^ 1,))
            case 3:
                offset = draw(st.integers(0, len(PACKET) // 8 - 1)) * 8
                octets = PACKET[offset : offset + draw(st.integers(1, 6)) * 8]
        found.append((tag, offset, octets))
    return found


def framed(tag: int, offset: int, octets: bytes, size: int) -> bytes:
    if offset == 0:
        return (0xC000 | size).to_bytes(2, "big") + tag.to_bytes(2, "big") + b"\x41" + octets
    return SubsequentFragment(datagram_size=size, datagram_tag=tag, datagram_offset=offset // 8).encode() + octets


@settings(max_examples=400, deadline=None)
@given(arrivals())
def test_fragments_in_any_order_give_what_the_python_gives(level_5, sent: list[tuple[int, int, bytes]]) -> None:
    layer, python = Layer(*level_5, {}, in_place=False, buffers=8), Reassembler(of_level(5).limits)
    for now, (tag, offset, octets) in enumerate(sent):
        key = DatagramKey(LINK.source, LINK.destination, len(PACKET), tag)
        ours = layer.receive(now, framed(tag, offset, octets, len(PACKET)), LINK)
        outcomes = python.add(now * 1000, key, offset, octets)
        *before, last = outcomes
        match last:
            case DatagramDropped():
                assert (ours.reason, ours.packet) == (last.reason, None)
            case Duplicate():
                assert (ours.reason, ours.packet) == (Reason.DUPLICATE, None)
            case Complete() if last.datagram[:6] == PACKET[:6]:
                assert ours.packet == last.datagram
            case Pending():
                assert ours.packet is None
                assert ours.reason is (before[-1].reason if before else None)


def test_a_datagram_is_given_up_for_time_and_for_room(level_5) -> None:
    layer = Layer(*level_5, {}, in_place=False, buffers=2)
    first, second = FRAMES[:2]
    assert layer.receive(0, first, LINK) == (None, 4, None, None)
    assert layer.receive(59_999, second, LINK).reason is None
    assert layer.receive(60_000, second, LINK).reason is None, "a new datagram: the old one's time is up"
    other = first[:2] + b"\0\x08" + first[4:]
    assert layer.receive(60_001, other, LINK).reason is None
    third = first[:2] + b"\0\x09" + first[4:]
    assert layer.receive(60_002, third, LINK).reason is Reason.REASSEMBLY_FULL
    results = [layer.receive(60_003, frame, LINK) for frame in FRAMES]
    assert results[0].reason is Reason.REASSEMBLY_FULL, "the oldest, tag 7, has gone"
    assert results[-1].packet == PACKET


def test_a_complete_datagram_is_remembered_for_five_seconds_or_until_its_buffer_is_needed(level_5) -> None:
    layer = Layer(*level_5, {}, in_place=False, buffers=2)
    assert [layer.receive(0, frame, LINK).packet for frame in FRAMES][-1] == PACKET
    assert [layer.receive(4_999, frame, LINK).reason for frame in FRAMES] == [Reason.DUPLICATE] * len(FRAMES)
    results = [layer.receive(5_000, frame, LINK) for frame in FRAMES]
    assert (results[0].reason, results[-1].packet) == (None, PACKET), "the tag is used again"
    for tag in (8, 9):
        assert layer.receive(5_001, FRAMES[0][:2] + bytes((0, tag)) + FRAMES[0][4:], LINK).reason is None
    assert layer.receive(5_002, FRAMES[0], LINK).reason is Reason.REASSEMBLY_FULL


def test_every_packet_of_the_corpora_goes_through_a_network_of_the_core(level_5) -> None:
    for packet, link, contexts in packets()[::11]:
        if len(packet) <= 1280:
            frames = Layer(*level_5, contexts, in_place=False).send(packet, link, 5, 90)
            receiver = Layer(*level_5, contexts, in_place=True)
            assert [each.packet for frame in frames if (each := receiver.receive(0, frame, link)).packet] == [packet]
