"""Bit diagrams as RFCs draw them, from the fields of a header.

Fields of a fixed place are drawn to scale, 32 bits a line; the first field whose place or size depends on a value
ends that part, and it and all behind it get a line each.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from p6lowpan.wire.description import Bits, Field, Octets

ROW = 32
LARGEST_DRAWN_BITS = 16 * 8
KEYS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a fixed place: what is written into it and how wide it is."""

    label: str
    bits: int


def fixed_bits(field: Field) -> int | None:
    """The width of a field that is always there and always as wide."""
    match field.part:
        case _ if field.when is not None:
            return None
        case Bits(width):
            return width
        case Octets(int(size)) if 8 * size <= LARGEST_DRAWN_BITS:
            return 8 * size
    return None


def diagram(fields: Sequence[Field]) -> list[str]:
    """The lines of the diagram and, where names did not fit, the legend."""
    head = [field for field in takewhile(lambda field: fixed_bits(field) is not None, fields)]
    cells, legend = _labelled([Cell(field.name.replace("_", " "), fixed_bits(field) or 0) for field in head])
    columns = min(sum(cell.bits for cell in cells), ROW)
    lines = [*_scale(columns), *_drawn(cells)] if cells else [_border(ROW)]
    for field in fields[len(head) :]:
        lines += [f"~{_variable(field).center(2 * ROW - 1)}~", _border(ROW)]
    return lines + ([""] if legend else []) + legend


def _variable(field: Field) -> str:
    name = field.name.replace("_", " ")
    width = f" ({field.part.width} bits)" if isinstance(field.part, Bits) else ""
    return f"[{name}{width}]" if field.when is not None else f"{name}{width}"


def _labelled(cells: list[Cell]) -> tuple[list[Cell], list[str]]:
    keys, legend, labelled = iter(KEYS), [], []
    for cell in cells:
        widest = 2 * min(cell.bits, ROW) - 1
        if len(cell.label) > widest:
            key = next(keys)
            legend.append(f"{key}: {cell.label}")
            labelled.append(Cell(key, cell.bits))
        else:
            labelled.append(cell)
    return labelled, legend


def _scale(columns: int) -> list[str]:
    tens = "".join(f" {column // 10}" if column % 10 == 0 else "  " for column in range(columns))
    units = "".join(f" {column % 10}" for column in range(columns))
    return [tens.rstrip(), units]


def _border(bits: int) -> str:
    return "+-" * bits + "+"


def _drawn(cells: list[Cell]) -> Iterator[str]:
    """Lines of bits, and between them borders that leave a field of several lines open."""
    bits = [index for index, cell in enumerate(cells) for _ in range(cell.bits)]
    rows = [bits[start : start + ROW] for start in range(0, len(bits), ROW)]
    written: set[int] = set()
    yield _border(len(rows[0]))
    for number, row in enumerate(rows):
        yield "|" + "".join(_piece(cells, index, len(list(run)), written) for index, run in groupby(row))
        below = rows[number + 1] if number + 1 < len(rows) else []
        yield _between(row, below)


def _piece(cells: list[Cell], index: int, width: int, written: set[int]) -> str:
    label = cells[index].label
    fits = index not in written and len(label) <= 2 * width - 1
    if fits:
        written.add(index)
    return (label if fits else "").center(2 * width - 1) + "|"


def _between(above: list[int], below: list[int]) -> str:
    def open_at(column: int) -> bool:
        return 0 <= column < len(below) and above[column] == below[column]

    text = ""
    for column in range(len(above)):
        text += " " if open_at(column - 1) and open_at(column) else "+"
        text += " " if open_at(column) else "-"
    return text + "+"
