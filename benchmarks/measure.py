"""Rates of several sides that do the same work, measured in turns so that a busy machine slows all of them alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Side:
    """One who does the work. A call of ``run`` handles ``count`` items, or ends with an exception. ``clock`` counts
    the seconds that it takes, the wall's unless another is given; ``rate``: it is known, and nothing is run."""

    name: str
    count: int
    run: Callable[[], object] = lambda: None
    clock: Callable[[], float] = perf_counter
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Contest:
    """The same work, done by ``ours`` and by ``peers``. ``missing`` are peers that this machine does not have.

    ``required``: how many times as fast as each peer we must be.
    """

    task: str
    unit: str
    ours: Sequence[Side]
    peers: Sequence[Side]
    notes: Sequence[str] = ()
    missing: Sequence[str] = ()
    required: float = 0
    rounds: int = 7
    least_seconds: float = 0.2


@dataclass(frozen=True, slots=True)
class Row:
    """One of ours beside one peer, both in items a second."""

    task: str
    unit: str
    ours: str
    rate: float
    peer: str
    peer_rate: float

    @property
    def ratio(self) -> float:
        """How many times faster than the peer."""
        return self.rate / self.peer_rate


def rows(contest: Contest) -> list[Row]:
    """Measure a contest: every side of ours beside every peer."""
    rates = _rates([*contest.ours, *contest.peers], contest.rounds, contest.least_seconds)
    return [
        Row(contest.task, contest.unit, side.name, rates[side.name], peer.name, rates[peer.name])
        for side in contest.ours
        for peer in contest.peers
    ]


def _rates(sides: Sequence[Side], rounds: int, least_seconds: float) -> dict[str, float]:
    """The median rate of each side. The first call warms up, and says how often a round must repeat it."""
    known = {side.name: side.rate for side in sides if side.rate is not None}
    running = [side for side in sides if side.rate is None]
    repeats = {side.name: 1 + int(least_seconds / _seconds(side, 1)) for side in running}
    seen: dict[str, list[float]] = {side.name: [] for side in running}
    for _ in range(rounds):
        for side in running:
            repeat = repeats[side.name]
            seen[side.name].append(repeat * side.count / _seconds(side, repeat))
    return known | {name: median(rates) for name, rates in seen.items()}


def _seconds(side: Side, repeat: int) -> float:
    before = side.clock()
    for _ in range(repeat):
        side.run()
    return side.clock() - before
