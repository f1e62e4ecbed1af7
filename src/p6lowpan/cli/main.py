"""The ``p6lowpan`` command: its verbs, and how errors reach the user."""

import sys

import typer

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.cli.oracle import oracle

application = typer.Typer(
    name="p6lowpan", help="6LoWPAN that interoperates.", no_args_is_help=True, add_completion=False
)


@application.callback()
def verbs() -> None:
    """6LoWPAN that interoperates: explain captures, decode and encode frames, answer as an oracle."""


application.command()(oracle)


def main() -> None:
    """Run a verb. What a file or a caller did wrong is one line on standard error, and exit status 2."""
    try:
        application()
    except (Malformed, UsageError) as error:
        sys.stderr.write(f"p6lowpan: {error}\n")
        sys.exit(2)
