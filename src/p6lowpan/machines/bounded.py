"""A mapping that cannot grow past its bound: the oldest entry goes, and whoever put the new one is told."""

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import TypeVar, overload

from p6lowpan.capability.errors import UsageError

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class BoundedTable(Mapping[K, V]):
    """At most ``bound`` entries, oldest first. Reading does not make an entry younger, and neither does replacing it.

    Raises :class:`UsageError` for a bound below 1.
    """

    def __init__(self, bound: int) -> None:
        if bound < 1:
            raise UsageError(f"a table of {bound} entries: the bound must be 1 or more")
        self.bound = bound
        self._entries: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    # Mapping would do these by the ones above, several times slower: every frame of a capture asks.

    @overload
    def get(self, key: K, /) -> V | None: ...

    @overload
    def get(self, key: K, /, default: V | T) -> V | T: ...

    def get(self, key: K, /, default: V | T | None = None) -> V | T | None:
        """The value of ``key``, else ``default``."""
        return self._entries.get(key, default)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def items(self) -> ItemsView[K, V]:
        """Keys and values, oldest first."""
        return self._entries.items()

    def values(self) -> ValuesView[V]:
        """Values, oldest first."""
        return self._entries.values()

    @property
    def entries(self) -> dict[K, V]:
        """The entries themselves, to be read by who must be fast."""
        return self._entries

    def put(self, key: K, value: V) -> tuple[K, V] | None:
        """Enter or replace. Returns the entry that had to go: the oldest one, where the table was full."""
        gone = None
        if key not in self._entries and len(self._entries) == self.bound:
            oldest = next(iter(self._entries))
            gone = oldest, self._entries.pop(oldest)
        self._entries[key] = value
        return gone

    def remove(self, key: K) -> V | None:
        """Take an entry out; ``None`` where there is none."""
        return self._entries.pop(key, None)
