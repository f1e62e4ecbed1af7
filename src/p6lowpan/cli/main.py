"""The ``p6lowpan`` command: its verbs, and how errors reach the user."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from p6lowpan import __version__
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.cli.convert import convert
from p6lowpan.cli.decode import decode
from p6lowpan.cli.encode import encode
from p6lowpan.cli.evaluate import evaluate
from p6lowpan.cli.explain import explain
from p6lowpan.cli.export_c import export_c
from p6lowpan.cli.features import features
from p6lowpan.cli.gateway import gateway
from p6lowpan.cli.levels import levels
from p6lowpan.cli.matrix import matrix
from p6lowpan.cli.oracle import oracle
from p6lowpan.cli.output import complain
from p6lowpan.cli.run import run
from p6lowpan.cli.safe import safe
from p6lowpan.cli.stacks import stacks
from p6lowpan.cli.vectors import vectors
from p6lowpan.cli.verdict import verdict
from p6lowpan.cli.witness import witness

REFUSED = 2


class Verbs(TyperGroup):
    """Runs a verb. What a file or a caller did wrong is one line on standard error, and exit status 2."""

    def invoke(self, ctx: Any) -> Any:  # Any: the base class of typer.Context has no public name
        """Run the verb that was asked for."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read the output has seen enough, and that is no failure
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except (Malformed, UsageError) as error:
            complain(str(error))
            raise typer.Exit(REFUSED) from None
        except OSError as error:
            complain(str(error) if error.filename is None else f"{error.filename or repr('')}: {error.strerror}")
            raise typer.Exit(REFUSED) from None
        return result


application = typer.Typer(
    name="p6lowpan",
    cls=Verbs,
    help="6LoWPAN that interoperates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"p6lowpan {__version__}")
        raise typer.Exit


@application.callback()
def verbs(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """6LoWPAN that interoperates: explain captures, decode and encode frames, run networks, answer as an oracle."""


for verb in (
    explain,
    convert,
    decode,
    encode,
    features,
    levels,
    run,
    gateway,
    oracle,
    vectors,
    export_c,
    stacks,
    matrix,
    witness,
    safe,
    verdict,
    evaluate,
):
    application.command()(verb)


def main() -> None:
    """Run the command line. What a terminal cannot show is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    application()
