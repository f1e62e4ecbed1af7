"""``p6lowpan stacks``, ``matrix``, ``witness``, ``safe``, ``verdict``, and ``explain --stacks``."""

import json


def lines_of(result):
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


def refusal(run, *arguments):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


# --- stacks ----------------------------------------------------------------------------------------------------------


def test_stacks_are_compared_as_measured_and_as_printed(run):
    measured = lines_of(run("stacks"))
    assert measured[0].split()[:3] == ["feature", "contiki", "contiki-ng"]
    assert "receives, sends" in measured[-1]
    printed = lines_of(run("stacks", "--printed", "2018"))
    assert printed[0].split() == ["feature", "Contiki", "OT", "Riot", "Arm", "TinyOS"]
    assert "draft-hudson-ayers-low-power-interop-00" in printed[-1]
    assert "lost in the text at hand" in lines_of(run("stacks", "--printed", "2020"))[-1]
    assert lines_of(run("stacks", "--markdown"))[1].startswith("|---|")
    assert json.loads(run("stacks", "--printed", "2020", "--json").stdout)["source"].endswith("-01")


def test_a_stack_is_shown_with_the_evidence_of_every_quirk(run):
    text = "\n".join(lines_of(run("stacks", "riot")))
    assert "RFC 6282 3.2.1" in text
    assert "E:tf/2-0-64: sent 7233023a8000e3e0424200016869" in text
    assert "857 asked" in text
    record = json.loads(run("stacks", "riot", "--json").stdout)
    assert record["quirks"][0]["evidence"][3] == {
        "case": "E:tf/2-0-64",
        "frames": ["7233023a8000e3e0424200016869"],
        "crash": None,
    }


def test_a_stack_or_a_table_that_there_is_not_is_named(run):
    assert "unknown stack 'vxworks'" in refusal(run, "stacks", "vxworks")
    assert "--printed is 2018, 2020 or measured" in refusal(run, "stacks", "--printed", "1998")


# --- matrix and witness ----------------------------------------------------------------------------------------------


def test_a_matrix_names_the_witness_of_each_cell_that_fails(run):
    lines = lines_of(run("matrix", "contiki", "riot"))
    assert lines[0].split() == ["from", "\\", "to", "contiki", "riot"]
    assert "packets were put to each of 4 pairs" in lines[4]
    assert any(
        line.startswith("riot     contiki") and "is taken for the beginning of an EUI-64" in line for line in lines
    )
    record = json.loads(run("matrix", "contiki", "riot", "--json").stdout)
    assert [(cell["from"], cell["to"]) for cell in record["cells"]] == [
        ("contiki", "contiki"),
        ("contiki", "riot"),
        ("riot", "contiki"),
        ("riot", "riot"),
    ]
    assert record["cells"][0]["witness"] is None
    assert record["cells"][2]["witness"]["sections"] == ["RFC 6282 3.2.2"]


def test_a_matrix_may_be_the_grid_alone_or_markdown(run):
    assert len(lines_of(run("matrix", "contiki", "riot", "--grid"))) == 5
    assert lines_of(run("matrix", "contiki", "riot", "--markdown", "--grid"))[1] == "|---|---|---|"


def test_levels_understand_one_another_where_discovery_runs(run):
    assert "all get through" in lines_of(run("matrix", "level-0", "level-2"))[-1]
    assert "in 1 one fails" in run("matrix", "level-0", "level-2", "--no-discovery").stdout


def test_the_pairs_of_the_draft_are_reproduced(run):
    lines = lines_of(run("matrix", "--draft"))
    assert len(lines) == 11
    assert sum("  holds" in line for line in lines) == 7
    assert len(json.loads(run("matrix", "--draft", "--json").stdout)["pairs"]) == 10


def test_a_witness_is_shown_octet_by_octet_with_reason_section_and_evidence(run):
    text = "\n".join(lines_of(run("witness", "riot", "contiki")))
    assert "frame 1 of 1" in text
    assert "iphc stands for" in text
    assert "are not what was sent" in text
    assert "departs from RFC 6282 3.2.2" in text
    assert "measured: addr/s/ll0/ll64: 6000" in text
    assert json.loads(run("witness", "riot", "contiki", "--json").stdout)["blamed"] == "contiki"


