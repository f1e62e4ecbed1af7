"""Values of any described header, made from its FIELDS alone: ``strategy_for(HeaderClass)``.

Fields are drawn in wire order, because an expression of a description only looks back. A length that comes before
what it measures is left open until that is drawn, then solved. Whatever the constructor still refuses (CHECKS) is drawn
again. Numbers come mostly from the constants that the description itself mentions: enums, table keys, comparisons.

What this does not do: look whether a value survives encoding and decoding. That is for the tests to find out.
"""

import ast
import dataclasses
import functools
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.wire import compilation
from p6lowpan.wire.description import AUTO, Bits, Each, Field, Header, Nested, Octets
from p6lowpan.wire.family import Family
from p6lowpan.wire.sixlowpan import ghc
from p6lowpan.wire.sixlowpan.byte_code import TerminatedCode

ATTEMPTS = 40
REDRAWS = 6
DEEPEST = 3
LONGEST_OCTETS = 40
LONGEST_LIST = 3
SMALL = 6
LARGEST_SOLUTION = 1 << 12

Draw = Any


class Unfit(Exception):
    """This attempt cannot become a value; another may."""


def strategy_for(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of ``kind``: a header class, a family of them, anything else with ``decode``, or ``None``."""
    key = (id(kind), min(depth, DEEPEST))
    if key not in _STRATEGIES:
        _STRATEGIES[key] = (kind, _made(kind, key[1]))  # the kind is kept, so that its id stays its own
    return _STRATEGIES[key][1]


_STRATEGIES: dict[tuple[int, int], tuple[Any, st.SearchStrategy[Any]]] = {}


def _made(kind: Any, depth: int) -> st.SearchStrategy[Any]:
    if kind is None:
        return st.none()
    if kind is TerminatedCode:
        return _terminated_codes(depth)
    if isinstance(kind, type) and issubclass(kind, Header):
        return _headers(kind, depth)
    if isinstance(kind, Family):
        members = {id(member): member for member in (*kind.members.values(), kind.unknown)}
        # A class that keeps any octets could build what another member claims: the family would never return it.
        any_member = st.deferred(lambda: st.one_of([strategy_for(member, depth) for member in members.values()]))
        return any_member.filter(functools.partial(_belongs, kind))
    return st.binary(max_size=LONGEST_OCTETS).map(functools.partial(_first, kind)).filter(lambda value: value)


def _terminated_codes(depth: int) -> st.SearchStrategy[TerminatedCode]:
    """Its end is found by a walk that no description tells."""
    instructions = strategy_for(ghc.INSTRUCTIONS, depth).filter(
        lambda instruction: not isinstance(instruction, ghc.Stop)
    )
    codes = st.lists(instructions.map(lambda instruction: instruction.encode()), max_size=LONGEST_LIST)
    return codes.map(lambda pieces: TerminatedCode(octets=b"".join(pieces) + ghc.STOP))


def _belongs(family: Family, value: Header) -> bool:
    octets, chosen = value.encode(), family
    while isinstance(chosen, Family):
        if len(octets) < chosen.key_octets:
            return False
        chosen = chosen.members.get(chosen.key(octets), chosen.unknown)
    return chosen is type(value)


def _first(kind: Any, octets: bytes) -> Any:
    try:
        return kind.decode(octets)[0]
    except Malformed:
        return None


@st.composite
def _headers(draw: Draw, header: Any, depth: int) -> Header:
    for _ in range(ATTEMPTS):
        try:
            return _Attempt(draw, header, depth).value()
        except (UsageError, Unfit):
            continue
    return reject()


# --- what a description says about its numbers -----------------------------------------------------------------------


def expressions(field: Field) -> dict[str, str]:
    """The expressions of a field that are evaluated when decoding, by their role."""
    part: Any = field.part
    found = {"when": field.when, **{role: getattr(part, role, None) for role in ("kind", "size", "count", "leave")}}
    return {role: str(expression) for role, expression in found.items() if expression is not None}


@functools.cache
def _compiled(expression: str) -> Any:
    return compile(expression, "<description>", "eval")


@functools.cache
def names_in(expression: str) -> frozenset[str]:
    """Every name that an expression mentions."""
    return frozenset({node.id for node in ast.walk(ast.parse(expression, mode="eval")) if isinstance(node, ast.Name)})


def _all_expressions(header: Any) -> Iterator[str]:
    for field in header.FIELDS:
        yield from expressions(field).values()
        if field.computed is not None:
            yield field.computed
    yield from (check.condition for check in header.CHECKS)


@functools.cache
def scope_of(header: Any) -> dict[str, Any]:
    """What the expressions of a header may name: the namespace of its compiled functions."""
    compilation.compile_all(header)
    scope: dict[str, Any] = header.encode.__globals__
    return scope


def _mentioned(header: Any) -> frozenset[int]:
    """The integers that the description mentions: literals, keys of tables, members of families."""
    scope, found = scope_of(header), set()
    for expression in _all_expressions(header):
        for node in ast.walk(ast.parse(expression, mode="eval")):
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                found.add(node.value)
            elif isinstance(node, ast.Name):
                found |= _keys(scope.get(node.id))
    return frozenset(found)


def _keys(table: Any) -> set[int]:
    members = getattr(table, "members", table)
    return {key for key in members if isinstance(key, int)} if isinstance(members, Mapping) else set()


@functools.cache
def _numbers(header: Any, name: str, most: int, small: int) -> st.SearchStrategy[int]:
    field = next(field for field in header.FIELDS if field.name == name)
    found = set(_mentioned(header)) | set(range(small)) | {most}
    if isinstance(field.words, type) and issubclass(field.words, Enum):
        found |= {member.value for member in field.words}
    found |= _keys(field.words)
    if isinstance(field.default, int):
        found.add(field.default)
    candidates = sorted(int(value) for value in found if 0 <= value <= most)
    return st.one_of(st.sampled_from(candidates), st.integers(0, most))


@functools.cache
def _octets(least: int, most: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=least, max_size=most)


@functools.cache
def _lists(elements: st.SearchStrategy[Any], least: int, most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(elements, min_size=least, max_size=most)


@functools.cache
def _checks_at(header: Any, name: str) -> tuple[str, ...]:
    """The conditions that can be judged once the field ``name`` is there, since they name none behind it."""
    names = [field.name for field in header.FIELDS]
    behind = frozenset(names[names.index(name) + 1 :])
    conditions = [check.condition for check in header.CHECKS]
    return tuple(text for text in conditions if name in names_in(text) and not names_in(text) & behind)


@dataclasses.dataclass(frozen=True, slots=True)
class _Use:
    """How later fields use a number: as a length of octets, as a length of headers, or to decide anything at all."""

    sizes_octets: bool
    sizes_headers: bool
    decides: bool


@functools.cache
def _use(header: Any, name: str) -> _Use:
    octets = headers = decides = False
    for field in header.FIELDS:
        for role, expression in expressions(field).items():
            if name in names_in(expression):
                octets |= role in ("size", "leave") and isinstance(field.part, Octets)
                headers |= role in ("size", "count") and not isinstance(field.part, Octets)
                decides |= role in ("when", "kind")
    return _Use(octets, headers, decides)


# --- one attempt -----------------------------------------------------------------------------------------------------


class _Attempt:
    """Draws the fields of one value."""

    def __init__(self, draw: Draw, header: Any, depth: int) -> None:
        self.draw, self.header, self.depth = draw, header, depth
        self.scope = scope_of(header)
        self.fields: dict[str, Any] = {}
        self.open: dict[str, int] = {}  # lengths that are not solved yet, with their largest value

    def value(self) -> Header:
        """The value, or UsageError, or Unfit."""
        for field in self.header.FIELDS:
            self.add(field)
        unsolved = {
            field.name: AUTO if field.computed else 0 for field in self.header.FIELDS if field.name in self.open
        }
        value: Header = self.header(**self.fields | unsolved)
        return value

    def add(self, field: Field) -> None:
        """Draw a field, again where it does not fit what is there."""
        for _ in range(REDRAWS):
            try:
                self.fields[field.name] = self.one(field)
            except Unfit:
                continue
            if field.name in self.open:
                del self.fields[field.name]
                return
            if all(self.evaluate(check) for check in _checks_at(self.header, field.name) if self.is_known(check)):
                return
        raise Unfit

    def is_known(self, expression: str) -> bool:
        """Whether every field that an expression names has its value."""
        names = names_in(expression) & {field.name for field in self.header.FIELDS}
        return all(name in self.fields and self.fields[name] is not AUTO for name in names)

    def evaluate(self, expression: Any, **more: Any) -> Any:
        """The value of an expression; NameError where it needs a length that is still open."""
        if isinstance(expression, int):
            return expression
        # One namespace, since a comprehension inside the expression does not see locals.
        return eval(_compiled(expression), {**self.scope, **self.fields, **more})

    def one(self, field: Field) -> Any:
        if field.when is not None and not self.evaluate(field.when):
            return None
        if field.fixed:
            return field.default
        match field.part:
            case Bits(width):
                return self.number(field, width)
            case Octets():
                return self.octets(field.part)
            case Nested():
                return self.nested(field.part)
        return self.each(field.part)

    def number(self, field: Field, width: int) -> int:
        use = _use(self.header, field.name)
        if use.sizes_headers and not use.decides:
            self.open[field.name] = min((1 << width) - 1, LARGEST_SOLUTION)
            return AUTO
        if field.computed is not None and not (use.sizes_octets or use.decides) and self.draw(st.booleans()):
            return AUTO
        most = min((1 << width) - 1, LONGEST_OCTETS) if use.sizes_octets else (1 << width) - 1
        return self.draw(_numbers(self.header, field.name, most, SMALL if use.sizes_octets else 2))

    def octets(self, part: Octets) -> bytes:
        if part.size is None:
            return self.draw(_octets(0, LONGEST_OCTETS))
        size = self.evaluate(part.size) if not self.is_open(part.size) else None
        if size is None:
            content = self.draw(_octets(0, LONGEST_OCTETS))
            self.settle(part.size, len(content))
            return content
        if not 0 <= size <= 64 * LONGEST_OCTETS:
            raise Unfit
        return self.draw(_octets(size, size))

    def nested(self, part: Nested) -> Any:
        value = self.draw(strategy_for(self.evaluate(part.kind), self.depth + 1))
        if part.size is not None:
            self.settle(part.size, len(value.encode()))
        return value

    def each(self, part: Each) -> tuple[Any, ...]:
        kind, most = self.evaluate(part.kind), LONGEST_LIST if self.depth < DEEPEST else 0
        least = 0
        if part.count is not None and not self.is_open(part.count):
            least = most = self.evaluate(part.count)
            if least > 4 * LONGEST_LIST:
                raise Unfit
        drawn = self.draw(_lists(strategy_for(kind, self.depth + 1), least, most))
        values = tuple(_until(part, drawn)) if part.count is not None else _distinct(kind, tuple(_until(part, drawn)))
        if part.count is not None:
            self.settle(part.count, len(values))
        if part.size is not None:
            self.settle(part.size, sum(len(value.encode()) for value in values))
        return values

    def is_open(self, expression: Any) -> bool:
        return isinstance(expression, str) and not names_in(expression).isdisjoint(self.open)

    def settle(self, expression: Any, length: int) -> None:
        """Make ``expression`` give ``length``: solve the length in it that is still open."""
        if not self.is_open(expression):
            if self.evaluate(expression) != length:
                raise Unfit
            return
        name, *others = names_in(expression) & set(self.open)
        if others:
            raise Unfit
        for candidate in range(self.open[name] + 1):
            if self.evaluate(expression, **{name: candidate}) == length:
                self.fields[name] = candidate
                del self.open[name]
                return
        raise Unfit


def _until(part: Each, values: list[Any]) -> Iterator[Any]:
    for value in values:
        yield value
        if part.until is not None and part.until(value):
            return


def _distinct(kind: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The longest start of a list that can be told apart: a header that takes all that is left must be the last."""
    while len(values) > 1:
        octets = b"".join(value.encode() for value in values)
        for value in values[:-1]:
            try:
                decoded, octets = kind.decode(octets)
            except Malformed:
                decoded = None
            if decoded != value:
                break
        else:
            return values
        values = values[:-1]
    return values
