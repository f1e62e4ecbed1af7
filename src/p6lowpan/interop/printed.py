"""The drafts' tables of features by stack, as printed: what their authors found in 2018 and in 2020.

2018: table 1 of draft-hudson-ayers-low-power-interop-00. 2020: figure 2 of draft-ayers-low-power-interop-01. ``o`` is
support, ``~`` partial support, an empty cell none. The text of 2020 that this was taken from has lost its columns: of a
row only the marks are known, in their order. They are put where the table of 2018, the number of marks and the draft's
words leave no choice; else the row has no cells, only ``marks``.
"""

from dataclasses import dataclass

YES, PARTLY, NO = "o", "~", ""
"""The marks of a cell."""


@dataclass(frozen=True)
class Row:
    """A feature in the draft's words. ``marks`` as printed, in order; ``cells`` by stack, ``None`` where it is not
    certain which stacks the marks belong to. ``features``: the names of our own table that it is about."""

    feature: str
    marks: tuple[str, ...]
    cells: tuple[str, ...] | None
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Printed:
    """A table. ``stacks`` by the names of profiles, ``headings`` as printed."""

    year: int
    title: str
    source: str
    stacks: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


_FEATURES: dict[str, tuple[str, ...]] = {
    "Uncompressed IPv6": ("uncompressed_ipv6",),
    "6LoWPAN Fragmentation": ("fragmentation",),
    "1280 byte packets": (),
    "Dispatch_IPHC header prefix": ("iphc",),
    "IPv6 Stateless Address Compression": ("stateless_unicast",),
    "Stateless multicast address compression": ("stateless_multicast",),
    "802.15.4 16 bit short address support": ("short_addresses",),
    "IPv6 Address Autoconfiguration": (),
    "IPv6 Stateful Address Compression": ("stateful_unicast",),
    "Stateful multicast address compression": ("stateful_multicast",),
    "IPv6 TC and Flow label compression": ("traffic_class", "flow_label"),
    "IPv6 NH Compression: Tunneled IPv6": ("nhc_ipv6",),
    "IPv6 NH Compression: UDP": ("nhc_udp",),
    "UDP port compression": ("nhc_udp_ports",),
    "UDP checksum elision": ("nhc_udp_checksum_elided",),
    "Compression + headers past first frag": ("headers_past_first_fragment",),
    "Compression of IPv6 Extension Headers": ("nhc_hop_by_hop", "nhc_routing", "nhc_destination_options"),
    "Mesh Header": ("mesh_header",),
    "Broadcast Header": ("broadcast_header",),
    "Regular IPv6 ND": (),
    "RFC 6775 6LoWPAN ND": (),
    "RFC 7400 Generic Header Compression": ("ghc_udp",),
}
"""By the words of 2018, in the order of the tables; the figure of 2020 abbreviates some."""

_ABBREVIATED = {
    "Stateless multicast address compression": "Stateless multicast addr compression",
    "Stateful multicast address compression": "Stateful multicast addr compression",
    "IPv6 Stateful Address Compression": "Stateful Address Compression",
    "IPv6 TC and Flow label compression": "TC and Flow label compression",
    "IPv6 NH Compression: Tunneled IPv6": "NH Compression: Ipv6 (tunneled)",
    "IPv6 NH Compression: UDP": "IPv6 NH Compression: UDP",
}

# A letter a stack in the order of the columns; "." is an empty cell.
_OF_2018 = (
    ("Uncompressed IPv6", "o.ooo"),
    ("6LoWPAN Fragmentation", "ooooo"),
    ("1280 byte packets", "ooooo"),
    ("Dispatch_IPHC header prefix", "ooooo"),
    ("IPv6 Stateless Address Compression", "ooooo"),
    ("Stateless multicast address compression", "ooooo"),
    ("802.15.4 16 bit short address support", ".oooo"),
    ("IPv6 Address Autoconfiguration", "ooooo"),
    ("IPv6 Stateful Address Compression", "ooooo"),
    ("Stateful multicast address compression", ".ooo."),
    ("IPv6 TC and Flow label compression", "ooooo"),
    ("IPv6 NH Compression: Tunneled IPv6", ".o.oo"),
    ("IPv6 NH Compression: UDP", "ooooo"),
    ("UDP port compression", "ooooo"),
    ("UDP checksum elision", "....o"),
    ("Compression + headers past first frag", "....."),
)

# The marks as printed, and where they belong, if that is certain: by the number of marks and the table of 2018, for the
# mesh header by figure 3, with code for it in OpenThread, Mbed and TinyOS, which its caption calls incomplete.
_OF_2020 = (
    ("Uncompressed IPv6", "ooooo", "oo.ooo"),
    ("6LoWPAN Fragmentation", "oooooo", "oooooo"),
    ("1280 byte packets", "oooooo", "oooooo"),
    ("Dispatch_IPHC header prefix", "oooooo", "oooooo"),
    ("IPv6 Stateless Address Compression", "oooooo", "oooooo"),
    ("Stateless multicast address compression", "oooooo", "oooooo"),
    ("802.15.4 16 bit short address support", "ooooo", ".ooooo"),
    ("IPv6 Address Autoconfiguration", "oooooo", "oooooo"),
    ("IPv6 Stateful Address Compression", "oooooo", "oooooo"),
    ("Stateful multicast address compression", "ooo", "..ooo."),
    ("IPv6 TC and Flow label compression", "oooooo", "oooooo"),
    ("IPv6 NH Compression: Tunneled IPv6", "ooo", "..o.oo"),
    ("IPv6 NH Compression: UDP", "oooooo", "oooooo"),
    ("UDP port compression", "oooooo", "oooooo"),
    ("UDP checksum elision", "o", ".....o"),
    ("Compression + headers past first frag", "oo", None),
    ("Compression of IPv6 Extension Headers", "~~oo", None),
    ("Mesh Header", "oo~", "..o.o~"),
    ("Broadcast Header", "o", None),
    ("Regular IPv6 ND", "oooo~", None),
    ("RFC 6775 6LoWPAN ND", "oo", None),
    ("RFC 7400 Generic Header Compression", "", "......"),
)


def _cells(letters: str | None) -> tuple[str, ...] | None:
    return None if letters is None else tuple(letter.replace(".", NO) for letter in letters)


PRINTED_2018 = Printed(
    2018,
    "Table 1: 6LoWPAN Interoperability Matrix",
    "draft-hudson-ayers-low-power-interop-00",
    ("contiki", "openthread", "riot", "nanostack", "tinyos"),
    ("Contiki", "OT", "Riot", "Arm", "TinyOS"),
    tuple(
        Row(feature, tuple(letters.replace(".", "")), _cells(letters), _FEATURES[feature])
        for feature, letters in _OF_2018
    ),
)

PRINTED_2020 = Printed(
    2020,
    "Figure 2: 6LoWPAN Interoperability Matrix",
    "draft-ayers-low-power-interop-01",
    ("contiki", "contiki-ng", "openthread", "riot", "nanostack", "tinyos"),
    ("Contiki", "NG", "OT", "Riot", "Arm", "TinyOS"),
    tuple(
        Row(_ABBREVIATED.get(feature, feature), tuple(marks), _cells(letters), _FEATURES[feature])
        for feature, marks, letters in _OF_2020
    ),
)

PRINTED = {table.year: table for table in (PRINTED_2018, PRINTED_2020)}
"""By year."""
