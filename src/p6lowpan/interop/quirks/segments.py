"""Reassembly in a buffer that knows a few separate runs of octets (smoltcp's assembler)."""

from dataclasses import dataclass, field
from typing import Any

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.wire.address import Link


@dataclass(slots=True)
class Buffer:
    """One datagram; ``runs`` are its octets that are there, apart from one another and in order."""

    octets: bytearray
    runs: list[tuple[int, int]] = field(default_factory=list)
    first: Any = None


class Segments(Reassembly):
    """``buffers`` datagrams, each of at most ``runs`` runs. A buffer is taken by any fragment, also by one that cannot
    be restored, and is kept until the datagram is whole: for ever, where octets came past its end. Later octets come
    over earlier ones."""

    def __init__(self, buffers: int, runs: int) -> None:
        self.buffers: dict[tuple[Any, ...], Buffer] = {}
        self.most = buffers
        self.most_runs = runs

    def failed(self, link: Link, piece: Piece | None) -> None:
        """It has taken a buffer."""
        if piece is not None:
            self._buffer(link, piece)

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Put it where it belongs."""
        buffer = self._buffer(link, piece)
        start, end = piece.offset, piece.offset + len(piece.octets)
        buffer.octets += bytes(max(0, end - len(buffer.octets)))
        buffer.octets[start:end] = piece.octets
        buffer.first = piece.reading if piece.first else buffer.first
        buffer.runs = self._with(buffer.runs, start, end)
        if buffer.first is None or buffer.runs[:1] != [(0, piece.size)]:
            return []
        del self.buffers[self._key(link, piece)]
        return [(bytes(buffer.octets[: piece.size]), buffer.first)]

    def _key(self, link: Link, piece: Piece) -> tuple[Any, ...]:
        return link.source, link.destination, piece.size, piece.tag

    def _buffer(self, link: Link, piece: Piece) -> Buffer:
        key = self._key(link, piece)
        if key not in self.buffers:
            if len(self.buffers) >= self.most:
                raise Dropped("no buffer for another datagram")
            self.buffers[key] = Buffer(bytearray(piece.size))
        return self.buffers[key]

    def _with(self, runs: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
        """The runs with one more, joined with those that it touches."""
        if start == end:
            return runs
        touched = [run for run in runs if run[0] <= end and start <= run[1]]
        apart = [run for run in runs if run not in touched]
        joined = (min([start, *(run[0] for run in touched)]), max([end, *(run[1] for run in touched)]))
        if len(apart) >= self.most_runs:
            raise Dropped("too many gaps")
        return sorted([*apart, joined])
