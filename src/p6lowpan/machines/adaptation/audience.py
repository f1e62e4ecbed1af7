"""How what is for many is sent: once for all who understand it, and once more to each of the others."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import LinkAddress


class Audience(NamedTuple):
    """What goes to all at once is sent by ``profile``; ``alone`` do not understand that."""

    profile: Profile
    alone: tuple[LinkAddress, ...]


def audience_of(own: Profile, together: Sequence[Profile], pinned: Mapping[LinkAddress, Profile]) -> Audience:
    """A pinned neighbour with which the others share no form of a packet is sent to alone."""
    alone = []
    for neighbor, profile in pinned.items():
        if _for_all(own, [*together, profile]).has_a_form_for_groups:
            together = [*together, profile]
        else:
            alone.append(neighbor)
    return Audience(_for_all(own, together), tuple(alone))


def _for_all(own: Profile, receivers: Sequence[Profile]) -> Profile:
    """What all have; the bounds of P6LoWPAN, which are the strictest, where one of them is of it."""
    common = own
    for receiver in sorted(receivers, key=lambda profile: profile.is_principled):
        common = common.within(receiver)
    return common
