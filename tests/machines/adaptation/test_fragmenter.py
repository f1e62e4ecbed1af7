"""Splitting datagrams, RFC 4944 section 5.3."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.fragmenter import CannotFragment, fragment
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.timeline import Complete, DatagramKey, Outcome, Pending
from p6lowpan.wire.address import LinkAddress

ALICE, BOB = LinkAddress(b"\0\1"), LinkAddress(b"\0\2")
UNCOMPRESSED = b"\x41"


def datagram(size: int) -> bytes:
    return bytes((size + 7 * i + i // 256) % 256 for i in range(size))


def read(frame: bytes) -> tuple[str, int, int, int, bytes]:
    """Kind, size, tag, offset in octets, and what is behind the header: read from the figures of RFC 4944 5.3."""
    bits = int.from_bytes(frame[:4], "big")
    kind = {0b11000: "first", 0b11100: "subsequent"}[bits >> 27]
    size, tag = bits >> 16 & 0x7FF, bits & 0xFFFF
    return (kind, size, tag, 0, frame[4:]) if kind == "first" else (kind, size, tag, 8 * frame[4], frame[5:])


def reassembled(frames: tuple[bytes, ...], compressed: bytes, covered: bytes) -> bytes:
    """What a receiver makes of it who knows that ``compressed`` stands for ``covered``."""
    reassembler = Reassembler(RFC6282)
    outcomes: list[Outcome] = []
    for now, frame in enumerate(frames):
        kind, size, tag, offset, octets = read(frame)
        if kind == "first":
            assert octets.startswith(compressed)
            octets = covered + octets[len(compressed) :]
        outcomes += reassembler.add(now, DatagramKey(ALICE, BOB, size, tag), offset, octets)
    *others, last = outcomes
    assert all(isinstance(outcome, Pending) for outcome in others)
    assert isinstance(last, Complete)
    return last.datagram


def check(compressed: bytes, covered: int, whole: bytes, mtu: int) -> tuple[bytes, ...]:
    """The frames, after looking at every rule of the section."""
    frames = fragment(compressed, covered, whole, mtu, 0xBEEF)
    assert max(map(len, frames)) <= mtu
    if len(frames) == 1:
        assert frames == (compressed + whole[covered:],)
        return frames
    parts = [read(frame) for frame in frames]
    assert [part[0] for part in parts] == ["first"] + ["subsequent"] * (len(parts) - 1)
    assert {part[1:3] for part in parts} == {(len(whole), 0xBEEF)}
    lengths = [covered + len(frames[0]) - 4 - len(compressed), *(len(frame) - 5 for frame in frames[1:])]
    assert all(length > 0 for length in lengths)
    assert all(length % 8 == 0 for length in lengths[:-1])
    assert reassembled(frames, compressed, whole[:covered]) == whole
    return frames


@pytest.mark.parametrize("mtu", range(16, 128))
def test_every_frame_size_carries_every_datagram(mtu: int) -> None:
    for size in (*range(41, 2048, 97), mtu - 1, mtu, mtu + 1, 1280, 2040, 2041, 2047):
        check(UNCOMPRESSED, 0, datagram(size), mtu)


@pytest.mark.parametrize("size", [101, 102, 103, 1280, 2047])
@pytest.mark.parametrize(("compressed", "covered"), [(3, 40), (8, 48), (9, 40), (26, 40), (60, 96), (41, 40)])
def test_compressed_headers_shift_where_the_frames_end(size: int, compressed: int, covered: int) -> None:
    check(bytes(compressed), covered, datagram(size), 102)


def test_the_first_fragment_holds_what_fits_behind_its_headers() -> None:
    first, second = fragment(bytes(8), 48, datagram(160), 102, 1)
    assert read(first) == ("first", 160, 1, 0, bytes(8) + datagram(160)[48:136])
    assert read(second) == ("subsequent", 160, 1, 136, datagram(160)[136:])


@pytest.mark.parametrize(("size", "frames"), [(101, 1), (102, 2), (96 + 97, 2), (96 + 98, 3)])
def test_a_frame_is_filled_to_its_last_octet_before_another_begins(size: int, frames: int) -> None:
    assert len(check(UNCOMPRESSED, 0, datagram(size), 102)) == frames


def test_headers_that_end_on_a_boundary_may_fill_the_first_fragment_alone() -> None:
    first, *_ = check(bytes(98), 48, datagram(100), 102)
    assert read(first)[4] == bytes(98)


@pytest.mark.parametrize(
    ("compressed", "covered", "mtu"),
    [
        (99, 48, 102),  # compressed headers longer than the frame
        (97, 46, 102),  # headers end off a boundary, two octets would reach it, one fits
        (1, 0, 12),  # seven octets behind the dispatch: no multiple of 8 but none
        (5, 40, 12),  # the first fragment would do, but a subsequent one holds seven octets
        (1, 0, 0),
    ],
)
def test_frames_that_are_too_short_are_refused_by_name(compressed: int, covered: int, mtu: int) -> None:
    with pytest.raises(CannotFragment) as caught:
        fragment(bytes(compressed), covered, datagram(200), mtu, 0)
    assert caught.value.reason is Reason.NO_ROOM


@pytest.mark.parametrize(("compressed", "covered", "mtu"), [(98, 48, 102), (96, 46, 102), (1, 0, 13), (5, 40, 13)])
def test_frames_that_just_suffice_are_used(compressed: int, covered: int, mtu: int) -> None:
    check(bytes(compressed), covered, datagram(200), mtu)


def test_the_largest_datagram_is_split_and_one_octet_more_is_refused_by_name() -> None:
    assert len(check(UNCOMPRESSED, 0, datagram(2047), 102)) > 1
    with pytest.raises(CannotFragment) as caught:
        fragment(UNCOMPRESSED, 0, datagram(2048), 102, 0)
    assert caught.value.reason is Reason.TOO_BIG


def test_a_frame_that_holds_everything_needs_no_fragment_whatever_the_size() -> None:
    assert fragment(UNCOMPRESSED, 0, datagram(3000), 3001, 0) == (UNCOMPRESSED + datagram(3000),)


@pytest.mark.parametrize(("covered", "tag"), [(-1, 0), (201, 0), (0, -1), (0, 0x10000)])
def test_what_cannot_be_is_our_callers_mistake(covered: int, tag: int) -> None:
    with pytest.raises(UsageError):
        fragment(UNCOMPRESSED, covered, datagram(200), 102, tag)


@pytest.mark.parametrize("tag", [0, 0xFFFF])
def test_the_tag_reaches_its_ends(tag: int) -> None:
    assert {read(frame)[2] for frame in fragment(UNCOMPRESSED, 0, datagram(200), 102, tag)} == {tag}


@cache
def fewest(position: int, size: int, mtu: int) -> int:
    """The fewest subsequent fragments for what is left, found by trying every length."""
    if position == size:
        return 0
    lengths = [length for length in range(1, mtu - 4) if length % 8 == 0 or position + length == size]
    return 1 + min(fewest(position + length, size, mtu) for length in lengths if position + length <= size)


@given(st.integers(1, 30), st.integers(0, 60), st.integers(60, 160), st.integers(13, 60))
def test_no_other_way_to_split_takes_fewer_octets(compressed: int, covered: int, size: int, mtu: int) -> None:
    ends = [end for end in range(8, size, 8) if covered <= end and 4 + compressed + end - covered <= mtu]
    if compressed + size - covered <= mtu:
        assert len(check(bytes(compressed), covered, datagram(size), mtu)) == 1
    elif not ends:
        with pytest.raises(CannotFragment):
            fragment(bytes(compressed), covered, datagram(size), mtu, 0)
    else:
        frames = check(bytes(compressed), covered, datagram(size), mtu)
        assert len(frames) == 1 + min(fewest(end, size, mtu) for end in ends)
