"""The life of contexts at the border router: RFC 6775 section 7.2.

"New context information SHOULD be introduced into the LoWPAN with C=0", and a context that is to go or to change
"SHOULD continue for at least MIN_CONTEXT_CHANGE_DELAY with C=0", so that no octets compressed with one prefix are ever
decompressed with another. For how long a new one waits the RFC does not say; here it is as long.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.neighbor_discovery.outputs import ContextLearned
from p6lowpan.machines.timers import earliest
from p6lowpan.machines.touched import Touched
from p6lowpan.wire.ipv6.lowpan_options import LowpanContext
from p6lowpan.wire.sixlowpan.contexts import Context


class Phase(Enum):
    """What a context serves."""

    INTRODUCED = "decompression only: not every node may know it yet"
    IN_USE = "compression too"
    RETIRING = "decompression only: not every node may know yet that it ends"


class ContextEvent(Enum):
    """What may happen to it."""

    WAITED = "MIN_CONTEXT_CHANGE_DELAY is over"
    GIVEN_UP = "it is withdrawn, or its identifier gets another prefix"


TABLE: Mapping[tuple[Phase, ContextEvent], Phase | None] = {
    (Phase.INTRODUCED, ContextEvent.WAITED): Phase.IN_USE,
    (Phase.INTRODUCED, ContextEvent.GIVEN_UP): Phase.RETIRING,
    (Phase.IN_USE, ContextEvent.GIVEN_UP): Phase.RETIRING,
    (Phase.RETIRING, ContextEvent.WAITED): None,
}
"""``None``: it is gone, and its successor, where there is one, is introduced. No row: nothing happens."""


@dataclass(slots=True)
class ManagedContext:
    """A context, where it stands, and what comes after it."""

    context: Context
    phase: Phase
    deadline: int | None
    successor: Context | None = None

    @property
    def announced(self) -> Context:
        """The context as it is announced."""
        return replace(self.context, compress=self.phase is Phase.IN_USE)


@value
class KeptContext:
    """A context and where it stands, as a value that outlives a restart."""

    context: Context
    phase: Phase
    deadline: int | None
    successor: Context | None = None

    def shifted(self, by_us: int) -> "KeptContext":
        """The same, for a clock that shows so much more."""
        return replace(self, deadline=None if self.deadline is None else self.deadline + by_us)


class ContextLife:
    """At most one context for each of the 16 identifiers. Every method says whether anything changed."""

    def __init__(self, interface: Interface) -> None:
        configuration = interface.configuration
        self._delay = interface.limits.context_change_delay_us
        self._lifetime = configuration.context_lifetime_minutes
        self._router_lifetime = configuration.router_lifetime_seconds
        self.touched: Touched[int] = Touched()
        self._managed = {
            context.identifier: ManagedContext(context, Phase.IN_USE, None) for context in configuration.contexts
        }

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The contexts as they are announced now."""
        return tuple(managed.announced for managed in self._managed.values())

    def identifiers(self) -> tuple[int, ...]:
        """The identifiers that stand for something."""
        return tuple(self._managed)

    def kept_of(self, identifier: int) -> KeptContext | None:
        """A context and where it stands, as it outlives a restart."""
        one = self._managed.get(identifier)
        return None if one is None else KeptContext(one.context, one.phase, one.deadline, one.successor)

    def restore(self, kept: Iterable[KeptContext]) -> None:
        """Go on where it stood before a restart, whatever contexts were given: to change them is another matter."""
        self._managed = {
            one.context.identifier: ManagedContext(one.context, one.phase, one.deadline, one.successor) for one in kept
        }

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(*(managed.deadline for managed in self._managed.values()))

    def announce(self, now: int, context: Context) -> bool:
        """A context is wanted. Where its identifier stands for another prefix, that one ends first."""
        present = self._managed.get(context.identifier)
        if present is None:
            self._managed[context.identifier] = ManagedContext(context, Phase.INTRODUCED, now + self._delay)
            self.touched.note(context.identifier)
            return True
        is_same = replace(present.context, compress=True) == replace(context, compress=True)
        if is_same and present.phase is not Phase.RETIRING:
            return False
        present.successor = context
        self.touched.note(context.identifier)
        return self._happened(now, present, ContextEvent.GIVEN_UP)

    def withdraw(self, now: int, identifier: int) -> bool:
        """A context is not wanted any more."""
        present = self._managed.get(identifier)
        if present is None:
            return False
        present.successor = None
        self.touched.note(identifier)
        return self._happened(now, present, ContextEvent.GIVEN_UP)

    def tick(self, now: int) -> bool:
        """What is due."""
        due = [managed for managed in self._managed.values() if managed.deadline is not None]
        return any([self._happened(now, one, ContextEvent.WAITED) for one in due if (one.deadline or 0) <= now])

    def options(self) -> tuple[LowpanContext, ...]:
        """One 6LoWPAN Context Option for each context."""
        return tuple(option_of(context, self._lifetime) for context in self.contexts)

    def learned(self) -> tuple[ContextLearned, ...]:
        """The same for our own context table; what is gone has a lifetime of zero there."""
        return tuple(ContextLearned(one, self._lifetime, self._router_lifetime) for one in self.contexts)

    def _happened(self, now: int, managed: ManagedContext, event: ContextEvent) -> bool:
        if (managed.phase, event) not in TABLE:
            return False
        phase = TABLE[managed.phase, event]
        self.touched.note(managed.context.identifier)
        if phase is None:
            del self._managed[managed.context.identifier]
            if managed.successor is not None:
                self.announce(now, managed.successor)
            return True
        managed.phase = phase
        managed.deadline = None if phase is Phase.IN_USE else now + self._delay
        return True


def option_of(context: Context, lifetime_minutes: int) -> LowpanContext:
    """The option that announces a context, as short as its length allows."""
    return LowpanContext(
        context_length=context.length,
        compress=int(context.compress),
        context_identifier=context.identifier,
        lifetime_minutes=lifetime_minutes,
        prefix=context.prefix[: 8 if context.length <= 64 else 16],
    )
