"""The pages of features, limits and reasons. What a comment in the source says of a row is part of the page."""

import dataclasses
import inspect
import io
import tokenize
from collections.abc import Iterator
from types import ModuleType

from generating.markdown import page, prose, table
from p6lowpan.capability import limits, reasons
from p6lowpan.capability.features import FLEX_RESERVED_BITS, HIGHEST_LEVEL, Feature
from p6lowpan.capability.limits import P6LOWPAN, RFC6282, Limits
from p6lowpan.capability.profile import LEVELS, NEVER_CHOSEN
from p6lowpan.capability.reasons import Reason


def features_page() -> str:
    """The table of features and what each level adds."""
    rows = [
        (f"`{row.name}`", _number(row.level), _number(row.flex_bit), row.section, row.meaning)
        for row in (feature.value for feature in Feature)
    ]
    levels = [
        (level, len(LEVELS[level].receives), ", ".join(f"`{feature.value.name}`" for feature in _added(level)))
        for level in range(HIGHEST_LEVEL + 1)
    ]
    never = sorted(feature.value.name for feature in NEVER_CHOSEN)
    return page(
        "Features and levels",
        [
            "Every ability of 6LoWPAN that can be seen on the wire. A level contains every feature of its number and"
            " below; a feature without a level is understood by the profile `rfc6282` and not part of P6LoWPAN. FLEX"
            f" bits count from the most significant of 32, of which {FLEX_RESERVED_BITS} are reserved."
        ],
        table(("feature", "level", "FLEX bit", "section", "meaning"), rows),
        ["## What each level adds"],
        table(("level", "features in all", "adds"), levels),
        ["## What plain RFC 6282 does not send unasked"],
        [", ".join(f"`{name}`" for name in never) + "."],
    )


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _added(level: int) -> list[Feature]:
    return [feature for feature in Feature if feature.level == level]


def limits_page() -> str:
    """Every bound with its value in both families of profiles and where the number comes from."""
    sources = dict(comments(limits))
    rows = [
        (f"`{field.name}`", getattr(P6LOWPAN, field.name), getattr(RFC6282, field.name), sources.get(field.name, ""))
        for field in dataclasses.fields(Limits)
    ]
    return page(
        "Limits",
        [prose(limits), "", "The unit ends a name where the number is not a count."],
        table(("limit", "P6LoWPAN levels", "`rfc6282`", "source"), rows),
    )


def reasons_page() -> str:
    """Every reason under its heading."""
    notes, headings = dict(comments(reasons)), dict(_headings(reasons))
    sections: list[tuple[str, list[tuple[str, str]]]] = [("Reasons", [])]
    for reason in Reason:
        if reason.name in headings:
            sections.append((headings[reason.name].capitalize(), []))
        sections[-1][1].append((f"`{reason.value}`", notes.get(reason.name, reason.value.replace("-", " "))))
    parts = [[f"## {title}", "", *table(("reason", "meaning"), rows)] for title, rows in sections if rows]
    return page("Reasons", [prose(reasons)], *parts)


def comments(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The first name of a line that has a comment behind it, and the comment."""
    for line in _lines(module):
        if line[0].type == tokenize.NAME and line[-1].type == tokenize.COMMENT:
            yield line[0].string, _text(line[-1])


def _headings(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The name behind a comment that has a line of its own, and the comment."""
    heading = ""
    for line in _lines(module):
        if line[0].type == tokenize.COMMENT:
            heading = _text(line[0])
        elif heading and line[0].type == tokenize.NAME:
            yield line[0].string, heading
            heading = ""


def _lines(module: ModuleType) -> Iterator[list[tokenize.TokenInfo]]:
    ignored = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(module)).readline):
        if token.type not in ignored:
            line.append(token)
        elif line and token.type in (tokenize.NL, tokenize.NEWLINE):
            yield line
            line = []


def _text(comment: tokenize.TokenInfo) -> str:
    return comment.string.lstrip("# ")
