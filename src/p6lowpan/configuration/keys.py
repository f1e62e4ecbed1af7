"""Tables of a TOML file as dataclasses: a field is a key, with what it takes and what it means.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Place:
        x: float = key(number(), "how far to the right, in metres")

    place = read(Place, tomllib.loads(text), "scenario.toml")

Whatever does not fit is a :class:`UsageError` that names the file, the place in it, and what was expected; a key that
no field asks for is one, too. The documentation's tables are made of the same fields.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from p6lowpan.capability.errors import UsageError

T = TypeVar("T")
META = "key"
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be. ``take`` makes of a TOML value what the field holds, or raises ``UsageError`` or
    ``ValueError``, whose text is of no use; it is told the place, for tables inside. ``classes`` are those of the
    tables inside, by the value of their key ``tag``; a field holds ``unit`` times what the file says."""

    expected: str
    take: Callable[[Any, str], Any]  # Any: what TOML holds, and what the field holds
    classes: Mapping[str, type[Any]] = field(default_factory=dict)
    tag: str = ""
    unit: int = 1


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. ``field`` is the name of the field, ``default`` may be ``REQUIRED``."""

    name: str
    kind: Kind
    meaning: str
    field: str
    default: object


class Misplaced(UsageError):
    """A value that does not fit, with its place already said."""


def key(kind: Kind, meaning: str, default: object = REQUIRED, *, name: str = "") -> Any:  # Any: as dataclasses.field
    """A field that is read from the key ``name``; without one, from the key of the field's own name."""
    metadata = {META: (name, kind, meaning)}
    return field(metadata=metadata) if default is REQUIRED else field(default=default, metadata=metadata)


def keys_of(cls: type[Any]) -> Iterator[Key]:
    """The keys of a table that is read into ``cls``."""
    for each in fields(cls):
        if META in each.metadata:
            name, kind, meaning = each.metadata[META]
            default = REQUIRED if each.default is MISSING else each.default
            yield Key(name or each.name, kind, meaning, each.name, default)


def read(cls: type[T], values: Mapping[str, Any], place: str, ignored: tuple[str, ...] = ()) -> T:
    """A table as a value of ``cls``. ``ignored`` are keys that were dealt with already."""
    given: dict[str, Any] = {}
    known = {one.name: one for one in keys_of(cls)}
    for name in values:
        if name not in known and name not in ignored:
            raise Misplaced(f"{place}: there is no key {name!r}: {', '.join(sorted((*ignored, *known)))}")
    for name, one in known.items():
        if name in values:
            given[one.field] = taken(one.kind, values[name], _inside(place, name))
        elif one.default is REQUIRED:
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


def _table_reader(classes: Mapping[str, type[Any]], tag: str) -> Callable[[Any, str], Any]:
    """Reads a table of the only class, or of the one that its tag says."""

    def take(value: Any, place: str) -> Any:
        if not isinstance(value, Mapping):
            raise UsageError("no table")
        if not tag:
            return read(classes[""], value, place)
        said = value.get(tag)
        if not isinstance(said, str) or said not in classes:
            raise Misplaced(f"{_inside(place, tag)}: expected one of {', '.join(classes)}, not {said!r}")
        return read(classes[said], value, place, (tag,))

    return take


def tagged_table(tag: str, classes: Mapping[str, type[Any]]) -> Kind:
    """A table of one of several classes: the value of ``tag`` says which."""
    return Kind("a table", _table_reader(classes, tag), classes, tag)


def tagged_tables(tag: str, classes: Mapping[str, type[Any]]) -> Kind:
    """An array of such tables."""
    one_table = tagged_table(tag, classes)

    def take(value: Any, place: str) -> Any:
        if not isinstance(value, list):
            raise UsageError("no array of tables")
        return tuple(taken(one_table, one, f"{place}[{number}]") for number, one in enumerate(value))

    return Kind("an array of tables", take, classes, tag)


def table(cls: type[Any]) -> Kind:
    """A table."""
    return tagged_table("", {"": cls})


def tables(cls: type[Any]) -> Kind:
    """An array of tables."""
    return tagged_tables("", {"": cls})
