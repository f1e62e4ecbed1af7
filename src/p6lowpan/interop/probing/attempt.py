"""What a prober has under way: an attempt to get an answer, and how far the probe is that it is for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.probing.probe import OutFrame, Probe, for_everybody
from p6lowpan.interop.probing.questions import Question
from p6lowpan.interop.probing.scene import Base
from p6lowpan.wire.sixlowpan.fragment import Fragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.stack import read_stack

CHECKS, CHECKS_AGAIN = 3, 2
"""How often it is asked whether there is room for fragments: behind a try, and later."""
MOST_UNDELIVERED = 20


class Kind(Enum):
    """What is sent, and what its answer says."""

    TRY = "the probe itself"
    CHECK = "a packet in fragments that is known to be understood: the neighbour has room for fragments"
    COMPLETION = "what may complete the datagrams of the last try: nothing is asked"
    CONTROL = "the same packets in the plainest form, or a plain packet: the neighbour is there, and answers such"


@dataclass
class Attempt:
    """Frames, and the questions that are not answered yet. ``left`` are those frames that wait for their moment.
    ``had_all_room``: nothing that was sent before could take any of the room for fragments. ``is_answered``: those of
    its own questions were; those for other probes may still be."""

    kind: Kind
    questions: list[Question]
    frames: tuple[OutFrame, ...]
    left: list[OutFrame]
    had_all_room: bool
    unconfirmed: int = 0
    undelivered: bool = False
    first_handle: int = 0
    came: list[str] = field(default_factory=list)
    words: str = ""
    misquoted: str = ""
    is_answered: bool = False

    def is_settled(self, question: Question, words: str, probe: Probe) -> bool:
        """Whether a question that was answered is the probe's own; otherwise it was asked along for another. Of several
        tries at once one answer is enough."""
        own = ("", probe.name)
        if question.of not in own:
            return False
        self.words = words
        self.questions = [one for one in self.questions if not (probe.staggers and one.of in own)]
        self.is_answered = all(one.of for one in self.questions)
        return True

    def copies(self, probe: Probe) -> int:
        """How often the probe is tried in it, beside the first time."""
        return sum(one.of == probe.name for one in self.questions)

    @property
    def sent(self) -> tuple[str, ...]:
        """The MAC payloads."""
        return tuple(frame.payload.hex() for frame in self.frames)

    @property
    def is_for_everybody(self) -> bool:
        """Whether nobody acknowledges it."""
        return for_everybody(self.frames)


@dataclass
class Course:
    """How far a probe is. ``last`` is the last try, ``control`` what was answered instead; ``is_completed`` once it was
    seen that there is no room behind the last try.
    ``is_kept``: its fragments were all acknowledged, and the neighbour has kept them, and not put them together.
    ``absences`` counts how often the probe was put off, until ``resumes_at``. ``is_stuck``: there was no room for
    longer than a neighbour may keep any."""

    probe: Probe
    tried: int = 0
    controlled: int = 0
    checked: int = 0
    undelivered: int = 0
    last: Attempt | None = None
    control: Attempt | None = None
    is_completed: bool = False
    is_kept: bool = False
    is_stuck: bool = False
    absences: int = 0
    resumes_at: int = 0

    @property
    def guessed(self) -> Base:
        """The form of the next control, while none is known to be understood."""
        return (Base.IPHC, Base.PLAIN)[self.controlled % 2]

    def tried_again(self, attempt: Attempt) -> None:
        """A try was not answered."""
        self.last = attempt
        self.checked, self.is_completed, self.is_kept = 0, False, False

    def counts(self, attempt: Attempt, are_any_answered: bool) -> bool:
        """An attempt of which frames were not acknowledged is none, unless the neighbour acknowledges nothing."""
        if not attempt.undelivered or not are_any_answered or self.undelivered >= MOST_UNDELIVERED:
            return True
        self.undelivered += 1
        return False

    def was_kept(self) -> bool:
        """Whether it was the last try that took the room, and was not put together."""
        if self.last is None or self.last.undelivered or not self.is_completed:
            return False
        return self.last.had_all_room or not self.probe.fills

    def put_off(self, moment: int) -> None:
        """It goes on later, with a check."""
        self.resumes_at, self.absences = moment, self.absences + 1
        self.checked, self.is_completed = CHECKS - CHECKS_AGAIN, True


def evidence(attempt: Attempt | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was sent, and what came meanwhile."""
    return (attempt.sent, tuple(attempt.came)) if attempt is not None else ((), ())


def are_fragments(frames: Sequence[OutFrame]) -> bool:
    """Whether the neighbour has to keep any of the frames until others come."""
    return any(_fragment(frame) is not None for frame in frames)


def completion(frames: Sequence[OutFrame]) -> tuple[OutFrame, ...]:
    """The fragments behind the first ones again, in order: a neighbour that has dropped them, for they came before
    their first one, puts their datagram together now, and has room again."""
    later = [(header, frame) for frame in frames if isinstance(header := _fragment(frame), SubsequentFragment)]
    later.sort(key=lambda one: (one[0].datagram_tag, one[0].offset))
    return tuple(OutFrame(frame.link, frame.payload) for _, frame in later)


def _fragment(frame: OutFrame) -> Fragment | None:
    """What is said of the part of a datagram that a frame holds; ``None`` where it holds a whole one."""
    try:
        return read_stack(frame.payload, frame.link).fragment
    except Malformed:
        return None
