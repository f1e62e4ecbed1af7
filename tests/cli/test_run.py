"""``p6lowpan run``: what it says, writes and returns, and that its capture agrees with its results."""

import io
import json
import shutil
import subprocess
import time

import pytest
from rich.console import Console
from typer.testing import CliRunner

from p6lowpan.cli import run_live
from p6lowpan.cli.main import application
from p6lowpan.simulator.scenario.reading import builtin
from p6lowpan.simulator.scenario.run import Run

SMALL = """
title = "A pair"
duration = 30
[[network]]
prefix = "2001:db8::/64"
advertise = "never"
topology = {{ shape = "file", file = "links.csv" }}
node = [{{ name = "border", role = "border-router" }}, {{ name = "leaf", level = 1 }}]
[[traffic]]
kind = "udp"
start = 20
[expect]
delivered = {delivered}
errors_per_pair_max = 1
"""


@pytest.fixture
def small(tmp_path):
    """A scenario in a file, with the links in another beside it."""

    def write(delivered='"all"', loss=0):
        (tmp_path / "links.csv").write_text(f"from,to,loss\nborder,leaf,{loss}\n", "utf-8")
        path = tmp_path / "small.toml"
        path.write_text(SMALL.format(delivered=delivered), "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def levels(tmp_path_factory):
    """The main scenario, run once: its results as JSON, and its capture."""
    path = tmp_path_factory.mktemp("levels") / "levels.pcap"
    result = CliRunner().invoke(application, ["run", "levels", "--json", "--pcap", str(path)])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), path


# --- the main scenario and its capture -------------------------------------------------------------------------------


def test_all_levels_deliver_everything_and_complain_once_at_most(levels):
    found, _ = levels
    assert found["as_expected"]
    assert found["total"]["delivered"] == found["total"]["sent"] == 184
    assert [error["count"] for error in found["errors"]] == [1] * found["total"]["errors"]
    assert {node["profile"] for node in found["nodes"]} >= {f"level-{level}" for level in range(7)}


def test_the_capture_explained_agrees_with_the_results(levels, run):
    found, path = levels
    lines = run("explain", path, "--json").stdout.splitlines()
    summary = json.loads(lines[-1])["summary"]
    findings = {finding["name"]: finding["count"] for finding in summary["findings"]}
    assert (summary["frames"], summary["octets"]) == (found["total"]["frames"], found["total"]["octets"])
    assert findings["class-unsupported"] == found["total"]["errors"] > 0
    assert findings["retransmission"] == found["total"]["retries"]


def test_nothing_in_the_capture_is_our_mistake(levels, run):
    _, path = levels
    summary = json.loads(run("explain", path, "--json").stdout.splitlines()[-1])["summary"]
    grave = {finding["name"] for finding in summary["findings"] if finding["severity"] != "note"}
    assert grave <= {"class-unsupported", "no-acknowledgement"}


def test_tshark_finds_nothing_malformed_but_errors_of_four_octets(levels):
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    found, path = levels
    command = [tshark, "-r", str(path), "-Y", "_ws.malformed", "-T", "fields", "-e", "icmpv6.type", "-e", "ipv6.plen"]
    printed = subprocess.run(command, capture_output=True, check=True, timeout=120, text=True).stdout
    assert printed.splitlines() == ["\t".join(("100", "4"))] * len(printed.splitlines())
    assert len(printed.splitlines()) <= found["total"]["errors"]


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_the_list_names_every_scenario_and_so_does_no_argument(run):
    listed = run("run", "--list")
    assert listed.exit_code == 0
    assert "levels        A leaf of every level" in listed.stdout
    assert run("run").stdout == listed.stdout


def test_a_scenario_in_a_file_is_run_with_the_files_beside_it(run, small):
    result = run("run", small())
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "A pair"
    assert any(line.startswith("border") and line.endswith("leaf 1 (error)") for line in lines)
    assert "udp: 2 of 2 delivered between 2 pairs, in " in result.stdout
    assert "class-unsupported: 1 sent, at most 1 from one node to another\n  leaf told border\n" in result.stdout
    assert "  yes  every packet is delivered: 2 of 2\n" in result.stdout


