"""``p6lowpan probe``: what a live neighbour can do."""

import json as json_module
from pathlib import Path
from typing import Annotated, Any

import typer

from p6lowpan.analysis.presentation.tables import markdown_table, text_table
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import BY_NAME
from p6lowpan.cli.options import AUTO, ColorOption, refuse_given
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.probe_neighbor import Neighbor, is_simulated
from p6lowpan.interop.probing import words
from p6lowpan.interop.probing.findings import Findings
from p6lowpan.interop.probing.plan import Reach
from p6lowpan.interop.probing.prober import Patience
from p6lowpan.interop.probing.record import profile_record

OUR_EUI64 = "02b0c5feed000001"
NOT_THERE = 3


ON_A_RADIO, IN_THE_SIMULATOR = "On a radio", "In the simulator (--radio sim:...)"
"""Panels of options: each has a meaning there alone, and is refused elsewhere."""


def _option(name: str, metavar: str, text: str, panel: str | None = None) -> Any:  # Any: typer's own type
    return typer.Option(name, metavar=metavar, help=text, rich_help_panel=panel)


def _radio_option(name: str, metavar: str, text: str) -> Any:  # Any: as above
    return _option(name, metavar, text, ON_A_RADIO)


TargetArgument = Annotated[
    str,
    typer.Argument(
        metavar="[TARGET]", help="The neighbour's EUI-64 or short address; none with sim:.", rich_help_panel=ON_A_RADIO
    ),
]
RadioOption = Annotated[
    str,
    _option("--radio", "RADIO", "sim:LEVEL, sim:STACK, zep:HOST:PORT, interface:NAME, serial:DEVICE, or simulated."),
]
PanOption = Annotated[str, _radio_option("--pan", "HEX", "The PAN.")]
OwnOption = Annotated[str, _radio_option("--own", "EUI64", "Our own EUI-64.")]
OwnShortOption = Annotated[str, _radio_option("--own-short", "HEX", "Our own short address.")]
ShortOption = Annotated[str, _radio_option("--short", "HEX", "The neighbour's short address, beside its EUI-64.")]
AddressOption = Annotated[str, _radio_option("--address", "IPV6", "Its address, if not the link-local one.")]
ContextOption = Annotated[
    list[str] | None, _radio_option("--context", "CID=PREFIX/LEN", "A context that both ends hold; may come again.")
]
KeyOption = Annotated[str, _radio_option("--key", "HEX", "The link-layer key, 128 bits; its index is 1.")]
PatienceOption = Annotated[float, _radio_option("--patience", "SECONDS", "How long an answer may take.")]
LossOption = Annotated[float, _option("--loss", "SHARE", "How many of the frames are lost, 0 to 1.", IN_THE_SIMULATOR)]
WaitOption = Annotated[float, _option("--wait", "SECONDS", "The longest pause within a datagram that is tried.")]
StateOption = Annotated[Path | None, _option("--state", "FILE", "Keep there what is found, and go on from it.")]
ProfileOption = Annotated[
    Path | None, _option("--profile", "FILE", "Write a profile there; matrix and safe take X.profile.json for a name.")
]
ExplainOption = Annotated[str, _option("--explain", "FEATURE", "Show every frame that tells of a feature.")]


def probe(
    command: typer.Context,
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
    elsewhere, taker = (ON_A_RADIO, "a neighbour on a radio") if is_simulated(radio) else (IN_THE_SIMULATOR, "sim:")
    refuse_given(command, elsewhere, f"has no meaning with --radio {radio}: only {taker} takes it")
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
