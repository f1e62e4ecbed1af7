"""``p6lowpan oracle``: JSON Lines on standard input and output."""

import sys

from p6lowpan.analysis.oracle import answers


def oracle() -> None:
    """Answer requests (docs/oracle.md), one JSON object a line, until standard input ends."""
    for line in answers(sys.stdin):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
