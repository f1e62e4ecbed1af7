"""The pcap file format (draft-ietf-opsawg-pcap): read and written, microseconds and nanoseconds, both byte orders.

Its two headers come in the byte order of the host that wrote the file, so they are read with ``struct`` and are no
``Header``. What is not read: the variants of the 1990s that put more into the record header (magic a1b2cd34).
"""

import struct
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, BinaryIO, Self

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.source import Source

LAYER = "pcap"
MICROSECONDS = 0xA1B2C3D4
NANOSECONDS = 0xA1B23C4D
FILE_HEADER_OCTETS = 24
RECORD_HEADER_OCTETS = 16
LARGEST_FRAME = 262_144  # libpcap's MAXIMUM_SNAPLEN; a larger record is damage, and would be unbounded memory
FCS_LENGTH_PRESENT = 1 << 26

MAGICS = {
    struct.pack(order + "I", magic): (order, nanoseconds)
    for order in "<>"
    for magic, nanoseconds in ((MICROSECONDS, 1000), (NANOSECONDS, 1))
}
"""The four ways in which a pcap file may begin: byte order, and nanoseconds in a unit of its fractions."""


Sifted = tuple[CapturedFrame, Any, bytes | None]
"""A frame, and what the sieve says of its header (``None``: nothing) and of what is behind that."""

Sift = Callable[[bytes, int, int, bool, int], tuple[list[Sifted], int, int]]
"""Takes a buffer, where its records begin, how many frames came before, whether the numbers are big endian, and the
nanoseconds in a unit. Gives frames, where the records behind them begin, and the number of the last one."""


class PcapReader:
    """The frames of a pcap file, from a :class:`Source` that stands at its magic number."""

    def __init__(self, source: Source) -> None:
        """Read the file header. Raises :class:`Malformed`."""
        header = source.take(FILE_HEADER_OCTETS)
        if len(header) < FILE_HEADER_OCTETS:
            detail = f"the file header has {FILE_HEADER_OCTETS} octets, {len(header)} are there"
            raise Malformed(LAYER, len(header), Reason.TRUNCATED, detail)
        self._source = source
        self.number = 0  # frames read
        self._order, self._unit_ns = MAGICS[header[:4]]
        major, _minor, network = struct.unpack(self._order + "4xHH12xI", header)
        if major != 2:
            raise Malformed(LAYER, 4, Reason.BAD_CAPTURE, f"format version {major}, only 2 is known")
        # "FCS len" (4 bits, in 16-bit words) is valid where the P bit is set; ten more bits must be zero: with one set
        # the number is no link type that anybody knows, and the frame will say so.
        self._record = struct.Struct(self._order + "IIII")
        self.link_type: int = network & 0x03FFFFFF
        self.fcs_octets: int | None = 2 * (network >> 28) if network & FCS_LENGTH_PRESENT else None

    def __iter__(self) -> Iterator[CapturedFrame]:
        """All complete frames; then, where the file ends inside one, :class:`Malformed` with the file offset."""
        while True:
            yield from self._buffered()
            frame = self._next()
            if frame is None:
                return
            yield frame

    def sifted(self, sift: Sift) -> Iterator[Sifted]:
        """The same frames where many are read at once, each with what ``sift`` says of it; it may leave some out."""
        source, is_big = self._source, self._order == ">"
        while True:
            buffer, before = source.ahead()
            items, at, self.number = sift(buffer, before, self.number, is_big, self._unit_ns)
            source.pass_to(at)
            yield from items
            if at == before:
                frame = self._next()
                if frame is None:
                    return
                yield frame, None, None

    def _buffered(self) -> Iterator[CapturedFrame]:
        """The frames that are here already; one that is not all here, or damaged, ends them."""
        source, unit_ns, link_type, fcs_octets = self._source, self._unit_ns, self.link_type, self.fcs_octets
        unpack = self._record.unpack_from
        buffer, at = source.ahead()
        last = len(buffer) - RECORD_HEADER_OCTETS
        while at <= last:
            seconds, fraction, length, original = unpack(buffer, at)
            start = at + RECORD_HEADER_OCTETS
            end = start + length
            if end > len(buffer) or length > LARGEST_FRAME:
                return
            self.number += 1
            at = end
            source.pass_to(at)
            time_ns = seconds * 1_000_000_000 + fraction * unit_ns
            yield CapturedFrame(self.number, time_ns, buffer[start:end], link_type, original, 0, fcs_octets)

    def _next(self) -> CapturedFrame | None:
        """One frame, waited for; ``None`` where the file ends in front of it."""
        source, number = self._source, self.number + 1
        header = source.take(RECORD_HEADER_OCTETS)
        if not header:
            return None
        if len(header) < RECORD_HEADER_OCTETS:
            raise _truncated(source, number, "record header", RECORD_HEADER_OCTETS, len(header))
        seconds, fraction, length, original = self._record.unpack(header)
        if length > LARGEST_FRAME:
            start = source.offset - RECORD_HEADER_OCTETS
            detail = f"frame {number} would have {length} octets: the file is damaged here or before"
            raise Malformed(LAYER, start, Reason.BAD_CAPTURE, detail)
        octets = source.take(length)
        if len(octets) < length:
            raise _truncated(source, number, "content", length, len(octets))
        time_ns = seconds * 1_000_000_000 + fraction * self._unit_ns
        self.number = number
        return CapturedFrame(number, time_ns, octets, self.link_type, original, 0, self.fcs_octets)


