"""Options that several verbs share. What they are turned into: :mod:`p6lowpan.cli.settings`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from p6lowpan.capability.errors import UsageError

KNOWN = "What is known"
SHOWN = "What is shown"
AUTO = "auto"


def known(*names: str, **settings: Any) -> Any:  # Any: typer's own type, and what it takes
    """An option about what the capture does not show."""
    return typer.Option(*names, rich_help_panel=KNOWN, **settings)


def shown(*names: str, **settings: Any) -> Any:  # Any: as above
    """An option about what is written."""
    return typer.Option(*names, rich_help_panel=SHOWN, **settings)


def refuse_given(command: typer.Context, panel: str, why: str) -> None:
    """Raise :class:`UsageError` where the command line gives an option of a panel of which none has a meaning now: what
    is ignored in silence is believed to be so."""
    given = [
        f"--{parameter.name.replace('_', '-')}" if parameter.param_type_name == "option" else parameter.name.upper()
        for parameter in command.command.params
        if getattr(parameter, "rich_help_panel", None) == panel
        and parameter.name is not None
        and (source := command.get_parameter_source(parameter.name)) is not None
        and source.name == "COMMANDLINE"
    ]
    if given:
        raise UsageError(f"{', '.join(given)}: {why}")


def pan_of(text: str) -> int:
    """A PAN identifier. Raises :class:`UsageError`."""
    try:
        pan = int(text, 16)
    except ValueError:
        pan = -1
    if not 0 <= pan <= 0xFFFF:
        raise UsageError(f"--pan is up to 4 hexadecimal digits, not {text!r}")
    return pan


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
RootOption = Annotated[
    list[str] | None,
    known("--root", metavar="[INSTANCE=]ADDRESS", help="The root of the RPL DODAG, by which 6LoRH shortens addresses."),
]
FcsOption = Annotated[str, known("--fcs", metavar="KIND", help="What ends the frames: auto, none, crc16, crc32 or ti.")]
IgnoreFcsOption = Annotated[bool, known("--ignore-fcs", help="Explain frames whose frame check is wrong.")]
ColorOption = Annotated[str, shown("--color", metavar="WHEN", help="auto, always or never.")]
