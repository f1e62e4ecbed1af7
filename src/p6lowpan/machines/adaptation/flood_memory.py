"""The floods that came before, RFC 4944 section 11.1: originator and sequence number tell them apart.

The sequence number has 8 bits, so the memory must be shorter than it takes an originator to send 256 frames to all.
The RFC names neither time nor size: both are ours, in :class:`Limits`.
"""

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress, format_link

WHERE = "flood-memory"

Flood = tuple[LinkAddress, int]
"""Originator and sequence number."""


class FloodMemory:
    """The latest floods, oldest first."""

    def __init__(self, limits: Limits) -> None:
        self._lifetime = limits.flood_memory_us
        self._seen: BoundedTable[Flood, int] = BoundedTable(limits.flood_memory)

    def __len__(self) -> int:
        return len(self._seen)

    def knows(self, now: int, flood: Flood) -> bool:
        """Whether it came before, not long ago."""
        seen = self._seen.get(flood)
        return seen is not None and now - seen < self._lifetime

    def remember(self, now: int, flood: Flood) -> tuple[Dropped, ...]:
        """Enter one that is new. Where that pushes out another before its time, the drop is returned."""
        self._seen.remove(flood)  # so that the table stays in the order of time
        gone = self._seen.put(flood, now)
        if gone is None or now - gone[1] >= self._lifetime:
            return ()
        (originator, sequence_number), _ = gone
        detail = f"flood {sequence_number} of {format_link(originator)}"
        return (Dropped(Reason.DUPLICATE_MEMORY_FULL, WHERE, detail),)
