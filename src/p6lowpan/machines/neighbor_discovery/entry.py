"""One neighbor, as the cache holds it."""

from dataclasses import dataclass, field
from enum import Enum

from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import Ipv6Address, LinkAddress


class Kind(Enum):
    """RFC 6775 section 3.5: how an entry can be removed."""

    GARBAGE_COLLECTIBLE = "when memory is low"
    REGISTERED = "when its lifetime ends, or its owner says so"
    TENTATIVE = "after a short while, unless it becomes a registered one"


@value
class Registration:
    """What a neighbor registered. ``transaction`` is ``None`` from a node of RFC 6775."""

    verifier: bytes
    transaction: int | None
    lifetime_minutes: int
    expires_at: int
    is_tentative: bool
    reachability_requested: bool


@value
class KeptRegistration:
    """An address that a neighbor registered with us. ``transaction`` is ``None`` from a node of RFC 6775."""

    address: Ipv6Address
    link_address: LinkAddress
    verifier: bytes
    transaction: int | None
    lifetime_minutes: int
    expires_at: int
    reachability_requested: bool


@dataclass(slots=True)
class Entry:
    """One neighbor, by IPv6 address."""

    address: Ipv6Address
    link_address: LinkAddress | None
    state: State
    used_at: int
    deadline: int | None = None
    solicitations: int = 0
    is_router: bool = False
    is_default_router: bool = False
    registration: Registration | None = None
    queue: list[bytes] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """How the entry can be removed."""
        if self.registration is None:
            return Kind.GARBAGE_COLLECTIBLE
        return Kind.TENTATIVE if self.registration.is_tentative else Kind.REGISTERED

    @property
    def group(self) -> Group:
        """What the neighbor is to us."""
        if self.registration is not None:
            return Group.REGISTERED
        return Group.ROUTER if self.is_default_router else Group.OTHER

    @property
    def kept(self) -> KeptRegistration | None:
        """The registration, as it outlives a restart; of one that is tentative the owner will ask again."""
        registration = self.registration
        if registration is None or registration.is_tentative or self.link_address is None:
            return None
        return KeptRegistration(
            address=self.address,
            link_address=self.link_address,
            verifier=registration.verifier,
            transaction=registration.transaction,
            lifetime_minutes=registration.lifetime_minutes,
            expires_at=registration.expires_at,
            reachability_requested=registration.reachability_requested,
        )
