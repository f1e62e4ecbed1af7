"""A neighbour that changes what it can do: Neighbor Discovery lets it rise and fall, an error lets it fall.

What is advertised holds for the link-layer address that said it; under its short address the leaf says nothing, so
that a fall is learned there by an error. The datagram that provokes it is lost: only those to neighbours that are not
known are kept. The test sends it again, as an application would.
"""

from dataclasses import replace

import pytest

from levels.judge import Party, judge
from levels.mix import UDP, Mix, ipv6, place, udp
from levels.neighborhood import (
    CONTEXTS,
    SECOND,
    Kind,
    Watched,
    border_router_and_leaf,
    configuration,
    strangers,
    without_hop_limit,
)
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode, Role
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import LevelLearned
from p6lowpan.simulator.faults import PowerOff, PowerOn, Replacement

CHANGED, SETTLED = 20 * SECOND, 40 * SECOND
ROUTER, LEAF = 0, 1


class Change:
    """A border router of level 6 and a leaf whose level changes; then the router sends it the mix, without groups."""

    def __init__(self, before, after, advertise, resent=0):
        kind = Kind(advertise)
        self.neighborhood = border_router_and_leaf(of_level(6), of_level(before), kind)
        replaced = replace(configuration(LEAF + 1, of_level(after), Role.HOST, kind), seed=99)
        self.later = Watched(Node(replaced))
        self.neighborhood.world.plan(Replacement(CHANGED, LEAF, lambda _: self.later))
        mix = Mix(place(ROUTER + 1), place(LEAF + 1), far=True)
        self.packets = list(mix.packets.values())
        self.neighborhood.send_all(6 * SECOND, ROUTER, self.packets)
        end = self.neighborhood.send_all(SETTLED, ROUTER, self.packets, burst=1)
        for again in range(1, resent + 2):
            self.neighborhood.run(end + again * SECOND)
            for packet in self.packets:
                if not self.later.arrived[without_hop_limit(packet)] and again <= resent:
                    self.neighborhood.send(end + again * SECOND, ROUTER, packet)

    def believed(self):
        """Of the leaf's EUI-64, what the border router believed, and how it learned it."""
        news = self.neighborhood.outputs(LevelLearned, ROUTER)
        return [(one.profile.level, one.how) for one in news if one.neighbor == place(LEAF + 1).extended]

    def counts(self):
        return {self.later.arrived[without_hop_limit(packet)] for packet in self.packets}


@pytest.mark.parametrize(("before", "after"), [(0, 6), (2, 5), (4, 3), (6, 0)])
def test_a_leaf_that_was_replaced_is_believed_what_it_advertises(before, after):
    change = Change(before, after, Advertise.ALWAYS, resent=int(after < before))
    assert change.counts() == {1}
    assert change.believed() == [(before, How.ADVERTISEMENT), (after, How.ADVERTISEMENT)]


@pytest.mark.parametrize(("before", "after"), [(5, 0), (6, 3)])
def test_a_fall_that_nobody_announces_is_learned_by_one_error(before, after):
    change = Change(before, after, Advertise.NEVER, resent=1)
    assert change.counts() == {1}
    falls = [level for level, how in change.believed() if how is How.ERROR and level == after]
    assert falls == [after]


def test_the_silence_of_a_neighbor_that_is_off_proves_nothing():
    kind = Kind(Advertise.NEVER, mode=Mode.REGULAR)
    neighborhood = strangers(of_level(6), of_level(0), kind)
    neighborhood.run(6 * SECOND)
    router, leaf = place(ROUTER + 1), place(LEAF + 1)
    first, lost, last = (
        ipv6(router.local, leaf.local, UDP, udp(router.local, leaf.local, name))
        for name in (b"first", b"lost", b"last")
    )
    neighborhood.watched[ROUTER].node.discovery.cache.learn(6 * SECOND, leaf.local, leaf.extended)
    neighborhood.world.plan(PowerOff(7 * SECOND, LEAF), PowerOn(15 * SECOND, LEAF))
    neighborhood.send(8 * SECOND, ROUTER, lost)
    neighborhood.send(20 * SECOND, ROUTER, first)
    neighborhood.send(20 * SECOND, ROUTER, last)
    neighborhood.run(25 * SECOND)
    arrived = neighborhood.watched[LEAF].arrived
    assert [arrived[without_hop_limit(packet)] for packet in (first, lost, last)] == [1, 0, 1]


def test_a_rise_that_nobody_announces_is_not_believed_and_everything_arrives_all_the_same():
    change = Change(1, 6, Advertise.NEVER)
    assert change.counts() == {1}
    assert change.believed() == [(1, How.ERROR)]


def test_after_the_rise_frames_use_the_new_level_and_no_more():
    change = Change(0, 5, Advertise.ALWAYS)
    parties = {
        number: Party(of_level(level), (place(number + 1).extended, place(number + 1).short), number == ROUTER)
        for number, level in ((ROUTER, 6), (LEAF, 5))
    }
    verdict = judge(change.neighborhood.capture.getvalue(), parties, CONTEXTS)
    assert verdict.excesses == []
    used = verdict.used_between(ROUTER, (place(LEAF + 1).extended,))
    assert of_level(5).sends > used
    assert used > {Feature.STATEFUL_UNICAST, Feature.HOP_LIMIT, Feature.NHC_UDP, Feature.NHC_ROUTING}
