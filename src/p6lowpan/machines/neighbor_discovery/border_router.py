"""The border router: RFC 6775 sections 7 and 8, RFC 8505 section 5.7.

It owns what the others pass on: prefixes, contexts, and the version that goes up by one whenever one of them changes
(RFC 6775 section 8.1.1); :attr:`BorderRouter.version` belongs into stable storage. And it keeps the registry, which
answers DAR and EDAR.
"""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix
from p6lowpan.machines.neighbor_discovery.context_life import ContextLife, KeptContext
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, Interface
from p6lowpan.machines.neighbor_discovery.messages import emit
from p6lowpan.machines.neighbor_discovery.outputs import ContextLearned, Emit, NeighborOutput, Outputs
from p6lowpan.machines.neighbor_discovery.prefix_life import KeptPrefix, PrefixLife, covers
from p6lowpan.machines.neighbor_discovery.registry import FULL, Departure, KeptRecord, Registry, Request
from p6lowpan.machines.neighbor_discovery.router import prefix_option
from p6lowpan.machines.neighbor_discovery.statuses import Status
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, format_ipv6
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter
from p6lowpan.wire.sixlowpan.contexts import Context

WHERE = "border router"
MOST_VERSION = 0xFFFFFFFF


class BorderRouter:
    """See the module."""

    def __init__(self, interface: Interface) -> None:
        configuration = interface.configuration
        self.registry = Registry(interface)
        self.version = configuration.version
        self.prefix_life = PrefixLife(interface)
        self.context_life = ContextLife(interface)
        self._interface = interface
        self._changed = False
        self._departed: list[Ipv6Address] = []
        self._repeat_at: int | None = None

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The contexts as they are announced now."""
        return self.context_life.contexts

    @property
    def prefixes(self) -> tuple[AdvertisedPrefix, ...]:
        """The prefixes as they are announced now, withdrawn ones among them."""
        return self.prefix_life.announced

    def restore(
        self,
        version: int,
        prefixes: tuple[KeptPrefix, ...],
        contexts: tuple[KeptContext, ...],
        records: tuple[KeptRecord, ...],
    ) -> None:
        """Go on where we stood before a restart. Before the start."""
        self.version = max(self.version, version)
        if self.prefix_life.restore(prefixes):
            self.version = min(self.version + 1, MOST_VERSION)
        self.registry.restore(records)
        if contexts:
            self.context_life.restore(contexts)

    @property
    def address(self) -> Ipv6Address:
        """The address by which the LoWPAN knows us: a global one, where we have one."""
        return self._interface.global_address() or self._interface.link_local

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(self.context_life.deadline, self.prefix_life.deadline, self.registry.deadline, self._repeat_at)

    def start(self, now: int) -> Outputs:
        """Our own context table is told what we announce, now and again before it ends there."""
        self.prefix_life.start(now)
        self._repeat_at = now + self._interface.configuration.context_lifetime_minutes * MINUTE_US // 2
        return self.context_life.learned()

    def options(self) -> tuple[Header, ...]:
        """What goes into every advertisement of ours."""
        named = AuthoritativeBorderRouter(
            version_low=self.version & 0xFFFF,
            version_high=self.version >> 16,
            lifetime_minutes=self._interface.configuration.border_router_lifetime_minutes,
            border_router=self.address,
        )
        return (*(prefix_option(prefix) for prefix in self.prefixes), *self.context_life.options(), named)

    def take_changed(self) -> bool:
        """Whether something changed since this was last asked."""
        changed, self._changed = self._changed, False
        return changed

    def take_departed(self) -> tuple[Ipv6Address, ...]:
        """The addresses that were registered with us and are now with another router, since this was last asked."""
        departed, self._departed = tuple(self._departed), []
        return departed

    # --- what is announced -------------------------------------------------------------------------------------------

    def announce_context(self, now: int, context: Context) -> Outputs:
        """A context is wanted: it comes with C=0 first, and behind the end of another of its identifier."""
        return self._after(self.context_life.announce(now, context))

    def withdraw_context(self, now: int, identifier: int) -> Outputs:
        """A context is not wanted any more: it ends with C=0."""
        return self._after(self.context_life.withdraw(now, identifier))

    def announce_prefix(self, now: int, prefix: AdvertisedPrefix) -> Outputs:
        """A prefix is new, or its lifetimes change. A valid lifetime of zero withdraws it, which is said for as long as
        somebody may still know it."""
        if not self.prefix_life.has_room(prefix):
            detail = f"{self._interface.limits.prefixes} prefixes are announced"
            return (Dropped(Reason.PREFIXES_FULL, WHERE, detail),)
        changed = self.prefix_life.announce(now, prefix)
        self.registry.serve(self.prefix_life.in_use)
        return self._after(changed)

    def tick(self, now: int) -> Outputs:
        """What is due."""
        outputs: list[NeighborOutput] = []
        for departure in self.registry.tick(now):
            outputs += self._tell(departure)
        if self._repeat_at is not None and self._repeat_at <= now:
            outputs += self.start(now)
        if self.prefix_life.tick(now):
            outputs += self._after(changed=True)
        before = self.contexts
        if self.context_life.tick(now):
            kept = {context.identifier for context in self.contexts}
            outputs += [ContextLearned(one, 0, 0) for one in before if one.identifier not in kept]
            outputs += self._after(changed=True)
        return tuple(outputs)

    def _after(self, changed: bool) -> Outputs:
        """RFC 6775 section 8.1.1: "Each time any information in the set of PIOs or 6COs changes, the ABRO version is
        increased by one"."""
        if not changed:
            return ()
        self._changed = True
        self.version = min(self.version + 1, MOST_VERSION)
        return self.context_life.learned()

    # --- who has which address ---------------------------------------------------------------------------------------

    def requested(
        self, now: int, source: Ipv6Address, destination: Ipv6Address, message: DuplicateAddressRequest
    ) -> Outputs:
        """A DAR or EDAR came: RFC 6775 section 8.2.4. It is routed, so that nobody else looks where it is from; one
        from outside our prefixes is not of our network."""
        if not self._interface.owns(destination):
            return (Dropped(Reason.NOT_FOR_US, WHERE, "a request for another border router"),)
        if message.address_type:
            return (Dropped(Reason.UNSUPPORTED, WHERE, "only unicast addresses are registered here"),)
        if self.prefixes and not any(covers(prefix, source) for prefix in self.prefixes):
            return (Dropped(Reason.BAD_SOURCE, WHERE, "a router that is not of this network"),)
        wanted = Request(
            address=Ipv6Address(message.registered_address),
            verifier=message.ownership_verifier,
            transaction=message.transaction if message.code_suffix else None,
            lifetime_minutes=message.lifetime_minutes,
        )
        status = self.registry.request(now, source, wanted)
        told = self._confirmation(destination, source, message, status)
        if status in FULL:
            return Dropped(Reason.BINDINGS_FULL, WHERE, f"no room for {format_ipv6(wanted.address)}"), told
        return (told,)

    def _tell(self, departure: Departure) -> Outputs:
        """RFC 8505 section 5.7: "an asynchronous [...] EDAC message with a status code of 'Moved'"; where the router is
        ourselves, it is noted in :meth:`take_departed`."""
        if departure.registrar == self._interface.link_local:
            self._departed.append(departure.address)
            return ()
        message = DuplicateAddressConfirmation(
            status=Status.MOVED,
            transaction=departure.transaction,
            lifetime_minutes=0,
            ownership_verifier=departure.verifier,
            registered_address=departure.address,
        )
        return (self._sent(message, self.address, departure.registrar),)

    def _confirmation(
        self, source: Ipv6Address, destination: Ipv6Address, request: DuplicateAddressRequest, status: Status
    ) -> Emit:
        message = DuplicateAddressConfirmation(
            code_suffix=request.code_suffix,
            status=status,
            transaction=request.transaction if request.code_suffix else 0,
            lifetime_minutes=request.lifetime_minutes,
            ownership_verifier=request.ownership_verifier,
            registered_address=request.registered_address,
        )
        return self._sent(message, source, destination)

    def _sent(self, message: Header, source: Ipv6Address, destination: Ipv6Address) -> Emit:
        return emit(message, source, destination, None, self._interface.limits.multihop_hop_limit)
