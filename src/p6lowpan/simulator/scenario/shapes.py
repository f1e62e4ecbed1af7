"""The topology of a network: its shape, its nodes' names, and the links that are other than the shape says."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from p6lowpan.capability.errors import UsageError
from p6lowpan.configuration import kinds
from p6lowpan.configuration.keys import key, read, tables
from p6lowpan.configuration.toml_file import read_toml
from p6lowpan.simulator import topology as topologies
from p6lowpan.simulator.links import PERFECT, LinkQuality
from p6lowpan.simulator.scenario.kinds import METRES
from p6lowpan.simulator.scenario.plan import (
    FromFile,
    Full,
    Grid,
    Line,
    LinkPlan,
    NetworkPlan,
    OnlyLinks,
    RandomDisc,
    Star,
)
from p6lowpan.simulator.scenario.reading import SUFFIX
from p6lowpan.simulator.topology import Edge, Position, Topology

Load = Callable[[str], str]
"""Gives the text of a file beside the scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionPlan:
    """Where a node stands."""

    name: str = key(kinds.TEXT, "its name")
    x: float = key(METRES, "metres to the right")
    y: float = key(METRES, "metres up")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """What a topology's file holds."""

    positions: tuple[PositionPlan, ...] = key(tables(PositionPlan), "where the nodes stand", (), name="position")
    links: tuple[LinkPlan, ...] = key(tables(LinkPlan), "who hears whom", (), name="link")


def topology_of(network: NetworkPlan, names: Sequence[str], seed: int, load: Load) -> Topology:
    """Who hears whom. ``names`` are the nodes, in the order of the file. Raises :class:`UsageError`."""
    quality = network.quality.over(PERFECT)
    shaped = replace(_shaped(network, names, quality, seed, load), names=tuple(names))
    return _with_links(shaped, network.links, quality)


def _shaped(network: NetworkPlan, names: Sequence[str], quality: LinkQuality, seed: int, load: Load) -> Topology:
    shape, count = network.topology, len(names)
    match shape:
        case Line():
            return topologies.line(count, quality)
        case Star():
            return topologies.star(count - 1, quality)
        case Full():
            return topologies.full(count, quality)
        case Grid(columns=columns):
            places = [Position(number % columns, number // columns) for number in range(count)]
            return topologies.from_positions(places, 1, quality)
        case RandomDisc():
            own = seed if shape.seed is None else shape.seed
            return topologies.random_disc(count, shape.radius, shape.reach, own, quality)
        case FromFile():
            return _from_file(shape, names, quality, load)
        case OnlyLinks():
            return topologies.from_pairs(names, (), quality)
        case _:
            assert_never(shape)


def _with_links(topology: Topology, links: Iterable[LinkPlan], quality: LinkQuality) -> Topology:
    """The topology with links added, changed and taken out."""
    numbers = {name: number for number, name in enumerate(topology.names)}
    edges = {(edge.sender, edge.receiver): edge for edge in topology.edges}
    for link in links:
        for sender, receiver in directions(link, numbers):
            edges.pop((sender, receiver), None)
            if not link.absent:
                edges[sender, receiver] = Edge(sender, receiver, link.over(quality))
    return replace(topology, edges=tuple(edges.values()))


def directions(link: LinkPlan, numbers: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """The directions of a link, by the numbers of its ends. Raises :class:`UsageError`."""
    for name in link.between:
        if name not in numbers:
            raise UsageError(f"a link to {name!r}, and there is no node of this name in its network")
    one, other = (numbers[name] for name in link.between)
    return ((one, other),) if link.one_way else ((one, other), (other, one))


# --- from a file -----------------------------------------------------------------------------------------------------


def _from_file(shape: FromFile, names: Sequence[str], quality: LinkQuality, load: Load) -> Topology:
    text = load(shape.file)
    if shape.file.endswith(SUFFIX):
        held = read_toml(FilePlan, text, shape.file)
    else:
        held = read(FilePlan, _csv_values(text, shape.file), shape.file)
    topology = topologies.from_pairs(names, (), quality)
    if held.positions:
        topology = _placed(shape, names, held.positions, quality)
    return _with_links(topology, held.links, quality)


def _placed(shape: FromFile, names: Sequence[str], positions: Iterable[PositionPlan], quality: LinkQuality) -> Topology:
    if shape.reach is None:
        raise UsageError(f"{shape.file} holds places: the topology must say how far radios reach")
    places = {one.name: Position(one.x, one.y) for one in positions}
    if set(places) != set(names):
        odd = sorted(set(places) ^ set(names))[0]
        raise UsageError(f"{shape.file}: {odd!r} is not both a place there and a node of the network")
    return topologies.from_positions([places[name] for name in names], shape.reach, quality)


def _csv_values(text: str, file: str) -> dict[str, object]:
    """The rows as the tables that they would be in TOML."""
    rows = list(csv.DictReader(text.splitlines(), skipinitialspace=True))
    columns = set(rows[0]) if rows else set()
    if {"name", "x", "y"} <= columns:
        return {"position": [_numbers(row, file, ("name",)) for row in rows]}
    if {"from", "to"} <= columns:
        links = [_numbers(row, file, ("from", "to")) for row in rows]
        ends = [[link.pop(end) for end in ("from", "to") if end in link] for link in links]
        return {"link": [{"between": between, **link} for between, link in zip(ends, links, strict=True)]}
    raise UsageError(f"{file}: the first line names neither the columns name, x, y nor from, to")


def _numbers(row: Mapping[str | None, str | None], file: str, texts: tuple[str, ...]) -> dict[str, object]:
    """A row, its numbers as numbers; an empty cell is as good as none."""
    values: dict[str, object] = {}
    for name, cell in row.items():
        if name is None:
            raise UsageError(f"{file}: a row has more cells than the first line: {row}")
        if not cell:
            continue
        try:
            values[name] = cell if name in texts else float(cell)
        except ValueError:
            raise UsageError(f"{file}: {name} is a number, not {cell!r}") from None
    return values
