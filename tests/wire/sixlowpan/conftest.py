"""What every header of this folder must stand: read back as written, and no harm from octets cut off or flipped."""

from collections.abc import Callable

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.description import Header

Decode = Callable[[bytes], tuple[Header, bytes]]


def _decodes_or_refuses(decode: Decode, octets: bytes) -> Header | None:
    """A value that gives the same octets back, or :class:`Malformed` inside the octets; nothing else."""
    try:
        value, rest = decode(octets)
    except Malformed as error:
        if not 0 <= error.offset <= len(octets):
            pytest.fail(f"{error}: the offset is outside {len(octets)} octets")
        return None
    assert value.encode() + rest == octets
    return value


@pytest.fixture
def stands_hostile_octets() -> Callable[[Decode, bytes], int]:
    """Decode every beginning of ``octets`` and every copy with one bit flipped; how many of them decode."""

    def check(decode: Decode, octets: bytes) -> int:
        beginnings = [octets[:end] for end in range(len(octets))]
        number, width = int.from_bytes(octets, "big"), len(octets)
        flipped = [(number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width)]
        return sum(_decodes_or_refuses(decode, hostile) is not None for hostile in (*beginnings, *flipped))

    return check


@pytest.fixture
def goes_both_ways() -> Callable[[Decode, Header, bytes], None]:
    """``value`` encodes to ``octets``, ``octets`` decode to ``value``, and what is behind them is left alone."""

    def check(decode: Decode, value: Header, octets: bytes) -> None:
        assert value.encode() == octets
        assert decode(octets) == (value, b"")
        assert decode(octets + b"\xa5") == (value, b"\xa5")

    return check
