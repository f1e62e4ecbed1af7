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
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.prober import Patience
from p6lowpan.interop.probing.record import profile_record

OUR_EUI64 = "02b0c5feed000001"
NOT_THERE, STATUS_OF_INTERRUPT = 3, 130
LONGEST_PATIENCE_S = 600


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
PatienceOption = Annotated[
    float, _radio_option("--patience", "SECONDS", "How long an answer may take, beside the time on the air.")
]
LossOption = Annotated[float, _option("--loss", "SHARE", "How many of the frames are lost, 0 to 1.", IN_THE_SIMULATOR)]
WaitOption = Annotated[
    float, _option("--wait", "SECONDS", "The longest pause within a datagram that is tried; 65 shows any time-out.")
]
StateOption = Annotated[
    Path | None, _option("--state", "FILE", "Keep there what is found; the same command goes on from it.")
]
ProfileOption = Annotated[
    Path | None, _option("--profile", "FILE", "Write a profile there; matrix and safe take X.profile.json for a name.")
]
ExplainOption = Annotated[
    str, _option("--explain", "FEATURE", "Show every frame that tells of a feature, or of a bound.")
]


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

    The exit status is 3 where nobody answers, and 130 after Ctrl-C: what was found until then is written all the same.
    """
    _refuse(json, markdown, explain, patience, wait)
    elsewhere, taker = (ON_A_RADIO, "a neighbour on a radio") if is_simulated(radio) else (IN_THE_SIMULATOR, "sim:")
    refuse_given(command, elsewhere, f"has no meaning with --radio {radio}: only {taker} takes it")
    contexts, waiting = tuple(context or ()), Patience(answer_us=round(patience * 1_000_000))
    neighbor = Neighbor(target, radio, pan, own, own_short, short, address, contexts, key, loss, waiting)
    prober = neighbor.probe(Reach(wait_s=wait), state)
    found = prober.findings
    if profile is not None and found.is_there:
        text = json_module.dumps(profile_record(found, neighbor.name), indent=1)
        profile.write_text(text + "\n", encoding="utf-8")
    if json:
        write(iter([json_module.dumps(words.record(found, prober.plan, neighbor.name), indent=1)]))
    else:
        _show(found, explain, markdown, color)
    if not prober.is_done:
        raise typer.Exit(STATUS_OF_INTERRUPT)
    if not found.is_there:
        raise typer.Exit(NOT_THERE)


def _refuse(json: bool, markdown: bool, explain: str, patience: float, wait: float) -> None:
    """What cannot be, or cannot be together. Raises :class:`UsageError`."""
    if json + markdown + bool(explain) > 1:
        raise UsageError("one of --json, --markdown and --explain; --json holds every frame, too")
    bounds = {one.ladder for one in plan(Reach(wait_s=wait))} - {""}
    if explain and explain not in BY_NAME and explain not in bounds:
        raise UsageError(f"there is no feature {explain!r}: p6lowpan features lists them, and bounds are in the table")
    if not 0 < patience <= LONGEST_PATIENCE_S:
        raise UsageError(f"--patience: expected seconds above 0, at most {LONGEST_PATIENCE_S}, not {patience:g}")
    if not wait >= 0:
        raise UsageError(f"--wait: expected seconds, 0 or more, not {wait:g}")


def _show(found: Findings, explain: str, markdown: bool, color: str) -> None:
    if explain in BY_NAME:
        write(words.explained(found, BY_NAME[explain]))
    elif explain:
        write(words.bound_explained(next(one for one in found.bounds if one.name == explain)))
    else:
        if found.is_there:  # else all of it is unknown
            _tables(found, markdown, color)
        write(words.summary(found))


def _tables(found: Findings, markdown: bool, color: str) -> None:
    palette = palette_of(color)
    for heading, rows in ((words.HEADING, words.rows(found)), (words.BOUND_HEADING, words.bound_rows(found))):
        write(markdown_table(heading, rows) if markdown else text_table(heading, rows, palette))
        write(iter([""]))
