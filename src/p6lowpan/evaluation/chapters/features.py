"""Figure 2 and table 1: what six stacks receive."""

from p6lowpan.evaluation.chapters.names import DRAFT_2018, DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Table, Tone, sentence, shown, words
from p6lowpan.evaluation.results import Results
from p6lowpan.interop.printed import PRINTED, PRINTED_2018, PRINTED_2020, Row

EMPTY = "-"
ABSENT = "\u00b7"
"""No such row or column in that table."""

UNCERTAIN = "?"

EXPLAINED = (
    "The second table has the smallest frame behind each difference, and the quirks of the stack without which it would"
    " arrive; p6lowpan stacks NAME shows the evidence. Versions are those of the measurement, years after the drafts.",
    "Contiki reads 16-bit addresses, which both drafts deny. RIOT's claim of stateful multicast was right about its"
    " code, which reads the address at the wrong place. TinyOS has code for addresses with contexts, tunnels and"
    " elided checksums, as the drafts say from reading it; none of it gives the right packet as shipped.",
    "Rows about Neighbor Discovery and address configuration are about behaviour, not about a form of frame: they are"
    " printed here, and not measured. The text of 2020 at hand has lost the columns of some rows, of which only the"
    " number of marks is known (?).",
)


def chapter(results: Results) -> Chapter:
    """Printed in 2018, in 2020, and measured."""
    return Chapter(
        name="features",
        title="Features of six stacks",
        source=f"Figure 2 of {DRAFT_2020}; table 1 of {DRAFT_2018}",
        lead="Each cell: as printed in 2018, as printed in 2020, as measured. o: supported; ~: in part; -: not;"
        " \u00b7: no such row or column. Set off is what differs from the draft of 2020.",
        tables=(_table(results), _reasons(results)),
        plots=(),
        how=f"{sentence(results.experiments['features'].how)}. The column of frames says with how many.",
        explained=EXPLAINED,
    )


def _table(results: Results) -> Table:
    heading = ("Feature", "Frames", *PRINTED_2020.headings)
    rows = tuple(_row(results, row) for row in PRINTED_2020.rows)
    return Table("figure-2", "Receiving: 2018 / 2020 / measured", heading, rows)


def _row(results: Results, row: Row) -> tuple[Cell, ...]:
    tried = f"features/{row.feature}/tried"
    number = Cell(str(results[tried].value), entry=tried) if tried in results else Cell(EMPTY)
    return (*words(row.feature), number, *(_cell(results, row, stack) for stack in PRINTED_2020.stacks))


def _cell(results: Results, row: Row, stack: str) -> Cell:
    before, after = _printed(2018, row, stack), _printed(2020, row, stack)
    entry = f"features/{row.feature}/{stack}/verdict"
    if entry not in results:
        return Cell(f"{before} / {after} /", Tone.MISSING, hint="not about a form of frame")
    measured = str(results[entry].value) or EMPTY
    arrived, of = (results[f"features/{row.feature}/{stack}/{what}"].value for what in ("arrived", "of"))
    tone = Tone.PLAIN if after in (measured, UNCERTAIN) else Tone.DIFFERENT
    return Cell(f"{before} / {after} / {measured}", tone, entry, f"{arrived} of {of} frames arrive")


def _reasons(results: Results) -> Table:
    """What is behind each cell that is set off."""
    rows = []
    for row in PRINTED_2020.rows:
        for stack, column in zip(PRINTED_2020.stacks, PRINTED_2020.headings, strict=True):
            base = f"features/{row.feature}/{stack}"
            if _cell(results, row, stack).tone is Tone.DIFFERENT and f"{base}/why" in results:
                shown_of = (shown(results, f"{base}/{what}") for what in ("fails", "frame", "why", "clause"))
                rows.append((*words(row.feature, column), *shown_of))
    heading = ("Feature", "Stack", "Smallest packet lost", "Its first frame begins", "Why", "Clause")
    return Table("figure-2-reasons", "What the stack does where it has less than the draft says", heading, tuple(rows))


def _printed(year: int, row: Row, stack: str) -> str:
    """A cell as printed; of 2018 by the place of the row, since the wording differs."""
    table = PRINTED[year]
    if stack not in table.stacks:
        return ABSENT
    number = PRINTED_2020.rows.index(row)
    if year == PRINTED_2018.year and number >= len(table.rows):
        return ABSENT
    cells = table.rows[number].cells
    if cells is None:
        return UNCERTAIN
    return cells[table.stacks.index(stack)] or EMPTY
