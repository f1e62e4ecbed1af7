"""Writes the straight-line ``decode``, ``encode`` and constructor checks of a described header.

The only code of the project that makes code: from the rows in ``FIELDS`` it writes three small functions, each when it
is first called: of all headers, few are met in one run. In them every field is a local variable, so that an expression
of the description can name it.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire import primitives, ragged
from p6lowpan.wire.notation import Bits, Check, Each, Field, Nested, Octets

LONGEST_RUN_BITS = 64


def install(header: Any, module: Mapping[str, Any]) -> None:
    """Give ``header`` (a dataclass with LAYER, FIELDS and CHECKS) functions that are compiled on their first call."""
    for name in WRITERS:
        _put(header, name, _on_first_call(header, module, name), getattr(header, name).__doc__)


def compile_all(header: Any) -> None:
    """Compile what has not been called yet. Raises :class:`TypeError` for a description that makes no sense."""
    for name in WRITERS:
        function = vars(header)[name]
        complete = getattr(getattr(function, "__func__", function), "complete", None)
        if complete is not None:
            complete()


def _on_first_call(header: Any, module: Mapping[str, Any], name: str) -> Any:
    """What stands for a function until it is called. Whoever holds on to it calls the compiled one from then on."""
    compiled: list[Any] = []

    def complete() -> Any:
        if not compiled:
            compiled.append(_compiled(header, module, name))
            _put(header, name, compiled[0], first.__doc__)
        return compiled[0]

    def first(owner: Any, *octets: bytes) -> Any:
        return complete()(owner, *octets)

    first.complete = complete  # type: ignore[attr-defined]  # for compile_all
    return first


def _put(header: Any, name: str, function: Any, doc: str | None) -> None:
    function.__doc__ = doc if name != "__post_init__" else None
    setattr(header, name, classmethod(function) if name == "decode" else function)


def _compiled(header: Any, module: Mapping[str, Any], name: str) -> Any:
    names: dict[str, Any] = dict(module)
    names |= {f"_set_{field.name}": vars(header)[field.name].__set__ for field in header.FIELDS}
    names |= {f"_default_{field.name}": field.default for field in header.FIELDS if field.fixed}
    names |= {f"_check_{index}": check for index, check in enumerate(header.CHECKS)}
    names |= {f"_until_{field.name}": field.part.until for field in header.FIELDS if isinstance(field.part, Each)}
    names |= HELPERS | {"_Fields": header.FIELDS, "_Layer": header.LAYER}
    if name == "decode":
        slots = {"__slots__": tuple(field.name for field in header.FIELDS)}
        names["_Blank"] = type("_Blank", header.__bases__, slots)
    source = "\n".join(WRITERS[name](header))
    exec(compile(source, f"<{name} of {header.__qualname__}>", "exec"), names)  # noqa: S102
    return names[name]


HELPERS: dict[str, Any] = {
    "Malformed": Malformed,
    "octets_in": primitives.octets_in,
    "_from_bytes": int.from_bytes,
    "_truncated": primitives.truncated,
    "_wrong": primitives.wrong,
    "_failed": primitives.failed,
    "_refuse": primitives.refuse,
    "_aligned": ragged.aligned,
    "_nested": primitives.nested,
    "_each": primitives.each,
    "_counted": primitives.counted,
    "_take": primitives.take,
    "_most": primitives.most,
    "_ends_early": primitives.ends_early,
    "_trailing": primitives.trailing,
}
"""What the written code calls."""


# --- decode ----------------------------------------------------------------------------------------------------------


def runs(fields: Iterable[Field]) -> Iterator[list[Field]]:
    """Split fields into runs of neighbouring bit fields that fill whole octets, and single other fields."""
    run: list[Field] = []
    for field in fields:
        if not isinstance(field.part, Bits):
            yield from _closed(run)
            run = []
            yield [field]
            continue
        little = any(isinstance(other.part, Bits) and other.part.little != field.part.little for other in run)
        if run and _width(run) % 8 == 0 and (little or _width(run) + field.part.width > LONGEST_RUN_BITS):
            yield run
            run = []
        run.append(field)
    yield from _closed(run)


def _closed(run: list[Field]) -> Iterator[list[Field]]:
    if _width(run) % 8:
        raise TypeError(f"bit fields {[field.name for field in run]} do not fill whole octets")
    if run:
        yield run


def _width(run: Iterable[Field]) -> int:
    return sum(field.part.width for field in run if isinstance(field.part, Bits))


def _blocks(fields: Iterable[Field]) -> Iterator[tuple[str | None, list[Field]]]:
    for when, block in groupby(fields, key=lambda field: field.when):
        yield when, list(block)


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _guarded(when: str | None, lines: list[str], otherwise: Iterable[str]) -> Iterator[str]:
    if when is None:
        yield from lines
        return
    yield f"if {when}:"
    yield from _indented(lines)
    other = list(otherwise)
    if other:
        yield "else:"
        yield from _indented(other)


def decode_lines(header: Any) -> list[str]:
    """Source of ``decode(cls, octets) -> (value, rest)``."""
    body = ["_b = octets", "_o = 0", "_n = len(_b)"]  # a field may be called octets
    for first, *others in ragged.sections(_blocks(header.FIELDS)):
        if others:
            body += ragged.decode_lines([first, *others])
            continue
        when, block = first
        lines = [line for run in runs(block) for line in _decode_run(run)]
        body += _guarded(when, lines, (f"{field.name} = None" for field in block))
    # The blank is laid out as the header, but not frozen: it is filled, and becomes a header, in a third less time.
    body.append("_v = _Blank()")
    body += [f"_v.{field.name} = {field.name}" for field in header.FIELDS]
    body.append("_v.__class__ = cls")
    for index, check in enumerate(header.CHECKS):
        body += [f"if not ({check.condition}):", f"    _failed(_v, _check_{index})"]
    body.append("return _v, _b[_o:]")
    return ["def decode(cls, octets):", *_indented(body)]


def _decode_run(run: list[Field]) -> Iterator[str]:
    part = run[0].part
    match part:
        case Bits():
            yield from _decode_bits(run, part.little)
        case Octets():
            yield from _decode_octets(run[0], part)
        case Nested() | Each():
            yield from _decode_inner(run[0], part)
    for field in run:
        if field.fixed:
            yield f"if {field.name} != _default_{field.name}:"
            offset = _octet_offset(run, field)
            yield f"    _wrong(_Layer, _o - {offset}, {field.name!r}, {field.name}, _default_{field.name})"


def _octet_offset(run: list[Field], field: Field) -> int | str:
    if not isinstance(field.part, Bits):
        return f"len({field.name})"
    return _width(run) // 8 - _width(run[: run.index(field)]) // 8


def _decode_bits(run: list[Field], little: bool) -> Iterator[str]:
    total = _width(run)
    octets = total // 8
    yield f"if _n - _o < {octets}:"
    yield f"    _truncated(_Layer, _b, _o, {octets}, {', '.join(field.name for field in run)!r})"
    order = "little" if little else "big"
    word = "_b[_o]" if octets == 1 else f"_from_bytes(_b[_o:_o + {octets}], {order!r})"
    if len(run) == 1:
        yield f"{run[0].name} = {word}"
    else:
        yield f"_w = {word}"
        for field, shift, width in _shifts(run, little):
            shifted = f"_w >> {shift}" if shift else "_w"
            top = shift + width == total
            yield f"{field.name} = {shifted}" if top else f"{field.name} = {shifted} & {(1 << width) - 1}"
    yield f"_o += {octets}"


def _shifts(run: list[Field], little: bool) -> Iterator[tuple[Field, int, int]]:
    before, total = 0, _width(run)
    for field in run:
        width = _width([field])
        yield field, (before if little else total - before - width), width
        before += width


def _decode_octets(field: Field, part: Octets) -> Iterator[str]:
    name = field.name
    if part.size is None:
        if part.leave:
            yield f"_e = _n - ({part.leave})"
            yield f"{name} = _b[_o:_e] if _e >= _o else _most(_Layer, _b, _o, _n - _e, {name!r})"
            yield "_o = _e"
        else:
            yield f"{name} = _b[_o:]"
            yield "_o = _n"
        if part.reverse:
            yield f"{name} = {name}[::-1]"
        return
    if isinstance(part.size, int):
        yield f"{name} = _b[_o:_o + {part.size}]"
        yield f"if len({name}) < {part.size}:"
        yield f"    _truncated(_Layer, _b, _o, {part.size}, {name!r})"
        yield f"_o += {part.size}"
    else:
        yield f"_e = _o + ({part.size})"
        yield f"{name} = _b[_o:_e] if _o <= _e <= _n else _take(_Layer, _b, _o, _e - _o, {name!r})"
        yield "_o = _e"
    if part.reverse:
        yield f"{name} = {name}[::-1]"


def _decode_inner(field: Field, part: Nested | Each) -> Iterator[str]:
    name, many = field.name, isinstance(part, Each)
    if isinstance(part, Each) and part.count is not None:
        yield f"{name}, _o = _counted({part.kind}, _b, _o, {part.count})"
        return
    if not many and part.size is None and not part.leave:
        yield f"_k = {part.kind}"
        yield f"{name}, _o = (None, _o) if _k is None else _nested(_k, _b, _o)"
        return
    inside = "_b[_o:]"
    if part.size is not None:
        inside = f"_take(_Layer, _b, _o, {part.size}, {name!r})"
    elif part.leave:
        inside = f"_most(_Layer, _b, _o, {part.leave}, {name!r})"
    yield f"_i = {inside}"
    yield "try:"
    if many:
        yield f"    {name}, _used = _each({part.kind}, _i, _Layer, _until_{name})"
    else:
        yield f"    {name}, _used = ({part.kind}).decode_all(_i), len(_i)"
    yield "except Malformed as _error:"
    yield "    raise _error.shifted(_o) from None"
    if many and part.size is not None:
        yield "if _used != len(_i):"
        yield f"    _trailing(_Layer, _o + _used, len(_i) - _used, {name!r})"
    yield "_o += _used"


# --- encode ----------------------------------------------------------------------------------------------------------


def _locals(header: Any) -> list[str]:
    return [f"{field.name} = self.{field.name}" for field in header.FIELDS]


def encode_lines(header: Any) -> list[str]:
    """Source of ``encode(self) -> bytes``."""
    body = [*_locals(header), "_p = []"]
    for first, *others in ragged.sections(_blocks(header.FIELDS)):
        if others:
            body += ragged.encode_lines([first, *others])
            continue
        when, block = first
        lines = [f"_p.append({_encode_run(run)})" for run in runs(block)]
        body += _guarded(when, lines, ())
    body.append('return b"".join(_p)')
    return ["def encode(self):", *_indented(body)]


def _encode_run(run: list[Field]) -> str:
    name, part = run[0].name, run[0].part
    match part:
        case Bits():
            terms = (
                f"{field.name} << {shift}" if shift else field.name for field, shift, _ in _shifts(run, part.little)
            )
            return f"({' | '.join(terms)}).to_bytes({_width(run) // 8}, {'little' if part.little else 'big'!r})"
        case Octets():
            return f"{name}[::-1]" if part.reverse else name
        case Nested():
            return f'b"" if {name} is None else {name}.encode()'
        case Each():
            return f'b"".join([_x.encode() for _x in {name}])'


# --- constructor -----------------------------------------------------------------------------------------------------


def check_lines(header: Any) -> list[str]:
    """Source of ``__post_init__``: fill computed fields in, refuse what does not fit."""
    body = [*_locals(header), "pass"]
    for name, expression in computed_in_order(header.FIELDS).items():
        body += [f"if {name} == -1:", f"    {name} = {expression}", f"    _set_{name}(self, {name})"]
    for field in header.FIELDS:
        absent = (f"{field.name} is not None", "'must be None here'") if field.when else None
        other = _refusal(field, *absent) if absent else []
        body += _guarded(field.when, [*_field_checks(field), "pass"], other)
    for check in header.CHECKS:
        body += _refusal_of(check)
    return ["def __post_init__(self):", *_indented(body)]


def computed_in_order(fields: Iterable[Field]) -> dict[str, str]:
    """The expressions of computed fields, each behind those that it names."""
    waiting = {field.name: field.computed for field in fields if field.computed is not None}
    ordered: dict[str, str] = {}
    while waiting:
        ready = [name for name, expression in waiting.items() if not (_names_in(expression) - {name}) & waiting.keys()]
        if not ready:
            raise TypeError(f"computed fields {sorted(waiting)} wait for one another")
        ordered |= {name: waiting.pop(name) for name in ready}
    return ordered


def _names_in(expression: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)}


def _refusal(field: Field, condition: str, text: str) -> list[str]:
    return [f"if {condition}:", f"    _refuse(self, {field.name!r}, {field.name}, {text})"]


def _refusal_of(check: Check) -> list[str]:
    return [f"if not ({check.condition}):", f"    _refuse(self, {check.at!r}, {check.at}, {check.text!r})"]


def _field_checks(field: Field) -> Iterator[str]:
    name = field.name
    match field.part:
        case Bits(width):
            limit = 1 << width
            condition = f"not (isinstance({name}, int) and 0 <= {name} < {limit})"
            yield from _refusal(field, condition, f"'must be 0 to {limit - 1}'")
        case Octets(None):
            yield from _refusal(field, f"not isinstance({name}, bytes)", "'must be bytes'")
        case Octets(size):
            condition = f"not isinstance({name}, bytes) or len({name}) != ({size})"
            yield from _refusal(field, condition, f"'must be bytes, ' + str({size}) + ' of them'")
        case Nested(kind, size):
            condition = f"({name} is None) != (({kind}) is None)"
            yield from _refusal(field, condition, "'is there if and only if something is sent'")
            if size is not None:
                condition = f"{name} is not None and len({name}.encode()) != ({size})"
                yield from _refusal(field, condition, f"'must fill octets: ' + str({size})")
        case Each() as part:
            yield from _list_checks(field, part)
    if field.fixed:
        yield from _refusal(field, f"{name} != _default_{name}", f"'must be ' + repr(_default_{name})")


def _list_checks(field: Field, part: Each) -> Iterator[str]:
    name, size, count = field.name, part.size, part.count
    yield from _refusal(field, f"not isinstance({name}, tuple)", "'must be a tuple'")
    if size is not None:
        yield from _refusal(field, f"octets_in({name}) != ({size})", f"'must fill octets: ' + str({size})")
    if count is not None:
        yield from _refusal(field, f"len({name}) != ({count})", f"'must hold elements: ' + str({count})")
    if part.until is not None:
        yield from _refusal(field, f"_ends_early({name}, _until_{name})", "'goes on behind its end'")


WRITERS: dict[str, Callable[[Any], list[str]]] = {
    "decode": decode_lines,
    "encode": encode_lines,
    "__post_init__": check_lines,
}
"""Who writes which function."""
