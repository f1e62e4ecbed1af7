import io

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.source import CHUNK_OCTETS, Source


class Dripping(io.RawIOBase):
    """A raw stream that gives at most three octets a read, as a slow pipe does, and counts what it was asked for."""

    def __init__(self, octets):
        self.left = octets
        self.asked = []

    def readable(self):
        return True

    def read(self, size=-1):
        self.asked.append(size)
        piece, self.left = self.left[: min(size, 3)], self.left[min(size, 3) :]
        return piece


def test_pieces_come_in_order_and_short_only_at_the_end():
    source = Source(io.BytesIO(b"abcdefgh"))
    assert [source.take(3), source.take(3), source.take(3), source.take(3)] == [b"abc", b"def", b"gh", b""]
    assert source.offset == 8


def test_a_peek_moves_nothing():
    source = Source(io.BytesIO(b"abcdefgh"))
    assert source.peek(4) == b"abcd"
    assert source.offset == 0
    assert source.take(5) == b"abcde"
    assert source.peek(9) == b"fgh"
    assert source.offset == 5


def test_a_stream_that_drips_gives_whole_pieces_and_is_never_asked_for_more_than_is_needed():
    stream = Dripping(b"0123456789")
    source = Source(stream)
    assert source.take(7) == b"0123456"
    assert stream.asked == [7, 4, 1]
    assert source.take(7) == b"789"


def test_a_skip_passes_over_more_than_a_chunk_and_says_how_much_was_there():
    source = Source(io.BytesIO(bytes(3 * CHUNK_OCTETS) + b"x"))
    assert source.skip(3 * CHUNK_OCTETS) == 3 * CHUNK_OCTETS
    assert source.offset == 3 * CHUNK_OCTETS
    assert source.skip(5) == 1


def test_a_long_skip_keeps_no_more_than_two_chunks():
    source = Source(io.BytesIO(bytes(10 * CHUNK_OCTETS)))
    source.skip(9 * CHUNK_OCTETS)
    assert len(source._buffer) <= 2 * CHUNK_OCTETS


@pytest.mark.parametrize("stream", [io.StringIO("text"), type("Nonblocking", (), {"read": lambda self, size: None})()])
def test_a_text_or_nonblocking_stream_is_the_callers_mistake(stream):
    with pytest.raises(UsageError, match="binary stream"):
        Source(stream).take(1)
