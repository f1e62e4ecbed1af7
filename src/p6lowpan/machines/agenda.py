"""Keys by moment: which comes first is known without looking at all of them.

    agenda.set(key, moment)       # or None: never
    agenda.earliest               # the first moment
    for key in agenda.take(now):  # whose moment has come

Theory of operation. A heap of moments, in which what was set anew stays behind until it comes to the top, or until more
than half of the heap is such; so every call costs the logarithm of the number of keys, in the mean. Keys of the same
moment come in the order in which they were set.
"""

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

FEW = 64
"""A heap of fewer rows is not worth tidying."""


class Agenda(Generic[K]):
    """See the module. It holds as many keys as whoever sets them: a table that is bounded."""

    def __init__(self) -> None:
        self._rows: dict[K, tuple[int, int, K]] = {}
        self._heap: list[tuple[int, int, K]] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def earliest(self) -> int | None:
        """The first moment; ``None``: there is none."""
        first = self._first_row()
        return None if first is None else first[0]

    @property
    def first(self) -> K | None:
        """The key whose moment comes first; ``None``: there is none."""
        first = self._first_row()
        return None if first is None else first[2]

    def set(self, key: K, moment: int | None) -> None:
        """From now on this is the moment of a key; ``None``: it has none."""
        row = self._rows.get(key)
        if moment is None:
            if row is not None:
                del self._rows[key]
        elif row is None or row[0] != moment:
            self._number += 1  # no two rows have the same, so that keys are never compared
            self._rows[key] = row = (moment, self._number, key)
            heappush(self._heap, row)
            if len(self._heap) > FEW + 2 * len(self._rows):
                self._heap = list(self._rows.values())
                heapify(self._heap)

    def take(self, now: int) -> tuple[K, ...]:
        """The keys whose moment has come, in order; they have none any more."""
        taken: list[K] = []
        while (first := self._first_row()) is not None and first[0] <= now:
            heappop(self._heap)
            del self._rows[first[2]]
            taken.append(first[2])
        return tuple(taken)

    def _first_row(self) -> tuple[int, int, K] | None:
        heap = self._heap
        while heap and self._rows.get(heap[0][2]) is not heap[0]:
            heappop(heap)
        return heap[0] if heap else None
