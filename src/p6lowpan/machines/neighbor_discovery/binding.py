"""One address of ours at one router: the states of its registration (RFC 6775 section 5.5, RFC 8505 section 5.7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from p6lowpan.machines.neighbor_discovery.sequence import FIRST
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, LinkAddress


class BindingState(Enum):
    """Where a registration stands."""

    WAITING = "for its turn"
    REGISTERING = "the router is asked"
    REGISTERED = "until it has to be renewed"
    PAUSED = "it is tried again after a while"
    WITHDRAWING = "it is given back"
    DONE_WITHOUT = "the router does not take it"


class BindingEvent(Enum):
    """What may happen to it."""

    TURN = "no other address is being registered with this router"
    ACCEPTED = "the router said success"
    REPEATED = "it must be registered again: renewed, or with a later counter"
    POSTPONED = "the router asks to come again later, or the pause is not over"
    REFUSED = "the router said no"
    GIVEN_BACK = "we do not want it any more"
    TIMEOUT = "no answer, or the pause is over"
    EXHAUSTED = "no answer to the last try"


class BindingAction(Enum):
    """What is done on the way."""

    SOLICIT = "a Neighbor Solicitation goes out"
    PAUSE = "the pause begins"
    DISCARD = "the registration is forgotten"
    LOSE_ROUTER = "the router is not there any more"


TABLE: Mapping[tuple[BindingState, BindingEvent], tuple[BindingState, BindingAction | None]] = {
    (BindingState.WAITING, BindingEvent.TURN): (BindingState.REGISTERING, BindingAction.SOLICIT),
    (BindingState.WAITING, BindingEvent.GIVEN_BACK): (BindingState.WITHDRAWING, BindingAction.SOLICIT),
    (BindingState.REGISTERING, BindingEvent.ACCEPTED): (BindingState.REGISTERED, None),
    (BindingState.REGISTERING, BindingEvent.REPEATED): (BindingState.WAITING, None),
    (BindingState.REGISTERING, BindingEvent.POSTPONED): (BindingState.PAUSED, BindingAction.PAUSE),
    (BindingState.REGISTERING, BindingEvent.REFUSED): (BindingState.DONE_WITHOUT, None),
    (BindingState.REGISTERING, BindingEvent.GIVEN_BACK): (BindingState.WITHDRAWING, BindingAction.SOLICIT),
    (BindingState.REGISTERING, BindingEvent.TIMEOUT): (BindingState.REGISTERING, BindingAction.SOLICIT),
    (BindingState.REGISTERING, BindingEvent.EXHAUSTED): (BindingState.DONE_WITHOUT, BindingAction.LOSE_ROUTER),
    (BindingState.REGISTERED, BindingEvent.REPEATED): (BindingState.WAITING, None),
    (BindingState.REGISTERED, BindingEvent.POSTPONED): (BindingState.PAUSED, BindingAction.PAUSE),
    (BindingState.REGISTERED, BindingEvent.REFUSED): (BindingState.DONE_WITHOUT, None),
    (BindingState.REGISTERED, BindingEvent.GIVEN_BACK): (BindingState.WITHDRAWING, BindingAction.SOLICIT),
    (BindingState.PAUSED, BindingEvent.TIMEOUT): (BindingState.WAITING, None),
    (BindingState.PAUSED, BindingEvent.GIVEN_BACK): (BindingState.DONE_WITHOUT, BindingAction.DISCARD),
    (BindingState.WITHDRAWING, BindingEvent.ACCEPTED): (BindingState.DONE_WITHOUT, BindingAction.DISCARD),
    (BindingState.WITHDRAWING, BindingEvent.TIMEOUT): (BindingState.WITHDRAWING, BindingAction.SOLICIT),
    (BindingState.WITHDRAWING, BindingEvent.EXHAUSTED): (BindingState.DONE_WITHOUT, BindingAction.DISCARD),
    (BindingState.DONE_WITHOUT, BindingEvent.GIVEN_BACK): (BindingState.DONE_WITHOUT, BindingAction.DISCARD),
}
"""Where there is no row, nothing happens."""


@dataclass(slots=True)
class Binding:
    """One address at one router. ``renew_at`` is set while it is registered."""

    router: Ipv6Address
    router_link_address: LinkAddress
    is_extended: bool
    state: BindingState = BindingState.WAITING
    sent: int = 0
    deadline: int | None = None
    renew_at: int | None = None


@dataclass(slots=True)
class Ledger:
    """One address of ours and its registrations. All carry the same transaction (RFC 8505 section 5.2: "When a
    Registered Node is registered with multiple 6LRs in parallel, the same TID MUST be used")."""

    address: Ipv6Address
    link_address: LinkAddress
    transaction: int = FIRST
    advances: int = 0
    bindings: dict[Ipv6Address, Binding] = field(default_factory=dict)

    @property
    def deadline(self) -> int | None:
        """When something is due."""
        moments = [binding.deadline for binding in self.bindings.values()]
        return earliest(*moments, self.renew_at)

    @property
    def renew_at(self) -> int | None:
        """When the registrations are renewed, all at once."""
        return earliest(*(binding.renew_at for binding in self.bindings.values()))

    def in_states(self, *states: BindingState) -> tuple[Binding, ...]:
        """The registrations that stand so."""
        return tuple(binding for binding in self.bindings.values() if binding.state in states)
