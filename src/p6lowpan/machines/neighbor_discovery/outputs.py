"""What Neighbor Discovery asks of the node, and what it tells it."""

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import Ipv6Address, LinkAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NEIGHBOR_DISCOVERY_HOP_LIMIT
from p6lowpan.wire.sixlowpan.contexts import Context


@value
class Emit:
    """Send this ICMPv6 message, whose checksum is in place. Without ``link_destination`` the network finds the way:
    ``destination`` is a group, or more than one hop away."""

    message_octets: bytes
    source: Ipv6Address
    destination: Ipv6Address
    hop_limit: int = NEIGHBOR_DISCOVERY_HOP_LIMIT
    link_destination: LinkAddress | None = None


@value
class Resolved:
    """The packets that waited for ``next_hop`` can go to ``link_address``."""

    next_hop: Ipv6Address
    link_address: LinkAddress
    packets: tuple[bytes, ...]


@value
class Unreachable:
    """The packets cannot go to ``next_hop``. Where ``reason`` is NEIGHBOR_UNREACHABLE, their senders get an error
    (RFC 4861 section 7.2.2)."""

    next_hop: Ipv6Address
    packets: tuple[bytes, ...]
    reason: Reason


@value
class AddressFormed:
    """A tentative address of ours: nobody may use it yet (RFC 4862 section 5.4). ``link_address`` it belongs to."""

    address: Ipv6Address
    link_address: LinkAddress


@value
class AddressConfirmed:
    """The address is ours, and preferred: registered, found unique, or preferred again."""

    address: Ipv6Address


@value
class AddressDeprecated:
    """The preferred lifetime ended: what uses the address may go on, nothing new should (RFC 4862 section 5.5.4)."""

    address: Ipv6Address


@value
class AddressRefused:
    """The address is not ours. ``status`` is that of the registration, ``None`` where detection found a duplicate."""

    address: Ipv6Address
    status: int | None


@value
class AddressLost:
    """The address is no longer ours: its valid lifetime ended."""

    address: Ipv6Address


@value
class RouterLearned:
    """A default router, new or changed; ``preference`` as RFC 4191 section 2.1 numbers it."""

    address: Ipv6Address
    link_address: LinkAddress
    preference: int


@value
class RouterLost:
    """No default router any more."""

    address: Ipv6Address
    reason: Reason


@value
class PrefixLearned:
    """A prefix of the network, new or changed. Only where ``on_link`` are its addresses neighbors."""

    prefix: Ipv6Address
    length: int
    on_link: bool


@value
class PrefixLost:
    """A prefix whose valid lifetime ended."""

    prefix: Ipv6Address
    length: int


@value
class HopLimitLearned:
    """What routers recommend for packets that we send (RFC 4861 section 6.3.4)."""

    hop_limit: int


@value
class ContextLearned:
    """What a 6LoWPAN Context Option says: the arguments of ``ContextTable.update``."""

    context: Context
    lifetime_minutes: int
    router_lifetime_seconds: int


@value
class NeighborRegistered:
    """A neighbor registered an address with us: it is on-link. ``reachability_requested``: the neighbor asks us to make
    the address known (RFC 8505 section 5.1)."""

    address: Ipv6Address
    link_address: LinkAddress
    reachability_requested: bool


@value
class NeighborDeregistered:
    """A registration with us ended."""

    address: Ipv6Address
    reason: Reason


@value
class ShortAddressLearned:
    """The neighbor with this EUI-64 has this short address, too: it said so in a secured frame."""

    short: LinkAddress
    extended: LinkAddress


@value
class LevelAdvertised:
    """A neighbor says what it can do: a level, a FLEX bitfield, or both."""

    link_address: LinkAddress
    level: int | None
    flex: int | None
    secured: bool

    @property
    def profile(self) -> Profile:
        """The profile that was announced; FLEX goes before a level."""
        return profiles.of_level(self.level or 0) if self.flex is None else profiles.of_flex(self.flex)


NeighborOutput = (
    Emit
    | Resolved
    | Unreachable
    | AddressFormed
    | AddressConfirmed
    | AddressDeprecated
    | AddressRefused
    | AddressLost
    | RouterLearned
    | RouterLost
    | PrefixLearned
    | PrefixLost
    | HopLimitLearned
    | ContextLearned
    | NeighborRegistered
    | NeighborDeregistered
    | ShortAddressLearned
    | LevelAdvertised
    | Dropped
)
Outputs = tuple[NeighborOutput, ...]
