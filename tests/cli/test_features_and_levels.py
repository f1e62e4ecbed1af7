"""``p6lowpan features`` and ``p6lowpan levels``: the tables, for readers, programs and documents."""

import json

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, flex_field


def test_features_are_a_table(run):
    heading, *rows = run("features").stdout.splitlines()
    assert heading.split() == ["feature", "level", "FLEX", "bit", "section", "meaning"]
    assert [row.split()[0] for row in rows] == [feature.value.name for feature in Feature]


def test_features_are_json(run):
    records = json.loads(run("features", "--json").stdout)
    assert [record["name"] for record in records] == [feature.value.name for feature in Feature]
    assert records[2] == {
        "name": "iphc",
        "level": 1,
        "flex_bit": 2,
        "section": "RFC 6282 3.1",
        "meaning": Feature.IPHC.value.meaning,
    }


def test_features_are_markdown(run):
    heading, line, *rows = run("features", "--markdown").stdout.splitlines()
    assert heading == "| feature | level | FLEX bit | section | meaning |"
    assert line == "|---|---|---|---|---|"
    assert len(rows) == len(Feature)
    assert all(row.count("|") == 6 for row in rows)


def test_levels_are_a_table(run):
    _, *rows = run("levels").stdout.splitlines()
    assert [row.split()[:4] for row in rows] == [
        [str(level.level), str(len(level.receives)), f"{flex_field(level.receives):08x}", "51"] for level in LEVELS
    ]


def test_levels_are_json_and_add_up(run):
    records = json.loads(run("levels", "--json").stdout)
    added = 0
    for record in records:
        added += len(record["adds"])
        assert record["features"] == added
    assert records[-1]["flex_field"] == "ffffffc0"


def test_levels_are_markdown(run):
    assert run("levels", "--markdown").stdout.splitlines()[2].startswith("| 0 | 2 | c0000000 | 51 | ")


def test_headings_are_coloured_when_asked_for(run):
    assert run("features", "--color", "always").stdout.startswith("\x1b[1m")
    assert run("levels", "--color", "always").stdout.startswith("\x1b[1m")


def test_the_memory_of_a_neighbor_is_a_table_beside_the_figures_of_the_draft(run):
    lines = run("levels", "--ram").stdout.splitlines()
    assert lines[0].split() == ["of", "one", "neighbour", "linear", "FLEX"]
    rows = {line.split()[0]: line.split()[1:3] for line in lines[1:] if line}
    assert rows["capability"] == ["3", "32"]
    assert rows["bits"] == ["80", "168"]
    assert next(line for line in lines if line.startswith("octets, draft")).split()[2:4] == ["19", "22"]
    assert lines[-1].startswith("Once a node: at most 7 kept datagrams")


def test_the_memory_of_a_neighbor_is_json_and_markdown(run):
    record = json.loads(run("levels", "--ram", "--json").stdout)
    assert (record["linear"]["octets"], record["flex"]["octets"]) == (10, 21)
    assert record["linear"]["python_known_octets"] > 10
    assert run("levels", "--ram", "--markdown").stdout.startswith("| of one neighbour | linear | FLEX |  |\n")
