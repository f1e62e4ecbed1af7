"""A neighbour in as few octets as a device needs: what discovery of levels must hold, packed.

Theory. On the linear spectrum every set of features that was sent counts as the lowest level that takes it all: an
error announces a level, and a set is within that level exactly if its own level is not above it; a neighbour that was
silent about a feature takes everything of the feature's level. So each of the three, what a neighbour can do, what it
has proven and what was last sent to it, is three bits, whose eighth value says that there is none. (Where an error was
lost and silence proved too much, a level has proven more than the set: one more datagram may be lost before the next
error corrects it.) With FLEX nothing follows from anything, and each is a field of 32 bits
(draft-ayers-low-power-interop-01 section 7.2).

The link-layer address is counted, because the table is looked up by it, though a device may share it with its neighbor
cache. ``kept`` is the place of the datagram on probation in a pool of the node, which is small: datagrams are long.

:func:`pack` and :func:`unpack` are the layout; sizes are what they give, typed in nowhere.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature, lowest_level
from p6lowpan.capability.profile import Profile, flex_field, level_features, of_flex, of_level
from p6lowpan.machines.adaptation.discovery import Features, Neighbor
from p6lowpan.machines.adaptation.news import How
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.description import U16, U32, Bits, Header, Meaning, Octets, wire

NO_LEVEL = 7
"""The value of three bits that is no level."""

NO_DATAGRAM = 7
"""No place in the pool of kept datagrams, which so has seven."""

HOWS: Mapping[int, How | None] = dict(enumerate((None, *How)))
LONG, SHORT = 0, 1
SHORT_OCTETS, LONG_OCTETS = 2, 8


def _level_words(value: int) -> str:
    return "none" if value == NO_LEVEL else f"level {value}"


Level = Annotated[int, Bits(3), Meaning(_level_words)]
KindOfAddress = Annotated[int, Bits(1), Meaning({LONG: "EUI-64", SHORT: "short"})]
HowLearned = Annotated[int, Bits(2), Meaning({code: how.value if how else "not" for code, how in HOWS.items()})]
Kept = Annotated[int, Bits(3), Meaning(lambda value: "none" if value == NO_DATAGRAM else f"datagram {value}")]


@wire("neighbor-entry")
class LinearEntry(Header):
    """A neighbour of a node whose level is a number."""

    address: Annotated[bytes, Octets(LONG_OCTETS), Meaning(format_link)]
    kind: KindOfAddress
    capability: Level
    how: HowLearned
    is_router: Annotated[int, Bits(1)]
    proven: Level
    last_sent: Level
    kept: Kept


@wire("neighbor-entry")
class FlexEntry(Header):
    """A neighbour of a node whose capabilities are a field of bits. ``is_known``: zero bits can be known, too.
    ``last_sent`` is zero where nothing was sent: whatever is sent has a bit."""

    address: Annotated[bytes, Octets(LONG_OCTETS), Meaning(format_link)]
    kind: KindOfAddress
    is_known: Annotated[int, Bits(1)]
    how: HowLearned
    is_router: Annotated[int, Bits(1)]
    kept: Kept
    capability: U32
    proven: U32
    last_sent: U32


@wire("neighbor-entry")
class KeptDatagram(Header):
    """What a node's pool holds beside each datagram: how long it is, and until when silence is no proof."""

    octets: U16
    until_ms: U32


def pack(address: LinkAddress, neighbor: Neighbor, kept: int | None = None, *, flex: bool = False) -> bytes:
    """A neighbour as octets. ``kept`` is the place of its kept datagram in the pool.

    Raises :class:`UsageError` for what the layout cannot hold: a profile of the other kind, a feature of no level.
    """
    if len(address) not in (SHORT_OCTETS, LONG_OCTETS) or kept not in (None, *range(NO_DATAGRAM)):
        raise UsageError(f"no entry holds address {address.hex()!r} and kept datagram {kept}")
    common: dict[str, Any] = {  # Any: octets and numbers
        "address": address.rjust(LONG_OCTETS, b"\0"),
        "kind": SHORT if len(address) == SHORT_OCTETS else LONG,
        "how": next(code for code, how in HOWS.items() if how is neighbor.how),
        "is_router": int(neighbor.is_router),
        "kept": NO_DATAGRAM if kept is None else kept,
    }
    if not flex:
        linear = LinearEntry(
            **common,
            capability=NO_LEVEL if neighbor.profile is None else _level_of(neighbor.profile),
            proven=_level_of_features(neighbor.proven),
            last_sent=_level_of_features(neighbor.last_sent),
        )
        return linear.encode()
    capability = None if neighbor.profile is None else _field_of(neighbor.profile)
    return FlexEntry(
        **common,
        is_known=int(capability is not None),
        capability=capability or 0,
        proven=flex_field(neighbor.proven),
        last_sent=flex_field(neighbor.last_sent),
    ).encode()


def unpack(octets: bytes, *, flex: bool = False) -> tuple[LinkAddress, Neighbor, int | None]:
    """What :func:`pack` packed; a set of features comes back as all that its level has, or its field. The datagram that
    is kept is the pool's to add. Raises :class:`Malformed`."""
    entry: LinearEntry | FlexEntry
    if flex:
        entry, _ = FlexEntry.decode(octets)
        profile = of_flex(entry.capability) if entry.is_known else None
        proven, last_sent = _features_of_field(entry.proven), _features_of_field(entry.last_sent)
    else:
        entry, _ = LinearEntry.decode(octets)
        profile = None if entry.capability == NO_LEVEL else of_level(entry.capability)
        proven, last_sent = _features_of_level(entry.proven), _features_of_level(entry.last_sent)
    neighbor = Neighbor(profile, HOWS[entry.how], bool(entry.is_router), proven, last_sent)
    address = LinkAddress(entry.address[-SHORT_OCTETS:] if entry.kind == SHORT else entry.address)
    return address, neighbor, None if entry.kept == NO_DATAGRAM else entry.kept


def _level_of(profile: Profile) -> int:
    if profile.level is None:
        raise UsageError(f"{profile.name} is no level")
    return profile.level


def _field_of(profile: Profile) -> int:
    if profile.flex is None:
        raise UsageError(f"{profile.name} is no FLEX field")
    return profile.flex


def _level_of_features(features: Features) -> int:
    level = lowest_level(features) if features else NO_LEVEL
    if level is None:
        raise UsageError("no level has these features: " + ", ".join(sorted(one.value.name for one in features)))
    return level


def _features_of_level(level: int) -> Features:
    return frozenset() if level == NO_LEVEL else level_features(level)


def _features_of_field(field: int) -> Features:
    return frozenset(one for one in Feature if one.flex_bit is not None and field >> (31 - one.flex_bit) & 1)
