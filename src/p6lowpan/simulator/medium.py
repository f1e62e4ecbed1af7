"""The radio medium: who hears whom, for how long the air is taken, and what becomes of each frame at each receiver.

Theory of operation. A frame takes the air for 32 us an octet (250 kb/s, the 2450 MHz O-QPSK PHY), with 6 octets in
front of it (preamble, delimiter, length) and 2 of frame check behind. From its begin to its end it is a carrier at
every station with a link from the sender. At its end, each of these settles its fate, in this order:

    off         the station was not on from begin to end
    deaf        it was sending itself: radios are half duplex
    collided    another carrier was there for some of the time (where collisions are simulated)
    corrupted   the sender was switched off in the middle
    lost, corrupted, received, by the chances of the link

So a frame that is lost still keeps the channel busy and still collides. The sender is told first, then the receivers in
the order of their links. An assessment takes 8 symbols; the channel is clear if there was no carrier during them.

Who hears whom is computed when links change, not when frames are sent. Carriers are counted, and collisions noted as
a time, so that a frame costs the same whatever else is on the air.

Not done: signal strength (so no capture effect), propagation time (under 1 us), and what some radios do by themselves:
CSMA/CA, acknowledgements and address filters are the devices'.
"""

from collections.abc import Callable
from dataclasses import dataclass

from p6lowpan.machines.chance import ChanceStream
from p6lowpan.node.inputs import ChannelAssessed, FrameReceived, Input, TransmitDone
from p6lowpan.simulator.clock import ANYTHING_ELSE, ASSESSMENT_ENDS, FRAME_BEGINS, FRAME_ENDS, Clock
from p6lowpan.simulator.links import CERTAIN, Link, Links
from p6lowpan.simulator.trace import Counters, Fate, Trace

OCTET_US = 32  # IEEE 802.15.4-2015 section 12: 250 kb/s
PHY_OCTETS = 6  # preamble 4, start-of-frame delimiter 1, length 1
FRAME_CHECK_OCTETS = 2
ACKNOWLEDGEMENT_OCTETS = 3  # section 7.3.3, without the frame check
LONGEST_FRAME = 127  # aMaxPhyPacketSize, with the frame check
ASSESSMENT_US = 128  # section 10.2.8: 8 symbols
LONG_AGO = -1

Tell = Callable[[int, Input], None]
"""Hands an input to the device with this number."""

SENT, NOT_SENT = TransmitDone(), TransmitDone(accessed=False)
CLEAR, BUSY = ChannelAssessed(True), ChannelAssessed(False)


def airtime_us(octets: int) -> int:
    """How long a frame of so many octets, without frame check, is on the air."""
    return (PHY_OCTETS + octets + FRAME_CHECK_OCTETS) * OCTET_US


@dataclass(slots=True, eq=False)
class Station:
    """What the medium knows of one device's radio."""

    number: int
    counters: Counters
    is_on: bool = True
    on_since: int = LONG_AGO
    boots: int = 0  # what is on its way to the device when it is switched off is not for the one that comes after
    sending: "Transmission | None" = None
    sent_until: int = LONG_AGO
    carriers: int = 0
    carrier_until: int = LONG_AGO
    collided_at: int = LONG_AGO
    last_sent: bytes = b""


@dataclass(slots=True, eq=False)
class Transmission:
    """A frame on the air. ``links`` are those that the sender had when it began."""

    sender: Station
    boots: int
    octets: bytes
    start: int
    links: tuple[Link, ...] = ()
    broken: bool = False


