"""Tables of a TOML file as dataclasses: a field is a key, with what it takes and what it means.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Place:
        x: float = key(number(), "how far to the right, in metres")

    place = read(Place, tomllib.loads(text), "scenario.toml")

Whatever does not fit is a :class:`UsageError` that names the file, the place in it, and what was expected; a key that
no field asks for is one, too. The documentation's tables are made of the same fields.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar

from p6lowpan.capability.errors import UsageError

T = TypeVar("T")
META = "key"
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. ``take`` makes of a TOML value what the field holds, or raises ``UsageError`` or
    ``ValueError``, whose text is of no use; it is told the place, for tables inside."""

    expected: str
    take: Callable[[Any, str], Any]  # Any: what TOML holds, and what the field holds


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. ``tables`` are the classes of the tables inside, by the value of their tag."""

    name: str
    kind: Kind
    meaning: str
    tables: tuple[type[Any], ...] = ()


class Misplaced(UsageError):
    """A value that does not fit, with its place already said."""


def key(kind: Kind, meaning: str, default: object = REQUIRED, *, name: str = "") -> Any:  # Any: as dataclasses.field
    """A field that is read from the key ``name``; without one, from the key of the field's own name."""
    metadata = {META: (name, kind, meaning)}
    return field(metadata=metadata) if default is REQUIRED else field(default=default, metadata=metadata)


def keys_of(cls: type[Any]) -> Iterator[tuple[Field[Any], Key]]:
    """The keys of a table that is read into ``cls``."""
    for each in fields(cls):
        if META in each.metadata:
            name, kind, meaning = each.metadata[META]
            yield each, Key(name or each.name, kind, meaning, getattr(kind.take, "tables", ()))


def read(cls: type[T], values: Mapping[str, Any], place: str, ignored: tuple[str, ...] = ()) -> T:
    """A table as a value of ``cls``. ``ignored`` are keys that were dealt with already."""
    given: dict[str, Any] = {}
    known = {one.name: (each, one) for each, one in keys_of(cls)}
    for name in values:
        if name not in known and name not in ignored:
            raise Misplaced(f"{place}: there is no key {name!r}: {', '.join(sorted((*ignored, *known)))}")
    for name, (each, one) in known.items():
        if name in values:
            given[each.name] = taken(one.kind, values[name], _inside(place, name))
        elif each.default is MISSING:
            raise Misplaced(f"{place}: the key {name!r} is missing: {one.kind.expected}")
    try:
        return cls(**given)
    except Misplaced:
        raise
    except UsageError as error:
        raise Misplaced(f"{place}: {error}") from None


def taken(kind: Kind, value: Any, place: str) -> Any:
    """What a value becomes. Raises :class:`Misplaced`."""
    try:
        return kind.take(value, place)
    except Misplaced:
        raise
    except (UsageError, ValueError):
        raise Misplaced(f"{place}: expected {kind.expected}, not {value!r}") from None


def _inside(place: str, name: str) -> str:
    """``file: table.key``."""
    return f"{place}.{name}" if ": " in place else f"{place}: {name}"


class _Table:
    """Reads a table, of one class, or of the class that its tag says."""

    def __init__(self, classes: Mapping[str, type[Any]], tag: str) -> None:
        self.classes = dict(classes)
        self.tag = tag
        self.tables = tuple(dict.fromkeys(classes.values()))

    def __call__(self, value: Any, place: str) -> Any:
        if not isinstance(value, Mapping):
            raise UsageError("no table")
        if not self.tag:
            return read(self.tables[0], value, place)
        said = value.get(self.tag)
        if not isinstance(said, str) or said not in self.classes:
            raise Misplaced(f"{_inside(place, self.tag)}: expected one of {', '.join(self.classes)}, not {said!r}")
        return read(self.classes[said], value, place, (self.tag,))


class _Tables(_Table):
    """Reads an array of tables."""

    def __call__(self, value: Any, place: str) -> Any:
        if not isinstance(value, list):
            raise UsageError("no array of tables")
        read_one = super().__call__
        return tuple(read_one(one, f"{place}[{number}]") for number, one in enumerate(value))


def table(cls: type[Any]) -> Kind:
    """A table."""
    return Kind("a table", _Table({"": cls}, ""))


def tables(cls: type[Any]) -> Kind:
    """An array of tables."""
    return Kind("an array of tables", _Tables({"": cls}, ""))


def tagged_table(tag: str, classes: Mapping[str, type[Any]]) -> Kind:
    """A table of one of several classes: the value of ``tag`` says which."""
    return Kind("a table", _Table(classes, tag))


def tagged_tables(tag: str, classes: Mapping[str, type[Any]]) -> Kind:
    """An array of such tables."""
    return Kind("an array of tables", _Tables(classes, tag))
