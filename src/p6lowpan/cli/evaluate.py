"""``p6lowpan evaluate``: the drafts' tables and figures again, as one report."""

from pathlib import Path
from typing import Annotated

import typer

from p6lowpan.cli.output import write
from p6lowpan.evaluation.experiments import measured
from p6lowpan.evaluation.report import files


def evaluate(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the report.")],
    quick: Annotated[bool, typer.Option("--quick", help="Fewer rows, the same values: some seconds.")] = False,
) -> None:
    """Measure what the drafts measured, and write a report: HTML in one file, Markdown, figures as SVG, JSON."""
    for name, text in files(measured(quick)).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    write(iter([str(out / "report.html")]))
