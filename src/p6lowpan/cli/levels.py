"""``p6lowpan levels``: what each level of Principled 6LoWPAN adds to the one below, and what a neighbour costs."""

import json as json_module
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from p6lowpan.analysis.neighbor_memory import neighbor_memory
from p6lowpan.analysis.presentation.neighbor_memory import MEMORY_HEADING, memory_notes, memory_record, memory_rows
from p6lowpan.analysis.presentation.tables import LEVEL_HEADING, level_records, level_rows, markdown_table, text_table
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write


def levels(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="A table for a document.")] = False,
    ram: Annotated[bool, typer.Option("--ram", help="What a neighbour's entry takes, in bits and octets.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """List the levels: what each adds, how many features it has, and the FLEX field that says the same."""

    def show(record: Any, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:  # Any: JSON
        if json:
            return iter([json_module.dumps(record, indent=1)])
        return markdown_table(heading, rows) if markdown else text_table(heading, rows, palette_of(color))

    if not ram:
        write(show(level_records(), LEVEL_HEADING, level_rows()))
        return
    memory = neighbor_memory()
    write(show(memory_record(memory), MEMORY_HEADING, list(memory_rows(memory))))
    if not json:
        write(iter(["", memory_notes(memory)]))
