"""A host, and the side of a router that looks towards the border router: RFC 4861 section 6.3, RFC 6775 section 5.

Theory of operation. A Router Advertisement is read from the top down: who sent it, what it sets, which prefixes and
contexts it announces; then every address that came of it is registered (or, on a regular link, asked for). Its
information is refused where the version of its border router is older than one that was seen (RFC 6775 section 8.1.3
demands that of routers; hosts are not told, and would otherwise go back and forth between two routers). Contexts are
handed on: their table belongs to the adaptation layer.

A router that registered with us is no default router of ours: without a routing protocol, each would send to the other
what neither can deliver. (Ours; the RFCs leave routes between routers to a routing protocol.)

Not done: DHCPv6, Redirects (RFC 6775 section 6.1 has routers not send them), the MTU option: a LoWPAN's is 1280.
"""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.neighbor_discovery.address_detection import AddressDetection
from p6lowpan.machines.neighbor_discovery.autoconfiguration import Autoconfiguration
from p6lowpan.machines.neighbor_discovery.cache import NeighborCache
from p6lowpan.machines.neighbor_discovery.capabilities import indication_in
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.default_routers import DefaultRouter, DefaultRouters, refresh_moment
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.interface import (
    MILLISECOND_US,
    MINUTE_US,
    SECOND_US,
    Arrival,
    Interface,
)
from p6lowpan.machines.neighbor_discovery.messages import Way, source_link_address
from p6lowpan.machines.neighbor_discovery.outputs import (
    ContextLearned,
    HopLimitLearned,
    NeighborOutput,
    Outputs,
    RouterLearned,
    RouterLost,
)
from p6lowpan.machines.neighbor_discovery.registration import Registrant
from p6lowpan.machines.neighbor_discovery.solicitor import Soliciting, Solicitor
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, LinkAddress, format_ipv6
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.lowpan_options import (
    DEFAULT_BORDER_ROUTER_MINUTES,
    AuthoritativeBorderRouter,
    LowpanContext,
)
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement
from p6lowpan.wire.ipv6.neighbor_option import INFINITE_SECONDS, whole_prefix
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.sixlowpan.contexts import Context, masked

WHERE = "host"


def context_of(option: LowpanContext) -> Context:
    """The context that an option announces."""
    prefix = masked(whole_prefix(option.prefix), option.context_length)
    return Context(option.context_identifier, prefix, option.context_length, bool(option.compress))


def border_router_in(options: tuple[Header, ...]) -> AuthoritativeBorderRouter | None:
    """The first ABRO among ``options``."""
    return next((option for option in options if isinstance(option, AuthoritativeBorderRouter)), None)


def border_router_lifetime_us(option: AuthoritativeBorderRouter) -> int:
    """RFC 6775 section 4.3: zero stands for 10000 minutes."""
    return (option.lifetime_minutes or DEFAULT_BORDER_ROUTER_MINUTES) * MINUTE_US


