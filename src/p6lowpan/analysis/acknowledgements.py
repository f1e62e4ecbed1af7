"""Acknowledgements that were asked for and did not come.

Nothing else is sent on a channel between a frame that asks for an acknowledgement and the acknowledgement
(IEEE 802.15.4-2015 section 6.7.4), so that the next frame of the capture on that channel tells. A damaged frame may
have been the acknowledgement, and tells nothing. Nor does a frame that was on the air at the same time, in another
place: a capture of a whole network shows what no single place hears, and several frames wait for their acknowledgement.
"""

from dataclasses import dataclass

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import BROADCAST, format_link
from p6lowpan.wire.ieee802154.decoding import AnyFrame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType

NO_ACKNOWLEDGEMENT = Rule(
    "no-acknowledgement",
    Severity.WARNING,
    "IEEE 802.15.4 6.7.4",
    "a frame asked for an acknowledgement, and the next frame is none: nobody heard it, or the sniffer did not hear "
    "the answer",
)

OCTET_NS = 32_000  # IEEE 802.15.4-2015 section 12: 250 kb/s; a slower radio's frames overlap even longer
PHY_OCTETS = 6
MOST_AT_ONCE = 8  # as many frames in different places at the same time; ours

Channel = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A frame that waits for its acknowledgement."""

    captured: CapturedFrame
    frame: Frame

    def overlaps(self, other: CapturedFrame) -> bool:
        """Whether a later frame was on the air at the same time: closer behind than the shorter of them lasts, no
        matter whether the capture says when frames begin or when they end. The same time says nothing: the capture has
        none."""
        shorter = min(len(self.captured.octets), len(other.octets))
        return 0 < other.time_ns - self.captured.time_ns < (PHY_OCTETS + shorter) * OCTET_NS


class Acknowledgements:
    """On each channel, the frames that wait for their acknowledgement: one, unless they overlap."""

    def __init__(self, most: int = BOUNDS.channels) -> None:
        self._asked: BoundedTable[Channel, tuple[_Asked, ...]] = BoundedTable(most)

    def look(self, draft: Draft, frame: AnyFrame) -> None:
        """Look at an intact frame, before its security is taken off."""
        channel = (draft.captured.interface, draft.inside.channel if draft.inside else None)
        asked = self._asked.remove(channel) or ()
        if not isinstance(frame, Frame):
            return
        if frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            waiting = tuple(one for one in asked if frame.sequence_number not in (None, one.frame.sequence_number))
        else:
            waiting = tuple(one for one in asked if one.overlaps(draft.captured))
            for one in asked:
                if one not in waiting:
                    draft.findings.append(NO_ACKNOWLEDGEMENT.finding(_in_words(one.captured.number, one.frame)))
            if frame.acknowledgement_request and frame.destination != BROADCAST:
                waiting = (*waiting, _Asked(draft.captured, frame))[-MOST_AT_ONCE:]
        if waiting:
            self._asked.put(channel, waiting)

    def damaged(self, draft: Draft) -> None:
        """A frame could not be read."""
        self._asked.remove((draft.captured.interface, draft.inside.channel if draft.inside else None))


def _in_words(number: int, frame: Frame) -> str:
    return (
        f"frame {number} asked {format_link(frame.destination)} for an acknowledgement, and the next frame is none: it "
        "was not heard, or the sniffer did not hear the answer"
    )
