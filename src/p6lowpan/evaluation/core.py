"""Figures 5 to 7 of the C core, from what its own build for a Cortex-M3 wrote; nothing where it has not been built."""

import json
from pathlib import Path
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.evaluation.results import Experiment, Value

FIGURES = Path(__file__).parents[3] / "c" / "cortex_m" / "figures.json"
"""In a checkout; an installed package has none."""

FIGURE_7_LEVEL = 4
"""The draft's 5.9 kB are those of level 4 with discovery in its figure 6."""


def read(path: Path) -> dict[str, Any]:  # Any: JSON has no narrower type
    """What the build wrote; nothing where there is no such file. Raises :class:`UsageError`."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path}: an object was expected")
    return found


def measure(_quick: bool) -> dict[str, Value]:
    """Octets of code by level, without discovery and with it, and in FLEX; ``None`` where not measured."""
    return of(read(FIGURES))


def of(figures: dict[str, Any]) -> dict[str, Value]:
    """The entries of such a file: its builds by level, with discovery and without, and as FLEX."""
    builds = figures.get("builds", {})
    values: dict[str, Value] = {}
    for level in range(HIGHEST_LEVEL + 1):
        plain = _octets(builds, f"level-{level}")
        whole = _octets(builds, f"level-{level}-discovery")
        values[f"{level}/kB"] = None if plain is None else round(plain / 1000, 1)
        values[f"{level}/kB with discovery"] = None if whole is None else round(whole / 1000, 1)
        values[f"{level}/octets more"] = None if plain is None or whole is None else whole - plain
        field = _octets(builds, f"level-{level}-discovery-flex")
        values[f"{level}/octets more in FLEX"] = None if whole is None or field is None else field - whole
        values[f"{level}/octets of stack"] = builds.get(f"level-{level}-discovery", {}).get("worst_stack_octets")
    for name, suffix in (("linear", ""), ("FLEX", "-flex")):
        octets = _octets(builds, f"level-{FIGURE_7_LEVEL}-discovery{suffix}")
        values[f"{name}/kB"] = None if octets is None else round(octets / 1000, 1)
        values[f"{name}/bits"] = figures.get("neighbor_bits", {}).get(name.lower())
    return values


def _octets(builds: dict[str, Any], name: str) -> int | None:
    return int(builds[name]["octets"]) if name in builds else None


EXPERIMENT = Experiment(
    "core",
    "text and read-only data of the one file of p6lowpan export-c, linked from the calls that an application makes and"
    " without the C library, arm-none-eabi-gcc 12.2.1 -Os -mcpu=cortex-m3, by c/cortex_m/measure.py",
    measure,
)
