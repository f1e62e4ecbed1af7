"""The report as one HTML file: no script, nothing from elsewhere, and readable on paper."""

from collections.abc import Iterator, Mapping
from html import escape

from p6lowpan import __version__
from p6lowpan.evaluation.document import Cell, Chapter, Document, Plot, Table, Tone

STYLE = """
:root { --ink: #1c1c1c; --soft: #666; --rule: #cfcfcf; --accent: #1f3a5f; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1.5rem 5rem; max-width: 58rem; color: var(--ink); background: #fff;
  font: 16px/1.55 Georgia, "Times New Roman", serif; }
h1, h2, h3, th, td, figcaption, nav, .source, .label, svg text { font-family: system-ui, "Segoe UI", Helvetica, Arial,
  sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; color: var(--accent); }
h2 { font-size: 1.3rem; margin: 3.2rem 0 .2rem; padding-top: .9rem; border-top: 2px solid var(--accent); }
h3 { font-size: .95rem; margin: 1.6rem 0 .4rem; }
p { margin: .6rem 0; max-width: 44rem; }
.source { color: var(--soft); font-size: .85rem; margin: 0 0 .8rem; }
.label { font-size: .75rem; font-weight: 600; text-transform: uppercase; letter-spacing: .06em; color: var(--accent);
  margin: 1.4rem 0 0; }
nav ol { columns: 2; font-size: .92rem; padding-left: 1.3rem; }
nav a { color: var(--accent); text-decoration: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8rem; line-height: 1.35; margin: .3rem 0 .4rem; }
th { text-align: left; font-weight: 600; border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
th, td { padding: .28rem .7rem .28rem 0; }
td { border-bottom: 1px solid var(--rule); vertical-align: top; font-variant-numeric: tabular-nums; }
td.different { background: #fdf1dc; font-weight: 600; }
td.good { background: #edf5ee; } td.bad { background: #fbe9e7; }
td.different, td.good, td.bad { padding-left: .35rem; }
td, th { overflow-wrap: break-word; } table.matrix { table-layout: fixed; width: 100%; font-size: .68rem; }
table.matrix td { overflow-wrap: anywhere; }
td.missing { color: var(--soft); font-style: italic; }
.note, figcaption { color: var(--soft); font-size: .8rem; max-width: 48rem; }
figure { margin: 1.2rem 0; } figure svg { width: 100%; height: auto; }
code { font-size: .85em; overflow-wrap: anywhere; }
ul.headlines { padding-left: 1.1rem; } ul.headlines li { margin: .35rem 0; max-width: 46rem; }
footer { margin-top: 4rem; color: var(--soft); font-size: .8rem; border-top: 1px solid var(--rule); padding-top: .8rem;
}
@media print {
  body { font-size: 10.5pt; padding: 0; max-width: none; } @page { margin: 18mm 16mm; }
  h2 { break-after: avoid; } h3, .label { break-after: avoid; } tr, figure { break-inside: avoid; }
  nav { display: none; }
  .wide { overflow: visible; } td.different, td.good, td.bad { print-color-adjust: exact; }
}
"""


def html(document: Document, figures: Mapping[str, str]) -> str:
    """The whole file; ``figures`` are ``svg`` elements by the name of the plot."""
    return "\n".join(_lines(document, figures)) + "\n"


def _lines(document: Document, figures: Mapping[str, str]) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{escape(document.title)}</h1>\n<p>{escape(document.lead)}</p>"
    yield '<ul class="headlines">'
    yield from (f"<li>{escape(line)}</li>" for line in document.headlines)
    yield "</ul>\n<nav><ol>"
    yield from (f'<li><a href="#{each.name}">{escape(each.title)}</a></li>' for each in document.chapters)
    yield "</ol></nav>"
    for chapter in document.chapters:
        yield from _chapter(chapter, figures)
    yield f"<footer>p6lowpan {__version__}. Every value has its function in results.json.</footer>\n</body>\n</html>"


def _chapter(chapter: Chapter, figures: Mapping[str, str]) -> Iterator[str]:
    yield f'<section id="{chapter.name}">\n<h2>{escape(chapter.title)}</h2>'
    yield f'<p class="source">{escape(chapter.source)}</p>\n<p>{escape(chapter.lead)}</p>'
    for table in chapter.tables:
        yield from _table(table)
    for plot in chapter.plots:
        yield from _figure(plot, figures[plot.name])
    yield f'<p class="label">How it was measured</p>\n<p>{escape(chapter.how)}</p>'
    if chapter.explained:
        yield '<p class="label">Differences explained</p>'
        yield from (f"<p>{escape(paragraph)}</p>" for paragraph in chapter.explained)
    yield "</section>"


def _figure(plot: Plot, svg: str) -> Iterator[str]:
    caption = f"{plot.title}. {plot.note}" if plot.note else f"{plot.title}."
    yield f"<figure>\n{svg}\n<figcaption>{escape(caption)}</figcaption>\n</figure>"


def _table(table: Table) -> Iterator[str]:
    kind = ' class="matrix"' if table.is_matrix else ""
    yield f'<h3>{escape(table.title)}</h3>\n<div class="wide"><table id="{table.name}"{kind}>\n<thead><tr>'
    yield from (f"<th>{escape(text)}</th>" for text in table.heading)
    yield "</tr></thead>\n<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(map(_cell, row)) + "</tr>"
    yield "</tbody>\n</table></div>"
    if table.note:
        yield f'<p class="note">{escape(table.note)}</p>'


def _cell(cell: Cell) -> str:
    attributes = "" if cell.tone in (Tone.PLAIN, Tone.SAME) else f' class="{cell.tone}"'
    hints = "; ".join(filter(None, (cell.hint, cell.entry)))
    attributes += f' title="{escape(hints)}"' if hints else ""
    return f"<td{attributes}>{escape(cell.text)}</td>"
