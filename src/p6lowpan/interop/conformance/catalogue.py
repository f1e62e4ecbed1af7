"""The whole corpus, in the order in which it is written. Nothing depends on chance, time or the hash of a string."""

from functools import cache

from p6lowpan.interop.conformance import (
    addresses,
    bounds,
    datagrams,
    delivery,
    errors,
    extensions,
    fragments,
    generic,
    header_fields,
    lessons,
    malformed,
    plugtest,
    uncompressed,
)
from p6lowpan.interop.conformance.case import Case, Lesson

GROUPS = (
    uncompressed,
    fragments,
    addresses,
    header_fields,
    datagrams,
    extensions,
    delivery,
    generic,
    bounds,
    malformed,
    errors,
    plugtest,
)


@cache
def cases() -> tuple[Case, ...]:
    """Every case about frames."""
    return tuple(case for group in GROUPS for case in group.cases())


@cache
def all_lessons() -> tuple[Lesson, ...]:
    """Every case about discovery."""
    return tuple(lessons.lessons())
