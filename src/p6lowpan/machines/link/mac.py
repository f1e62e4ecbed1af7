"""The MAC of one device, assembled: what comes in, what goes out (IEEE 802.15.4-2015 section 6.7).

Theory of operation. Two machines share the radio: the :class:`Transmitter` with its queue, and the
:class:`Acknowledger`, which goes before. From the moment when a frame must be answered until the answer is sent, the
transmitter stands still, and a channel that is found clear meanwhile counts as busy: it is about to be taken, by us.

A frame that comes in is for us if its destination is one of our addresses or everybody's, in our PAN or everybody's;
any other is counted in ``overheard`` and forgotten. What asks for it is acknowledged at once, as a radio would do
it: before anybody knows whether it came before, whether its security is right, or whether it can be used. Then a
repetition is dropped, security is checked, and the payload handed up. Only a frame that was taken is remembered by the
duplicate filter, so that nobody without the key can make a neighbor's frames look like repetitions.

Not done: beacons, MAC commands, and frames held back for a sleeping device (frame pending is ignored); security
of acknowledgements.
"""

from collections import Counter
from collections.abc import Iterable

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.link.acknowledger import Acknowledger
from p6lowpan.machines.link.configuration import BROADCAST_PAN, EXTENDED_OCTETS, MacConfiguration, NeighborCounter
from p6lowpan.machines.link.duplicate_filter import DuplicateFilter
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.framing import FRAME_CHECK_OCTETS, asks_for_acknowledgement, data_frame
from p6lowpan.machines.link.outputs import Confirm, Indication, MacOutput
from p6lowpan.machines.link.transmitter import LONE, Outgoing, Transmitter
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType

WHERE = "mac"


