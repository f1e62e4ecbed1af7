"""The vocabulary in which headers are described: the annotations that :mod:`p6lowpan.wire.description` reads."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from p6lowpan.capability.reasons import Reason

AUTO: Any = -1
"""Default of a :class:`Computed` field: the constructor fills it in."""

NOT_ASSIGNED = "not assigned"
"""What a value means that its registry does not know."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bits:
    """An unsigned integer, ``width`` bits. Big endian, first bit most significant; ``little``: as IEEE 802.15.4
    sends them, least significant bit and octet first. Neighbouring bit fields share octets."""

    width: int
    little: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Octets:
    """Raw octets: ``size`` of them (a number or an expression), or all that is left (``None``). ``reverse``: sent
    last octet first (IEEE 802.15.4 addresses) and held as printed. ``leave``: how many octets at the end belong to
    the fields that follow, where ``size`` is ``None`` (an integrity code behind the payload)."""

    size: int | str | None = None
    reverse: bool = False
    leave: int | str = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Nested:
    """A header inside: ``kind`` is an expression for its class, or for ``None`` where nothing is sent. With ``size``
    it gets exactly so many octets, with ``leave`` (as in :class:`Octets`) all but so many, and must use them all."""

    kind: str
    size: int | str | None = None
    leave: int | str = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Each:
    """A tuple of headers of ``kind``, one after the other until the octets (or ``size`` octets) end, or ``count`` of
    them from the front of what is left. An expression may take the size of a tuple with ``octets_in(field)``.
    ``until``: the list ends after the first header of which it is true, too. ``leave``: as in :class:`Octets`."""

    kind: str
    size: int | str | None = None
    count: int | str | None = None
    until: Callable[[Any], bool] | None = None
    leave: int | str = 0


@dataclasses.dataclass(frozen=True, slots=True)
class When:
    """The field is there only where ``condition`` holds; else it is ``None``."""

    condition: str


@dataclasses.dataclass(frozen=True, slots=True)
class Fixed:
    """The default is the only legal value; another is ``Malformed`` with ``FIXED_VALUE``."""


@dataclasses.dataclass(frozen=True, slots=True)
class Computed:
    """Where the caller leaves the field ``AUTO``, the constructor computes it. A decoded value stays as received."""

    expression: str


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """Words for a value: an enum, a mapping, or a function."""

    words: type[Enum] | Mapping[int, str] | Callable[[Any], str]


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """A condition over all fields. False: ``Malformed`` at field ``at`` when decoding, ``UsageError`` when building."""

    condition: str
    at: str
    reason: Reason
    text: str


Part = Bits | Octets | Nested | Each


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One row of ``Header.FIELDS``: what the annotation said."""

    name: str
    part: Part
    when: str | None
    default: Any  # dataclasses.MISSING where there is none
    fixed: bool
    computed: str | None
    words: type[Enum] | Mapping[int, str] | Callable[[Any], str] | None

    def meaning(self, value: Any) -> str:
        """What ``value`` means in words; empty where there is nothing to say."""
        if self.words is None or value is None:
            return ""
        if isinstance(self.words, type):
            return names_in_words(self.words).get(value, NOT_ASSIGNED)
        if callable(self.words):
            return self.words(value)
        return self.words.get(value, NOT_ASSIGNED)


@functools.cache
def names_in_words(members: type[Enum]) -> Mapping[Any, str]:
    """The names of an enum's members in words, by their values."""
    return {member.value: member.name.lower().replace("_", " ") for member in members}
