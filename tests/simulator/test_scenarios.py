"""Scenarios that run: every built-in one, the same twice, what goes wrong in time, and what is counted."""

import io
from dataclasses import replace

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.news import How
from p6lowpan.node.node import Node
from p6lowpan.simulator.scenario.reading import builtin, builtin_names, read_scenario
from p6lowpan.simulator.scenario.routing import mutual_neighbors, next_hops, ways
from p6lowpan.simulator.scenario.run import Run, at_level
from p6lowpan.simulator.topology import Edge, Topology, from_pairs

SECOND = 1_000_000
SHORT = sorted({*builtin_names()} - {"disc", "levels", "lossy"})
STAR = """
duration = 120
[[network]]
prefix = "2001:db8::/64"
topology = { shape = "star" }
{network}
node = [{ name = "border", role = "border-router" }, { name = "a", level = 1 }, { name = "b", level = 6 }]
{rest}
"""


def star(rest="", network=""):
    return read_scenario(STAR.replace("{network}", network).replace("{rest}", rest), "star.toml")


def finished(scenario, until=None, stream=None):
    run = Run(scenario, stream=stream)
    run.advance(scenario.duration_us if until is None else until * SECOND)
    return run


def results(scenario, until=None):
    return finished(scenario, until).results()


def capture(scenario, until):
    stream = io.BytesIO()
    finished(scenario, until, stream)
    return stream.getvalue()


# --- CoAP ----------------------------------------------------------------------------------------------------------

COAP = '[[traffic]]\nkind = "coap"\nsize = [4, 100, 1024]\nstart = 30\nspacing = 1\ncount = 3\n'


def test_coap_requests_are_answered_by_every_node_with_what_they_bring():
    found = results(star(COAP))
    assert {pair.kind for pair in found.pairs} == {"coap"}
    assert len(found.pairs) == 6
    assert all((pair.sent, pair.delivered, pair.repeated) == (3, 3, 0) for pair in found.pairs)


def test_a_coap_request_that_finds_nobody_is_not_delivered():
    off = '[[fault]]\nkind = "off"\nat = 20\nnode = "a"\n'
    found = results(star(COAP + off))
    assert {pair.delivered for pair in found.pairs if "a" in (pair.sender, pair.receiver)} == {0}
    assert {pair.delivered for pair in found.pairs if "a" not in (pair.sender, pair.receiver)} == {3}


def test_a_coap_payload_that_no_server_takes_is_refused():
    with pytest.raises(UsageError, match="1024 octets at most"):
        star(COAP.replace("1024", "1025"))


# --- the built-in ones ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def levels():
    return results(builtin("levels"))


@pytest.mark.parametrize("name", SHORT)
def test_a_built_in_scenario_shows_what_it_expects(name):
    found = results(builtin(name))
    assert found.verdicts
    assert [verdict for verdict in found.verdicts if not verdict.is_met] == []


def test_all_levels_reach_one_another_and_complain_once_at_most(levels):
    assert [verdict.is_met for verdict in levels.verdicts] == [True, True, True]
    names = {node.name for node in levels.nodes if node.network == "levels"}
    pinged = {(pair.sender, pair.receiver) for pair in levels.pairs if pair.kind == "ping"}
    assert {(one, other) for one in names for other in names if one != other} <= pinged
    assert ("flex-1", "flex-2") in pinged
    assert all(pair.delivered == pair.sent and not pair.repeated for pair in levels.pairs)
    assert levels.errors
    assert {error.count for error in levels.errors} == {1}


def test_leaves_of_the_levels_scenario_are_three_hops_apart_and_more():
    network, _ = Run(builtin("levels")).networks
    places = {member.name: member.place for member in network.members}
    routers = {places[name] for name in ("border", "router-1", "router-2")}
    following = next_hops(mutual_neighbors(network.topology), routers, places["leaf-6"])
    assert [following[places[name]] for name in ("border", "router-1", "router-2")] == [
        places["router-1"], places["router-2"], places["leaf-6"]
    ]  # fmt: skip


