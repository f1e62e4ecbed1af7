"""``p6lowpan matrix``: who understands whom."""

import json as json_module
from collections.abc import Sequence
from typing import Annotated

import typer

from p6lowpan.analysis.presentation.tables import markdown_table, text_table
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.interop.laboratory.draft import outcomes
from p6lowpan.interop.laboratory.matrix import matrix as matrix_of
from p6lowpan.interop.laboratory.parties import parties
from p6lowpan.interop.laboratory.words.matrix import (
    DRAFT_HEADING,
    HEADING,
    draft_record,
    draft_rows,
    matrix_grid,
    matrix_note,
    matrix_record,
    matrix_rows,
)

NAMES = (
    "A stack, level-0 to level-6, flex:XXXXXXXX, rfc6282; or several: stacks, levels, the drafts' draft, draft-2020,"
    " draft@2018, draft@2020."
)


def matrix(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help=NAMES)] = None,
    discovery: Annotated[
        bool, typer.Option("--discovery/--no-discovery", help="Whether ours know what the other takes.")
    ] = True,
    draft: Annotated[
        bool, typer.Option("--draft", help="The ten pairs of draft-hudson-ayers-low-power-interop-00 section 2.3.")
    ] = False,
    grid: Annotated[bool, typer.Option("--grid", help="The table alone, without the witnesses.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables for a document.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """Say for every ordered pair whether every packet that the one sends gets through to the other.

    Two thousand packets are tried. Where one fails, the smallest is named: see it with p6lowpan witness.
    """
    palette = palette_of(color)

    def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        write(markdown_table(heading, rows) if markdown else text_table(heading, rows, palette))

    if draft:
        found = outcomes()
        if json:
            write(iter([json_module.dumps(draft_record(found), indent=1)]))
        else:
            table(DRAFT_HEADING, draft_rows(found))
        return
    result = matrix_of(parties(names or ["stacks"]), discovery=discovery)
    if json:
        write(iter([json_module.dumps(matrix_record(result), indent=1)]))
        return
    table(*matrix_grid(result))
    write(iter(["", matrix_note(result)]))
    if result.failing and not grid:
        write(iter([""]))
        table(HEADING, matrix_rows(result))
