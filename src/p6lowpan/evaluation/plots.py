"""Plots as SVG, drawn by matplotlib: the same octets each time, no dates, readable without colour."""

import importlib
import io
import re
from html import escape
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.evaluation.document import NOT_MEASURED, Plot

MISSING = "the report draws its figures with matplotlib: pip install 'p6lowpan[plot]'"

INKS = ("#1f3a5f", "#c07a2c", "#6b8f71", "#9a9a9a", "#7a4b6d")
HATCHES = ("", "///", "", "xxx", "---")
WIDTH = 7.2
SETTINGS = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.titlesize": 9,
    "hatch.linewidth": 0.5,
    "figure.autolayout": False,
}
REFERENCES = (r'(\bid=")([^"]+)"', r'(href="#)([^"]+)"', r"(url\(#)([^)]+)(?=\))")


def _matplotlib() -> Any:  # Any: an extra, which has no types here
    """The package, which is loaded when something is drawn and not when a command starts."""
    try:
        importlib.import_module("matplotlib.figure")
        importlib.import_module("matplotlib.backends.backend_svg")
        return importlib.import_module("matplotlib")
    except ImportError:
        raise UsageError(MISSING) from None


def svg(plot: Plot) -> str:
    """A plot as an ``svg`` element whose identifiers are unique among plots of other names. Raises
    :class:`UsageError` without matplotlib."""
    matplotlib = _matplotlib()
    with matplotlib.rc_context({**SETTINGS, "svg.hashsalt": plot.name}):
        height = 1.0 + 0.23 * len(plot.groups) * (1 if plot.stacks else len(plot.series)) if plot.lies else 3.0
        figure = matplotlib.figure.Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots()
        _draw(axes, plot)
        if len(plot.series) > 1:
            figure.legend(loc="outside upper left", frameon=False, ncols=len(plot.series))
        drawn = io.StringIO()
        figure.savefig(
            drawn, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")), transparent=True
        )
    return _inline(drawn.getvalue(), plot)


def _inline(text: str, plot: Plot) -> str:
    """Without the heading of a file, identifiers prefixed, and a title for who cannot see it."""
    text = text[text.index("<svg") :]
    for pattern in REFERENCES:
        text = re.sub(pattern, lambda found: f"{found[1]}{plot.name}-{found[2]}" + _end(found[0]), text)
    return text.replace(">", f' role="img"><title>{escape(plot.title)}</title>', 1).strip()


def _end(matched: str) -> str:
    return '"' if matched.endswith('"') else ""


def _places(plot: Plot) -> tuple[list[list[float]], float]:
    """Where the bars of each series stand, and how wide they are."""
    if plot.stacks:
        return [list(range(len(plot.groups))) for _ in plot.series], 0.7
    wide = 0.8 / len(plot.series)
    middle = (len(plot.series) - 1) / 2
    return [
        [group + (index - middle) * wide for group in range(len(plot.groups))] for index in range(len(plot.series))
    ], (wide * 0.95)


def _draw(axes: Any, plot: Plot) -> None:
    """The bars of every series, standing or lying, and the words at both axes."""
    places, wide = _places(plot)
    draw, behind = (axes.barh, "left") if plot.lies else (axes.bar, "bottom")
    so_far = [0.0] * len(plot.groups)
    for index, (name, values) in enumerate(plot.series.items()):
        lengths = [value or 0 for value in values]
        style = {"label": name, "color": INKS[index], "hatch": HATCHES[index], "edgecolor": "white"}
        bars = draw(places[index], lengths, wide, **{behind: so_far}, **style)
        if plot.stacks:
            so_far = [one + other for one, other in zip(so_far, lengths, strict=True)]
        else:
            labels = ["" if value is None else _number(value) for value in values]
            axes.bar_label(bars, labels, padding=3 if plot.lies else 2, fontsize=7)
        if all(value is None for value in values):
            axes.text(0.02, 0.93, f"{name}: {NOT_MEASURED}", transform=axes.transAxes, color="#777777", style="italic")
    ticks = range(len(plot.groups))
    if plot.lies:
        axes.set_yticks(ticks, plot.groups)
        axes.invert_yaxis()
        axes.set_xlabel(plot.unit)
        axes.margins(x=0.12, y=0.02)
    else:
        axes.set_xticks(ticks, plot.groups)
        axes.set_ylabel(plot.unit)


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", "\u202f") if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
