"""Values: what travels between the machines of a stack, several for each packet."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(described: type[T]) -> type[T]:
    """A dataclass with slots, equal and hashed by its fields, none of which is ever assigned again.

    The type checker sees to that, and nobody at run time: ``frozen=True`` makes every instance several times as costly.
    """
    return dataclass(slots=True, unsafe_hash=True)(described)
