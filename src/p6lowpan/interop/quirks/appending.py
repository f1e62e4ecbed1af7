"""Reassembly that appends: fragments count in the order in which they come, whatever their offsets say."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.wire.address import Link, LinkAddress


class State(Enum):
    """Of an entry."""

    UNUSED = 0
    ACTIVE = 1
    FAILED = 2
    """Its fragments are dropped until it times out."""


@dataclass(slots=True)
class Entry:
    """One datagram. An entry that is used no more keeps its source and tag until it is used again."""

    state: State = State.UNUSED
    source: LinkAddress | None = None
    tag: int = 0
    size: int = 0
    octets: bytearray = field(default_factory=bytearray)
    first: Any = None
    room: int = 0
    """What it takes of the heap."""


class Appending(Reassembly):
    """``entries`` datagrams by source and tag, and a heap of ``heap`` octets for them and for a frame by itself, which
    takes ``single`` of them; a block takes ``overhead`` more than it was asked for, and rests on even octets."""

    def __init__(self, entries: int, heap: int, single: int, overhead: int) -> None:
        self.entries = [Entry() for _ in range(entries)]
        self.heap = heap
        self.single = single
        self.overhead = overhead

    def arrives(self, octets: bytes) -> None:
        """A frame by itself needs room in the heap, too."""
        if octets and octets[0] >> 6 != 0b11:
            self._room(self.single)

    def failed(self, link: Link, piece: Piece | None) -> None:
        """A first fragment that cannot be restored uses up an entry; one that repeats another one is not looked at."""
        if piece is None or not piece.first:
            return
        entry = self._entry(link.source, piece.tag)
        if entry.state is State.UNUSED:
            entry.state, entry.tag = State.FAILED, piece.tag

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Begin a datagram, or append to it."""
        entry = self._entry(link.source, piece.tag)
        if piece.first:
            self._begin(entry, link.source, piece)
        else:
            self._append(entry, piece)
        if len(entry.octets) != entry.size:
            return []
        entry.state, entry.room = State.UNUSED, 0
        return [(bytes(entry.octets), entry.first)]

    def _entry(self, source: LinkAddress, tag: int) -> Entry:
        for entry in self.entries:
            if entry.state is not State.UNUSED and (entry.source, entry.tag) == (source, tag):
                if entry.state is State.FAILED:
                    raise Dropped("a fragment of a datagram that was given up")
                return entry
        unused = [entry for entry in self.entries if entry.state is State.UNUSED]
        if not unused:
            raise Dropped("no entry for another datagram")
        return unused[-1]

    def _begin(self, entry: Entry, source: LinkAddress, piece: Piece) -> None:
        if entry.state is State.ACTIVE:
            raise Dropped("a first fragment of a datagram that has begun")
        try:
            room = self._room(piece.size)
        except Dropped:
            entry.state, entry.tag = State.FAILED, piece.tag
            raise
        entry.state, entry.source, entry.tag, entry.room = State.ACTIVE, source, piece.tag, room
        entry.size, entry.octets, entry.first = piece.size, bytearray(piece.octets), piece.reading

    def _append(self, entry: Entry, piece: Piece) -> None:
        """The size that the fragment says is not looked at."""
        if entry.state is State.UNUSED or len(entry.octets) + len(piece.octets) > entry.size:
            entry.state = State.FAILED
            raise Dropped("more octets than the datagram has, or than were begun")
        entry.octets += piece.octets

    def _room(self, octets: int) -> int:
        room = octets + octets % 2 + self.overhead
        if room + sum(entry.room for entry in self.entries) + self.overhead > self.heap:
            raise Dropped("no room in the heap")
        return room
