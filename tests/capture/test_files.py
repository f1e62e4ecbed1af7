import gzip
import io
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.encapsulation import decapsulate
from p6lowpan.capture.files import open_capture, read
from p6lowpan.capture.pcap import MAGICS

PCAPNG_START = bytes.fromhex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000")
INTERFACE = bytes.fromhex("0100000014000000c30000000000000014000000")
PCAP_START = bytes.fromhex("d4c3b2a1020004000000000000000000ffff0000c3000000")


def test_a_pcap_and_a_pcapng_are_told_apart_by_their_first_octets():
    assert read(io.BytesIO(PCAP_START)).format == "pcap"
    assert read(io.BytesIO(PCAPNG_START)).format == "pcapng"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "it is empty"),
        (b"\xd4\xc3", "begins with d4 c3, neither pcap nor pcapng"),
        (b"\x7fELF\x02\x01", "begins with 7f 45 4c 46"),
        (gzip.compress(PCAP_START, mtime=0), "gunzip"),
        (b"BZh91AY", "bunzip2"),
        (b"\xfd7zXZ\0", "unxz"),
        (b"\x28\xb5\x2f\xfd", "unzstd"),
        (b"snoop\0\0\0", "editcap"),
        (b"\x34\xcd\xb2\xa1", "editcap"),
    ],
)
def test_what_is_no_capture_is_refused_with_a_word_on_what_it_is(octets, words):
    with pytest.raises(Malformed, match=words) as caught:
        read(io.BytesIO(octets))
    assert (caught.value.offset, caught.value.reason) == (0, Reason.NOT_A_CAPTURE)


def test_a_path_is_opened_and_closed(tmp_path):
    path = tmp_path / "c.pcap"
    path.write_bytes(PCAP_START)
    with open_capture(str(path)) as capture:
        assert list(capture) == []
    assert capture._stream.closed


def test_a_path_that_holds_no_capture_is_closed_too(tmp_path, recwarn):
    path = tmp_path / "c.pcap"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(Malformed):
        open_capture(str(path))
    assert not [warning for warning in recwarn if warning.category is ResourceWarning]


def test_a_stream_of_the_callers_stays_open():
    stream = io.BytesIO(PCAP_START)
    with read(stream) as capture:
        list(capture)
    assert not stream.closed


def test_progress_is_the_offset_reached(capture_path):
    with open_capture(str(capture_path)) as capture:
        before = [capture.octets_read for _ in capture]
        assert before == sorted(set(before))
        assert capture.octets_read == capture_path.stat().st_size


def test_a_capture_from_a_gzip_stream_is_read_like_the_file(capture_path):
    packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(capture_path.read_bytes(), 1)))
    with open_capture(str(capture_path)) as plain:
        assert list(read(packed)) == list(plain)


def test_a_frame_of_a_live_pipe_is_there_before_the_next_is_captured(pcap_octets):
    # tcpdump -w - | p6lowpan explain - : a reader that waits for a full buffer would hang here.
    first, second = pcap_octets([(1, 0, b"first")]), pcap_octets([(2, 0, b"second")])[24:]
    out, into = os.pipe()
    release = threading.Event()

    def capture_live():
        with open(into, "wb", buffering=0) as pipe:
            pipe.write(first)
            assert release.wait(20)
            pipe.write(second)

    sender = threading.Thread(target=capture_live)
    sender.start()
    with open(out, "rb") as pipe:
        frames = iter(read(pipe))
        assert next(frames).octets == b"first"
        release.set()
        assert [frame.octets for frame in frames] == [b"second"]
    sender.join()


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_pipe_without_seek_gives_what_the_file_gives(capture_path, buffering):
    # A process that writes in odd pieces, so that frames are split everywhere.
    script = (
        "import sys\n"
        "octets = open(sys.argv[1], 'rb').read()\n"
        "for start in range(0, len(octets), 997):\n"
        "    sys.stdout.buffer.write(octets[start:start + 997]); sys.stdout.buffer.flush()\n"
    )
    command = [sys.executable, "-c", script, str(capture_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=buffering) as process:
        piped = list(read(process.stdout))
    with open_capture(str(capture_path)) as capture:
        assert piped == list(capture)


class Endless(io.RawIOBase):
    """A capture of as many frames as asked for, made while it is read."""

    def __init__(self, head, record, count):
        self.left = iter([head, *([record] * count)])
        self.rest = b""

    def readable(self):
        return True

    def read(self, size=-1):
        if not self.rest:
            self.rest = next(self.left, b"")
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


def test_memory_does_not_grow_with_the_file(pcap_octets):
    length, size = (132).to_bytes(4, "little"), (100).to_bytes(4, "little")
    block = (6).to_bytes(4, "little") + length + bytes(12) + size * 2 + bytes(100) + length
    files = [(PCAP_START, pcap_octets([(1, 0, bytes(100))])[24:]), (PCAPNG_START + INTERFACE, block)]
    for head, record in files:
        capture = read(Endless(head, record, 5000))
        largest = max(len(capture._source._buffer) for _ in capture)
        assert largest <= 200


def _hostile(octets):
    """All frames and what they carry, or Malformed; nothing else may happen."""
    errors = []
    try:
        for frame in read(io.BytesIO(octets)):
            try:
                decapsulate(frame)
            except Malformed as error:
                errors.append((error.offset, len(frame.octets)))
    except Malformed as error:
        errors.append((error.offset, len(octets)))
    assert all(0 <= offset <= size for offset, size in errors)


starts = st.sampled_from([b"", PCAPNG_START, PCAP_START, *MAGICS])


@given(starts, st.binary(max_size=400))
def test_random_octets_as_a_file_end_in_frames_or_malformed(start, octets):
    _hostile(start + octets)


@given(st.sampled_from([1, 2, 3, 4, 5, 6, 0x0A0D0D0A]), st.binary(max_size=120), st.sampled_from(["little", "big"]))
def test_random_blocks_of_sound_length_end_in_frames_or_malformed(kind, body, order):
    body += bytes(-len(body) % 4)
    length = (12 + len(body)).to_bytes(4, order)
    _hostile(PCAPNG_START + INTERFACE + kind.to_bytes(4, order) + length + body + length)


def test_every_flipped_bit_of_a_small_file_ends_in_frames_or_malformed(pcap_octets):
    frame = bytes.fromhex("41d8402300ffff01cdab")
    pcap = pcap_octets([(1, 2, frame), (3, 4, frame)])
    packet = bytes.fromhex("060000002c0000000000000001000000020000000a0000000a000000") + frame + bytes(2)
    pcapng = PCAPNG_START + INTERFACE + packet + bytes.fromhex("2c000000")
    assert [len(list(read(io.BytesIO(file)))) for file in (pcap, pcapng)] == [2, 1]
    for file in (pcap, pcapng):
        for bit in range(8 * len(file)):
            _hostile((int.from_bytes(file, "big") ^ 1 << bit).to_bytes(len(file), "big"))
