"""Reassembly in a pool: a slot a datagram for its first fragment, and buffers that all datagrams share for the rest."""

from dataclasses import dataclass, field
from typing import Any

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.wire.address import Link, LinkAddress

LARGEST = 0x1000  # octets; more than any offset and fragment reach


@dataclass(frozen=True, slots=True)
class PoolRules:
    """How large it is, and whether it looks at sizes."""

    slots: int = 2
    buffers: int = 12
    largest: int = 1280
    """A datagram."""
    careful: bool = False
    """Whether a fragment that is too long for where it goes, or a size that cannot be, is dropped."""
    first_octets: int = 148
    """What a slot holds of a first fragment, restored."""
    buffer_octets: int = 110


@dataclass(slots=True)
class PoolSlot:
    """A datagram in the making. What it holds and has counted outlives the datagram: whoever opens the slot anew and
    does not get to write into it inherits both. ``size`` 0: not in use."""

    size: int = 0
    sender: LinkAddress | None = None
    tag: int = 0
    counted: int = 0
    first: bytearray = field(default_factory=bytearray)
    reading: Any = None
    """Of the first fragment."""

    def overwrite(self, octets: bytes) -> None:
        """Headers of a first fragment that was then refused; how much there is stays what it was."""
        self.first[: len(octets)] = octets[: len(self.first)]


class Pool(Reassembly):
    """A first fragment always takes a free slot, and so does a later one with offset 0. A later fragment finds its
    datagram by sender and tag; its own size says whether that is complete; nobody looks what overlaps."""

    def __init__(self, rules: PoolRules = PoolRules()) -> None:
        self.rules = rules
        self.slots = [PoolSlot() for _ in range(rules.slots)]
        self.buffers: list[tuple[PoolSlot, Piece] | None] = [None] * rules.buffers

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment. Raises :class:`Dropped`."""
        if piece.offset == 0:
            slot = self._open(link, piece)
        else:
            slot = self._slot(link, piece)
            self._store(slot, piece)
        if piece.first:
            self._begin(slot, piece)
            return []
        if piece.carried < 0:
            raise Dropped("a fragment without its header")
        if piece.offset + len(piece.octets) > self.rules.largest:
            if self.rules.careful:
                self._clear(slot)
            raise Dropped("a fragment past the end of the buffer")
        if slot.counted < piece.size or not piece.size:
            return []
        slot.counted = piece.size
        return [(self._taken(slot)[: piece.size], slot.reading)]

    def failed(self, link: Link, piece: Piece | None) -> None:
        """A first fragment whose headers could not be restored keeps its slot."""
        if piece is not None and piece.first:
            self._open(link, piece).overwrite(bytes(piece.reading.out[:40]))

    def _open(self, link: Link, piece: Piece) -> PoolSlot:
        for slot in self.slots:
            if not slot.size:
                slot.size, slot.sender, slot.tag = piece.size, link.source, piece.tag
                return slot
        raise Dropped("no slot for another datagram")

    def _begin(self, slot: PoolSlot, piece: Piece) -> None:
        if self.rules.careful and len(piece.octets) > self.rules.first_octets:
            slot.overwrite(piece.octets[: piece.reading.headers])
            raise Dropped(f"a first fragment of {len(piece.octets)} octets, more than {self.rules.first_octets}")
        slot.first, slot.counted, slot.reading = bytearray(piece.octets), len(piece.octets), piece.reading

    def _slot(self, link: Link, piece: Piece) -> PoolSlot:
        for slot in self.slots:
            if slot.size and (slot.sender, slot.tag) == (link.source, piece.tag):
                return slot
        raise Dropped("a fragment before the first one")

    def _store(self, slot: PoolSlot, piece: Piece) -> None:
        if not piece.octets or (self.rules.careful and len(piece.octets) > self.rules.buffer_octets):
            raise Dropped(f"a fragment of {len(piece.octets)} octets")
        if None not in self.buffers:
            raise Dropped("no buffer for another fragment")
        self.buffers[self.buffers.index(None)] = (slot, piece)
        slot.counted += len(piece.octets)

    def _taken(self, slot: PoolSlot) -> bytes:
        """The first fragment, and over it the others in the order of their buffers."""
        pieces = [held[1] for held in self.buffers if held is not None and held[0] is slot]
        size = slot.size
        self._clear(slot)
        if self.rules.careful and not len(slot.first) <= size <= self.rules.largest:
            raise Dropped("a size that its datagram cannot have")
        datagram = bytearray(LARGEST)
        datagram[: len(slot.first)] = slot.first
        for piece in pieces:
            datagram[piece.offset : piece.offset + len(piece.octets)] = piece.octets
        return bytes(datagram)

    def _clear(self, slot: PoolSlot) -> None:
        slot.size = 0
        self.buffers = [None if held is not None and held[0] is slot else held for held in self.buffers]
