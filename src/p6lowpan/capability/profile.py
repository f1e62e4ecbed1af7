"""A profile: what a stack sends and receives, and its bounds. Each level is one, and each FLEX bitfield."""

from dataclasses import dataclass, replace
from functools import cache

from p6lowpan.capability import limits
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import FLEX_RESERVED_BITS, HIGHEST_LEVEL, Feature, lowest_level
from p6lowpan.capability.limits import Limits

IN_LINE = frozenset({Feature.IPHC, Feature.STATELESS_UNICAST, Feature.STATELESS_MULTICAST})
"""With these alone a packet for a group can be compressed, whatever its addresses."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a stack can do. ``level`` is set for the seven levels, ``flex`` for FLEX bitfields."""

    name: str
    sends: frozenset[Feature]
    receives: frozenset[Feature]
    limits: Limits
    level: int | None = None
    flex: int | None = None

    def unsupported(self, features: frozenset[Feature]) -> frozenset[Feature]:
        """The features of a received frame that this profile does not understand."""
        return features - self.receives

    @property
    def is_principled(self) -> bool:
        """Whether it is one of P6LoWPAN, which a node can announce; else a stock stack's."""
        return self.level is not None or self.flex is not None

    @property
    def has_a_form_for_groups(self) -> bool:
        """Whether every packet for a group can be sent in some form: as it is, or behind LOWPAN_IPHC in line."""
        return Feature.UNCOMPRESSED_IPV6 in self.sends or self.sends >= IN_LINE

    def within(self, receiver: "Profile") -> "Profile":
        """This sender's profile toward ``receiver``: what both have, and the receiver's bounds. What is never chosen
        unasked goes only to those who send it themselves."""
        common = self.sends & (receiver.receives - (NEVER_CHOSEN - receiver.sends))
        return replace(self, name=f"{self.name} to {receiver.name}", sends=common, limits=receiver.limits)


def level_features(level: int) -> frozenset[Feature]:
    """Every feature of ``level`` and below."""
    return frozenset(feature for feature in Feature if feature.level is not None and feature.level <= level)


@cache
def of_level(level: int) -> Profile:
    """The profile of a P6LoWPAN level, 0 to 6; always the same one, because a node keeps one a neighbour.

    Raises :class:`UsageError` for another number.
    """
    if not 0 <= level <= HIGHEST_LEVEL:
        raise UsageError(f"level {level} does not exist: 0 to {HIGHEST_LEVEL}")
    features = level_features(level)
    return Profile(f"level-{level}", features, features, limits.P6LOWPAN, level=level)


def flex_field(features: frozenset[Feature]) -> int:
    """The 32-bit FLEX field that announces ``features``."""
    return sum(1 << (31 - bit) for bit in {feature.flex_bit for feature in features} if bit is not None)


MANDATORY = level_features(0)
"""Without these two ends could not talk at all, whatever their FLEX fields say."""


def of_flex(field: int) -> Profile:
    """The profile of a FLEX bitfield. Reserved bits are ignored on receipt; level 0 is always there."""
    if not 0 <= field < 1 << 32:
        raise UsageError(f"a FLEX field has 32 bits, {field:#x} has more")
    features = frozenset(
        feature
        for feature in Feature
        if feature in MANDATORY or (feature.flex_bit is not None and field >> (31 - feature.flex_bit) & 1)
    )
    return Profile(f"flex:{field:08x}", features, features, limits.P6LOWPAN, flex=field)


NEVER_CHOSEN = frozenset(
    {
        Feature.NHC_UDP_CHECKSUM_ELIDED,
        Feature.NHC_FRAGMENT_LENGTH_SIX,
        Feature.HC1,
        Feature.HC2,
        Feature.ESCAPE,
        Feature.PAGING,
        Feature.ROUTING_HEADER,
        Feature.RECOVERABLE_FRAGMENT,
        Feature.GHC_UDP,
        Feature.GHC_ICMPV6,
        Feature.GHC_EXTENSION,
    }
)
"""What ``rfc6282`` understands and does not send unasked: other RFCs, or the application must agree."""

RFC6282 = Profile("rfc6282", frozenset(Feature) - NEVER_CHOSEN, frozenset(Feature), limits.RFC6282)

ANALYSIS = replace(RFC6282, name="analysis", limits=limits.ANALYSIS)
"""What a capture is read with: everything is understood, whoever sent it."""

LEVELS = tuple(of_level(level) for level in range(HIGHEST_LEVEL + 1))


def by_name(name: str) -> Profile:
    """``rfc6282``, ``level-0`` to ``level-6``, or ``flex:`` and 8 hex digits. Raises :class:`UsageError`."""
    kind, _, value = name.partition(":" if ":" in name else "-")
    if name == "rfc6282":
        return RFC6282
    try:
        if kind == "level":
            return of_level(int(value))
        if kind == "flex" and len(value) == 8:
            return of_flex(int(value, 16))
    except ValueError as error:
        raise UsageError(str(error)) from None
    raise UsageError(f"unknown profile {name!r}: rfc6282, level-0 to level-{HIGHEST_LEVEL}, or flex:XXXXXXXX")


def takes(features: frozenset[Feature], growth: int) -> int | None:
    """The lowest level that takes a frame with these features and this header growth; ``None``: no level does."""
    if growth > limits.P6LOWPAN.header_growth_octets:
        return None
    return lowest_level(features)


assert len({feature.flex_bit for feature in Feature} - {None}) == 32 - FLEX_RESERVED_BITS  # noqa: S101
