"""The registering node: RFC 6775 section 5.5, RFC 8505 sections 5 and 6.

Theory of operation. Every address that is formed is registered with every default router, one after the other at each,
because a router of RFC 6775 does not say in a refusal which address it means. At a router of RFC 8505 the link-local
address comes first: it is the source of all other registrations (section 5.6), whose target is the address. To a router
of RFC 6775 the address itself is the source, the router the target, and link-local addresses are not registered. The
option is an EARO in both cases (section 6.3), unless the configuration says that we know RFC 6775 alone.

A registration is renewed when about three quarters of its lifetime are over, at all routers with the next counter.
What a router's status leads to is in :mod:`.statuses`, and how a registration goes on in the table of :mod:`.binding`.
"""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.binding import (
    TABLE,
    Binding,
    BindingAction,
    BindingEvent,
    BindingState,
    Ledger,
)
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.default_routers import DefaultRouter
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, AddressState, Arrival, Interface, OwnAddress
from p6lowpan.machines.neighbor_discovery.messages import Way, registering_solicitation
from p6lowpan.machines.neighbor_discovery.outputs import AddressRefused, Emit, NeighborOutput, Outputs
from p6lowpan.machines.neighbor_discovery.sequence import SEQUENCE_WINDOW, advanced, successor
from p6lowpan.machines.neighbor_discovery.statuses import Response, Status, response_to
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, is_link_local
from p6lowpan.wire.ipv6.registration_options import AddressRegistration

WHERE = "registration"
EVENTS = {
    Response.USE: BindingEvent.ACCEPTED,
    Response.AGAIN_LATER: BindingEvent.POSTPONED,
    Response.AGAIN_NOW: BindingEvent.REPEATED,
    Response.DO_WITHOUT: BindingEvent.REFUSED,
}
FORMER = 2
"""For each address that we may have, one that we had and that is being given back; for each router likewise."""
HOPEFUL = (BindingState.WAITING, BindingState.REGISTERING, BindingState.REGISTERED, BindingState.PAUSED)


