"""What every header of this folder must stand: both directions, and no harm from octets cut off or flipped."""

from collections.abc import Callable

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Decoder


def _decodes_or_refuses(kind: Decoder, octets: bytes) -> bool:
    """A value that gives the same octets back, or :class:`Malformed` inside the octets; nothing else."""
    try:
        value, rest = kind.decode(octets)
    except Malformed as error:
        if not 0 <= error.offset <= len(octets):
            pytest.fail(f"{error}: the offset is outside {len(octets)} octets")
        return False
    assert value.encode() + rest == octets
    assert sum(span.bits for span in value.layout()) == 8 * (len(octets) - len(rest))
    return True


@pytest.fixture
def stands_hostile_octets() -> Callable[[Decoder, bytes], int]:
    """Decode every beginning of ``octets`` and every copy with one bit flipped; how many of them decode."""

    def check(kind: Decoder, octets: bytes) -> int:
        beginnings = [octets[:end] for end in range(len(octets))]
        number, width = int.from_bytes(octets, "big"), len(octets)
        flipped = [(number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width)]
        return sum([_decodes_or_refuses(kind, hostile) for hostile in (*beginnings, *flipped)])

    return check


@pytest.fixture
def proves(stands_hostile_octets) -> Callable[[Decoder, Header, str], None]:
    """``value`` encodes to the octets (hex, spaces free), they decode to it, and hostile ones harm nobody."""

    def check(kind: Decoder, value: Header, hexadecimal: str) -> None:
        octets = bytes.fromhex(hexadecimal)
        assert value.encode().hex() == octets.hex()
        assert kind.decode(octets) == (value, b"")
        stands_hostile_octets(kind, octets)

    return check


@pytest.fixture
def leaves_the_rest() -> Callable[[Decoder, str], None]:
    """A header that knows its own end leaves what is behind it alone."""

    def check(kind: Decoder, hexadecimal: str) -> None:
        octets = bytes.fromhex(hexadecimal)
        value, rest = kind.decode(octets + b"\xa5\x5a")
        assert rest == b"\xa5\x5a"
        assert value.encode() == octets

    return check


@pytest.fixture
def refuses() -> Callable[[Decoder, str], Malformed]:
    """The error that octets end in."""

    def check(kind: Decoder, hexadecimal: str) -> Malformed:
        with pytest.raises(Malformed) as caught:
            kind.decode(bytes.fromhex(hexadecimal))
        return caught.value

    return check


@pytest.fixture
def words() -> Callable[[Header, str], str]:
    """The meaning of one field of a value."""

    def find(value: Header, name: str) -> str:
        return next(span.meaning for span in value.layout() if span.name == name)

    return find
