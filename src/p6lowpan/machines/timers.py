"""The deadlines of one machine, by name.

A machine has an enum with a member for each thing that it may wait for; the member's value is the reason, in words.
The table holds at most one deadline a member, so it is bounded by the enum, and a timer that is set again moves.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Generic, TypeVar

from p6lowpan.capability.errors import UsageError

T = TypeVar("T", bound=Enum)


class TimerTable(Generic[T]):
    """At most one deadline for each member of ``kind``, in microseconds.

    Raises :class:`UsageError` for an enum of which a member does not say in words what is waited for.
    """

    def __init__(self, kind: type[T]) -> None:
        for timer in kind:
            if not isinstance(timer.value, str) or not timer.value:
                raise UsageError(f"{kind.__name__}.{timer.name} gives no reason for its deadline")
        self._order = {timer: place for place, timer in enumerate(kind)}
        self._deadlines: dict[T, int] = {}

    def __contains__(self, timer: object) -> bool:
        return timer in self._deadlines

    @property
    def deadline(self) -> int | None:
        """The earliest deadline; ``None``: nothing is waited for."""
        return min(self._deadlines.values()) if self._deadlines else None

    def is_due(self, now: int) -> bool:
        """Whether :meth:`expired` has something to give."""
        return any(deadline <= now for deadline in self._deadlines.values()) if self._deadlines else False

    def set(self, timer: T, deadline: int) -> None:
        """Wait until ``deadline``, and no longer until an earlier deadline of this timer."""
        self._deadlines[timer] = deadline

    def clear(self, timer: T) -> None:
        """Wait no longer; no matter whether it did."""
        self._deadlines.pop(timer, None)

    def expired(self, now: int) -> Iterator[T]:
        """Take out the timers whose deadline has come, one at a time: earliest first, then in the enum's order.

        Each is chosen when it is asked for, so that what the caller does about one counts for the next: a timer that
        was cleared does not expire any more, and one that was set to a time that has come does.
        """
        while due := [timer for timer, deadline in self._deadlines.items() if deadline <= now]:
            timer = min(due, key=lambda timer: (self._deadlines[timer], self._order[timer]))
            del self._deadlines[timer]
            yield timer


def earliest(*deadlines: int | None) -> int | None:
    """The earliest of several deadlines, of which each may be ``None``: never."""
    first = None
    for deadline in deadlines:  # a loop, because every machine is asked for its deadline at every input
        if deadline is not None and (first is None or deadline < first):
            first = deadline
    return first
