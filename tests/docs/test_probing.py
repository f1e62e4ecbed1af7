"""The page about probing: its Python runs, what it shows is what the command writes."""

import re
from pathlib import Path

from typer.testing import CliRunner

from p6lowpan.cli.main import application

PAGE = (Path(__file__).parents[2] / "docs" / "probing.md").read_text("utf-8")


def test_the_python_of_the_page_runs():
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "probing.md", "exec"), {})


def test_the_table_of_the_page_is_what_the_command_writes():
    shown = re.search(r"\$ p6lowpan probe --radio sim:riot\n(.*?)```", PAGE, re.DOTALL).group(1).splitlines()
    written = CliRunner().invoke(application, ["probe", "--radio", "sim:riot"]).output.splitlines()
    assert [line for line in shown if line not in ("…", *written)] == []
    assert len(shown) > 8


def test_every_option_of_the_page_is_the_command_s():
    usage = CliRunner().invoke(application, ["probe", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert {option for option in re.findall(r"--[a-z][a-z-]*", PAGE) if option not in usage} == set()
