"""Octets on the air and the charge they take: IEEE 802.15.4 at 2450 MHz, frames without link-layer security.

What is counted of a frame: the physical layer's preamble, start of frame and length, the MAC header, what 6LoWPAN put
into it, the frame check sequence; and for a unicast frame the acknowledgement. Not counted: listening for a clear
channel, backoff, turnaround, sleeping between them, all of which depend on more than the encoding.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from p6lowpan.wire.address import Link, is_group
from p6lowpan.wire.ieee802154.frame import Frame, FrameType

PHY_OCTETS = 6
"""Preamble 4, start of frame delimiter 1, length 1: IEEE 802.15.4-2015 section 12.1."""

CHECK_OCTETS = 2
LARGEST_FRAME = 127
US_PER_OCTET = 32
"""250 kb/s."""

PAN = 0xABCD
ACKNOWLEDGEMENT = (
    PHY_OCTETS + len(Frame(frame_type=FrameType.ACKNOWLEDGEMENT, sequence_number=0).encode()) + CHECK_OCTETS
)
"""Octets of an acknowledgement, from its preamble on."""


@dataclass(frozen=True, slots=True)
class Radio:
    """Currents in milliampere at a supply in volt, from a data sheet."""

    name: str
    source: str
    transmitting: float
    receiving: float
    supply: float = 3.0


CC2650 = Radio(
    "CC2650",
    "Texas Instruments SWRS158, CC2650 SimpleLink multistandard wireless MCU: active-mode TX at 0 dBm 6.1 mA, RX 5.9"
    " mA, at 3 V",
    6.1,
    5.9,
)
"""The drafts' own platform."""

CC2538 = Radio(
    "CC2538",
    "Texas Instruments SWRS096, CC2538 wireless microcontroller SoC: TX at 0 dBm 24 mA, RX 20 mA, CPU idle, at 3 V",
    24.0,
    20.0,
)
RADIOS = (CC2650, CC2538)


def header_octets(link: Link) -> int:
    """The MAC header of a data frame between the ends of ``link``, in one PAN."""
    frame = Frame(
        sequence_number=0,
        destination_pan=PAN,
        destination=link.destination,
        source=link.source,
        acknowledgement_request=int(not is_group(link.destination)),
    )
    return len(frame.encode())


def room(link: Link) -> int:
    """How many octets of 6LoWPAN a frame holds."""
    return LARGEST_FRAME - CHECK_OCTETS - header_octets(link)


@dataclass(frozen=True, slots=True)
class OnAir:
    """What some frames take: ``lowpan`` the octets that 6LoWPAN put into them, ``sent`` all octets of the sender from
    preamble to frame check, ``acknowledged`` those of the acknowledgements."""

    frames: int = 0
    lowpan: int = 0
    sent: int = 0
    acknowledged: int = 0

    def __add__(self, other: "OnAir") -> "OnAir":
        return OnAir(
            self.frames + other.frames,
            self.lowpan + other.lowpan,
            self.sent + other.sent,
            self.acknowledged + other.acknowledged,
        )

    def __mul__(self, times: int) -> "OnAir":
        return OnAir(self.frames * times, self.lowpan * times, self.sent * times, self.acknowledged * times)

    @property
    def octets(self) -> int:
        """All that is heard on the channel."""
        return self.sent + self.acknowledged


def on_air(link: Link, payloads: Iterable[bytes]) -> OnAir:
    """What the frames with these MAC payloads take."""
    sizes = [len(payload) for payload in payloads]
    around = PHY_OCTETS + header_octets(link) + CHECK_OCTETS
    acknowledged = 0 if is_group(link.destination) else ACKNOWLEDGEMENT * len(sizes)
    return OnAir(len(sizes), sum(sizes), sum(sizes) + around * len(sizes), acknowledged)


def millijoules(radio: Radio, transmitted: int, received: int) -> float:
    """What a node spends that transmits and receives so many octets."""
    seconds_each = US_PER_OCTET / 1e6
    return (transmitted * radio.transmitting + received * radio.receiving) * seconds_each * radio.supply
