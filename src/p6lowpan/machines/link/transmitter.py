"""One frame after the other: queue, channel, air, acknowledgement, retries (IEEE 802.15.4-2015 section 6.7.4.3).

Theory of operation. Frames wait in a bounded queue, in order. The first one gets its sequence number and its security,
then the channel by CSMA/CA, and is put on the air. If it asks for an acknowledgement, the wait for that begins when the
radio reports that it has sent, unless the radio reports what came of it, too. What is not acknowledged in time goes
again, the same octets, each time with a CSMA/CA of its own, at most ``Limits.link_retries`` times. A CSMA/CA that ends
without a clear channel counts as such an attempt: the standard leaves to the layer above what to do then, and somebody
else's datagram of some fragments keeps a channel busy for longer than one CSMA/CA looks. Each frame that is given to
:meth:`Transmitter.enqueue` ends in exactly one ``Confirm``.

The frames of one datagram stand or fall together: it cannot be put together again without the one that was lost, and
what follows would take air for nothing. So they leave the queue with it (INCOMPLETE_DATAGRAM), as do those that come
later; a frame that has its turn already goes on. A frame that was never on the air is lost for sure. One that nobody
acknowledged may have arrived, for acknowledgements are lost as well: the datagram is given up with the second in a row.

A transmission of which the radio never reports is an attempt that failed, so that the machine cannot hang on its radio.
A report that comes after that is dropped under UNEXPECTED, or taken for the next attempt's: only the driver could tell.
"""

from collections import deque
from collections.abc import Callable, Mapping
from enum import auto

from p6lowpan.capability.identity_enum import IdentityEnum
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.link.csma import ChannelAccess, Csma, CsmaOutput
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.framing import FRAME_CHECK_OCTETS, HeaderTemplates, data_frame
from p6lowpan.machines.link.outputs import AssessChannel, Confirm, Transmit
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import TimerTable
from p6lowpan.wire.address import BROADCAST, LinkAddress

WHERE = "transmitter"
SEQUENCE_NUMBERS = 256
LONE = 0
"""The datagram of a frame of which nobody here knows the rest, as of one that is sent on for another."""


class TransmitterState(IdentityEnum):
    """Where the frame at the head of the queue stands."""

    IDLE = auto()
    CONTENDING = auto()
    TRANSMITTING = auto()
    AWAITING_ACKNOWLEDGEMENT = auto()


class TransmitterEvent(IdentityEnum):
    """What may happen to it."""

    FRAME_READY = auto()
    CHANNEL_GRANTED = auto()
    TRANSMITTED = auto()
    DELIVERED = auto()
    ATTEMPT_FAILED = auto()
    LAST_ATTEMPT_FAILED = auto()


class TransmitterTimer(IdentityEnum):
    """What is waited for."""

    TRANSMISSION = "the radio's word that it has sent; without it the attempt failed"
    ACKNOWLEDGEMENT = "the other end's acknowledgement; without it the attempt failed"


@value
class Outgoing:
    """A frame that waits to be sent. ``datagram`` is a number that the frames of one datagram share, and no other
    soon has."""

    handle: int
    source: LinkAddress
    destination: LinkAddress
    payload: bytes
    datagram: int = LONE


@value
class _Current:
    """The frame whose turn it is."""

    handle: int = 0
    octets: bytes = b""
    sequence_number: int | None = None
    asks_for_acknowledgement: bool = False
    datagram: int = LONE


TransmitterOutput = AssessChannel | Transmit | Confirm | Dropped


