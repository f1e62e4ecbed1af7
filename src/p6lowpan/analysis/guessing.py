"""Contexts that nobody announced, guessed from the prefixes of the network. A checksum must confirm each guess.

A transport checksum has 16 bits: one wrong prefix in 65536 is confirmed by chance. And it is a sum: it does not tell
which of two prefixes belongs to the source. So the prefix that makes addresses which were heard before is taken, else
the one that was used last; two different ones only where that makes known addresses; and a guess is given up as soon as
it has been wrong as often as it was right.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts

PREFIX_OCTETS = 8
MOST_PAIRED = 8
"""Of so many prefixes, the latest, pairs are tried where a packet lacks two contexts."""

MOST_FAILURES = 16
"""After as many packets that no prefix fits, the same identifiers are not tried again until there is a new prefix."""

MOST_HOPELESS = 64
RIGHT, FAMILIAR = 1, 2
"""How well a guess fits: the checksum is right; and an address is one that was heard before."""
RIGHT_AT_MOST = 255


@dataclass(slots=True)
class _Guess:
    context: Context
    right: int = 0
    wrong: int = 0


class Guesses:
    """The guesses of one PAN."""

    def __init__(self) -> None:
        self._guesses: dict[int, _Guess] = {}  # an identifier has four bits
        self._failures: BoundedTable[frozenset[int], tuple[int, int]] = BoundedTable(MOST_HOPELESS)

    def __bool__(self) -> bool:
        return bool(self._guesses)

    @property
    def contexts(self) -> Contexts:
        """What is guessed now."""
        return {identifier: guess.context for identifier, guess in self._guesses.items()}

    @property
    def identifiers(self) -> Collection[int]:
        """Of which identifiers there is a guess."""
        return self._guesses.keys()

    def forget(self, identifier: int) -> bool:
        """There is something better, or the guess was wrong; whether there was one."""
        return self._guesses.pop(identifier, None) is not None

    def is_hopeless(self, missing: frozenset[int], news: int) -> bool:
        """Whether these identifiers are not tried again before there is another prefix."""
        before, failures = self._failures.get(missing, (-1, 0))
        return not missing or (before == news and failures >= MOST_FAILURES)

    def try_prefixes(
        self, missing: frozenset[int], prefixes: Sequence[bytes], news: int, fits: Callable[[Contexts], int]
    ) -> bool:
        """Keep the guess for the ``missing`` identifiers that fits best; whether there is one.

        ``prefixes``: of 8 octets, the likeliest first; ``news`` changes when there is another one. ``fits`` gives 0 for
        a wrong checksum, 1 for a right one, and more where the addresses are known.
        """
        if self.is_hopeless(missing, news):
            return False
        before, failures = self._failures.get(missing, (-1, 0))
        best, kept = 0, tuple[Context, ...]()
        for least, tried in _assignments(sorted(missing), prefixes):
            score = fits({context.identifier: context for context in tried})
            if score >= least and score > best:
                best, kept = score, tried
        if not kept:
            self._failures.put(missing, (news, failures + 1 if before == news else 1))
            return False
        self._guesses |= {context.identifier: _Guess(context) for context in kept}
        self._failures.remove(missing)
        return True

    def judge(self, used: Iterable[int], holds: bool) -> frozenset[int]:
        """A packet that leant on the ``used`` guesses had a right or a wrong checksum; which guesses are given up."""
        given_up = set()
        for identifier in used:
            guess = self._guesses.get(identifier)
            if guess is None:  # it was announced, or given up, since the packet began
                continue
            if holds:
                guess.right = min(guess.right + 1, RIGHT_AT_MOST)
            else:
                guess.wrong += 1
            if guess.wrong >= guess.right:
                given_up.add(identifier)
        for identifier in given_up:
            del self._guesses[identifier]
        return frozenset(given_up)


def _assignments(missing: list[int], prefixes: Sequence[bytes]) -> Iterator[tuple[int, tuple[Context, ...]]]:
    """One prefix for all that are missing, then every two different ones where two are; and how well each must fit."""
    for prefix in prefixes:
        yield RIGHT, tuple(_context(identifier, prefix) for identifier in missing)
    if len(missing) == 2:
        for pair in permutations(prefixes[:MOST_PAIRED], 2):
            yield (
                FAMILIAR,
                tuple(_context(identifier, prefix) for identifier, prefix in zip(missing, pair, strict=True)),
            )


def _context(identifier: int, prefix: bytes) -> Context:
    return Context(identifier, prefix + bytes(16 - PREFIX_OCTETS), 8 * PREFIX_OCTETS)
