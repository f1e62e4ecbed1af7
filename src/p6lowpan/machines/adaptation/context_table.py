"""The table of compression contexts with their lifetimes, RFC 6775 sections 4.2, 5.4.2, 5.4.3 and 7.2.

Theory of operation. An entry goes one way, and every 6LoWPAN Context Option puts it back to where the option says:

    in use (C=1) ---- valid lifetime ends ----> receive-only ---- twice the Router Lifetime ----> removed
    announced (C=0) -----------------------------^

"When the Valid Lifetime for a context table entry expires, the entry is placed in a receive-only mode, which is the
equivalent of receiving a 6CO for that context with C=0." A valid lifetime of 0 removes at once. An option with another
prefix replaces the entry at once too (5.4.2: "that entry is updated with the information in the 6CO"): that the old
prefix was out of use long enough before is the border router's duty (7.2), and ``ContextChanged.too_soon`` says where
it was not done. The identifier has four bits, so the table cannot grow past 16 entries.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.value import value
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts

SECOND_US = 1_000_000
LIFETIME_UNIT_US = 60 * SECOND_US  # RFC 6775 4.2: "in units of 60 seconds"
MIN_CONTEXT_CHANGE_DELAY_US = 300 * SECOND_US  # RFC 6775 9
DEFAULT_ROUTER_LIFETIME_SECONDS = 1800  # RFC 4861 6.2.1: 3 * MaxRtrAdvInterval, which is 600 s by default
LONGEST = 0xFFFF  # both lifetimes are 16-bit fields


@value
class ContextAdded:
    """An identifier has a context that had none. RFC 6775 7.2: a new one SHOULD begin with C=0."""

    context: Context


@value
class ContextChanged:
    """An identifier stands for another prefix, or its C flag changed.

    ``too_soon``: the prefix changed, and the old one had not been out of use (C=0) for MIN_CONTEXT_CHANGE_DELAY, so
    that octets compressed with the old one may be decompressed with the new one.
    """

    before: Context
    after: Context
    too_soon: bool


@value
class ContextExpired:
    """The valid lifetime ended: the context serves decompression only, for a while."""

    context: Context


@value
class ContextRemoved:
    """The context is gone: ``withdrawn`` by a lifetime of 0, or for time."""

    context: Context
    withdrawn: bool


ContextEvent: TypeAlias = ContextAdded | ContextChanged | ContextExpired | ContextRemoved


@value
class _Entry:
    """``valid_until``: when it becomes receive-only; ``None`` when it is, or never will be. ``gone_at``: when it is
    removed, ``None`` never. ``idle_since``: since when C=0; ``None`` while in use."""

    context: Context
    valid_until: int | None
    gone_at: int | None
    idle_since: int | None

    def at(self, now: int) -> Context | None:
        """What the entry is worth at ``now``."""
        if self.gone_at is not None and self.gone_at <= now:
            return None
        if self.valid_until is not None and self.valid_until <= now:
            return replace(self.context, compress=False)
        return self.context

    @property
    def next_moment(self) -> int | None:
        """When it becomes worth less; ``None``: never."""
        return self.gone_at if self.valid_until is None else self.valid_until

    def may_change(self, now: int) -> bool:
        """Whether RFC 6775 7.2 lets the identifier be given another prefix."""
        return self.idle_since is not None and now - self.idle_since >= MIN_CONTEXT_CHANGE_DELAY_US


@value
class _View:
    """What the table is worth from ``since`` on, until its ``deadline``."""

    since: int
    deadline: int | None
    compress: Contexts
    decompress: Contexts


class ContextTable:
    """The contexts of a node, or those that a capture has shown so far. ``fixed`` ones do not end by themselves."""

    def __init__(self, fixed: Iterable[Context] = ()) -> None:
        self._entries = {context.identifier: _Entry(context, None, None, None) for context in fixed}
        self._view: _View | None = None

    def for_compression(self, now: int) -> Contexts:
        """The contexts that may compress what is sent at ``now``."""
        return self._at(now).compress

    def for_decompression(self, now: int) -> Contexts:
        """The contexts that decompress what is received at ``now``; the receive-only ones have ``compress`` false."""
        return self._at(now).decompress

    @property
    def deadline(self) -> int | None:
        """When :meth:`expire` has something to do; ``None``: never."""
        if self._view is None:
            return earliest(*(entry.next_moment for entry in self._entries.values()))
        return self._view.deadline

    def _at(self, now: int) -> "_View":
        """The same view until an entry changes or comes to the next moment of its life: every packet asks."""
        view = self._view
        if view is None or now < view.since or (view.deadline is not None and view.deadline <= now):
            current = ((identifier, entry.at(now)) for identifier, entry in self._entries.items())
            decompress = {identifier: context for identifier, context in current if context is not None}
            compress = {identifier: context for identifier, context in decompress.items() if context.compress}
            self._view = None
            self._view = view = _View(now, self.deadline, compress, decompress)
        return view

    def update(
        self,
        now: int,
        context: Context,
        lifetime_minutes: int,
        router_lifetime_seconds: int = DEFAULT_ROUTER_LIFETIME_SECONDS,
    ) -> tuple[ContextEvent, ...]:
        """Do what a 6LoWPAN Context Option says that was received at ``now``.

        ``router_lifetime_seconds`` is that of the default router. Raises :class:`UsageError` for a lifetime that
        its 16 bits cannot hold.
        """
        for lifetime in (lifetime_minutes, router_lifetime_seconds):
            if not 0 <= lifetime <= LONGEST:
                raise UsageError(f"lifetime {lifetime} does not exist: 0 to {LONGEST}")
        events = self.expire(now)
        before = self._entries.get(context.identifier)
        if lifetime_minutes == 0:
            return (*events, *self._withdraw(context.identifier))
        valid_until = now + lifetime_minutes * LIFETIME_UNIT_US
        self._view = None
        self._entries[context.identifier] = _Entry(
            context,
            valid_until,
            gone_at=valid_until + 2 * router_lifetime_seconds * SECOND_US,
            idle_since=_idle_since(now, before, context),
        )
        if before is None:
            return (*events, ContextAdded(context))
        if before.context == context:
            return events
        too_soon = not _same_prefix(before.context, context) and not before.may_change(now)
        return (*events, ContextChanged(before.context, context, too_soon))

    def expire(self, now: int) -> tuple[ContextEvent, ...]:
        """Let time pass: what became receive-only, and what is gone."""
        events: list[ContextEvent] = []
        for identifier, entry in tuple(self._entries.items()):
            if entry.valid_until is not None and entry.valid_until <= now:
                idle = replace(entry.context, compress=False)
                since = entry.valid_until if entry.idle_since is None else entry.idle_since
                self._entries[identifier] = _Entry(idle, None, entry.gone_at, since)
                self._view = None
                events.append(ContextExpired(idle))
            if entry.gone_at is not None and entry.gone_at <= now:
                gone = self._entries.pop(identifier)
                self._view = None
                events.append(ContextRemoved(gone.context, withdrawn=False))
        return tuple(events)

    def _withdraw(self, identifier: int) -> tuple[ContextEvent, ...]:
        self._view = None
        entry = self._entries.pop(identifier, None)
        return () if entry is None else (ContextRemoved(entry.context, withdrawn=True),)


def _same_prefix(one: Context, other: Context) -> bool:
    return (one.prefix, one.length) == (other.prefix, other.length)


def _idle_since(now: int, before: _Entry | None, context: Context) -> int | None:
    """Since when the value that ``context`` announces has C=0."""
    if context.compress:
        return None
    if before is not None and before.idle_since is not None and _same_prefix(before.context, context):
        return before.idle_since
    return now
