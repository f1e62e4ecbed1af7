"""``p6lowpan probe``: tables, JSON, evidence, files, and what it refuses."""

import io
import json

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import level_features
from p6lowpan.cli.output import counting


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("probing")


@pytest.fixture
def probe(run, kept):
    def invoke(what, *options):
        return run(
            "probe", "--radio", what, "--wait", 0.5, "--state", kept / f"{what.replace(':', '-')}.json", *options
        )

    return invoke


def test_the_table_says_what_a_neighbor_takes_and_the_level(probe):
    result = probe("sim:2")
    assert result.exit_code == 0
    assert "level       level 2" in result.output
    assert "FLEX field  ffe00000" in result.output
    assert "announces   level-2" in result.output
    rows = {line.split()[0]: line.split() for line in result.output.splitlines()[1:] if line}
    assert {name for name, row in rows.items() if len(row) > 3 and row[3] == "yes"} == {
        feature.value.name for feature in level_features(2)
    }


def test_json_has_every_frame(probe):
    record = json.loads(probe("sim:2", "--json").output)
    assert record["profile"]["level"] == 2
    assert record["complete"]
    assert [one["name"] for one in record["features"]] == [feature.value.name for feature in Feature]
    hop_limit = next(one for one in record["features"] if one["name"] == "hop_limit")
    assert hop_limit["receives"] == "no"
    assert hop_limit["probes"][0]["outcome"] == "refused"
    assert hop_limit["probes"][0]["sent"]
    assert hop_limit["probes"][0]["came"]


def test_a_verdict_is_explained_by_its_frames(probe):
    lines = probe("sim:2", "--explain", "hop_limit").output.splitlines()
    assert lines[0] == "hop_limit: no"
    assert any(line.startswith("    sent ") for line in lines)


def test_a_bound_is_explained_rung_by_rung_with_what_was_answered_instead(probe):
    lines = probe("sim:2", "--explain", "parallel reassemblies").output.splitlines()
    assert lines[0] == "parallel reassemblies: 2 reached, 3 not"
    rungs = [line for line in lines if line.startswith("  parallel/")]
    assert [rung.split()[1] for rung in rungs[:3]] == ["answered", "silent", "lacking"]
    assert any(line.startswith("    control came ") for line in lines)
    bounds = json.loads(probe("sim:2", "--json").output)["bounds"]
    evidence = next(one for one in bounds if one["name"] == "parallel reassemblies")["probes"][1]
    assert evidence["outcome"] == "silent"
    assert evidence["sent"]
    assert evidence["control_came"]


def test_a_state_of_another_neighbor_is_refused(refused, probe, kept):
    probe("sim:2")
    assert "the state of a probing of '2', not of '3'" in refused(
        "probe", "--radio", "sim:3", "--state", kept / "sim-2.json"
    )


def test_markdown_is_a_table_for_a_document(probe):
    assert "| feature | level |" in probe("sim:2", "--markdown").output


def test_what_was_found_is_a_name_for_the_laboratory(probe, run, kept):
    path = kept / "sensor.profile.json"
    assert probe("sim:2", "--profile", path).exit_code == 0
    assert "level  2" in run("safe", path, "level-4").output
    assert run("matrix", path, "level-2").output.splitlines()[-1].endswith("all get through")
    cells = json.loads(run("matrix", "openthread", path, "--json").output)["cells"]
    failing = next(cell for cell in cells if (cell["from"], cell["to"]) == ("openthread", "2"))
    assert failing["witness"]["frames"][0].startswith("7a33")  # TF=11: level 2 has the traffic class in line
    assert "7a 33" in run("witness", "openthread", path).output


def test_a_modelled_stack_is_probed_by_name(probe):
    result = probe("sim:openthread")
    assert "less than level 0" in result.output  # it takes no uncompressed packet
    assert result.exit_code == 0


