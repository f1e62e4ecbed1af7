"""The cost of discovery."""

import pytest

from p6lowpan.evaluation import discovery
from p6lowpan.evaluation.discovery import TOLD, cost
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.neighbor_discovery.configuration import Advertise

CASES = [(policy, told, is_flex) for policy in Policy for told in TOLD.values() for is_flex in (False, True)]


@pytest.mark.parametrize(("policy", "told", "is_flex"), CASES)
def test_every_datagram_arrives_and_no_two_nodes_fail_twice(policy, told, is_flex):
    found = cost(policy, told, is_flex=is_flex)
    assert found.sent == found.delivered == 3 * 7 * 2
    assert found.most_errors <= 1
    assert found.again <= found.errors


def test_caution_provokes_no_errors_and_costs_more_octets():
    optimistic, conservative = (
        cost(policy, Advertise.NEVER, is_flex=False) for policy in (Policy.OPTIMISTIC, Policy.CONSERVATIVE)
    )
    assert conservative.errors == 0 < optimistic.errors
    assert conservative.everything.octets > optimistic.everything.octets


def test_errors_by_hand():
    # the router of level 5 is too much for the leaves of levels 0 to 4
    found = cost(Policy.OPTIMISTIC, Advertise.NEVER, is_flex=False)
    assert found.errors == found.again == 5
    # 4 octets and the headers of the complaining level; between EUI-64s 40 octets around a frame
    assert found.of_errors.octets == found.of_errors.lowpan + 5 * 40


def test_the_values_are_those_of_the_runs():
    values = discovery.measure(True)
    found = cost(Policy.OPTIMISTIC, Advertise.ALWAYS, is_flex=True)
    assert values["FLEX/Neighbor Discovery tells/optimistic/all octets"] == found.everything.octets