class Transmitter:
    """One frame in the air at a time. See the module for the rules."""

    def __init__(
        self, configuration: MacConfiguration, limits: Limits, chance: ChanceStream, security: FrameSecurity
    ) -> None:
        self.state = TransmitterState.IDLE
        self._configuration = configuration
        self._limits = limits
        self._security = security
        self._templates = HeaderTemplates(configuration, limits)
        self._csma = Csma(configuration.timing, limits, chance)
        self._timers = TimerTable(TransmitterTimer)
        self._queue: deque[Outgoing] = deque()
        self._lost: BoundedTable[int, None] = BoundedTable(limits.mesh_queue_frames)  # of which frames may still come
        self._doubtful: BoundedTable[int, None] = BoundedTable(limits.mesh_queue_frames)  # the last: no acknowledgement
        self._sequence_number = chance.below(SEQUENCE_NUMBERS)
        self._current = _Current()
        self._attempts = 0  # on the air
        self._failures = 0
        self._failure = Reason.NO_ACKNOWLEDGEMENT
        self._quiet_until = 0

    @property
    def is_sending(self) -> bool:
        """Whether a frame is on the air."""
        return self.state is TransmitterState.TRANSMITTING

    @property
    def queued(self) -> int:
        """How many frames have no ``Confirm`` yet."""
        return len(self._queue) + (self.state is not TransmitterState.IDLE)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self._csma.deadline if self.state is TransmitterState.CONTENDING else self._timers.deadline

    def enqueue(self, outgoing: Outgoing) -> tuple[TransmitterOutput, ...]:
        """Take a frame; the next :meth:`tick` may send it."""
        if outgoing.datagram in self._lost:
            return (Confirm(outgoing.handle, False, Reason.INCOMPLETE_DATAGRAM),)
        if self.queued >= self._limits.link_queue_frames:
            return (Confirm(outgoing.handle, False, Reason.QUEUE_FULL), *self.abandon(outgoing.datagram))
        self._queue.append(outgoing)
        return ()

    def abandon(self, datagram: int) -> tuple[TransmitterOutput, ...]:
        """A frame of this datagram was lost before it came here: the others are not sent, come or still to come."""
        if datagram == LONE:
            return ()
        self._lost.put(datagram, None)
        self._doubtful.remove(datagram)
        rest = [one for one in self._queue if one.datagram == datagram]
        for one in rest:
            self._queue.remove(one)
        return tuple(Confirm(one.handle, False, Reason.INCOMPLETE_DATAGRAM) for one in rest)

    def assessed(self, now: int, clear: bool) -> tuple[TransmitterOutput, ...]:
        """The radio's answer to :class:`AssessChannel`."""
        return self._absorb(now, self._csma.assessed(now, clear))

    def transmitted(self, now: int, acknowledged: bool | None, accessed: bool) -> tuple[TransmitterOutput, ...]:
        """The radio's report on :class:`Transmit`.

        ``acknowledged``: ``None`` where the radio does not look. ``accessed``: false where it does CSMA/CA itself and
        found no clear channel, so that it has not sent.
        """
        if self.state is not TransmitterState.TRANSMITTING:
            return self._handle(now, TransmitterEvent.TRANSMITTED)
        self._timers.clear(TransmitterTimer.TRANSMISSION)
        if not accessed:
            self._attempts -= 1
            return self._fail(now, Reason.CHANNEL_BUSY)
        if acknowledged or not self._current.asks_for_acknowledgement:
            return self._handle(now, TransmitterEvent.DELIVERED)
        if acknowledged is None:
            return self._handle(now, TransmitterEvent.TRANSMITTED)
        return self._fail(now, Reason.NO_ACKNOWLEDGEMENT)

    def awaits(self, sequence_number: int) -> bool:
        """Whether an acknowledgement of this number is for the frame that was sent last."""
        waiting = self.state is TransmitterState.AWAITING_ACKNOWLEDGEMENT
        return waiting and self._current.sequence_number == sequence_number

    def acknowledged(self, now: int) -> tuple[TransmitterOutput, ...]:
        """The acknowledgement came."""
        return self._handle(now, TransmitterEvent.DELIVERED)

    def tick(self, now: int) -> tuple[TransmitterOutput, ...]:
        """Do what is due; begin with the next frame where nothing is on its way."""
        if self.state is TransmitterState.IDLE and not self._queue:
            return ()
        outputs: list[TransmitterOutput] = []
        for timer in self._timers.expired(now) if self._timers.is_due(now) else ():
            if timer is TransmitterTimer.TRANSMISSION:
                waited = f"no word of a transmission within {self._limits.transmission_timeout_us} us"
                outputs.append(Dropped(Reason.NO_RADIO_REPORT, WHERE, waited))
                outputs += self._fail(now, Reason.NO_RADIO_REPORT)
            else:
                outputs += self._fail(now, Reason.NO_ACKNOWLEDGEMENT)
        outputs += self._advance(now)
        while self._queue and self.state is TransmitterState.IDLE:
            outputs += self._next(now)
            outputs += self._advance(now)
        return tuple(outputs)

    def _advance(self, now: int) -> tuple[TransmitterOutput, ...]:
        """Come closer to the channel; a radio that does CSMA/CA itself gets the frame at once."""
        if self._configuration.hardware_csma:
            contends = self.state is TransmitterState.CONTENDING
            return self._handle(now, TransmitterEvent.CHANNEL_GRANTED) if contends else ()
        return self._absorb(now, self._csma.tick(now))

    def _next(self, now: int) -> tuple[TransmitterOutput, ...]:
        """Give the frame whose turn it is its number and its security."""
        outgoing = self._queue.popleft()
        number = self._sequence_number
        octets = self._framed(outgoing, number)
        if isinstance(octets, Dropped):
            return (Confirm(outgoing.handle, False, octets.reason), *self.abandon(outgoing.datagram))
        self._sequence_number = (number + 1) % SEQUENCE_NUMBERS
        asks = outgoing.destination != BROADCAST
        self._current = _Current(outgoing.handle, octets, number, asks, outgoing.datagram)
        self._attempts = self._failures = 0
        return self._handle(now, TransmitterEvent.FRAME_READY)

    def _framed(self, outgoing: Outgoing, number: int) -> bytes | Dropped:
        source, destination, payload = outgoing.source, outgoing.destination, outgoing.payload
        if self._configuration.security is None:
            return self._templates.octets(source, destination, number, payload)
        frame = self._security.seal(data_frame(self._configuration, source, destination, number, payload))
        return frame if isinstance(frame, Dropped) else frame.encode()

    def _absorb(self, now: int, outputs: tuple[CsmaOutput, ...]) -> tuple[TransmitterOutput, ...]:
        """Act on how an access to the channel ended, and pass on the rest."""
        passed: list[TransmitterOutput] = []
        for output in outputs:
            if not isinstance(output, ChannelAccess):
                passed.append(output)
            elif output.granted:
                passed += self._handle(now, TransmitterEvent.CHANNEL_GRANTED)
            else:
                passed += self._fail(now, Reason.CHANNEL_BUSY)
        return tuple(passed)

    def _fail(self, now: int, reason: Reason) -> tuple[TransmitterOutput, ...]:
        self._failure = reason
        self._failures += 1
        last = self._failures > self._limits.link_retries
        return self._handle(now, TransmitterEvent.LAST_ATTEMPT_FAILED if last else TransmitterEvent.ATTEMPT_FAILED)

    def _handle(self, now: int, event: TransmitterEvent) -> tuple[TransmitterOutput, ...]:
        if (self.state, event) not in TABLE:
            return (Dropped(Reason.UNEXPECTED, WHERE, f"{event.name} in {self.state.name}"),)
        self.state, action = TABLE[self.state, event]
        return action(self, now)

    def _contend(self, now: int) -> tuple[TransmitterOutput, ...]:
        if self._configuration.hardware_csma:
            return ()
        return self._absorb(now, self._csma.start(now, self._quiet_until))

    def _transmit(self, now: int) -> tuple[TransmitterOutput, ...]:
        self._attempts += 1
        self._timers.set(TransmitterTimer.TRANSMISSION, now + self._limits.transmission_timeout_us)
        return (Transmit(self._current.octets),)

    def _await_acknowledgement(self, now: int) -> tuple[TransmitterOutput, ...]:
        self._timers.set(TransmitterTimer.ACKNOWLEDGEMENT, now + self._configuration.timing.acknowledgement_wait_us)
        return ()

    def _confirm(self, now: int) -> tuple[TransmitterOutput, ...]:
        """Done; the other end needs a moment to digest the frame (section 6.2.4, interframe spacing)."""
        self._timers.clear(TransmitterTimer.ACKNOWLEDGEMENT)
        timing = self._configuration.timing
        long = len(self._current.octets) + FRAME_CHECK_OCTETS > timing.short_frame_octets
        self._quiet_until = now + (timing.long_spacing_us if long else timing.short_spacing_us)
        self._doubtful.remove(self._current.datagram)
        return (Confirm(self._current.handle, True, None, self._attempts),)

    def _give_up(self, _now: int) -> tuple[TransmitterOutput, ...]:
        current = self._current
        confirm = Confirm(current.handle, False, self._failure, self._attempts)
        if not self._attempts or current.datagram in self._doubtful:
            return (confirm, *self.abandon(current.datagram))
        if current.datagram != LONE:
            self._doubtful.put(current.datagram, None)
        return (confirm,)


