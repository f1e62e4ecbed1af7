"""One frame that the capture holds several times, because it was heard on several ways.

Two sniffers hear a frame each, on interfaces of their own; a ZEP dispatcher relays a frame to every node, and a capture
on the loopback interface shows each datagram. That is no retransmission: its sender sent it once. What tells the two
apart is the way: who sends again is heard on the same way again.
"""

from functools import lru_cache

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.inside import Encapsulated
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame

WINDOW_NS = 1_000_000_000
MOST_WAYS = 256
TELLING = ("source", "destination", "source_port", "destination_port", "packet_type", "interface")
"""The fields of outer headers that are the same on the same way."""

Way = tuple[object, ...]
Sender = tuple[int | None, LinkAddress]


def way_of(captured: CapturedFrame, inside: Encapsulated) -> Way:
    """The interface, and between whom the headers around a frame went."""
    ends = [getattr(outer.header, name, None) for outer in inside.outer for name in TELLING]
    return (captured.interface, *ends)


class Hearing:
    """The last frame of each sender, and the ways on which it was heard."""

    def __init__(self, most: int = BOUNDS.senders) -> None:
        self._last: BoundedTable[Sender, tuple[int, bytes, frozenset[Way]]] = BoundedTable(most)

    def is_copy(self, captured: CapturedFrame, inside: Encapsulated, frame: Frame) -> bool:
        """Whether this is the last frame of its sender, heard on another way."""
        if not frame.source:
            return False
        way = way_of(captured, inside) if inside.outer else (captured.interface,)
        return self.heard((frame.pan_of_source, frame.source), way, captured.time_ns, inside.frame)

    def heard(self, sender: Sender, way: Way, time_ns: int, octets: bytes) -> bool:
        """The same of a frame's octets, and whoever sent them."""
        last = self._last.get(sender)
        if last is not None and last[1] == octets and time_ns - last[0] <= WINDOW_NS:
            first_ns, _, ways = last
            if way not in ways and len(ways) < MOST_WAYS:
                self._last.put(sender, (first_ns, octets, ways | {way}))
                return True
        self._last.put(sender, (time_ns, octets, _only(way)))
        return False


@lru_cache(MOST_WAYS)
def _only(way: Way) -> frozenset[Way]:
    return frozenset((way,))
