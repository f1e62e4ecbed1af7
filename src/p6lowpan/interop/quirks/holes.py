"""Reassembly as RFC 815 has it, by the holes that are left: stacks that come from Nanostack."""

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving import front
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.receiving.reassembly import Piece, Slot, Slots, Whole
from p6lowpan.wire.address import Link

OFFSET_AT = 4


class Holes(Slots):
    """A fragment lies in one hole, or wholly in what is there: then its octets come over the old ones. One that is
    partly in a hole begins the datagram anew."""

    def _place(self, slot: Slot, piece: Piece, start: int, end: int) -> bool:
        left = [hole for hole in _holes(slot) if hole[0] < end and start < hole[1]]
        if left and not (left[0][0] <= start and end <= left[0][1]):
            slot.buffer, slot.ranges, slot.first = bytearray(slot.size), [], None
        slot.buffer[start:end] = piece.octets
        if left:
            slot.ranges.append((start, end))
        if piece.first:
            slot.first = piece.reading
        return True


def _holes(slot: Slot) -> list[tuple[int, int]]:
    holes, reached = [], 0
    for start, end in sorted(slot.ranges):
        if start > reached:
            holes.append((reached, start))
        reached = max(reached, end)
    return [*holes, (reached, slot.size)] if reached < slot.size else holes


class HolesInUnits(Holes):
    """The same; a fragment that is not the last one must be a multiple of 8 octets, else it is dropped."""

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment. Raises :class:`Dropped`."""
        if len(piece.octets) % 8 and piece.offset + len(piece.octets) != piece.size:
            raise Dropped("a fragment that is no multiple of 8 octets")
        return super().add(link, piece)


def first_at_offset_0(reading: Reading) -> None:
    """FRAGN, which begins a datagram where its offset is 0."""
    if reading.octets[reading.at + OFFSET_AT : reading.at + OFFSET_AT + 1] == b"\0":
        front.first_fragment(reading)
        reading.take(1)
    else:
        front.subsequent_fragment(reading)
