"""What a neighbour costs in memory: a device's packed entry, the draft's figures, and this Python, measured.

The packed sizes are those of :mod:`p6lowpan.machines.adaptation.neighbor_entry`, field by field. The draft's are "RAM
per neighbor" of figure 7 in draft-ayers-low-power-interop-01: of a stack in Contiki-NG, and not told what is in them.
"""

import sys
import tracemalloc
from dataclasses import dataclass, replace

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import Profile, of_flex, of_level
from p6lowpan.machines.adaptation.discovery import Levels, Neighbor
from p6lowpan.machines.adaptation.neighbor_entry import (
    LONG_OCTETS,
    FlexEntry,
    KeptDatagram,
    LinearEntry,
    pack,
)
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.description import Bits, Header, Octets

PYTHON = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
SAMPLE = 256
"""How many neighbours are made to measure one."""

LEVEL = 5
FLEX = 0xFFFFFF80
"""Whose neighbours are measured: a router's of level 5, and of the same features in FLEX."""


@dataclass(frozen=True, slots=True)
class EntryMemory:
    """One way to hold capabilities. ``fields``: bits by name, in order; ``octets`` is what :func:`pack` gives."""

    fields: dict[str, int]
    octets: int
    draft_octets: int
    python_known_octets: int
    python_on_probation_octets: int

    @property
    def bits(self) -> int:
        """All fields together."""
        return sum(self.fields.values())


@dataclass(frozen=True, slots=True)
class NeighborMemory:
    """Both ways, and what a node needs besides, once: a pool of datagrams on probation."""

    linear: EntryMemory
    flex: EntryMemory
    kept_datagrams: int
    kept_datagram_octets: int


def neighbor_memory() -> NeighborMemory:
    """Compute and measure."""
    nobody = LinkAddress(bytes(LONG_OCTETS))
    datagram = KeptDatagram(octets=0, until_ms=0).encode()
    return NeighborMemory(
        linear=EntryMemory(
            fields=_bits(LinearEntry),
            octets=len(pack(nobody, Neighbor())),
            draft_octets=19,
            python_known_octets=_measured(of_level(LEVEL), on_probation=False),
            python_on_probation_octets=_measured(of_level(LEVEL), on_probation=True),
        ),
        flex=EntryMemory(
            fields=_bits(FlexEntry),
            octets=len(pack(nobody, Neighbor(), flex=True)),
            draft_octets=22,
            python_known_octets=_measured(of_flex(FLEX), on_probation=False),
            python_on_probation_octets=_measured(of_flex(FLEX), on_probation=True),
        ),
        kept_datagrams=P6LOWPAN.discovery_datagrams,
        kept_datagram_octets=len(datagram) + P6LOWPAN.datagram_octets,
    )


def _bits(entry: type[Header]) -> dict[str, int]:
    widths = {}
    for field in entry.FIELDS:
        match field.part:
            case Bits(width):
                widths[field.name] = width
            case Octets(int(size)):
                widths[field.name] = 8 * size
    return widths


def _measured(own: Profile, *, on_probation: bool) -> int:
    """Octets that Python holds for one neighbour more: its address, its place in the table, and what is known of it; a
    kept datagram's own octets aside."""
    levels = Levels(own, replace(P6LOWPAN, discovery_neighbors=SAMPLE + 1, discovery_datagrams=SAMPLE + 1))
    traced_before = tracemalloc.is_tracing()
    tracemalloc.start()
    _meet(levels, own, 0, on_probation)  # what is made once is made now
    before, _ = tracemalloc.get_traced_memory()
    for number in range(1, SAMPLE + 1):
        _meet(levels, own, number, on_probation)
    after, _ = tracemalloc.get_traced_memory()
    if not traced_before:
        tracemalloc.stop()
    return (after - before) // SAMPLE


def _meet(levels: Levels, own: Profile, number: int, on_probation: bool) -> None:
    neighbor = LinkAddress(number.to_bytes(LONG_OCTETS, "big"))
    if on_probation:
        levels.sent(0, neighbor, frozenset(list(own.sends)), b"")
    else:
        levels.advertised(neighbor, of_flex(own.flex) if own.flex is not None else of_level(own.level or 0), False)