class Medium:
    """One channel for all stations. See the module for the rules."""

    def __init__(self, clock: Clock, chance: ChanceStream, trace: Trace, tell: Tell, collisions: bool) -> None:
        self.links = Links()
        self.stations: list[Station] = []
        self._clock = clock
        self._chance = chance
        self._trace = trace
        self._tell = tell
        self._collisions = collisions

    def add(self) -> Station:
        """One more station, on, which hears nobody yet."""
        station = Station(self.links.add(), self._trace.add())
        self.stations.append(station)
        return station

    def transmit(self, station: Station, octets: bytes) -> None:
        """A device puts a frame on the air, now. One that cannot be sent is answered by a report that it was not."""
        now = self._clock.now
        if station.sending is not None or len(octets) + FRAME_CHECK_OCTETS > LONGEST_FRAME:
            station.counters.refused += 1
            self._clock.schedule(now, ANYTHING_ELSE, self._report, station, station.boots, NOT_SENT)
            return
        station.sending = transmission = Transmission(station, station.boots, octets, now)
        self._clock.schedule(now, FRAME_BEGINS, self._begin, transmission)

    def assess(self, station: Station) -> None:
        """A device asks whether the channel is clear."""
        now = self._clock.now
        self._clock.schedule(now + ASSESSMENT_US, ASSESSMENT_ENDS, self._assessed, station, station.boots, now)

    def is_clear(self, station: Station) -> bool:
        """Whether nobody is sending whom this station hears, nor the station itself."""
        return not station.carriers and station.sending is None

    def switch_off(self, station: Station) -> None:
        """A frame that it is sending breaks off; what its device waits for never comes."""
        station.is_on = False
        station.boots += 1
        if station.sending is not None:
            station.sending.broken = True

    def switch_on(self, station: Station) -> None:
        """From now on it hears frames that begin."""
        station.is_on = True
        station.on_since = self._clock.now
        station.sending = None

    def _begin(self, transmission: Transmission) -> None:
        sender, now = transmission.sender, self._clock.now
        transmission.links = self.links.heard_by[sender.number]
        airtime = airtime_us(len(transmission.octets))
        counters = sender.counters
        counters.sent += 1
        counters.octets_sent += len(transmission.octets) + FRAME_CHECK_OCTETS
        counters.airtime_us += airtime
        if len(transmission.octets) > ACKNOWLEDGEMENT_OCTETS:
            counters.repeats += transmission.octets == sender.last_sent
            sender.last_sent = transmission.octets
        for link in transmission.links:
            receiver = self.stations[link.receiver]
            receiver.counters.offered += 1
            if receiver.carriers:
                receiver.collided_at = now
            receiver.carriers += 1
        self._clock.schedule(now + airtime, FRAME_ENDS, self._end, transmission)

    def _end(self, transmission: Transmission) -> None:
        sender, stations, now = transmission.sender, self.stations, self._clock.now
        for link in transmission.links:
            receiver = stations[link.receiver]
            receiver.carriers -= 1
            receiver.carrier_until = now
        if sender.sending is transmission:
            sender.sending = None
            sender.sent_until = now
        fates = [self._fate(link, transmission) for link in transmission.links]
        ruined = Fate.CORRUPTED in fates or Fate.COLLIDED in fates or transmission.broken
        self._trace.frame(now, transmission.octets, ruined and Fate.RECEIVED not in fates)
        self._report(sender, transmission.boots, SENT)
        for link, fate in zip(transmission.links, fates, strict=True):
            if fate is Fate.RECEIVED:
                self._send_up(link, stations[link.receiver], transmission.octets)
            else:
                stations[link.receiver].counters.fates[fate] += 1

    def _fate(self, link: Link, transmission: Transmission) -> Fate:
        receiver, start = self.stations[link.receiver], transmission.start
        if not receiver.is_on or receiver.on_since > start:
            return Fate.OFF
        if receiver.sent_until > start or (receiver.sending is not None and receiver.sending.start < self._clock.now):
            return Fate.DEAF
        if self._collisions and receiver.collided_at >= start:
            return Fate.COLLIDED
        if transmission.broken:
            return Fate.CORRUPTED
        if link.loss and self._happens(link.loss):
            return Fate.LOST
        return Fate.CORRUPTED if link.corruption and self._happens(link.corruption) else Fate.RECEIVED

    def _send_up(self, link: Link, receiver: Station, octets: bytes) -> None:
        """The way from the receiver's radio to its device."""
        frame = FrameReceived(octets, link.quality.indication)
        if link.is_prompt:
            self._receive(receiver, receiver.boots, frame, False)
            return
        quality, now = link.quality, self._clock.now
        for repeated in (False, True) if self._happens(link.duplication) else (False,):
            at = now + quality.delay_us + self._chance.below(quality.jitter_us + 1)
            if self._happens(link.reordering):
                at += self._chance.below(quality.held_back_us + 1)
            self._clock.schedule(at, ANYTHING_ELSE, self._receive, receiver, receiver.boots, frame, repeated)

    def _receive(self, receiver: Station, boots: int, frame: FrameReceived, repeated: bool) -> None:
        counters = receiver.counters
        if receiver.boots != boots:
            counters.fates[Fate.OFF] += not repeated
            return
        if repeated:
            counters.repeated += 1
        else:
            counters.fates[Fate.RECEIVED] += 1
            counters.octets_received += len(frame.octets) + FRAME_CHECK_OCTETS
        self._tell(receiver.number, frame)

    def _assessed(self, station: Station, boots: int, since: int) -> None:
        clear = self.is_clear(station) and station.carrier_until <= since
        self._report(station, boots, CLEAR if clear else BUSY)

    def _report(self, station: Station, boots: int, report: ChannelAssessed | TransmitDone) -> None:
        if station.boots == boots:
            self._tell(station.number, report)

    def _happens(self, millionths: int) -> bool:
        return millionths > 0 and self._chance.below(CERTAIN) < millionths
