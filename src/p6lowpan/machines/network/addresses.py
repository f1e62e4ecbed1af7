"""The addresses of a node: which are ours, for how long, and which groups we are in (RFC 4862, RFC 4291 section 2.8).

Theory of operation. An address is entered as tentative, or as preferred where nobody can have it but us. What makes it
ours (detection of duplicates, registration) happens elsewhere and is reported here as an event of :data:`TABLE`. Two
lifetimes may run: when the preferred one ends the address is deprecated, when the valid one ends it is gone. Both count
from the moment on which they end, whether or not :meth:`Addresses.expire` was called in time.

Every node is in the groups of all nodes, and of all routers if it is one; whoever has an address is in its
solicited-node group. These take no room; groups that are joined by request do.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import Enum

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.outputs import AddressAssigned, AddressLost, Outputs
from p6lowpan.machines.network.scope import LOOPBACK, SOLICITED_NODE_PREFIX
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import (
    ALL_NODES,
    ALL_ROUTERS,
    UNSPECIFIED,
    Ipv6Address,
    format_ipv6,
    is_multicast,
)

WHERE = "addresses"
IDENTIFIER_BITS = 64
SITE_ROUTERS = Ipv6Address(bytes.fromhex("ff050000000000000000000000000002"))


class AddressState(Enum):
    """RFC 4862 section 2."""

    TENTATIVE = "not known to be ours alone"
    PREFERRED = "ours"
    DEPRECATED = "ours, but not for what begins now"


class AddressEvent(Enum):
    """What may happen to an address that stays."""

    CONFIRMED = "found to be ours alone"
    RENEWED = "its lifetimes begin anew"
    PREFERENCE_ENDED = "its preferred lifetime ended"


TABLE: Mapping[tuple[AddressState, AddressEvent], AddressState] = {
    (AddressState.TENTATIVE, AddressEvent.CONFIRMED): AddressState.PREFERRED,
    (AddressState.TENTATIVE, AddressEvent.RENEWED): AddressState.TENTATIVE,
    (AddressState.TENTATIVE, AddressEvent.PREFERENCE_ENDED): AddressState.TENTATIVE,
    (AddressState.PREFERRED, AddressEvent.CONFIRMED): AddressState.PREFERRED,
    (AddressState.PREFERRED, AddressEvent.RENEWED): AddressState.PREFERRED,
    (AddressState.PREFERRED, AddressEvent.PREFERENCE_ENDED): AddressState.DEPRECATED,
    (AddressState.DEPRECATED, AddressEvent.CONFIRMED): AddressState.PREFERRED,
    (AddressState.DEPRECATED, AddressEvent.RENEWED): AddressState.PREFERRED,
    (AddressState.DEPRECATED, AddressEvent.PREFERENCE_ENDED): AddressState.DEPRECATED,
}


@value
class OwnAddress:
    """An address of ours. ``None`` for a time: never."""

    address: Ipv6Address
    state: AddressState
    prefix_length: int = IDENTIFIER_BITS
    preferred_until: int | None = None
    valid_until: int | None = None

    @property
    def is_assigned(self) -> bool:
        """Whether packets may have it as source and destination."""
        return self.state is not AddressState.TENTATIVE

    def at(self, now: int) -> "OwnAddress | None":
        """What the address is worth at ``now``; ``None``: it is gone."""
        if self.valid_until is not None and self.valid_until <= now:
            return None
        if self.preferred_until is not None and self.preferred_until <= now:
            return replace(self, state=TABLE[self.state, AddressEvent.PREFERENCE_ENDED])
        return self


class Addresses:
    """The addresses and groups of one interface. See the module for the rules."""

    def __init__(self, is_router: bool, limits: Limits) -> None:
        self._limits = limits
        self._own: dict[Ipv6Address, OwnAddress] = {}
        self._groups: dict[Ipv6Address, None] = {}
        self.deadline: int | None = None
        """When :meth:`expire` has something to do; ``None``: never."""
        self._fixed_groups = (ALL_NODES, ALL_ROUTERS, SITE_ROUTERS) if is_router else (ALL_NODES,)

    @property
    def groups(self) -> tuple[Ipv6Address, ...]:
        """The groups that were joined by request."""
        return tuple(self._groups)

    def own(self, now: int) -> tuple[OwnAddress, ...]:
        """Every address as it is at ``now``, in the order in which they came."""
        current = (own.at(now) for own in self._own.values())
        return tuple(own for own in current if own is not None)

    def state_of(self, now: int, address: bytes) -> AddressState | None:
        """The state of an address; ``None``: it is not ours."""
        own = self._own.get(Ipv6Address(address))
        current = own.at(now) if own is not None else None
        return current.state if current is not None else None

    def is_ours(self, now: int, address: bytes) -> bool:
        """Whether an address is ours beyond doubt."""
        return self.state_of(now, address) in (AddressState.PREFERRED, AddressState.DEPRECATED)

    def assign(
        self,
        now: int,
        address: Ipv6Address,
        state: AddressState = AddressState.TENTATIVE,
        prefix_length: int = IDENTIFIER_BITS,
        preferred_us: int | None = None,
        valid_us: int | None = None,
    ) -> Outputs:
        """Enter an address, or begin its lifetimes anew: one that is there keeps what it is known to be. A valid
        lifetime of 0 takes it away. Raises :class:`UsageError` for what is no address of 16 octets.

        An address that nobody can have for itself is dropped, and so is one for which there is no room: what we have is
        worth more than what a neighbor announces.
        """
        if len(address) != 16:
            raise UsageError(f"an IPv6 address has 16 octets, not {len(address)}")
        if is_multicast(address) or address in (UNSPECIFIED, LOOPBACK):
            return (Dropped(Reason.BAD_VALUE, WHERE, f"{format_ipv6(address)} cannot be ours"),)
        outputs = self.expire(now)
        if valid_us is not None and valid_us <= 0:
            return (*outputs, *self.remove(address, Reason.LIFETIME_ENDED))
        before = self._own.get(address)
        if before is None and len(self._own) >= self._limits.own_addresses:
            return (*outputs, Dropped(Reason.OWN_ADDRESSES_FULL, WHERE, format_ipv6(address)))
        if before is not None:
            state = TABLE[before.state, AddressEvent.RENEWED]
        after = OwnAddress(address, state, prefix_length, _moment(now, preferred_us), _moment(now, valid_us))
        self._own[address] = after
        self._look_ahead()
        if after.is_assigned and before is None:
            return (*outputs, AddressAssigned(address))
        return outputs

    def confirm(self, now: int, address: Ipv6Address) -> Outputs:
        """The address is ours alone."""
        return self._handle(now, address, AddressEvent.CONFIRMED)

    def deprecate(self, now: int, address: Ipv6Address) -> Outputs:
        """The address shall not be used for what begins now, whatever its preferred lifetime."""
        return self._handle(now, address, AddressEvent.PREFERENCE_ENDED)

    def remove(self, address: Ipv6Address, reason: Reason) -> Outputs:
        """The address is not ours, or not any more."""
        gone = self._own.pop(address, None)
        self._look_ahead()
        return (AddressLost(address, reason),) if gone is not None else ()

    def expire(self, now: int) -> Outputs:
        """Take away what is no longer valid."""
        late = [own.address for own in self._own.values() if own.at(now) is None]
        return tuple(output for address in late for output in self.remove(address, Reason.LIFETIME_ENDED))

    def join(self, group: Ipv6Address) -> Outputs:
        """Be in a group. Raises :class:`UsageError` for what is no multicast address."""
        if len(group) != 16 or not is_multicast(group):
            raise UsageError(f"{group.hex()} is no multicast address")
        if group not in self._groups and len(self._groups) >= self._limits.joined_groups:
            return (Dropped(Reason.GROUPS_FULL, WHERE, format_ipv6(group)),)
        self._groups[group] = None
        return ()

    def leave(self, group: Ipv6Address) -> None:
        """Be in a group no longer that was joined by request; no matter whether it was."""
        self._groups.pop(group, None)

    def is_joined(self, now: int, group: bytes) -> bool:
        """Whether we are in a group. The solicited-node groups of tentative addresses count, too: that is where
        somebody else who wants the same address is heard (RFC 4862 section 5.4.2)."""
        if group in self._fixed_groups or group in self._groups:
            return True
        last = group[13:]
        return group.startswith(SOLICITED_NODE_PREFIX) and any(own.address[13:] == last for own in self.own(now))

    def _look_ahead(self) -> None:
        self.deadline = earliest(*[own.valid_until for own in self._own.values()])

    def _handle(self, now: int, address: Ipv6Address, event: AddressEvent) -> Outputs:
        own = self._own.get(address)
        before = own.at(now) if own is not None else None
        if before is None:
            return (Dropped(Reason.UNEXPECTED, WHERE, f"{event.name} for {format_ipv6(address)}, which is not ours"),)
        after = replace(before, state=TABLE[before.state, event])
        if event is AddressEvent.CONFIRMED and before.state is AddressState.DEPRECATED:
            after = replace(after, preferred_until=None)  # or it would be deprecated again at once
        self._own[address] = after
        return (AddressAssigned(address),) if after.is_assigned and not before.is_assigned else ()


def _moment(now: int, lifetime_us: int | None) -> int | None:
    return None if lifetime_us is None else now + lifetime_us
