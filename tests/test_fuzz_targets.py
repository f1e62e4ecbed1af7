"""The fuzz targets without a fuzzer: each holds for its own seeds, so that a crash is news."""

import importlib

import pytest
from fuzz.run import TARGETS, main

SEEDS_OF_EACH = 150


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_holds_for_the_seeds(name):
    target = importlib.import_module(f"fuzz.{name}")
    seeds = list(target.seeds())
    assert seeds
    for seed in seeds[:: -(-len(seeds) // SEEDS_OF_EACH)]:
        target.check(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_the_invariant_holds_for_nothing_at_all(name):
    importlib.import_module(f"fuzz.{name}").check(b"")


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_says_its_invariant_in_its_first_line(name):
    assert len((importlib.import_module(f"fuzz.{name}").__doc__ or "").splitlines()[0]) > 40


def test_an_input_is_checked_again_without_the_fuzzer(monkeypatch):
    checked = []
    monkeypatch.setattr("fuzz.fuzz_frame.check", checked.append)
    monkeypatch.setattr("sys.argv", ["run", "--input", "0102ff", "fuzz_frame"])
    assert main() == 0
    assert checked == [b"\x01\x02\xff"]
