"""The report in all its forms, made of results."""

import re
from collections.abc import Callable

from p6lowpan.evaluation.chapters import core, discovery, features, octets, pairs, sizes, spectrum, start_up
from p6lowpan.evaluation.document import Chapter, Document
from p6lowpan.evaluation.html import html
from p6lowpan.evaluation.markdown import FIGURES, markdown
from p6lowpan.evaluation.plots import svg
from p6lowpan.evaluation.results import Results

CHAPTERS: tuple[Callable[[Results], Chapter], ...] = (
    features.chapter,
    sizes.chapter,
    pairs.chapter,
    spectrum.chapter,
    core.chapter,
    start_up.chapter,
    octets.chapter,
    discovery.chapter,
)


def document(results: Results) -> Document:
    """All chapters."""
    return Document(
        title="Principled 6LoWPAN, measured",
        lead="The tables and figures of draft-hudson-ayers-low-power-interop-00 (2018) and draft-ayers-low-power-"
        "interop-01 (2020), made again by one command: what they print, what this code measures on frames that it"
        " really encodes, decodes and sends, and why the two differ.",
        headlines=tuple(headlines(results)),
        chapters=tuple(chapter(results) for chapter in CHAPTERS),
    )


HEADLINES = (
    "{claims} pairs of stacks that the draft of 2018 names still fail as it says;"
    " {matrix/stacks/failing pairs} of {matrix/stacks/pairs} ordered pairs of six stacks lose a packet.",
    "Levels and FLEX fields: {matrix/own, without discovery/failing pairs} of {matrix/own, without discovery/pairs}"
    " ordered pairs would lose packets if they knew nothing of one another; with discovery"
    " {matrix/own, with discovery/failing pairs}.",
    "A host's start-up takes {start-up/6LoWPAN/1/6LoWPAN octets} octets of 6LoWPAN,"
    " {start-up/P6LoWPAN/1/6LoWPAN octets} when levels are told, {start-up/FLEX-6LoWPAN/1/6LoWPAN octets} when FLEX"
    " fields are (the draft's model: {model/6LoWPAN/one endpoint}, {model/P6LoWPAN/one endpoint},"
    " {model/FLEX-6LoWPAN/one endpoint}).",
    "The error takes {error/level/5/6LoWPAN} octets from level 5, {error/level/0/6LoWPAN} from level 0,"
    " {error/FLEX/5/6LoWPAN} in FLEX (the draft: {model/error/compressed}, and {model/error/FLEX}).",
    "Where Neighbor Discovery says nothing of levels, {discovery/levels/errors alone/optimistic/errors} errors teach a"
    " router and seven leaves all they need, at most"
    " {discovery/levels/errors alone/optimistic/most errors between two} between two;"
    " {discovery/levels/errors alone/optimistic/datagrams delivered} of"
    " {discovery/levels/errors alone/optimistic/datagrams sent} datagrams arrive.",
    "A sensor's day at level 5 takes {octets/level 5/day/percent of level 0} % of the octets on the air at level 0, at"
    " level 2 {octets/level 2/day/percent of level 0} %.",
)
"""What to know without reading on, with entries of the results by name."""

ENTRY = re.compile(r"\{([^}]+)\}")
CLAIMS = "{claims}"


def headlines(results: Results) -> list[str]:
    """Those all of whose entries are there."""
    pairs = results.below("pairs")
    holding = sum(results[f"pairs/{name}/holds"].value is True for name in pairs)
    said = (line.replace(CLAIMS, f"{holding} of {len(pairs)}") for line in HEADLINES)
    return [
        ENTRY.sub(lambda found: str(results[found[1]].value), line)
        for line in said
        if all(name in results for name in ENTRY.findall(line))
    ]


def files(results: Results) -> dict[str, str]:
    """Every file of the report by its path. Raises :class:`UsageError` where nothing can draw."""
    whole = document(results)
    figures = {plot.name: svg(plot) for chapter in whole.chapters for plot in chapter.plots}
    return {
        "report.html": html(whole, figures),
        "report.md": markdown(whole),
        "results.json": results.as_json(),
        **{f"{FIGURES}/{name}.svg": text + "\n" for name, text in figures.items()},
    }
