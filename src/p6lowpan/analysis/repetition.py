"""Link-layer repetitions: a frame that its sender sent again because no acknowledgement came."""

from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame

MOST_SENDERS = 4096
WINDOW_US = 1_000_000
"""A repetition follows within macMaxFrameRetries attempts: a second is generous."""


class Repetition:
    """Remembers the last frame of each sender. The sequence number alone is not enough: it has eight bits."""

    def __init__(self) -> None:
        self._last: dict[tuple[int | None, LinkAddress], tuple[int, Frame]] = {}

    def seen(self, now: int, frame: Frame) -> bool:
        """Whether ``frame`` repeats the last one of its sender."""
        sender = (frame.pan_of_source, frame.source)
        before = self._last.pop(sender, None)
        self._last[sender] = (now, frame)
        if len(self._last) > MOST_SENDERS:
            self._last.pop(next(iter(self._last)))
        if before is None or frame.sequence_number is None or not frame.source:
            return False
        return before[1] == frame and now - before[0] <= WINDOW_US
