"""A run under way: a table on the terminal, and the speed of its clock."""

import time
from collections import Counter

from rich.console import Console
from rich.live import Live
from rich.table import Table

from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.cli.run_words import NODE_HEADING, node_row
from p6lowpan.simulator.scenario.results import Results
from p6lowpan.simulator.scenario.run import Run

SLICE_US = 250_000
"""So often a run can be slowed down or interrupted, in its own time."""

REDRAW_SECONDS = 0.25
MOST_ROWS = 30
MOST_REASONS = 6


def watch(run: Run, factor: float | None, palette: Palette, *, is_shown: bool) -> bool:
    """Let a run go to its end, ``factor`` times as fast as the clock; ``None``: as fast as possible. False where it was
    interrupted."""
    if not is_shown:
        return _go(run, factor, None)
    console = Console(no_color=not palette.coloured)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        return _go(run, factor, live)


def _go(run: Run, factor: float | None, live: Live | None) -> bool:
    begun = time.monotonic()
    drawn = float("-inf")
    end = run.scenario.duration_us
    try:
        while run.world.now < end:
            run.advance(min(end, run.world.now + SLICE_US))
            now = time.monotonic()
            if live is not None and now - drawn >= REDRAW_SECONDS:
                live.update(live_table(run.results(), end), refresh=True)
                drawn = now
            if factor is not None:
                time.sleep(max(0.0, begun + run.world.now / 1e6 / factor - now))
    except KeyboardInterrupt:
        return False
    return True


def live_table(results: Results, end_us: int) -> Table:
    """How a run stands."""
    title = f"{results.now_us / 1e6:.1f} of {end_us / 1e6:g} s"
    table = Table(title=title, title_justify="left", caption=_caption(results), caption_justify="left")
    for heading in NODE_HEADING:
        table.add_column(heading, no_wrap=heading != NODE_HEADING[-1])
    for node in results.nodes[:MOST_ROWS]:
        table.add_row(*node_row(node))
    if len(results.nodes) > MOST_ROWS:
        table.add_row(f"and {len(results.nodes) - MOST_ROWS} more")
    return table


def _caption(results: Results) -> str:
    total = results.total
    drops = Counter(total.drops).most_common(MOST_REASONS)
    said = [
        f"{results.delivered} of {results.sent} packets",
        f"{total.octets} octets in {total.frames} frames, {total.retries} retries",
        f"{results.errors_sent} class-unsupported",
    ]
    if drops:
        said.append("dropped: " + ", ".join(f"{count} {reason}" for reason, count in drops))
    return "; ".join(said)
