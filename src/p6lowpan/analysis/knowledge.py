"""What a capture has taught about one PAN so far, in time order: contexts, prefixes, guesses.

Contexts come from 6LoWPAN Context Options in Router Advertisements (RFC 6775 section 4.2), never from a frame that came
later. A context that nobody announced is guessed from the prefixes that the PAN uses; a guess counts only where a
checksum confirms it, and it stays marked as a guess.
"""

from collections.abc import Callable, Iterable

from p6lowpan.machines.adaptation.context_table import ContextEvent, ContextTable
from p6lowpan.wire.address import is_link_local, is_multicast
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.lowpan_options import LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement
from p6lowpan.wire.ipv6.neighbor_option import whole_prefix
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.rpl import options as rpl
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked

MOST_PREFIXES = 32
PREFIX_BITS = 64


class Knowledge:
    """One PAN. ``fixed`` contexts were given by the user."""

    def __init__(self, fixed: Iterable[Context]) -> None:
        self.contexts = ContextTable(fixed)
        self.guesses: dict[int, Context] = {}
        self._prefixes: dict[bytes, None] = {}

    def for_decompression(self, now: int) -> Contexts:
        """Announced and given contexts, and guesses where there is nothing better."""
        known = self.contexts.for_decompression(now)
        return {**self.guesses, **known} if self.guesses else known

    def guessed(self, now: int, used: frozenset[int]) -> frozenset[int]:
        """Which of the context identifiers ``used`` are guesses."""
        if not self.guesses or not used:
            return frozenset()
        return used & self.guesses.keys() - self.contexts.for_decompression(now).keys()

    def guess(
        self, now: int, missing: frozenset[int], fits: Callable[[Contexts], bool]
    ) -> frozenset[int]:
        """Try the prefixes of the PAN for the ``missing`` identifiers; keep those under which ``fits`` holds."""
        known = self.for_decompression(now)
        for prefix in reversed(self._prefixes):
            tried = {identifier: Context(identifier, prefix, PREFIX_BITS) for identifier in missing}
            if fits({**known, **tried}):
                self.guesses |= tried
                return missing
        return frozenset()

    @property
    def prefixes(self) -> tuple[bytes, ...]:
        """Prefixes of 64 bits that addresses of the PAN use, as 16 octets, the latest last."""
        return tuple(self._prefixes)

    def learn_prefixes(self, packet: bytes) -> None:
        """Remember the prefixes of a packet's own addresses."""
        for address in (packet[8:24], packet[24:40]):
            if not is_multicast(address) and not is_link_local(address) and any(address):
                self._remember(address)

    def learn(self, now: int, message: Header) -> tuple[ContextEvent, ...]:
        """What a Router Advertisement or a RPL message announces."""
        events: list[ContextEvent] = []
        for option in _options(message):
            if isinstance(option, PrefixInformation | rpl.PrefixInformation):
                self._remember(option.prefix)
            elif isinstance(option, LowpanContext) and isinstance(message, RouterAdvertisement):
                events += self._announced(now, option, message.router_lifetime_seconds)
        return tuple(events)

    def _announced(self, now: int, option: LowpanContext, router_lifetime: int) -> tuple[ContextEvent, ...]:
        prefix = masked(whole_prefix(option.prefix), option.context_length)
        context = Context(option.context_identifier, prefix, option.context_length, bool(option.compress))
        self.guesses.pop(context.identifier, None)
        return self.contexts.update(now, context, option.lifetime_minutes, router_lifetime)

    def _remember(self, address: bytes) -> None:
        prefix = masked(address, PREFIX_BITS)
        self._prefixes.pop(prefix, None)
        self._prefixes[prefix] = None
        if len(self._prefixes) > MOST_PREFIXES:
            self._prefixes.pop(next(iter(self._prefixes)))


def _options(message: Header) -> tuple[Header, ...]:
    found = getattr(message, "options", None) or getattr(getattr(message, "base", None), "options", ())
    return found if isinstance(found, tuple) else ()
