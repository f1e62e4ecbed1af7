"""Writes ``core/tables.h``: the reasons, features and limits of the Python package, for C. ``--check``: is it stale?"""

import argparse
import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

from p6lowpan.capability.features import HIGHEST_LEVEL, Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import flex_field, level_features
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.next_header_compression import EXTENSION_FEATURES

TABLES = Path(__file__).parent / "core" / "tables.h"
LIMITS = (
    "header_growth_octets",
    "nested_ipv6_headers",
    "compressed_extension_headers",
    "extension_headers_in_order",
    "datagram_octets",
    "reassembly_timeout_us",
    "completed_datagram_us",
    "contexts",
)
"""Those that the core keeps; how many buffers and neighbors there are is up to whoever embeds it."""


def reasons() -> Iterator[str]:
    """Every reason, in the order of its enumeration."""
    yield "/* Why octets were refused: capability/reasons.py. */"
    yield "typedef enum p6_reason {"
    yield "    P6_OK = 0,"
    yield from (f"    P6_{reason.name} = {number}, /* {reason.value} */" for number, reason in enumerate(Reason, 1))
    yield "} p6_reason;"


def features() -> Iterator[str]:
    """The number of each feature, its level (7: none of P6LoWPAN's) and its bit of the FLEX field."""
    yield "/* The table of features: capability/features.py. */"
    for number, feature in enumerate(Feature):
        row = feature.value
        yield f"#define P6_FEATURE_{feature.name} {number}"
        yield f"#define P6_LEVEL_OF_{feature.name} {7 if row.level is None else row.level}"
        bit = 0 if row.flex_bit is None else 1 << 31 - row.flex_bit
        yield f"#define P6_FLEX_{feature.name} 0x{bit:08x}u /* {row.section} */"
    yield f"#define P6_FEATURES {len(Feature)}"
    fields = (f"(level) == {level} ? 0x{flex_field(level_features(level)):08x}u : " for level in range(HIGHEST_LEVEL))
    highest = flex_field(level_features(HIGHEST_LEVEL))
    yield f"#define P6_FLEX_OF_LEVEL(level) ({''.join(fields)}0x{highest:08x}u) /* of all that a level has */"
    numbers = {feature: number for number, feature in enumerate(Feature)}
    listed = ", ".join(str(numbers[feature]) for _, feature in sorted(EXTENSION_FEATURES.items()))
    yield f"#define P6_EXTENSION_FEATURES {{{listed}}} /* by extension header identifier */"


def limits() -> Iterator[str]:
    """The bounds of every P6LoWPAN level."""
    yield "/* Bounds: capability/limits.py. */"
    fields = {field.name: getattr(P6LOWPAN, field.name) for field in dataclasses.fields(P6LOWPAN)}
    yield from (f"#define P6_LIMIT_{name.upper()} {int(fields[name])}" for name in LIMITS)


def tables() -> str:
    """The whole header file."""
    parts = ["/* Generated from the Python package by c/write_tables.py: do not edit. */"]
    parts += ["#ifndef P6LOWPAN_TABLES_H", "#define P6LOWPAN_TABLES_H", ""]
    parts += [*reasons(), "", *features(), "", *limits(), "", "#endif", ""]
    return "\n".join(parts)


def main() -> int:
    """Write the file, or with ``--check`` say that it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the file is stale")
    wanted = tables()
    if not parser.parse_args().check:
        TABLES.write_text(wanted, encoding="utf-8")
        return 0
    if TABLES.exists() and TABLES.read_text(encoding="utf-8") == wanted:
        return 0
    print("c/core/tables.h is stale. Write it anew with: make generate")
    return 1


if __name__ == "__main__":
    sys.exit(main())
