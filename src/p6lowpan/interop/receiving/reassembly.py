"""Reassembly as stacks do it: one general reassembler with the rules they differ in as settings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.wire.address import Link


@dataclass(slots=True)
class Piece:
    """A fragment: what its header says, and the octets of the datagram that it holds, restored."""

    size: int
    tag: int
    offset: int
    first: bool
    octets: bytes = b""
    carried: int = 0
    """How many octets it had behind its fragment header in the frame."""
    reading: Any = None  # the Reading of the frame; Any, as that module imports this one


Whole = tuple[bytes, Any]
"""A datagram, and the reading of its first fragment."""


class Reassembly(ABC):
    """Puts fragments together."""

    @abstractmethod
    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment; what came out. Raises :class:`Dropped` or :class:`Crashed`."""

    def arrives(self, octets: bytes) -> None:  # noqa: ARG002 - for those who override it
        """A frame arrives, before anything is done with it. May raise :class:`Dropped` or :class:`Crashed`."""
        return

    def failed(self, link: Link, piece: Piece | None) -> None:  # noqa: ARG002 - as above
        """A frame was dropped: it, or the headers of the fragment ``piece``, could not be understood. May raise
        :class:`Crashed`."""
        return

    def ends(self) -> list[Whole]:
        """All frames have come; what a tool that looks at them together makes of them."""
        return []


class Overlap(Enum):
    """What becomes of a fragment that covers octets which are there already."""

    RESTART = "the datagram is dropped and begins anew with the fragment"
    DROP_DATAGRAM = "the datagram is dropped, and the fragment"
    IGNORE = "the fragment is dropped"
    OVERWRITE = "the later octets count"
    COUNT_TWICE = "the later octets count, and are counted twice"
    CRASH = "the stack stops"


@dataclass(frozen=True, slots=True)
class Rules:
    """What reassemblers differ in. The defaults take everything that RFC 4944 allows."""

    slots: int = 1000
    replaces_oldest: bool = False
    """When the slots are full: whether a new datagram takes the oldest one's place, or is dropped."""
    first_fragment_first: bool = False
    """A fragment of a datagram whose first fragment has not come is dropped."""
    ascending: bool = False
    """A fragment that is not the next one ends its datagram."""
    next_only: bool = False
    """A fragment goes to the datagram that waits for its octets; where none does, it alone is dropped."""
    duplicate: Overlap = Overlap.IGNORE
    """The same range as an earlier fragment."""
    duplicate_first: Overlap = Overlap.IGNORE
    other_duplicate: Overlap = Overlap.RESTART
    """The same range with other octets."""
    overlap: Overlap = Overlap.RESTART
    past_end: Overlap = Overlap.DROP_DATAGRAM
    """The fragment holds octets past datagram_size. ``OVERWRITE``: they are cut off."""
    alone: bool = True
    """Whether a datagram that is wholly in its first fragment is delivered."""
    first_opens_anew: bool = False
    """A first fragment always opens another reassembly, whatever is there."""
    not_multiple_of_eight: Overlap | None = None
    """A fragment that is not the last, of another length than a multiple of 8."""
    most_fragments: int = 10_000
    forgets_failed: bool = False
    """A first fragment that cannot be restored ends the datagram that waits under its key."""


@dataclass(slots=True)
class Slot:
    """One datagram in the making."""

    key: tuple[Any, ...]
    size: int
    buffer: bytearray
    ranges: list[tuple[int, int]] = field(default_factory=list)
    first: Any = None
    counts_twice: bool = False

    @property
    def counted(self) -> int:
        """How many octets the stack believes to have."""
        if self.counts_twice:
            return sum(end - start for start, end in self.ranges)
        return _covered(self.ranges)


