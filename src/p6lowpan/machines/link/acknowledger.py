"""The acknowledgements that we send (IEEE 802.15.4-2015 section 6.7.4.1): at once, and without CSMA/CA.

Theory of operation. A frame that asks for it is answered when the radio has turned round, ``LinkTiming.turnaround_us``
after the frame's end; nothing else is sent until that is done. There is one answer at a time: a radio cannot have heard
a second frame within the turnaround or while it sends, so a second one is dropped under RADIO_BUSY, as is an
answer that falls due while another frame of ours is still on the air. Its sender will send again.
"""

from collections.abc import Callable, Mapping
from enum import auto

from p6lowpan.capability.identity_enum import IdentityEnum
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.configuration import LinkTiming
from p6lowpan.machines.link.framing import acknowledgement_of
from p6lowpan.machines.link.outputs import Transmit
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import TimerTable
from p6lowpan.wire.ieee802154.frame import Frame

WHERE = "acknowledger"


class AcknowledgerState(IdentityEnum):
    """Where an answer stands."""

    IDLE = auto()
    TURNING_ROUND = auto()
    SENDING = auto()


class AcknowledgerEvent(IdentityEnum):
    """What may happen to it."""

    ASKED = auto()
    TURNED_ROUND = auto()
    RADIO_TAKEN = auto()
    SENT = auto()
    NO_REPORT = auto()


class AcknowledgerTimer(IdentityEnum):
    """What is waited for."""

    TURNAROUND = "the radio turns from receiving to sending"
    TRANSMISSION = "the radio's word that it has sent; without it the answer counts as sent"


AcknowledgerOutput = Transmit | Dropped


class Acknowledger:
    """One answer at a time. See the module for the rules."""

    def __init__(self, timing: LinkTiming, limits: Limits) -> None:
        self.state = AcknowledgerState.IDLE
        self.is_busy = False
        """Whether the radio is the acknowledger's for now. It and the next are asked at every input, and follow the
        state."""
        self.is_sending = False
        """Whether the frame on the air is an acknowledgement."""
        self._timing = timing
        self._limits = limits
        self._timers = TimerTable(AcknowledgerTimer)
        self._octets = b""

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self._timers.deadline

    def answer(self, now: int, frame: Frame) -> tuple[AcknowledgerOutput, ...]:
        """A frame that ended now asks for an acknowledgement."""
        if self.is_busy:
            return (Dropped(Reason.RADIO_BUSY, WHERE, "an answer while another is due"),)
        self._octets = acknowledgement_of(frame)
        return self._handle(now, AcknowledgerEvent.ASKED)

    def transmitted(self, now: int) -> tuple[AcknowledgerOutput, ...]:
        """The radio has sent the acknowledgement."""
        return self._handle(now, AcknowledgerEvent.SENT)

    def tick(self, now: int, radio_taken: bool) -> tuple[AcknowledgerOutput, ...]:
        """Do what is due. ``radio_taken``: it is still sending a frame."""
        if not self._timers.is_due(now):
            return ()
        outputs: list[AcknowledgerOutput] = []
        for timer in self._timers.expired(now):
            if timer is AcknowledgerTimer.TRANSMISSION:
                event = AcknowledgerEvent.NO_REPORT
            else:
                event = AcknowledgerEvent.RADIO_TAKEN if radio_taken else AcknowledgerEvent.TURNED_ROUND
            outputs += self._handle(now, event)
        return tuple(outputs)

    def _handle(self, now: int, event: AcknowledgerEvent) -> tuple[AcknowledgerOutput, ...]:
        if (self.state, event) not in TABLE:
            return (Dropped(Reason.UNEXPECTED, WHERE, f"{event.name} in {self.state.name}"),)
        self.state, action = TABLE[self.state, event]
        self.is_busy = self.state is not AcknowledgerState.IDLE
        self.is_sending = self.state is AcknowledgerState.SENDING
        return action(self, now)

    def _turn_round(self, now: int) -> tuple[AcknowledgerOutput, ...]:
        self._timers.set(AcknowledgerTimer.TURNAROUND, now + self._timing.turnaround_us)
        return ()

    def _send(self, now: int) -> tuple[AcknowledgerOutput, ...]:
        self._timers.set(AcknowledgerTimer.TRANSMISSION, now + self._limits.transmission_timeout_us)
        return (Transmit(self._octets),)

    def _miss(self, _now: int) -> tuple[AcknowledgerOutput, ...]:
        return (Dropped(Reason.RADIO_BUSY, WHERE, "a frame of ours was still on the air"),)

    def _finish(self, _now: int) -> tuple[AcknowledgerOutput, ...]:
        self._timers.clear(AcknowledgerTimer.TRANSMISSION)
        return ()

    def _give_up(self, _now: int) -> tuple[AcknowledgerOutput, ...]:
        waited = f"no word of a transmission within {self._limits.transmission_timeout_us} us"
        return (Dropped(Reason.NO_RADIO_REPORT, WHERE, waited),)


Action = Callable[[Acknowledger, int], tuple[AcknowledgerOutput, ...]]
S, E = AcknowledgerState, AcknowledgerEvent

TABLE: Mapping[tuple[AcknowledgerState, AcknowledgerEvent], tuple[AcknowledgerState, Action]] = {
    (S.IDLE, E.ASKED): (S.TURNING_ROUND, Acknowledger._turn_round),
    (S.TURNING_ROUND, E.TURNED_ROUND): (S.SENDING, Acknowledger._send),
    (S.TURNING_ROUND, E.RADIO_TAKEN): (S.IDLE, Acknowledger._miss),
    (S.SENDING, E.SENT): (S.IDLE, Acknowledger._finish),
    (S.SENDING, E.NO_REPORT): (S.IDLE, Acknowledger._give_up),
}
