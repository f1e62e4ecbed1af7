"""Acknowledgements that were asked for and did not come.

Nothing else is sent on a channel between a frame that asks for an acknowledgement and the acknowledgement
(IEEE 802.15.4-2015 section 6.7.4), so that the next frame of the capture on that channel tells. A damaged frame may
have been the acknowledgement, and tells nothing.
"""

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.rule import Rule
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

Channel = tuple[int, int | None]


class Acknowledgements:
    """On each channel, the frame that waits for its acknowledgement."""

    def __init__(self, most: int = BOUNDS.channels) -> None:
        self._asked: BoundedTable[Channel, tuple[int, Frame]] = BoundedTable(most)

    def look(self, draft: Draft, frame: AnyFrame) -> None:
        """Look at an intact frame, before its security is taken off."""
        channel = (draft.captured.interface, draft.inside.channel if draft.inside else None)
        asked = self._asked.remove(channel)
        if not isinstance(frame, Frame):
            return
        if frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            if asked is not None and frame.sequence_number not in (None, asked[1].sequence_number):
                self._asked.put(channel, asked)
            return
        if asked is not None:
            draft.findings.append(NO_ACKNOWLEDGEMENT.finding(_in_words(*asked)))
        if frame.acknowledgement_request and frame.destination != BROADCAST:
            self._asked.put(channel, (draft.captured.number, frame))

    def damaged(self, draft: Draft) -> None:
        """A frame could not be read."""
        self._asked.remove((draft.captured.interface, draft.inside.channel if draft.inside else None))


def _in_words(number: int, frame: Frame) -> str:
    return (
        f"frame {number} asked {format_link(frame.destination)} for an acknowledgement, and the next frame is none: it "
        "was not heard, or the sniffer did not hear the answer"
    )
