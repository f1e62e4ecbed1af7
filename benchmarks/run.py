"""Measures every contest and prints the tables of docs/performance.md: ``make bench``, ``python -m benchmarks.run``.

``--frames 1000000`` makes the long capture longer; ``--captures`` measures with that alone.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks.contests import contests, of_long_captures
from benchmarks.material import LONG_CAPTURE_FRAMES
from benchmarks.measure import Contest, Row, rows

HEAD = ("Task", "p6lowpan", "a second", "Peer", "a second", "Times as fast")


def main() -> int:
    """Run them all; exit status 1 where a peer is not beaten as it must be."""
    asked = _asked()
    print(f"{_machine()}; median of interleaved rounds.\n")
    print("| " + " | ".join(HEAD) + " |")
    print("|---|---|--:|---|--:|--:|")
    held = True
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        measured = of_long_captures if asked.captures else contests
        for contest in measured(Path(folder), asked.frames):
            for row in rows(contest):
                print(_line(row), flush=True)
                held &= row.ratio >= contest.required
            notes += (*contest.notes, *_missing(contest))
    print("\n" + "\n".join(f"- {note}" for note in notes))
    if not held:
        print("\np6lowpan is slower than it must be", file=sys.stderr)
    return 0 if held else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="p6lowpan beside its peers.")
    parser.add_argument("--frames", type=int, default=LONG_CAPTURE_FRAMES, help="of the long capture")
    parser.add_argument("--captures", action="store_true", help="the contests with the long capture alone")
    return parser.parse_args()


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
