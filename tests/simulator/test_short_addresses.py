"""Secured networks whose nodes have short addresses: whose they are, Neighbor Discovery says."""

from p6lowpan.simulator.scenario.reading import read_scenario
from p6lowpan.simulator.scenario.run import Run

SECOND = 1_000_000
STAR = """
duration = 60
[[network]]
prefix = "2001:db8::/64"
topology = { shape = "star" }
security_key = "000102030405060708090a0b0c0d0e0f"
node = [{ name = "border", role = "border-router" }, { name = "leaf", short = "0003" }]
[[traffic]]
kind = "ping"
from = "border"
start = 30
"""


def test_a_router_opens_the_frames_of_a_host_whose_short_address_nobody_told_it():
    run = Run(read_scenario(STAR, "star.toml"))
    run.advance(60 * SECOND)
    found = run.results()
    assert (found.sent, found.delivered) == (1, 1)
    assert "no-extended-address" not in found.total.drops
