"""A report, before it is HTML or Markdown: chapters of tables and plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.evaluation.results import Results, Value

NOT_MEASURED = "not measured yet"


class Tone(StrEnum):
    """How a cell looks."""

    PLAIN = "plain"
    SAME = "same"  # as the draft has it
    DIFFERENT = "different"  # not as the draft has it
    MISSING = "missing"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Cell:
    """``entry`` is the name of the result that is shown; without one it is words, or what a draft prints. ``hint`` is
    more about it."""

    text: str
    tone: Tone = Tone.PLAIN
    entry: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; ``name`` is stable. A matrix has many narrow columns."""

    name: str
    title: str
    heading: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    is_matrix: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars: for each of ``groups`` one of each series. ``None`` leaves a place that says so."""

    name: str
    title: str
    unit: str
    groups: tuple[str, ...]
    series: Mapping[str, Sequence[float | None]]
    lies: bool = False
    stacks: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One subject. ``source`` is where the drafts have it, ``how`` how ours was measured; ``explained`` says why the
    two differ, a paragraph each."""

    name: str
    title: str
    source: str
    lead: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...]
    how: str
    explained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The report. ``headlines``: what to know without reading on."""

    title: str
    lead: str
    headlines: tuple[str, ...]
    chapters: tuple[Chapter, ...]


def words(*texts: str) -> tuple[Cell, ...]:
    """Cells of words."""
    return tuple(Cell(text) for text in texts)


def sentence(text: str) -> str:
    """With a capital letter at its beginning, and all others as they are."""
    return text[:1].upper() + text[1:]


def written(value: Value, form: str = "") -> str:
    """A value in a cell. Numbers of four and more digits have a thin gap before the last three."""
    if value is None:
        return NOT_MEASURED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    text = f"{value:{form}}" if form else f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.replace(",", "\u202f")


def shown(results: Results, name: str, *, printed: str = "", form: str = "", unit: str = "") -> Cell:
    """A result in a cell; set off where the draft prints something else."""
    value = results[name].value
    text = written(value, form) + (f" {unit}" if unit and value is not None else "")
    if value is None:
        return Cell(text, Tone.MISSING, name)
    tone = Tone.PLAIN if not printed else Tone.SAME if printed == written(value, form) else Tone.DIFFERENT
    return Cell(text, tone, name)