class Registrant:
    """The registrations of our addresses. Routers that do not answer or refuse us are in :meth:`take_gone_routers`."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._ledgers: dict[Ipv6Address, Ledger] = {}
        self._gone: dict[Ipv6Address, Reason] = {}

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """Every address and its registrations."""
        return tuple(self._ledgers.values())

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(ledger.deadline for ledger in self._ledgers.values()))

    def take_gone_routers(self) -> dict[Ipv6Address, Reason]:
        """The routers that are no use any more, since this was last asked."""
        gone, self._gone = self._gone, {}
        return gone

    # --- what is to be registered ------------------------------------------------------------------------------------

    def register_all(self, now: int, routers: tuple[DefaultRouter, ...]) -> Outputs:
        """See to it that every address has a registration, under way at least, with every router."""
        for own in self._interface.addresses.values():
            if own.state is not AddressState.REFUSED:
                self._enter(own, routers)
        return tuple(output for router in routers for output in self._next(now, router.address))

    def _enter(self, own: OwnAddress, routers: tuple[DefaultRouter, ...]) -> None:
        for router in routers:
            extended = router.is_extended and self._interface.configuration.extended_registration
            if is_link_local(own.address) and not (extended and own.address == self._interface.link_local):
                continue
            ledger = self._ledgers.get(own.address)
            if ledger is None:
                if len(self._ledgers) >= FORMER * self._interface.limits.own_addresses:
                    continue
                ledger = self._ledgers[own.address] = Ledger(own.address, own.link_address)
            known = ledger.bindings.get(router.address)
            if known is None:
                self._make_room(ledger)
            if known is None or known.state is BindingState.WITHDRAWING:
                ledger.bindings[router.address] = Binding(router.address, router.link_address, extended)
            else:
                known.router_link_address = router.link_address

    def _make_room(self, ledger: Ledger) -> None:
        """Whom we are leaving longest is told no more, where routers come and go faster than they answer."""
        leaving = ledger.in_states(BindingState.WITHDRAWING)
        if len(ledger.bindings) >= FORMER * self._interface.limits.default_routers and leaving:
            del ledger.bindings[leaving[0].router]

    def _next(self, now: int, router: Ipv6Address) -> Outputs:
        """Whose turn it is at a router, if nobody is in between."""
        bindings = [(ledger, ledger.bindings[router]) for ledger in self.ledgers if router in ledger.bindings]
        if any(binding.state is BindingState.REGISTERING for _, binding in bindings):
            return ()
        for ledger, binding in bindings:
            if binding.state is BindingState.WAITING and self._has_source(ledger, binding):
                return self._happened(now, ledger, binding, BindingEvent.TURN)
        return ()

    def _has_source(self, ledger: Ledger, binding: Binding) -> bool:
        """RFC 8505 section 5.6: the source is "either an address that is already registered to the 6LR or the address
        that is being registered"."""
        source = self._interface.link_local
        if not binding.is_extended or ledger.address == source:
            return True
        first = self._ledgers.get(source)
        known = first.bindings.get(binding.router) if first else None
        return known is not None and known.state is BindingState.REGISTERED

    # --- what routers say --------------------------------------------------------------------------------------------

    def answered(self, now: int, arrival: Arrival, target: bytes, option: AddressRegistration) -> Outputs:
        """A Neighbor Advertisement with a registration option came."""
        found = self._meant(arrival, target, option)
        if isinstance(found, Dropped):
            return (found,)
        ledger, binding = found
        if binding.state is BindingState.WITHDRAWING:
            return self._happened(now, ledger, binding, BindingEvent.ACCEPTED)
        outputs = self._respond(now, ledger, binding, option)
        return (*outputs, *self._next(now, binding.router))

    def _meant(self, arrival: Arrival, target: bytes, option: AddressRegistration) -> tuple[Ledger, Binding] | Dropped:
        """Which registration an answer is about."""
        ledger = self._ledger_of(arrival, target)
        binding = ledger.bindings.get(arrival.source) if ledger else None
        if ledger is None or binding is None:
            return Dropped(Reason.NOT_ASKED_FOR, WHERE, "no registration is under way with its sender")
        if option.ownership_verifier != self._verifier(binding):
            return Dropped(Reason.BAD_VALUE, WHERE, f"verifier {option.ownership_verifier.hex()} is not ours")
        asked = binding.state in (BindingState.REGISTERING, BindingState.WITHDRAWING)
        if not asked and (binding.state is not BindingState.REGISTERED or option.status == Status.SUCCESS):
            return Dropped(Reason.NOT_ASKED_FOR, WHERE, f"the registration is {binding.state.name.lower()}")
        if asked and option.has_transaction and option.transaction != ledger.transaction:
            detail = f"transaction {option.transaction}, the registration is at {ledger.transaction}"
            return Dropped(Reason.NOT_ASKED_FOR, WHERE, detail)
        return ledger, binding

    def _ledger_of(self, arrival: Arrival, target: bytes) -> Ledger | None:
        """RFC 8505 section 5.1: the target is the registered address. In RFC 6775 it is the router, and the answer is
        sent to the address, or in a refusal to our link-local one (section 6.5.2)."""
        if target != arrival.source:
            return self._ledgers.get(Ipv6Address(target))
        known = self._ledgers.get(arrival.destination)
        if known is not None and known.address != self._interface.link_local:
            return known
        for ledger in self._ledgers.values():
            binding = ledger.bindings.get(arrival.source)
            if binding is not None and binding.state is BindingState.REGISTERING:
                return ledger
        return None

    def _respond(self, now: int, ledger: Ledger, binding: Binding, option: AddressRegistration) -> Outputs:
        response = response_to(option.status)
        if response is Response.USE and option.lifetime_minutes == 0:
            response = Response.AGAIN_LATER
        if response is Response.ADVANCE:
            return self._advance(now, ledger, binding, option.status)
        if ledger.address == self._interface.link_local and response in (Response.DO_WITHOUT, Response.ABANDON_ADDRESS):
            response = Response.LEAVE_ROUTER
        match response:
            case Response.LEAVE_ROUTER:
                self._gone[binding.router] = Reason.ROUTER_REFUSED
                return self._happened(now, ledger, binding, BindingEvent.REFUSED)
            case Response.ABANDON_ADDRESS:
                return self._abandon(now, ledger, binding, option.status)
            case Response.USE:
                return self._use(now, ledger, binding, option.lifetime_minutes)
            case _:
                outputs = self._happened(now, ledger, binding, EVENTS[response])
                return (*outputs, *self._without(ledger, option.status))

    def _use(self, now: int, ledger: Ledger, binding: Binding, lifetime_minutes: int) -> Outputs:
        """RFC 6775 section 5.5.2: "The host saves the Registration Lifetime from the ARO"."""
        outputs = self._happened(now, ledger, binding, BindingEvent.ACCEPTED)
        lifetime = lifetime_minutes * MINUTE_US
        binding.renew_at = now + lifetime * 3 // 4 - self._interface.random(lifetime // 16)
        ledger.advances = 0
        own = self._interface.addresses.get(ledger.address)
        if own is not None and own.state is AddressState.TENTATIVE:
            return (*outputs, *self._interface.confirm(now, own))
        return outputs

    def _advance(self, now: int, ledger: Ledger, binding: Binding, status: int) -> Outputs:
        """The network has a later counter of this address: from before a restart, most likely."""
        ledger.advances += 1
        if ledger.advances > self._interface.limits.registration_advances:
            outputs = self._happened(now, ledger, binding, BindingEvent.REFUSED)
            return (*outputs, *self._without(ledger, status))
        ledger.transaction = advanced(ledger.transaction, SEQUENCE_WINDOW)
        return self._repeat(now, ledger, (binding, *ledger.in_states(BindingState.REGISTERED)))

    def _abandon(self, now: int, ledger: Ledger, binding: Binding, status: int) -> Outputs:
        outputs = list(self._happened(now, ledger, binding, BindingEvent.REFUSED))
        own = self._interface.addresses.get(ledger.address)
        if own is not None:
            own.state = AddressState.REFUSED
        outputs.append(AddressRefused(ledger.address, status))
        return (*outputs, *self._withdraw(now, ledger))

    def _without(self, ledger: Ledger, status: int) -> Outputs:
        """Where no router takes the address it stays tentative; who waits for it is told."""
        own = self._interface.addresses.get(ledger.address)
        if ledger.in_states(*HOPEFUL) or own is None or own.state is not AddressState.TENTATIVE:
            return ()
        return (AddressRefused(ledger.address, status),)

    # --- what is given back ------------------------------------------------------------------------------------------

    def _withdraw(self, now: int, ledger: Ledger) -> Outputs:
        """The address is not ours any more: every router that has it is told."""
        wanted = [binding for binding in ledger.bindings.values() if binding.state is not BindingState.WITHDRAWING]
        return self._give_back(now, ledger, tuple(wanted))

    def withdraw_lost(self, now: int) -> Outputs:
        """The same for every address whose lifetime ended."""
        outputs: list[NeighborOutput] = []
        for ledger in self.ledgers:
            if ledger.address not in self._interface.addresses:
                outputs += self._withdraw(now, ledger)
                if not ledger.bindings:
                    self._ledgers.pop(ledger.address, None)
        return tuple(outputs)

    def leave_router(self, now: int, router: Ipv6Address, is_there: bool) -> Outputs:
        """The router is not used any more. Where it is there all the same, the registrations are given back."""
        outputs: list[NeighborOutput] = []
        for ledger in self.ledgers:
            if router in ledger.bindings and is_there:
                outputs += self._give_back(now, ledger, (ledger.bindings[router],))
            elif router in ledger.bindings:
                self._discard(ledger, router)
                outputs += self._move_on(now, ledger)
        return tuple(outputs)

    def _move_on(self, now: int, ledger: Ledger) -> Outputs:
        """RFC 8505 section 5.7: a node that moves away from a router registers "with an incremented TID": so the
        network learns that the router which we could not tell has the address no more."""
        ledger.transaction = successor(ledger.transaction)
        return self._repeat(now, ledger, ledger.in_states(BindingState.REGISTERED))

    def withdraw_all(self, now: int) -> Outputs:
        """The node leaves. What it registered last is given back first: the link-local address is the source."""
        return tuple(output for ledger in reversed(self.ledgers) for output in self._withdraw(now, ledger))

    def _give_back(self, now: int, ledger: Ledger, bindings: tuple[Binding, ...]) -> Outputs:
        outputs: list[NeighborOutput] = []
        for binding in bindings:
            if binding.state is BindingState.WAITING and binding.sent == 0:
                self._discard(ledger, binding.router)
            else:
                outputs += self._happened(now, ledger, binding, BindingEvent.GIVEN_BACK)
        return tuple(outputs)

    # --- the table ---------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> Outputs:
        """What is due."""
        outputs: list[NeighborOutput] = []
        for ledger in self.ledgers:
            outputs += self._renew(now, ledger)
            for binding in tuple(ledger.bindings.values()):
                if binding.deadline is not None and binding.deadline <= now:
                    outputs += self._timeout(now, ledger, binding)
        return tuple(outputs)

    def _renew(self, now: int, ledger: Ledger) -> Outputs:
        if ledger.renew_at is None or ledger.renew_at > now:
            return ()
        ledger.transaction = successor(ledger.transaction)
        return self._repeat(now, ledger, ledger.in_states(BindingState.REGISTERED))

    def _repeat(self, now: int, ledger: Ledger, bindings: tuple[Binding, ...]) -> Outputs:
        for binding in bindings:
            self._happened(now, ledger, binding, BindingEvent.REPEATED)
        return tuple(output for binding in bindings for output in self._next(now, binding.router))

    def _timeout(self, now: int, ledger: Ledger, binding: Binding) -> Outputs:
        paused = binding.state is BindingState.PAUSED
        exhausted = not paused and binding.sent >= self._interface.limits.unicast_solicitations
        was_given_back = binding.state is BindingState.WITHDRAWING
        outputs = self._happened(now, ledger, binding, BindingEvent.EXHAUSTED if exhausted else BindingEvent.TIMEOUT)
        moved_on = self._move_on(now, ledger) if exhausted and was_given_back else ()
        return (*outputs, *moved_on, *self._next(now, binding.router))

    def _happened(self, now: int, ledger: Ledger, binding: Binding, event: BindingEvent) -> Outputs:
        """Take the step of the table, where it has one."""
        step = TABLE.get((binding.state, event))
        if step is None:
            return ()
        before, (binding.state, action) = binding.state, step
        if binding.state is not before:
            binding.deadline = binding.renew_at = None
            binding.sent = 0 if binding.state in (BindingState.REGISTERING, BindingState.WITHDRAWING) else binding.sent
        match action:
            case BindingAction.SOLICIT:
                return (self._solicit(now, ledger, binding),)
            case BindingAction.PAUSE:
                binding.deadline = now + self._interface.limits.registration_retry_us
            case BindingAction.DISCARD:
                self._discard(ledger, binding.router)
            case BindingAction.LOSE_ROUTER:
                self._gone[binding.router] = Reason.NEIGHBOR_UNREACHABLE
            case None:
                pass
        return ()

    def _discard(self, ledger: Ledger, router: Ipv6Address) -> None:
        ledger.bindings.pop(router, None)
        if not ledger.bindings and ledger.address not in self._interface.addresses:
            self._ledgers.pop(ledger.address, None)

    def _solicit(self, now: int, ledger: Ledger, binding: Binding) -> Emit:
        binding.sent += 1
        binding.deadline = now + self._interface.limits.registration_timer_us
        configuration = self._interface.configuration
        extended = configuration.extended_registration
        option = AddressRegistration(
            reachability_requested=int(extended and configuration.role is Role.HOST),
            has_transaction=int(extended),
            transaction=ledger.transaction if extended else 0,
            lifetime_minutes=0
            if binding.state is BindingState.WITHDRAWING
            else configuration.registration_lifetime_minutes,
            ownership_verifier=self._verifier(binding),
        )
        source = self._interface.link_local if binding.is_extended else ledger.address
        target = ledger.address if binding.is_extended else binding.router
        way = Way(binding.router, binding.router_link_address)
        return registering_solicitation(self._interface, source, target, ledger.link_address, option, way)

    def _verifier(self, binding: Binding) -> bytes:
        """RFC 8505 section 6.3: "It MUST use a ROVR of 64 bits if the 6LR is RFC 6775-only"."""
        configuration = self._interface.configuration
        verifier = configuration.ownership_verifier
        return (
            verifier if binding.is_extended or len(verifier) == len(configuration.extended) else configuration.extended
        )