def test_levels_are_learned_in_both_ways(levels):
    (border,) = (node for node in levels.nodes if node.name == "border")
    known = {belief.neighbor: (belief.profile, belief.how) for belief in border.beliefs}
    assert known["leaf-0"] == (of_level(0), How.ADVERTISEMENT)
    assert known["leaf-1"] == (of_level(1), How.ERROR)


def test_all_nodes_at_level_0_deliver_as_much_with_more_octets(levels):
    scenario = builtin("levels")
    lowest = results(at_level(scenario, 0))
    assert {node.profile for node in lowest.nodes} == {of_level(0)}
    assert (lowest.delivered, lowest.errors) == (levels.delivered, ())
    assert lowest.total.octets > levels.total.octets * 1.1


def test_two_hundred_nodes_come_up():
    run = finished(builtin("disc"), 2)
    assert len(run.members) == 200
    assert run.results().total.frames > 100


def test_what_is_lost_on_bad_links_teaches_no_wrong_level_and_most_arrives():
    found = results(builtin("lossy"))
    assert found.total.retries > 100
    assert [verdict for verdict in found.verdicts if not verdict.is_met] == []
    assert [belief for node in found.nodes for belief in node.beliefs if belief.is_wrong] == []


# --- over several hops ------------------------------------------------------------------------------------------------

LINE = """
duration = 60
[[network]]
prefix = "2001:db8::/64"
contexts = ["3=2001:db8::/64"]
topology = { shape = "line" }
node = [
  { name = "border", role = "border-router" },
  { name = "router", role = "router", count = 3 },
  { name = "leaf", level = 2 },
]
[[traffic]]
kind = "ping"
start = 30
"""


def test_prefix_and_contexts_go_hop_by_hop_and_registrations_come_back():
    run = finished(read_scenario(LINE, "line.toml"))
    found = run.results()
    assert [node.addresses[-1] for node in found.nodes] == [f"2001:db8::{number}" for number in range(1, 6)]
    border, *_, leaf = run.world.devices
    assert isinstance(border, Node)
    assert isinstance(leaf, Node)
    assert set(leaf.contexts.for_compression(run.world.now)) == {3}
    assert border.discovery.border_router is not None
    registry = border.discovery.border_router.registry
    assert all(registry.get(member.addresses[0]) for member in run.members[1:])
    assert (found.sent, found.delivered) == (20, 20)


# --- below IP --------------------------------------------------------------------------------------------------------

MESH = """
duration = 60
[[network]]
prefix = "2001:db8::/64"
topology = { shape = "line" }
mesh = { hops = HOPS }
node = [
  { name = "border", role = "border-router" },
  { name = "node", count = 3, role = "auto", level = 5 },
  { name = "last", short = "0005", forwards = false },
  { name = "leaf", level = 4 },
]
link = [{ between = ["border", "leaf"] }, { between = ["last", "leaf"], absent = true }]
[[traffic]]
kind = "udp"
from = ["border", "last"]
to = ["border", "last", "leaf"]
size = 400
start = 40
spacing = 1
"""


def meshed(hops=4):
    return read_scenario(MESH.replace("HOPS", str(hops)), "mesh.toml")


def test_in_a_mesh_everybody_is_one_hop_from_the_border_router():
    run = finished(meshed())
    found = run.results()
    assert {node.role for node in found.nodes[1:]} == {"host"}
    assert (found.sent, found.delivered) == (4, 4)
    assert [belief.neighbor for belief in found.nodes[0].beliefs if belief.how] == [
        "node-1", "node-2", "node-3", "last", "leaf"
    ]  # fmt: skip
    forwarded = [node.mesh.forwarded for node in run.world.devices if isinstance(node, Node)]
    assert all(forwarded[1:4])
    assert (forwarded[4], forwarded[5]) == (0, 0)


def test_who_has_no_mesh_header_takes_no_part_and_who_does_not_forward_is_no_way_to_others():
    configurations = [node.configuration.mesh for node in Run(meshed()).world.devices if isinstance(node, Node)]
    border, *_, third, last, leaf = configurations
    assert leaf is None
    assert border is not None
    assert third is not None
    assert last is not None
    assert (border.forwards, last.forwards, last.floods) == (True, False, False)
    eui64 = {place: bytes((2, 0, 0, 0, 0, 0, 0, place + 1)) for place in range(6)}
    assert border.next_hops[b"\x00\x05"] == eui64[1]
    assert (border.next_hops[eui64[1]], border.next_hops[eui64[5]]) == (eui64[1], eui64[5])
    assert (third.next_hops[b"\x00\x05"], third.next_hops[eui64[4]]) == (b"\x00\x05", eui64[4])


