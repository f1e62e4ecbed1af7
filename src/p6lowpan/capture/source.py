"""A stream of octets read once, front to back: no seek, so a pipe serves as well as a file, and constant memory."""

from typing import BinaryIO

from p6lowpan.capability.errors import UsageError

CHUNK_OCTETS = 1 << 16


class Source:
    """Exact pieces of a binary stream, and the offset reached.

    Where the stream has ``read1`` (every buffered one) what has arrived is used at once, so that frames of a live
    capture do not wait for a full buffer; of other streams never more is asked for than is needed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._some = getattr(stream, "read1", None)
        self._read = stream.read
        self._buffer = b""
        self._at = 0
        self._before = 0  # octets of the stream in front of the buffer

    @property
    def offset(self) -> int:
        """Offset in the stream of the next octet that :meth:`take` will return."""
        return self._before + self._at

    def take(self, size: int) -> bytes:
        """The next ``size`` octets; fewer only where the stream ends."""
        end = self._at + size
        if end > len(self._buffer):
            self._fill(size)
            end = self._at + size
        octets = self._buffer[self._at : end]
        self._at += len(octets)
        return octets

    def peek(self, size: int) -> bytes:
        """The next ``size`` octets, which stay where they are."""
        if self._at + size > len(self._buffer):
            self._fill(size)
        return self._buffer[self._at : self._at + size]

    def ahead(self) -> tuple[bytes, int]:
        """What has arrived and was not taken yet: a buffer, and where in it that begins. :meth:`pass_to` takes it."""
        return self._buffer, self._at

    def pass_to(self, at: int) -> None:
        """The buffer of :meth:`ahead` was used up to here."""
        self._at = at

    def skip(self, size: int) -> int:
        """Pass over ``size`` octets without keeping them; returns how many there were."""
        left = size
        while left:
            passed = len(self.take(min(left, CHUNK_OCTETS)))
            if not passed:
                break
            left -= passed
        return size - left

    def _fill(self, size: int) -> None:
        pieces = [self._buffer[self._at :]]
        have = len(pieces[0])
        while have < size:
            piece = self._some(max(CHUNK_OCTETS, size - have)) if self._some else self._read(size - have)
            if not isinstance(piece, bytes | bytearray):
                raise UsageError("a capture is read from a binary stream that blocks")
            if not piece:
                break
            pieces.append(bytes(piece))
            have += len(piece)
        self._before += self._at
        self._at = 0
        self._buffer = b"".join(pieces)