class Slots(Reassembly):
    """The general reassembler: datagrams by link addresses, size and tag."""

    def __init__(self, rules: Rules = Rules()) -> None:
        self.rules = rules
        self.slots: list[Slot] = []

    def key(self, link: Link, piece: Piece) -> tuple[Any, ...]:
        """What tells datagrams apart."""
        return link.source, link.destination, piece.size, piece.tag

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment. Raises :class:`Dropped` or :class:`Crashed`."""
        slot = self._slot(self.key(link, piece), piece)
        start, end = piece.offset, piece.offset + len(piece.octets)
        if end > slot.size:
            self._decide(self.rules.past_end, slot, "a fragment past the end of its datagram")
            if start >= slot.size:
                return []
            piece.octets, end = piece.octets[: slot.size - start], slot.size
        odd = self.rules.not_multiple_of_eight
        if odd is not None and len(piece.octets) % 8 and end < slot.size:
            self._decide(odd, slot, "a fragment that is no multiple of 8 octets")
        if self.rules.ascending and start != slot.counted:
            self.slots.remove(slot)
            raise Dropped("a fragment out of order")
        if not self._place(slot, piece, start, end):
            return []
        if len(slot.ranges) > self.rules.most_fragments:
            self.slots.remove(slot)
            raise Dropped("too many fragments")
        return self._complete(slot, piece)

    def failed(self, link: Link, piece: Piece | None) -> None:
        """A first fragment that could not be restored."""
        if piece is not None and self.rules.forgets_failed:
            key = self.key(link, piece)
            self.slots = [slot for slot in self.slots if slot.key != key]

    def _slot(self, key: tuple[Any, ...], piece: Piece) -> Slot:
        found = [slot for slot in self.slots if slot.key == key]
        if self.rules.next_only and not piece.first:
            found = [slot for slot in found if slot.counted == piece.offset]
        if found and not (piece.first and self.rules.first_opens_anew):
            return found[0]
        if self.rules.first_fragment_first and not piece.first:
            raise Dropped("a fragment before the first one")
        if len(self.slots) >= self.rules.slots:
            if not self.rules.replaces_oldest:
                raise Dropped("no buffer for another datagram")
            self.slots.pop(0)
        slot = Slot(key, piece.size, bytearray(piece.size))
        self.slots.append(slot)
        return slot

    def _place(self, slot: Slot, piece: Piece, start: int, end: int) -> bool:
        """Put the fragment into the slot; whether it did anything new."""
        counts = True
        overlapped = [(one, other) for one, other in slot.ranges if one < end and start < other]
        if (start, end) in slot.ranges:
            same = slot.buffer[start:end] == piece.octets
            rule = self.rules.other_duplicate
            if same:
                rule = self.rules.duplicate_first if piece.first else self.rules.duplicate
            counts = self._overlapped(rule, slot, "a duplicate fragment")
        elif overlapped:
            counts = self._overlapped(self.rules.overlap, slot, "a fragment that overlaps another one")
        if not counts:
            return False
        slot.buffer[start:end] = piece.octets
        slot.ranges.append((start, end))
        if piece.first:
            slot.first = piece.reading
        return True

    def _overlapped(self, rule: Overlap, slot: Slot, what: str) -> bool:
        if rule is Overlap.IGNORE:
            return False
        if rule is Overlap.RESTART:
            slot.buffer, slot.ranges, slot.first = bytearray(slot.size), [], None
            return True
        slot.counts_twice = slot.counts_twice or rule is Overlap.COUNT_TWICE
        self._decide(rule, slot, what)
        return True

    def _decide(self, rule: Overlap, slot: Slot, what: str) -> None:
        if rule is Overlap.CRASH:
            raise Crashed(what)
        if rule is Overlap.DROP_DATAGRAM:
            self.slots.remove(slot)
            raise Dropped(f"{what}: the datagram is given up")
        if rule is Overlap.IGNORE:
            raise Dropped(what)

    def _complete(self, slot: Slot, piece: Piece) -> list[Whole]:
        if slot.counted < slot.size or not (self.rules.alone or not piece.first):
            return []
        self.slots.remove(slot)
        return [(bytes(slot.buffer), slot.first)]


def _covered(ranges: list[tuple[int, int]]) -> int:
    covered = end = 0
    for start, stop in sorted(ranges):
        covered += max(0, stop - max(start, end))
        end = max(end, stop)
    return covered
