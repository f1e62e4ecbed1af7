"""What the options that several verbs share are turned into."""

from pathlib import Path

from p6lowpan.analysis.explainer import Settings
from p6lowpan.analysis.given import contexts_of, keys_and_addresses, lines_of, parse_address, parse_root
from p6lowpan.analysis.keys import parse_key
from p6lowpan.capability.errors import UsageError
from p6lowpan.capture.fcs import Fcs
from p6lowpan.cli.options import AUTO
from p6lowpan.drivers.text_file import read_text


def settings_of(
    contexts: list[str] | None,
    contexts_file: Path | None,
    keys: list[str] | None,
    keys_file: Path | None,
    addresses: list[str] | None,
    fcs: str = AUTO,
    ignore_fcs: bool = False,
    roots: list[str] | None = None,
) -> Settings:
    """What the user knows. What is given on the command line counts more than what is in a file."""
    more_keys, book = keys_and_addresses(_lines(keys_file))
    book |= dict(map(parse_address, addresses or ()))
    return Settings(
        contexts=contexts_of([*_lines(contexts_file), *(contexts or ())]),
        roots=dict(map(parse_root, roots or ())),
        keys=(*map(parse_key, keys or ()), *more_keys),
        addresses=book,
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
    return [] if path is None else list(lines_of(read_text(path)))
