"""The default routers of a host: RFC 4861 sections 5.1 and 6.3.4, RFC 6775 section 5, preferences as in RFC 4191.

A router is worth keeping while its lifetime lasts, and asked for news when three quarters of the shortest lifetime that
it announced are over. A full list takes a better router only in place of a worse one.
"""

from dataclasses import replace

from p6lowpan.capability.value import value
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, LinkAddress

RANKS = {1: 1, 0: 0, 3: -1, 2: 0}
"""RFC 4191 section 2.1: high, medium, low; the reserved value counts as medium."""


@value
class DefaultRouter:
    """``is_extended``: it takes registrations of RFC 8505. ``refresh_at``: when it is asked again, ``None`` never."""

    address: Ipv6Address
    link_address: LinkAddress
    preference: int
    is_extended: bool
    expires_at: int
    refresh_at: int | None

    @property
    def rank(self) -> int:
        """The preference as a number that can be compared."""
        return RANKS[self.preference]


class DefaultRouters:
    """The list, and the routers that are left alone for a while because they refused us."""

    def __init__(self, interface: Interface) -> None:
        self._bound = interface.limits.default_routers
        self._avoided: BoundedTable[Ipv6Address, int] = BoundedTable(interface.limits.refused_routers)
        self._avoid_us = interface.limits.refused_router_us
        self._routers: dict[Ipv6Address, DefaultRouter] = {}

    def __len__(self) -> int:
        return len(self._routers)

    @property
    def best_first(self) -> tuple[DefaultRouter, ...]:
        """Every router, by preference, then by age."""
        return tuple(sorted(self._routers.values(), key=lambda router: -router.rank))

    @property
    def expiry(self) -> int | None:
        """When the first router's lifetime ends."""
        return earliest(*(router.expires_at for router in self._routers.values()))

    @property
    def refresh(self) -> int | None:
        """When the first router should be asked for news."""
        return earliest(*(router.refresh_at for router in self._routers.values()))

    def get(self, address: bytes) -> DefaultRouter | None:
        """A router by its address."""
        return self._routers.get(Ipv6Address(address))

    def put(self, router: DefaultRouter) -> None:
        """Enter or renew; :meth:`worse_than` said whether there is room."""
        self._routers[router.address] = router

    def is_full(self) -> bool:
        """Whether a new router needs another's place."""
        return len(self._routers) >= self._bound

    def worse_than(self, rank: int) -> DefaultRouter | None:
        """The router whose place one of ``rank`` may take: the youngest of the worst."""
        worst = self.best_first[-1] if self._routers else None
        return worst if worst is not None and worst.rank < rank else None

    def remove(self, address: bytes) -> DefaultRouter | None:
        """Take a router out."""
        return self._routers.pop(Ipv6Address(address), None)

    def avoid(self, now: int, address: Ipv6Address) -> None:
        """Leave a router alone for a while."""
        self._avoided.put(address, now + self._avoid_us)

    def is_avoided(self, now: int, address: bytes) -> bool:
        """Whether a router refused us a short while ago."""
        return self._avoided.get(Ipv6Address(address), now) > now

    def expired(self, now: int) -> tuple[DefaultRouter, ...]:
        """The routers whose lifetime is over."""
        return tuple(router for router in self._routers.values() if router.expires_at <= now)

    def take_due(self, now: int) -> DefaultRouter | None:
        """A router to be asked for news. It is not named again before it has said something new."""
        for router in self._routers.values():
            if router.refresh_at is not None and router.refresh_at <= now:
                self._routers[router.address] = replace(router, refresh_at=None)
                return router
        return None


def refresh_moment(now: int, lifetimes_us: tuple[int, ...]) -> int | None:
    """RFC 6775 section 5.4.3: "well before the shortest of those lifetimes"; ``None`` where none ends."""
    return now + min(lifetimes_us) * 3 // 4 if lifetimes_us else None
