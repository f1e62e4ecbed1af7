"""What the network layer is told about a packet, and what it asks for or reports."""

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import NO_LINK_ADDRESS, Ipv6Address, LinkAddress
from p6lowpan.wire.description import Header


@value
class Origin:
    """How a packet came: the ends of its frame, and whether the link layer checked its integrity."""

    link_source: LinkAddress = NO_LINK_ADDRESS
    link_destination: LinkAddress = NO_LINK_ADDRESS
    secured: bool = False


@value
class Route:
    """Send this packet to ``next_hop``: an address on the link, or the group that is the packet's destination."""

    packet: bytes
    next_hop: Ipv6Address


@value
class BackboneRoute:
    """Send this packet by the other interface: a border router's backbone."""

    packet: bytes


@value
class DeliverUdp:
    """A datagram for a port that is bound. ``destination`` is ours, or a group that we are in."""

    source: Ipv6Address
    source_port: int
    destination: Ipv6Address
    destination_port: int
    payload: bytes


@value
class DeliverIcmpv6:
    """A message that is not handled here: echo replies, errors about packets of ours, and types that others know."""

    source: Ipv6Address
    destination: Ipv6Address
    octets: bytes


@value
class ToNeighborDiscovery:
    """A Neighbor Discovery message whose checksum holds. Unless it is a DAR or DAC, it came from a neighbor."""

    message: Header
    source: Ipv6Address
    destination: Ipv6Address
    hop_limit: int
    origin: Origin


@value
class ClassError:
    """A neighbor says that a frame was above its class, and what it can do: a level in ``code``, or ``flex``."""

    code: int
    flex: int | None
    source: Ipv6Address
    hop_limit: int
    origin: Origin


@value
class AddressAssigned:
    """The address is ours, and packets may have it as their source."""

    address: Ipv6Address


@value
class AddressLost:
    """The address is no longer ours."""

    address: Ipv6Address
    reason: Reason


NetworkOutput = (
    Route
    | BackboneRoute
    | DeliverUdp
    | DeliverIcmpv6
    | ToNeighborDiscovery
    | ClassError
    | AddressAssigned
    | AddressLost
    | Dropped
)
Outputs = tuple[NetworkOutput, ...]
