"""The figures of the C core on a Cortex-M3 are those of its sources, and the page about it prints them."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIGURES = json.loads((ROOT / "c" / "cortex_m" / "figures.json").read_text("utf-8"))
BUILDS = FIGURES["builds"]
PAGE = (ROOT / "docs" / "c-core.md").read_text("utf-8")


@pytest.fixture(scope="module")
def measure():
    spec = importlib.util.spec_from_file_location("measure", ROOT / "c" / "cortex_m" / "measure.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if shutil.which(module.COMPILER) is None:
        pytest.skip(f"{module.COMPILER} is not on the path: the sizes of the C core are not measured again")
    if module.run(module.COMPILER, "--version").splitlines()[0] != FIGURES["compiler"]:
        pytest.skip(f"another {module.COMPILER} than that of figures.json: sizes are not compared")
    return module


@pytest.mark.parametrize("name", ["level-0-discovery", "level-3", "level-5-flex"])
def test_the_sizes_and_the_stack_are_those_of_the_sources(measure, tmp_path, name: str) -> None:
    build = next(each for each in measure.builds() if each.name == name)
    found = measure.measured(build, tmp_path / name, emulates=False)
    kept = {key: value for key, value in BUILDS[name].items() if key != "emulated"}
    assert found == kept, "measure again: make cortex-m"


def test_every_build_ran_the_vectors_but_for_those_that_are_known_to_differ() -> None:
    for name, row in BUILDS.items():
        if not (row["flex"] and row["discovery"]):
            ran = row["emulated"]
            assert ran["receive"] + ran["send"] > 2000, name
            assert ran["failures"] <= (60 if row["flex"] else 20), name


def test_nothing_is_static_and_a_level_is_never_larger_than_the_next() -> None:
    assert {row["static_ram_octets"] for row in BUILDS.values()} == {0}
    for end in ("", "-discovery", "-flex", "-discovery-flex"):
        octets = [BUILDS[f"level-{level}{end}"]["octets"] for level in range(7)]
        assert octets == sorted(octets)


GOALS = (1600, 2400, 2900, 3200, 3900, 5000)
"""Octets of each level without discovery."""


def test_every_level_is_as_small_as_it_was_to_be_and_flex_costs_more() -> None:
    for level, goal in enumerate(GOALS):
        assert BUILDS[f"level-{level}"]["octets"] <= goal
    for level in range(1, 7):
        for end in ("", "-discovery"):
            assert BUILDS[f"level-{level}{end}"]["octets"] < BUILDS[f"level-{level}{end}-flex"]["octets"]


def test_the_components_are_all_of_a_build() -> None:
    for name, row in BUILDS.items():
        assert sum(row["components"].values()) == row["octets"], name
        assert min(row["components"].values()) >= 0, name


def test_the_page_prints_the_figures() -> None:
    for level in range(7):
        silent, telling = BUILDS[f"level-{level}"], BUILDS[f"level-{level}-discovery"]
        flex = BUILDS[f"level-{level}-discovery-flex"]
        numbers = (silent["octets"], telling["octets"], flex["octets"], telling["worst_stack_octets"])
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {level} |"))
        assert [f"{number:,}" for number in numbers] == [cell.strip() for cell in row.split("|")[2:6]], row
