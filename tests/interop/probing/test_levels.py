"""The prober finds what a node of ours is, without being told, also where much is lost."""

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282, flex_field, level_features, of_flex, of_level
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.plan import DATAGRAM, GROWTH, REASSEMBLIES, WAIT, Reach
from p6lowpan.simulator.links import LinkQuality

SHORT = Reach(octets=1281, wait_s=0.5, parallel=3)
SETS = {
    "level 1 without short addresses": level_features(1) - {Feature.SHORT_ADDRESSES},
    "UDP and contexts, no traffic class": level_features(2) | {Feature.NHC_UDP, Feature.NHC_UDP_PORTS},
    "mobility alone of the extension headers": level_features(1) | {Feature.NHC_MOBILITY, Feature.HOP_LIMIT},
    "generic compression": level_features(1) | {Feature.NHC_UDP} | {one for one in Feature if one.flex_bit == 25},
}


def probed(what, loss=0.0, reach=SHORT, seed=1):
    simulation = simulated.simulation(what, LinkQuality(loss=loss), reach, seed=seed)
    simulation.run()
    assert simulation.prober.is_done
    return simulation.prober.findings


@pytest.mark.parametrize("level", range(7))
def test_each_level_is_found_feature_by_feature(level):
    found = probed(of_level(level))
    assert (found.level, found.level_at_most, found.announced) == (level, level, f"level-{level}")
    assert found.receives == level_features(level)
    assert found.having(Verdict.UNKNOWN) == frozenset()
    assert found.flex == flex_field(level_features(level))


def test_of_who_understands_everything_all_is_found_but_what_cannot_be_seen():
    found = probed(RFC6282)
    assert found.receives == frozenset(Feature) - {Feature.ESCAPE}
    assert not any(one.partly for one in found.features.values())


@pytest.mark.parametrize(("level", "loss"), [(0, 0.3), (2, 0.1), (4, 0.25), (6, 0.2)])
def test_loss_is_not_taken_for_lack(level, loss):
    assert probed(of_level(level), loss, seed=level + 5).receives == level_features(level)


@pytest.mark.parametrize("features", SETS.values(), ids=SETS)
def test_a_flex_field_is_found_bit_by_bit(features):
    field = flex_field(frozenset(features))
    found = probed(of_flex(field))
    assert found.flex == field
    assert found.receives == of_flex(field).receives


@pytest.mark.parametrize(("level", "growth"), [(0, (None, None)), (3, (37, None)), (5, (49, 55))])
def test_the_bounds_of_a_level_are_found(level, growth):
    bounds = {one.name: (one.reached, one.failed) for one in probed(of_level(level)).bounds}
    assert bounds[DATAGRAM] == (1280, 1281)
    assert bounds[REASSEMBLIES] == (2, 3)  # of one neighbor
    assert bounds[GROWTH] == growth
    assert bounds[WAIT] == (0.5, None)


def test_fragments_of_every_number_length_and_order_are_tried():
    bounds = {one.name: (one.reached, one.failed) for one in probed(of_level(5)).bounds}
    assert bounds["fragments of a datagram"] == (33, None)
    assert bounds["last fragment octets"] == (8, None)
    assert bounds["first fragment octets"] == (128, None)
    assert bounds["first fragment growth"] == bounds[GROWTH] == (49, 55)  # 51 at most, draft section 6.3
    orders = ("swapped", "first-second", "first-last", "last-first", "reversed", "repeated")
    assert {bounds[f"fragments {order}"] for order in orders} == {(1, None)}


def test_the_reassembly_timeout_is_found():
    bounds = {one.name: one for one in probed(of_level(0), reach=Reach(octets=160, wait_s=65, parallel=1)).bounds}
    assert (bounds[WAIT].reached, bounds[WAIT].failed) == (58, 65)
