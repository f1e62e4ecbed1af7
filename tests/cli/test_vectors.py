"""``p6lowpan vectors``: where the corpus goes, and how parts of it are chosen."""

import json


def test_vectors_are_json_for_stock_stacks_by_default(run):
    document = json.loads(run("vectors", "--only", "hop-limit/").stdout)
    assert document["level"] == "rfc6282"
    assert {vector["id"].split("/")[0] for vector in document["receive"]} == {"hop-limit"}


def test_a_level_is_chosen_by_its_number(run):
    document = json.loads(run("vectors", "--level", "2", "--only", "hop-limit/hlim2").stdout)
    (vector,) = document["receive"]
    assert (vector["packets"], vector["answer"]) == ([], "must")
    assert vector["error_frame"].startswith("6033000000003aff6402")


def test_vectors_are_listed_with_what_they_try(run):
    lines = run("vectors", "--only", "send/hop-limit", "--list").stdout.splitlines()
    assert lines[0].split(maxsplit=1) == ["send/hop-limit/hlim0/0", "hop limit 0 as HLIM=00"]


def test_the_schema_stands_alone(run):
    assert json.loads(run("vectors", "--schema").stdout)["title"] == "6LoWPAN conformance vectors"


def test_a_folder_gets_the_files_of_a_format(run, tmp_path):
    for form in ("json", "c", "rust"):
        assert run("vectors", "--format", form, "--only", "mesh/", "--out", tmp_path / "new").stdout == ""
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    endings = ["c", "h", "json", "rs"]
    assert names == [f"p6lowpan_vectors.{ending}" for ending in endings]


def test_a_single_file_gets_the_name_that_is_given(run, tmp_path):
    run("vectors", "--only", "mesh/", "--out", tmp_path / "mine.json")
    assert (tmp_path / "mine.json").read_text() == run("vectors", "--only", "mesh/").stdout


def refusal(run, *arguments):
    result = run("vectors", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr


def test_what_cannot_be_is_refused_in_words(run, tmp_path):
    assert "json, c, rust" in refusal(run, "--format", "java")
    assert "no vector has a name that begins with 'nowhere'" in refusal(run, "--only", "nowhere")
    assert "level 7 does not exist" in refusal(run, "--level", "7")
    assert "give --out a folder" in refusal(run, "--format", "c", "--only", "mesh/")
    assert "give --out a folder" in refusal(run, "--format", "c", "--only", "mesh/", "--out", tmp_path / "x.c")


def test_a_place_that_cannot_be_written_is_named(run, tmp_path):
    assert "missing" in refusal(run, "--only", "mesh/", "--out", tmp_path / "missing" / "x.json")
