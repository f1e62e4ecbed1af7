"""The pages of wire formats: every header that the package describes, found by walking it."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from types import ModuleType
from typing import Any, TypeGuard

from generating.diagram import diagram
from generating.markdown import page, prose, table
from p6lowpan import wire
from p6lowpan.wire.description import Bits, Each, Field, Header, Nested, Octets
from p6lowpan.wire.family import Family

INLINE_VALUES = 6


def format_pages() -> dict[str, str]:
    """One page for each package of formats that describes something."""
    packages = [module.name for module in pkgutil.iter_modules(wire.__path__) if module.ispkg]
    return {f"{name}.md": text for name in packages if (text := package_page(name))}


def package_page(name: str) -> str:
    """The page of one package; empty where it describes nothing."""
    package = importlib.import_module(f"{wire.__name__}.{name}")
    walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    modules = [importlib.import_module(module.name) for module in walked]
    sections = [section for module in modules for section in module_sections(module)]
    if not sections:
        return ""
    title = prose(package).split("\n")[0].rstrip(".") or name
    return page(f"Formats: {title}", *sections, *number_sections([header for m in modules for header in headers_of(m)]))


def headers_of(module: ModuleType) -> list[type[Header]]:
    """The public headers that a module describes, as they stand in it."""
    return [value for value in vars(module).values() if is_described(value) and value.__module__ == module.__name__]


def number_sections(headers: list[type[Header]]) -> Iterator[list[str]]:
    """A table for each enum that is too long to stand beside its field."""
    enums = {words.__name__: words for header in headers for field in header.FIELDS if _is_long(words := field.words)}
    if enums:
        yield ["## Numbers"]
    for name, enum in sorted(enums.items()):
        values = [(f"{member.value} ({member.value:#x})", member.name.lower().replace("_", " ")) for member in enum]
        yield [f"### {name}", "", prose(enum), "", *table(("number", "meaning"), values)]


def _is_long(words: Any) -> TypeGuard[type[Enum]]:
    return isinstance(words, type) and issubclass(words, Enum) and len(words) > INLINE_VALUES


def module_sections(module: ModuleType) -> Iterator[list[str]]:
    """The heading of a module and its headers and families; nothing where it has none."""
    headers = headers_of(module)
    families = [(name, value) for name, value in vars(module).items() if isinstance(value, Family)]
    own_families = [(name, family) for name, family in families if f"\n{name}" in _source(module)]
    if not headers and not own_families:
        return
    yield [f"## {module.__name__.split('.', 2)[2]}", "", prose(module)]
    for header in headers:
        yield header_section(header)
    for name, family in own_families:
        yield family_section(name, family)


def _source(module: ModuleType) -> str:
    with open(str(module.__file__), encoding="utf-8") as file:
        return file.read()


def is_described(value: object) -> TypeGuard[type[Header]]:
    """Whether something is a public header with a description."""
    return (
        isinstance(value, type)
        and issubclass(value, Header)
        and hasattr(value, "FIELDS")
        and not value.__name__.startswith("_")
    )


def header_section(header: type[Header]) -> list[str]:
    """Title, docstring, diagram, table of fields, checks."""
    lines = [f"### {header.__name__}", "", prose(header), ""]
    if not header.FIELDS:
        return [*lines, "No octets."]
    lines += ["```text", *diagram(header.FIELDS), "```", ""]
    if any(isinstance(field.part, Bits) and field.part.little for field in header.FIELDS):
        lines += ["Numbers are sent least significant bit and octet first.", ""]
    rows = [
        (f"`{field.name}`", size_of(field), f"`{field.when}`" if field.when else "", "; ".join(notes_of(field)))
        for field in header.FIELDS
    ]
    lines += table(("field", "size", "present when", "meaning"), rows)
    if header.CHECKS:
        lines += ["", *(f"- `{check.at}`: {check.text} (`{check.reason.value}`)" for check in header.CHECKS)]
    return lines


def family_section(name: str, family: Family) -> list[str]:
    """A table of what is told apart by its first octets."""
    numbers: dict[str, list[int]] = {}
    for key, member in sorted(family.members.items()):
        numbers.setdefault(_decoder_name(member), []).append(key)
    rows = [(_ranges(keys), decoder) for decoder, keys in numbers.items()]
    title = [f"### {name}", "", f"Told apart by their first octets ({family.layer}):", ""]
    return title + table(("number", "format"), [*rows, ("any other", _decoder_name(family.unknown))])


def _ranges(numbers: list[int]) -> str:
    """Neighbouring numbers as ranges; of many ranges the first ones and how many numbers there are."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [f"{run[0]:#04x}" + (f" to {run[-1]:#04x}" if len(run) > 1 else "") for run in runs[:INLINE_VALUES]]
    return ", ".join(shown) + (f" and so on, {len(numbers)} numbers" if len(runs) > INLINE_VALUES else "")


def _decoder_name(decoder: object) -> str:
    if isinstance(decoder, Family):
        return f"the family of {decoder.layer}"
    return f"`{decoder.__name__}`" if isinstance(decoder, type) else f"`{type(decoder).__name__}`"


def size_of(field: Field) -> str:
    """How much a field takes, in words."""
    match field.part:
        case Bits(width):
            return "1 bit" if width == 1 else f"{width} bits"
        case Octets(None, leave=leave):
            return f"the rest but `{leave}` octets" if leave else "the rest"
        case Octets(int(size)):
            return "1 octet" if size == 1 else f"{size} octets"
        case Octets(size):
            return f"`{size}` octets"
        case Nested(kind, size):
            return f"`{kind}`" + (f" in `{size}` octets" if size is not None else "")
        case Each(kind, size, count):
            many = f"each `{kind}`"
            many += f" in `{size}` octets" if size is not None else ""
            return many + (f", `{count}` of them" if count is not None else "")


def notes_of(field: Field) -> Iterator[str]:
    """What else the description says: the only value, how it is computed, what values mean."""
    if field.fixed:
        yield f"always {_shown(field)}"
        return
    if field.computed:
        yield f"computed: `{field.computed}`"
    yield from _words(field.words)


def _words(words: Any) -> Iterator[str]:
    if isinstance(words, type) and issubclass(words, Enum):
        values = {member.value: member.name.lower().replace("_", " ") for member in words}
        yield from _listed(values, words.__name__)
    elif isinstance(words, Mapping):
        yield from _listed(words, "")
    elif words is not None and (text := prose(words).split("\n")[0]) and "lambda" not in words.__name__:
        yield text.rstrip(".")


def _listed(values: Mapping[int, str], name: str) -> Iterator[str]:
    if name and len(values) > INLINE_VALUES:
        yield f"one of `{name}`"
    else:
        yield ", ".join(f"{int(value)} {text}" for value, text in values.items())


def _shown(field: Field) -> str:
    """The only value of a fixed field: bits where it is no whole octets."""
    match field.part, field.default:
        case Bits(width), int(value):
            return f"`{value:#0{2 + width // 4}x}`" if width % 8 == 0 else f"`{value:0{width}b}`"
        case _, bytes(octets):
            return f"`{octets.hex()}`"
    return str(field.default)
