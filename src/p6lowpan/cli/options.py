"""Options that several verbs share, and what they are turned into."""

from pathlib import Path
from typing import Annotated, Any

import typer

from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.given import contexts_of, keys_and_addresses, lines_of, parse_address
from p6lowpan.analysis.keys import parse_key
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.fcs import Fcs
from p6lowpan.interop.profiles import STACKS, by_name
from p6lowpan.interop.stack import Stack

KNOWN = "What is known"
SHOWN = "What is shown"
AUTO = "auto"
ALL = "all"


def known(*names: str, **settings: Any) -> Any:  # Any: typer's own type, and what it takes
    """An option about what the capture does not show."""
    return typer.Option(*names, rich_help_panel=KNOWN, **settings)


def shown(*names: str, **settings: Any) -> Any:  # Any: as above
    """An option about what is written."""
    return typer.Option(*names, rich_help_panel=SHOWN, **settings)


ContextOption = Annotated[
    list[str] | None, known("--context", metavar="CID=PREFIX/LEN", help="A compression context: 0=fd00:db8::/64.")
]
ContextsOption = Annotated[Path | None, known("--contexts", metavar="FILE", help="Contexts, one a line.")]
KeyOption = Annotated[
    list[str] | None,
    known("--key", metavar="KEY", help="A link-layer key: HEX, INDEX:HEX, or thread:HEX for a Thread network key."),
]
KeysOption = Annotated[
    Path | None, known("--keys", metavar="FILE", help="Keys, one a line, and lines 'address SHORT EUI64'.")
]
AddressOption = Annotated[
    list[str] | None,
    known("--address", metavar="SHORT=EUI64", help="The EUI-64 of a short address, which decryption needs."),
]
FcsOption = Annotated[str, known("--fcs", metavar="KIND", help="What ends the frames: auto, none, crc16, crc32 or ti.")]
IgnoreFcsOption = Annotated[bool, known("--ignore-fcs", help="Explain frames whose frame check is wrong.")]
ColorOption = Annotated[str, shown("--color", metavar="WHEN", help="auto, always or never.")]


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
    more_keys, book = keys_and_addresses(_lines(keys_file))
    book |= dict(map(parse_address, addresses or ()))
    return Settings(
        contexts=contexts_of([*_lines(contexts_file), *(contexts or ())]),
        keys=(*map(parse_key, keys or ()), *more_keys),
        addresses=book,
        fcs=fcs_of(fcs),
        ignore_fcs=ignore_fcs,
    )


def stacks_of(text: str) -> tuple[Stack, ...]:
    """The stacks that are named: ``all``, or names with commas between them. Raises :class:`UsageError`."""
    return tuple(STACKS.values()) if text == ALL else tuple(by_name(name.strip()) for name in text.split(","))


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
