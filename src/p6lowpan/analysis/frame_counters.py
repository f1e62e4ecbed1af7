"""Frame counters of secured frames: a counter that does not grow is a replay, or a nonce used twice.

A receiver keeps the counter of each sender and key (IEEE 802.15.4-2015 section 9.2.4). Here one stands for all
receivers, so counters are kept by destination too: a frame that waited for a sleepy receiver may be sent behind later
ones to others.
"""

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame

REPLAYED_FRAME_COUNTER = Rule(
    "replayed-frame-counter",
    Severity.WARNING,
    "IEEE 802.15.4 9.2.4",
    "a frame counter that is not above the last one of its sender and key: receivers drop the frame as a replay",
)
REUSED_FRAME_COUNTER = Rule(
    "reused-frame-counter",
    Severity.ERROR,
    "IEEE 802.15.4 9.3.2",
    "two different frames under one key and frame counter: the nonce is used twice, and the encryption gives way",
)

Sender = tuple[str, bytes, int | None, LinkAddress]


class FrameCounters:
    """The last counter, and the frame under it, by key, EUI-64, key index and destination."""

    def __init__(self, most: int = BOUNDS.frame_counters) -> None:
        self._last: BoundedTable[Sender, tuple[int, bytes]] = BoundedTable(most)

    def look(self, draft: Draft, sealed: Frame) -> None:
        """Look at a secured frame that was opened and is no repetition of its sender's last one."""
        counter = getattr(sealed.security, "frame_counter", None)
        if counter is None or draft.security is None or draft.security.error is not None:
            return
        index = getattr(sealed.security, "key_index", None)
        sender = (draft.security.key_name, draft.security.extended_source, index, sealed.destination)
        last, code = self._last.get(sender, (-1, b""))
        if counter > last:
            self._last.put(sender, (counter, sealed.mic + sealed.payload))
        elif counter == last and code != sealed.mic + sealed.payload:
            draft.findings.append(REUSED_FRAME_COUNTER.finding(f"frame counter {counter} for two different frames"))
        else:
            text = f"frame counter {counter} after {last}: receivers drop the frame as a replay"
            draft.findings.append(REPLAYED_FRAME_COUNTER.finding(text))
