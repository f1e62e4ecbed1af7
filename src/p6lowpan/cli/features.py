"""``p6lowpan features``: the table of features."""

import json as json_module
from typing import Annotated

import typer

from p6lowpan.analysis.presentation.tables import (
    FEATURE_HEADING,
    feature_records,
    feature_rows,
    markdown_table,
    text_table,
)
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write


def features(
    json: Annotated[bool, typer.Option("--json", help="A JSON list.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="A table for a document.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """List every feature of 6LoWPAN: its level, its bit in the FLEX field, and the RFC that defines it."""
    if json:
        write(iter([json_module.dumps(feature_records(), indent=1)]))
    elif markdown:
        write(markdown_table(FEATURE_HEADING, feature_rows()))
    else:
        write(text_table(FEATURE_HEADING, feature_rows(), palette_of(color)))
