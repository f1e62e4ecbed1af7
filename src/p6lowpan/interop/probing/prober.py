"""A machine that probes one neighbour: it is told what comes and when, and says what to send.

Theory of operation. Probes are put one after the other. A try sends the frames of a probe and waits for the answers to
all its questions; what is lost is tried again. Where no try was answered, the same packets go out in the plainest form
that the neighbour understands: if that *control* is answered, the neighbour is there, answers such packets, and did not
understand the probe; if not, nothing can be said. A probe that needs a feature beside its subject waits until that one
is known to be understood. A class-unsupported error ends a probe at once, and says what its sender is.

How many tries are needed is computed from what was lost of that which is known to be understood. If the control of a
plain echo request stays unanswered, the neighbour is gone: probing ends, and what was found is kept. :attr:`results`
can be saved at any time; another prober goes on from there.

Fragments that are not put together may take the room that a neighbour has for them, for up to a minute. So behind each
try in fragments that is not answered, others are sent that must be understood: a *check*. If there is no room for them,
what came of the try is completed, and checked again; if there still is none, the probe is put off, and the prober goes
on with what needs no fragments, and checks now and then. That there was no room says more than silence: all of the try
was acknowledged, was kept, and was not put together. One such try is enough.

The MAC is that of a node: it acknowledges, repeats, filters duplicates and secures. Solicitations for our addresses are
answered, so that the neighbour can reply. ``now`` is in microseconds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.interop.probing import answering
from p6lowpan.interop.probing.attempt import CHECKS, Attempt, Course, Kind, are_fragments, evidence
from p6lowpan.interop.probing.choosing import FORMS, Choosing, needed
from p6lowpan.interop.probing.findings import Findings, findings
from p6lowpan.interop.probing.hearing import Heard, Hearing
from p6lowpan.interop.probing.learning import based, begun, learned
from p6lowpan.interop.probing.plan import REASSEMBLIES
from p6lowpan.interop.probing.probe import Form, OutFrame, Probe, packet_in
from p6lowpan.interop.probing.questions import (
    ECHO,
    NUMBERS_OF_A_TRY,
    Question,
    acknowledged,
    announced_in,
    answer_to,
    misquoted,
)
from p6lowpan.interop.probing.remaining import Remaining
from p6lowpan.interop.probing.results import Outcome, Result, Results
from p6lowpan.interop.probing.room import Room
from p6lowpan.interop.probing.scene import Base, Scene
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import Confirm, Indication
from p6lowpan.machines.timers import earliest
from p6lowpan.node import inputs

ANSWER_TAG = 0x7FFF
FRAME_US = 20_000
"""A frame there and one back, with what CSMA/CA and repetitions add."""
FEWEST_CONTROLS, TRIES_OF_OPTIONAL = 5, 2


@dataclass(frozen=True, slots=True)
class Patience:
    """``answer_us``: how long an answer may take, beside the time that its frames take. ``gap_us`` between two tries
    keeps below the ten ICMPv6 errors a second that RFC 4443 section 2.4 f gives as an example."""

    answer_us: int = 1_000_000
    gap_us: int = 120_000


class Prober:
    """See the module. ``is_done`` once there is nothing more to ask."""

    def __init__(
        self,
        link: MacConfiguration,
        scene: Scene,
        plan: Sequence[Probe],
        results: Results | None = None,
        patience: Patience = Patience(),
        seed: int = 0,
    ) -> None:
        self.results = results or Results()
        self._remaining = Remaining(plan, self.results)
        self._mac = Mac(link, replace(P6LOWPAN, link_queue_frames=1024), Chance(seed))
        self.scene = begun(scene, self.results, self._mac.room(scene.theirs, scene.ours))
        self._patience = patience
        self._hearing = Hearing(self.results)
        self._course: Course | None = None
        self._attempt: Attempt | None = None
        self._put_off: Course | None = None
        self._remaining.reopen(self.scene)
        self._room = Room(may_be_taken=self.scene.fragments is not None)  # by whoever asked before
        self._choosing = Choosing(self._remaining, self.results, self._room)
        self._at: int | None = None
        self._handle = 0
        self._started = False

    @property
    def is_done(self) -> bool:
        """Whether everything has been asked, or the neighbour is gone."""
        return self._remaining.is_done

    @property
    def deadline(self) -> int | None:
        """When a ``Wake`` has something to do."""
        if not self._started:
            return 0
        return earliest(self._mac.deadline, self._at)

    @property
    def plan(self) -> tuple[Probe, ...]:
        """Everything that is asked."""
        return self._remaining.plan

    @property
    def findings(self) -> Findings:
        """What is known so far."""
        return findings(self._remaining.plan, self.results)

    def handle(self, now: int, given: inputs.Input) -> tuple[object, ...]:
        """Take an input of a node's: frames, the radio's reports, ``Wake``."""
        events: list[Any] = list(self._given(now, given))
        if not self._started:
            self._started, self._at = True, now
        if self._mac.deadline is not None and self._mac.deadline <= now:
            events += self._mac.tick(now)
        outputs: list[object] = list(self._run(now, events))
        if self._at is not None and self._at <= now:
            self._at = None
            outputs += self._run(now, self._due(now))
        return tuple(outputs)

    def _given(self, now: int, given: inputs.Input) -> Iterable[Any]:
        match given:
            case inputs.FrameReceived():
                return self._mac.received(now, given.octets)
            case inputs.ChannelAssessed():
                return self._mac.channel_assessed(now, given.clear)
            case inputs.TransmitDone():
                return self._mac.transmit_done(now, given.acknowledged, given.accessed)
        return ()

    def _run(self, now: int, events: Iterable[Any]) -> Iterable[object]:
        pending = list(events)
        while pending:
            event = pending.pop(0)
            if isinstance(event, Indication):
                pending += self._heard(now, event)
            elif isinstance(event, Confirm):
                self._confirmed(now, event)
            else:
                yield event

    # --- what comes ---------------------------------------------------------------------------------------------------

    def _heard(self, now: int, event: Indication) -> Iterable[Any]:
        heard = self._hearing.heard(now, event, self.scene)
        if self._attempt is not None:
            self._attempt.came.append(event.payload.hex())
        acknowledgment, events = heard.acknowledgment, list[Any]()
        if acknowledgment is not None and self._attempt is not None:
            self._answer(now, heard, self._attempt, lambda question: acknowledged(question, acknowledgment))
        for packet in heard.packets:
            answer = answering.answer(packet, self.scene)
            if answer is not None:
                events += self._reply(now, answer)
            elif self._attempt is not None:
                self._packet(now, packet, heard, self._attempt)
        return events

    def _packet(self, now: int, octets: bytes, heard: Heard, attempt: Attempt) -> None:
        """What is for everybody is answered by others, too; what only the neighbour was asked only the neighbour
        answers: then it has another address."""
        profile = announced_in(octets) if heard.is_theirs else None
        if profile is not None:
            self.results.announced = profile.name
            if attempt.kind is Kind.TRY:
                self._end(now, attempt, Outcome.REFUSED, f"it answers that it is {profile.name}")
            return
        if not self._answer(now, heard, attempt, lambda question: answer_to(question, octets)) and heard.is_theirs:
            for question in attempt.questions:
                attempt.misquoted = misquoted(question, octets) or attempt.misquoted

    def _answer(self, now: int, heard: Heard, attempt: Attempt, said: Callable[[Question], str | None]) -> bool:
        """Whether something that came answers a question; ``said`` puts that into words."""
        if not heard.is_theirs and attempt.is_for_everybody:
            return False
        for question in attempt.questions:
            if (words := said(question)) is not None:
                if not heard.is_theirs:
                    self.results.ends.add(heard.source.hex())
                attempt.questions.remove(question)
                if not attempt.is_settled(question, words, self._under_way().probe):
                    along = Result(question.of, Outcome.ANSWERED, words, 1, attempt.sent, tuple(attempt.came))
                    self._remaining.decide(self._remaining.named(question.of), along)
                if not attempt.questions:
                    self._answered(now, attempt)
                return True
        return False

    def _answered(self, now: int, attempt: Attempt) -> None:
        """All questions were answered."""
        course = self._under_way()
        self.results.answered += 1
        if not course.probe.ladder and attempt.kind is not Kind.CHECK:  # there silence may be a bound
            self.results.lost += course.tried - 1 if attempt.kind is Kind.TRY else course.controlled
        if attempt.kind is Kind.TRY:
            self._end(now, attempt, Outcome.ANSWERED, attempt.words)
            return
        self._attempt, self._at, course.control = None, now + self._patience.gap_us, attempt
        if attempt.kind is Kind.CHECK:
            self._check_answered(course)
        else:
            self._control_answered(course)

    # --- what is sent -------------------------------------------------------------------------------------------------

    def _forms(self) -> Sequence[Form]:
        """The form that is understood; all, while that is not known."""
        return tuple(FORMS.values()) if self.scene.base is None else (FORMS[self.scene.base],)

    def _reply(self, now: int, packet: bytes) -> Iterable[Any]:
        return self._send(
            now, [frame for form in self._forms() for frame in packet_in(self.scene, packet, form, ANSWER_TAG)]
        )

    def _send(self, now: int, frames: Sequence[OutFrame]) -> Iterable[Any]:
        for frame in frames:
            self._handle += 1
            source = frame.link.source if len(frame.link.source) else None
            yield from self._mac.send(now, frame.link.destination, frame.payload, self._handle, source=source)

    def _confirmed(self, now: int, event: Confirm) -> None:
        attempt = self._attempt
        if attempt is None or attempt.unconfirmed == 0 or event.handle < attempt.first_handle:
            return
        attempt.unconfirmed -= 1
        if event.delivered and not attempt.is_for_everybody:
            self.results.frames += 1
            self.results.attempts += event.attempts
        attempt.undelivered |= not event.delivered
        if attempt.unconfirmed:
            return
        if attempt.left:
            self._at = now + attempt.left[0].after_us
        else:
            self._at = now + self._patience.answer_us + FRAME_US * 2 * len(attempt.frames)

    def _due(self, now: int) -> Iterable[Any]:
        attempt = self._attempt
        if attempt is None:
            return self._next(now)
        if attempt.left:
            return self._more(now, attempt)
        self._unanswered(now, attempt)
        return ()

    def _more(self, now: int, attempt: Attempt) -> Iterable[Any]:
        """All frames up to the next pause."""
        ready = 1
        while ready < len(attempt.left) and not attempt.left[ready].after_us:
            ready += 1
        frames, attempt.left = attempt.left[:ready], attempt.left[ready:]
        attempt.unconfirmed, attempt.first_handle = len(frames), self._handle + 1
        return self._send(now, frames)

    # --- one probe after the other ------------------------------------------------------------------------------------

    def _under_way(self) -> Course:
        assert self._course is not None  # noqa: S101 - there is no attempt without one
        return self._course

    def _next(self, now: int) -> Iterable[Any]:
        """The next attempt of the probe under way, of the one that was put off, or of the next that can be asked."""
        if self._course is None and self._put_off is not None and now >= self._put_off.resumes_at:
            self._course, self._put_off = self._put_off, None
        while self._course is None and not self.is_done:
            probe = self._remaining.first(self.scene, frames_alone=self._put_off is not None)
            if probe is None:
                assert self._put_off is not None  # noqa: S101 - nothing else holds a probe back
                self._at = self._put_off.resumes_at
                return ()
            outcome = self._remaining.cannot(probe, self.scene)
            self._course = Course(probe)
            if outcome is not None:
                self._decide(self._course, *outcome)
            elif self._room.is_full and not self._remaining.goes_in_frames(probe, self.scene):
                self._put_off_now(now, self._course)
        return () if self._course is None or self.is_done else self._begin(now, self._course)

    def _begin(self, now: int, course: Course) -> Iterable[Any]:
        self.results.number += NUMBERS_OF_A_TRY
        number = self.results.number & 0x7FFF
        kind, questions, frames = self._choosing.next(course, self.scene, number)
        course.tried += int(kind is Kind.TRY)
        self._attempt = Attempt(kind, list(questions), frames, list(frames), self._room.was_all_free(now))
        return self._more(now, self._attempt)

    # --- what silence says --------------------------------------------------------------------------------------------

    def _unanswered(self, now: int, attempt: Attempt) -> None:
        course = self._under_way()
        self._attempt, self._at = None, now + self._patience.gap_us
        counts = course.counts(attempt, bool(self.results.answered))
        if are_fragments(attempt.frames):
            self._room.left(now)
            self._room.may_be_taken |= attempt.kind is Kind.TRY
        if attempt.is_answered:
            self._answered(now, attempt)
            return
        match attempt.kind:
            case Kind.TRY:
                course.tried += attempt.copies(course.probe) if counts else -1
                course.tried_again(attempt)
                if course.probe.optional and course.tried >= TRIES_OF_OPTIONAL:
                    self._decide(course, Outcome.OPEN, "no answer, and none is due")
            case Kind.CHECK:
                course.checked += int(counts)
                if course.checked >= CHECKS and course.is_completed:
                    self._no_room(now, course)
            case Kind.CONTROL:
                course.controlled += int(counts)
                if course.controlled >= max(FEWEST_CONTROLS, self.results.tries(len(attempt.frames), everybody=True)):
                    self._control_unanswered(course, attempt)

    def _no_room(self, now: int, course: Course) -> None:
        """The last try has taken all room for fragments, or the probe is put off until there may be some."""
        self._room.is_full, course.is_kept = True, self.scene.fragments is not None and course.was_kept()
        if not course.is_kept:
            self._put_off_now(now, course)

    def _put_off_now(self, now: int, course: Course) -> None:
        moment = self._room.moment(now, course.absences, is_known=self.scene.fragments is not None)
        if moment is None:
            course.is_stuck = True
            return
        course.put_off(moment)
        self._put_off, self._course = course, None

    def _check_answered(self, course: Course) -> None:
        is_all = course.probe.ladder == REASSEMBLIES and self._remaining.below(course.probe) is not None
        self._room.is_there(course.absences, is_all)
        course.absences, course.is_kept = 0, self.scene.fragments is not None and course.was_kept()
        if course.probe.ladder and course.last is not None and course.tried >= needed(self.results, course.last.frames):
            self._silent(course, "another packet in fragments")

    def _control_answered(self, course: Course) -> None:
        if self.scene.base is None:
            self.scene = based(self.scene, self.results, course.guessed)
        if course.is_stuck:
            asked = (*self._choosing.check(course, self.scene, 0)[0], *course.probe.ask(self.scene, 0))
            self._unanswerable(course, {one.kind for one in asked}, ", not behind a minute of silence either")
            return
        is_plainer = course.probe.ladder or course.is_kept
        self._silent(course, "a plainer packet" if is_plainer else "the same packet in its plainest form")

    def _silent(self, course: Course, answered: str) -> None:
        wrong = course.last.misquoted if course.last is not None else ""
        kept = "; its fragments were kept, and not put together" if course.is_kept else ""
        self._decide(course, Outcome.SILENT, f"{wrong or 'no answer'}, while {answered} was answered{kept}")

    def _control_unanswered(self, course: Course, attempt: Attempt) -> None:
        if attempt.misquoted and self.scene.base is Base.IPHC:  # in line it is compressed, too
            self._decide(course, Outcome.SILENT, f"{attempt.misquoted}, also where all of it is in line")
            return
        kinds = {one.kind for one in self._choosing.control(course, self.scene, 0)[0]}
        if ECHO in kinds:
            self.results.is_gone = True
            return
        self._unanswerable(course, kinds)

    def _unanswerable(self, course: Course, kinds: set[str], when: str = "") -> None:
        self.results.unanswerable |= kinds
        self._decide(course, Outcome.UNANSWERABLE, f"{min(kinds)} is not answered in any form{when}")

    def _end(self, now: int, attempt: Attempt, outcome: Outcome, why: str) -> None:
        """The attempt under way decides its probe."""
        course = self._under_way()
        course.last = attempt
        self._at = now + self._patience.gap_us
        self._decide(course, outcome, why)

    def _decide(self, course: Course, outcome: Outcome, why: str) -> None:
        tried, control = evidence(course.last), evidence(course.control if outcome is Outcome.SILENT else None)
        self._remaining.decide(
            course.probe, Result(course.probe.name, outcome, why, course.tried, *tried, course.is_kept, *control)
        )
        if outcome is Outcome.ANSWERED:
            self.scene = learned(self.scene, self.results, course.probe.name)
        self._attempt = self._course = None
