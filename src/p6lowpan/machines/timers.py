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
        self._order = tuple(kind)
        self._deadlines: dict[T, int] = {}
        self.deadline: int | None = None
        """The earliest deadline; ``None``: nothing is waited for. Kept, because every input asks for it."""

    def __contains__(self, timer: object) -> bool:
        return timer in self._deadlines

    def is_due(self, now: int) -> bool:
        """Whether :meth:`expired` has something to give."""
        return self.deadline is not None and self.deadline <= now

    def set(self, timer: T, deadline: int) -> None:
        """Wait until ``deadline``, and no longer until an earlier deadline of this timer."""
        self._deadlines[timer] = deadline
        is_first = self.deadline is None or deadline <= self.deadline
        self.deadline = deadline if is_first else min(self._deadlines.values())

    def clear(self, timer: T) -> None:
        """Wait no longer; no matter whether it did."""
        if timer in self._deadlines:
            del self._deadlines[timer]
            self.deadline = min(self._deadlines.values()) if self._deadlines else None

    def expired(self, now: int) -> Iterator[T]:
        """Take out the timers whose deadline has come, one at a time: earliest first, then in the enum's order.

        Each is chosen when it is asked for, so that what the caller does about one counts for the next: a timer that
        was cleared does not expire any more, and one that was set to a time that has come does.
        """
        while self.deadline is not None and self.deadline <= now:
            timer = self._first(self.deadline)
            self.clear(timer)
            yield timer

    def _first(self, moment: int) -> T:
        due = self._deadlines
        return next(timer for timer in self._order if timer in due and due[timer] == moment)


def earliest(*deadlines: int | None) -> int | None:
    """The earliest of several deadlines, of which each may be ``None``: never."""
    first = None
    for deadline in deadlines:  # a loop, because every machine is asked for its deadline at every input
        if deadline is not None and (first is None or deadline < first):
            first = deadline
    return first