def test_who_does_not_answer_is_told_by_the_exit_status(run, kept):
    path = kept / "nobody.profile.json"
    result = run("probe", "--radio", "sim:tock", "--wait", 0, "--profile", path)
    assert result.exit_code == 3
    assert result.output.startswith("Nothing answered")  # no table of what is unknown
    assert not path.exists()  # a profile that says nothing would say: takes nothing


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--radio", "carrier-pigeon"], "--radio, beside sim:LEVEL and sim:STACK: expected one of zep:PEERS"),
        (["--radio", "sim:9"], "level 9 does not exist"),
        (["--radio", "sim:tiny"], "or a stack"),
        (["--radio", "sim:2", "--loss", "7"], "loss is a chance"),
        (["--radio", "zep"], "needs its link-layer address"),
        (["0200000000000001", "--radio", "zep:nowhere"], "zep.peers: expected a list of numeric addresses and ports"),
        (
            ["0200000000000001", "--radio", "zep:127.0.0.1:99999"],
            "zep.peers: expected a list of numeric addresses and ports",
        ),
        (["0200000000000001", "--radio", "zep:[::1]:1,chanel=3"], "zep: there is no key 'chanel'"),
        (["0200000000000001", "--radio", "interface"], "interface: the key 'name' is missing"),
        (["0200000000000001", "--radio", "interface:nowhere0"], "nowhere0: "),
        (["0200000000000001", "--radio", "interface:lo"], "lo: "),
        (["0200000000000001", "--radio", "serial:/dev/nowhere"], "/dev/nowhere"),
        (["0200000000000001", "--radio", "serial:/dev/tty0,baud=fast"], "baud: expected a whole number"),
        (["0200000000000001", "--radio", "simulated:9999"], "nodes: expected a whole number"),
        (["02000000000000"], "no link-layer address"),
        (["ffff"], "not everybody"),
        (["0200000000000001", "--pan", "wide"], "--pan is up to 4 hexadecimal digits"),
        (
            ["0200000000000001", "--own-short", "0200000000000001"],
            "--own-short: expected a short address, 4 hex digits",
        ),
        (["0200000000000001", "--key", "xyz"], "--key: expected 32 hex digits"),
        (["0200000000000001", "--context", "77"], "77"),
        (["--radio", "sim:2", "--explain", "flying"], "there is no feature"),
        (["--radio", "sim:2", "--json", "--markdown"], "one of --json, --markdown and --explain"),
        (["--radio", "sim:2", "--json", "--explain", "iphc"], "one of --json, --markdown and --explain"),
        (["--radio", "sim:2", "--wait", "0", "--explain", "reassembly seconds"], "bounds are in the table"),
        (["--radio", "sim:2", "--wait", "nan"], "--wait: expected seconds, 0 or more"),
        (["0200000000000001", "--patience", "0"], "--patience: expected seconds above 0"),
        (["0200000000000001", "--patience", "nan"], "--patience: expected seconds above 0"),
        (["--radio", "sim:2", "--patience", "1"], "--patience: has no meaning with --radio sim:2"),
        (["--radio", "sim:2", "0200000000000001", "--own-short", "0a0b"], "TARGET, --own-short: has no meaning"),
        (["0200000000000001", "--loss", "0"], "--loss: has no meaning with --radio zep: only sim: takes it"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused, words, said):
    assert said in refused("probe", *words)


@pytest.mark.parametrize(
    "words",
    [["--pan", "abcd"], ["--own", "0200000000000002"], ["--short", "0c0d"], ["--address", "fe80::1"],
     ["--context", "0=2001:db8::/64"], ["--key", "00" * 16]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_what_is_said_of_a_neighbor_on_a_radio_is_refused_in_the_simulator(refused, words):
    assert f"{words[0]}: has no meaning with --radio sim:riot" in refused("probe", "--radio", "sim:riot", *words)


def test_a_state_of_something_else_is_refused(refused, kept):
    path = kept / "other.json"
    path.write_text("{}")
    assert refused("probe", "--radio", "sim:2", "--state", path)


def test_an_absent_neighbor_on_a_radio_leaves_a_state(command, kept):
    path = kept / "absent.json"
    words = ["0200000000000009", "--radio", "zep:127.0.0.1:9", "--wait", 0, "--patience", 0.05, "--state", path]
    result = command("probe", *words)
    assert result.returncode == 3
    assert b"Nothing answered" in result.stdout
    assert json.loads(path.read_text())["is_gone"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "shows"), [(Terminal(), True), (io.StringIO(), False)], ids=["terminal", "pipe"])
def test_how_far_it_is_is_shown_on_a_terminal_alone(monkeypatch, stream, shows):
    monkeypatch.setattr("sys.stderr", stream)
    with counting() as count:
        count(3, 10)
    assert ("3 of 10" in stream.getvalue()) == shows
