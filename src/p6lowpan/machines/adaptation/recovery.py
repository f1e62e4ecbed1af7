"""Reassembly of recoverable fragments, RFC 8931.

Theory of operation. The fragments are ranges of the *compressed* datagram: nothing is expanded before it is whole. Its
key is source, destination and tag; its size tells the first fragment alone (sequence 0), which may come at any time. A
key has the size 0 therefore, which no key of RFC 4944 has: both kinds wait in the same :class:`Datagrams`, under the
same bounds. A datagram that is forwarded without reassembly (RFC 8930) is a datagram, with a tag of its own, on every
hop.

=====================  ==========================================================================================
it is complete         the octets that came reach from 0 to the size: ``Complete``, with the compressed datagram
a fragment repeats     same sequence, same offset, same octets, or the first of them: ``Duplicate``. That is how
                       recovery works: "a fragment Sequence is retried with a smaller Fragment_Size, with the remainder
                       of the original fragment being retried with new Sequence values" (section 5.1)
a fragment overlaps    with the same octets it is kept: "there is no requirement on the reassembling endpoint to check
                       that the received fragments are consecutive and non-overlapping" (section 5.1): a long one may
                       be sent again as shorter ones
a fragment disagrees   the same sequence elsewhere, longer, or with other octets, or a range that holds other octets:
                       FRAGMENT_OVERLAP; the datagram before is given up, and a fresh one begins with this fragment
a fragment is wrong    it ends past the end (FRAGMENT_PAST_END), is empty (BAD_LENGTH), or claims a datagram that we
                       could never hold (TOO_BIG). What had come under its key goes with it
it is aborted          REASSEMBLY_ABORTED: by its sender or a router with a fragment of offset 0, by its receiver or a
                       router with an acknowledgment of a null bitmap (sections 6.1.2 and 6.3)
others have it whole   an acknowledgment with a full bitmap for a datagram that is incomplete here: who listens has
                       missed a fragment that will not be sent again. REASSEMBLY_UNFINISHED
=====================  ==========================================================================================

After it was delivered, a fragment that fits the datagram is "absorbed without creating a new state" (section 6) for
``Limits.completed_datagram_us``; a first fragment must repeat, because a tag has 8 bits and comes again.
"""

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.datagrams import Datagrams, Incomplete
from p6lowpan.machines.adaptation.timeline import Arrival, DatagramDropped, DatagramKey, Outcome, Timeline
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
)

BY_SENDER = "aborted by its sender or a router on the way"
BY_RECEIVER = "aborted by its receiver or a router on the way"
NOT_ALL_HEARD = "its receiver has all of it: fragments were not heard here"


def key_of(link: Link, fragment: RecoverableFragment) -> DatagramKey:
    """The datagram of a fragment that was sent between the ends of ``link``."""
    return DatagramKey(link.source, link.destination, 0, fragment.datagram_tag)


def key_of_acknowledged(link: Link, acknowledgment: RecoverableFragmentAcknowledgment) -> DatagramKey:
    """The datagram that an acknowledgment is about: it goes the other way."""
    return DatagramKey(link.destination, link.source, 0, acknowledgment.datagram_tag)


def is_recoverable(key: DatagramKey) -> bool:
    """Whether a key is of this kind."""
    return key.size == 0


def misfit(fragment: RecoverableFragment, octets: bytes) -> Malformed | None:
    """Why ``octets``, which came behind the header of a ``fragment``, are not what it announces."""
    if fragment.is_abort or len(octets) == fragment.fragment_size:
        return None
    reason = Reason.TRUNCATED if len(octets) < fragment.fragment_size else Reason.TRAILING
    return Malformed("rfrag", len(octets), reason, f"{fragment.fragment_size} octets said, {len(octets)} came")


class RecoverableBuffer(Incomplete):
    """What came of one datagram, by sequence: offset and octets. ``size`` is ``None`` before the first fragment."""

    __slots__ = ("overlapped", "pieces", "size")

    pieces: dict[int, tuple[int, bytes]]

    def __init__(self, key: DatagramKey) -> None:
        super().__init__(key)
        self.overlapped = 0
        self.pieces = {}
        self.size: int | None = None

    @property
    def timeline(self) -> Timeline:
        """What came when."""
        return Timeline(self.size or 0, tuple(self.arrivals), self.duplicates, self.overlapped)

    @property
    def reach(self) -> int:
        """Where the last of the octets that came ends."""
        return max((offset + len(octets) for offset, octets in self.pieces.values()), default=0)

    def holds(self, fragment: RecoverableFragment, octets: bytes) -> bool:
        """Whether this very fragment is here already, or a longer one that is sent again as a shorter one."""
        offset, piece = self.pieces.get(fragment.sequence, (fragment.offset, b""))
        repeats = offset == fragment.offset and piece.startswith(octets)
        return repeats and fragment.datagram_size in (None, self.size)

    def disagrees(self, fragment: RecoverableFragment, octets: bytes) -> str:
        """Which part of a fragment came before, and otherwise; nothing where none did."""
        if fragment.sequence in self.pieces:
            return f"fragment {fragment.sequence} came before, and otherwise"
        if fragment.datagram_size and fragment.datagram_size < self.reach:
            return f"octets up to {self.reach} came before of a datagram of {fragment.datagram_size}"
        for before, piece in self.pieces.values():
            start = max(before, fragment.offset)
            end = min(before + len(piece), fragment.offset + len(octets))
            here, there = piece[start - before : end - before], octets[start - fragment.offset : end - fragment.offset]
            if start < end and here != there:
                return f"octets {start} to {end} came before, and otherwise"
        return ""

    def fits(self, fragment: RecoverableFragment, octets: bytes) -> bool:
        """Whether a fragment holds what the whole datagram holds at its place."""
        if fragment.sequence == 0:
            return self.holds(fragment, octets)
        whole = self.whole or b""
        return whole[fragment.offset : fragment.offset + len(octets)] == octets

    def insert(self, now: int, fragment: RecoverableFragment, octets: bytes) -> None:
        """Keep a fragment that disagrees with nothing."""
        covered = self._covered()
        self.pieces[fragment.sequence] = fragment.offset, octets
        self.overlapped += len(octets) - (self._covered() - covered)
        self.octets += len(octets)
        self.size = fragment.datagram_size or self.size
        self.arrivals.append(Arrival(now, fragment.offset, len(octets)))

    @property
    def whole(self) -> bytes | None:
        """The compressed datagram, if all of it came."""
        joined = bytearray()
        for offset, octets in sorted(self.pieces.values()):
            if offset > len(joined):
                return None
            joined += octets[len(joined) - offset :]
        return bytes(joined) if len(joined) == self.size else None

    def _covered(self) -> int:
        """How many octets of the datagram came."""
        reached = covered = 0
        for offset, octets in sorted(self.pieces.values()):
            end = offset + len(octets)
            covered += max(0, end - max(reached, offset))
            reached = max(reached, end)
        return covered


