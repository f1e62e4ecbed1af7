"""What a capture has taught about one PAN so far, in time order: contexts, prefixes, guesses.

Contexts come from 6LoWPAN Context Options in Router Advertisements (RFC 6775 section 4.2), never from a frame that came
later. A context that nobody announced is guessed from the prefixes that the PAN uses; a guess counts only where a
checksum confirms it, and it stays marked as a guess.
"""

from collections.abc import Callable, Iterable

from p6lowpan.analysis.dodags import NO_ROOTS, KnownDodags, Roots
from p6lowpan.analysis.guessing import PREFIX_OCTETS, Guesses
from p6lowpan.machines.adaptation.context_table import (
    LONGEST,
    ContextAdded,
    ContextChanged,
    ContextEvent,
    ContextRemoved,
    ContextTable,
)
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import is_link_local, is_multicast
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement
from p6lowpan.wire.ipv6.neighbor_option import whole_prefix
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.rpl import messages as rpl
from p6lowpan.wire.rpl import options as rpl_options
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked

MOST_PREFIXES = 32
MOST_FORMER = 16
MOST_ADDRESSES = 256
WITHOUT_PREFIX = (0xFE, 0xFF)
"""How link-local and multicast addresses begin, the most frequent ones; :meth:`Knowledge._remember` knows exactly."""


