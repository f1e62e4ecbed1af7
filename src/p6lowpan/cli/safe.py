"""``p6lowpan safe``: the richest profile that all of some stacks take."""

import json as json_module
from typing import Annotated

import typer

from p6lowpan.cli.matrix import NAMES
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.interop.laboratory.parties import parties
from p6lowpan.interop.laboratory.safe import safe as safe_for
from p6lowpan.interop.laboratory.words.safe import safe_lines, safe_record


def safe(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help=NAMES)],
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """Say what may be sent to all of these: features, level and FLEX field, and what each of them forbids."""
    found = safe_for(parties(names))
    write(iter([json_module.dumps(safe_record(found), indent=1)]) if json else safe_lines(found, palette_of(color)))
