"""Who gets a place in the neighbor cache, and who must go: a policy as data.

The problem is that of draft-ietf-lwig-nbr-mgmt-policy: where a small cache is full, entries push one another out, and
parents and children change for ever. Its answer is reservation: each group of neighbors has places that no other group
takes, a registered neighbor never goes while its registration lasts, and whoever finds no room is told so (status 2,
"Neighbor Cache Full") and attaches elsewhere.

A policy has a quota for each group, and the rows of :attr:`NeighborPolicy.victims`: which entries may go to make room,
the first row that finds one decides, and of several the one that was used longest ago goes.
"""

from collections.abc import Mapping

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.crowd import Crowd, Group
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import Ipv6Address


@value
class Quota:
    """``reserved`` places are kept for the group; it never gets more than ``most``."""

    group: Group
    reserved: int
    most: int


@value
class Victim:
    """Entries that may go: those of certain groups in certain states."""

    groups: frozenset[Group]
    states: frozenset[State] = frozenset(State)


@value
class NeighborPolicy:
    """Quotas for groups (none: no reservation, and no other bound than the cache's), and who may go for whom."""

    name: str
    quotas: tuple[Quota, ...]
    victims: tuple[Victim, ...]

    @property
    def may_go(self) -> frozenset[Group]:
        """The groups of which somebody may have to go."""
        return frozenset(group for row in self.victims for group in row.groups)


@value
class Admission:
    """Whether there is room; ``victim`` has to go first."""

    granted: bool
    victim: Ipv6Address | None = None


OTHERS = frozenset((Group.OTHER,))
SILENT = frozenset((State.INCOMPLETE, State.UNREACHABLE))


def reserving(limits: Limits) -> NeighborPolicy:
    """The default: places for routers and for registered nodes, and of all others the least useful one goes."""
    total = limits.neighbors
    return NeighborPolicy(
        "reserving",
        (
            Quota(Group.ROUTER, limits.neighbors_for_routers, total),
            Quota(Group.REGISTERED, limits.neighbors_for_registered, total),
        ),
        (Victim(OTHERS, SILENT), Victim(OTHERS, frozenset((State.STALE,))), Victim(OTHERS)),
    )


def reclaiming(limits: Limits) -> NeighborPolicy:
    """The same, but a registered neighbor that no longer answers may go. Against RFC 6775 section 6 ("SHOULD NOT"): a
    neighbor that sleeps does not answer either."""
    policy = reserving(limits)
    gone = Victim(frozenset((Group.REGISTERED,)), frozenset((State.UNREACHABLE,)))
    return NeighborPolicy("reclaiming", policy.quotas, (*policy.victims, gone))


LEAST_RECENTLY_USED = NeighborPolicy("least-recently-used", (), (Victim(frozenset(Group)),))
"""For comparison: whoever was used longest ago goes, whatever it is to us."""

FIRST_COME = NeighborPolicy("first-come", (), ())
"""For comparison: nobody goes."""


def admit(policy: NeighborPolicy, bound: int, crowd: Crowd, group: Group) -> Admission:
    """Whether one more of ``group`` finds room in a crowd of at most ``bound``."""
    if _has_room(policy, bound, crowd.counts, group):
        return Admission(granted=True)
    for row in policy.victims:
        helpful = [one for one in row.groups if _has_room(policy, bound, _without(crowd.counts, one), group)]
        victim = crowd.oldest(helpful, row.states)
        if victim is not None:
            return Admission(granted=True, victim=victim)
    return Admission(granted=False)


def _without(counts: Mapping[Group, int], one: Group) -> Mapping[Group, int]:
    return {**counts, one: counts.get(one, 0) - 1}


def _has_room(policy: NeighborPolicy, bound: int, counts: Mapping[Group, int], group: Group) -> bool:
    """Whether the newcomer stays within its quota, and leaves the places that are kept for the other groups."""
    kept = 0
    for quota in policy.quotas:
        taken = counts.get(quota.group, 0)
        if quota.group is group and taken >= quota.most:
            return False
        if quota.group is not group:
            kept += max(0, quota.reserved - taken)
    return sum(counts.values()) + kept < bound
