"""Frames that come twice, since the acknowledgement of the first was lost.

IEEE 802.15.4 leaves it to the receiver to tell a frame that is sent again from a new one: same source, same sequence
number. Sequence numbers have 8 bits and start anywhere after a restart, so the memory is short in two ways: a few
frames of each sender, and ``Limits.duplicate_memory_us``. A frame that was not seen is never refused, whatever its
number: frames that overtake one another are the sender's doing, not a repetition.
"""

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.ieee802154.frame import Frame

WHERE = "duplicate-filter"

Sender = tuple[int | None, LinkAddress]
"""PAN and address."""

Seen = dict[int, int]
"""Sequence numbers, and when each came; the latest is the last."""


class DuplicateFilter:
    """The latest frames of the latest senders. See the module for the rules.

    A frame without sequence number or source cannot be told from others: it is never known and never remembered.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._seen: BoundedTable[Sender, Seen] = BoundedTable(limits.duplicate_sources)

    def knows(self, now: int, frame: Frame) -> bool:
        """Whether the frame came before, not long ago."""
        number, seen = frame.sequence_number, self._seen.get(_sender(frame))
        return (
            seen is not None
            and number is not None
            and number in seen
            and seen[number] > now - self._limits.duplicate_memory_us
        )

    def remember(self, now: int, frame: Frame) -> tuple[Dropped, ...]:
        """Enter a frame that was taken. Where that pushes out another sender before its time, the drop is returned."""
        if frame.sequence_number is None or not frame.source:
            return ()
        sender = _sender(frame)
        seen = self._seen.remove(sender) or {}  # so that the table's oldest is the sender that was silent longest
        seen.pop(frame.sequence_number, None)
        seen[frame.sequence_number] = now
        if len(seen) > self._limits.duplicate_frames_per_source:
            del seen[next(iter(seen))]
        gone = self._seen.put(sender, seen)
        if gone is None or max(gone[1].values()) <= now - self._limits.duplicate_memory_us:
            return ()
        (_, address), _ = gone
        return (Dropped(Reason.DUPLICATE_MEMORY_FULL, WHERE, f"the latest frames of {format_link(address)}"),)


def _sender(frame: Frame) -> Sender:
    return frame.pan_of_source, frame.source
