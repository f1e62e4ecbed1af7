"""The report as files."""

import importlib.util
import json
import re
from html.parser import HTMLParser

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.evaluation import core, plots
from p6lowpan.evaluation.document import Cell, Plot, Tone, shown, written
from p6lowpan.evaluation.html import html
from p6lowpan.evaluation.markdown import markdown
from p6lowpan.evaluation.plots import svg
from p6lowpan.evaluation.report import document, files
from p6lowpan.evaluation.results import Experiment, Results

PLOT = Plot("bars", "One & <two>", "octets", ("a", "b"), {"draft": [1, 2.5], "ours": [None, None]})
needs_matplotlib = pytest.mark.skipif(importlib.util.find_spec("matplotlib") is None, reason="matplotlib is missing")
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
VOID = {"meta", "br", "hr", "img", "link"}


class Reader(HTMLParser):
    """Collects identifiers, and what is open."""

    def __init__(self):
        super().__init__()
        self.open, self.identifiers, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.identifiers += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.identifiers += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def made(quick):
    """The files of a quick report."""
    return files(quick)


def one(value):
    return Results([(Experiment("one", "by hand", lambda _: {"a": value}), {"a": value})])


@needs_matplotlib
def test_the_html_is_whole_and_takes_nothing_from_elsewhere(made):
    text = made["report.html"]
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    assert len(set(reader.identifiers)) == len(reader.identifiers) > 50
    assert not reader.tags & {"script", "link", "img", "iframe", "object"}
    assert set(re.findall(r"https?://[^\s\"<>)]+", text)) <= NAMESPACES
    assert "@import" not in text
    assert "src=" not in text


@needs_matplotlib
def test_the_same_results_give_the_same_octets_and_no_dates(quick, made):
    assert files(quick) == made
    assert {"report.html", "report.md", "results.json", "figures/start-up.svg"} <= set(made)
    assert not re.search(r"dc:date|20\d\d-\d\d-\d\dT", "".join(made.values()))


@needs_matplotlib
def test_every_figure_of_the_markdown_is_a_file(made):
    named = re.findall(r"!\[[^]]*\]\(([^)]+)\)", made["report.md"])
    assert named
    assert set(named) == {name for name in made if name.startswith("figures/")}


@needs_matplotlib
def test_identifiers_of_a_figure_carry_its_name_and_references_follow():
    drawn = svg(PLOT)
    identifiers = re.findall(r'\bid="([^"]+)"', drawn)
    assert identifiers
    assert all(each.startswith("bars-") for each in identifiers)
    references = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', drawn)
    assert {one or other for one, other in references} <= set(identifiers)
    assert "<title>One &amp; &lt;two&gt;</title>" in drawn
    assert "ours: not measured yet" in drawn


def test_without_matplotlib_the_message_says_what_to_install(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(plots.importlib, "import_module", missing)
    with pytest.raises(UsageError, match=r"pip install 'p6lowpan\[plot\]'"):
        svg(PLOT)


def test_markdown_tables_have_as_many_cells_as_their_heading(quick):
    for block in re.findall(r"(?:^\|.*\n)+", markdown(document(quick)), re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.strip().splitlines()}
        assert len(widths) == 1


def test_words_are_escaped_in_both_forms(quick):
    whole = document(quick)
    figures = {plot.name: "<svg></svg>" for chapter in whole.chapters for plot in chapter.plots}
    assert "from \\ to" in html(whole, figures)
    assert "from \\\\ to" in markdown(whole)


def test_a_value_is_written_so_that_it_can_be_read():
    assert [written(each) for each in (None, True, 7, 241653, 2.5, "word")] == [
        "not measured yet",
        "yes",
        "7",
        "241\u202f653",
        "2.5",
        "word",
    ]


def test_a_cell_is_set_off_where_the_draft_has_something_else():
    assert shown(one(24), "one/a", printed="20") == Cell("24", Tone.DIFFERENT, "one/a")
    assert shown(one(20), "one/a", printed="20") == Cell("20", Tone.SAME, "one/a")
    assert shown(one(None), "one/a", printed="20") == Cell("not measured yet", Tone.MISSING, "one/a")
    assert shown(one(5.8), "one/a", unit="%").text == "5.8 %"


def test_figures_of_the_core_are_left_open_without_its_build(tmp_path):
    assert core.read(tmp_path / "figures.json") == {}
    assert set(core.of({}).values()) == {None}


def test_figures_of_the_core_are_taken_from_what_its_build_wrote():
    builds = {"level-4": {"octets": 4910}, "level-4-discovery": {"octets": 6240, "worst_stack_octets": 456}}
    builds["level-4-discovery-flex"] = {"octets": 6306}
    values = core.of({"builds": builds, "neighbor_bits": {"linear": 3, "flex": 32}})
    assert (values["4/kB"], values["4/kB with discovery"], values["4/octets more"]) == (4.9, 6.2, 1330)
    assert (values["linear/kB"], values["FLEX/kB"], values["4/octets more in FLEX"]) == (6.2, 6.3, 66)
    assert (values["linear/bits"], values["FLEX/bits"], values["4/octets of stack"]) == (3, 32, 456)
    assert values["5/kB"] is None


def test_figures_of_the_core_that_are_no_figures_are_refused(tmp_path):
    path = tmp_path / "figures.json"
    for text in ("{", json.dumps([1])):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=r"figures\.json"):
            core.read(path)
