"""Measures every contest and prints the tables of docs/performance.md: ``make bench``, ``python -m benchmarks.run``."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.contests import contests
from benchmarks.measure import Contest, Row, rows

HEAD = ("Task", "p6lowpan", "a second", "Peer", "a second", "Times as fast")


def main() -> int:
    """Run them all; exit status 1 where a peer is not beaten as it must be."""
    print(f"{_machine()}; median of interleaved rounds.\n")
    print("| " + " | ".join(HEAD) + " |")
    print("|---|---|--:|---|--:|--:|")
    held = True
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for contest in contests(Path(folder)):
            for row in rows(contest):
                print(_line(row), flush=True)
                held &= row.ratio >= contest.required
            notes += (*contest.notes, *_missing(contest))
    print("\n" + "\n".join(f"- {note}" for note in notes))
    if not held:
        print("\np6lowpan is slower than it must be", file=sys.stderr)
    return 0 if held else 1


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {python}"


def _missing(contest: Contest) -> list[str]:
    return [f"{contest.task}: {name} is not installed, so it is left out." for name in contest.missing]


def _line(row: Row) -> str:
    rate, peer_rate = f"{_number(row.rate)} {row.unit}", _number(row.peer_rate)
    cells = (row.task, row.ours, rate, row.peer, peer_rate, _number(row.ratio))
    return "| " + " | ".join(cells) + " |"


def _number(rate: float) -> str:
    """Two or three digits are all that a measurement is worth."""
    return f"{float(f'{rate:.3g}'):,.0f}" if rate >= 100 else f"{rate:.2g}"


if __name__ == "__main__":
    sys.exit(main())
