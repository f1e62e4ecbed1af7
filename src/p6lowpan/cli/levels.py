"""``p6lowpan levels``: what each level of Principled 6LoWPAN adds to the one below."""

import json as json_module
from typing import Annotated

import typer

from p6lowpan.analysis.presentation.tables import LEVEL_HEADING, level_records, level_rows, markdown_table, text_table
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write


def levels(
    json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="A table for a document.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """List the levels: what each adds, how many features it has, and the FLEX field that says the same."""
    if json:
        write(iter([json_module.dumps(level_records(), indent=1)]))
    elif markdown:
        write(markdown_table(LEVEL_HEADING, level_rows()))
    else:
        write(text_table(LEVEL_HEADING, level_rows(), palette_of(color)))
