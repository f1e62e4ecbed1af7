"""What a neighbour can do: the 6LoWPAN Capability Indication Option (RFC 7400 section 3.4), and FLEX.

The flags of the 6CIO are numbered from the octet after the length on, most significant first; 0 to 7 are for
experiments. Principled 6LoWPAN (draft-ayers-low-power-interop-01 section 6.2) has its level there: a flag that says
that a level is given, and three bits. :data:`LEVEL_FLAG` is the one place that says which.

FLEX (section 7.1 of the draft) has a bit for each feature. Its option is of a type for experiments (RFC 4727 section
4.3), which anyone may use: one of another size is left to :class:`~p6lowpan.wire.ipv6.neighbor_option.UnknownOption`.
"""

from typing import Annotated

from p6lowpan.capability import profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.wire.description import AUTO, U8, U16, Bits, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import FixedType, exactly
from p6lowpan.wire.ipv6.registry import NeighborOptionType

FLAGS = 48
LEVEL_FLAG = 0
"""The flag that says that a P6LoWPAN level is given, in the three flags behind it. Ours, until one is assigned."""

_LEVEL_SHIFT = FLAGS - 4 - LEVEL_FLAG
_LEVEL_GIVEN = 0b1000


def level_in(flags: int) -> int | None:
    """The P6LoWPAN level that the 48 flags of a 6CIO give; ``None`` where they give none (7 is no level)."""
    bits = flags >> _LEVEL_SHIFT
    level = bits & 0b111
    return level if bits & _LEVEL_GIVEN and level <= HIGHEST_LEVEL else None


def experiments_in_words(octet: int) -> str:
    """What the flags for experiments hold."""
    level = level_in(octet << FLAGS - 8)
    return "" if level is None else f"P6LoWPAN level {level}"


@wire("nd-option-lowpan-capability-indication")
class CapabilityIndication(Header):
    """RFC 7400 section 3.4 (6CIO). ``extension`` holds the flags of an option longer than one unit."""

    type: FixedType = NeighborOptionType.LOWPAN_CAPABILITY_INDICATION
    length: Annotated[int, Bits(8), Computed("len(extension) // 8 + 1")] = AUTO
    experiments: Annotated[int, Bits(8), Meaning(experiments_in_words)] = 0
    any_address_registration: Annotated[int, Bits(1)] = 0  # X, RFC 9685
    address_protection: Annotated[int, Bits(1)] = 0  # A, RFC 8928 section 4.5
    extended_duplicate_messages: Annotated[int, Bits(1)] = 0  # D, RFC 8505 section 4.3
    router: Annotated[int, Bits(1)] = 0  # L
    border_router: Annotated[int, Bits(1)] = 0  # B
    routing_registrar: Annotated[int, Bits(1)] = 0  # P
    extended_registration: Annotated[int, Bits(1)] = 0  # E
    generic_compression: Annotated[int, Bits(1)] = 0  # G, RFC 7400 section 3.3
    prefix_registration: Annotated[int, Bits(1)] = 0  # F, RFC 9926
    unassigned: Annotated[int, Bits(31)] = 0
    extension: Annotated[bytes, Octets("8 * length - 8")] = b""

    @property
    def flags(self) -> int:
        """The 48 flags as one number, flag 0 the most significant bit."""
        return int.from_bytes(self.encode()[2:8], "big")


def level_of(option: CapabilityIndication) -> int | None:
    """The P6LoWPAN level that an option gives; ``None`` where it gives none."""
    return level_in(option.flags)


def with_level(option: CapabilityIndication, level: int | None) -> CapabilityIndication:
    """``option`` giving a P6LoWPAN level, or none. Raises :class:`UsageError` for a level that does not exist."""
    if level is not None and not 0 <= level <= HIGHEST_LEVEL:
        raise UsageError(f"level {level} does not exist: 0 to {HIGHEST_LEVEL}")
    cleared = option.flags & ~(0b1111 << _LEVEL_SHIFT)
    given = 0 if level is None else _LEVEL_GIVEN | level
    octets = option.encode()
    flags = (cleared | given << _LEVEL_SHIFT).to_bytes(FLAGS // 8, "big")
    return CapabilityIndication.decode_all(octets[:2] + flags + octets[8:])


FLEX_TYPE = NeighborOptionType.EXPERIMENT_1
FLEX_UNITS = 1


def features_in_words(field: int) -> str:
    """How many FLEX features the field names."""
    return f"{len(profile.of_flex(field).receives)} features"


@wire("nd-option-flex")
class FlexCapability(Header):
    """draft-ayers-low-power-interop-01 section 7.1: the sender's features, as
    :func:`p6lowpan.capability.profile.flex_field` numbers them."""

    CHECKS = exactly(FLEX_UNITS, "draft-ayers-low-power-interop-01 section 7.1")
    type: FixedType = FLEX_TYPE
    length: U8 = FLEX_UNITS
    reserved: U16 = 0
    features: Annotated[int, Bits(32), Meaning(features_in_words)]
