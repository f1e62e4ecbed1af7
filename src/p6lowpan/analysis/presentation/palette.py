"""Colour on a terminal: what a piece of text is, and how a terminal shows it. Nothing else knows escape sequences."""

from collections.abc import Callable

from p6lowpan.capability.identity_enum import IdentityEnum

Paint = Callable[[str], str]


class Role(IdentityEnum):
    """What a piece of text is; the value is its ANSI "select graphic rendition"."""

    PLAIN = ""
    FAINT = "2"
    TITLE = "1"
    ADDRESS = "36"
    UPPER = "32"
    FRAGMENT = "35"
    MAC = "34"
    NOTE = "2;3"
    WARNING = "33"
    ERROR = "31;1"


class Palette:
    """Paints text by its role, or leaves it as it is: ``palette[role]("text")``, ``palette.error("text")``."""

    def __init__(self, coloured: bool) -> None:
        self.coloured = coloured
        self._paints = {role: _paint(role.value if coloured else "") for role in Role}
        self.faint = self._paints[Role.FAINT]
        self.title = self._paints[Role.TITLE]
        self.address = self._paints[Role.ADDRESS]
        self.upper = self._paints[Role.UPPER]
        self.fragment = self._paints[Role.FRAGMENT]
        self.warning = self._paints[Role.WARNING]
        self.error = self._paints[Role.ERROR]

    def __getitem__(self, role: Role) -> Paint:
        return self._paints[role]


def _paint(rendition: str) -> Paint:
    if not rendition:
        return str  # which gives a string back as it is
    return lambda text: f"\x1b[{rendition}m{text}\x1b[0m" if text else text


PLAIN = Palette(coloured=False)
