"""Where packets go: prefixes on the link, routes by hand, default routers, with their lifetimes, and the backbone.

Theory of operation. The longest prefix wins; of equally long ones what is on the link, then a static route, then a
default router; of default routers the one with the highest preference (RFC 4191), then the one known longest.
Link-local addresses are always on the link. A route that has ended is not used, whether or not :meth:`Routes.expire`
was called in time.

A border router has a second interface, its backbone: what is behind it has no next hop here. And it owns prefixes whose
addresses are nowhere unless a longer row says where: otherwise what is for a node that is not there would go back and
forth between the two sides (RFC 7084 requirement WPD-5: "to prevent forwarding loops").

Each kind has its own room, so that what a neighbor announces never pushes out what was set by hand, and when the room
is taken what is there stays.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import NamedTuple

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, is_link_local, is_multicast

WHERE = "routes"
ADDRESS_BITS = 128


class RouteKind(IntEnum):
    """Of equally long prefixes the greater kind wins."""

    NOWHERE = 0
    DEFAULT_ROUTER = 1
    STATIC = 2
    BACKBONE = 3
    ON_LINK = 4


ROOM: Mapping[RouteKind, Callable[[Limits], int]] = {
    RouteKind.NOWHERE: lambda limits: limits.prefixes,
    RouteKind.DEFAULT_ROUTER: lambda limits: limits.default_routers,
    RouteKind.STATIC: lambda limits: limits.static_routes,
    RouteKind.BACKBONE: lambda limits: limits.static_routes,
    RouteKind.ON_LINK: lambda limits: limits.on_link_prefixes,
}


@value
class RouteEntry:
    """One row. ``next_hop`` is ``None`` for what is on the link, on the backbone or nowhere; ``valid_until`` is
    ``None`` for what does not end."""

    kind: RouteKind
    prefix: Ipv6Address
    length: int
    next_hop: Ipv6Address | None
    preference: int = 0
    valid_until: int | None = None

    @property
    def key(self) -> "RouteKey":
        """What no two rows have in common."""
        return self.kind, self.prefix, self.length, self.next_hop


class Way(NamedTuple):
    """Where a packet goes: to a neighbor, out by the other interface, or neither."""

    next_hop: Ipv6Address | None
    leaves: bool = False


LEAVING, NO_WAY = Way(None, leaves=True), Way(None)


RouteKey = tuple[RouteKind, Ipv6Address, int, Ipv6Address | None]


def prefix_of(address: bytes, length: int) -> Ipv6Address:
    """The first ``length`` bits of an address, zeros behind them."""
    if length == ADDRESS_BITS:
        return Ipv6Address(address)
    octets, bits = length >> 3, length & 7
    if not bits:  # the usual case, and every packet asks
        return Ipv6Address(address[:octets] + UNSPECIFIED[octets:])
    behind = ADDRESS_BITS - length
    return Ipv6Address((int.from_bytes(address, "big") >> behind << behind).to_bytes(16, "big"))


class Routes:
    """The routing table of one interface. See the module for the rules."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows: dict[RouteKey, RouteEntry] = {}
        self._held: Counter[RouteKind] = Counter()
        self._ends: dict[RouteKey, int] = {}  # of the few rows that end
        self.deadline: int | None = None
        """When :meth:`expire` has something to do; ``None``: never. Kept, because a node asks at every input."""
        self._lengths: tuple[int, ...] = ()  # longest first
        self._by_prefix: dict[int, dict[Ipv6Address, dict[RouteKey, RouteEntry]]] = {}  # by length, then by prefix

    @property
    def rows(self) -> tuple[RouteEntry, ...]:
        """Every row, in the order in which they came."""
        return tuple(self._rows.values())

    def add_on_link(
        self, now: int, prefix: Ipv6Address, length: int, lifetime_us: int | None = None
    ) -> tuple[Dropped, ...]:
        """Addresses of this prefix are on the link, or with a length of 128: this neighbor is."""
        return self._add(now, RouteKind.ON_LINK, prefix, length, None, lifetime_us)

    def add_static(
        self, now: int, prefix: Ipv6Address, length: int, next_hop: Ipv6Address, lifetime_us: int | None = None
    ) -> tuple[Dropped, ...]:
        """Addresses of this prefix are behind ``next_hop``."""
        return self._add(now, RouteKind.STATIC, prefix, length, next_hop, lifetime_us)

    def add_default_router(
        self, now: int, router: Ipv6Address, lifetime_us: int | None = None, preference: int = 0
    ) -> tuple[Dropped, ...]:
        """Everything else is behind ``router``; ``preference`` is greater for a better one."""
        return self._add(now, RouteKind.DEFAULT_ROUTER, UNSPECIFIED, 0, router, lifetime_us, preference)

    def add_backbone(self, now: int, prefix: Ipv6Address, length: int) -> tuple[Dropped, ...]:
        """Addresses of this prefix are reached by the other interface."""
        return self._add(now, RouteKind.BACKBONE, prefix, length, None, None)

    def add_nowhere(self, now: int, prefix: Ipv6Address, length: int) -> tuple[Dropped, ...]:
        """Addresses of this prefix are nowhere, but those of which a longer row says where they are."""
        return self._add(now, RouteKind.NOWHERE, prefix, length, None, None)

    def remove_nowhere(self, prefix: Ipv6Address, length: int) -> None:
        """Take out what :meth:`add_nowhere` entered."""
        self._remove((RouteKind.NOWHERE, prefix_of(prefix, min(length, ADDRESS_BITS)), length, None))

    def remove_on_link(self, prefix: Ipv6Address, length: int) -> None:
        """Take out what :meth:`add_on_link` entered; no matter whether it is there."""
        self._remove((RouteKind.ON_LINK, prefix_of(prefix, min(length, ADDRESS_BITS)), length, None))

    def remove_static(self, prefix: Ipv6Address, length: int, next_hop: Ipv6Address) -> None:
        """Take out what :meth:`add_static` entered."""
        self._remove((RouteKind.STATIC, prefix_of(prefix, min(length, ADDRESS_BITS)), length, next_hop))

    def remove_default_router(self, router: Ipv6Address) -> None:
        """Take out what :meth:`add_default_router` entered."""
        self._remove((RouteKind.DEFAULT_ROUTER, UNSPECIFIED, 0, router))

    def next_hop(self, now: int, destination: bytes) -> Ipv6Address | None:
        """The address on the link to which a packet for ``destination`` goes; ``None``: there is no route on this
        side."""
        return self.way(now, destination).next_hop

    def way(self, now: int, destination: bytes) -> Way:
        """Where a packet for ``destination`` goes: there itself, where that is on the link or a group."""
        if is_link_local(destination) or is_multicast(destination):
            return Way(Ipv6Address(destination))
        best = self._best(now, destination)
        if best is None:
            return NO_WAY
        if best.kind is RouteKind.ON_LINK:
            return Way(Ipv6Address(destination))
        return LEAVING if best.kind is RouteKind.BACKBONE else Way(best.next_hop)

    def _best(self, now: int, destination: bytes) -> RouteEntry | None:
        for length in self._lengths:
            rows, best = self._by_prefix[length].get(prefix_of(destination, length)), None
            for row in rows.values() if rows else ():
                valid = row.valid_until is None or row.valid_until > now
                if valid and (best is None or (row.kind, row.preference) > (best.kind, best.preference)):
                    best = row
            if best is not None:
                return best
        return None

    def is_on_link(self, now: int, address: bytes) -> bool:
        """Whether packets for an address go straight to it. Nobody else's packets do."""
        return not is_multicast(address) and self.next_hop(now, address) == address

    def expire(self, now: int) -> None:
        """Take out what has ended."""
        for key in [key for key, end in self._ends.items() if end <= now]:
            self._remove(key)

    def _add(
        self,
        now: int,
        kind: RouteKind,
        prefix: Ipv6Address,
        length: int,
        next_hop: Ipv6Address | None,
        lifetime_us: int | None,
        preference: int = 0,
    ) -> tuple[Dropped, ...]:
        if fault := _fault(prefix, length, next_hop):
            return (Dropped(Reason.BAD_VALUE, WHERE, fault),)
        self.expire(now)
        valid_until = None if lifetime_us is None else now + lifetime_us
        row = RouteEntry(kind, prefix_of(prefix, length), length, next_hop, preference, valid_until)
        if lifetime_us is not None and lifetime_us <= 0:
            self._remove(row.key)
            return ()
        if row.key not in self._rows:
            if self._held[kind] >= ROOM[kind](self._limits):
                where_to = f"{format_ipv6(prefix)}/{length}: {self._held[kind]} of kind {kind.name} are there"
                return (Dropped(Reason.ROUTES_FULL, WHERE, where_to),)
            self._held[kind] += 1
        self._rows[row.key] = row
        if length not in self._by_prefix:
            self._by_prefix[length] = {}
            self._lengths = tuple(sorted(self._by_prefix, reverse=True))
        self._by_prefix[length].setdefault(row.prefix, {})[row.key] = row
        self._set_end(row.key, valid_until)
        return ()

    def _set_end(self, key: RouteKey, end: int | None) -> None:
        if end is not None:
            self._ends[key] = end
        elif self._ends.pop(key, None) is None:
            return
        self.deadline = min(self._ends.values(), default=None)

    def _remove(self, key: RouteKey) -> None:
        if self._rows.pop(key, None) is None:
            return
        self._held[key[0]] -= 1
        self._set_end(key, None)
        _, prefix, length, _ = key
        same = self._by_prefix[length]
        del same[prefix][key]
        if not same[prefix]:
            del same[prefix]
        if not same:
            del self._by_prefix[length]
            self._lengths = tuple(sorted(self._by_prefix, reverse=True))


def _fault(prefix: bytes, length: int, next_hop: bytes | None) -> str:
    """Why there can be no such route; empty where there can."""
    if len(prefix) != 16 or not 0 <= length <= ADDRESS_BITS:
        return f"a prefix of {length} bits of {len(prefix)} octets"
    if length and (is_multicast(prefix) or (is_link_local(prefix) and length >= 10)):
        return f"{format_ipv6(prefix)}/{length} needs no route"
    if next_hop is not None and (len(next_hop) != 16 or is_multicast(next_hop) or next_hop == UNSPECIFIED):
        return f"nothing can be behind {next_hop.hex()}"
    return ""
