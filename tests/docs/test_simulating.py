"""The page about simulating: each of its scenarios runs, and what comes of it is what it expects."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from p6lowpan.cli.main import application

PAGE = (Path(__file__).parents[2] / "docs" / "simulating.md").read_text("utf-8")
SCENARIOS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(SCENARIOS)))
def test_a_scenario_of_the_page_comes_out_as_it_expects(tmp_path, number):
    (tmp_path / "page.toml").write_text(SCENARIOS[number], encoding="utf-8")
    (tmp_path / "links.csv").write_text("from,to\nborder,leaf\n", encoding="utf-8")
    ran = CliRunner().invoke(application, ["run", str(tmp_path / "page.toml"), "--json"])
    assert ran.exit_code == 0, ran.output
    results = json.loads(ran.stdout)
    assert results["as_expected"]
    assert sum(pair["delivered"] for pair in results["pairs"]) > 0 or "traffic" not in SCENARIOS[number]


def test_the_page_has_scenarios():
    assert len(SCENARIOS) == 5
