"""The command itself: its verbs, its version, and how it refuses."""

from p6lowpan import __version__


def test_the_version_is_told(run):
    assert run("--version").stdout == f"p6lowpan {__version__}\n"


def test_every_verb_is_named_in_the_help(run):
    text = run("--help").stdout
    for verb in ("explain", "convert", "decode", "encode", "features", "levels", "oracle"):
        assert verb in text


def test_help_is_there_for_every_verb(run):
    for verb in ("explain", "convert", "decode", "encode", "features", "levels", "oracle"):
        result = run(verb, "-h")
        assert result.exit_code == 0
        assert "Usage" in result.stdout


def test_without_a_verb_there_is_help(run):
    result = run()
    assert "Usage" in result.stdout + result.stderr


def test_an_unknown_verb_is_status_2(run):
    assert run("expain").exit_code == 2


def test_the_oracle_answers_line_by_line(run):
    assert '"errors"' in run("oracle", standard_input="{}\n").stdout
