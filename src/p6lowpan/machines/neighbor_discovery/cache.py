"""The neighbor cache: RFC 4861 sections 5.1 and 7, with the three kinds of entries of RFC 6775 section 3.5.

Theory of operation. An entry goes through the states of :mod:`.reachability`; packets for a neighbor whose link-layer
address is asked for wait in its queue, a few at most. In a LoWPAN nobody is asked for the address of a link-local
neighbor: it is read out of the interface identifier (RFC 6775 section 5.6). Nor does a host ask for any other (section
5.1: "A host MUST NOT multicast an NS message"); routers may, of one another (section 6.5.5).

An entry that carries a registration is a registered one, or a tentative one while the registration is being checked;
any other is garbage-collectible. Who gets a place is decided by a :class:`.policy.NeighborPolicy`.
"""

from collections import Counter

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.entry import Entry, Kind, Registration
from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.neighbor_discovery.messages import neighbor_solicitation
from p6lowpan.machines.neighbor_discovery.outputs import NeighborOutput, Outputs, Resolved, Unreachable
from p6lowpan.machines.neighbor_discovery.policy import NeighborPolicy, admit
from p6lowpan.machines.neighbor_discovery.reachability import TABLE, UNMOVED, Action, Event, State
from p6lowpan.machines.neighbor_discovery.table import NeighborTable
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import (
    BROADCAST,
    SHORT_IDENTIFIER,
    Ipv6Address,
    LinkAddress,
    format_ipv6,
    is_link_local,
    is_multicast,
)

WHERE = "neighbor cache"


def address_in_identifier(address: Ipv6Address) -> LinkAddress:
    """RFC 6775 section 5.6: the link-layer address of a link-local neighbor, out of the interface identifier that RFC
    6282 section 3.2.2 forms from it."""
    identifier = address[8:]
    if identifier.startswith(SHORT_IDENTIFIER):
        return LinkAddress(identifier[6:])
    return LinkAddress(bytes((identifier[0] ^ 2,)) + identifier[1:])