class Mac:
    """One device's MAC. See the module for the rules. ``now`` is in microseconds and never goes back.

    The driver reports in the order of the air: that a frame has been sent, before what was received after it.
    """

    def __init__(self, configuration: MacConfiguration, limits: Limits, chance: ChanceStream) -> None:
        self.configuration = configuration
        self.overheard = 0
        self.dropped: Counter[Reason] = Counter()
        self._limits = limits
        self._addresses = configuration.addresses
        self._rooms: dict[tuple[int, int, bool], int] = {}  # of the lengths that addresses have
        self._security = FrameSecurity(configuration, limits)
        self._duplicates = DuplicateFilter(limits)
        self._acknowledger = Acknowledger(configuration.timing, limits)
        self._transmitter = Transmitter(configuration, limits, chance, self._security)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self._acknowledger.deadline if self._acknowledger.is_busy else self._transmitter.deadline

    @property
    def queued(self) -> int:
        """How many frames have no ``Confirm`` yet."""
        return self._transmitter.queued

    @property
    def security(self) -> FrameSecurity:
        """The counters and addresses by which frames are believed: what outlives a restart."""
        return self._security

    @property
    def frame_counter(self) -> int:
        """The next frame counter: what ``LinkSecurity.frame_counter`` must be, or be above, after a restart."""
        return self._security.frame_counter

    @property
    def neighbor_counters(self) -> tuple[NeighborCounter, ...]:
        """What ``LinkSecurity.neighbor_counters`` must be after a restart."""
        return self._security.neighbor_counters

    def room(self, destination: LinkAddress, source: LinkAddress | None = None) -> int:
        """How many octets of payload a frame to ``destination`` holds."""
        source = source or self.configuration.address
        sizes = len(source), len(destination), destination == BROADCAST
        room = self._rooms.get(sizes)
        if room is None:
            empty = data_frame(self.configuration, source, destination, 0, b"")
            taken = len(empty.encode()) + self._security.overhead + FRAME_CHECK_OCTETS
            room = self._rooms[sizes] = self._limits.frame_octets - taken
        return room

    def send(
        self,
        now: int,
        destination: LinkAddress,
        payload: bytes,
        handle: int,
        *,
        source: LinkAddress | None = None,
        datagram: int = LONE,
    ) -> tuple[MacOutput, ...]:
        """Send a payload; one ``Confirm`` with ``handle`` will say what became of it.

        ``source`` is one of our addresses; without it, our short one where there is one. Payloads of the same
        ``datagram`` stand or fall together. Raises :class:`UsageError` for an address that cannot be.
        """
        source = source or self.configuration.address
        if source not in self._addresses or len(destination) not in (len(BROADCAST), EXTENDED_OCTETS):
            raise UsageError(f"no frame goes from {source.hex()} to {destination.hex() or 'nowhere'}")
        if len(payload) > self.room(destination, source):
            return self._finish(now, (Confirm(handle, False, Reason.TOO_BIG),))
        return self._finish(now, self._transmitter.enqueue(Outgoing(handle, source, destination, payload, datagram)))

    def abandon(self, now: int, datagram: int) -> tuple[MacOutput, ...]:
        """A frame of this datagram was lost above: what waits of it, or still comes, is not sent."""
        return self._finish(now, self._transmitter.abandon(datagram))

    def received(self, now: int, octets: bytes) -> tuple[MacOutput, ...]:
        """A frame, without its frame check sequence, which was right. ``now`` is when it ended."""
        outputs = self._received(now, octets)
        return self._finish(now, outputs) if outputs else ()  # it was not for us, and has changed nothing

    def channel_assessed(self, now: int, clear: bool) -> tuple[MacOutput, ...]:
        """The radio's answer to ``AssessChannel``."""
        clear = clear and not self._acknowledger.is_busy
        return self._finish(now, self._transmitter.assessed(now, clear))

    def transmit_done(self, now: int, acknowledged: bool | None, accessed: bool = True) -> tuple[MacOutput, ...]:
        """The radio's report on ``Transmit``. ``now`` is when the frame ended, ``acknowledged`` is ``None`` where the
        radio does not look for acknowledgements. ``accessed`` is false where a radio that does CSMA/CA itself found no
        clear channel."""
        if self._acknowledger.is_sending:
            return self._finish(now, self._acknowledger.transmitted(now))
        return self._finish(now, self._transmitter.transmitted(now, acknowledged, accessed))

    def tick(self, now: int) -> tuple[MacOutput, ...]:
        """Do what is due; nothing where nothing is."""
        return self._finish(now, ())

    def learn_address(self, short: LinkAddress, extended: LinkAddress) -> tuple[MacOutput, ...]:
        """Note whose short address it is: without that no secured frame from it can be opened."""
        return self._counted(self._security.identities.learn(short, extended))

    def _finish(self, now: int, outputs: Iterable[MacOutput]) -> tuple[MacOutput, ...]:
        """Do what has become due or possible."""
        due: list[MacOutput] = [*outputs]
        if self._acknowledger.is_busy:
            due += self._acknowledger.tick(now, self._transmitter.is_sending)
        if not self._acknowledger.is_busy:
            due += self._transmitter.tick(now)
        return self._counted(due)

    def _counted(self, outputs: Iterable[MacOutput]) -> tuple[MacOutput, ...]:
        kept = tuple(outputs)
        for output in kept:
            if isinstance(output, (Dropped, Confirm)) and output.reason is not None:
                self.dropped[output.reason] += 1
        return kept

    def _received(self, now: int, octets: bytes) -> tuple[MacOutput, ...]:
        if len(octets) + FRAME_CHECK_OCTETS > self._limits.frame_octets:
            return (Dropped(Reason.TOO_BIG, WHERE, f"a frame of {len(octets)} octets"),)
        try:
            frame, _ = decode_frame(octets, fcs_octets=0)
        except Malformed as error:
            return (Dropped(error.reason, WHERE, str(error)),)
        if not isinstance(frame, Frame):
            return (Dropped(Reason.UNSUPPORTED, WHERE, f"a frame of type {FrameType(frame.frame_type).name}"),)
        if frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            return self._acknowledged(now, frame)
        if not self._is_for_us(frame):
            self.overheard += 1
            return ()
        return (*self._acknowledge(now, frame), *self._take(now, frame))

    def _is_for_us(self, frame: Frame) -> bool:
        """The third level of filtering, section 6.7.2."""
        in_pan = frame.destination_pan in (None, self.configuration.pan, BROADCAST_PAN)
        return in_pan and (frame.destination == BROADCAST or frame.destination in self._addresses)

    def _acknowledged(self, now: int, frame: Frame) -> tuple[MacOutput, ...]:
        addressed = not frame.destination or self._is_for_us(frame)
        if addressed and frame.sequence_number is not None and self._transmitter.awaits(frame.sequence_number):
            return self._transmitter.acknowledged(now)
        self.overheard += 1
        return ()

    def _acknowledge(self, now: int, frame: Frame) -> tuple[MacOutput, ...]:
        if self.configuration.hardware_acknowledges or not asks_for_acknowledgement(frame):
            return ()
        return self._acknowledger.answer(now, frame)

    def _take(self, now: int, frame: Frame) -> tuple[MacOutput, ...]:
        """A frame for us: new, believed, and handed up; or why not."""
        if frame.frame_type != FrameType.DATA:
            return (Dropped(Reason.UNSUPPORTED, WHERE, f"a frame of type {FrameType(frame.frame_type).name}"),)
        if self._duplicates.knows(now, frame):
            return (Dropped(Reason.DUPLICATE, WHERE, f"sequence number {frame.sequence_number}"),)
        opened = self._security.open(frame)
        if isinstance(opened, Dropped):
            return (opened,)
        taken = Indication(opened.frame.payload, frame.source, frame.destination, opened.secured)
        return (*self._duplicates.remember(now, frame), taken)
