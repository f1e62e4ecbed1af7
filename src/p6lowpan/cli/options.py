"""Options that several verbs share, and what they are turned into."""

from pathlib import Path
from typing import Annotated

import typer

from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.given import contexts_of, keys_and_addresses, lines_of, parse_address
from p6lowpan.analysis.keys import parse_key
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.fcs import Fcs

KNOWN = "What is known"

ContextOption = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="CID=PREFIX/LEN", help="A compression context.", rich_help_panel=KNOWN),
]
ContextsOption = Annotated[
    Path | None,
    typer.Option("--contexts", metavar="FILE", help="Contexts, one a line.", rich_help_panel=KNOWN),
]
KeyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="A link-layer key: HEX, INDEX:HEX, or thread:HEX for a Thread network key.",
        rich_help_panel=KNOWN,
    ),
]
KeysOption = Annotated[
    Path | None,
    typer.Option(
        "--keys", metavar="FILE", help="Keys, one a line, and lines 'address SHORT EUI64'.", rich_help_panel=KNOWN
    ),
]
AddressOption = Annotated[
    list[str] | None,
    typer.Option(
        "--address",
        metavar="SHORT=EUI64",
        help="The EUI-64 of a short address, which decryption needs.",
        rich_help_panel=KNOWN,
    ),
]
FcsOption = Annotated[
    str,
    typer.Option(
        "--fcs", metavar="KIND", help="What ends the frames: auto, none, crc16, crc32 or ti.", rich_help_panel=KNOWN
    ),
]
IgnoreFcsOption = Annotated[
    bool, typer.Option("--ignore-fcs", help="Explain frames whose frame check is wrong.", rich_help_panel=KNOWN)
]

AUTO = "auto"


def settings_of(
    contexts: list[str] | None,
    contexts_file: Path | None,
    keys: list[str] | None,
    keys_file: Path | None,
    addresses: list[str] | None,
    fcs: str = AUTO,
    ignore_fcs: bool = False,
) -> Settings:
    """What the user knows. What is given on the command line counts more than what is in a file."""
    more_keys, known = keys_and_addresses(_lines(keys_file))
    known |= dict(map(parse_address, addresses or ()))
    return Settings(
        contexts=contexts_of([*_lines(contexts_file), *(contexts or ())]),
        keys=(*map(parse_key, keys or ()), *more_keys),
        addresses=known,
        fcs=fcs_of(fcs),
        ignore_fcs=ignore_fcs,
    )


def fcs_of(text: str) -> Fcs | None:
    """The kind of frame check that is named; ``None``: as the capture says."""
    if text == AUTO:
        return None
    try:
        return Fcs(text)
    except ValueError:
        raise UsageError(f"--fcs is {AUTO}, {', '.join(kind.value for kind in Fcs)}, not {text!r}") from None


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return list(lines_of(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError:
        raise UsageError(f"{path}: no text file") from None
