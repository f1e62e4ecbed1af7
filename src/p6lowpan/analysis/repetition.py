"""Link-layer repetitions: a frame that its sender sent again because no acknowledgement came."""

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame

WINDOW_US = 1_000_000
"""A repetition follows within macMaxFrameRetries attempts: a second is generous."""


class Repetition:
    """Remembers the last frame of each sender. The sequence number alone is not enough: it has eight bits."""

    def __init__(self, most: int = BOUNDS.senders) -> None:
        self._last: BoundedTable[tuple[int | None, LinkAddress], tuple[int, Frame]] = BoundedTable(most)

    def seen(self, now: int, frame: Frame) -> bool:
        """Whether ``frame`` repeats the last one of its sender."""
        sender = (frame.pan_of_source, frame.source)
        before = self._last.get(sender)
        self._last.put(sender, (now, frame))
        if before is None or frame.sequence_number is None or not frame.source:
            return False
        at, last = before
        return last.sequence_number == frame.sequence_number and now - at <= WINDOW_US and last == frame
