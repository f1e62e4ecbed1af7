"""Writes the pages of docs/reference from the code; ``--check`` only tells which are not what the code says.

Nothing in docs/reference is written by hand: what is not generated is removed.
"""

import argparse
import sys
from pathlib import Path

from generating.analysis import findings_page, stacks_page
from generating.capability import features_page, limits_page, reasons_page
from generating.formats import format_pages
from generating.scenarios import gateway_page, scenarios_page

REFERENCE = Path(__file__).parent / "reference"


def pages() -> dict[str, str]:
    """Every generated page, by file name."""
    capability = {"features.md": features_page(), "limits.md": limits_page(), "reasons.md": reasons_page()}
    analysis = {"findings.md": findings_page(), "stacks.md": stacks_page()}
    files = {"scenarios.md": scenarios_page(), "gateway.md": gateway_page()}
    return capability | analysis | files | format_pages()


def stale(wanted: dict[str, str]) -> list[str]:
    """The files that differ, are missing, or should not be there."""
    found = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("*.md")}
    return sorted(name for name in wanted | found if wanted.get(name) != found.get(name))


def write(wanted: dict[str, str]) -> None:
    """Make docs/reference hold these pages and no others."""
    REFERENCE.mkdir(exist_ok=True)
    for name in stale(wanted):
        if name in wanted:
            (REFERENCE / name).write_text(wanted[name], encoding="utf-8")
        else:
            (REFERENCE / name).unlink()


def main() -> int:
    """Write the pages, or with ``--check`` name those that are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    arguments = parser.parse_args()
    wanted = pages()
    if not arguments.check:
        write(wanted)
        return 0
    names = stale(wanted)
    if names:
        print(f"docs/reference is stale: {', '.join(names)}. Write it anew with: make generate")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
