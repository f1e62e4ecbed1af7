"""Chance as a stream that is passed in, so that whoever makes the stream can repeat everything.

:class:`Chance` is the generator SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
OOPSLA 2014): one word of state, equally good from any seed. It is no source of secrets.
"""

from typing import Protocol

from p6lowpan.capability.errors import UsageError

WORD = 1 << 64
GOLDEN_GAMMA = 0x9E3779B97F4A7C15


class ChanceStream(Protocol):
    """What machines ask of chance."""

    def below(self, n: int) -> int:
        """A number from 0 to ``n - 1``, each as likely as any other."""


class Chance:
    """A repeatable stream: the same seed gives the same numbers, on every machine and version of Python."""

    def __init__(self, seed: int) -> None:
        self._state = seed % WORD

    def below(self, n: int) -> int:
        """A number from 0 to ``n - 1``. Raises :class:`UsageError` unless ``n`` is 1 to 2**64."""
        if not 1 <= n <= WORD:
            raise UsageError(f"there is no number below {n} to choose: 1 to 2**64 are possible")
        even = WORD - WORD % n  # from here on some numbers would come up more often than others
        word = self._next()
        while word >= even:
            word = self._next()
        return word % n

    def _next(self) -> int:
        self._state = (self._state + GOLDEN_GAMMA) % WORD
        word = self._state
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % WORD
        word = (word ^ word >> 27) * 0x94D049BB133111EB % WORD
        return word ^ word >> 31
