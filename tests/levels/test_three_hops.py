"""A leaf of every level, three hops from the border router: prefixes, contexts and addresses come over the way, and the
mix goes all the way in both directions.

    border router 6 --- router 5 --- router 6 --- leaves 0 to 6, which do not hear one another
"""

from dataclasses import replace
from functools import cache

import pytest

from levels.judge import Party, judge
from levels.mix import Mix, place
from levels.neighborhood import (
    CONTEXTS,
    SECOND,
    Kind,
    Neighborhood,
    configuration,
    routes_over,
    without_hop_limit,
)
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Role
from p6lowpan.node.outputs import AddressAssigned, LevelLearned
from p6lowpan.simulator.topology import from_pairs

BORDER, MIDDLE, LAST = 0, 1, 2
LEVELS = (6, 5, 6, 0, 1, 2, 3, 4, 5, 6)
LEAVES = tuple(range(3, len(LEVELS)))
SETTLED = 120 * SECOND
PAIRS = [(BORDER, MIDDLE), (MIDDLE, LAST), *((LAST, leaf) for leaf in LEAVES)]
OWN_ADDRESSES = 6
"""Link-local, and under two prefixes, each from an EUI-64 and from a short address."""
ROOMY = replace(P6LOWPAN, neighbors=64)
"""The last router has seven leaves with six addresses each."""


def node(number, advertise):
    far = {BORDER: ((MIDDLE, (LAST, *LEAVES)),), MIDDLE: ((LAST, LEAVES),)}.get(number, ())
    routes = [
        route for over, behind in far for peer in behind for route in routes_over(place(over + 1), place(peer + 1))
    ]
    role = {BORDER: Role.BORDER_ROUTER, MIDDLE: Role.ROUTER, LAST: Role.ROUTER}.get(number, Role.HOST)
    kind = Kind(advertise, limits=ROOMY)
    return configuration(number + 1, of_level(LEVELS[number]), role, kind, tuple(routes))


class Path:
    def __init__(self, advertise):
        names = [str(number) for number in range(len(LEVELS))]
        topology = from_pairs(names, [(names[one], names[other]) for one, other in PAIRS])
        self.neighborhood = Neighborhood([node(number, advertise) for number in range(len(LEVELS))], topology)
        self.neighborhood.run(SETTLED)
        now = SETTLED
        self.mixes = {
            (one, other): Mix(place(one + 1), place(other + 1), far=True)
            for leaf in LEAVES
            for one, other in ((BORDER, leaf), (leaf, BORDER))
        }
        for (sender, _), mix in self.mixes.items():
            now = SECOND + self.neighborhood.send_all(now, sender, mix.packets.values(), gap=250_000)
        self.neighborhood.run(now + SECOND)
        parties = {
            number: Party(
                of_level(level),
                (place(number + 1).extended, place(number + 1).short),
                number < len(LEVELS) - len(LEAVES),
                frozenset(sum(pair) - number for pair in PAIRS if number in pair),
            )
            for number, level in enumerate(LEVELS)
        }
        self.verdict = judge(self.neighborhood.capture.getvalue(), parties, CONTEXTS)

    def missing(self, sender, receiver):
        arrived = self.neighborhood.watched[receiver].arrived
        packets = self.mixes[sender, receiver].packets
        counts = {name: arrived[without_hop_limit(packet)] for name, packet in packets.items()}
        return {name: count for name, count in counts.items() if count != 1}


@cache
def path(advertise):
    return Path(advertise)


both_ways = pytest.mark.parametrize("advertise", [Advertise.ALWAYS, Advertise.NEVER])


@both_ways
@pytest.mark.parametrize("leaf", LEAVES, ids=[f"level {LEVELS[leaf]}" for leaf in LEAVES])
def test_everything_goes_three_hops_in_both_directions_once(leaf, advertise):
    assert path(advertise).missing(BORDER, leaf) == {}
    assert path(advertise).missing(leaf, BORDER) == {}


@both_ways
def test_everybody_has_all_addresses_over_three_hops(advertise):
    neighborhood = path(advertise).neighborhood
    counts = [len(neighborhood.outputs(AddressAssigned, number)) for number in range(len(LEVELS))]
    assert counts == [OWN_ADDRESSES] * len(LEVELS)


@both_ways
def test_each_hop_stays_within_the_level_of_its_receiver_at_the_cost_of_one_error(advertise):
    verdict = path(advertise).verdict
    assert verdict.unreadable == []
    assert [str(excess) for excess in verdict.excesses] == []
    assert set(verdict.errors.values()) <= {1}


@both_ways
def test_nobody_believes_anything_false_and_leaves_are_known_as_they_advertise(advertise):
    said = path(advertise).neighborhood.said
    owners = {address: n for n in range(len(LEVELS)) for address in (place(n + 1).extended, place(n + 1).short)}
    learned = [(who, news) for _, who, news in said if isinstance(news, LevelLearned)]
    assert all(news.profile == of_level(LEVELS[owners[news.neighbor]]) for _, news in learned)
    leaves = {place(leaf + 1).extended for leaf in LEAVES}
    how = {news.how for who, news in learned if who == LAST and news.neighbor in leaves}
    assert how == ({How.ADVERTISEMENT} if advertise is Advertise.ALWAYS else {How.ERROR})
