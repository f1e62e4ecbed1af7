"""The report as Markdown; its figures are files beside it."""

from collections.abc import Iterator

from p6lowpan import __version__
from p6lowpan.evaluation.document import Cell, Chapter, Document, Table, Tone

FIGURES = "figures"


def markdown(document: Document) -> str:
    """The whole file."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    yield f"# {document.title}\n\n{document.lead}\n"
    yield from (f"- {line}" for line in document.headlines)
    for chapter in document.chapters:
        yield from _chapter(chapter)
    yield f"\np6lowpan {__version__}. Bold: not as the draft has it. Every value has its function in results.json."


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"\n## {chapter.title}\n\n*{chapter.source}*\n\n{chapter.lead}\n"
    for table in chapter.tables:
        yield from _table(table)
    for plot in chapter.plots:
        yield f"![{plot.title}]({FIGURES}/{plot.name}.svg)\n"
    yield f"**How it was measured.** {chapter.how}\n"
    if chapter.explained:
        yield "**Differences explained.** " + "\n\n".join(chapter.explained)


def _table(table: Table) -> Iterator[str]:
    yield f"### {table.title}\n"
    yield f"| {' | '.join(map(_escaped, table.heading))} |"
    yield "|" + " --- |" * len(table.heading)
    for row in table.rows:
        yield f"| {' | '.join(map(_cell, row))} |"
    yield f"\n{table.note}\n" if table.note else ""


def _cell(cell: Cell) -> str:
    text = _escaped(cell.text).strip()
    if cell.tone in (Tone.DIFFERENT, Tone.BAD) and text:
        return f"**{text}**"
    return f"*{text}*" if cell.tone is Tone.MISSING else text


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("~", "\\~").replace("*", "\\*")
