"""The datagrams that are not whole yet, whatever their fragments look like: room, time and accounts.

Theory of operation. A buffer holds what came of one datagram. Which fragments go together is for those to say who read
them: :mod:`~p6lowpan.machines.adaptation.reassembler` (RFC 4944) and :mod:`~p6lowpan.machines.adaptation.recovery`
(RFC 8931) put theirs into the same table, under the same bounds, and a datagram that must go is told in the same way:

=====================  ==========================================================================================
time is up             REASSEMBLY_TIMEOUT, counted from the first fragment that came. A later fragment of the same
                       datagram starts a fresh buffer; what was given up does not come back
there is no room       REASSEMBLY_FULL, for the oldest of the neighbour's or of all buffers, but never the one that
                       the fragment is for: the rest of its datagram would then push out others for nothing
the caller says so     a first fragment that cannot be decompressed, a disassociation, the end of a capture
=====================  ==========================================================================================

Accounting, at any time: ``received == delivered + duplicates + pending + sum(dropped.values())``, all in fragments.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sized
from math import inf
from typing import NamedTuple

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.timeline import (
    Arrival,
    Complete,
    DatagramDropped,
    DatagramKey,
    Duplicate,
    Outcome,
    Pending,
    Timeline,
)
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress

WHERE = "reassembly"
LONGEST_TIMEOUT_US = 60_000_000  # RFC 4944 5.3: "The reassembly timeout MUST be set to a maximum of 60 seconds"


class Incomplete(ABC):
    """A buffer, of any kind. ``octets`` are all that its ``pieces`` hold; :meth:`Datagrams.open` sets ``deadline``."""

    __slots__ = ("arrivals", "deadline", "duplicates", "key", "octets")

    def __init__(self, key: DatagramKey) -> None:
        self.key = key
        self.deadline = 0
        self.arrivals: list[Arrival] = []
        self.duplicates = 0
        self.octets = 0

    @property
    @abstractmethod
    def pieces(self) -> Sized:
        """The fragments that brought something new."""

    @property
    @abstractmethod
    def timeline(self) -> Timeline:
        """What came when."""

    @property
    @abstractmethod
    def whole(self) -> bytes | None:
        """The datagram, if all of it came."""


class Completed(NamedTuple):
    """A datagram that was delivered, and when. Its fragments are kept as long as their repetitions may come."""

    at_us: int
    buffer: Incomplete


class Datagrams:
    """The buffers of one receiver, or of everyone that a capture shows. See the module for the rules.

    Raises :class:`UsageError` for limits that RFC 4944 forbids (a time-out above 60 s).
    """

    def __init__(self, limits: Limits) -> None:
        if not 0 < limits.reassembly_timeout_us <= LONGEST_TIMEOUT_US:
            raise UsageError(
                f"reassembly_timeout_us is {limits.reassembly_timeout_us}: must be 1 to {LONGEST_TIMEOUT_US}"
            )
        if limits.reassembly_buffers_per_neighbor < 1:
            raise UsageError("reassembly_buffers_per_neighbor must be 1 or more")
        self.limits = limits
        self.received = 0
        self.delivered = 0
        self.duplicates = 0
        self.dropped: Counter[Reason] = Counter()
        self.octets = 0
        self.incomplete: BoundedTable[DatagramKey, Incomplete] = BoundedTable(limits.reassembly_buffers)
        self.nothing_before: float = inf  # no deadline is earlier: until then, no need to look at every buffer
        self.completed: BoundedTable[DatagramKey, Completed] = BoundedTable(limits.completed_datagrams)

    @property
    def pending(self) -> int:
        """How many fragments wait for others."""
        return sum(len(buffer.pieces) for buffer in self.incomplete.values())

    @property
    def buffers(self) -> tuple[Pending, ...]:
        """The datagrams that are incomplete now, oldest first."""
        return tuple(Pending(buffer.key, buffer.timeline) for buffer in self.incomplete.values())

    @property
    def largest(self) -> int:
        """Of how many octets a datagram may be at most."""
        return min(self.limits.datagram_octets, self.limits.reassembly_octets)

    def held_for(self, destination: LinkAddress) -> int:
        """How many datagrams to one destination are incomplete now."""
        return sum([key.destination == destination for key in self.incomplete])

    # --- time ---------------------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> int | None:
        """When :meth:`expire` has something to do; ``None``: never."""
        return min([buffer.deadline for buffer in self.incomplete.values()]) if self.incomplete else None

    def is_due(self, now: int) -> bool:
        """Whether :meth:`expire` might have something to do."""
        return now >= self.nothing_before

    def expire(self, now: int) -> tuple[DatagramDropped, ...]:
        """Give up what has waited long enough."""
        if now < self.nothing_before:
            return ()
        late = [key for key, buffer in self.incomplete.items() if buffer.deadline <= now]
        drops = tuple(self.drop(key, Reason.REASSEMBLY_TIMEOUT) for key in late)
        self.nothing_before = min((buffer.deadline for buffer in self.incomplete.values()), default=inf)
        return drops

    def lately_completed(self, now: int, key: DatagramKey) -> Incomplete | None:
        """A datagram that was delivered under ``key``, as long as its fragments may come again."""
        completed = self.completed.get(key)
        if completed is None or now - completed.at_us >= self.limits.completed_datagram_us:
            return None
        return completed.buffer

    # --- what becomes of a fragment -----------------------------------------------------------------------------------

    def repeated(self, now: int, buffer: Incomplete, offset: int, octets: bytes) -> Duplicate:
        """A fragment came again. The timeline lists the first of those."""
        self.duplicates += 1
        if buffer.duplicates < self.limits.reassembly_duplicates:
            buffer.arrivals.append(Arrival(now, offset, len(octets), duplicate=True))
        buffer.duplicates += 1
        return Duplicate(buffer.key, buffer.timeline)

    def absorbed(self, now: int, delivered: Incomplete, offset: int, octets: bytes) -> Duplicate:
        """A fragment came again whose datagram was delivered lately."""
        self.duplicates += 1
        arrival = Arrival(now, offset, len(octets), duplicate=True)
        return Duplicate(delivered.key, Timeline(delivered.timeline.size, (arrival,), 1), completed=True)

    def kept(self, now: int, buffer: Incomplete, octets: bytes) -> tuple[Outcome, ...]:
        """A fragment was put into its buffer: the datagram is whole, or has to have room."""
        self.octets += len(octets)
        whole = buffer.whole
        if whole is None:
            return (*self._make_room(buffer.key), Pending(buffer.key, buffer.timeline))
        self._close(buffer.key)
        self.delivered += len(buffer.pieces)
        self.completed.put(buffer.key, Completed(now, buffer))
        return (Complete(buffer.key, whole, buffer.timeline),)

    # --- room ---------------------------------------------------------------------------------------------------------

    def open(self, now: int, buffer: Incomplete) -> list[DatagramDropped]:
        """Begin a datagram, and make room for it. What was delivered under its key is forgotten."""
        drops, key = [], buffer.key
        same, most = list[DatagramKey](), self.limits.reassembly_buffers_per_neighbor
        if len(self.incomplete) >= most:
            same = [other for other in self.incomplete if other.source == key.source]
        if len(same) >= most:
            drops.append(self._push_out(same[0], f"{len(same)} datagrams of its source"))
        elif len(self.incomplete) >= self.incomplete.bound:
            drops.append(self._push_out(next(iter(self.incomplete)), f"{len(self.incomplete)} datagrams"))
        self.completed.remove(key)
        buffer.deadline = now + self.limits.reassembly_timeout_us
        self.incomplete.put(key, buffer)
        self.nothing_before = min(self.nothing_before, buffer.deadline)
        return drops

    def _make_room(self, key: DatagramKey) -> list[DatagramDropped]:
        """Give up others than ``key``, the oldest first, until what is left has room."""
        drops = []
        while self.octets > self.limits.reassembly_octets:
            oldest = next(other for other in self.incomplete if other != key)
            drops.append(self._push_out(oldest, f"more than {self.limits.reassembly_octets} octets"))
        return drops

    def _push_out(self, key: DatagramKey, held: str) -> DatagramDropped:
        return self.drop(key, Reason.REASSEMBLY_FULL, f"oldest of {held}")

    # --- ends ---------------------------------------------------------------------------------------------------------

    def discard(self, key: DatagramKey, reason: Reason, detail: str = "") -> tuple[DatagramDropped, ...]:
        """Give up one datagram, where anything of it came: its first fragment cannot be decompressed, say."""
        return (self.drop(key, reason, detail),) if key in self.incomplete else ()

    def discard_all(self, reason: Reason = Reason.REASSEMBLY_UNFINISHED) -> tuple[DatagramDropped, ...]:
        """Give up everything: at the end of a capture, and on a disassociation ("fragment recipients MUST discard
        all link fragments of all partially reassembled payload datagrams")."""
        return tuple(self.drop(key, reason) for key in tuple(self.incomplete))

    def drop(
        self, key: DatagramKey, reason: Reason, detail: str = "", refused: int = 0, size: int = 0
    ) -> DatagramDropped:
        """Count and report what is lost: all that came under ``key``, and ``refused`` fragments that came now.
        ``size``: what the refused one says of a datagram of which nothing came before."""
        buffer = self._close(key)
        fragments = refused + (len(buffer.pieces) if buffer else 0)
        self.dropped[reason] += fragments
        return DatagramDropped(
            reason=reason,
            where=WHERE,
            detail=detail,
            key=key,
            timeline=buffer.timeline if buffer else Timeline(size or key.size),
            fragments=fragments,
        )

    def _close(self, key: DatagramKey) -> Incomplete | None:
        buffer = self.incomplete.remove(key)
        if buffer is not None:
            self.octets -= buffer.octets
        return buffer
