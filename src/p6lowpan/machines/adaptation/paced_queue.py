"""Frames that wait for their moment: our own for the gap behind the one before, floods of others for a random time.

RFC 8930 section 5: fragments "MUST be separated with an inter-frame gap that allows one fragment to progress beyond
the next hop and beyond the interference domain before the next shows up". A radio cannot hear all that its frames
collide with, so carrier sense alone does not do it.
"""

from bisect import insort
from typing import Generic, TypeVar

from p6lowpan.capability.errors import UsageError

T = TypeVar("T")


class PacedQueue(Generic[T]):
    """At most ``bound`` frames, whoever's they are. Raises :class:`UsageError` for a bound below 1."""

    def __init__(self, bound: int) -> None:
        if bound < 1:
            raise UsageError(f"a queue of {bound} frames: the bound must be 1 or more")
        self.bound = bound
        self._waiting: list[tuple[int, int, T]] = []  # when, a number that tells any two apart, what
        self._count = 0
        self._free_at = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def deadline(self) -> int | None:
        """When the next frame is due; ``None``: none waits."""
        return self._waiting[0][0] if self._waiting else None

    def put(self, due: int, frame: T) -> bool:
        """Let a frame wait until ``due``; false where there is no room."""
        if len(self._waiting) == self.bound:
            return False
        self._count += 1
        insort(self._waiting, (due, self._count, frame))
        return True

    def put_behind(self, now: int, frame: T, gap: int) -> bool:
        """Let a frame wait until the gap behind the last one that was put here so is over; it leaves ``gap`` itself."""
        due = max(now, self._free_at)
        if not self.put(due, frame):
            return False
        self._free_at = due + gap
        return True

    def take(self, now: int) -> tuple[T, ...]:
        """Take out what is due, in the order of time."""
        due = tuple(frame for moment, _, frame in self._waiting if moment <= now)
        del self._waiting[: len(due)]
        return due
