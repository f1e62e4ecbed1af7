"""What the functions that :mod:`p6lowpan.wire.compilation` writes call: taking octets, lists of headers, refusals."""

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.notation import Check


def truncated(layer: str, octets: bytes, start: int, needed: int, field: str) -> NoReturn:
    """The octets end inside a field or a run of fields."""
    left = max(len(octets) - start, 0)
    detail = f"{field} needs {needed} octets from {start}, {left} left"
    raise Malformed(layer, len(octets), Reason.TRUNCATED, detail)


def trailing(layer: str, offset: int, left: int, field: str) -> NoReturn:
    """A list of a given size ends before its octets do."""
    raise Malformed(layer, offset, Reason.TRAILING, f"{left} octets left over in {field}")


def wrong(layer: str, offset: int, field: str, value: object, expected: object) -> NoReturn:
    """A fixed field holds something else."""
    raise Malformed(layer, offset, Reason.FIXED_VALUE, f"{field} is {value!r}, must be {expected!r}")


def failed(value: Any, check: Check) -> NoReturn:
    """A check does not hold for a decoded value."""
    raise Malformed(value.LAYER, value.offset_of(check.at), check.reason, check.text)


def refuse(value: object, field: str, found: object, expected: str) -> NoReturn:
    """A caller built what cannot exist."""
    raise UsageError(f"{type(value).__name__}.{field} is {found!r}: {expected}")


def take(layer: str, octets: bytes, start: int, size: int, field: str) -> bytes:
    """``size`` octets from ``start``, or ``Malformed``."""
    if size < 0:
        raise Malformed(layer, start, Reason.BAD_LENGTH, f"{field} would have {size} octets")
    if len(octets) - start < size:
        truncated(layer, octets, start, size, field)
    return octets[start : start + size]


def nested(kind: Any, octets: bytes, start: int) -> tuple[Any, int]:
    """Decode one header of ``kind`` at ``start``; ``None`` where there is no kind. Returns it and the next offset."""
    if kind is None:
        return None, start
    try:
        value, rest = kind.decode(octets[start:])
    except Malformed as error:
        raise error.shifted(start) from None
    return value, len(octets) - len(rest)


def most(layer: str, octets: bytes, start: int, leave: int, field: str) -> bytes:
    """All octets from ``start`` but the last ``leave``, or ``Malformed``."""
    end = len(octets) - leave
    if end < start:
        truncated(layer, octets, start, leave, f"what follows {field}")
    return octets[start:end]


def each(
    kind: Any, octets: bytes, layer: str, until: Callable[[Any], bool] | None = None
) -> tuple[tuple[Any, ...], int]:
    """Decode headers of ``kind`` until ``octets`` end or ``until`` is true of one. Returns them and the next offset."""
    values, start = [], 0
    while start < len(octets):
        value, after = nested(kind, octets, start)
        if after <= start:
            raise Malformed(layer, start, Reason.BAD_LENGTH, "an element of no octets")
        values.append(value)
        start = after
        if until is not None and until(value):
            break
    return tuple(values), start


def ends_early(values: tuple[Any, ...], until: Callable[[Any], bool]) -> bool:
    """Whether a list would end before its last header."""
    return any(until(value) for value in values[:-1])


def counted(kind: Any, octets: bytes, start: int, count: int) -> tuple[tuple[Any, ...], int]:
    """Decode ``count`` headers of ``kind`` from ``start`` on. Returns them and the next offset."""
    values = []
    for _ in range(count):
        value, start = nested(kind, octets, start)
        values.append(value)
    return tuple(values), start


def octets_in(values: Iterable[Any]) -> int:
    """How many octets the headers of a tuple fill together."""
    return sum([len(value.encode()) for value in values])
