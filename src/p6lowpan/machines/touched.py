"""What of a table was changed since somebody last looked, so that whoever writes it down need not compare the whole.

    touched.note(key)
    keys = touched.take()      # None: anything may have changed

Bounded like everything that peers can fill: of more than ``bound`` keys only that there were many is remembered. Before
the first look that is so, too; where nobody ever looks, noting costs nothing.
"""

from collections.abc import Hashable
from typing import Any, TypeVar

from p6lowpan.capability.errors import UsageError

K = TypeVar("K", bound=Hashable)

BOUND = 256
"""Far more than one input of a node touches, and few to hold."""


class Touched(dict[K | None, None]):
    """See the module. True: there is something to take; the key ``None`` stands for all others. Raises
    :class:`UsageError` for a bound below 1."""

    __slots__ = ("_bound",)

    def __init__(self, bound: int = BOUND) -> None:
        super().__init__({None: None})
        if bound < 1:
            raise UsageError(f"a bound of {bound}: it must be 1 or more")
        self._bound = bound

    def note(self, key: K) -> None:
        """What is under a key came, went, or is another now."""
        if None in self:
            return
        self[key] = None
        if len(self) > self._bound:
            self.clear()
            self[None] = None

    def take(self) -> tuple[K, ...] | None:
        """The keys since the last look, in the order in which they were first noted; ``None``: any."""
        taken: tuple[Any, ...] | None = None if None in self else tuple(self)
        self.clear()
        return taken
