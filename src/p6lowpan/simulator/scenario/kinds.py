"""What the keys of a scenario take beside what those of any file do: names of nodes, places, shares, capabilities."""

from collections.abc import Mapping
from typing import Any

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.configuration.keys import Kind
from p6lowpan.configuration.kinds import TEXT, number, whole, wrong


def _names(value: Any, place: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (TEXT.take(value, place),)
    return tuple(TEXT.take(one, place) for one in value) if isinstance(value, list) and value else wrong()


NAMES = Kind("a name or a list of names, * and ? as in file names", _names)


def _pair(value: Any, place: str) -> tuple[str, ...]:
    names = _names(value, place)
    return names if len(names) == 2 else wrong()


PAIR = Kind("a list of two names", _pair)


def wholes(least: int, most: int) -> Kind:
    """A whole number, or a list of them."""
    one = whole(least, most).take

    def take(value: Any, place: str) -> tuple[int, ...]:
        if isinstance(value, list):
            return tuple(one(each, place) for each in value) or wrong()
        return (one(value, place),)

    return Kind(f"a whole number of {least} to {most}, or a list of them", take)


CHANCE = number(0, 1, "a chance")
METRES = number(-1_000_000, 1_000_000, "metres")


def _profile(value: Any, place: str) -> profiles.Profile:
    return profiles.by_name(TEXT.take(value, place))


def _pinned(value: Any, place: str) -> dict[str, profiles.Profile]:
    return {name: _profile(one, place) for name, one in value.items()} if isinstance(value, Mapping) else wrong()


PROFILE = Kind("rfc6282, level-0 to level-6, or flex: and 8 hex digits", _profile)
PINNED = Kind("a table of names and profiles", _pinned)
FLEX = Kind("a FLEX field of 8 hex digits", lambda value, place: _profile(f"flex:{TEXT.take(value, place)}", place))
LEVELS = wholes(0, HIGHEST_LEVEL)


def _share(value: Any, place: str) -> float:
    return 1.0 if value == "all" else float(CHANCE.take(value, place))


SHARE = Kind('"all", or a share of 0 to 1', _share)


def bounds(allowed: Mapping[str, type[Any]]) -> Kind:
    """A table of whole numbers, by names that are allowed."""

    def take(value: Any, _place: str) -> dict[str, int]:
        if not isinstance(value, Mapping):
            wrong()
        for name, bound in value.items():
            if allowed.get(name) is not int or not isinstance(bound, int) or isinstance(bound, bool) or bound < 0:
                raise UsageError(name)
        return dict(value)

    return Kind("a table of limits (docs/reference/limits.md) and whole numbers", take)
