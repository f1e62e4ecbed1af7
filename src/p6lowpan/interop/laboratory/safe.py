"""The richest profile that several stacks all take, and what each of them forbids.

Features come from the measured table; then our own sender, held to them, is tried on every probe, so that what
features are too coarse to say comes out too: a context of more than 64 bits, a first fragment of some size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from p6lowpan.capability.features import HIGHEST_LEVEL, Feature
from p6lowpan.capability.profile import MANDATORY, NEVER_CHOSEN, RFC6282, Profile, flex_field, level_features, of_flex
from p6lowpan.capability.stacks import PROFILES, cells
from p6lowpan.interop.laboratory.delivery import Delivery, failing
from p6lowpan.interop.laboratory.parties import OwnParty, Party, StackParty, known_profile, own
from p6lowpan.interop.laboratory.reasons import Reason, reason
from p6lowpan.interop.stack import Quirk

MOST_EXCEPTIONS = 12


@dataclass(frozen=True)
class Exempt:
    """A packet that still fails: within the features, but a use of them that the receiver does not take."""

    delivery: Delivery
    reason: Reason


@dataclass(frozen=True)
class Safe:
    """``features`` are what all take; ``level`` and ``flex`` the richest of their kinds within them, ``None`` where
    not even the least is taken by all. ``forbids``: what of RFC 6282 each party is in the way of, of that ``partly``
    what it takes in some uses; ``exempt``: packets that fail all the same."""

    parties: tuple[Party, ...]
    features: frozenset[Feature]
    level: int | None
    flex: int | None
    forbids: dict[str, frozenset[Feature]]
    partly: dict[str, frozenset[Feature]]
    exempt: tuple[Exempt, ...]

    @property
    def profile(self) -> Profile:
        """Our own sender, held to the features."""
        return _held_to(self.features, self.parties)


def _held_to(features: frozenset[Feature], parties: Sequence[Party]) -> Profile:
    """With the bounds of the one that takes the smallest datagrams."""
    limits = min((known_profile(each).limits for each in parties), key=lambda bounds: bounds.datagram_octets)
    return Profile("safe", features, features, limits)


def safe(parties: Sequence[Party]) -> Safe:
    """The richest profile of ``parties``."""
    takes = {each.name: known_profile(each).receives - NEVER_CHOSEN for each in parties}
    common = reduce(frozenset.__and__, takes.values(), RFC6282.sends)
    levels = [level for level in range(HIGHEST_LEVEL + 1) if level_features(level) - NEVER_CHOSEN <= common]
    return Safe(
        tuple(parties),
        common,
        max(levels, default=None),
        _flex(common),
        {name: RFC6282.sends - features for name, features in takes.items()},
        {each.name: _partly(each) for each in parties},
        tuple(_exceptions(parties, common)),
    )


def _partly(party: Party) -> frozenset[Feature]:
    name = known_profile(party).name
    rows = cells(name) if name in PROFILES else {}
    return frozenset(feature for feature, cell in rows.items() if cell[0] == "r")


def _flex(common: frozenset[Feature]) -> int | None:
    """A bit may stand for several features: it is set where all of them are taken."""
    if not common >= MANDATORY:
        return None
    refused = {feature.flex_bit for feature in set(Feature) - common - NEVER_CHOSEN}
    field = flex_field(frozenset(feature for feature in common if feature.flex_bit not in refused))
    return field if of_flex(field).receives - NEVER_CHOSEN <= common else None


def _exceptions(parties: Sequence[Party], common: frozenset[Feature]) -> Iterator[Exempt]:
    """One packet for each quirk that loses one nevertheless."""
    sender = own(_held_to(common, parties))
    for receiver in parties:
        found = 0
        mended: Party = receiver
        for delivery in failing(sender, receiver):
            again = mended.hands_up(delivery.frames, delivery.probe.node)
            if again.packets == (delivery.probe.packet,) and again.crash is None:
                continue
            why = reason(replace(delivery, receiver=mended))
            yield Exempt(delivery, why)
            found += 1
            mended = _mended(mended, why.quirks)
            if found == MOST_EXCEPTIONS or isinstance(mended, OwnParty) or not why.quirks:
                break


def _mended(party: Party, quirks: tuple[Quirk, ...]) -> Party:
    return StackParty(party.stack.without(*quirks)) if isinstance(party, StackParty) else party
