"""Files that somebody else wrote."""

from pathlib import Path

from p6lowpan.capability.errors import UsageError


def read_text(path: Path) -> str:
    """What is in a file of UTF-8. Raises :class:`UsageError` where it is none, :class:`OSError`."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: no text file") from None
