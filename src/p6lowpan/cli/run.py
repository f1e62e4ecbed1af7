"""``p6lowpan run``: a network in this process, as a scenario says."""

import json as json_module
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from p6lowpan.analysis.presentation.tables import text_table
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.cli.options import AUTO, ColorOption, shown
from p6lowpan.cli.output import palette_of, write
from p6lowpan.cli.run_live import watch
from p6lowpan.cli.run_record import run_record
from p6lowpan.cli.run_words import run_lines
from p6lowpan.drivers.text_file import read_text
from p6lowpan.simulator.scenario.plan import Scenario
from p6lowpan.simulator.scenario.reading import SUFFIX, builtin, builtin_names, read_scenario
from p6lowpan.simulator.scenario.results import Traffic
from p6lowpan.simulator.scenario.run import Run, at_level, no_files
from p6lowpan.simulator.scenario.shapes import Load

NOT_AS_EXPECTED = 1
STATUS_OF_INTERRUPT = 130
FASTEST = "max"
LEVEL = "level-"
SECOND_US = 1_000_000

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario's file (.toml), or a built-in one's name.")
]
ListOption = Annotated[bool, typer.Option("--list", help="List the built-in scenarios.")]
PcapOption = Annotated[
    Path | None, typer.Option("--pcap", metavar="FILE", help="Capture the whole medium, for p6lowpan explain.")
]
UntilOption = Annotated[
    float | None, typer.Option("--until", metavar="SECONDS", help="End then, and not when the scenario says.")
]
SpeedOption = Annotated[
    str, typer.Option("--speed", metavar="FACTOR", help="max: as fast as possible; 1: as fast as the clock.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Instead of the scenario's.")]
CompareOption = Annotated[
    str, typer.Option("--compare", metavar="LEVEL", help="level-0: run it again with all nodes at this level.")
]
JsonOption = Annotated[bool, shown("--json", help="The results as one JSON object.")]


def run(
    scenario: ScenarioArgument = "",
    list_: ListOption = False,
    pcap: PcapOption = None,
    json: JsonOption = False,
    until: UntilOption = None,
    speed: SpeedOption = FASTEST,
    seed: SeedOption = None,
    compare: CompareOption = "",
    color: ColorOption = AUTO,
) -> None:
    """Run a network of nodes in this process, and say what came of it.

    On a terminal a table shows how it goes. The exit status is 1 where something is not as the scenario expects.
    """
    palette = palette_of(color)
    if list_ or not scenario:
        rows = [(name, builtin(name).title) for name in builtin_names()]
        write(text_table(("scenario", "what it shows"), rows, palette))
        return
    plan, load = _scenario(scenario)
    plan = _changed(plan, until, seed)
    factor, level = _factor(speed), _level(compare)
    leveled = None if level is None else at_level(plan, level)
    with _stream(pcap) as stream:
        running = Run(plan, load, stream)
        finished = watch(running, factor, palette, is_shown=not json and sys.stdout.isatty())
    results = running.results()
    compared = None if level is None or leveled is None or not finished else (level, _traffic(leveled, load))
    if json:
        write(iter([json_module.dumps(run_record(_title(scenario), results, compared), indent=1)]))
    else:
        write(run_lines(plan.title or _title(scenario), results, compared, palette))
    if not finished:
        raise typer.Exit(STATUS_OF_INTERRUPT)
    if not results.is_as_expected:
        raise typer.Exit(NOT_AS_EXPECTED)


def _scenario(name: str) -> tuple[Scenario, Load]:
    """A scenario, and what reads the files beside it."""
    if name in builtin_names() or not (name.endswith(SUFFIX) or Path(name).exists()):
        return builtin(name), no_files
    path = Path(name)
    return read_scenario(read_text(path), path.name), lambda file: read_text(path.parent / file)


def _title(name: str) -> str:
    return Path(name).name.removesuffix(SUFFIX)


def _changed(plan: Scenario, until: float | None, seed: int | None) -> Scenario:
    if until is not None and until < 0:
        raise UsageError(f"--until is a time of 0 seconds or more, not {until:g}")
    duration = plan.duration_us if until is None else round(until * SECOND_US)
    return replace(plan, duration_us=duration, seed=plan.seed if seed is None else seed)


def _factor(speed: str) -> float | None:
    """How much faster than the clock; ``None``: as fast as possible."""
    if speed == FASTEST:
        return None
    try:
        factor = float(speed)
    except ValueError:
        factor = 0
    if not 0 < factor < float("inf"):
        raise UsageError(f"--speed is {FASTEST} or a number above 0, not {speed!r}")
    return factor


def _level(compare: str) -> int | None:
    if not compare:
        return None
    level = compare.removeprefix(LEVEL)
    if not compare.startswith(LEVEL) or level not in map(str, range(HIGHEST_LEVEL + 1)):
        raise UsageError(f"--compare is {LEVEL}0 to {LEVEL}{HIGHEST_LEVEL}, not {compare!r}")
    return int(level)


@contextmanager
def _stream(pcap: Path | None) -> Iterator[BinaryIO | None]:
    if pcap is None:
        yield None
        return
    with pcap.open("wb") as stream:
        yield stream


def _traffic(plan: Scenario, load: Load) -> Traffic:
    """What is on the air in another scenario."""
    other = Run(plan, load)
    other.advance(plan.duration_us)
    return other.results().total
