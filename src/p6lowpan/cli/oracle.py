"""``p6lowpan oracle``: JSON Lines on standard input and output."""

import io
import sys

from p6lowpan.analysis.oracle import answers


def oracle() -> None:
    """Answer requests (docs/oracle.md), one JSON object a line, until standard input ends."""
    requests = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")  # bad octets are bad JSON, no more
    for line in answers(requests):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
