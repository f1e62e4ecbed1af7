"""The stacks of the drafts' tables as printed: right but for what a table says that they lack, in both directions.

``riot@2018`` lacks what draft-hudson-ayers-low-power-interop-00 does not mark in table 1, and what its section 2.2
adds: Contiki and Riot know no next header but UDP, and Contiki restores at most 38 octets in a first fragment.
``riot@2020`` lacks what draft-ayers-low-power-interop-01 does not mark in figure 2. Partial support counts as none, as
a sender cannot rely on it; where the columns of a row are not known, nothing is said to lack.
"""

from collections.abc import Iterator
from dataclasses import replace

from p6lowpan.capability import limits
from p6lowpan.capability.features import BY_NAME, Feature
from p6lowpan.capability.profile import NEVER_CHOSEN, RFC6282, Profile
from p6lowpan.interop.outcomes import Dropped, Refused
from p6lowpan.interop.printed import NO, PARTLY, PRINTED, Printed, Row
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.addresses import GROUPS, group_of_prefix
from p6lowpan.interop.sending.writing import Writing
from p6lowpan.interop.stack import Quirk, Stack, Steps
from p6lowpan.wire.address import Link, is_group
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.used_features import chain_end

SHORT_OCTETS = 2
CONTIKI_GROWTH = 38
"""Octets that decompression may add in a first fragment: draft-hudson-ayers-low-power-interop-00 section 2.2.1."""

EXTENSIONS = {
    NextHeader.HOP_BY_HOP: 0,
    NextHeader.ROUTING: 43,
    NextHeader.FRAGMENT: 44,
    NextHeader.DESTINATION_OPTIONS: 60,
    NextHeader.MOBILITY: 135,
}


def _is_short(link: Link) -> bool:
    ends = len(link.source), 0 if is_group(link.destination) else len(link.destination)
    return SHORT_OCTETS in ends


def _long_addresses(reading: Reading) -> None:
    if _is_short(reading.node.link):
        raise Dropped("16-bit addresses are not supported")


def _sends_to_long(writing: Writing) -> None:
    if _is_short(writing.node.link):
        raise Refused("16-bit addresses are not supported")
    sending_rules.admits(writing)


def _headers_within(reading: Reading) -> None:
    """A compressed first fragment must hold all headers."""
    if reading.fragment is not None:
        octets = bytes(reading.out) + reading.rest
        if chain_end(octets) > len(octets):
            raise Dropped("headers go on behind the first fragment")


def _grows_little(reading: Reading) -> None:
    """The headers of a first fragment must not gain more octets than there is room for."""
    if reading.fragment is not None:
        compressed = reading.fragment.carried - reading.left
        if len(reading.out) - compressed > CONTIKI_GROWTH:
            raise Dropped(f"decompression gains more than {CONTIKI_GROWTH} octets")


def _without(receives: Steps, sends: Steps | None = None) -> tuple[Steps, Steps]:
    return receives, {} if sends is None else sends


_EXTENSIONS_DROPPED = _without(
    {"next_headers": dict.fromkeys(EXTENSIONS, Drop("a compressed extension header"))},
    {"next_headers": dict.fromkeys(EXTENSIONS.values(), nothing)},
)
_TUNNEL_DROPPED = _without(
    {"next_headers": {NextHeader.IPV6: Drop("a compressed IPv6 header inside")}}, {"next_headers": {41: nothing}}
)
LACKS: dict[str, tuple[Steps, Steps]] = {
    "uncompressed_ipv6": _without({"dispatches": {Dispatch.IPV6: Drop("an uncompressed packet")}}),
    "short_addresses": _without({"admits": _long_addresses}, {"admits": _sends_to_long}),
    "stateful_multicast": _without(
        {"destinations": {0b1100: Drop("a group with a context")}},
        {"groups": tuple(form for form in GROUPS if form is not group_of_prefix)},
    ),
    "nhc_ipv6": _TUNNEL_DROPPED,
    "nhc_udp_checksum_elided": _without({"elided_checksum": Drop("the UDP checksum is elided")}),
    "headers_past_first_fragment": _without({"headers_done": _headers_within}),
    "nhc_hop_by_hop": _EXTENSIONS_DROPPED,
    "mesh_header": _without({"dispatches": {Dispatch.MESH: Drop("a mesh header")}}),
    "broadcast_header": _without({"dispatches": {Dispatch.BROADCAST: Drop("a broadcast header")}}),
}
"""By the first of a row's features, the steps of a stack without it. Generic compression nobody has anyway; what is
not here every stack of both tables has."""


