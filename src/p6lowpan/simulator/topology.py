"""Who can hear whom, as a value: lines, stars, grids, random discs, and whatever else somebody writes down."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.chance import Chance
from p6lowpan.simulator.links import PERFECT, LinkQuality

STEPS_PER_METRE = 100
"""Random places are whole centimetres, so that they are the same on every machine."""

DISC_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Position:
    """A place on a plane, in metres."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Edge:
    """``receiver`` hears ``sender``; both are places in ``Topology.names``."""

    sender: int
    receiver: int
    quality: LinkQuality = PERFECT


@dataclass(frozen=True, slots=True)
class Topology:
    """Stations by name and the links between them. ``positions``: where they stand, if they stand anywhere.

    Raises :class:`UsageError` where names or links come twice, or a link has no station at an end.
    """

    names: tuple[str, ...]
    edges: tuple[Edge, ...]
    positions: tuple[Position, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.names)
        if len(set(self.names)) < count:
            raise UsageError("two stations have the same name")
        if self.positions and len(self.positions) != count:
            raise UsageError(f"{len(self.positions)} positions for {count} stations")
        for edge in self.edges:
            if edge.sender == edge.receiver or not (0 <= edge.sender < count and 0 <= edge.receiver < count):
                raise UsageError(f"no link from station {edge.sender} to station {edge.receiver} of {count}")
        if len({(edge.sender, edge.receiver) for edge in self.edges}) < len(self.edges):
            raise UsageError("a link is there twice")

    @property
    def neighbors(self) -> tuple[tuple[int, ...], ...]:
        """For each station, who hears it."""
        heard: list[list[int]] = [[] for _ in self.names]
        for edge in self.edges:
            heard[edge.sender].append(edge.receiver)
        return tuple(map(tuple, heard))

    @property
    def is_connected(self) -> bool:
        """Whether the first station reaches every other, over as many links as it takes."""
        neighbors = self.neighbors
        reached = {0}
        border = [0] if neighbors else []
        while border:
            border = [other for number in border for other in neighbors[number] if other not in reached]
            border = list(dict.fromkeys(border))
            reached.update(border)
        return len(reached) >= len(self.names)


def from_pairs(
    names: Sequence[str],
    pairs: Iterable[tuple[str, str]],
    quality: LinkQuality = PERFECT,
    positions: Sequence[Position] = (),
) -> Topology:
    """Stations that hear each other, in both directions, as a list of pairs of names says."""
    numbers = {name: number for number, name in enumerate(names)}
    edges = []
    for pair in pairs:
        unknown = [name for name in pair if name not in numbers]
        if unknown:
            raise UsageError(f"there is no station {unknown[0]}")
        one, other = (numbers[name] for name in pair)
        edges += [Edge(one, other, quality), Edge(other, one, quality)]
    return Topology(tuple(names), tuple(edges), tuple(positions))


def from_positions(
    positions: Sequence[Position], reach: float, quality: LinkQuality = PERFECT, names: Sequence[str] = ()
) -> Topology:
    """Stations on a plane, which hear each other where they are at most ``reach`` metres apart."""
    if reach <= 0:
        raise UsageError(f"a radio reaches further than {reach} metres")
    squares: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, place in enumerate(positions):
        squares[int(place.x // reach), int(place.y // reach)].append(number)
    edges = []
    for number, place in enumerate(positions):
        column, row = int(place.x // reach), int(place.y // reach)
        around = product((column - 1, column, column + 1), (row - 1, row, row + 1))
        near = sorted(other for square in around for other in squares.get(square, ()) if other != number)
        for other in near:
            across, up = positions[other].x - place.x, positions[other].y - place.y
            if across * across + up * up <= reach * reach:
                edges.append(Edge(number, other, quality))
    return Topology(tuple(names) or _numbered(len(positions)), tuple(edges), tuple(positions))


def line(count: int, quality: LinkQuality = PERFECT) -> Topology:
    """Stations in a row, each of which hears the one before and the one behind."""
    return grid(count, 1, quality)


def grid(columns: int, rows: int, quality: LinkQuality = PERFECT) -> Topology:
    """Stations in rows, row by row; each hears the ones beside, above and below."""
    if columns < 1 or rows < 1:
        raise UsageError(f"no grid has {columns} columns and {rows} rows")
    return from_positions([Position(column, row) for row in range(rows) for column in range(columns)], 1, quality)


def star(leaves: int, quality: LinkQuality = PERFECT) -> Topology:
    """Station 0 in the middle, and leaves that hear it alone, not each other."""
    if leaves < 0:
        raise UsageError(f"no star has {leaves} leaves")
    names = _numbered(leaves + 1)
    return from_pairs(names, [(names[0], leaf) for leaf in names[1:]], quality)


def full(count: int, quality: LinkQuality = PERFECT) -> Topology:
    """Stations that all hear each other."""
    pairs = product(range(count), repeat=2)
    return Topology(_numbered(count), tuple(Edge(one, other, quality) for one, other in pairs if one != other))


def random_disc(count: int, radius: float, reach: float, seed: int, quality: LinkQuality = PERFECT) -> Topology:
    """Station 0 in the middle of a disc, the others anywhere in it, such that station 0 reaches them all.

    Raises :class:`UsageError` where that does not come about in 100 attempts: too few stations for so large a disc.
    """
    if count < 1 or radius < 1 / STEPS_PER_METRE:
        raise UsageError(f"{count} stations do not fill a disc of {radius} metres")
    chance = Chance(seed)
    for _ in range(DISC_ATTEMPTS):
        others = [_in_disc(chance, int(radius * STEPS_PER_METRE)) for _ in range(count - 1)]
        topology = from_positions([Position(0, 0), *others], reach, quality)
        if topology.is_connected:
            return topology
    raise UsageError(f"{count} stations on a disc of {radius} metres that reach {reach} metres do not form a network")


def _in_disc(chance: Chance, steps: int) -> Position:
    """Try places in the square around the disc until one is in the disc: each place is as likely as any other."""
    while True:
        x, y = chance.below(2 * steps + 1) - steps, chance.below(2 * steps + 1) - steps
        if x * x + y * y <= steps * steps:
            return Position(x / STEPS_PER_METRE, y / STEPS_PER_METRE)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))