class NeighborCache:
    """See the module. ``evictions`` counts by group who had to go, ``refusals`` who found no room."""

    def __init__(self, interface: Interface, policy: NeighborPolicy) -> None:
        self.policy = policy
        self.evictions: Counter[Group] = Counter()
        self.refusals: Counter[Group] = Counter()
        self._interface = interface
        self.table = NeighborTable(policy.may_go)
        self._unreachable_routers: list[Ipv6Address] = []

    def __len__(self) -> int:
        return len(self.table)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, oldest first."""
        return self.table.entries

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return self.table.deadlines.earliest

    def get(self, address: bytes) -> Entry | None:
        """The entry of a neighbor."""
        return self.table.get(Ipv6Address(address))

    def take_unreachable_routers(self) -> tuple[Ipv6Address, ...]:
        """The default routers that did not answer since this was last asked."""
        found, self._unreachable_routers = tuple(self._unreachable_routers), []
        return found

    # --- what the network wants --------------------------------------------------------------------------------------

    def resolve(self, now: int, next_hop: Ipv6Address, packet: bytes) -> Outputs:
        """Where a packet for ``next_hop`` goes: at once, later, or not at all."""
        if is_multicast(next_hop):
            return (Resolved(next_hop, BROADCAST, (packet,)),)
        entry = self.table.get(next_hop)
        if entry is not None and entry.kind is not Kind.TENTATIVE:
            return self._use(now, entry, packet)
        if self._interface.is_lowpan and is_link_local(next_hop):
            return self._read_out(next_hop, packet)
        if entry is not None or (self._interface.is_lowpan and not self._interface.configuration.is_router):
            return (Unreachable(next_hop, (packet,), Reason.NEIGHBOR_UNREACHABLE),)
        return self._ask(now, next_hop, packet)

    def _read_out(self, next_hop: Ipv6Address, packet: bytes) -> Outputs:
        link_address = address_in_identifier(next_hop)
        if not self._interface.is_foreign_link_address(link_address):
            return (Unreachable(next_hop, (packet,), Reason.NEIGHBOR_UNREACHABLE),)
        return (Resolved(next_hop, link_address, (packet,)),)

    def _use(self, now: int, entry: Entry, packet: bytes) -> Outputs:
        entry.used_at = now
        if entry.link_address is None:
            self.table.file(entry)
            return self._wait(entry, packet)
        resolved = Resolved(entry.address, entry.link_address, (packet,))
        if entry.state in UNMOVED:
            self.table.note_use(entry)
            return (resolved,)
        return (resolved, *self.happened(now, entry, Event.NEEDED))

    def _wait(self, entry: Entry, packet: bytes) -> Outputs:
        """RFC 4861 section 7.2.2: "the new arrival SHOULD replace the oldest entry"."""
        entry.queue.append(packet)
        if len(entry.queue) <= self._interface.limits.neighbor_queue_packets:
            return ()
        return (Unreachable(entry.address, (entry.queue.pop(0),), Reason.NEIGHBOR_QUEUE_FULL),)

    def _ask(self, now: int, next_hop: Ipv6Address, packet: bytes) -> Outputs:
        made = self.make_room(next_hop, Group.OTHER)
        if made is None:
            return (Unreachable(next_hop, (packet,), Reason.NEIGHBOR_CACHE_FULL),)
        entry = self._enter(now, next_hop, None, State.INCOMPLETE)
        return (*made, *self._wait(entry, packet), *self._solicit(now, entry))

    # --- what is heard -----------------------------------------------------------------------------------------------

    def learn(self, now: int, address: Ipv6Address, link_address: LinkAddress, group: Group = Group.OTHER) -> Outputs:
        """A message that asks for nothing back names a link-layer address (RFC 4861 sections 6.2.6, 6.3.4, 7.2.3).

        What a registered entry holds is changed by registrations alone (RFC 6775 sections 6.3 and 8.2.3).
        """
        entry = self.table.get(address)
        if entry is None:
            made = self.make_room(address, group)
            if made is None:
                return (Dropped(Reason.NEIGHBOR_CACHE_FULL, WHERE, f"no room for {format_ipv6(address)}"),)
            self._enter(now, address, link_address, State.STALE)
            return made
        if entry.registration is not None or entry.link_address == link_address:
            return ()
        entry.link_address = link_address
        return self.happened(now, entry, Event.LEARNED)

    def advertised(
        self, now: int, entry: Entry, link_address: LinkAddress | None, is_router: bool, solicited: bool, override: bool
    ) -> Outputs:
        """RFC 4861 section 7.2.5: a Neighbor Advertisement for an entry that is there."""
        if entry.link_address is None:
            if link_address is None:
                entry.is_router = is_router
                return ()
            entry.link_address = link_address
            entry.is_router = is_router
            return self.happened(now, entry, Event.CONFIRMED if solicited else Event.LEARNED)
        differs = link_address is not None and link_address != entry.link_address
        if differs and (not override or entry.registration is not None):
            return self.happened(now, entry, Event.DOUBTED)
        entry.is_router = is_router
        if differs:
            entry.link_address = link_address
        if solicited:
            return self.happened(now, entry, Event.CONFIRMED)
        return self.happened(now, entry, Event.LEARNED) if differs else ()

    def confirm(self, now: int, address: bytes) -> Outputs:
        """An upper layer, or a registration, shows that the neighbor gets what we send (RFC 4861 section 7.3.1)."""
        entry = self.get(address)
        if entry is None or entry.link_address is None:
            return ()
        return self.happened(now, entry, Event.CONFIRMED)

    def failed(self, now: int, link_address: LinkAddress) -> Outputs:
        """The link layer could not deliver: every neighbor behind that address is asked whether it is there."""
        return tuple(
            output for entry in self.table.behind(link_address) for output in self.happened(now, entry, Event.FAILED)
        )

    # --- places ------------------------------------------------------------------------------------------------------

    def make_room(self, address: Ipv6Address, group: Group) -> Outputs | None:
        """See to it that ``address`` can have an entry of ``group``: who had to go, or ``None`` where none may."""
        present = self.table.get(address)
        if present is not None and present.group is group:
            return ()
        self.table.crowd.remove(address)  # the others must make room for what it becomes
        admission = admit(self.policy, self._interface.limits.neighbors, self.table.crowd, group)
        if present is not None:
            self.table.file(present)
        if not admission.granted:
            self.refusals[group] += 1
            return None
        return () if admission.victim is None else self._evict(admission.victim)

    def _evict(self, address: Ipv6Address) -> Outputs:
        entry = self.table.remove(address)
        self.evictions[entry.group] += 1
        gone = Dropped(Reason.NEIGHBOR_CACHE_FULL, WHERE, f"{format_ipv6(address)} went: {entry.group.value}")
        if not entry.queue:
            return (gone,)
        return gone, Unreachable(address, tuple(entry.queue), Reason.NEIGHBOR_CACHE_FULL)

    def _enter(self, now: int, address: Ipv6Address, link_address: LinkAddress | None, state: State) -> Entry:
        entry = Entry(address, link_address, state, now)
        self.table.file(entry)
        return entry

    def register(
        self, now: int, address: Ipv6Address, link_address: LinkAddress, registration: Registration
    ) -> Outputs:
        """Enter or renew a registration, for which :meth:`make_room` found a place. "A renewed ARO should mark the
        cache entry as STALE" (RFC 6775 section 6)."""
        entry = self.table.get(address) or self._enter(now, address, link_address, State.STALE)
        entry.registration = registration
        entry.link_address = link_address
        entry.used_at = now
        return self.happened(now, entry, Event.LEARNED)

    def mark_default_router(self, address: bytes, is_default_router: bool) -> None:
        """Say whether a neighbor is one of our default routers."""
        entry = self.get(address)
        if entry is not None:
            entry.is_default_router = is_default_router
            entry.is_router = entry.is_router or is_default_router
            self.table.file(entry)

    def deregister(self, entry: Entry) -> None:
        """A registration ended, and its entry with it. Nothing waits there: its link-layer address was known."""
        self.table.remove(entry.address)

    # --- the table ---------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> Outputs:
        """What is due."""
        outputs: list[NeighborOutput] = []
        for address in self.table.deadlines.take(now):
            entry = self.table.get(address)
            if entry is not None:
                outputs += self.happened(now, entry, self._timeout(entry))
        return tuple(outputs)

    def happened(self, now: int, entry: Entry, event: Event) -> Outputs:
        """Take the step of the table, where it has one; the entry is filed again in any case."""
        action = self._step(now, entry, event)
        self.table.file(entry)
        match action:
            case Action.SOLICIT:
                return self._solicit(now, entry)
            case Action.RELEASE:
                return self._release(entry)
            case Action.GIVE_UP:
                return self._give_up(entry)
            case None:
                return ()

    def _step(self, now: int, entry: Entry, event: Event) -> Action | None:
        step = TABLE.get((entry.state, event))
        if step is None:
            return None
        before, (entry.state, action) = entry.state, step
        if entry.state is not before:
            entry.solicitations = 0
        if entry.state is not before or event is Event.CONFIRMED:
            entry.deadline = self._deadline(now, entry.state)
        return action

    def _timeout(self, entry: Entry) -> Event:
        limits = self._interface.limits
        allowed = {
            State.INCOMPLETE: limits.multicast_solicitations,
            State.PROBE: limits.unicast_solicitations,
        }.get(entry.state)
        return Event.EXHAUSTED if allowed is not None and entry.solicitations >= allowed else Event.TIMEOUT

    def _deadline(self, now: int, state: State) -> int | None:
        """INCOMPLETE and PROBE get theirs from each solicitation."""
        if state is State.REACHABLE:
            return now + self._interface.reachable_us()
        return now + self._interface.limits.first_probe_delay_us if state is State.DELAY else None

    def _solicit(self, now: int, entry: Entry) -> Outputs:
        entry.solicitations += 1
        entry.deadline = now + self._interface.retransmission_us
        self.table.file(entry)
        return (neighbor_solicitation(self._interface, entry.address, entry.link_address),)

    def _release(self, entry: Entry) -> Outputs:
        waiting, entry.queue, link_address = tuple(entry.queue), [], entry.link_address
        return (Resolved(entry.address, link_address, waiting),) if waiting and link_address else ()

    def _give_up(self, entry: Entry) -> Outputs:
        if entry.is_default_router:
            self._unreachable_routers.append(entry.address)
        waiting, entry.queue = tuple(entry.queue), []
        if entry.registration is None:
            self.table.remove(entry.address)
        return (Unreachable(entry.address, waiting, Reason.NEIGHBOR_UNREACHABLE),)
