"""A TOML file as a dataclass of :mod:`p6lowpan.configuration.keys`; what is wrong with it has a line."""

import re
import tomllib
from typing import TypeVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.configuration.keys import Misplaced, read

T = TypeVar("T")

HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]")
KEY = re.compile(r"\s*([\w-]+)\s*=")
PLACE = re.compile(r"[\w-]+(?:\[\d+\])*(?:\.[\w-]+(?:\[\d+\])*)*(?=: )")
LAST_STEP = re.compile(r"(\[\d+\]|\.?[\w-]+)$")
UNKNOWN_KEY = re.compile(r"there is no key '([\w-]+)'")


def read_toml(cls: type[T], text: str, file: str) -> T:
    """What ``text`` says; ``file`` is for errors. Raises :class:`UsageError`: file, place, what was expected, line."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: no TOML: {error}") from None
    try:
        return read(cls, values, file)
    except Misplaced as error:
        line = _line_of(text, str(error).removeprefix(f"{file}: "))
        raise UsageError(f"{error} (line {line})" if line else str(error)) from None


def _line_of(text: str, complaint: str) -> int | None:
    """Where the place that a complaint begins with is, or the innermost table or key around it that has a line."""
    lines = _lines(text)
    found = PLACE.match(complaint)
    place = found[0] if found else ""
    if unknown := UNKNOWN_KEY.search(complaint):
        place = f"{place}.{unknown[1]}".lstrip(".")
    while place and place not in lines:
        place = LAST_STEP.sub("", place)
    return lines.get(place)


def _lines(text: str) -> dict[str, int]:
    """The line of each table and of each key, by places as ``network[1].radio.kind``. Keys of tables in one line, and
    what looks like a key inside a string of several, are not told apart: a line here only helps to look."""
    lines: dict[str, int] = {}
    arrays: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := HEADER.match(line):
            table = _table(header[2].split("."), header[1] == "[[", arrays)
            lines[table] = number
        elif held := KEY.match(line):
            lines.setdefault(f"{table}.{held[1]}".lstrip("."), number)
    return lines


def _table(names: list[str], is_new: bool, arrays: dict[str, int]) -> str:
    """The place of a table by its header; ``arrays`` holds the number of the last table of each array."""
    place = ""
    for left, name in enumerate(names, 1 - len(names)):
        place = f"{place}.{name}".lstrip(".")
        if is_new and not left:
            arrays[place] = arrays.get(place, -1) + 1
        if place in arrays:
            place = f"{place}[{arrays[place]}]"
    return place
