"""What keys take in any file: texts, numbers with bounds, times, words, link-layer keys, addresses, contexts."""

from enum import StrEnum
from typing import Any, NoReturn

from p6lowpan.configuration.keys import Kind, Misplaced
from p6lowpan.wire.address import is_link_local, is_multicast, parse_ipv6, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context, masked

SECOND_US = 1_000_000
MILLISECOND_US = 1_000
PREFIX_BITS = 64


def wrong() -> NoReturn:
    """The value does not fit."""
    raise ValueError


def _text(value: Any, _place: str) -> str:
    return value if isinstance(value, str) and value else wrong()


TEXT = Kind("a text", _text)
FLAG = Kind("true or false", lambda value, _: value if isinstance(value, bool) else wrong())


def whole(least: int, most: int) -> Kind:
    """A whole number with bounds."""

    def take(value: Any, _place: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        wrong()

    return Kind(f"a whole number of {least} to {most}", take)


def number(least: float, most: float, words: str = "a number") -> Kind:
    """Any number with bounds."""

    def take(value: Any, _place: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            return value
        wrong()

    return Kind(f"{words} of {least:,} to {most:,}".replace(",", ""), take)


def _times(words: str, unit_us: int, most: float) -> Kind:
    checked = number(0, most, words)
    return Kind(checked.expected, lambda value, place: round(checked.take(value, place) * unit_us), unit=unit_us)


SECONDS = _times("seconds", SECOND_US, 1_000_000)
MILLISECONDS = _times("milliseconds", MILLISECOND_US, 1_000_000)


def choice(values: type[StrEnum]) -> Kind:
    """One of some words."""

    def take(value: Any, _place: str) -> StrEnum:
        return values(value)

    return Kind(f"one of {', '.join(values)}", take)


def _octets(count: int) -> Kind:
    def take(value: Any, place: str) -> bytes:
        octets = bytes.fromhex(_text(value, place))
        return octets if len(octets) == count else wrong()

    return Kind(f"{2 * count} hex digits", take)


KEY = _octets(16)


def _prefix(value: Any, place: str) -> bytes:
    address, _, length = _text(value, place).partition("/")
    octets = parse_ipv6(address)
    if length != str(PREFIX_BITS) or any(octets[8:]):
        wrong()
    if is_link_local(octets) or is_multicast(octets) or not any(octets):
        raise Misplaced(f"{place}: {value} is not announced: its addresses are no single nodes', or stay on their link")
    return octets


PREFIX = Kind(f"an IPv6 prefix of {PREFIX_BITS} bits, like 2001:db8::/64", _prefix)


def _link_address(octets: int) -> Any:
    def take(value: Any, place: str) -> bytes:
        address = parse_link(_text(value, place))
        return address if len(address) == octets else wrong()

    return take


EUI64 = Kind("an EUI-64, 16 hex digits", _link_address(8))
SHORT = Kind("a short address, 4 hex digits", _link_address(2))


def _context(text: Any, place: str) -> Context:
    identifier, _, prefix = _text(text, place).partition("=")
    address, _, length = prefix.partition("/")
    octets, bits = parse_ipv6(address), int(length)
    return Context(int(identifier), masked(octets, bits), bits)


def _contexts(value: Any, place: str) -> tuple[Context, ...]:
    read = tuple(_context(one, place) for one in value) if isinstance(value, list) else wrong()
    identifiers = [one.identifier for one in read]
    for identifier in identifiers:
        if identifiers.count(identifier) > 1:
            raise Misplaced(f"{place}: there are two contexts {identifier}")
    return read


CONTEXTS = Kind('a list of contexts, like "0=2001:db8::/64"', _contexts)
