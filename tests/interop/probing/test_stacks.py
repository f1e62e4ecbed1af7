"""Stacks as they are modelled: what a prober sees from outside is what was measured inside."""

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.stacks import cells
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.plan import DATAGRAM, REASSEMBLIES, WAIT, Reach
from p6lowpan.interop.profiles import by_name

REACH = Reach(octets=1281, wait_s=5, parallel=6)
NAMES = ("contiki-ng", "contiki-ng-4.2", "linux", "nanostack", "ns3-ul", "openthread", "riot", "wisun-wsbrd")


def probed(name):
    simulation = simulated.simulation(by_name(name), reach=REACH)
    simulation.run()
    assert simulation.prober.is_done
    return simulation.prober.findings


@pytest.mark.parametrize("name", NAMES)
def test_a_modelled_stack_s_row_is_its_column_of_the_measured_table(name):
    found, measured = probed(name), cells(name.removesuffix("-ul"))
    right = {feature for feature, cell in measured.items() if cell[0] == "R"}
    lacking = {feature for feature, cell in measured.items() if cell[0] in "-!"}
    assert right - found.receives == set()
    assert found.receives & lacking == set()
    assert found.announced is None


def test_what_a_stack_restores_wrongly_is_seen_in_the_packet_that_an_error_quotes():
    found = probed("riot")
    class_ = found.features[Feature.TRAFFIC_CLASS]
    assert (class_.verdict, class_.partly) == (Verdict.NO, True)
    assert any("quotes it as" in one.why for one in class_.results)


def test_bounds_of_stacks_are_found_from_outside():
    bounds = {one.name: (one.reached, one.failed) for one in probed("riot").bounds}
    assert bounds[REASSEMBLIES] == (4, 5)
    assert bounds[WAIT] == (2.5, 3)  # three seconds, measured
    assert bounds[DATAGRAM] == (1280, 1281)


def test_the_kernel_loses_what_is_out_of_order():
    bounds = {one.name: one.reached for one in probed("linux").bounds}
    assert bounds["fragments swapped"] is None
    assert bounds["fragments repeated"] == 1


def test_a_stack_without_icmpv6_is_not_called_featureless():
    found = probed("tock")
    assert not found.is_there
    assert found.having(Verdict.NO) == frozenset()
    assert found.level is None
