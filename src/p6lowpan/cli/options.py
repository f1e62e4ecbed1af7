"""Options that several verbs share. What they are turned into: :mod:`p6lowpan.cli.settings`."""

from pathlib import Path
from typing import Annotated, Any

import typer

KNOWN = "What is known"
SHOWN = "What is shown"
AUTO = "auto"


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
