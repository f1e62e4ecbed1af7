"""The table of features and the table of levels, as text, Markdown and JSON; the documentation is made of them too."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.capability import profile as profiles
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile, flex_field

Json = dict[str, Any]  # JSON has no narrower type

FEATURE_HEADING = ("feature", "level", "FLEX bit", "section", "meaning")
LEVEL_HEADING = ("level", "features", "FLEX field", "growth", "adds")


def feature_rows() -> list[tuple[str, ...]]:
    """THE table: one row a feature, in the order of the code."""
    return [
        (row.name, _number(row.level), _number(row.flex_bit), row.section, row.meaning)
        for row in (feature.value for feature in Feature)
    ]


def feature_records() -> list[Json]:
    """The same for programs."""
    return [
        {
            "name": row.name,
            "level": row.level,
            "flex_bit": row.flex_bit,
            "section": row.section,
            "meaning": row.meaning,
        }
        for row in (feature.value for feature in Feature)
    ]


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def added(profile: Profile) -> list[str]:
    """What a level has that the one below it has not."""
    return [feature.value.name for feature in Feature if feature.level == profile.level]


def level_rows() -> list[tuple[str, ...]]:
    """One row a level: how many features it has, its FLEX field, how far headers may grow, and what it adds."""
    return [
        (
            str(profile.level),
            str(len(profile.receives)),
            f"{flex_field(profile.receives):08x}",
            str(profile.limits.header_growth_octets),
            ", ".join(added(profile)),
        )
        for profile in profiles.LEVELS
    ]


def level_records() -> list[Json]:
    """The same for programs."""
    return [
        {
            "level": profile.level,
            "adds": added(profile),
            "features": len(profile.receives),
            "flex_field": f"{flex_field(profile.receives):08x}",
            "header_growth_octets": profile.limits.header_growth_octets,
        }
        for profile in profiles.LEVELS
    ]


# --- how a table looks -----------------------------------------------------------------------------------------------


def text_table(heading: Sequence[str], rows: Iterable[Sequence[str]], palette: Palette) -> Iterator[str]:
    """Aligned columns; the last one is as long as it is."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]
    yield palette.title(_aligned(heading, widths))
    for row in rows:
        yield _aligned(row, widths)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def markdown_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table for a document."""
    yield f"| {' | '.join(heading)} |"
    yield f"|{'|'.join('---' for _ in heading)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