class Knowledge:
    """One PAN. ``fixed`` contexts and ``roots`` of DODAGs were given by the user."""

    def __init__(self, fixed: Iterable[Context], roots: Roots = NO_ROOTS) -> None:
        self.dodags = KnownDodags(roots)
        self._contexts = ContextTable(fixed)
        self._guesses = Guesses()
        self._prefixes: dict[bytes, None] = {}
        self._addresses: BoundedTable[bytes, None] = BoundedTable(MOST_ADDRESSES)
        self._former: BoundedTable[Context, None] = BoundedTable(MOST_FORMER)
        self._news = 0
        self.has_announcements = False  # whether contexts were announced
        self._refresh(0)
        for context in fixed:
            self._remember(context.prefix)

    # --- contexts ----------------------------------------------------------------------------------------------------

    @property
    def contexts(self) -> Contexts:
        """Announced and given contexts, and guesses where there is nothing better."""
        return self._known

    def pass_time(self, now: int) -> tuple[ContextEvent, ...]:
        """Let contexts expire; what came to its end."""
        if self._deadline is None or now < self._deadline:
            return ()
        events = self._contexts.expire(now)
        for event in events:
            if isinstance(event, ContextRemoved):
                self._former.put(event.context, None)
        self._refresh(now)
        return events

    @property
    def deadline(self) -> int | None:
        """When :meth:`pass_time` has something to do; ``None``: never."""
        return self._deadline

    def is_quiet(self, now: int) -> bool:
        """Whether :meth:`pass_time` has nothing to do."""
        return self._deadline is None or now < self._deadline

    def _refresh(self, now: int) -> None:
        self._announced = self._contexts.for_decompression(now)
        self._known = {**self._guesses.contexts, **self._announced}
        self._deadline = self._contexts.deadline
        self.has_guesses = bool(self._guesses)  # whether any context is a guess

    def guessed(self, used: frozenset[int]) -> frozenset[int]:
        """Which of the context identifiers ``used`` are guesses."""
        return used.intersection(self._guesses.identifiers).difference(self._announced) if used else used

    def familiarity(self, packet: bytes | None) -> int:
        """How well a packet fits what was heard before: 0 for none, else 1 and 1 more for each end that is known."""
        if packet is None:
            return 0
        return 1 + (packet[8:24] in self._addresses) + (packet[24:40] in self._addresses)

    def is_hopeless(self, missing: frozenset[int]) -> bool:
        """Whether :meth:`guess` was in vain too often to be tried again, as long as nothing new is heard of."""
        return self._guesses.is_hopeless(missing, self._news)

    def guess(self, now: int, missing: frozenset[int], fits: Callable[[Contexts], int]) -> bool:
        """Try the prefixes of the PAN for the ``missing`` identifiers, and keep those that fit best."""
        found = self._guesses.try_prefixes(
            missing, self.prefixes[::-1], self._news, lambda tried: fits({**self._known, **tried})
        )
        if found:
            self._refresh(now)
        return found

    def judge(self, now: int, guessed: frozenset[int], holds: bool) -> frozenset[int]:
        """Tell how the checksum of a packet came out that leant on guesses; which of them are given up."""
        given_up = self._guesses.judge(guessed, holds)
        if given_up:
            self._refresh(now)
        return given_up

    @property
    def former(self) -> tuple[Context, ...]:
        """Contexts that were replaced or removed, the latest last."""
        return tuple(self._former)

    # --- what is announced -------------------------------------------------------------------------------------------

    @property
    def prefixes(self) -> tuple[bytes, ...]:
        """The first 8 octets of addresses and prefixes that the PAN uses, the latest last."""
        return tuple(self._prefixes)

    @property
    def ordered_prefixes(self) -> dict[bytes, None]:
        """The same, as they are kept."""
        return self._prefixes

    def learn_addresses(self, packet: bytes) -> None:
        """Remember a packet's own addresses, and their prefixes."""
        for address in (packet[8:24], packet[24:40]):
            if address not in self._addresses:
                self._addresses.put(address, None)
            if address[0] not in WITHOUT_PREFIX:
                self._remember(address)

    @property
    def addresses(self) -> dict[bytes, None]:
        """The addresses that were heard last."""
        return self._addresses.entries

    def suggest(self, addresses: Iterable[bytes]) -> None:
        """Addresses or prefixes that somebody names: a context that is not known may be one of theirs."""
        for address in addresses:
            self._remember(address)

    def learn(self, now: int, message: Header) -> tuple[ContextEvent, ...]:
        """What a Router Advertisement or a RPL message announces."""
        base = message.base if isinstance(message, rpl.ControlMessage) else message
        if (dodag_id := getattr(base, "dodag_id", None)) is not None:
            self._remember(dodag_id)
        events: list[ContextEvent] = []
        for option in getattr(base, "options", ()):
            match option:
                case PrefixInformation(prefix=prefix) | rpl_options.PrefixInformation(prefix=prefix):
                    self._remember(prefix)
                case rpl_options.Target(prefix=prefix) if len(prefix) >= PREFIX_OCTETS:
                    self._remember(prefix)
                case AuthoritativeBorderRouter(border_router=address):
                    self._remember(address)
                case LowpanContext() if isinstance(message, RouterAdvertisement):
                    events += self._announce(now, option, message.router_lifetime_seconds)
        return tuple(events)

    def _announce(self, now: int, option: LowpanContext, router_lifetime: int) -> tuple[ContextEvent, ...]:
        prefix = masked(whole_prefix(option.prefix), option.context_length)
        context = Context(option.context_identifier, prefix, option.context_length, bool(option.compress))
        return self.learn_context(now, context, option.lifetime_minutes, router_lifetime)

    def learn_context(
        self, now: int, context: Context, lifetime_minutes: int = LONGEST, router_lifetime_seconds: int = LONGEST
    ) -> tuple[ContextEvent, ...]:
        """A context is announced, for as long as can be said unless a lifetime is given."""
        self._guesses.forget(context.identifier)
        self.has_announcements = True
        events = self._contexts.update(now, context, lifetime_minutes, router_lifetime_seconds)
        for event in events:
            match event:
                case ContextAdded(context=added):
                    self._remember(added.prefix)
                case ContextChanged(before=before, after=after) if before.prefix != after.prefix:
                    self._former.put(before, None)
                    self._remember(after.prefix)
                case ContextRemoved(context=gone):
                    self._former.put(gone, None)
        self._refresh(now)
        return events

    def _remember(self, address: bytes) -> None:
        prefix = address[:PREFIX_OCTETS]
        if is_multicast(prefix) or is_link_local(prefix) or not any(prefix):
            return
        if prefix in self._prefixes:
            del self._prefixes[prefix]
        else:
            self._news += 1
        self._prefixes[prefix] = None
        if len(self._prefixes) > MOST_PREFIXES:
            del self._prefixes[next(iter(self._prefixes))]
