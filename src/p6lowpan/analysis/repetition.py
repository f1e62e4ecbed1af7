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
        self._last: BoundedTable[tuple[int | None, LinkAddress], tuple[int, bytes]] = BoundedTable(most)

    @property
    def last(self) -> BoundedTable[tuple[int | None, LinkAddress], tuple[int, bytes]]:
        """The last frame of each sender, and when it was heard."""
        return self._last

    def seen(self, now: int, frame: Frame, octets: bytes | None = None) -> bool:
        """Whether ``frame`` repeats the last one of its sender; ``octets`` are its own where they are at hand."""
        repeats = self.heard(now, (frame.pan_of_source, frame.source), frame.encode() if octets is None else octets)
        return repeats and frame.sequence_number is not None and bool(frame.source)

    def heard(self, now: int, sender: tuple[int | None, LinkAddress], octets: bytes) -> bool:
        """The same of a frame that has a sequence number and a source."""
        before = self._last.get(sender)
        self._last.put(sender, (now, octets))
        return before is not None and before[1] == octets and now - before[0] <= WINDOW_US
