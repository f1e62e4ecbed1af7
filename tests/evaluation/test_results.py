"""Every value of the report: found again by the function that it names, and shown as it is."""

import importlib
import json
import re
from pathlib import Path

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.evaluation.document import NOT_MEASURED, Tone, written
from p6lowpan.evaluation.experiments import EXPERIMENTS
from p6lowpan.evaluation.report import document, headlines
from p6lowpan.evaluation.results import Experiment, Results

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"


def cells(results):
    return [
        (table, cell)
        for chapter in document(results).chapters
        for table in chapter.tables
        for row in table.rows
        for cell in row
    ]


def test_every_function_that_is_named_finds_its_values_again(whole):
    for experiment in EXPERIMENTS:
        module, _, name = experiment.by.rpartition(".")
        found = getattr(importlib.import_module(module), name)(True)
        assert found
        again = {name: whole[f"{experiment.name}/{name}"].value for name in found}
        assert again == dict(found)


def test_a_quick_report_has_fewer_entries_and_the_same_values(whole, quick):
    names = {entry.name for entry in quick}
    assert names < {entry.name for entry in whole}
    assert {name: quick[name] for name in names} == {name: whole[name] for name in names}


def test_every_cell_shows_the_entry_that_it_names(whole):
    shown = [cell for _, cell in cells(whole) if cell.entry]
    assert len(shown) > 500
    for cell in shown:
        value = whole[cell.entry].value
        text = cell.text.replace("\u202f", "")
        if value is None or value == "":
            assert NOT_MEASURED in cell.text or "-" in cell.text or cell.text in ("all", ""), cell
        else:
            form = written(value).replace("\u202f", "")
            assert form in text or f"{value:.1f}" in text, cell


def test_numbers_of_our_own_stand_in_no_cell_without_an_entry(whole):
    """What has no entry is words, or printed in a draft, or counts packets of the mix."""
    printed = re.compile(r"[\d.,>-]+")
    ours = [
        (table.name, heading, cell.text)
        for chapter in document(whole).chapters
        for table in chapter.tables
        for row in table.rows
        for heading, cell in zip(table.heading, row, strict=True)
        if not cell.entry and printed.fullmatch(cell.text) and re.search("ours|measured|on air|mJ", heading, re.I)
    ]
    assert ours == []


@pytest.mark.parametrize("which", ["whole", "quick"])
def test_rows_are_as_wide_as_their_heading(which, request):
    results = request.getfixturevalue(which)
    for chapter in document(results).chapters:
        for table in chapter.tables:
            assert {len(row) for row in table.rows} <= {len(table.heading)}, table.name
        for plot in chapter.plots:
            assert {len(values) for values in plot.series.values()} == {len(plot.groups)}


def test_names_of_tables_plots_and_chapters_are_each_there_once(whole):
    chapters = document(whole).chapters
    names = [chapter.name for chapter in chapters]
    names += [part.name for chapter in chapters for part in (*chapter.tables, *chapter.plots)]
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in names)
    tables = [table.name for chapter in chapters for table in chapter.tables]
    plots = [plot.name for chapter in chapters for plot in chapter.plots]
    assert len(set(tables)) == len(tables)
    assert len(set(plots)) == len(plots)


def test_what_was_not_measured_is_said_and_not_invented(whole):
    missing = [cell for _, cell in cells(whole) if cell.entry and whole[cell.entry].value is None]
    assert all(cell.tone is Tone.MISSING or "-" in cell.text for cell in missing)


def test_the_page_has_the_headlines_of_the_report(whole):
    said = re.sub(r"\s+", " ", PAGE.read_text("utf-8"))
    assert len(headlines(whole)) == 6
    assert [line for line in headlines(whole) if line not in said] == []


def test_headlines_whose_entries_are_missing_are_left_out(quick):
    assert len(headlines(quick)) == 4


def test_the_results_as_json_name_their_functions(whole):
    read = json.loads(whole.as_json())
    assert list(read) == [experiment.name for experiment in EXPERIMENTS]
    assert read["start-up"]["measured by"] == "p6lowpan.evaluation.start_up.measure"
    assert sum(len(each["values"]) for each in read.values()) == len(list(whole))


def test_a_value_that_nothing_measures_is_refused():
    results = Results([(Experiment("one", "by hand", lambda _: {"a": 1, "b": "word"}), {"a": 1, "b": "word"})])
    assert results.number("one/a") == 1
    with pytest.raises(UsageError, match="nothing measures"):
        results["one/c"]
    with pytest.raises(UsageError, match="no number"):
        results.number("one/b")
