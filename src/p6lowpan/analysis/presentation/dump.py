"""Octets for the eye: hexadecimal, sixteen a line, with the characters that can be printed."""

from collections.abc import Iterator

PER_LINE = 16
SHOWN_OCTETS = 24


def dump(octets: bytes, first: int = 0) -> Iterator[str]:
    """``0010  41 d8 …  A.…``; ``first`` is the offset of ``octets[0]``."""
    for start in range(0, len(octets), PER_LINE):
        row = octets[start : start + PER_LINE]
        left, right = row[: PER_LINE // 2].hex(" "), row[PER_LINE // 2 :].hex(" ")
        characters = "".join([chr(octet) if 32 <= octet < 127 else "." for octet in row])
        yield f"{first + start:04x}  {left:<23}  {right:<23}  {characters}"


def value_words(value: object, bits: int) -> str:
    """The value of a field: a number, also in hexadecimal where it fills an octet or more; octets in hexadecimal."""
    if isinstance(value, int):
        return f"{int(value)} = {int(value):#0{2 + (bits + 3) // 4}x}" if bits >= 8 and value > 9 else str(int(value))
    if isinstance(value, bytes):
        more = f"… ({len(value)} octets)" if len(value) > SHOWN_OCTETS else ""
        return value[:SHOWN_OCTETS].hex() + more
    return str(value)


def place_words(start_bit: int, bits: int) -> str:
    """Where a field lies: ``21`` or ``21-22`` for whole octets, ``21 b3-4`` for bits of them."""
    first, last = start_bit // 8, (start_bit + bits - 1) // 8
    octets = str(first) if first == last else f"{first}-{last}"
    if start_bit % 8 == 0 and bits % 8 == 0:
        return octets
    low = start_bit % 8
    return f"{octets} b{low}" if bits == 1 else f"{octets} b{low}-{low + bits - 1}"
