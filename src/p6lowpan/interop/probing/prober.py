"""A machine that probes one neighbour: it is told what comes and when, and says what to send.

Theory of operation. Probes are put one after the other. A try sends the frames of a probe and waits for the answers to
all its questions; what is lost is tried again. Where no try was answered, the same packets go out in the plainest form
that the neighbour understands: if that *control* is answered, the neighbour is there, answers such packets, and did not
understand the probe; if not, nothing can be said. A probe that needs a feature beside its subject waits until that one
is known to be understood. A class-unsupported error ends a probe at once, and says what its sender is.

How many tries are needed is computed from what was lost of that which is known to be understood. If the control of a
plain echo request stays unanswered, the neighbour is gone: probing ends, and what was found is kept. :attr:`results`
can be saved at any time; another prober goes on from there.

The MAC is that of a node: it acknowledges, repeats, filters duplicates and secures. Solicitations for our addresses are
answered, so that the neighbour can reply. ``now`` is in microseconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.limits import RFC6282 as WIDE
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.probing import answering, plan_fragments
from p6lowpan.interop.probing.findings import Findings, findings
from p6lowpan.interop.probing.learning import based, begun, learned
from p6lowpan.interop.probing.probe import AS_KNOWN, Form, OutFrame, Probe, Send, in_form, least, packet_in, plain
from p6lowpan.interop.probing.questions import Question, announced_in, answer_to, echo, misquoted
from p6lowpan.interop.probing.remaining import Remaining
from p6lowpan.interop.probing.results import Outcome, Results
from p6lowpan.interop.probing.scene import Base, Scene
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import Confirm, Indication
from p6lowpan.machines.timers import earliest
from p6lowpan.node import inputs
from p6lowpan.wire.address import BROADCAST, Link, LinkAddress

NUMBERS_OF_A_TRY = 32
ANSWER_TAG = 0x7FFF
FORMS: Mapping[Base, Form] = {Base.PLAIN: plain, Base.IPHC: least}
FRAME_US = 20_000
"""A frame there and one back, with what CSMA/CA and repetitions add."""
MOST_UNDELIVERED, FEWEST_CONTROLS, CONTROLS_OF_FRAGMENTS = 20, 5, 12
LONGEST_GAP_US = 15_000_000


@dataclass(frozen=True, slots=True)
class Patience:
    """``answer_us``: how long an answer may take, beside the time that its frames take. ``gap_us`` between two tries
    keeps below the ten ICMPv6 errors a second that RFC 4443 section 2.4 f gives as an example."""

    answer_us: int = 1_000_000
    gap_us: int = 120_000


@dataclass
class _Try:
    """Frames under way, and the questions that are not answered yet."""

    questions: list[Question]
    frames: list[OutFrame]
    is_control: bool
    sent: tuple[str, ...]
    until: int | None = None
    unconfirmed: int = 0
    everybody: bool = False
    undelivered: bool = False
    first_handle: int = 0
    came: list[str] = field(default_factory=list)
    words: str = ""
    misquoted: str = ""


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
        self._receiver = Receiver(replace(RFC6282, limits=replace(WIDE, reassembly_timeout_us=10_000_000)))
        self._try: _Try | None = None
        self._tried = 0
        self._controlled = 0
        self._undelivered = 0
        self._recovered = False
        self._last: _Try | None = None
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
        link = Link(event.source, event.destination)
        received = self._receiver.receive(now, event.payload, link, self.scene.contexts)
        if self._is_theirs(event.source):
            self.results.saw(received.features)
        if self._try is not None:
            self._try.came.append(event.payload.hex())
        events: list[Any] = []
        for packet in received.packets:
            events += self._packet(now, packet.octets, event.source)
        return events

    def _is_theirs(self, source: LinkAddress) -> bool:
        """Whether the neighbour is known by that address: what is sent to everybody is answered by others, too."""
        return source in (self.scene.theirs, self.scene.their_short) or source.hex() in self.results.ends

    def _packet(self, now: int, octets: bytes, source: LinkAddress) -> Iterable[Any]:
        answer = answering.answer(octets, self.scene)
        if answer is not None:
            return self._send(
                now, [frame for form in self._forms() for frame in packet_in(self.scene, answer, form, ANSWER_TAG)]
            )
        if not self._is_theirs(source):
            return self._from_elsewhere(now, octets, source)
        self.results.announced = answering.announced(octets) or self.results.announced
        if self._try is None:
            return ()
        if (profile := announced_in(octets)) is not None:
            self.results.announced = profile.name
            if not self._try.is_control:
                self._end(now, Outcome.REFUSED, f"it answers that it is {profile.name}")
            return ()
        self._answered(now, octets)
        return ()

    def _from_elsewhere(self, now: int, octets: bytes, source: LinkAddress) -> Iterable[Any]:
        """What only the neighbour was asked only the neighbour answers: it has another address, too."""
        attempt = self._try
        if attempt is None or attempt.everybody or not any(answer_to(one, octets) for one in attempt.questions):
            return ()
        self.results.ends.add(source.hex())
        self._answered(now, octets)
        return ()

    def _answered(self, now: int, octets: bytes) -> None:
        attempt = self._try
        assert attempt is not None  # noqa: S101 - our caller looked
        for question in attempt.questions:
            words = answer_to(question, octets)
            if words is None:
                attempt.misquoted = misquoted(question, octets) or attempt.misquoted
            else:
                attempt.questions.remove(question)
                attempt.words = words
                break
        if attempt.questions:
            return
        self.results.answered += 1
        if not self._remaining.queue[0].ladder:  # there silence may be a bound, or a buffer that is still taken
            self.results.lost += (self._controlled if attempt.is_control else self._tried) - 1
        if attempt.is_control:
            self._control_answered(now)
        else:
            self._end(now, Outcome.ANSWERED, attempt.words)

    # --- what is sent -------------------------------------------------------------------------------------------------

    def _forms(self) -> Sequence[Form]:
        """The form that is understood; all, while that is not known."""
        return tuple(FORMS.values()) if self.scene.base is None else (FORMS[self.scene.base],)

    def _send(self, now: int, frames: Sequence[OutFrame]) -> Iterable[Any]:
        for frame in frames:
            self._handle += 1
            source = frame.link.source if len(frame.link.source) else None
            yield from self._mac.send(now, frame.link.destination, frame.payload, self._handle, source=source)

    def _confirmed(self, now: int, event: Confirm) -> None:
        attempt = self._try
        if attempt is None or attempt.unconfirmed == 0 or event.handle < attempt.first_handle:
            return
        attempt.unconfirmed -= 1
        if event.delivered and not attempt.everybody:
            self.results.frames += 1
            self.results.attempts += event.attempts
        attempt.undelivered |= not event.delivered
        if attempt.unconfirmed:
            return
        if attempt.frames:
            self._at = now + attempt.frames[0].after_us
        else:
            attempt.until = now + self._patience.answer_us + FRAME_US * 2 * len(attempt.sent)
            self._at = attempt.until

    def _due(self, now: int) -> Iterable[Any]:
        attempt = self._try
        if attempt is None:
            return self._next(now)
        if attempt.frames:
            return self._more(now, attempt)
        self._unanswered(now)
        return ()

    def _more(self, now: int, attempt: _Try) -> Iterable[Any]:
        """All frames up to the next pause."""
        ready = 1
        while ready < len(attempt.frames) and not attempt.frames[ready].after_us:
            ready += 1
        frames, attempt.frames = attempt.frames[:ready], attempt.frames[ready:]
        attempt.unconfirmed, attempt.first_handle = len(frames), self._handle + 1
        return self._send(now, frames)

    # --- one probe after the other ------------------------------------------------------------------------------------

    def _next(self, now: int) -> Iterable[Any]:
        """The next try, or the next probe that can be asked."""
        while not self.is_done:
            probe = self._remaining.queue[0]
            outcome = self._remaining.cannot(probe, self.scene) if not self._tried else None
            if outcome is None:
                return self._begin(now, probe)
            self._decide(*outcome)
        return ()

    def _begin(self, now: int, probe: Probe) -> Iterable[Any]:
        self.results.number += NUMBERS_OF_A_TRY
        number = self.results.number & 0x7FFF
        questions = probe.ask(self.scene, number)
        is_control = self._tried >= self._most_tries(probe, questions, number)
        if is_control:
            self._controlled += 1
            questions, send = self._control(probe, number)
            if self.scene.base is None:
                send = in_form((plain, least)[self._controlled % 2])
        else:
            self._tried += 1
            send = probe.send
        frames = list(send(self.scene, questions, number))
        self._try = _Try(list(questions), frames, is_control, tuple(frame.payload.hex() for frame in frames))
        self._try.everybody = _is_for_everybody(frames)
        return self._more(now, self._try)

    def _control(self, probe: Probe, number: int) -> tuple[tuple[Question, ...], Send]:
        """The same packets; where a bound is tried they may be too much in any form, and a short one is asked."""
        if not probe.ladder:
            return probe.ask(self.scene, number), AS_KNOWN
        if self._last is not None and len(self._last.sent) > 1:
            return plan_fragments.control(self.scene, number), plan_fragments.IN_FRAGMENTS
        return (echo(self.scene, number),), AS_KNOWN

    def _most_tries(self, probe: Probe, questions: tuple[Question, ...], number: int) -> int:
        frames = probe.send(self.scene, questions, number)
        return self.results.tries(len(frames), _is_for_everybody(frames))

    def _unanswered(self, now: int) -> None:
        attempt, probe = self._try, self._remaining.queue[0]
        assert attempt is not None  # noqa: S101 - our caller looked
        if not attempt.is_control:
            self._last = attempt
        self._was_delivered(attempt)
        self._try, self._at = None, now + self._gap(attempt)
        if probe.optional and self._tried >= 2:
            self._decide(Outcome.OPEN, "no answer, and none is due")
        elif attempt.is_control and self._controlled >= self._most_controls(attempt):
            self._control_unanswered(probe, attempt.misquoted)

    def _most_controls(self, attempt: _Try) -> int:
        """More where buffers of the neighbour have to become free again."""
        fewest = CONTROLS_OF_FRAGMENTS if self._last is not None and len(self._last.sent) > 1 else FEWEST_CONTROLS
        return max(fewest, self.results.tries(len(attempt.sent), everybody=True))

    def _gap(self, attempt: _Try) -> int:
        """Longer and longer where fragments were lost: they hold the neighbour's buffers for up to a minute."""
        if len(attempt.sent) < 2:
            return self._patience.gap_us
        doubled = self._patience.gap_us << min(self._tried + self._controlled, 8)
        return min(doubled, LONGEST_GAP_US)

    def _was_delivered(self, attempt: _Try) -> None:
        """A try of which frames were not acknowledged is none, unless the neighbour acknowledges nothing."""
        if attempt.undelivered and self.results.answered and self._undelivered < MOST_UNDELIVERED:
            self._undelivered += 1
            self._tried -= int(not attempt.is_control)
            self._controlled -= int(attempt.is_control)

    def _control_answered(self, now: int) -> None:
        if self.scene.base is None:
            base = Base.IPHC if self._controlled % 2 else Base.PLAIN
            self.scene = based(self.scene, self.results, base)
        self._try, self._at = None, now + self._patience.gap_us
        last = self._last
        if last is not None and len(last.sent) > 1 and self._controlled > 1 and not self._recovered:
            self._recovered, self._controlled, self._tried = True, 0, self._tried - 1  # its buffers are free now
            return
        what = "a plainer packet" if self._remaining.queue[0].ladder else "the same packet in its plainest form"
        wrong = last.misquoted if last is not None else ""
        self._decide(Outcome.SILENT, f"{wrong or 'no answer'}, while {what} was answered")

    def _control_unanswered(self, probe: Probe, misquoted: str) -> None:
        if misquoted and self.scene.base is Base.IPHC:  # in line it is compressed, too
            self._decide(Outcome.SILENT, f"{misquoted}, also where all of it is in line")
            return
        kinds = {one.kind for one in self._control(probe, 0)[0]}
        if "an echo request" in kinds:
            self.results.is_gone = True
            return
        self.results.unanswerable |= kinds
        self._decide(Outcome.UNANSWERABLE, f"{min(kinds)} is not answered in any form")

    def _end(self, now: int, outcome: Outcome, why: str) -> None:
        """The try under way decides its probe."""
        self._last, self._try = self._try, None
        self._at = now + self._patience.gap_us
        self._decide(outcome, why)

    def _decide(self, outcome: Outcome, why: str) -> None:
        last = self._last
        sent, came = (last.sent, tuple(last.came)) if last is not None else ((), ())
        probe = self._remaining.decide(outcome, why, self._tried, sent, came)
        if outcome is Outcome.ANSWERED:
            self.scene = learned(self.scene, self.results, probe.name)
        self._tried, self._controlled, self._undelivered, self._last, self._recovered = 0, 0, 0, None, False


def _is_for_everybody(frames: Sequence[OutFrame]) -> bool:
    return any(frame.link.destination == BROADCAST for frame in frames)
