"""Addresses, times and counts as a reader of one line wants them: short, and still searchable."""

from collections.abc import Iterable
from functools import lru_cache

from p6lowpan.capability.features import Feature
from p6lowpan.wire.address import BROADCAST, format_ipv6, format_link

POSITION = {feature: position for position, feature in enumerate(Feature)}
SHORTENED_OCTETS = 3
REMEMBERED = 1 << 12
"""A capture of a few hundred nodes names the same addresses again and again."""


@lru_cache(REMEMBERED)
def short_link(address: bytes) -> str:
    """``…ab:cd:01`` for an EUI-64, so that the end of the address in full is found by the same search."""
    if len(address) == 8:
        return "…" + address[-SHORTENED_OCTETS:].hex(":")
    return "broadcast" if address == BROADCAST else format_link(address) if address else "-"


@lru_cache(REMEMBERED)
def ipv6_name(address: bytes) -> str:
    """RFC 5952 text, remembered."""
    return format_ipv6(address)


def in_order(features: Iterable[Feature]) -> list[Feature]:
    """Features in the order of the table, the same in every run: a set has none."""
    return sorted(features, key=POSITION.__getitem__)


def pan_name(pan: int | None) -> str | None:
    """``0xabcd``, as people write a PAN identifier."""
    return None if pan is None else f"{pan:#06x}"


def counted(number: int, thing: str) -> str:
    """``1 octet``, ``2 octets``."""
    return f"{number} {thing}" if number == 1 else several(number, thing)


def several(number: object, thing: str) -> str:
    """``2 octets``; or ``{octets} octets``, where a form has a name for the number."""
    return f"{number} {thing}s"


def seconds_between(start_ns: int, end_ns: int) -> str:
    """A time that passed, to the microsecond; before 0 where the capture's clock was set back."""
    return f"{(end_ns - start_ns) / 1e9:.6f}"


def span_words(start: int, end: int) -> str:
    """``octet 3`` or ``octets 3-7``; ``end`` is one past the last."""
    return f"octet {start}" if end - start == 1 else f"octets {start}-{end - 1}" if end > start else "no octets"
