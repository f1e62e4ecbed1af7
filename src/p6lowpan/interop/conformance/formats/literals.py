"""What C and Rust have in common: texts, octets in lines, the bits of features."""

import json
from collections.abc import Iterable, Iterator

from p6lowpan.capability.features import Feature

OCTETS_IN_A_LINE = 24


def text(value: str | None, nothing: str) -> str:
    """A string literal; what we write is ASCII, so that JSON's are those of both languages."""
    return nothing if value is None else json.dumps(value)


def octet_lines(octets: bytes) -> Iterator[bytes]:
    """``octets`` as many at a time as a line holds."""
    return (octets[at : at + OCTETS_IN_A_LINE] for at in range(0, len(octets), OCTETS_IN_A_LINE))


def bits(features: Iterable[Feature]) -> int:
    """One bit for each feature, in the order of the table, the first the least significant."""
    order = list(Feature)
    return sum(1 << order.index(feature) for feature in features)


def bit_names() -> Iterator[tuple[int, str]]:
    """Every feature's bit and name."""
    return ((number, feature.value.name.upper()) for number, feature in enumerate(Feature))
