"""Which addressing fields a frame holds (IEEE 802.15.4-2015 sections 7.2.2.6, 7.2.2.9, 7.2.2.11).

``TABLE_7_2`` is the PAN ID compression table of frame version 2, row by row; versions 0 and 1 follow the older, simpler
rule (IEEE 802.15.4-2006 sections 7.2.1.3 and 7.2.1.5): a destination PAN identifier with every destination address, a
source PAN identifier with every source address unless PAN ID compression says that it is the destination's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from p6lowpan.capability.errors import UsageError


class AddressMode(IntEnum):
    """The two bits of an addressing mode field. 1 is reserved."""

    NONE = 0
    SHORT = 2
    EXTENDED = 3


ADDRESS_OCTETS = (0, 0, 2, 8)
"""Octets of an address, by addressing mode. The reserved mode has none; it is refused elsewhere."""

RESERVED_MODE = 1

NONE = (AddressMode.NONE,)
SHORT = (AddressMode.SHORT,)
EXTENDED = (AddressMode.EXTENDED,)
PRESENT = (AddressMode.SHORT, AddressMode.EXTENDED)


@dataclass(frozen=True, slots=True)
class PanRow:
    """One row of IEEE 802.15.4-2015 Table 7-2: addresses and PAN ID compression decide which PAN identifiers there
    are. ``destination`` and ``source`` list the addressing modes that the row is about."""

    destination: tuple[AddressMode, ...]
    source: tuple[AddressMode, ...]
    compression: int
    destination_pan: bool
    source_pan: bool


TABLE_7_2 = (
    PanRow(NONE, NONE, 0, destination_pan=False, source_pan=False),
    PanRow(NONE, NONE, 1, destination_pan=True, source_pan=False),
    PanRow(PRESENT, NONE, 0, destination_pan=True, source_pan=False),
    PanRow(PRESENT, NONE, 1, destination_pan=False, source_pan=False),
    PanRow(NONE, PRESENT, 0, destination_pan=False, source_pan=True),
    PanRow(NONE, PRESENT, 1, destination_pan=False, source_pan=False),
    PanRow(EXTENDED, EXTENDED, 0, destination_pan=True, source_pan=False),
    PanRow(EXTENDED, EXTENDED, 1, destination_pan=False, source_pan=False),
    PanRow(SHORT, SHORT, 0, destination_pan=True, source_pan=True),
    PanRow(SHORT, EXTENDED, 0, destination_pan=True, source_pan=True),
    PanRow(EXTENDED, SHORT, 0, destination_pan=True, source_pan=True),
    PanRow(SHORT, EXTENDED, 1, destination_pan=True, source_pan=False),
    PanRow(EXTENDED, SHORT, 1, destination_pan=True, source_pan=False),
    PanRow(SHORT, SHORT, 1, destination_pan=True, source_pan=False),
)

BEFORE_2015 = (
    PanRow(NONE, NONE, 0, destination_pan=False, source_pan=False),
    PanRow(PRESENT, NONE, 0, destination_pan=True, source_pan=False),
    PanRow(NONE, PRESENT, 0, destination_pan=False, source_pan=True),
    PanRow(PRESENT, PRESENT, 0, destination_pan=True, source_pan=True),
    PanRow(PRESENT, PRESENT, 1, destination_pan=True, source_pan=False),
    # The rest must not be sent ("shall be set to zero"); received, the rule in the module's docstring reads them so.
    PanRow(NONE, NONE, 1, destination_pan=False, source_pan=False),
    PanRow(PRESENT, NONE, 1, destination_pan=True, source_pan=False),
    PanRow(NONE, PRESENT, 1, destination_pan=False, source_pan=False),
)

RULES = {0: BEFORE_2015, 1: BEFORE_2015, 2: TABLE_7_2}
"""The rows by frame version."""

Key = tuple[int, int, int, int]
"""Frame version, PAN ID compression, destination and source addressing mode."""


def _cases() -> Iterator[tuple[Key, PanRow]]:
    for version, rows in RULES.items():
        for row in rows:
            for destination in row.destination:
                for source in row.source:
                    yield (version, row.compression, int(destination), int(source)), row


WITH_DESTINATION_PAN = frozenset(key for key, row in _cases() if row.destination_pan)
WITH_SOURCE_PAN = frozenset(key for key, row in _cases() if row.source_pan)


def mode_of(address: bytes) -> int:
    """The addressing mode of an address of 0, 2 or 8 octets; the reserved mode for any other."""
    return {0: AddressMode.NONE, 2: AddressMode.SHORT, 8: AddressMode.EXTENDED}.get(len(address), RESERVED_MODE)


def _choices() -> dict[tuple[int, int, int, bool, bool], int]:
    choices: dict[tuple[int, int, int, bool, bool], int] = {}
    for (version, compression, destination, source), row in _cases():
        choices.setdefault((version, destination, source, row.destination_pan, row.source_pan), compression)
    return choices


_CHOICES = _choices()


def compression_for(version: int, destination: bytes, source: bytes, pans: tuple[int | None, int | None]) -> int:
    """The PAN ID compression bit with which a frame holds just the given (destination, source) PAN identifiers.

    Raises :class:`UsageError` where no row of the table allows them.
    """
    destination_pan, source_pan = pans
    key = (version, mode_of(destination), mode_of(source), destination_pan is not None, source_pan is not None)
    if key not in _CHOICES:
        raise UsageError(f"a frame of version {version} cannot hold these addresses with PAN identifiers {pans}")
    return _CHOICES[key]
