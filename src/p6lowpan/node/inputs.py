"""What a driver or the simulator tells a node."""

from dataclasses import dataclass
from typing import TypeAlias

from p6lowpan.wire.address import Ipv6Address


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """A whole MAC frame without its frame check sequence, which the radio checked. ``link_quality`` 0 to 255."""

    octets: bytes
    link_quality: int = 255


@dataclass(frozen=True, slots=True)
class ChannelAssessed:
    """The answer to ``AssessChannel``."""

    clear: bool


@dataclass(frozen=True, slots=True)
class TransmitDone:
    """The radio has sent the frame. ``acknowledged`` is ``None`` where the radio does not look for acknowledgements;
    ``accessed`` is false where a radio that does CSMA/CA itself found no clear channel."""

    acknowledged: bool | None = None
    accessed: bool = True


@dataclass(frozen=True, slots=True)
class Wake:
    """Time has come to look at the timers. Too early, it does nothing."""


@dataclass(frozen=True, slots=True)
class SendUdp:
    """Send a datagram."""

    source_port: int
    destination: Ipv6Address
    destination_port: int
    payload: bytes
    hop_limit: int | None = None


@dataclass(frozen=True, slots=True)
class SendIcmpv6:
    """Send an ICMPv6 message; its checksum is computed."""

    destination: Ipv6Address
    octets: bytes
    hop_limit: int | None = None


@dataclass(frozen=True, slots=True)
class SendPacket:
    """Send a whole IPv6 packet of ours."""

    packet: bytes


@dataclass(frozen=True, slots=True)
class Bind:
    """Deliver what comes for a UDP port."""

    port: int


@dataclass(frozen=True, slots=True)
class Close:
    """Deliver no more for a UDP port."""

    port: int


Input: TypeAlias = (
    FrameReceived | ChannelAssessed | TransmitDone | Wake | SendUdp | SendIcmpv6 | SendPacket | Bind | Close
)