def test_what_is_not_as_expected_is_the_exit_status(run, small):
    result = run("run", small(loss=1))
    assert result.exit_code == 1
    assert "  border > leaf: 0 of 1\n" in result.stdout
    assert "  NO   every packet is delivered: 0 of 2\n" in result.stdout
    assert run("run", small(delivered=0, loss=1)).exit_code == 0


def test_the_octets_are_compared_with_those_of_another_level(run, small):
    text = run("run", small(), "--compare", "level-0").stdout
    assert "with all nodes at level 0: " in text
    compared = json.loads(run("run", small(), "--compare", "level-0", "--json").stdout)
    assert compared["compared"]["level"] == 0
    assert compared["compared"]["octets"] > compared["total"]["octets"]


def test_json_is_one_object_with_what_the_guide_says(run, small):
    found = json.loads(run("run", small(), "--json").stdout)
    assert set(found) == {
        "scenario", "seed", "seconds", "as_expected", "expected", "nodes", "pairs", "errors", "total", "compared"
    }  # fmt: skip
    assert (found["scenario"], found["seed"], found["seconds"], found["compared"]) == ("small", 1, 30.0, None)
    border, leaf = found["nodes"]
    assert border["neighbors"] == [{"name": "leaf", "profile": "level-1", "how": "error", "is": "level-1"}]
    assert "2001:db8::2" in leaf["addresses"]
    assert [(pair["from"], pair["to"], pair["sent"], pair["delivered"]) for pair in found["pairs"]] == [
        ("border", "leaf", 1, 1),
        ("leaf", "border", 1, 1),
    ]
    assert found["errors"] == [{"from": "leaf", "to": "border", "count": 1}]
    assert found["total"]["frames"] == sum(node["frames"] for node in found["nodes"])


def test_seed_and_end_can_be_others(run, small, tmp_path):
    captures = [tmp_path / name for name in "abc"]
    for path, seed in zip(captures, (1, 1, 9), strict=True):
        run("run", small(), "--until", 25, "--seed", seed, "--pcap", path, "--json")
    first, again, other = (path.read_bytes() for path in captures)
    assert first == again != other
    assert json.loads(run("run", small(), "--until", 25, "--seed", 9, "--json").stdout)["seconds"] == 25.0


def test_a_run_goes_no_faster_than_is_said(run, small):
    begun = time.monotonic()
    run("run", small(delivered=0), "--until", 2, "--speed", 4, "--json")
    assert time.monotonic() - begun >= 0.5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no scenario 'nowhere': conservative, disc, levels"),
        (["nowhere.toml"], "nowhere.toml: No such file or directory"),
        (["levels", "--speed", "fast"], "--speed is max or a number above 0, not 'fast'"),
        (["levels", "--speed", "0"], "--speed is max or a number above 0, not '0'"),
        (["levels", "--until", "-1"], "--until is a time of 0 seconds or more, not -1"),
        (["levels", "--compare", "level-7"], "--compare is level-0 to level-6, not 'level-7'"),
        (["levels", "--pcap", "/nowhere/a.pcap"], "/nowhere/a.pcap: No such file or directory"),
    ],
)
def test_what_the_caller_did_wrong_is_one_line(run, arguments, said):
    result = run("run", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("p6lowpan: ")
    assert said in result.stderr


def test_a_file_that_is_wrong_or_no_text_is_named(run, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text("duration = 'long'", "utf-8")
    assert "p6lowpan: wrong.toml: duration: expected seconds of 0 to 1000000" in run("run", path).stderr
    path.write_bytes(b"\xff")
    assert "wrong.toml: no text file" in run("run", path).stderr


# --- live -------------------------------------------------------------------------------------------------------------


def test_the_live_table_shows_nodes_beliefs_and_the_figures():
    running = Run(builtin("levels"))
    running.advance(35_000_000)
    console = Console(width=200, no_color=True, record=True, file=io.StringIO())
    console.print(run_live.live_table(running.results(), 100_000_000))
    text = console.export_text()
    assert "35.0 of 100 s" in text
    assert "leaf-0 0 (told), leaf-1 1 (error)" in text
    assert " packets; " in text
    assert "class-unsupported; dropped: " in text


def test_an_interrupted_run_says_what_came_so_far(run, small, monkeypatch):
    def interrupt(self, until_us):
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "advance", interrupt)
    result = run("run", small(), "--json")
    assert result.exit_code == 130
    assert json.loads(result.stdout)["seconds"] == 0.0
