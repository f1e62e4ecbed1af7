"""The ``p6lowpan`` command: its verbs, and how errors reach the user."""

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from p6lowpan import __version__
from p6lowpan.capability.errors import Malformed, UsageError, said_by
from p6lowpan.cli.output import complain

REFUSED = 2
MOST_BETWEEN_COLLECTIONS = 100_000
"""Values are rarely in cycles here: to look for any after 700 new objects, as is usual, takes a tenth of the time."""

VERBS = (
    "explain",
    "convert",
    "decode",
    "encode",
    "features",
    "levels",
    "run",
    "gateway",
    "oracle",
    "vectors",
    "export-c",
    "stacks",
    "matrix",
    "witness",
    "safe",
    "verdict",
    "probe",
    "evaluate",
)
"""In the order of the help. Each is the function of the same name in the module of the same name."""


class Modules(Mapping[str, Any]):  # Any: the class of typer's commands has no public name
    """The verbs by name. A module is imported when its verb is asked for, so that no verb waits for the others."""

    def __getitem__(self, verb: str) -> Any:
        if verb not in VERBS:
            raise KeyError(verb)
        name = verb.replace("-", "_")
        alone = typer.Typer(add_completion=False)
        alone.command(verb)(getattr(import_module(f"p6lowpan.cli.{name}"), name))
        return typer.main.get_command(alone)

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


class Verbs(TyperGroup):
    """Runs a verb. What a file or a caller did wrong is one line on standard error, and exit status 2."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = cast(Any, Modules())

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
            complain(said_by(error))
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


def main() -> None:
    """Run the command line. What a terminal cannot show is replaced, never an error."""
    gc.set_threshold(MOST_BETWEEN_COLLECTIONS)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    application()
