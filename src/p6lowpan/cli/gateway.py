"""``p6lowpan gateway``: a border router, and what one that runs has to say."""

import asyncio
import contextlib
import json as json_module
import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.cli.gateway_tables import Shown
from p6lowpan.cli.options import AUTO, ColorOption
from p6lowpan.cli.output import palette_of, write
from p6lowpan.gateway.control import ask
from p6lowpan.gateway.plan import CONTROL
from p6lowpan.gateway.running import demo_control, demo_plan, read_file, serve

REFRESH_SECONDS = 1.0
WIDTH_OF_A_FILE = 200
SHOWN = ("status", "neighbors", "drops")
ASKED = ("ping", "echo")
QUESTIONS = ", ".join((*SHOWN, *ASKED, "reload"))

WhatArgument = Annotated[
    str,
    typer.Argument(
        metavar="CONFIG.toml | status | neighbors | drops | ping | echo | reload",
        help="The configuration of a gateway to start, or what to ask one that runs.",
    ),
]
AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to ping, or to send a UDP datagram.")]
DemoOption = Annotated[bool, typer.Option("--demo", help="Start one with simulated nodes of every level behind it.")]
TunOption = Annotated[str, typer.Option("--tun", metavar="NAME", help="Give the demo a TUN interface (as root).")]
ControlOption = Annotated[str, typer.Option("--control", metavar="SOCKET", help="The gateway's control socket.")]
WatchOption = Annotated[bool, typer.Option("--watch", "-w", help="Show the table anew every second.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs.")]
SizeOption = Annotated[int, typer.Option("--size", metavar="OCTETS", min=0, max=1232, help="Of a ping or datagram.")]
WaitOption = Annotated[float, typer.Option("--wait", metavar="SECONDS", min=0.1, max=60, help="For the answer.")]


def gateway(
    what: WhatArgument = "",
    address: AddressArgument = "",
    demo: DemoOption = False,
    tun: TunOption = "",
    control: ControlOption = "",
    watch: WatchOption = False,
    json: JsonOption = False,
    size: SizeOption = 56,
    wait: WaitOption = 5.0,
    color: ColorOption = AUTO,
) -> None:
    """Route between a 6LoWPAN and the host, or look at a gateway that runs. docs/gateway.md shows how."""
    if demo and what:
        raise UsageError("--demo needs no configuration")
    if tun and not demo:
        raise UsageError("--tun is for --demo: a configuration has a table [tun]")
    if demo:
        _start(control, tun)
    elif what in SHOWN:
        _show(what, _control(control), watch, json, color)
    elif what in ASKED:
        if not address:
            raise UsageError(f"gateway {what} needs an address")
        _say(_ask(_control(control), ask=what, address=address, size=size, wait=wait), json)
    elif what == "reload":
        _say(_ask(_control(control), ask=what), json)
    elif what:
        path = Path(what)
        if path.name == what and not path.suffix and not path.exists():
            raise UsageError(f"{what}: neither a file nor a question: {QUESTIONS}")
        asyncio.run(serve(read_file(path), path))
    else:
        raise UsageError(f"gateway what? CONFIG.toml, --demo, {QUESTIONS}")


def _start(control: str, tun: str) -> None:
    plan = demo_plan(control, tun)

    def greet() -> None:
        prefix = plan.networks[0].inside
        sys.stderr.write(f"Nodes of level 0 to 6 in {prefix}. In another terminal: p6lowpan gateway neighbors, and\n")
        sys.stderr.write("p6lowpan gateway ping fd6c:6f77:706e::1 (to 7); Ctrl-C ends it.\n")
        sys.stderr.flush()

    asyncio.run(serve(plan, when_up=greet))


def _control(given: str) -> str:
    """The socket that is named; else a gateway's, where there is one; else the demo's."""
    return given or (CONTROL if os.path.exists(CONTROL) else demo_control())


def _ask(control: str, **question: Any) -> Any:  # Any: what JSON holds
    try:
        return asyncio.run(ask(control, **question))
    except FileNotFoundError:
        raise UsageError(f"no gateway runs here: there is no {control}") from None
    except OSError as error:  # somebody else's, or one that was killed: the kernel does not say whose
        raise UsageError(f"no gateway answers at {control}: {said_by(error)}") from None


def _say(answer: Any, json: bool) -> None:  # Any: as above
    if json or not isinstance(answer, dict):
        write(iter([json_module.dumps(answer) if json else str(answer)]))
        return
    write(iter([f"{answer['octets']} octets from {answer['source']} in {answer['milliseconds']} ms"]))


class Output(Console):
    """Whoever reads it may have seen enough: that is for the command's end to deal with, and no failure."""

    def on_broken_pipe(self) -> None:
        """Rich would end the process with status 1."""
        raise BrokenPipeError


def _show(what: str, control: str, watch: bool, json: bool, color: str) -> None:
    if json:
        write(iter([json_module.dumps(_ask(control, ask=what), indent=1)]))
        return
    console = Output(no_color=not palette_of(color).coloured, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)
    if not watch:
        console.print(Shown(what, _ask(control, ask=what)))
        return
    with contextlib.suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False) as live:
        while True:
            shown = Shown(what, _ask(control, ask=what))
            if console.is_terminal:
                live.update(shown, refresh=True)
            else:  # one below the other, for a file or a pipe
                console.print(shown)
            time.sleep(REFRESH_SECONDS)
