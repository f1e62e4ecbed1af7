"""Reassembly of fragmented datagrams, RFC 4944 section 5.3.

Theory of operation. A buffer is a datagram of which some fragments came; its key is source, destination, size and
tag. The caller decompresses the first fragment, so that every fragment is a range of octets of the uncompressed
datagram. A buffer holds what came, never what the sender claims will come, and ends in one of these ways:

=====================  ==========================================================================================
it is complete         ``Complete``; its key and its fragments are remembered for a short while
a fragment repeats     same range, same octets: ``Duplicate``, counted, nothing else happens
a fragment overlaps    "the fragment(s) already accumulated in the reassembly buffer SHALL be discarded. A fresh
                       reassembly may be commenced with the most recently received link fragment": done so, under
                       FRAGMENT_OVERLAP. The same range with other octets counts as an overlap too: the RFC does not
                       say which of the two to believe, and a datagram made of both would be nobody's
a fragment is wrong    it ends past the end (FRAGMENT_PAST_END), is empty or no multiple of 8 before the end
                       (BAD_LENGTH), or claims a datagram that we could never hold (TOO_BIG). What had come under its
                       key goes with it, as for an overlap: one of the two is not from the datagram's sender
=====================  ==========================================================================================

A sender may use a key again as soon as the datagram is complete: only a fragment that equals one of the completed
datagram in range and octets, within ``Limits.completed_datagram_us``, is taken for a late repetition; any other starts
a new datagram, and with it the old one is forgotten. Without that memory a last fragment that is sent twice would
leave a buffer behind, and a datagram of which every fragment is sent twice would be delivered twice.

How long a datagram waits, what goes where there is no room, and the accounts: see
:mod:`p6lowpan.machines.adaptation.datagrams`.
"""

from bisect import bisect_left
from typing import cast

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.datagrams import Completed, Datagrams, Incomplete
from p6lowpan.machines.adaptation.timeline import Arrival, DatagramKey, Outcome, Pending, Timeline
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.sixlowpan.fragment import OFFSET_UNIT


class Buffer(Incomplete):
    """What came of one datagram. ``offsets`` is sorted, and parallel to ``pieces``; no two pieces overlap."""

    __slots__ = ("offsets", "pieces")

    pieces: list[bytes]

    def __init__(self, key: DatagramKey) -> None:
        super().__init__(key)
        self.offsets: list[int] = []
        self.pieces = []

    @property
    def timeline(self) -> Timeline:
        """What came when."""
        return Timeline(self.key.size, tuple(self.arrivals), self.duplicates)

    @property
    def whole(self) -> bytes | None:
        """The datagram, if all of it came."""
        return b"".join(self.pieces) if self.octets == self.key.size else None

    def holds(self, offset: int, octets: bytes) -> bool:
        """Whether this very fragment is here already."""
        place = bisect_left(self.offsets, offset)
        return place < len(self.offsets) and self.offsets[place] == offset and self.pieces[place] == octets

    def overlaps(self, offset: int, octets: bytes) -> bool:
        """Whether any octet of the fragment's range is here already."""
        place = bisect_left(self.offsets, offset)
        ends_late = place > 0 and self.offsets[place - 1] + len(self.pieces[place - 1]) > offset
        return ends_late or (place < len(self.offsets) and self.offsets[place] < offset + len(octets))

    def continues(self, offset: int, octets: bytes) -> bool:
        """Whether a fragment is what comes next in a datagram that came in order so far, and not its last."""
        end = offset + len(octets)
        return self.octets == offset == self.offsets[-1] + len(self.pieces[-1]) < end < self.key.size and not end % 8

    def append(self, now: int, offset: int, octets: bytes) -> None:
        """Keep a fragment that lies behind all others."""
        self.offsets.append(offset)
        self.pieces.append(octets)
        self.octets += len(octets)
        self.arrivals.append(Arrival(now, offset, len(octets)))

    def insert(self, now: int, offset: int, octets: bytes) -> None:
        """Keep a fragment that overlaps nothing."""
        if not self.offsets or offset > self.offsets[-1]:
            self.append(now, offset, octets)
            return
        place = bisect_left(self.offsets, offset)
        self.append(now, offset, octets)
        self.offsets.insert(place, self.offsets.pop())
        self.pieces.insert(place, self.pieces.pop())


