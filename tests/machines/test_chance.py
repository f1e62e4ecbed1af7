"""Chance that can be repeated."""

import copy
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.chance import Chance

WORD = 1 << 64


def test_the_published_numbers_of_splitmix64() -> None:
    # rosettacode.org, Pseudo-random numbers/Splitmix64: seed 1234567
    chance = Chance(1234567)
    assert [chance.below(WORD) for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(st.integers(), st.integers(1, WORD))
def test_every_number_is_below_the_bound(seed: int, n: int) -> None:
    assert 0 <= Chance(seed).below(n) < n


def test_every_number_comes_up_about_as_often() -> None:
    chance = Chance(7)
    counts = Counter(chance.below(6) for _ in range(6000))
    assert set(counts) == set(range(6))
    assert all(900 < count < 1100 for count in counts.values())


def test_a_bound_that_does_not_divide_the_word_favors_no_number() -> None:
    # Of words below 2**64, a bare remainder by 3 * 2**62 would give the lower third twice as often.
    chance, n = Chance(3), 3 << 62
    lower = sum(chance.below(n) < n // 3 for _ in range(3000))
    assert 900 < lower < 1100


def test_a_copy_goes_on_with_the_same_numbers() -> None:
    chance = Chance(1)
    chance.below(10)
    other = copy.deepcopy(chance)
    assert [chance.below(1000) for _ in range(9)] == [other.below(1000) for _ in range(9)]


@pytest.mark.parametrize("n", [0, -1, WORD + 1])
def test_there_is_nothing_to_choose_below_nothing(n: int) -> None:
    with pytest.raises(UsageError):
        Chance(0).below(n)
