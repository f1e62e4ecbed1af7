"""``p6lowpan witness``: the smallest packet that one sends and the other does not get, octet by octet."""

import json as json_module
from typing import Annotated

import typer

from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.interop.laboratory.matrix import cell
from p6lowpan.interop.laboratory.parties import party
from p6lowpan.interop.laboratory.words.matrix import witness_lines, witness_record


def witness(
    sender: Annotated[str, typer.Argument(help="Who sends: a stack, level-3, flex:XXXXXXXX, rfc6282.")],
    receiver: Annotated[str, typer.Argument(help="Who receives.")],
    discovery: Annotated[
        bool, typer.Option("--discovery/--no-discovery", help="Whether ours know what the other takes.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """Show the smallest packet that fails from one to the other: its frames, what comes of them, and why."""
    found = cell(party(sender), party(receiver), discovery=discovery).witness
    if json:
        write(iter([json_module.dumps(None if found is None else witness_record(found), indent=1)]))
    else:
        write(witness_lines(sender, receiver, found, palette_of(color)))
