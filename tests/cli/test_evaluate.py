"""``p6lowpan evaluate``."""

import importlib.util
import json
import sys

import pytest

from p6lowpan.cli import evaluate as command
from p6lowpan.cli.main import main
from p6lowpan.evaluation import model, start_up
from p6lowpan.evaluation.results import Results


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["p6lowpan", "evaluate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0


def test_the_report_is_written_into_the_folder(tmp_path, monkeypatch, capsys):
    asked = []

    def measured(quick):
        asked.append(quick)
        return Results((each, each.run(quick)) for each in (model.EXPERIMENT, start_up.EXPERIMENT))

    monkeypatch.setattr(command, "measured", measured)
    monkeypatch.setattr(command, "files", lambda results: {"report.html": "x", "figures/a.svg": results.as_json()})
    assert run(monkeypatch, "--out", tmp_path / "new" / "report", "--quick") == 0
    assert asked == [True]
    assert capsys.readouterr().out.strip().endswith("report.html")
    written = json.loads((tmp_path / "new" / "report" / "figures" / "a.svg").read_text("utf-8"))
    assert written["model"]["values"]["P6LoWPAN/constant"] == 172


@pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is missing")
def test_a_folder_that_is_a_file_is_one_line_and_exit_status_2(tmp_path, monkeypatch, capsys):
    (tmp_path / "report").write_text("", "utf-8")
    monkeypatch.setattr(command, "measured", lambda _: None)
    monkeypatch.setattr(command, "files", lambda _: {"report.html": "x"})
    assert run(monkeypatch, "--out", tmp_path / "report") == 2
    assert capsys.readouterr().err.count("\n") == 1