def test_a_mesh_of_one_hop_too_few_does_not_reach_its_end():
    found = results(meshed(3))
    outside = [node.name for node in found.nodes if not any(one.startswith("2001:") for one in node.addresses)]
    assert outside == ["last"]


@pytest.mark.parametrize("level", [5, 6])
def test_a_mesh_is_compared_with_levels_that_have_one(level):
    assert at_level(meshed(), level).networks[0].nodes[0].profile == of_level(level)
    with pytest.raises(UsageError, match="network 'network' is delivered below IP, and level 4 has no mesh headers"):
        at_level(meshed(), 4)


def test_nobody_is_reached_over_a_node_that_does_not_forward():
    line = from_pairs("abcd", [("a", "b"), ("b", "c"), ("c", "d")])
    neighbors = mutual_neighbors(line)
    assert ways(neighbors, {0, 1, 3}, 3) == {2: 3}
    assert ways(neighbors, {1, 2}, 3) == {2: 3, 1: 2, 0: 1}


# --- the same again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["levels", "lossy"])
def test_the_same_seed_gives_the_same_capture_and_another_does_not(name):
    scenario = builtin(name)
    one, again = (capture(scenario, 8) for _ in range(2))
    assert one == again
    assert len(one) > 5000
    assert capture(replace(scenario, seed=2), 8) != one


# --- routes -----------------------------------------------------------------------------------------------------------


