"""Acknowledgements that were asked for and did not come.

Nothing else is sent on a channel between a frame that asks for an acknowledgement and the acknowledgement
(IEEE 802.15.4-2015 section 6.7.4), so that the next frame of the capture on that channel tells. A damaged frame may
have been the acknowledgement, and tells nothing. Nor does a frame that was on the air at the same time, in another
place: a capture of a whole network shows what no single place hears, and several frames wait for their acknowledgement.
"""

from typing import NamedTuple, TypeGuard

from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Draft, Finding, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import BROADCAST, LinkAddress, format_link
from p6lowpan.wire.ieee802154.decoding import AnyFrame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame

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


def asks(frame: AnyFrame | None) -> TypeGuard[Frame | MultipurposeFrame]:
    """Whether somebody is to acknowledge a frame: its bit says so, and it is no acknowledgement itself."""
    if isinstance(frame, Frame) and frame.frame_type == FrameType.ACKNOWLEDGEMENT:
        return False
    return isinstance(frame, Frame | MultipurposeFrame) and bool(frame.acknowledgement_request)


class _Asked(NamedTuple):
    """A frame that waits for its acknowledgement."""

    number: int
    time_ns: int
    octets: int
    sequence_number: int | None
    destination: LinkAddress

    def overlaps(self, other: CapturedFrame) -> bool:
        """Whether a later frame was on the air at the same time: closer behind than the shorter of them lasts, no
        matter whether the capture says when frames begin or when they end. The same time says nothing: the capture has
        none."""
        shorter = min(self.octets, len(other.octets))
        return 0 < other.time_ns - self.time_ns < (PHY_OCTETS + shorter) * OCTET_NS

    @property
    def in_words(self) -> str:
        """That nobody answered."""
        return (
            f"frame {self.number} asked {format_link(self.destination)} for an acknowledgement, and the next frame is "
            "none: it was not heard, or the sniffer did not hear the answer"
        )


class Acknowledgements:
    """On each channel, the frames that wait for their acknowledgement: one, unless they overlap."""

    def __init__(self, most: int = BOUNDS.channels) -> None:
        self._asked: BoundedTable[Channel, tuple[_Asked, ...]] = BoundedTable(most)

    def look(self, draft: Draft, frame: AnyFrame) -> None:
        """Look at an intact frame, before its security is taken off."""
        channel = (draft.captured.interface, draft.inside.channel if draft.inside else None)
        if not isinstance(frame, Frame):
            self._asked.remove(channel)
        elif frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            self.answered(channel, frame.sequence_number)
        else:
            asked = frame.destination if asks(frame) and frame.destination != BROADCAST else None
            draft.findings += self.sent(channel, draft.captured, frame.sequence_number, asked)

    def answered(self, channel: Channel, sequence_number: int | None) -> None:
        """An acknowledgement."""
        if (asked := self._asked.remove(channel)) is not None and sequence_number is not None:
            waiting = tuple([one for one in asked if one.sequence_number != sequence_number])
            if waiting:
                self._asked.put(channel, waiting)

    def sent(
        self, channel: Channel, captured: CapturedFrame, sequence_number: int | None, asked: LinkAddress | None
    ) -> list[Finding]:
        """Another frame, which may have ``asked`` for an acknowledgement itself; what is missing before it."""
        findings = []
        waiting: tuple[_Asked, ...] = ()
        for one in self._asked.remove(channel) or ():
            if one.overlaps(captured):
                waiting = (*waiting, one)
            else:
                findings.append(NO_ACKNOWLEDGEMENT.finding(one.in_words))
        if asked is not None:
            one = _Asked(captured.number, captured.time_ns, len(captured.octets), sequence_number, asked)
            waiting = (*waiting, one)[-MOST_AT_ONCE:]
        if waiting:
            self._asked.put(channel, waiting)
        return findings

    def waiting(self, channel: Channel) -> tuple[tuple[int, int, int, int | None, LinkAddress], ...]:
        """The frames that wait on a channel, for the C core (c/python/asked.c), which keeps the rules of this module
        where there is nothing to say."""
        return self._asked.get(channel, ())

    def now_wait(self, channel: Channel, waiting: tuple[tuple[int, int, int, int | None, LinkAddress], ...]) -> None:
        """These frames do now."""
        self._asked.remove(channel)
        if waiting:
            self._asked.put(channel, tuple([_Asked(*one) for one in waiting]))

    def damaged(self, draft: Draft) -> None:
        """A frame could not be read."""
        self._asked.remove((draft.captured.interface, draft.inside.channel if draft.inside else None))
