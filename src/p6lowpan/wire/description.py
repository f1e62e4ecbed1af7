"""A header described once: a frozen dataclass whose annotations are its wire widths.

``@wire("layer")`` reads the annotations of a :class:`Header` at import and installs straight-line ``decode`` and
``encode`` (written by :mod:`p6lowpan.wire.compilation` when they are first called). ``layout`` gives the place and the
meaning of each field; the dissector, the bit diagrams in the documentation and the property tests all read the same
``FIELDS``.

    @wire("frag1")
    class FirstFragment(Header):
        '''RFC 4944 section 5.3.'''
        dispatch: Annotated[int, Bits(5), Fixed()] = 0b11000
        datagram_size: Annotated[int, Bits(11)]
        datagram_tag: U16

Expressions (sizes, conditions, kinds) are strings of Python that may name fields and whatever the class's module
defines. A field whose condition is false is ``None``. What this module does not do: choose an encoding, look at a
clock, a table or a setting.
"""

import dataclasses
import itertools
import operator
import sys
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform, get_args, get_type_hints

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import compilation
from p6lowpan.wire.notation import AUTO, Bits, Check, Computed, Each, Field, Fixed, Meaning, Nested, Octets, When
from p6lowpan.wire.primitives import octets_in

__all__ = [
    "AUTO", "U8", "U16", "U32", "Bits", "Check", "Computed", "Each", "Field", "Fixed", "Header", "Meaning", "Nested",
    "Octets", "Rest", "Span", "When", "wire",
]  # fmt: skip

H = TypeVar("H", bound="Header")


class Span(NamedTuple):
    """Where a field lies in its header: ``start_bit`` and ``bits`` count from the header's first bit."""

    name: str
    start_bit: int
    bits: int
    value: Any
    meaning: str

    @property
    def start(self) -> int:
        """First octet that the field touches."""
        return self.start_bit // 8

    @property
    def end(self) -> int:
        """One past the last octet that the field touches."""
        return (self.start_bit + self.bits + 7) // 8


class Header:
    """Base of all wire formats. Values compare by content and are never changed."""

    __slots__ = ()
    LAYER: ClassVar[str]
    FIELDS: ClassVar[tuple[Field, ...]]
    CHECKS: ClassVar[tuple[Check, ...]] = ()

    _values: ClassVar[Any] = staticmethod(lambda _: ())  # those of all fields; Any: it binds to nobody

    # As a dataclass has them, and once for all headers: to write them for each takes a fifth of the imports.

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(self._values(self) == self._values(other))

    def __hash__(self) -> int:
        return hash(self._values(self))

    def __repr__(self) -> str:
        fields = ", ".join([f"{field.name}={getattr(self, field.name)!r}" for field in self.FIELDS])
        return f"{type(self).__qualname__}({fields})"

    def __post_init__(self) -> None:
        """Replaced by @wire; here so that the dataclass calls it."""

    @classmethod
    def decode(cls, octets: bytes) -> tuple[Self, bytes]:  # noqa: ARG003 - @wire puts the real one here
        """Consume one header from the front of ``octets``; return it and the rest.

        Raises :class:`Malformed` with the offset counted from ``octets[0]``.
        """
        raise TypeError(f"{cls.__name__} has no @wire description")

    def encode(self) -> bytes:
        """The octets of this header. ``decode(value.encode()) == (value, b"")``."""
        raise TypeError(f"{type(self).__name__} has no @wire description")

    @classmethod
    def decode_all(cls, octets: bytes) -> Self:
        """Decode ``octets`` that must hold this header and nothing more."""
        value, rest = cls.decode(octets)
        if rest:
            raise Malformed(cls.LAYER, len(octets) - len(rest), Reason.TRAILING, f"{len(rest)} octets left over")
        return value

    def layout(self) -> tuple[Span, ...]:
        """The span of every field that is present, in wire order."""
        spans, position = [], 0
        for field in self.FIELDS:
            value = getattr(self, field.name)
            if value is not None:
                bits = _bits_of(field, value)
                spans.append(Span(field.name, position, bits, value, field.meaning(value)))
                position += bits
        return tuple(spans)

    def offset_of(self, name: str) -> int:
        """The first octet that a field touches, without asking what any field means: the value may be a wrong one."""
        before = itertools.takewhile(lambda field: field.name != name, self.FIELDS)
        return sum(_bits_of(field, getattr(self, field.name)) for field in before) // 8


def _bits_of(field: Field, value: Any) -> int:
    if value is None:
        return 0
    if isinstance(field.part, Bits):
        return field.part.width
    if isinstance(value, bytes):
        return 8 * len(value)
    return 8 * octets_in(value if isinstance(value, tuple) else (value,))


def _field(annotated: Any, field: "dataclasses.Field[Any]") -> Field:
    notes = get_args(annotated)[1:]

    def note(kind: Any) -> Any:
        return next((item for item in reversed(notes) if isinstance(item, kind)), None)

    part = note((Bits, Octets, Nested, Each))
    if part is None:
        raise TypeError(f"field {field.name} has no wire width")
    when, computed, meaning = note(When), note(Computed), note(Meaning)
    return Field(
        name=field.name,
        part=part,
        when=when.condition if when else None,
        default=field.default,
        fixed=note(Fixed) is not None,
        computed=computed.expression if computed else None,
        words=meaning.words if meaning else None,
    )


@dataclass_transform(frozen_default=True, kw_only_default=True)
def wire(layer: str) -> Callable[[type[H]], type[H]]:
    """Make a :class:`Header` subclass a frozen, slotted, keyword-only dataclass with compiled codecs."""

    def describe(described: type[H]) -> type[H]:
        header: Any = dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)(described)
        hints = get_type_hints(described, include_extras=True)
        header.LAYER = layer
        header.FIELDS = tuple(_field(hints[field.name], field) for field in dataclasses.fields(header))
        if header.FIELDS:
            header._values = operator.attrgetter(*[field.name for field in header.FIELDS])
        compilation.install(header, vars(sys.modules[described.__module__]))
        described_header: type[H] = header
        return described_header

    return describe


U8 = Annotated[int, Bits(8)]
U16 = Annotated[int, Bits(16)]
U32 = Annotated[int, Bits(32)]
Rest = Annotated[bytes, Octets()]