def _lacking(table: Printed, column: int) -> Iterator[tuple[Row, str]]:
    """The rows that a column has not all of, and the mark."""
    for row in table.rows:
        if row.cells is not None and row.cells[column] in (NO, PARTLY):
            yield row, row.cells[column]


def _quirks(table: Printed, column: int) -> tuple[Quirk, ...]:
    quirks = []
    for row, mark in _lacking(table, column):
        steps = LACKS.get(row.features[0]) if row.features else None
        if steps is not None:
            says = f"{row.feature}: {'partial support' if mark == PARTLY else 'no support'}"
            quirks.append(Quirk(says, (f"{table.source}, {table.title}",), *steps))
    return tuple(quirks)


_SECTION = "draft-hudson-ayers-low-power-interop-00"
_ONLY_UDP = tuple(
    Quirk("no compressed next header is known but UDP", (f"{_SECTION}, section 2.2.2",), *steps)
    for steps in (_EXTENSIONS_DROPPED, _TUNNEL_DROPPED)
)


def _little_growth(reading: Reading) -> None:
    _headers_within(reading)
    _grows_little(reading)


_LITTLE_GROWTH = Quirk(
    f"at most {CONTIKI_GROWTH} octets are gained in a first fragment",
    (f"{_SECTION}, section 2.2.1",),
    receives={"headers_done": _little_growth},
)
BESIDES = {(2018, "contiki"): (*_ONLY_UDP, _LITTLE_GROWTH), (2018, "riot"): _ONLY_UDP}
"""What the text says beside the table."""


def _stack(table: Printed, column: int) -> Stack:
    name = table.stacks[column]
    quirks = (*_quirks(table, column), *BESIDES.get((table.year, name), ()))
    return Stack(f"{name}@{table.year}", f"as printed in {table.source}", quirks)


def _profile(table: Printed, column: int) -> Profile:
    """What a sender who believes the draft may use toward the stack."""
    key = table.year, table.stacks[column]
    lacking = {BY_NAME[name] for row, _ in _lacking(table, column) for name in row.features}
    lacking |= NOT_BUT_UDP if key in BESIDES else set()
    lacking |= GENERIC | ({Feature.MESH_DEEP_HOPS} if Feature.MESH_HEADER in lacking else set())
    bounds = limits.RFC6282
    if _LITTLE_GROWTH in BESIDES.get(key, ()):
        bounds = replace(bounds, header_growth_octets=CONTIKI_GROWTH)
    receives = RFC6282.receives - lacking
    name = f"{table.stacks[column]}@{table.year}"
    return Profile(name, receives - NEVER_CHOSEN, receives, bounds)


GENERIC = {Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION}
NOT_BUT_UDP = {
    Feature.NHC_IPV6,
    Feature.NHC_HOP_BY_HOP,
    Feature.NHC_ROUTING,
    Feature.NHC_FRAGMENT,
    Feature.NHC_FRAGMENT_LENGTH_SIX,
    Feature.NHC_DESTINATION_OPTIONS,
    Feature.NHC_MOBILITY,
    Feature.NHC_PADDING_ELIDED,
}

PROFILES = {
    profile.name: profile
    for table in PRINTED.values()
    for profile in (_profile(table, column) for column in range(len(table.stacks)))
}
"""By the stack's name, as :data:`p6lowpan.capability.stacks.PROFILES` has them of measured ones."""

AS_PRINTED = {
    stack.name: stack
    for table in PRINTED.values()
    for stack in (_stack(table, column) for column in range(len(table.stacks)))
}
"""By name."""
