"""Every pair of levels on one link: every packet of the mix arrives once, at the cost of one error at most.

A pair of any two levels are two hosts without a router, which speak the Neighbor Discovery of RFC 4861 and have their
contexts by configuration; a leaf of each level has prefixes, contexts and the level of its border router from RFC 6775.
"""

import itertools

import pytest

from levels.meeting import Meeting, addresses, check
from levels.neighborhood import Kind, border_router_and_leaf, strangers
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode
from p6lowpan.wire.address import BROADCAST

PAIRS = [
    pytest.param(one, other, id=f"{one}-{other}") for one, other in itertools.combinations_with_replacement(range(7), 2)
]
"""In both directions these are all 49 ordered pairs."""

MESH_UNDER = frozenset({Feature.MESH_HEADER, Feature.MESH_DEEP_HOPS, Feature.BROADCAST_HEADER})
"""What nobody puts into a frame on a link where everybody reaches everybody."""

LONG_ENOUGH_TO_PROVE_A_FEATURE = P6LOWPAN.discovery_wait_us * 3 // 2


@pytest.mark.parametrize("policy", [Policy.OPTIMISTIC, Policy.CONSERVATIVE])
@pytest.mark.parametrize("advertise", [Advertise.ALWAYS, Advertise.NEVER])
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_strangers_of_any_two_levels_exchange_everything(one, other, advertise, policy):
    kind, profiles = Kind(advertise, policy, Mode.REGULAR), (of_level(one), of_level(other))
    meeting = Meeting(strangers(*profiles, kind), profiles)
    verdict = check(meeting, policy)
    learned = meeting.beliefs(How.ERROR)
    assert len(learned) == sum(verdict.errors.values())
    if advertise is Advertise.NEVER and policy is Policy.OPTIMISTIC and one != other:
        assert {number for number, _ in learned} == {0}  # the lower one complained, under both of its addresses


@pytest.mark.parametrize("advertise", [Advertise.ALWAYS, Advertise.NEVER])
@pytest.mark.parametrize("leaf", range(7))
@pytest.mark.parametrize(
    ("router", "policy"),
    [(5, Policy.OPTIMISTIC), (5, Policy.ROUTERS_ARE_5), (6, Policy.OPTIMISTIC), (6, Policy.CONSERVATIVE)],
)
def test_a_leaf_of_any_level_and_its_border_router_exchange_everything(router, leaf, advertise, policy):
    profiles = of_level(router), of_level(leaf)
    neighborhood = border_router_and_leaf(*profiles, Kind(advertise, policy))
    check(Meeting(neighborhood, profiles, routers=frozenset({0})), policy)


@pytest.mark.parametrize("level", range(7))
def test_equals_use_everything_that_their_level_has(level):
    kind, profiles = Kind(mode=Mode.REGULAR), (of_level(level), of_level(level))
    meeting = Meeting(strangers(*profiles, kind), profiles, burst=1, gap=LONG_ENOUGH_TO_PROVE_A_FEATURE)
    verdict = check(meeting, Policy.OPTIMISTIC)
    expected = of_level(level).sends - MESH_UNDER
    used = [verdict.used_between(number, (*addresses(1 - number), BROADCAST)) for number in range(2)]
    assert {feature.value.name for feature in expected - used[0].union(used[1])} == set()