def test_where_all_gets_through_there_is_no_witness(run):
    assert lines_of(run("witness", "contiki", "contiki")) == ["contiki to contiki: all through"]
    assert run("witness", "contiki", "contiki", "--json").stdout == "null\n"


def test_a_party_that_there_is_not_is_named(run):
    assert "unknown profile 'nobody'" in refusal(run, "witness", "riot", "nobody")
    assert "level 7 does not exist" in refusal(run, "matrix", "level-7")


# --- safe ------------------------------------------------------------------------------------------------------------


def test_what_is_safe_for_several_is_told_with_what_each_forbids(run):
    text = "\n".join(lines_of(run("safe", "contiki", "riot")))
    assert "level  0" in text
    assert "contiki forbids" in text
    assert "the traffic class octet is copied" in text
    record = json.loads(run("safe", "openthread", "level-3", "--json").stdout)
    assert (record["level"], record["flex_field"]) == (None, None)
    assert "uncompressed_ipv6" in record["forbids"]["openthread"]


# --- verdict ---------------------------------------------------------------------------------------------------------

ENDS = ("--source", "0212345678abcd01", "--destination", "0212345678abcd02")


def test_a_verdict_groups_everyone_by_answer(run):
    lines = lines_of(run("verdict", "7e33f416330035", *ENDS, "--no-others"))
    assert "nhc_udp_checksum_elided (RFC 6282 4.3.2)" in lines[0]
    assert lines[2].startswith("a packet of 48 octets  ")
    assert ": p6lowpan, " in lines[2]
    assert "  riot: a UDP checksum must be in line (RFC 6282 4.3.2)" in lines


def test_a_verdict_takes_fragments_contexts_and_a_pipe(run):
    frames = run("encode", packet(), "--mtu", "60", "-q", "--from", ENDS[1], "--to", ENDS[3]).stdout.split()
    assert len(frames) > 1
    given = run(
        "verdict", "-", *ENDS, "--no-others", "--stacks", "riot,lwip", "--context", "0=2001:db8::/64", "--json",
        standard_input="\n".join(frames),
    )  # fmt: skip
    record = json.loads(given.stdout)
    assert record["frames"] == frames
    assert [opinion["who"] for group in record["groups"] for opinion in group["opinions"]] == [
        "p6lowpan",
        "riot",
        "lwip",
    ]
    assert record["groups"][0]["packets"] == [packet()]


def packet():
    ends = "fe80000000000000001234 5678abcd01 fe80000000000000001234 5678abcd02".replace(" ", "")
    return f"6000000000783b40{ends}" + "00" * 120


def test_a_verdict_needs_octets_and_stacks_that_there_are(run):
    assert "hexadecimal" in refusal(run, "verdict", "7g")
    assert "unknown stack 'vxworks'" in refusal(run, "verdict", "7e33", "--stacks", "vxworks")


# --- explain ---------------------------------------------------------------------------------------------------------


def test_explain_says_which_stacks_would_lose_a_packet(run, captures):
    lines = lines_of(run("explain", captures / "riot-short.pcap", "--stacks", "contiki,riot"))
    told = [line for line in lines if line.startswith(f"{' ' * 20}contiki hands up another packet")]
    assert told
    assert told[0].endswith("Level 0 would be safe")
    assert lines[-2].split() == ["contiki", str(len(told)), "arrives", "as", "another", "packet"]
    assert lines[-1].split() == ["riot", "takes", "all"]


def test_explain_says_it_to_programs_too(run, captures):
    rows = [
        json.loads(line)
        for line in lines_of(run("explain", captures / "riot-short.pcap", "--stacks", "contiki", "--json"))
    ]
    names = {finding["name"] for row in rows[:-2] for finding in row.get("findings", [])}
    assert "lost-by-stacks" in names
    assert rows[-1]["stacks"]["contiki"]["arrives_wrong"] > 0
    assert "lost-by-stacks" in run("explain", captures / "riot-short.pcap", "--stacks", "contiki", "--csv").stdout


def test_without_the_option_explain_says_nothing_of_stacks_that_were_not_asked(run, captures):
    assert "lost-by-stacks" not in run("explain", captures / "riot-short.pcap").stdout
    assert "unknown stack 'vxworks'" in refusal(run, "explain", captures / "riot-short.pcap", "--stacks", "vxworks")
