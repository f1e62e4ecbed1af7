"""``p6lowpan oracle``: JSON Lines on standard input and output."""

import io
import sys

from p6lowpan.interop.oracle import answers


def oracle() -> None:
    """Answer requests (docs/oracle.md), one JSON object a line, until standard input ends."""
    # Octets that are no UTF-8 make one bad request, and end nothing.
    requests = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    for line in answers(requests):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