class Recovery:
    """The datagrams of RFC 8931 among others. See the module for the rules."""

    def __init__(self, datagrams: Datagrams) -> None:
        self._datagrams = datagrams

    def add(self, now: int, key: DatagramKey, fragment: RecoverableFragment, octets: bytes) -> tuple[Outcome, ...]:
        """Take one fragment that is no abort, with the octets behind its header.

        The last outcome is about this fragment; before it come the datagrams that were given up for time, for room,
        or because this fragment contradicts them.
        """
        datagrams = self._datagrams
        drops = datagrams.expire(now)
        datagrams.received += 1
        buffer = self._buffer(key)
        if fault := self._fault(buffer, fragment, octets):
            return (*drops, datagrams.drop(key, *fault, refused=1, size=fragment.datagram_size or 0))
        before = datagrams.lately_completed(now, key)
        if isinstance(before, RecoverableBuffer) and before.fits(fragment, octets):
            return (*drops, datagrams.absorbed(now, before, fragment.offset, octets))
        if buffer is not None and buffer.holds(fragment, octets):
            return (*drops, datagrams.repeated(now, buffer, fragment.offset, octets))
        if buffer is not None and (detail := buffer.disagrees(fragment, octets)):
            drops = (*drops, datagrams.drop(key, Reason.FRAGMENT_OVERLAP, detail))
        return (*drops, *self._accept(now, key, fragment, octets))

    def abort(self, key: DatagramKey, detail: str) -> tuple[DatagramDropped, ...]:
        """A datagram will not go on; its tag may serve another at once."""
        self._datagrams.completed.remove(key)
        return self._datagrams.discard(key, Reason.REASSEMBLY_ABORTED, detail)

    def acknowledge(self, key: DatagramKey, bitmap: int) -> tuple[DatagramDropped, ...]:
        """The other end tells what it has of a datagram."""
        if bitmap == NULL_BITMAP:
            return self.abort(key, BY_RECEIVER)
        if bitmap == FULL_BITMAP:
            return self._datagrams.discard(key, Reason.REASSEMBLY_UNFINISHED, NOT_ALL_HEARD)
        return ()

    def sequences(self, now: int, key: DatagramKey) -> frozenset[int]:
        """The fragments of a datagram that came, of one that was delivered lately, too."""
        buffer = self._buffer(key) or self._datagrams.lately_completed(now, key)
        return frozenset(buffer.pieces) if isinstance(buffer, RecoverableBuffer) else frozenset()

    def _buffer(self, key: DatagramKey) -> RecoverableBuffer | None:
        buffer = self._datagrams.incomplete.get(key)
        return buffer if isinstance(buffer, RecoverableBuffer) else None

    def _fault(
        self, buffer: RecoverableBuffer | None, fragment: RecoverableFragment, octets: bytes
    ) -> tuple[Reason, str] | None:
        """Why the fragment cannot be part of its datagram, whatever else comes."""
        largest, end = self._datagrams.largest, fragment.offset + len(octets)
        size = fragment.datagram_size or (buffer.size if buffer else None)
        if max(size or 0, end) > largest:
            return Reason.TOO_BIG, f"datagram of {max(size or 0, end)} octets, at most {largest}"
        if not octets:
            return Reason.BAD_LENGTH, "a fragment without octets"
        if size is not None and end > size:
            return Reason.FRAGMENT_PAST_END, f"octets {fragment.offset} to {end} of a datagram of {size}"
        return None

    def _accept(self, now: int, key: DatagramKey, fragment: RecoverableFragment, octets: bytes) -> tuple[Outcome, ...]:
        """Keep a fragment that is new and fits what its buffer holds."""
        datagrams, outcomes = self._datagrams, list[Outcome]()
        buffer = self._buffer(key)
        if buffer is None:
            buffer = RecoverableBuffer(key)
            outcomes += datagrams.open(now, buffer)
        buffer.insert(now, fragment, octets)
        return (*outcomes, *datagrams.kept(now, buffer, octets))
