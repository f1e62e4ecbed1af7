"""What of a table was changed since somebody last looked, so that whoever writes it down need not compare the whole.

    touched.note(key)
    keys = touched.take()      # None: anything may have changed

Bounded like everything that peers can fill: of more than ``bound`` keys only that there were many is remembered. Before
the first look that is so, too; where nobody ever looks, noting costs nothing.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

from p6lowpan.capability.errors import UsageError

K = TypeVar("K", bound=Hashable)

BOUND = 256
"""Far more than one input of a node touches, and few to hold."""


class Touched(Generic[K]):
    """See the module. True: there is something to take. Raises :class:`UsageError` for a bound below 1."""

    __slots__ = ("_bound", "_keys")

    def __init__(self, bound: int = BOUND) -> None:
        if bound < 1:
            raise UsageError(f"a bound of {bound}: it must be 1 or more")
        self._bound = bound
        self._keys: dict[K, None] | None = None

    def __bool__(self) -> bool:
        return self._keys is None or bool(self._keys)

    def note(self, key: K) -> None:
        """What is under a key came, went, or is another now."""
        if self._keys is not None:
            self._keys[key] = None
            if len(self._keys) > self._bound:
                self._keys = None

    def take(self) -> tuple[K, ...] | None:
        """The keys since the last look, in the order in which they were first noted; ``None``: any."""
        taken, self._keys = self._keys, {}
        return None if taken is None else tuple(taken)
