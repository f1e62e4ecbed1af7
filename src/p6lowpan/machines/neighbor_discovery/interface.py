"""What the machines of one interface share: its configuration, its own addresses, and what routers set for it."""

from dataclasses import dataclass
from enum import Enum

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Mode
from p6lowpan.machines.neighbor_discovery.outputs import AddressConfirmed, AddressDeprecated
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.machines.network.scope import LOOPBACK, common_bits
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import Ipv6Address, LinkAddress, is_link_local, is_multicast, link_local
from p6lowpan.wire.description import Header

MILLISECOND_US = 1_000
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
RESERVED_SHORT = (b"\xff\xff", b"\xff\xfe")


class AddressState(Enum):
    """RFC 4862 section 2, and REFUSED: an address that is kept so that it is not formed again."""

    TENTATIVE = "not known to be ours alone"
    PREFERRED = "ours"
    DEPRECATED = "ours, but not for what begins now"
    REFUSED = "somebody else's"


@dataclass(slots=True)
class OwnAddress:
    """An address of ours, and the link-layer address that it belongs to. ``None`` for a time: never."""

    address: Ipv6Address
    link_address: LinkAddress
    state: AddressState = AddressState.TENTATIVE
    preferred_until: int | None = None
    valid_until: int | None = None

    @property
    def is_assigned(self) -> bool:
        """Whether packets may have it as source and destination."""
        return self.state in (AddressState.PREFERRED, AddressState.DEPRECATED)


@value
class Arrival:
    """A message that came, and how."""

    message: Header
    source: Ipv6Address
    destination: Ipv6Address
    hop_limit: int
    origin: Origin


def is_usable_unicast(address: bytes) -> bool:
    """Whether an address can be a node's own."""
    return not is_multicast(address) and any(address) and address != LOOPBACK


def is_usable_link_address(address: bytes) -> bool:
    """Whether a link-layer address can be a node's own: no broadcast, no group of RFC 4944 section 9."""
    if len(address) == 2:
        return address not in RESERVED_SHORT and address[0] >> 5 != 0b100
    return len(address) == 8 and address not in (bytes(8), b"\xff" * 8)


class Interface:
    """One interface. The reachable and retransmission times are those of the last router that set them."""

    def __init__(self, configuration: Configuration, limits: Limits, chance: ChanceStream) -> None:
        self.configuration = configuration
        self.limits = limits
        self.chance = chance
        self.reachable_base_us = limits.reachable_time_us
        self.retransmission_us = limits.retransmission_timer_us
        self.addresses: dict[Ipv6Address, OwnAddress] = {}

    @property
    def is_lowpan(self) -> bool:
        """Whether RFC 6775 holds here."""
        return self.configuration.mode is Mode.LOWPAN

    @property
    def link_local(self) -> Ipv6Address:
        """Our link-local address from the EUI-64, which needs no detection of duplicates (RFC 6775 section 5.2)."""
        return link_local(self.configuration.extended)

    def add(self, own: OwnAddress) -> Dropped | None:
        """Enter an address; says so where there is no room for it."""
        if own.address not in self.addresses and len(self.addresses) >= self.limits.own_addresses:
            return Dropped(Reason.OWN_ADDRESSES_FULL, "own addresses", f"no room for {own.address.hex()}")
        self.addresses[own.address] = own
        return None

    def confirm(self, now: int, own: OwnAddress) -> tuple[AddressConfirmed | AddressDeprecated, ...]:
        """An address turned out to be ours alone. Its preferred lifetime may have ended meanwhile."""
        own.state = AddressState.PREFERRED
        if own.preferred_until is None or own.preferred_until > now:
            return (AddressConfirmed(own.address),)
        own.state = AddressState.DEPRECATED
        return AddressConfirmed(own.address), AddressDeprecated(own.address)

    def owns(self, address: bytes) -> bool:
        """Whether ``address`` is ours beyond doubt."""
        own = self.addresses.get(Ipv6Address(address))
        return own is not None and own.is_assigned

    def global_address(self, at: bytes | None = None) -> Ipv6Address | None:
        """An assigned address of ours that is not link-local; the one that begins most like ``at``."""
        candidates = [own.address for own in self.addresses.values() if own.is_assigned]
        reaching = [address for address in candidates if not is_link_local(address)]
        if at is None:
            return reaching[0] if reaching else None
        return max(reaching, key=lambda address: common_bits(address, at), default=None)

    def random(self, most: int) -> int:
        """A number from 0 to ``most``."""
        return self.chance.below(most + 1)

    def reachable_us(self) -> int:
        """How long a neighbor that answered counts as reachable: RFC 4861 section 6.3.2, 0.5 to 1.5 of the base."""
        return self.reachable_base_us // 2 + self.random(self.reachable_base_us)

    def is_foreign_link_address(self, address: bytes) -> bool:
        """Whether a neighbor can have this link-layer address: a usable one that is not ours."""
        return is_usable_link_address(address) and address not in self.configuration.link_addresses

    def sender_of(self, arrival: Arrival) -> LinkAddress | None:
        """The link-layer address of who sent the frame, where it is one that can be answered."""
        source = arrival.origin.link_source
        return source if self.is_foreign_link_address(source) else None