class Reassembler(Datagrams):
    """The datagrams of RFC 4944. The rules: see the module; the limits that are refused: see :class:`Datagrams`."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        # The same tables: a key of RFC 4944 has a size, and what is under it was put there by this class.
        self._buffers = cast("BoundedTable[DatagramKey, Buffer]", self.incomplete)

    @property
    def shelf(self) -> tuple[object, ...]:
        """The tables, what is in them, and the bounds, for the C core (c/python/datagrams.c), which keeps the rules of
        this module where a fragment only joins the others of its datagram."""
        limits = self.limits
        most = min(limits.reassembly_buffers_per_neighbor, limits.reassembly_buffers)
        values = Buffer, Completed, Arrival, DatagramKey
        times = limits.reassembly_timeout_us, limits.completed_datagram_us
        bounds = most, limits.reassembly_octets, self.largest, limits.completed_datagrams
        return (self, self.incomplete.entries, self.completed.entries, *values, *times, *bounds)

    def pieces(self, key: DatagramKey) -> tuple[tuple[int, bytes], ...]:
        """What came of a datagram that is incomplete, by offset; nothing where nothing came."""
        buffer = self._buffers.get(key)
        return tuple(zip(buffer.offsets, buffer.pieces, strict=True)) if buffer is not None else ()

    def add(self, now: int, key: DatagramKey, offset: int, octets: bytes) -> tuple[Outcome, ...]:
        """Take one fragment: ``octets`` of the uncompressed datagram from ``offset`` on.

        The last outcome is about this fragment; before it come the datagrams that were given up for time, for room,
        or because this fragment contradicts them. Raises :class:`UsageError` for an offset that no header can hold.
        """
        if offset < 0 or offset % OFFSET_UNIT:
            raise UsageError(f"offset {offset} is not a multiple of {OFFSET_UNIT} from 0 up")
        if self.proceed(now, key, offset, octets):
            return (Pending(key, self.incomplete[key].timeline),)
        return self._add(now, key, offset, octets)

    def proceed(self, now: int, key: DatagramKey, offset: int, octets: bytes) -> bool:
        """Take a fragment where it is what comes next in its datagram, not the last one, and nothing must go for it;
        whether it was taken."""
        buffer = self._buffers.get(key)
        if buffer is None or not buffer.continues(offset, octets) or self._is_short_of_room(now, octets):
            return False
        self.received += 1
        self.octets += len(octets)
        buffer.append(now, offset, octets)
        return True

    def _is_short_of_room(self, now: int, octets: bytes) -> bool:
        """Whether something must go before these octets are kept."""
        return now >= self.nothing_before or self.octets + len(octets) > self.limits.reassembly_octets

    def _add(self, now: int, key: DatagramKey, offset: int, octets: bytes) -> tuple[Outcome, ...]:
        """Take a fragment of any kind."""
        drops = self.expire(now)
        self.received += 1
        if fault := self._fault(key, offset, octets):
            return (*drops, self.drop(key, *fault, refused=1))
        before = self.lately_completed(now, key)
        if isinstance(before, Buffer) and before.holds(offset, octets):
            return (*drops, self.absorbed(now, before, offset, octets))
        buffer = self._buffers.get(key)
        if buffer is not None and buffer.holds(offset, octets):
            return (*drops, self.repeated(now, buffer, offset, octets))
        if buffer is not None and buffer.overlaps(offset, octets):
            detail = f"octets {offset} to {offset + len(octets)} came before, and otherwise"
            drops = (*drops, self.drop(key, Reason.FRAGMENT_OVERLAP, detail))
        return (*drops, *self._accept(now, key, offset, octets))

    def _fault(self, key: DatagramKey, offset: int, octets: bytes) -> tuple[Reason, str] | None:
        """Why the fragment cannot be part of its datagram, whatever else comes."""
        end = offset + len(octets)
        if key.size > self.largest:
            return Reason.TOO_BIG, f"datagram of {key.size} octets, at most {self.largest}"
        if not octets:
            return Reason.BAD_LENGTH, "a fragment without octets"
        if end > key.size:
            return Reason.FRAGMENT_PAST_END, f"octets {offset} to {end} of a datagram of {key.size}"
        if end < key.size and len(octets) % OFFSET_UNIT:
            return Reason.BAD_LENGTH, f"{len(octets)} octets before the end: not a multiple of {OFFSET_UNIT}"
        return None

    def _accept(self, now: int, key: DatagramKey, offset: int, octets: bytes) -> tuple[Outcome, ...]:
        """Keep a fragment that is new and fits what its buffer holds."""
        outcomes: list[Outcome] = []
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = Buffer(key)
            outcomes += self.open(now, buffer)
        buffer.insert(now, offset, octets)
        return (*outcomes, *self.kept(now, buffer, octets))
