"""A tap in a pipe: whoever reads gets whole frames from then on, and holds up nobody."""

import os

import pytest

from p6lowpan.capture.files import open_capture
from p6lowpan.drivers.tap import PcapTap

FRAME = bytes.fromhex("41d801cdabffff0100000000000000021122")


def read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 1 << 20)
    except BlockingIOError:
        return b""


def test_frames_go_to_whoever_reads_and_to_the_next_reader_with_a_header_of_its_own(tmp_path):
    path = tmp_path / "tap"
    os.mkfifo(path)
    tap = PcapTap(str(path))
    tap.write(FRAME)  # nobody reads yet
    assert tap.frames == 0
    for frames in (2, 4):
        pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        tap.write(FRAME)
        tap.write(FRAME)
        captured = tmp_path / f"{frames}.pcap"
        captured.write_bytes(read(pipe))
        with open_capture(str(captured)) as capture:
            assert [frame.octets[:-2] for frame in capture] == [FRAME, FRAME]
        assert tap.frames == frames
        os.close(pipe)
        tap.write(FRAME)  # the reader has gone
    tap.close()
    tap.close()


def test_a_reader_that_does_not_read_misses_frames_and_nobody_waits(tmp_path):
    path = tmp_path / "tap"
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    tap = PcapTap(str(path))
    for _ in range(5000):
        tap.write(bytes(100))
    assert tap.missed > 0
    assert tap.frames + tap.missed == 5000
    tap.close()
    os.close(pipe)


def test_what_will_never_be_a_tap_is_refused_and_takes_nothing(tmp_path):
    tap = PcapTap(str(tmp_path / "nowhere" / "tap"))
    with pytest.raises(FileNotFoundError):
        tap.open()
    tap.write(FRAME)
    assert tap.frames == 0


def test_a_pipe_that_nobody_reads_yet_is_no_error(tmp_path):
    os.mkfifo(tmp_path / "tap")
    tap = PcapTap(str(tmp_path / "tap"))
    tap.open()
    tap.write(FRAME)
    assert tap.frames == 0
