"""``p6lowpan probe``: what a live neighbour can do."""

import json as json_module
from pathlib import Path
from typing import Annotated, Any

import typer

from p6lowpan.analysis.presentation.tables import markdown_table, text_table
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import BY_NAME
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.probe_neighbor import Neighbor
from p6lowpan.interop.probing import words
from p6lowpan.interop.probing.findings import Findings
from p6lowpan.interop.probing.plan import Reach
from p6lowpan.interop.probing.prober import Patience
from p6lowpan.interop.probing.record import profile_record

OUR_EUI64 = "02b0c5feed000001"
NOT_THERE = 3


def _option(name: str, metavar: str, text: str) -> Any:  # Any: typer's own type
    return typer.Option(name, metavar=metavar, help=text)


TargetArgument = Annotated[
    str, typer.Argument(metavar="[TARGET]", help="The neighbour's EUI-64 or short address; none with sim:.")
]
RadioOption = Annotated[
    str,
    _option("--radio", "RADIO", "sim:LEVEL, sim:STACK, zep:HOST:PORT, interface:NAME, serial:DEVICE, or simulated."),
]
PanOption = Annotated[str, _option("--pan", "HEX", "The PAN.")]
OwnOption = Annotated[str, _option("--own", "EUI64", "Our own EUI-64.")]
OwnShortOption = Annotated[str, _option("--own-short", "HEX", "Our own short address.")]
ShortOption = Annotated[str, _option("--short", "HEX", "The neighbour's short address, beside its EUI-64.")]
AddressOption = Annotated[str, _option("--address", "IPV6", "Its address, if not the link-local one.")]
ContextOption = Annotated[list[str] | None, _option("--context", "CID=PREFIX/LEN", "A context that both ends hold.")]
KeyOption = Annotated[str, _option("--key", "HEX", "The link-layer key; its index is 1.")]
LossOption = Annotated[float, _option("--loss", "SHARE", "sim: how many of the frames are lost, 0 to 1.")]
WaitOption = Annotated[float, _option("--wait", "SECONDS", "The longest pause within a datagram that is tried.")]
PatienceOption = Annotated[float, _option("--patience", "SECONDS", "How long an answer may take.")]
StateOption = Annotated[Path | None, _option("--state", "FILE", "Keep there what is found, and go on from it.")]
ProfileOption = Annotated[
    Path | None, _option("--profile", "FILE", "Write a profile there; matrix and safe take X.profile.json for a name.")
]
ExplainOption = Annotated[str, _option("--explain", "FEATURE", "Show every frame that tells of a feature.")]


def probe(
    target: TargetArgument = "",
    radio: RadioOption = "zep",
    pan: PanOption = "abcd",
    own: OwnOption = OUR_EUI64,
    own_short: OwnShortOption = "",
    short: ShortOption = "",
    address: AddressOption = "",
    context: ContextOption = None,
    key: KeyOption = "",
    loss: LossOption = 0.0,
    wait: WaitOption = 5.0,
    patience: PatienceOption = 1.0,
    state: StateOption = None,
    profile: ProfileOption = None,
    explain: ExplainOption = "",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables for a document.")] = False,
    color: ColorOption = AUTO,
) -> None:
    """Find out what a neighbour understands: ask it, feature by feature, what it can only answer if it understood.

    The exit status is 3 where nobody answers.
    """
    if explain and explain not in BY_NAME:
        raise UsageError(f"there is no feature {explain!r}: p6lowpan features lists them")
    contexts, waiting = tuple(context or ()), Patience(answer_us=round(patience * 1_000_000))
    neighbor = Neighbor(target, radio, pan, own, own_short, short, address, contexts, key, loss, waiting)
    prober = neighbor.probe(Reach(wait_s=wait), state)
    found = prober.findings
    if profile is not None:
        text = json_module.dumps(profile_record(found, neighbor.name), indent=1)
        profile.write_text(text + "\n", encoding="utf-8")
    if json:
        write(iter([json_module.dumps(words.record(found, prober.plan, neighbor.name), indent=1)]))
    elif explain:
        write(words.explained(found, BY_NAME[explain]))
    else:
        _tables(found, markdown, color)
    if not found.is_there:
        raise typer.Exit(NOT_THERE)


def _tables(found: Findings, markdown: bool, color: str) -> None:
    palette = palette_of(color)
    for heading, rows in ((words.HEADING, words.rows(found)), (words.BOUND_HEADING, words.bound_rows(found))):
        write(markdown_table(heading, rows) if markdown else text_table(heading, rows, palette))
        write(iter([""]))
    write(words.summary(found))