def test_routes_go_the_shortest_way_over_routers_alone():
    square = from_pairs("abcd", [("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    neighbors = mutual_neighbors(square)
    assert next_hops(neighbors, {0, 1, 2, 3}, 3) == {1: 3, 2: 3, 0: 1}
    assert next_hops(neighbors, {0, 2}, 3) == {2: 3, 0: 2}
    assert next_hops(neighbors, {0}, 3) == {}


def test_a_link_of_one_direction_is_no_part_of_a_route():
    topology = Topology(("a", "b"), (Edge(0, 1),))
    assert mutual_neighbors(topology) == ((), ())


def test_a_given_route_counts_before_the_shortest():
    scenario = star(network='route = [{ at = "border", to = "a", via = "b" }]')
    node = Run(scenario).world.devices[0]
    assert isinstance(node, Node)
    routes = node.configuration.routes
    assert [(route.prefix[-1], route.next_hop[-1]) for route in routes if route.prefix[-1] == 2] == [(2, 3)]


# --- traffic and faults -----------------------------------------------------------------------------------------------

PING = '[[traffic]]\nkind = "ping"\nfrom = "a"\nto = "border"\nstart = 20\n'


def test_packets_are_counted_when_their_time_has_come():
    scenario = star(PING + "count = 5\ninterval = 2\n")
    run = Run(scenario)
    run.advance(23 * SECOND)
    (pair,) = run.results().pairs
    assert (pair.kind, pair.sender, pair.receiver, pair.sent, pair.delivered) == ("ping", "a", "border", 2, 2)
    assert 0 < pair.longest_us < SECOND
    run.advance(30 * SECOND)
    assert (run.results().sent, run.results().delivered) == (5, 5)


def test_without_names_everybody_sends_to_everybody_but_itself():
    found = results(star('[[traffic]]\nkind = "udp"\nstart = 20\nsize = [4, 1232]\n'), 25)
    assert {(pair.sender, pair.receiver) for pair in found.pairs} == {
        (one, other) for one in ("border", "a", "b") for other in ("border", "a", "b") if one != other
    }
    assert found.delivered == found.sent == 6


def test_a_link_local_address_is_reached_by_neighbors_alone():
    found = results(star('[[traffic]]\nkind = "ping"\nstart = 20\naddress = "link-local"\n'), 25)
    delivered = {(pair.sender, pair.receiver) for pair in found.pairs if pair.delivered}
    assert delivered == {("border", "a"), ("border", "b"), ("a", "border"), ("b", "border")}


@pytest.mark.parametrize(
    ("fault", "answered"),
    [
        ("", [1, 1, 1]),
        ('kind = "off"\nnode = "a"\nat = 30', [1, 0, 0]),
        ('kind = "off"\nnode = "*"\nat = 30\n[[fault]]\nkind = "on"\nnode = "*"\nstate = "kept"\nat = 70', [1, 0, 1]),
        ('kind = "off"\nnode = "a"\nat = 30\n[[fault]]\nkind = "on"\nnode = "a"\nat = 70', [1, 0, 1]),
        ('kind = "partition"\none = "border"\nat = 30\nuntil = 70', [1, 0, 1]),
        ('kind = "partition"\none = "border"\nother = "b"\nat = 30\nuntil = 70', [1, 1, 1]),
        ('kind = "link"\nbetween = ["a", "border"]\nabsent = true\nat = 30', [1, 0, 0]),
        ('kind = "link"\nbetween = ["a", "border"]\nloss = 1\none_way = true\nat = 30', [1, 0, 0]),
        ('kind = "upgrade"\nnode = "a"\nprofile = "level-4"\nat = 30', [1, 1, 1]),
    ],
)
def test_faults_happen_in_time(fault, answered):
    scenario = star(PING + "count = 3\ninterval = 40\n" + (f"[[fault]]\n{fault}\n" if fault else ""))
    run = Run(scenario)
    got = []
    for until in (25, 65, 110):
        run.advance(until * SECOND)
        got.append(run.results().delivered - sum(got))
    assert got == answered


def test_who_is_upgraded_is_known_at_its_new_level():
    found = results(star('[[fault]]\nkind = "upgrade"\nnode = "a"\nprofile = "level-4"\nat = 30\n'), 60)
    border, a, _ = found.nodes
    assert a.profile == of_level(4)
    assert [(belief.profile, belief.is_wrong) for belief in border.beliefs if belief.neighbor == "a"] == [
        (of_level(4), False)
    ]


def test_a_secured_node_that_restarts_goes_on_with_its_frame_counter():
    key = 'security_key = "000102030405060708090a0b0c0d0e0f"'
    fault = '[[fault]]\nkind = "off"\nnode = "a"\nat = 30\n[[fault]]\nkind = "on"\nnode = "a"\nat = 35\n'
    found = results(star(PING + "count = 2\ninterval = 50\n" + fault, network=key), 100)
    assert found.delivered == found.sent == 2


def test_a_node_starts_when_it_is_said_and_is_off_before():
    scenario = read_scenario(
        STAR.replace("level = 1", "level = 1, starts = 30").replace("{network}", "").replace("{rest}", ""), "star.toml"
    )
    run = Run(scenario)
    run.advance(29 * SECOND)
    assert (run.results().nodes[1].is_on, run.results().nodes[1].traffic.frames) == (False, 0)
    run.advance(50 * SECOND)
    assert run.results().nodes[1].is_on
    assert "2001:db8::2" in run.results().nodes[1].addresses


def test_a_pinned_neighbor_is_known_from_the_beginning():
    scenario = read_scenario(
        STAR.replace('role = "border-router"', 'role = "border-router", pinned = { a = "rfc6282" }')
        .replace("{network}", "").replace("{rest}", "[expect]\nlevels_right = true\n"), "star.toml"
    )  # fmt: skip
    found = results(scenario, 1)
    assert found.nodes[0].beliefs[0].how is How.CONFIGURED
    assert not found.is_as_expected
    assert found.verdicts[0].found == "border is wrong about a, 1 such in all"


def test_what_is_not_delivered_and_complaints_too_many_are_not_as_expected():
    expect = "[expect]\ndelivered = 0.9\nerrors_per_pair_max = 0\n"
    sent = '[[traffic]]\nkind = "udp"\nfrom = "border"\nto = ["a", "b"]\nstart = 20\n'
    off = '[[fault]]\nkind = "off"\nnode = "b"\nat = 1\n'
    found = results(star(sent + off + expect, network='advertise = "never"'), 30)
    assert [(verdict.found, verdict.is_met) for verdict in found.verdicts] == [
        ("1 of 2", False),
        ("1 from a to border", False),
    ]
