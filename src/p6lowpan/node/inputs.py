"""What a driver or the simulator tells a node."""

from typing import TypeAlias

from p6lowpan.capability.value import value
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, LinkAddress


@value
class FrameReceived:
    """A whole MAC frame without its frame check sequence, which the radio checked. ``link_quality`` 0 to 255."""

    octets: bytes
    link_quality: int = 255


@value
class ChannelAssessed:
    """The answer to ``AssessChannel``."""

    clear: bool


@value
class TransmitDone:
    """The radio has sent the frame. ``acknowledged`` is ``None`` where the radio does not look for acknowledgements;
    ``accessed`` is false where a radio that does CSMA/CA itself found no clear channel."""

    acknowledged: bool | None = None
    accessed: bool = True


@value
class Wake:
    """Time has come to look at the timers. Too early, it does nothing."""


@value
class SendUdp:
    """Send a datagram, whether or not its port is bound. ``source`` is an address of ours; ``None`` leaves it to source
    selection."""

    source_port: int
    destination: Ipv6Address
    destination_port: int
    payload: bytes
    hop_limit: int | None = None
    source: Ipv6Address | None = None


@value
class SendIcmpv6:
    """Send an ICMPv6 message; its checksum is computed."""

    destination: Ipv6Address
    octets: bytes
    hop_limit: int | None = None


@value
class SendPacket:
    """Send a whole IPv6 packet of ours."""

    packet: bytes


@value
class Bind:
    """Deliver what comes for a UDP port: to any address of ours or to one, from anybody or from one peer.

    The outputs have ``Bound``, or ``Dropped`` under PORT_IN_USE or PORTS_FULL. Port 0: one that is free.
    """

    port: int
    address: Ipv6Address = UNSPECIFIED
    peer: Ipv6Address = UNSPECIFIED
    peer_port: int = 0


@value
class Close:
    """Deliver no more for a UDP port."""

    port: int


@value
class JoinGroup:
    """Receive what is sent to a multicast group."""

    group: Ipv6Address


@value
class LeaveGroup:
    """Be in a group no longer."""

    group: Ipv6Address


@value
class FromBackbone:
    """A whole packet came by a border router's other interface."""

    packet: bytes


@value
class ConfigureBackbone:
    """Other rules and another rate for a border router's backbone; see
    :class:`p6lowpan.machines.backbone.configuration.BackboneConfiguration`."""

    permits: tuple[str, ...]
    octets_per_second: int
    burst_us: int


@value
class PinNeighbor:
    """What a neighbour can do is configured from now on: a name or another text of
    :mod:`p6lowpan.capability.named`. An empty one: no longer."""

    neighbor: LinkAddress
    profile: str = ""


@value
class Identify:
    """Whose short address it is, as the administrator knows."""

    short: LinkAddress
    extended: LinkAddress


@value
class AnnouncePrefix:
    """A border router announces a prefix, or its new lifetimes; of zero: it is withdrawn."""

    prefix: Ipv6Address
    length: int
    valid_lifetime_seconds: int
    preferred_lifetime_seconds: int


@value
class AnnounceContext:
    """A border router begins to announce a context."""

    identifier: int
    prefix: Ipv6Address
    length: int


@value
class WithdrawContext:
    """A border router ends a context."""

    identifier: int


Input: TypeAlias = (
    FrameReceived
    | ChannelAssessed
    | TransmitDone
    | Wake
    | SendUdp
    | SendIcmpv6
    | SendPacket
    | Bind
    | Close
    | JoinGroup
    | LeaveGroup
    | FromBackbone
    | ConfigureBackbone
    | PinNeighbor
    | Identify
    | AnnouncePrefix
    | AnnounceContext
    | WithdrawContext
)
