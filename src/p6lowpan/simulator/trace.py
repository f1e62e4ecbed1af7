"""What is written down of a run: numbers for each station, and a capture of the whole medium.

Every frame that a station sends is offered to each station with a link from the sender, and has exactly one fate there:
see :attr:`Counters.settled`. The capture has link type 195, so each frame ends in its frame check sequence; its time is
the frame's end. A frame is recorded once, however many heard it. Its frame check sequence is wrong where it reached
somebody damaged (by corruption, collision, or a sender that was switched off) and nobody whole; the octets before it
are as sent.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO

from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.ieee802154.frame_check import frame_check

IEEE802154_WITHFCS = 195  # https://www.tcpdump.org/linktypes.html
NANOSECONDS_PER_MICROSECOND = 1000

Listener = Callable[[int, int, object], None]
"""Told the time, the station's number, and an output of its device."""


class Fate(StrEnum):
    """What becomes of a frame at one station that hears its sender."""

    RECEIVED = "received"
    LOST = "lost"
    CORRUPTED = "corrupted"  # its frame check failed
    COLLIDED = "collided"  # there was another frame at the same time
    DEAF = "deaf"  # the station was sending meanwhile
    OFF = "off"  # the station was off for some of the time


@dataclass(slots=True)
class Counters:
    """One station's numbers. Octets are of MAC frames with their frame check sequence, air time with the preamble."""

    sent: int = 0
    octets_sent: int = 0
    airtime_us: int = 0
    repeats: int = 0  # frames with the same octets as the one before, acknowledgements aside: retries of the link
    refused: int = 0  # Transmit while another frame was on its way, or with more octets than a frame may have

    offered: int = 0  # frames that a neighbor began to send
    fates: Counter[Fate] = field(default_factory=Counter)
    octets_received: int = 0
    repeated: int = 0  # how often it was told again of a frame that it had received
    inputs_missed: int = 0  # what somebody wanted to tell its device while it was off
    drops: Counter[Reason] = field(default_factory=Counter)

    @property
    def settled(self) -> int:
        """Frames whose fate here is known: all that were offered, but those on the air and on their way up."""
        return self.fates.total()


class Trace:
    """Counters by station number, a listener, a capture."""

    def __init__(self, stream: BinaryIO | None = None, listener: Listener | None = None) -> None:
        self.counters: list[Counters] = []
        self.listener = listener
        self._writer: PcapWriter | None = None
        self.record_to(stream)

    def record_to(self, stream: BinaryIO | None) -> None:
        """From now on, capture into this binary stream, or nowhere. It is the caller's to close."""
        self._writer = None if stream is None else PcapWriter(stream, IEEE802154_WITHFCS)

    def add(self) -> Counters:
        """Count for one more station."""
        counters = Counters()
        self.counters.append(counters)
        return counters

    def total(self) -> Counters:
        """The sum over all stations."""
        summed = Counters()
        for counters in self.counters:
            for name in Counters.__slots__:
                setattr(summed, name, getattr(summed, name) + getattr(counters, name))
        return summed

    def frame(self, now: int, octets: bytes, damaged: bool) -> None:
        """A frame ended. ``octets`` are without frame check sequence."""
        if self._writer is not None:
            check = frame_check(octets)
            if damaged:
                check = bytes(octet ^ 0xFF for octet in check)
            self._writer.write(octets + check, now * NANOSECONDS_PER_MICROSECOND)

    def output(self, now: int, number: int, output: object) -> None:
        """A device put out something that the simulator does not perform."""
        if isinstance(output, Dropped):
            self.counters[number].drops[output.reason] += 1
        if self.listener is not None:
            self.listener(now, number, output)
