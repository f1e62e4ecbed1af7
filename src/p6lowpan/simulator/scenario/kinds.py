"""What the keys of a scenario take: numbers with bounds, names, times, addresses, capabilities."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NoReturn

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.simulator.scenario.keys import Kind
from p6lowpan.wire.address import parse_ipv6, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context, masked

SECOND_US = 1_000_000
MILLISECOND_US = 1_000
PREFIX_BITS = 64


def _wrong() -> NoReturn:
    raise ValueError


def _text(value: Any, _place: str) -> str:
    return value if isinstance(value, str) and value else _wrong()


TEXT = Kind("a text", _text)
FLAG = Kind("true or false", lambda value, _: value if isinstance(value, bool) else _wrong())


def _names(value: Any, place: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (_text(value, place),)
    return tuple(_text(one, place) for one in value) if isinstance(value, list) and value else _wrong()


NAMES = Kind("a name or a list of names, * and ? as in file names", _names)


def _pair(value: Any, place: str) -> tuple[str, ...]:
    names = _names(value, place)
    return names if len(names) == 2 else _wrong()


PAIR = Kind("a list of two names", _pair)


def whole(least: int, most: int) -> Kind:
    """A whole number with bounds."""

    def take(value: Any, _place: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        _wrong()

    return Kind(f"a whole number of {least} to {most}", take)


def wholes(least: int, most: int) -> Kind:
    """A whole number, or a list of them."""
    one = whole(least, most).take

    def take(value: Any, place: str) -> tuple[int, ...]:
        if isinstance(value, list):
            return tuple(one(each, place) for each in value) or _wrong()
        return (one(value, place),)

    return Kind(f"a whole number of {least} to {most}, or a list of them", take)


def number(least: float, most: float, words: str = "a number") -> Kind:
    """Any number with bounds."""

    def take(value: Any, _place: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            return value
        _wrong()

    return Kind(f"{words} of {least:,} to {most:,}".replace(",", ""), take)


def _times(words: str, unit_us: int, most: float) -> Kind:
    checked = number(0, most, words)
    return Kind(checked.expected, lambda value, place: round(checked.take(value, place) * unit_us), unit=unit_us)


CHANCE = number(0, 1, "a chance")
SECONDS = _times("seconds", SECOND_US, 1_000_000)
MILLISECONDS = _times("milliseconds", MILLISECOND_US, 1_000_000)
METRES = number(-1_000_000, 1_000_000, "metres")


def choice(values: type[StrEnum]) -> Kind:
    """One of some words."""

    def take(value: Any, _place: str) -> StrEnum:
        return values(value)

    return Kind(f"one of {', '.join(values)}", take)


def _octets(count: int) -> Kind:
    def take(value: Any, place: str) -> bytes:
        octets = bytes.fromhex(_text(value, place))
        return octets if len(octets) == count else _wrong()

    return Kind(f"{2 * count} hex digits", take)


KEY = _octets(16)


def _prefix(value: Any, place: str) -> bytes:
    address, _, length = _text(value, place).partition("/")
    octets = parse_ipv6(address)
    return octets if length == str(PREFIX_BITS) and not any(octets[8:]) else _wrong()


PREFIX = Kind(f"an IPv6 prefix of {PREFIX_BITS} bits, like 2001:db8::/64", _prefix)


def _link_address(octets: int) -> Any:
    def take(value: Any, place: str) -> bytes:
        address = parse_link(_text(value, place))
        return address if len(address) == octets else _wrong()

    return take


EUI64 = Kind("an EUI-64, 16 hex digits", _link_address(8))
SHORT = Kind("a short address, 4 hex digits", _link_address(2))


def _context(text: Any, place: str) -> Context:
    identifier, _, prefix = _text(text, place).partition("=")
    address, _, length = prefix.partition("/")
    octets, bits = parse_ipv6(address), int(length)
    return Context(int(identifier), masked(octets, bits), bits)


def _contexts(value: Any, place: str) -> tuple[Context, ...]:
    return tuple(_context(one, place) for one in value) if isinstance(value, list) else _wrong()


CONTEXTS = Kind('a list of contexts, like "0=2001:db8::/64"', _contexts)


def _profile(value: Any, place: str) -> profiles.Profile:
    return profiles.by_name(_text(value, place))


def _pinned(value: Any, place: str) -> dict[str, profiles.Profile]:
    return {name: _profile(one, place) for name, one in value.items()} if isinstance(value, Mapping) else _wrong()


PROFILE = Kind("rfc6282, level-0 to level-6, or flex: and 8 hex digits", _profile)
PINNED = Kind("a table of names and profiles", _pinned)
FLEX = Kind("a FLEX field of 8 hex digits", lambda value, place: _profile(f"flex:{_text(value, place)}", place))
LEVELS = wholes(0, HIGHEST_LEVEL)


def _share(value: Any, place: str) -> float:
    return 1.0 if value == "all" else float(CHANCE.take(value, place))


SHARE = Kind('"all", or a share of 0 to 1', _share)


def bounds(allowed: Mapping[str, type[Any]]) -> Kind:
    """A table of whole numbers, by names that are allowed."""

    def take(value: Any, _place: str) -> dict[str, int]:
        if not isinstance(value, Mapping):
            _wrong()
        for name, bound in value.items():
            if allowed.get(name) is not int or not isinstance(bound, int) or isinstance(bound, bool) or bound < 0:
                raise UsageError(name)
        return dict(value)

    return Kind("a table of limits (docs/reference/limits.md) and whole numbers", take)
