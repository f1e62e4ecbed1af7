"""What a node should still know after a restart, as a value.

    kept = node.durable                                         # at any time; times are the node's
    changes = node.lasting.take_changes()                       # what of it changed since this was last asked
    Node(replace(configuration, restored=kept.shifted(by)))     # later, with another clock

In it: what neighbors can do, who registered which address with us, the border router's registry, the prefixes and
contexts that it announces and their version (RFC 6775 section 8.1.1), and the frame counters (IEEE 802.15.4-2015
section 9.4.2). Not in it: what comes back by itself, as addresses, routes and reachability, and what is under way.

Each kind of these things is a :class:`Shelf`: a table that notes what is touched, and the record of each key. So what
changed is known without looking at what did not, however much that is.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any

from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.discovery import KnownLevel, Levels
from p6lowpan.machines.link.configuration import LinkSecurity, MacConfiguration, NeighborCounter
from p6lowpan.machines.link.frame_security import FrameSecurity
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.neighbor_discovery.context_life import KeptContext
from p6lowpan.machines.neighbor_discovery.entry import KeptRegistration
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.neighbor_discovery.prefix_life import KeptPrefix
from p6lowpan.machines.neighbor_discovery.registry import KeptRecord
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import LinkAddress


@value
class Durable:
    """See the module. ``short_addresses`` are pairs of a short address and the EUI-64 that has it."""

    levels: tuple[KnownLevel, ...] = ()
    registrations: tuple[KeptRegistration, ...] = ()
    bindings: tuple[KeptRecord, ...] = ()
    prefixes: tuple[KeptPrefix, ...] = ()
    contexts: tuple[KeptContext, ...] = ()
    version: int = 0
    short_addresses: tuple[tuple[LinkAddress, LinkAddress], ...] = ()
    frame_counter: int = 0
    neighbor_counters: tuple[NeighborCounter, ...] = ()

    def shifted(self, by_us: int) -> "Durable":
        """The same, for a clock that shows so much more."""
        return replace(
            self,
            registrations=tuple(replace(one, expires_at=one.expires_at + by_us) for one in self.registrations),
            bindings=tuple(one.shifted(by_us) for one in self.bindings),
            prefixes=tuple(one.shifted(by_us) for one in self.prefixes),
            contexts=tuple(one.shifted(by_us) for one in self.contexts),
        )

    def over(self, link: MacConfiguration) -> MacConfiguration:
        """A link whose frame counters, where it has any, are not behind those that were kept."""
        return link if link.security is None else replace(link, security=self._over(link.security))

    def _over(self, security: LinkSecurity) -> LinkSecurity:
        given = {(one.key, one.neighbor): one for one in security.neighbor_counters}
        for kept in self.neighbor_counters:
            there = given.get((kept.key, kept.neighbor))
            if there is None or there.counter < kept.counter:
                given[kept.key, kept.neighbor] = kept
        return replace(
            security,
            frame_counter=max(security.frame_counter, self.frame_counter),
            neighbor_counters=tuple(given.values()),
        )


@value
class Gone:
    """A record that is there no more: a field of :class:`Durable`, and the record's key in it."""

    field: str
    key: Hashable


@value
class Changes:
    """``present`` holds the records that are new or changed, and the two numbers as they are."""

    present: Durable
    gone: tuple[Gone, ...] = ()


Record = Any  # of the classes that Durable names
Key = Any  # what the records of one field are told apart by


@value
class Shelf:
    """One field of :class:`Durable`: where its records are. Methods alone are told: a copy of them is the copy's."""

    field: str
    touched: Touched[Key]
    record: Callable[[Key], Record | None]
    present: Callable[[], Iterable[Key]]


class Lasting:
    """Where everything is that a node should still know after a restart."""

    def __init__(self, link: Mac, levels: Levels, discovery: NeighborDiscovery) -> None:
        self._security, self._router = link.security, discovery.border_router
        self._shelves = shelves_of(link.security, levels, discovery)
        self._touched = tuple(shelf.touched for shelf in self._shelves)

    def has_news(self, frame_counter: int) -> bool:
        """Whether some of it may have changed since :meth:`take_changes`, or our own frame counter, which moves with
        every frame, has come beyond this one."""
        return self._security.frame_counter > frame_counter or any(self._touched)

    def everything(self) -> Durable:
        """All of it."""
        records = {
            shelf.field: tuple(record for key in shelf.present() if (record := shelf.record(key)) is not None)
            for shelf in self._shelves
        }
        return self._durable(records)

    def take_changes(self) -> Changes | None:
        """What changed since this was last asked; ``None``: anything may have."""
        present: dict[str, tuple[Record, ...]] = {}
        gone: list[Gone] = []
        unknown = False
        for shelf in self._shelves:
            keys = shelf.touched.take()
            unknown |= keys is None
            records = [(key, shelf.record(key)) for key in keys or ()]
            present[shelf.field] = tuple(record for _, record in records if record is not None)
            gone += [Gone(shelf.field, key) for key, record in records if record is None]
        return None if unknown else Changes(self._durable(present), tuple(gone))

    def _durable(self, records: dict[str, tuple[Record, ...]]) -> Durable:
        version = self._router.version if self._router is not None else 0
        return Durable(**records, version=version, frame_counter=self._security.frame_counter)


def shelves_of(security: FrameSecurity, levels: Levels, discovery: NeighborDiscovery) -> tuple[Shelf, ...]:
    """The shelves of a node."""
    table, router, identities = discovery.cache.table, discovery.border_router, security.identities
    shelves = (
        Shelf("levels", levels.touched, levels.known_level, levels.addresses),
        Shelf("registrations", table.touched, table.kept_of, table.registered_addresses),
        Shelf("short_addresses", identities.touched, identities.pair, identities.shorts),
        Shelf("neighbor_counters", security.touched_counters, security.neighbor_counter, security.counter_keys),
    )
    if router is None:
        return shelves
    prefixes, contexts, registry = router.prefix_life, router.context_life, router.registry
    return (
        *shelves,
        Shelf("bindings", registry.touched, registry.kept_of, registry.addresses),
        Shelf("prefixes", prefixes.touched, prefixes.kept_of, prefixes.keys),
        Shelf("contexts", contexts.touched, contexts.kept_of, contexts.identifiers),
    )
