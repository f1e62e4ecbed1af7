"""Figure 3 and table 2: how much code 6LoWPAN takes."""

from p6lowpan.evaluation.chapters.names import DRAFT_2018, DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Plot, Table, Tone, sentence, shown, words
from p6lowpan.evaluation.results import Results
from p6lowpan.evaluation.sizes import PARTS, STACKS, StackSize

EXPLAINED = (
    "The drafts name their sizes without compiler, options and target in the text, and leave what was counted to"
    " another paper. Ours are text and read-only data of the objects that do 6LoWPAN, or differences between two"
    " builds. The order is the drafts': Contiki-NG small, OpenThread and Mbed large; compression is the largest part"
    " everywhere.",
    "Contiki is 11.3 kB in the draft and 4.2 here, OpenThread 26.6 and 11.6: parts of the two stacks beyond 6LoWPAN"
    " were counted there, as far as can be told. RIOT agrees within 0.2 kB.",
    "Figure 3 prints 1331 for Mbed's mesh and broadcast headers in a table of kB; table 2 has the same number as"
    " octets.",
)


def chapter(results: Results) -> Chapter:
    """Printed and measured, and both as bars."""
    return Chapter(
        name="sizes",
        title="Code size of six stacks",
        source=f"Figure 3 of {DRAFT_2020}; table 2 of {DRAFT_2018}",
        lead="What 6LoWPAN adds to a program, in kB, in all and by part. Each cell: as printed in 2020, as measured.",
        tables=(_table(results), _table_2018()),
        plots=(_plot(results),),
        how=f"{sentence(results.experiments['sizes'].how)}.",
        explained=EXPLAINED,
    )


def _table(results: Results) -> Table:
    rows = tuple((*words(each.stack, each.version), *_cells(results, each), Cell(each.note)) for each in STACKS)
    heading = ("Stack", "Version measured", *(f"{part.capitalize()}" for part in PARTS), "What is in the parts")
    return Table("figure-3", "kB: printed / measured", heading, rows)


def _cells(results: Results, each: StackSize) -> tuple[Cell, ...]:
    cells = []
    for part, printed in zip(PARTS, each.printed, strict=True):
        entry = results[f"sizes/{each.stack}/{part}"]
        measured = "-" if entry.value is None else f"{entry.value:.1f}"
        tone = Tone.PLAIN if entry.value is None else shown(results, entry.name, printed=printed, form=".1f").tone
        cells.append(Cell(f"{printed} / {measured}", tone, entry.name))
    return tuple(cells)


def _table_2018() -> Table:
    rows = tuple(words(each.stack, *each.printed_in_2018) for each in STACKS if any(each.printed_in_2018))
    return Table("table-2", "Table 2 as printed in 2018, octets", ("Stack", *map(str.capitalize, PARTS)), rows)


def _plot(results: Results) -> Plot:
    return Plot(
        "code-sizes",
        "All of 6LoWPAN in kB, as printed in 2020 and as measured",
        "kB",
        tuple(each.stack.replace(" (", "\n(") for each in STACKS),
        {
            "draft": [float(each.printed[0]) for each in STACKS],
            "measured": [results.number(f"sizes/{each.stack}/all") for each in STACKS],
        },
    )
