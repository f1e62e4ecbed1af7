"""The life of prefixes at the border router: announced, then withdrawn, then forgotten.

A prefix that is withdrawn is announced with lifetimes of zero (RFC 4861 section 6.2.1) until nobody can know it any
more: until its own lifetime is over, or that of what border routers say, after which each node has asked anew (RFC 6775
section 4.3, ABRO Valid Lifetime). What was announced before a restart, and is no longer configured, is withdrawn so.
"""

from collections.abc import Iterable
from dataclasses import replace

from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, Interface
from p6lowpan.machines.timers import earliest
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.sixlowpan.contexts import masked

SECOND_US = 1_000_000
ZERO_STANDS_FOR_MINUTES = 10_000
"""RFC 6775 section 4.3: what a lifetime of 0 means in an ABRO."""

PrefixKey = tuple[Ipv6Address, int]


@value
class KeptPrefix:
    """A prefix as it is announced. ``ends_at``: it is withdrawn, and forgotten then; ``None``: it is in use."""

    announced: AdvertisedPrefix
    ends_at: int | None = None

    @property
    def key(self) -> PrefixKey:
        """What no two have in common."""
        return self.announced.prefix, self.announced.length

    def shifted(self, by_us: int) -> "KeptPrefix":
        """The same, for a clock that shows so much more."""
        return self if self.ends_at is None else replace(self, ends_at=self.ends_at + by_us)


class PrefixLife:
    """At most ``limits.prefixes`` at a time, and those that were configured."""

    def __init__(self, interface: Interface) -> None:
        configuration = interface.configuration
        minutes = configuration.border_router_lifetime_minutes or ZERO_STANDS_FOR_MINUTES
        self.touched: Touched[PrefixKey] = Touched()
        self._longest_us = minutes * MINUTE_US
        self._room = interface.limits.prefixes
        self._prefixes = {one.key: one for one in map(KeptPrefix, configuration.prefixes)}
        self._left: tuple[KeptPrefix, ...] = ()  # from before a restart

    @property
    def announced(self) -> tuple[AdvertisedPrefix, ...]:
        """What is announced, withdrawn ones among it."""
        return tuple(one.announced for one in self._prefixes.values())

    @property
    def in_use(self) -> tuple[AdvertisedPrefix, ...]:
        """Those of which nodes may have addresses."""
        return tuple(one.announced for one in self._prefixes.values() if one.ends_at is None)

    def keys(self) -> tuple[PrefixKey, ...]:
        """What :meth:`kept_of` may be asked."""
        return tuple(self._prefixes)

    def kept_of(self, key: PrefixKey) -> KeptPrefix | None:
        """A prefix, as it outlives a restart."""
        return self._prefixes.get(key)

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(one.ends_at for one in self._prefixes.values()))

    def restore(self, kept: Iterable[KeptPrefix]) -> bool:
        """What was announced before a restart. Whether something else is announced now."""
        left = tuple(kept)
        before = {one.announced for one in left if one.ends_at is None}
        self._left = tuple(one for one in left if one.key not in self._prefixes)
        return bool(left) and before != set(self.announced)

    def start(self, now: int) -> None:
        """What is left from before a restart is withdrawn, or stays so until it ends."""
        left, self._left = self._left, ()
        for one in left:
            if len(self._prefixes) < self._room and (one.ends_at is None or one.ends_at > now):
                self._put(one if one.ends_at is not None else self._withdrawn(now, one.announced, one.announced))

    def announce(self, now: int, prefix: AdvertisedPrefix) -> bool:
        """A prefix is new, or its lifetimes change; a valid lifetime of zero withdraws it. Whether anything changed."""
        known = self._prefixes.get((prefix.prefix, prefix.length))
        if known is not None and known.announced == prefix:
            return False
        if prefix.valid_lifetime_seconds:
            self._put(KeptPrefix(prefix))
        else:
            self._put(self._withdrawn(now, prefix, prefix if known is None else known.announced))
        return True

    def has_room(self, prefix: AdvertisedPrefix) -> bool:
        """Whether a prefix can be announced."""
        return (prefix.prefix, prefix.length) in self._prefixes or len(self._prefixes) < self._room

    def tick(self, now: int) -> bool:
        """Forget what nobody can know any more. Whether anything changed."""
        over = [key for key, one in self._prefixes.items() if one.ends_at is not None and one.ends_at <= now]
        for key in over:
            del self._prefixes[key]
            self.touched.note(key)
        return bool(over)

    def _put(self, one: KeptPrefix) -> None:
        self._prefixes.pop(one.key, None)
        self._prefixes[one.key] = one
        self.touched.note(one.key)

    def _withdrawn(self, now: int, prefix: AdvertisedPrefix, before: AdvertisedPrefix) -> KeptPrefix:
        gone = replace(prefix, valid_lifetime_seconds=0, preferred_lifetime_seconds=0)
        known_for = before.valid_lifetime_seconds * SECOND_US or self._longest_us
        return KeptPrefix(gone, now + min(known_for, self._longest_us))


def covers(prefix: AdvertisedPrefix, address: bytes) -> bool:
    """Whether an address begins with a prefix."""
    return masked(address, prefix.length) == masked(prefix.prefix, prefix.length)
