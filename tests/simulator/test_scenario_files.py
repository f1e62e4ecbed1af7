"""Scenario files: what is read out of them, and what is said of files that are wrong."""

import re
from pathlib import Path

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.configuration.keys import keys_of
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.scenario.members import settle
from p6lowpan.simulator.scenario.plan import FAULTS, SHAPES, TRAFFIC, NodePlan, Scenario
from p6lowpan.simulator.scenario.reading import builtin, builtin_names, builtin_text, read_scenario
from p6lowpan.simulator.scenario.run import Run, no_files

NETWORK = """
duration = 1
[[network]]
prefix = "2001:db8::/64"
{network}
node = [{nodes}]
{rest}
"""
BORDER = '{ name = "border", role = "border-router" }, '
TWO = BORDER + '{ name = "leaf" }'


def text(nodes=TWO, network="", rest=""):
    return NETWORK.format(nodes=nodes, network=network, rest=rest)


def settled(files=None, **parts):
    load = no_files if files is None else files.__getitem__
    (network,) = settle(read_scenario(text(**parts), "test.toml"), load)
    return network


def edges(network):
    names = network.topology.names
    return {(names[edge.sender], names[edge.receiver]): edge.quality for edge in network.topology.edges}


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("duration = ", "test.toml: no TOML: Invalid value (at end of document)"),
        ("", "test.toml: the key 'duration' is missing: seconds of 0 to 1000000"),
        ("duration = -1", "test.toml: duration: expected seconds of 0 to 1000000, not -1"),
        ("duration = true", "test.toml: duration: expected seconds of 0 to 1000000, not True"),
        ("duration = 1\ncolisions = true", "test.toml: there is no key 'colisions': collisions, duration, "),
        ("duration = 1\nnetwork = 5", "test.toml: network: expected an array of tables, not 5"),
        ("duration = 1\nnetwork = [5]", "test.toml: network[0]: expected a table, not 5"),
        (text(nodes='{ name = "a", level = 7 }'), "network[0].node[0].level: expected a whole number of 0 to 6, or "),
        (text(nodes='{ name = "a", level = [] }'), "network[0].node[0].level: expected a whole number of 0 to 6, or "),
        (text(nodes='{ name = "a", level = 1, flex = "ff000000" }'), "node[0]: level, flex and profile exclude one"),
        (text(nodes='{ name = "a", flex = "ff" }'), "node[0].flex: expected a FLEX field of 8 hex digits, not 'ff'"),
        (text(nodes='{ name = "a", count = 2, short = "0001" }'), "several nodes cannot have one address"),
        (
            text(nodes='{ name = "a", role = "king" }'),
            "role: expected one of border-router, router, host, auto, not 'k",
        ),
        (text(nodes='{ name = "a", short = "00" }'), "node[0].short: expected a short address, 4 hex digits, not '00'"),
        (text(network='security_key = "00"'), "network[0].security_key: expected 32 hex digits, not '00'"),
        (
            text(network='contexts = ["0=2001:db8::/x"]'),
            'contexts: expected a list of contexts, like "0=2001:db8::/64"',
        ),
        (text(network='contexts = ["16=2001:db8::/64"]'), "contexts: expected a list of contexts"),
        (text(network='topology = { shape = "ring" }'), "network[0].topology.shape: expected one of line, star, full"),
        (text(network='topology = { shape = "grid" }'), "network[0].topology: the key 'columns' is missing"),
        (text(network='topology = { shape = "line", columns = 2 }'), "topology: there is no key 'columns': shape"),
        (text(network="quality = { loss = 2 }"), "network[0].quality.loss: expected a chance of 0 to 1, not 2"),
        (text(rest="[[traffic]]\nkind = 'ping'"), "traffic[0]: the key 'start' is missing: seconds of 0 to 1000000"),
        (text(rest="[[traffic]]\nkind = 'ping'\nstart = 1\nport = 5"), "traffic[0]: there is no key 'port'"),
        (text(rest="[[traffic]]\nkind = 'udp'\nstart = 1\nfrom = []"), "traffic[0].from: expected a name or a list"),
        (text(rest="[[fault]]\nat = 1"), "fault[0].kind: expected one of off, on, partition, link, upgrade, not None"),
        (text(rest="[expect]\ndelivered = 2"), 'expect.delivered: expected "all", or a share of 0 to 1, not 2'),
        (text(rest="[limits]\nneighbours = 2"), "limits: expected a table of limits"),
        (text(rest="[limits]\nextension_headers_in_order = 2"), "limits: expected a table of limits"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_was_expected(written, said):
    with pytest.raises(UsageError, match=re.escape(said)) as raised:
        read_scenario(written, "test.toml")
    assert str(raised.value).startswith("test.toml: ")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"nodes": '{ name = "leaf" }'}, "network 'network' has 0 border routers: it needs one"),
        ({"nodes": BORDER * 2}, "network 'network' has 2 border routers: it needs one"),
        ({"nodes": BORDER + '{ name = "border" }'}, "two stations have the same name"),
        ({"network": 'link = [{ between = ["border", "nobody"] }]'}, "a link to 'nobody', and there is no node"),
        ({"network": 'link = [{ between = ["leaf", "leaf"] }]'}, "no link from station 1 to station 1 of 2"),
        ({"network": 'topology = { shape = "file", file = "a.csv" }'}, "there is no file 'a.csv' beside this scenario"),
        ({"network": 'route = [{ at = "border", to = "nobody", via = "leaf" }]'}, "there is no node 'nobody'"),
        ({"nodes": BORDER + '{ name = "leaf", pinned = { nobody = "level-0" } }'}, "there is no node 'nobody'"),
        ({"rest": "[[traffic]]\nkind = 'ping'\nstart = 1\nto = 'leaf-*'"}, "there is no node 'leaf-*'"),
        ({"rest": "[[fault]]\nkind = 'off'\nat = 1\nnode = 'nobody'"}, "there is no node 'nobody'"),
        (
            {"rest": "[[fault]]\nkind = 'link'\nat = 1\nbetween = ['leaf', 'nobody']"},
            "a link to 'nobody', and there is no node",
        ),
        (
            {"nodes": BORDER + '{ name = "leaf", eui64 = "0200000000000001" }'},
            "the link-layer address 02:00:00:00:00:00:00:01 comes twice",
        ),
    ],
)
def test_what_does_not_fit_together_is_said_before_anything_runs(parts, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        Run(read_scenario(text(**parts), "test.toml"))


def test_a_name_in_two_networks_is_one_too_many():
    written = text() + text().partition("duration = 1")[2]
    with pytest.raises(UsageError, match="the name border comes twice"):
        Run(read_scenario(written, "test.toml"))


# --- nodes ------------------------------------------------------------------------------------------------------------


def test_levels_of_several_nodes_go_round_and_routers_are_5():
    network = settled(nodes=BORDER + '{ name = "leaf", count = 3, level = [0, 6] }, { name = "other" }')
    assert [(member.name, member.profile) for member in network.members] == [
        ("border", of_level(5)),
        ("leaf-1", of_level(0)),
        ("leaf-2", of_level(6)),
        ("leaf-3", of_level(0)),
        ("other", of_level(6)),
    ]


def test_a_flex_field_and_a_profile_by_name_are_profiles():
    nodes = BORDER + '{ name = "a", flex = "ff000000" }, { name = "b", profile = "level-2" }'
    assert [member.profile for member in settled(nodes=nodes).members[1:]] == [of_flex(0xFF000000), of_level(2)]


def test_auto_is_a_router_of_level_5_where_others_need_it_and_a_host_at_the_end():
    network = settled(
        nodes=BORDER + '{ name = "node", role = "auto", count = 3, level = [0, 6, 1] }',
        network='topology = { shape = "line" }',
    )
    assert [(member.role, member.profile) for member in network.members[1:]] == [
        (Role.ROUTER, of_level(5)),
        (Role.ROUTER, of_level(6)),
        (Role.HOST, of_level(1)),
    ]


# --- topologies -------------------------------------------------------------------------------------------------------

FIVE = BORDER + '{ name = "n", count = 4 }'


@pytest.mark.parametrize(
    ("topology", "heard"),
    [
        ('{ shape = "line" }', {("border", "n-1"), ("n-1", "n-2"), ("n-2", "n-3"), ("n-3", "n-4")}),
        ('{ shape = "star" }', {("border", "n-1"), ("border", "n-2"), ("border", "n-3"), ("border", "n-4")}),
        (
            '{ shape = "grid", columns = 3 }',
            {("border", "n-1"), ("n-1", "n-2"), ("border", "n-3"), ("n-1", "n-4"), ("n-3", "n-4")},
        ),
        ('{ shape = "links" }', set()),
    ],
)
def test_a_shape_says_who_hears_whom_in_both_directions(topology, heard):
    network = settled(nodes=FIVE, network=f"topology = {topology}")
    assert set(edges(network)) == heard | {(receiver, sender) for sender, receiver in heard}


def test_everybody_hears_everybody_in_a_full_network():
    assert len(edges(settled(nodes=FIVE, network='topology = { shape = "full" }'))) == 20


def test_a_random_disc_is_as_random_as_its_seed():
    shape = 'topology = {{ shape = "random-disc", radius = 30, reach = 30, seed = {} }}'
    one, again, other = (settled(nodes=FIVE, network=shape.format(seed)) for seed in (1, 1, 2))
    assert one.topology == again.topology != other.topology
    assert one.topology.is_connected


def test_links_are_added_changed_and_taken_out_over_the_shape():
    network = settled(
        nodes=FIVE,
        network="""topology = { shape = "line" }
quality = { loss = 0.1, delay_ms = 2 }
link = [
  { between = ["border", "n-1"], loss = 0.5 },
  { between = ["n-1", "n-2"], absent = true },
  { between = ["n-2", "n-4"], one_way = true },
]""",
    )
    heard = edges(network)
    assert heard["border", "n-1"] == heard["n-1", "border"] == LinkQuality(loss=0.5, delay_us=2000)
    assert heard["n-2", "n-3"] == LinkQuality(loss=0.1, delay_us=2000)
    assert ("n-1", "n-2") not in heard
    assert ("n-2", "n-1") not in heard
    assert ("n-2", "n-4") in heard
    assert ("n-4", "n-2") not in heard


FILES = {
    "places.csv": "name, x, y\nleaf, 3, 4\nborder, 0, 0\n",
    "links.csv": "from,to,loss,delay_ms\nborder,leaf,0.25,\n",
    "places.toml": 'position = [{ name = "leaf", x = 3, y = 4 }, { name = "border", x = 0, y = 0 }]',
    "links.toml": '[[link]]\nbetween = ["border", "leaf"]\nloss = 0.25\n',
}


@pytest.mark.parametrize("kind", ["csv", "toml"])
def test_places_and_links_come_from_a_file(kind):
    places = 'topology = {{ shape = "file", file = "places.{}", reach = {} }}'
    both = {("border", "leaf"), ("leaf", "border")}
    assert set(edges(settled(FILES, network=places.format(kind, 5)))) == both
    assert edges(settled(FILES, network=places.format(kind, 4.9))) == {}
    links = edges(settled(FILES, network=f'topology = {{ shape = "file", file = "links.{kind}" }}'))
    assert links == dict.fromkeys(both, LinkQuality(loss=0.25))


@pytest.mark.parametrize(
    ("held", "reach", "said"),
    [
        ("a,b\n1,2\n", "", "a.csv: the first line names neither the columns name, x, y nor from, to"),
        ("", "", "a.csv: the first line names neither"),
        ("from,to,loss\nborder,leaf,much\n", "", "a.csv: loss is a number, not 'much'"),
        ("from,to,loss\nborder,leaf,7\n", "", "a.csv: link[0].loss: expected a chance of 0 to 1, not 7.0"),
        ("from,to\nborder,leaf,7\n", "", "a.csv: a row has more cells than the first line"),
        ("from,to\nborder\n", "", "a.csv: link[0].between: expected a list of two names"),
        ("from,to,color\nborder,leaf,5\n", "", "a.csv: link[0]: there is no key 'color'"),
        ("name,x,y\nborder,0,0\nleaf,1,1\n", "", "a.csv holds places: the topology must say how far radios reach"),
        ("name,x,y\nborder,0,0\n", ", reach = 5", "a.csv: 'leaf' is not both a place there and a node of the network"),
    ],
)
def test_what_is_wrong_in_a_topologys_file_is_named(held, reach, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        settled({"a.csv": held}, network=f'topology = {{ shape = "file", file = "a.csv"{reach} }}')


# --- what comes with the package, and what is documented --------------------------------------------------------------


def test_the_built_in_scenarios_are_in_the_package_and_say_what_they_show():
    assert {"levels", "lossy", "upgrade", "partition", "conservative", "secured", "disc"} <= set(builtin_names())
    for name in builtin_names():
        assert builtin(name).title
        assert builtin_text(name).startswith("# ")


def test_an_unknown_name_is_answered_with_those_that_there_are():
    with pytest.raises(UsageError, match=r"there is no scenario 'level': conservative, disc, levels"):
        builtin("level")


@pytest.fixture(scope="module")
def guide():
    return (Path(__file__).parents[2] / "docs" / "simulating.md").read_text("utf-8")


def test_every_example_of_the_guide_is_a_scenario_that_can_be_built(guide):
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        Run(read_scenario(block, "docs/simulating.md"), FILES.__getitem__)


def every_key(cls):
    for key in keys_of(cls):
        yield key.name
        for inside in key.kind.classes.values():
            yield from every_key(inside)


def test_every_key_shape_kind_and_word_stands_in_the_guide(guide):
    words = {*every_key(Scenario), *SHAPES, *TRAFFIC, *FAULTS}
    assert {"name", "loss", "errors_per_pair_max", "columns"} <= words
    assert {word for word in words if f"`{word}`" not in guide} == set()
    assert any(key.name == "role" for key in keys_of(NodePlan))
