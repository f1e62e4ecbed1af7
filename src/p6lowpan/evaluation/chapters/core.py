"""Figures 5 to 7: code by level, what discovery adds, RAM a neighbour."""

from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.evaluation.chapters.names import DRAFT_2020
from p6lowpan.evaluation.document import Cell, Chapter, Plot, Table, sentence, shown, words
from p6lowpan.evaluation.results import Results
from p6lowpan.evaluation.sizes import FIGURE_5, FIGURE_6_ADDED, FIGURE_6_WITH, FIGURE_7, LEVELS

WHAT = ("kB", "kB with discovery", "octets more")
NONE = ("", "", "")
"""The draft has no level 6."""

EXPLAINED = (
    "The draft's own arithmetic: its figure 6 has increases of 172 to 388 octets, the text of section 7.2 says 178 to"
    " 388; the caption says that discovery is less than 5 % on average, the figure's own numbers give more, and those"
    " of figure 5 save a little more than the 45 % of the text: see the last table.",
    "Ours is another program. Its lower levels are smaller than Contiki-NG's, which does more around 6LoWPAN; level 5"
    " has every extension header, mesh and broadcast headers, not all of which Contiki-NG has. Discovery adds more"
    " here: the core has no IPv6 of its own, so that putting the error together, compressing it, reading it and the"
    " option are all new, where Contiki-NG had an ICMPv6 and a Neighbor Discovery to add to.",
    "FLEX costs code in both, more in the draft (10 %) than here (4 to 7 % from level 1 on): a receiver holds what a"
    " frame uses against its own field, a sender does so for every form that it tries. Level 0 has nothing to compare;"
    " a field of 32 bits is kept and learned with less code than 3 bits.",
    "The draft does not say what is in its 19 and 22 octets a neighbour. Ours is the link-layer address and all that"
    " discovery keeps. In FLEX that is more than 4 octets more: what was proven and what was last sent are fields too.",
)


def chapter(results: Results) -> Chapter:
    """The drafts' values, and ours where there are any."""
    return Chapter(
        name="core",
        title="Code by level, and RAM",
        source=f"Figures 5, 6 and 7 of {DRAFT_2020}: Contiki-NG on a Cortex-M3",
        lead="What a level costs on a device.",
        tables=(_levels(results), _memory(results), _arithmetic(results)),
        plots=(_plot(results),),
        how=f"{sentence(results.experiments['core'].how)}. RAM: {results.experiments['sizes'].how}.",
        explained=EXPLAINED,
    )


def _levels(results: Results) -> Table:
    rows = []
    for level in range(HIGHEST_LEVEL + 1):
        draft = NONE
        if level in LEVELS:
            draft = (str(FIGURE_5[level]), str(FIGURE_6_WITH[level]), str(FIGURE_6_ADDED[level]))
        cells = (
            shown(results, f"core/{level}/{what}", printed=printed, form="" if what == WHAT[-1] else ".1f")
            for what, printed in zip(WHAT, draft, strict=True)
        )
        pairs = zip(words(*draft), cells, strict=True)
        ours = (shown(results, f"core/{level}/{what}") for what in ("octets more in FLEX", "octets of stack"))
        rows.append((Cell(str(level)), *(cell for pair in pairs for cell in pair), *ours))
    heading = ("Level", "Figure 5, kB", "Ours", "Figure 6, kB with discovery", "Ours", "Figure 6, octets more", "Ours")
    alone = ("Ours: octets more in FLEX", "Ours: octets of stack")
    note = "FLEX and the deepest stack: with discovery."
    return Table("figures-5-6", "Code of each level", (*heading, *alone), tuple(rows), note)


def _memory(results: Results) -> Table:
    rows = []
    for name, (code, ram) in FIGURE_7.items():
        ours = shown(results, f"core/{name}/kB", printed=str(code))
        entry = shown(results, f"sizes/neighbour/{name}/octets", printed=str(ram))
        rows.append((*words(name, str(code)), ours, *words(str(ram)), entry, shown(results, f"core/{name}/bits")))
    heading = (
        "",
        "Figure 7: code, kB",
        "Ours",
        "Figure 7: RAM a neighbour",
        "Ours, octets",
        "Ours: bits of capability",
    )
    note = "The draft's 5.9 kB are level 4 with discovery; so are ours."
    return Table("figure-7", "A linear spectrum and a bitfield", heading, tuple(rows), note)


def _arithmetic(results: Results) -> Table:
    rows = (
        (
            *words("discovery, of the size of a level, on average", "less than 5 %"),
            _percent(results, "figure 6/average"),
        ),
        (*words("saved by level 0 against level 5", "up to 45 %"), _percent(results, "figure 5/saved")),
    )
    return Table("figures-5-6-sums", "The draft's text, and its figures", ("", "Text", "From its figures"), rows)


def _percent(results: Results, name: str) -> Cell:
    return shown(results, f"model/{name} percent", unit="%")


def _plot(results: Results) -> Plot:
    values = [results[f"core/{level}/kB"].value for level in LEVELS]
    ours = [value if isinstance(value, int | float) else None for value in values]
    return Plot(
        "code-by-level",
        "Code by level, without discovery",
        "kB",
        tuple(f"level {level}" for level in LEVELS),
        {"draft, figure 5": list(FIGURE_5), "ours": ours},
    )
