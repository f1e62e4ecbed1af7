"""Unslotted CSMA/CA (IEEE 802.15.4-2015 section 6.2.5.1): wait a random while, look whether the channel is clear.

Theory of operation. :meth:`Csma.start` begins an access. The machine waits 0 to ``2**BE - 1`` backoff periods, then
asks for a clear channel assessment. A clear channel ends the access with ``ChannelAccess(granted=True)``: send now. A
busy one makes BE one larger, up to its maximum, and starts another wait; when the channel was busy once more than
``Limits.link_backoffs`` the access ends with ``granted=False``. An assessment that is never answered counts as busy, so
that the machine cannot hang on its radio.

Where the radio does this itself, the machine is left out (``MacConfiguration.hardware_csma``).
"""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from p6lowpan.capability.identity_enum import IdentityEnum
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.link.configuration import LinkTiming
from p6lowpan.machines.link.outputs import AssessChannel
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import TimerTable

WHERE = "csma"


class CsmaState(Enum):
    """Where an access stands."""

    IDLE = auto()
    BACKING_OFF = auto()
    ASSESSING = auto()


class CsmaEvent(Enum):
    """What may happen to it."""

    STARTED = auto()
    BACKOFF_OVER = auto()
    CHANNEL_CLEAR = auto()
    CHANNEL_BUSY = auto()
    CHANNEL_BUSY_ONCE_TOO_OFTEN = auto()


class CsmaTimer(IdentityEnum):
    """What is waited for."""

    BACKOFF = "the random wait in front of an assessment"
    ASSESSMENT = "the radio's answer; without it the channel counts as busy"


@value
class ChannelAccess:
    """How an access ended, and how many assessments it took."""

    granted: bool
    assessments: int


CsmaOutput = AssessChannel | ChannelAccess | Dropped


class Csma:
    """One access to the channel at a time. See the module for the rules."""

    def __init__(self, timing: LinkTiming, limits: Limits, chance: ChanceStream) -> None:
        self.state = CsmaState.IDLE
        self._timing = timing
        self._limits = limits
        self._chance = chance
        self._timers = TimerTable(CsmaTimer)
        self._earliest = 0
        self._busy = 0

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self._timers.deadline

    def start(self, now: int, earliest: int = 0) -> tuple[CsmaOutput, ...]:
        """Begin an access. The first wait does not begin before ``earliest``, where the last frame's spacing ends."""
        self._earliest = max(now, earliest)
        return self._handle(now, CsmaEvent.STARTED)

    def assessed(self, now: int, clear: bool) -> tuple[CsmaOutput, ...]:
        """The radio's answer to :class:`AssessChannel`."""
        return self._handle(now, CsmaEvent.CHANNEL_CLEAR if clear else self._busy_event())

    def tick(self, now: int) -> tuple[CsmaOutput, ...]:
        """Do what is due."""
        outputs: list[CsmaOutput] = []
        for timer in self._timers.expired(now):
            if timer is CsmaTimer.BACKOFF:
                outputs += self._handle(now, CsmaEvent.BACKOFF_OVER)
            else:
                waited = f"no assessment within {self._limits.channel_assessment_timeout_us} us"
                outputs.append(Dropped(Reason.NO_RADIO_REPORT, WHERE, waited))
                outputs += self._handle(now, self._busy_event())
        return tuple(outputs)

    def _busy_event(self) -> CsmaEvent:
        last = self._busy >= self._limits.link_backoffs
        return CsmaEvent.CHANNEL_BUSY_ONCE_TOO_OFTEN if last else CsmaEvent.CHANNEL_BUSY

    def _handle(self, now: int, event: CsmaEvent) -> tuple[CsmaOutput, ...]:
        if (self.state, event) not in TABLE:
            return (Dropped(Reason.UNEXPECTED, WHERE, f"{event.name} in {self.state.name}"),)
        self.state, action = TABLE[self.state, event]
        return action(self, now)

    def _begin(self, _now: int) -> tuple[CsmaOutput, ...]:
        self._busy = 0
        return self._back_off(self._earliest)

    def _back_off_longer(self, now: int) -> tuple[CsmaOutput, ...]:
        self._timers.clear(CsmaTimer.ASSESSMENT)
        self._busy += 1
        return self._back_off(now)

    def _back_off(self, start: int) -> tuple[CsmaOutput, ...]:
        timing = self._timing
        exponent = min(timing.minimum_backoff_exponent + self._busy, timing.maximum_backoff_exponent)
        periods = self._chance.below(1 << exponent)
        self._timers.set(CsmaTimer.BACKOFF, start + periods * timing.backoff_period_us)
        return ()

    def _assess(self, now: int) -> tuple[CsmaOutput, ...]:
        self._timers.set(CsmaTimer.ASSESSMENT, now + self._limits.channel_assessment_timeout_us)
        return (AssessChannel(),)

    def _grant(self, _now: int) -> tuple[CsmaOutput, ...]:
        self._timers.clear(CsmaTimer.ASSESSMENT)
        return (ChannelAccess(True, self._busy + 1),)

    def _refuse(self, _now: int) -> tuple[CsmaOutput, ...]:
        self._timers.clear(CsmaTimer.ASSESSMENT)
        return (ChannelAccess(False, self._busy + 1),)


Action = Callable[[Csma, int], tuple[CsmaOutput, ...]]

TABLE: Mapping[tuple[CsmaState, CsmaEvent], tuple[CsmaState, Action]] = {
    (CsmaState.IDLE, CsmaEvent.STARTED): (CsmaState.BACKING_OFF, Csma._begin),
    (CsmaState.BACKING_OFF, CsmaEvent.BACKOFF_OVER): (CsmaState.ASSESSING, Csma._assess),
    (CsmaState.ASSESSING, CsmaEvent.CHANNEL_CLEAR): (CsmaState.IDLE, Csma._grant),
    (CsmaState.ASSESSING, CsmaEvent.CHANNEL_BUSY): (CsmaState.BACKING_OFF, Csma._back_off_longer),
    (CsmaState.ASSESSING, CsmaEvent.CHANNEL_BUSY_ONCE_TOO_OFTEN): (CsmaState.IDLE, Csma._refuse),
}