def _truncated(source: Source, number: int, what: str, needed: int, found: int) -> Malformed:
    detail = f"the file ends inside frame {number}: its {what} has {needed} octets, {found} are there"
    return Malformed(LAYER, source.offset, Reason.TRUNCATED, detail)


class PcapWriter:
    """Writes a pcap file to a binary stream, which needs no seek and stays open when the writer is done."""

    def __init__(
        self, stream: BinaryIO, link_type: int, *, nanoseconds: bool = False, snap_length: int = LARGEST_FRAME
    ) -> None:
        """Write the file header. ``nanoseconds``: keep times whole; else they are cut to microseconds."""
        if not 0 <= link_type < 1 << 16:
            raise UsageError(f"link type {link_type} does not fit 16 bits")
        if not 0 < snap_length <= LARGEST_FRAME:
            raise UsageError(f"snap length {snap_length} is not 1 to {LARGEST_FRAME}")
        self._write = stream.write
        self.unit_ns = 1 if nanoseconds else 1000  # nanoseconds in a unit of the fractions of a second
        self._snap_length = snap_length
        magic = NANOSECONDS if nanoseconds else MICROSECONDS
        stream.write(struct.pack("<IHHIIII", magic, 2, 4, 0, 0, snap_length, link_type))

    def write(self, octets: bytes, time_ns: int, original_length: int | None = None) -> None:
        """Append one frame. ``original_length`` is given where ``octets`` were already cut."""
        original = len(octets) if original_length is None else original_length
        if not len(octets) <= original < 1 << 32:
            raise UsageError(f"original length {original} of a frame of which {len(octets)} octets are there")
        seconds, fraction_ns = divmod(time_ns, 1_000_000_000)
        if not 0 <= seconds < 1 << 32:
            raise UsageError(f"time {time_ns} ns is not between 1970 and 2106")
        kept = octets[: self._snap_length]
        self._write(struct.pack("<IIII", seconds, fraction_ns // self.unit_ns, len(kept), original) + kept)

    def write_records(self, records: bytes) -> None:
        """Append frames that are records already: little endian, in this writer's units, not longer than its snap
        length."""
        self._write(records)


class PcapFile(PcapWriter):
    """A :class:`PcapWriter` with a file of its own, as a context manager."""

    def __init__(self, path: str, link_type: int, *, nanoseconds: bool = False) -> None:
        """Create or replace the file at ``path``. Raises ``OSError``."""
        self._file = open(path, "wb")  # noqa: SIM115 - closed by __exit__
        super().__init__(self._file, link_type, nanoseconds=nanoseconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
