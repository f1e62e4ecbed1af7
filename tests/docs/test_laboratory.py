"""The page about the laboratory: its commands say what it shows, its Python runs."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from p6lowpan.cli.main import application

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "laboratory.md").read_text("utf-8")
ELSE = "…"
"""Stands for octets, or on a line of its own for lines, that are not shown."""

SHOWN = [
    (command[2:], lines)
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for command, *lines in (part.splitlines() for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE) if part)
]


def pattern_of(line: str) -> str:
    return ".*".join(map(re.escape, line.split(ELSE)))


def test_the_page_shows_every_verb() -> None:
    verbs = {command.split()[1] for command, _ in SHOWN}
    assert verbs == {"stacks", "matrix", "witness", "safe", "explain", "verdict"}


@pytest.mark.parametrize(("command", "lines"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_command_writes_what_the_page_shows(command: str, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(application, shlex.split(command)[1:])
    assert result.exit_code == 0
    written, at = result.stdout.splitlines(), 0
    for line in lines:
        if line != ELSE:
            found = [number for number in range(at, len(written)) if re.fullmatch(pattern_of(line), written[number])]
            assert found, line
            at = found[0] + 1


def test_the_python_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "laboratory.md", "exec"), {})
    assert "riot to level-3 because" in capsys.readouterr().out
