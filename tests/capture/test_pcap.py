import io
import struct

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.pcap import LARGEST_FRAME, PcapFile, PcapWriter

FRAMES = [(1_700_000_000, 123_456, b"\x41\x88abcdef"), (1_700_000_001, 0, b""), (4_294_967_295, 999_999, b"z" * 127)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
def test_all_four_magics_give_the_same_frames(pcap_octets, collected, order, magic, unit):
    frames, error = collected(pcap_octets(FRAMES, order=order, magic=magic))
    assert error is None
    assert [frame.number for frame in frames] == [1, 2, 3]
    assert [frame.octets for frame in frames] == [octets for _, _, octets in FRAMES]
    assert [frame.time_ns for frame in frames] == [s * 10**9 + f * unit for s, f, _ in FRAMES]
    assert {frame.link_type for frame in frames} == {195}


def test_a_frame_cut_by_the_snap_length_shows_what_is_missing(pcap_octets, collected):
    frames, _ = collected(pcap_octets([(1, 2, b"abcd", 120)], snap=4))
    assert (frames[0].octets, frames[0].original_length, frames[0].missing) == (b"abcd", 120, 116)


@pytest.mark.parametrize("snap", [0, 1, 0xFFFFFFFF])
def test_the_snap_length_of_the_file_header_refuses_nothing(pcap_octets, collected, snap):
    frames, error = collected(pcap_octets(FRAMES, snap=snap))
    assert (len(frames), error) == (3, None)


@pytest.mark.parametrize(
    ("network", "link_type", "fcs_octets"),
    [
        (195, 195, None),
        (0x24000000 | 195, 195, 4),  # P bit, two words of 16 bits
        (0x14000000 | 1, 1, 2),
        (0x04000000 | 195, 195, 0),
        (0x20000000 | 195, 195, None),  # a length without the P bit says nothing
        (0x00010000 | 195, 0x000100C3, None),  # reserved bits must be zero: this is no link type
    ],
)
def test_the_link_type_field_carries_the_length_of_the_fcs(pcap_octets, collected, network, link_type, fcs_octets):
    frames, _ = collected(pcap_octets(FRAMES[:1], network=network))
    assert (frames[0].link_type, frames[0].fcs_octets) == (link_type, fcs_octets)


def test_a_file_that_ends_at_any_octet_gives_its_whole_frames_and_then_says_where_it_ends(pcap_octets, collected):
    whole = pcap_octets(FRAMES)
    boundaries = [24, 24 + 16 + 8, 24 + 16 + 8 + 16, len(whole)]
    for size in range(4, len(whole)):
        frames, error = collected(whole[:size])
        complete = sum(size >= end for end in boundaries[1:])
        assert len(frames) == complete
        if size in boundaries:
            assert error is None
        else:
            assert (error.layer, error.offset, error.reason) == ("pcap", size, Reason.TRUNCATED)
            assert size < 24 or f"frame {complete + 1}" in error.detail


def test_a_record_of_impossible_length_is_damage_at_its_offset_and_not_memory(pcap_octets, collected):
    damaged = pcap_octets(FRAMES[:1]) + struct.pack("<IIII", 1, 1, LARGEST_FRAME + 1, 8)
    frames, error = collected(damaged)
    assert len(frames) == 1
    assert (error.offset, error.reason) == (48, Reason.BAD_CAPTURE)


def test_the_largest_frame_is_read(pcap_octets, collected):
    frames, error = collected(pcap_octets([(1, 1, bytes(LARGEST_FRAME))]))
    assert (len(frames[0].octets), error) == (LARGEST_FRAME, None)


def test_another_format_version_is_refused(pcap_octets, collected):
    _, error = collected(pcap_octets(FRAMES, version=(3, 0)))
    assert (error.offset, error.reason) == (4, Reason.BAD_CAPTURE)
    assert "version 3" in error.detail


@pytest.mark.parametrize(("nanoseconds", "unit"), [(False, 1000), (True, 1)])
def test_what_is_written_is_read_again(collected, nanoseconds, unit):
    stream = io.BytesIO()
    writer = PcapWriter(stream, 229, nanoseconds=nanoseconds)
    writer.write(b"first", 1_700_000_000_123_456_789)
    writer.write(b"second", 5, original_length=60)
    frames, error = collected(stream.getvalue())
    assert error is None
    assert [frame.octets for frame in frames] == [b"first", b"second"]
    assert [frame.time_ns for frame in frames] == [1_700_000_000_123_456_789 // unit * unit, 5 // unit * unit]
    assert [frame.original_length for frame in frames] == [5, 60]
    assert [frame.link_type for frame in frames] == [229, 229]


def test_a_snap_length_cuts_what_is_written(collected):
    stream = io.BytesIO()
    PcapWriter(stream, 195, snap_length=4).write(b"abcdef", 0)
    frames, _ = collected(stream.getvalue())
    assert (frames[0].octets, frames[0].missing) == (b"abcd", 2)


def test_a_file_of_its_own_is_closed_and_complete(tmp_path):
    with PcapFile(str(tmp_path / "out.pcap"), 230) as writer:
        writer.write(b"frame", 1_000)
    with open_capture(str(tmp_path / "out.pcap")) as capture:
        assert [frame.octets for frame in capture] == [b"frame"]


@pytest.mark.parametrize("arguments", [{"link_type": 1 << 16}, {"link_type": -1}, {"link_type": 1, "snap_length": 0}])
def test_a_file_header_that_cannot_be_is_the_callers_mistake(arguments):
    with pytest.raises(UsageError):
        PcapWriter(io.BytesIO(), **arguments)


@pytest.mark.parametrize(
    ("octets", "time_ns", "original"), [(b"a", -1, None), (b"a", 1 << 63, None), (b"abc", 0, 2), (b"a", 0, 1 << 32)]
)
def test_a_record_that_cannot_be_is_the_callers_mistake_and_writes_nothing(octets, time_ns, original):
    stream = io.BytesIO()
    writer = PcapWriter(stream, 195)
    with pytest.raises(UsageError):
        writer.write(octets, time_ns, original)
    assert len(stream.getvalue()) == 24
