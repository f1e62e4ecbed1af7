"""The command itself: its verbs, its version, and how it refuses."""

import subprocess
import sys

from p6lowpan import __version__
from p6lowpan.cli.main import VERBS


def test_the_version_is_told(run):
    assert run("--version").stdout == f"p6lowpan {__version__}\n"


def test_every_verb_is_named_in_the_help(run):
    text = run("--help").stdout
    for verb in VERBS:
        assert verb in text


def test_help_is_there_for_every_verb(run):
    for verb in VERBS:
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


def test_a_verb_waits_for_no_other():
    program = "import sys; from p6lowpan.cli.main import application; application(['levels'], standalone_mode=False);"
    words = [sys.executable, "-c", program + "print(*sys.modules)"]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    modules = {f"p6lowpan.cli.{verb.replace('-', '_')}" for verb in VERBS}
    assert modules & set(told.splitlines()[-1].split()) == {"p6lowpan.cli.levels"}
