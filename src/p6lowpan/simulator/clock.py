"""The one clock: whole microseconds, and a heap of what is to happen.

Events of the same time happen in the order of their rank, and within a rank in the order in which they were scheduled.
So the same calls give the same order, always. The ranks are those of the air: a frame that ends makes room before
another begins, an assessment that ends does not notice a frame that begins, and a sender knows that it has sent before
it hears anything else.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from p6lowpan.capability.errors import UsageError

FRAME_ENDS, ASSESSMENT_ENDS, FRAME_BEGINS, ANYTHING_ELSE = range(4)

Action = Callable[..., None]
"""A bound method rather than a function made on the spot, so that a copy of a world acts on the copy."""


class Clock:
    """Time moves when :meth:`step` is called, from event to event, and never back."""

    def __init__(self) -> None:
        self.now = 0
        self._scheduled = 0
        # Any: what the action takes. That the two fit together is up to whoever schedules.
        self._heap: list[tuple[int, int, int, Action, tuple[Any, ...]]] = []

    @property
    def next(self) -> int | None:
        """When the next event is due; ``None``: there is none."""
        return self._heap[0][0] if self._heap else None

    @property
    def pending(self) -> int:
        """How many events are to come."""
        return len(self._heap)

    def schedule(self, at: int, rank: int, action: Action, *arguments: Any) -> None:
        """Let ``action(*arguments)`` happen. Raises :class:`UsageError` for a time that has passed."""
        if at < self.now:
            raise UsageError(f"it is {self.now} us: nothing can be scheduled for {at} us")
        self._scheduled += 1
        heappush(self._heap, (at, rank, self._scheduled, action, arguments))

    def step(self) -> bool:
        """Let the next event happen; false where there is none."""
        if not self._heap:
            return False
        self.now, _, _, action, arguments = heappop(self._heap)
        action(*arguments)
        return True

    def run(self, until: int) -> None:
        """Let everything happen that is due up to and including ``until``, and move time there.

        Raises :class:`UsageError` for a time that has passed.
        """
        if until < self.now:
            raise UsageError(f"it is {self.now} us: {until} us has passed")
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.now, _, _, action, arguments = heappop(heap)
            action(*arguments)
        self.now = until
