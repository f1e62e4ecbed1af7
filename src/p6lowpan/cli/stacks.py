"""``p6lowpan stacks``: what stacks receive and send, as printed and as measured, and all that is known of one."""

import json as json_module
from typing import Annotated

import typer

from p6lowpan.analysis.presentation.tables import markdown_table, text_table
from p6lowpan.capability.errors import UsageError
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.interop.laboratory.words.stacks import (
    MEASURED,
    features_record,
    features_table,
    sheet_lines,
    sheet_record,
)
from p6lowpan.interop.printed import PRINTED
from p6lowpan.interop.profiles import by_name


def stacks(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A stack; without, the table of all.")] = "",
    printed: Annotated[
        str, typer.Option("--printed", metavar="WHICH", help="2018 or 2020, as the drafts printed it, or measured.")
    ] = MEASURED,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="A table for a document.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """List which stack has which feature of 6LoWPAN, or all that is known of one stack, with the evidence."""
    if printed not in (MEASURED, *map(str, PRINTED)):
        raise UsageError(f"--printed is {', '.join(map(str, PRINTED))} or {MEASURED}, not {printed!r}")
    palette = palette_of(color)
    if name:
        by_name(name)
        write(iter([json_module.dumps(sheet_record(name), indent=1)]) if json else sheet_lines(name, palette))
        return
    if json:
        write(iter([json_module.dumps(features_record(printed), indent=1)]))
        return
    heading, rows, note = features_table(printed)
    write(markdown_table(heading, rows) if markdown else text_table(heading, rows, palette))
    write(iter(["", note]))
