"""Who gets a place in the neighbor cache: quotas and victims, the default policy, and the baselines."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.machines.neighbor_discovery.crowd import Crowd, Group
from p6lowpan.machines.neighbor_discovery.policy import (
    FIRST_COME,
    LEAST_RECENTLY_USED,
    NeighborPolicy,
    Quota,
    Victim,
    admit,
    reclaiming,
    reserving,
)
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import Ipv6Address
from properties.neighbors import limited

SMALL = limited(neighbors=8, neighbors_for_routers=2, neighbors_for_registered=4)
RESERVING, RECLAIMING = reserving(SMALL), reclaiming(SMALL)


class Occupant(NamedTuple):
    address: Ipv6Address
    group: Group
    state: State
    used_at: int


def occupant(
    number: int, group: Group = Group.OTHER, state: State = State.STALE, used_at: int | None = None
) -> Occupant:
    return Occupant(Ipv6Address(number.to_bytes(16, "big")), group, state, number if used_at is None else used_at)


def occupants(**groups: int) -> list[Occupant]:
    return [
        occupant(number, group)
        for number, group in enumerate(Group[name.upper()] for name, count in groups.items() for _ in range(count))
    ]


def granted(policy: NeighborPolicy, present: list[Occupant], group: Group, bound: int = 8) -> tuple[bool, bytes | None]:
    crowd = Crowd(policy.may_go)
    for one in present:
        crowd.file(*one)
    admission = admit(policy, bound, crowd, group)
    return admission.granted, admission.victim


def test_an_empty_cache_takes_anybody():
    assert all(granted(RESERVING, [], group) == (True, None) for group in Group)


def test_others_never_take_the_places_that_are_kept():
    assert granted(RESERVING, occupants(other=1), Group.OTHER) == (True, None)
    assert granted(RESERVING, occupants(other=2), Group.OTHER) == (True, occupant(0).address)


def test_a_place_that_is_kept_is_there_when_it_is_asked_for():
    full_of_others = occupants(other=2, registered=4)
    assert granted(RESERVING, full_of_others, Group.ROUTER) == (True, None)
    assert granted(RESERVING, [*full_of_others, occupant(50, Group.ROUTER)], Group.ROUTER) == (True, None)


def test_registered_neighbors_push_others_out_but_leave_the_routers_their_places():
    assert granted(RESERVING, occupants(other=2, registered=4), Group.REGISTERED) == (True, occupant(0).address)
    assert granted(RESERVING, occupants(registered=5), Group.REGISTERED) == (True, None)
    assert granted(RESERVING, occupants(registered=6), Group.REGISTERED) == (False, None)


def test_a_registered_neighbor_never_goes():
    gone = [occupant(number, Group.REGISTERED, State.UNREACHABLE) for number in range(6)]
    assert granted(RESERVING, gone, Group.REGISTERED) == (False, None)


def test_the_policy_that_reclaims_lets_a_registered_neighbor_go_that_no_longer_answers():
    present = [occupant(number, Group.REGISTERED) for number in range(5)]
    present.append(occupant(9, Group.REGISTERED, State.UNREACHABLE))
    assert granted(RECLAIMING, present, Group.REGISTERED) == (True, occupant(9).address)
    assert granted(RECLAIMING, [*present[:5], occupant(9, Group.REGISTERED)], Group.REGISTERED) == (False, None)


def test_who_does_not_answer_goes_before_who_is_stale_and_that_one_before_who_is_in_use():
    states = [State.REACHABLE, State.STALE, State.INCOMPLETE]
    present = [occupant(number, state=state) for number, state in enumerate(states)]
    order = []
    while len(present) > 0:
        _, victim = granted(NeighborPolicy("", (), RESERVING.victims), present, Group.OTHER, bound=len(present))
        order.append(next(one.state for one in present if one.address == victim))
        present = [one for one in present if one.address != victim]
    assert order == [State.INCOMPLETE, State.STALE, State.REACHABLE]


def test_of_several_the_one_used_longest_ago_goes():
    present = [occupant(1, used_at=30), occupant(2, used_at=10), occupant(3, used_at=20)]
    policy = NeighborPolicy("", (), RESERVING.victims)
    assert granted(policy, present, Group.OTHER, bound=3) == (True, occupant(2).address)


def test_a_quota_is_a_bound_too():
    policy = NeighborPolicy("", (Quota(Group.OTHER, 0, 1),), (Victim(frozenset((Group.ROUTER,))),))
    assert granted(policy, occupants(other=1), Group.OTHER) == (False, None)
    assert granted(policy, occupants(other=1), Group.ROUTER) == (True, None)


def test_a_victim_that_makes_no_room_is_left_alone():
    """To push a router out helps no stranger while the place stays a router's."""
    policy = NeighborPolicy("", (Quota(Group.ROUTER, 1, 8),), (Victim(frozenset((Group.ROUTER,))),))
    assert granted(policy, occupants(router=1, other=1), Group.OTHER, bound=2) == (False, None)


@pytest.mark.parametrize(
    ("policy", "admission"), [(LEAST_RECENTLY_USED, (True, occupant(0).address)), (FIRST_COME, (False, None))]
)
def test_the_baselines_know_no_difference_between_neighbors(policy, admission):
    for group in Group:
        assert granted(policy, occupants(registered=8), group) == admission


def test_the_default_keeps_as_many_places_as_the_limits_say():
    quotas = {quota.group: quota.reserved for quota in reserving(limited(neighbors_for_registered=7)).quotas}
    assert quotas == {Group.ROUTER: 4, Group.REGISTERED: 7}


# --- the same, by looking at everybody -------------------------------------------------------------------------------


def has_room(policy: NeighborPolicy, bound: int, groups: list[Group], group: Group) -> bool:
    kept = sum(max(0, one.reserved - groups.count(one.group)) for one in policy.quotas if one.group is not group)
    within = all(groups.count(one.group) < one.most for one in policy.quotas if one.group is group)
    return within and len(groups) + kept < bound


def admitted(policy: NeighborPolicy, bound: int, present: list[Occupant], group: Group) -> tuple[bool, set[bytes]]:
    """Whether there is room, and who might go for it."""
    if has_room(policy, bound, [one.group for one in present], group):
        return True, {None}
    for row in policy.victims:
        helpful = [
            one
            for one in present
            if one.group in row.groups
            and one.state in row.states
            and has_room(policy, bound, [other.group for other in present if other is not one], group)
        ]
        if helpful:
            oldest = min(one.used_at for one in helpful)
            return True, {one.address for one in helpful if one.used_at == oldest}
    return False, {None}


people = st.builds(occupant, st.integers(0, 9), st.sampled_from(Group), st.sampled_from(State), st.integers(0, 5))
changes = st.lists(st.tuples(people, st.booleans()), max_size=40)


@given(changes, st.sampled_from((RESERVING, RECLAIMING, LEAST_RECENTLY_USED, FIRST_COME)), st.sampled_from(Group))
def test_whoever_comes_moves_and_goes_the_policy_decides_as_if_it_looked_at_everybody(moves, policy, group):
    crowd, present = Crowd(policy.may_go), {}
    for one, goes in moves:
        if goes:
            crowd.remove(one.address)
            present.pop(one.address, None)
        else:
            crowd.file(*one)
            present[one.address] = one
        admission = admit(policy, 8, crowd, group)
        granted, victims = admitted(policy, 8, list(present.values()), group)
        assert admission.granted is granted
        assert admission.victim in victims
    assert len(crowd) == len(present)
