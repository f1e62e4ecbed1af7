"""What a node should still know after a restart, as a value.

    kept = node.durable                                         # at any time; times are the node's
    Node(replace(configuration, restored=kept.shifted(by)))     # later, with another clock

In it: what neighbors can do, who registered which address with us, the border router's registry, the contexts that it
announces and their version (RFC 6775 section 8.1.1), and the frame counters (IEEE 802.15.4-2015 section 9.4.2). Not in
it: what comes back by itself, as addresses, routes and reachability, and what is under way.
"""

from dataclasses import dataclass, replace

from p6lowpan.machines.adaptation.discovery import KnownLevel, Levels
from p6lowpan.machines.link.configuration import LinkSecurity, MacConfiguration, NeighborCounter
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.neighbor_discovery.context_life import KeptContext
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.neighbor_discovery.registry import KeptRecord
from p6lowpan.machines.neighbor_discovery.restoring import KeptRegistration, kept_registrations
from p6lowpan.wire.address import LinkAddress


@dataclass(frozen=True, slots=True)
class Durable:
    """See the module. ``short_addresses`` are pairs of a short address and the EUI-64 that has it."""

    levels: tuple[KnownLevel, ...] = ()
    registrations: tuple[KeptRegistration, ...] = ()
    bindings: tuple[KeptRecord, ...] = ()
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


def durable_of(link: Mac, levels: Levels, discovery: NeighborDiscovery) -> Durable:
    """What the machines of a node know that it should still know after a restart."""
    router = discovery.border_router
    return Durable(
        levels=levels.known_levels,
        registrations=kept_registrations(discovery.cache),
        bindings=router.registry.kept if router else (),
        contexts=router.kept_contexts if router else (),
        version=router.version if router else 0,
        short_addresses=link.short_addresses,
        frame_counter=link.frame_counter,
        neighbor_counters=link.neighbor_counters,
    )
