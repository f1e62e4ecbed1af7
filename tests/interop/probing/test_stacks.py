"""Stacks as they are modelled: what a prober sees from outside is what was measured inside."""

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.stacks import cells
from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.findings import Verdict
from p6lowpan.interop.probing.plan import DATAGRAM, REASSEMBLIES, WAIT, Reach
from p6lowpan.interop.profiles import by_name

REACH = Reach(octets=1281, wait_s=5, parallel=6)
ROW = Reach(octets=160, wait_s=0, parallel=1)
NAMES = (
    *("contiki", "contiki-ng", "contiki-ng-4.2", "linux", "lwip", "nanostack", "ns3-ul", "openthread", "riot"),
    *("scapy", "smoltcp", "tinyos", "wisun-wsbrd", "wisun-wsrd"),
)
SEEN_OTHERWISE = {
    ("smoltcp", Feature.NHC_FRAGMENT): Verdict.YES,  # with nothing compressed behind it, what it restores is right
    ("wisun-wsrd", Feature.NHC_FRAGMENT): Verdict.NO,  # measured with nothing compressed behind it: there it is right
}
"""Where the neighbour does something else than a column of one sign can say."""


def probed(name, reach=REACH):
    simulation = simulated.simulation(by_name(name), reach=reach)
    simulation.run()
    assert simulation.prober.is_done
    return simulation.prober.findings


@pytest.mark.parametrize("name", NAMES)
def test_a_modelled_stack_s_row_is_its_column_of_the_measured_table(name):
    found, measured = probed(name, ROW), cells(name.removesuffix("-ul"))
    right = {feature for feature, cell in measured.items() if cell[0] == "R"}
    lacking = {feature for feature, cell in measured.items() if cell[0] in "-!"}
    odd = {feature for stack, feature in SEEN_OTHERWISE if stack == name}
    assert right - found.receives == odd & right
    assert found.receives & lacking == odd & lacking
    assert {feature: found.features[feature].verdict for feature in odd} == {
        feature: verdict for (stack, feature), verdict in SEEN_OTHERWISE.items() if stack == name
    }
    assert found.announced is None


def test_what_a_stack_restores_wrongly_is_seen_in_the_packet_that_an_error_quotes():
    found = probed("riot")
    class_ = found.features[Feature.TRAFFIC_CLASS]
    assert (class_.verdict, class_.partly) == (Verdict.NO, True)
    assert any("quotes it as" in one.why for one in class_.results)


def test_bounds_of_stacks_are_found_from_outside():
    bounds = {one.name: (one.reached, one.failed) for one in probed("riot").bounds}
    assert bounds[REASSEMBLIES] == (4, 5)
    assert bounds[WAIT] in ((2.5, 3), (3, 4))  # three seconds, measured: at just three, CSMA/CA decides
    assert bounds[DATAGRAM] == (1280, 1281)


@pytest.mark.parametrize(
    ("name", "bound", "expected"),
    [
        ("contiki", "first fragment growth", (37, None)),  # it takes no compressed extension headers
        ("contiki", "fragments of a datagram", (12, 17)),
        ("tinyos", "fragments of a datagram", (33, None)),
        ("tinyos", REASSEMBLIES, (3, 4)),
        ("wisun-wsrd", REASSEMBLIES, (16, None)),  # though it answers in one frame alone
        ("lwip", REASSEMBLIES, (None, 2)),
    ],
)
def test_bounds_of_fragments_are_found_also_of_who_sends_none(name, bound, expected):
    bounds = {one.name: (one.reached, one.failed) for one in probed(name, Reach(octets=160, wait_s=0)).bounds}
    assert bounds[bound] == expected


def test_the_kernel_loses_what_is_out_of_order():
    bounds = {one.name: one.reached for one in probed("linux").bounds}
    assert bounds["fragments swapped"] is None
    assert bounds["fragments repeated"] == 1


def test_a_stack_without_icmpv6_is_not_called_featureless():
    found = probed("tock")
    assert not found.is_there
    assert found.having(Verdict.NO) == frozenset()
    assert found.level is None
