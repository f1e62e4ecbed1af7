"""Bit fields that come and go and share octets all the same: RFC 4944's LOWPAN_HC1 sends 28 bits here and 4 there.

A ragged section is a sequence of bit fields under several conditions, of which some do not fill whole octets alone.
They are read and written with a cursor that counts bits. That together they fill octets is up to the description:
padding is a field as any other.
"""

from collections.abc import Iterable, Iterator

from p6lowpan.wire.notation import Bits, Field

Block = tuple[str | None, list[Field]]
"""Neighbouring fields under one condition."""


def sections(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks that fill octets alone, each by itself, and ragged sequences of blocks."""
    held: list[Block] = []
    for block in blocks:
        if all(isinstance(field.part, Bits) and not field.part.little for field in block[1]):
            held.append(block)
            continue
        yield from _divided(held)
        held = []
        yield [block]
    yield from _divided(held)


def _divided(blocks: list[Block]) -> Iterator[list[Block]]:
    first = next((index for index, block in enumerate(blocks) if _width(block[1]) % 8), len(blocks))
    yield from ([block] for block in blocks[:first])
    if blocks[first:]:
        yield blocks[first:]


def _width(fields: Iterable[Field]) -> int:
    return sum(field.part.width for field in fields if isinstance(field.part, Bits))


def _guarded(when: str | None, lines: list[str]) -> Iterator[str]:
    if when is not None:
        yield f"if {when}:"
        lines = [f"    {line}" for line in lines]
    yield from lines


def decode_lines(blocks: list[Block]) -> Iterator[str]:
    """Source that reads the fields of a ragged section at ``_o`` and moves ``_o`` behind it."""
    most = sum(_width(fields) for _, fields in blocks) // 8 + 1
    yield f"_i = _b[_o:_o + {most}]"
    yield "_w = _from_bytes(_i, 'big')"
    yield "_o += len(_i)"
    yield "_left = 8 * len(_i)"  # bits of _w that are not read yet; _o is where they end
    for when, fields in blocks:
        yield from _guarded(when, [line for field in fields for line in _decode_field(field)])
        if when is not None:
            yield "else:"
            yield from (f"    {field.name} = None" for field in fields)
    yield "_o = _aligned(_o, _left)"


def _decode_field(field: Field) -> Iterator[str]:
    name, width = field.name, _width([field])
    yield f"if _left < {width}:"
    yield f"    _truncated(_Layer, _b, _o - _left // 8, {-(-width // 8)}, {name!r})"
    yield f"_left -= {width}"
    yield f"{name} = _w >> _left & {(1 << width) - 1}"
    if field.fixed:
        yield f"if {name} != _default_{name}:"
        yield f"    _wrong(_Layer, _o - (_left + {width + 7}) // 8, {name!r}, {name}, _default_{name})"


def encode_lines(blocks: list[Block]) -> Iterator[str]:
    """Source that appends the octets of a ragged section to ``_p``."""
    yield "_w = _bits = 0"
    for when, fields in blocks:
        names = " | ".join(f"{field.name} << {shift}" for field, shift in _shifts(fields))
        width = _width(fields)
        yield from _guarded(when, [f"_w = _w << {width} | {names}", f"_bits += {width}"])
    yield "_p.append(_w.to_bytes(_aligned(0, -_bits), 'big'))"


def _shifts(fields: list[Field]) -> Iterator[tuple[Field, int]]:
    left = _width(fields)
    for field in fields:
        left -= _width([field])
        yield field, left


def aligned(octet: int, bits: int) -> int:
    """The octet that begins ``bits`` bits before ``octet``."""
    octets, ragged = divmod(bits, 8)
    if ragged:
        raise TypeError(f"the bit fields of a section do not fill whole octets: {ragged} bits are missing")
    return octet - octets
