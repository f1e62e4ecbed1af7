"""What routers pass on: the prefixes and contexts of border routers, RFC 6775 sections 7 and 8.1.

Everything belongs to the border router that announced it, whose version says how new it is, and goes out under that
one's ABRO alone. Lifetimes run: "if a 6CO with a Valid Lifetime of 10 minutes is received at time T, and the router
includes this in an RA it sends at time T+5 minutes, the Valid Lifetime in the 6CO it sends will be only 5 minutes".

What comes again under the same version is the same information over another way, some time ago: it prolongs nothing
that is longer already, and shortens nothing (a border router that shortens a lifetime raises its version).
"""

from dataclasses import dataclass, field, replace

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.autoconfiguration import moment_of
from p6lowpan.machines.neighbor_discovery.capabilities import indication_in
from p6lowpan.machines.neighbor_discovery.context_life import option_of
from p6lowpan.machines.neighbor_discovery.host import border_router_in, border_router_lifetime_us, context_of
from p6lowpan.machines.neighbor_discovery.interface import MINUTE_US, SECOND_US, Interface
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import Ipv6Address, format_ipv6
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement
from p6lowpan.wire.ipv6.neighbor_option import INFINITE_SECONDS
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.sixlowpan.contexts import Context, masked

WHERE = "border router information"


@dataclass(slots=True)
class PassedPrefix:
    """A Prefix Information option, and when its lifetimes end. Withdrawn with a lifetime of zero, it stays so."""

    option: PrefixInformation
    valid_until: int | None
    preferred_until: int | None

    def at(self, now: int) -> PrefixInformation | None:
        """The option as it is now; ``None`` where its lifetime ended."""
        valid = _seconds_left(now, self.valid_until)
        if valid == 0 and self.option.valid_lifetime_seconds:
            return None
        preferred = min(valid, _seconds_left(now, self.preferred_until))
        return replace(self.option, valid_lifetime_seconds=valid, preferred_lifetime_seconds=preferred)


@dataclass(slots=True)
class PassedContext:
    """A context, and when its lifetime ends. Withdrawn with a lifetime of zero, it stays so."""

    context: Context
    is_withdrawn: bool
    until: int

    def at(self, now: int) -> LowpanContext | None:
        """The option as it is now; ``None`` where its lifetime ended."""
        minutes = max(0, self.until - now) // MINUTE_US
        return option_of(self.context, minutes) if minutes or self.is_withdrawn else None


@dataclass(slots=True)
class BorderInformation:
    """All that one border router announced. ``is_extended``: it takes EDAR messages (RFC 8505 section 4.3)."""

    border_router: AuthoritativeBorderRouter
    is_extended: bool
    until: int
    prefixes: dict[tuple[bytes, int], PassedPrefix] = field(default_factory=dict)
    contexts: dict[int, PassedContext] = field(default_factory=dict)

    def options(self, now: int) -> tuple[Header, ...]:
        """What goes into an advertisement: the ABRO unmodified (RFC 6775 section 6.3), the rest as it is now."""
        parts: list[Header | None] = [prefix.at(now) for prefix in self.prefixes.values()]
        parts += [context.at(now) for context in self.contexts.values()]
        return (*(part for part in parts if part is not None), self.border_router)

    def covers(self, address: bytes) -> bool:
        """Whether an address is of one of its prefixes."""
        return any(masked(address, length) == prefix for prefix, length in self.prefixes)


class Information:
    """The border routers that were heard of."""

    def __init__(self, interface: Interface) -> None:
        self._limits = interface.limits
        self._known: dict[Ipv6Address, BorderInformation] = {}

    @property
    def sets(self) -> tuple[BorderInformation, ...]:
        """What each border router announced."""
        return tuple(self._known.values())

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(known.until for known in self._known.values()))

    def of(self, address: bytes) -> BorderInformation | None:
        """The border router to ask about an address: the one whose prefix it has, else any."""
        covering = [known for known in self._known.values() if known.covers(address)]
        return next(iter([*covering, *self._known.values()]), None)

    def tick(self, now: int) -> None:
        """RFC 6775 section 6.3: with its ABRO, "all information related to that 6LBR MUST be removed"."""
        for address, known in tuple(self._known.items()):
            if known.until <= now:
                del self._known[address]

    def learn(self, now: int, message: RouterAdvertisement) -> tuple[bool, tuple[Dropped, ...]]:
        """Take what an advertisement says. Whether it is new: a border router that was not known, or a version."""
        option = border_router_in(message.options)
        if option is None:
            return False, ()
        address = Ipv6Address(option.border_router)
        before = self._known.get(address)
        if before is not None and option.version < before.border_router.version:
            return False, ()
        if before is None and len(self._known) >= self._limits.border_routers:
            return False, (Dropped(Reason.BORDER_ROUTERS_FULL, WHERE, f"no room for {format_ipv6(address)}"),)
        is_new = before is None or option.version > before.border_router.version
        indication = indication_in(message.options)
        is_extended = indication is not None and bool(indication.extended_duplicate_messages)
        known = BorderInformation(option, is_extended, now + border_router_lifetime_us(option))
        if before is not None and not is_new:
            known.prefixes, known.contexts = before.prefixes, before.contexts
        self._known[address] = known
        return is_new, self._fill(now, known, message)

    def _fill(self, now: int, known: BorderInformation, message: RouterAdvertisement) -> tuple[Dropped, ...]:
        drops: list[Dropped] = []
        for option in message.options:
            if isinstance(option, PrefixInformation):
                drops += self._prefix(now, known, option)
            elif isinstance(option, LowpanContext):
                until = now + option.lifetime_minutes * MINUTE_US
                before = known.contexts.get(option.context_identifier)
                fresh = PassedContext(context_of(option), option.lifetime_minutes == 0, until)
                if before is None or before.until < until or before.context != fresh.context:
                    known.contexts[option.context_identifier] = fresh
        return tuple(drops)

    def _prefix(self, now: int, known: BorderInformation, option: PrefixInformation) -> tuple[Dropped, ...]:
        """RFC 6775 section 6.1: "A router MUST NOT set the L (on-link) flag", and section 5.4 ignores such a prefix."""
        if option.on_link:
            return (Dropped(Reason.BAD_VALUE, WHERE, "a prefix that is on-link, in a LoWPAN"),)
        key = masked(option.prefix, option.prefix_length), option.prefix_length
        before = known.prefixes.get(key)
        if before is None and len(known.prefixes) >= self._limits.prefixes:
            return (Dropped(Reason.PREFIXES_FULL, WHERE, f"no room for {format_ipv6(option.prefix)}"),)
        fresh = PassedPrefix(
            option,
            moment_of(now, option.valid_lifetime_seconds),
            moment_of(now, option.preferred_lifetime_seconds),
        )
        if before is None or _is_later(fresh.valid_until, before.valid_until):
            known.prefixes[key] = fresh
        return ()


def _is_later(one: int | None, other: int | None) -> bool:
    """Whether a lifetime ends later; ``None`` never ends."""
    return other is not None and (one is None or one > other)


def _seconds_left(now: int, until: int | None) -> int:
    return INFINITE_SECONDS if until is None else max(0, until - now) // SECOND_US