Action = Callable[[Transmitter, int], tuple[TransmitterOutput, ...]]
S, E = TransmitterState, TransmitterEvent

TABLE: Mapping[tuple[TransmitterState, TransmitterEvent], tuple[TransmitterState, Action]] = {
    (S.IDLE, E.FRAME_READY): (S.CONTENDING, Transmitter._contend),
    (S.CONTENDING, E.CHANNEL_GRANTED): (S.TRANSMITTING, Transmitter._transmit),
    (S.CONTENDING, E.ATTEMPT_FAILED): (S.CONTENDING, Transmitter._contend),
    (S.CONTENDING, E.LAST_ATTEMPT_FAILED): (S.IDLE, Transmitter._give_up),
    (S.TRANSMITTING, E.TRANSMITTED): (S.AWAITING_ACKNOWLEDGEMENT, Transmitter._await_acknowledgement),
    (S.TRANSMITTING, E.DELIVERED): (S.IDLE, Transmitter._confirm),
    (S.TRANSMITTING, E.ATTEMPT_FAILED): (S.CONTENDING, Transmitter._contend),
    (S.TRANSMITTING, E.LAST_ATTEMPT_FAILED): (S.IDLE, Transmitter._give_up),
    (S.AWAITING_ACKNOWLEDGEMENT, E.DELIVERED): (S.IDLE, Transmitter._confirm),
    (S.AWAITING_ACKNOWLEDGEMENT, E.ATTEMPT_FAILED): (S.CONTENDING, Transmitter._contend),
    (S.AWAITING_ACKNOWLEDGEMENT, E.LAST_ATTEMPT_FAILED): (S.IDLE, Transmitter._give_up),
}