class Host:
    """See the module."""

    def __init__(self, interface: Interface, cache: NeighborCache) -> None:
        self.routers = DefaultRouters(interface)
        self.solicitor = Solicitor(interface)
        self.registrant = Registrant(interface)
        self.autoconfiguration = Autoconfiguration(interface)
        self.detection = AddressDetection(interface)
        self._interface = interface
        self._cache = cache
        self._versions: BoundedTable[Ipv6Address, tuple[int, int]] = BoundedTable(interface.limits.border_routers)
        self._hop_limit = 0
        self._is_here = False

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        idle = self.solicitor.state is Soliciting.NOTHING and self._is_here
        return earliest(
            self.routers.expiry,
            self.routers.refresh if idle else None,
            self.solicitor.deadline,
            self.registrant.deadline,
            self.autoconfiguration.deadline,
            self.detection.deadline,
        )

    def start(self, now: int) -> Outputs:
        """Begin to look for routers."""
        self.detection_needed(now)
        if self._interface.configuration.role is Role.BORDER_ROUTER:
            return ()
        self._is_here = True
        return self.solicitor.need_router(now)

    def detection_needed(self, now: int) -> None:
        """On a regular link, ask for the addresses that nobody was asked for."""
        if not self._interface.is_lowpan:
            self.detection.begin_all(now)

    # --- router advertisements ---------------------------------------------------------------------------------------

    def fault(self, now: int, arrival: Arrival, message: RouterAdvertisement) -> Dropped | None:
        """Why a valid advertisement is not for us."""
        link_address = _link_address_of(self._interface, arrival, message)
        if not self._is_here:
            return Dropped(Reason.NOT_FOR_US, WHERE, "the node has not come yet, or has left")
        if link_address is None or not self._interface.is_foreign_link_address(link_address):
            return Dropped(Reason.BAD_VALUE, WHERE, "a router without a link-layer address that it can have")
        is_router = self._interface.is_lowpan and self._interface.configuration.role is Role.ROUTER
        if is_router and border_router_in(message.options) is None:
            return Dropped(Reason.OPTION_MISSING, WHERE, "no border router is named (RFC 6775 section 8.1.3)")
        if self.routers.is_avoided(now, arrival.source):
            return Dropped(Reason.ROUTER_REFUSED, WHERE, f"{format_ipv6(arrival.source)} refused us")
        return None

    def advertised(self, now: int, arrival: Arrival, message: RouterAdvertisement) -> Outputs:
        """An advertisement came in which :meth:`fault` finds none."""
        link_address = _link_address_of(self._interface, arrival, message)
        outputs: list[NeighborOutput] = []
        if link_address is not None:
            outputs += self._router(now, arrival.source, link_address, message)
        outputs += self._parameters(message)
        stale = self._stale(now, message.options)
        outputs += (stale,) if stale else self._information(now, message)
        self.detection_needed(now)
        if self._interface.is_lowpan:
            outputs += self.registrant.register_all(now, self.routers.best_first)
        return tuple(outputs)

    def _router(
        self, now: int, address: Ipv6Address, link_address: LinkAddress, message: RouterAdvertisement
    ) -> Outputs:
        """RFC 4861 section 6.3.4: a lifetime of zero takes the router from the list."""
        if message.router_lifetime_seconds == 0:
            return self.lose_router(now, address, Reason.WITHDRAWN)
        entry = self._cache.get(address)
        if entry is not None and entry.kind is Kind.REGISTERED:
            return (Dropped(Reason.NOT_FOR_US, WHERE, f"{format_ipv6(address)} is registered with us: it leads back"),)
        router = self._as_default_router(now, address, link_address, message)
        before = self.routers.get(address)
        outputs: list[NeighborOutput] = []
        if before is None and self.routers.is_full():
            worse = self.routers.worse_than(router.rank)
            if worse is None:
                return (Dropped(Reason.DEFAULT_ROUTERS_FULL, WHERE, f"no room for {format_ipv6(address)}"),)
            outputs += self.lose_router(now, worse.address, Reason.DEFAULT_ROUTERS_FULL)
        self.routers.put(router)
        outputs += self._cache.learn(now, address, link_address, Group.ROUTER)
        self._cache.mark_default_router(address, is_default_router=True)
        self.solicitor.answered(now, Way(address, link_address))
        if before is None or (before.link_address, before.preference) != (link_address, router.preference):
            outputs.append(RouterLearned(address, link_address, router.preference))
        return tuple(outputs)

    def _as_default_router(
        self, now: int, address: Ipv6Address, link_address: LinkAddress, message: RouterAdvertisement
    ) -> DefaultRouter:
        indication = indication_in(message.options)
        lifetimes = [message.router_lifetime_seconds * SECOND_US]
        for option in message.options:
            if isinstance(option, PrefixInformation) and 0 < option.valid_lifetime_seconds < INFINITE_SECONDS:
                lifetimes.append(option.valid_lifetime_seconds * SECOND_US)
            elif isinstance(option, LowpanContext) and option.lifetime_minutes:
                lifetimes.append(option.lifetime_minutes * MINUTE_US)
        return DefaultRouter(
            address=address,
            link_address=link_address,
            preference=message.preference,
            is_extended=indication is not None and bool(indication.extended_registration),
            expires_at=now + message.router_lifetime_seconds * SECOND_US,
            refresh_at=refresh_moment(now, tuple(lifetimes)) if self._interface.is_lowpan else None,
        )

    def _parameters(self, message: RouterAdvertisement) -> Outputs:
        """RFC 4861 section 6.3.4. Nobody makes us solicit faster than the limits allow."""
        limits = self._interface.limits
        if message.reachable_time_ms:
            self._interface.reachable_base_us = message.reachable_time_ms * MILLISECOND_US
        if message.retransmission_timer_ms:
            asked = message.retransmission_timer_ms * MILLISECOND_US
            self._interface.retransmission_us = max(asked, limits.shortest_retransmission_us)
        if message.hop_limit in (0, self._hop_limit):
            return ()
        self._hop_limit = message.hop_limit
        return (HopLimitLearned(message.hop_limit),)

    def _stale(self, now: int, options: tuple[Header, ...]) -> Dropped | None:
        """Whether the border router has said something newer."""
        option = border_router_in(options)
        if option is None:
            return None
        known, until = self._versions.get(Ipv6Address(option.border_router), (0, now))
        if until > now and option.version < known:
            detail = f"version {option.version} of {format_ipv6(option.border_router)}, {known} is known"
            return Dropped(Reason.STALE_INFORMATION, WHERE, detail)
        moment = now + border_router_lifetime_us(option)
        self._versions.put(Ipv6Address(option.border_router), (option.version, moment))
        return None

    def _information(self, now: int, message: RouterAdvertisement) -> Outputs:
        outputs: list[NeighborOutput] = []
        for option in message.options:
            if isinstance(option, PrefixInformation):
                outputs += self.autoconfiguration.learn(now, option, bool(message.managed_addresses))
            elif isinstance(option, LowpanContext):
                lifetime = message.router_lifetime_seconds
                outputs.append(ContextLearned(context_of(option), option.lifetime_minutes, lifetime))
        return tuple(outputs)

    # --- routers that go ---------------------------------------------------------------------------------------------

    def lose_router(self, now: int, address: Ipv6Address, reason: Reason) -> Outputs:
        """A router is not used any more."""
        router = self.routers.remove(address)
        if reason is Reason.ROUTER_REFUSED:
            self.routers.avoid(now, address)
        left = self.registrant.leave_router(now, address, is_there=reason is not Reason.NEIGHBOR_UNREACHABLE)
        self._cache.mark_default_router(address, is_default_router=False)
        return left if router is None else (RouterLost(address, reason), *left)

    def follow_up(self, now: int) -> Outputs:
        """Routers that did not answer, or refused us, go; without any, others are looked for."""
        gone = self.registrant.take_gone_routers()
        gone |= dict.fromkeys(self._cache.take_unreachable_routers(), Reason.NEIGHBOR_UNREACHABLE)
        outputs: list[NeighborOutput] = []
        for address, reason in gone.items():
            outputs += self.lose_router(now, address, reason)
        if self._is_here and self._interface.is_lowpan and not len(self.routers):
            outputs += self.solicitor.need_router(now)
        return tuple(outputs)

    def leave(self, now: int) -> Outputs:
        """The node goes: what it registered is given back (RFC 6775 section 5.5)."""
        self._is_here = False
        self.solicitor.stop()
        return self.registrant.withdraw_all(now)

    # --- time --------------------------------------------------------------------------------------------------------

    def tick(self, now: int) -> Outputs:
        """What is due."""
        outputs: list[NeighborOutput] = [*self.autoconfiguration.tick(now), *self.detection.tick(now)]
        for router in self.routers.expired(now):
            outputs += self.lose_router(now, router.address, Reason.LIFETIME_ENDED)
        outputs += self.registrant.withdraw_lost(now)
        outputs += self.registrant.tick(now)
        outputs += self.follow_up(now)
        outputs += self.solicitor.tick(now)
        return (*outputs, *self._refresh(now))

    def _refresh(self, now: int) -> Outputs:
        if self.solicitor.state is not Soliciting.NOTHING or not self._is_here:
            return ()
        router = self.routers.take_due(now)
        return () if router is None else self.solicitor.refresh(now, Way(router.address, router.link_address))


def _link_address_of(interface: Interface, arrival: Arrival, message: RouterAdvertisement) -> LinkAddress | None:
    """RFC 6775 section 5.4: "the SLLAO MUST be included in the RA"; where it is not, the frame says it."""
    return source_link_address(message.options) or interface.sender_of(arrival)
