"""Contexts that nobody announced: what is tried, what is kept, what is given up."""

from collections.abc import Callable

import pytest

from p6lowpan.analysis.guessing import MOST_FAILURES, MOST_PAIRED, Guesses
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts

RIGHT, WRONG, THIRD = (bytes.fromhex(text) for text in ("20010db800000000", "20010db800000001", "fd00000000000000"))


def context(identifier: int, prefix: bytes) -> Context:
    return Context(identifier, prefix + bytes(8), 64)


def wants(score: int = 2, **prefixes: bytes) -> Callable[[Contexts], int]:
    """A packet whose checksum holds under these prefixes alone."""
    wanted = {int(name[1:]): context(int(name[1:]), prefix) for name, prefix in prefixes.items()}
    return lambda tried: score * (dict(tried) == wanted)


def test_the_first_prefix_that_fits_becomes_the_guess() -> None:
    guesses = Guesses()
    assert not guesses
    assert guesses.try_prefixes(frozenset({3}), [WRONG, RIGHT, THIRD], 1, wants(c3=RIGHT))
    assert guesses.contexts == {3: context(3, RIGHT)}
    assert guesses


def test_one_prefix_is_tried_for_all_that_are_missing_before_pairs_are() -> None:
    tried: list[dict[int, bytes]] = []

    def note(contexts: Contexts) -> bool:
        tried.append({number: each.prefix[:8] for number, each in contexts.items()})
        return False

    assert not Guesses().try_prefixes(frozenset({0, 5}), [RIGHT, WRONG], 1, note)
    assert tried == [{0: RIGHT, 5: RIGHT}, {0: WRONG, 5: WRONG}, {0: RIGHT, 5: WRONG}, {0: WRONG, 5: RIGHT}]


@pytest.mark.parametrize(("place", "found"), [(MOST_PAIRED - 1, True), (MOST_PAIRED, False)])
def test_pairs_are_made_of_the_first_prefixes_only(place: int, found: bool) -> None:
    prefixes = [bytes((0x20, number)) + bytes(6) for number in range(MOST_PAIRED + 1)]
    fits = wants(c0=prefixes[0], c1=prefixes[place])
    assert Guesses().try_prefixes(frozenset({0, 1}), prefixes, 1, fits) is found


def test_the_prefix_that_makes_known_addresses_is_better_than_the_last_one() -> None:
    guesses = Guesses()
    scores = {WRONG: 1, RIGHT: 3, THIRD: 2}
    assert guesses.try_prefixes(frozenset({0}), list(scores), 1, lambda tried: scores[tried[0].prefix[:8]])
    assert guesses.contexts[0].prefix[:8] == RIGHT
    assert guesses.try_prefixes(frozenset({1}), [WRONG, THIRD], 1, lambda _: 1)
    assert guesses.contexts[1].prefix[:8] == WRONG


def test_two_different_prefixes_must_make_known_addresses() -> None:
    """A sum does not tell which of the two is the source's."""
    guesses = Guesses()
    assert not guesses.try_prefixes(frozenset({0, 1}), [RIGHT, WRONG], 1, wants(score=1, c0=RIGHT, c1=WRONG))
    assert guesses.try_prefixes(frozenset({0, 1}), [RIGHT, WRONG], 1, wants(score=2, c0=RIGHT, c1=WRONG))


def test_three_that_are_missing_get_one_prefix_or_none() -> None:
    guesses = Guesses()
    assert not guesses.try_prefixes(frozenset({0, 1, 2}), [RIGHT, WRONG], 1, wants(c0=RIGHT, c1=RIGHT, c2=WRONG))
    assert guesses.try_prefixes(frozenset({0, 1, 2}), [RIGHT, WRONG], 1, wants(c0=WRONG, c1=WRONG, c2=WRONG))


def test_nothing_is_tried_where_nothing_is_missing() -> None:
    assert not Guesses().try_prefixes(frozenset(), [RIGHT], 1, lambda _: True)


def test_after_many_failures_only_another_prefix_makes_it_worth_trying() -> None:
    guesses, missing = Guesses(), frozenset({1})
    calls: list[Contexts] = []

    def fails(contexts: Contexts) -> bool:
        calls.append(contexts)
        return False

    for _ in range(MOST_FAILURES + 5):
        guesses.try_prefixes(missing, [WRONG], 1, fails)
    assert len(calls) == MOST_FAILURES
    assert not guesses.try_prefixes(missing, [WRONG], 1, lambda _: True)
    assert guesses.try_prefixes(missing, [RIGHT, WRONG], 2, wants(c1=RIGHT))


def test_a_guess_that_is_wrong_as_often_as_right_is_given_up() -> None:
    guesses = Guesses()
    guesses.try_prefixes(frozenset({1}), [WRONG], 1, lambda _: True)
    assert guesses.judge([1], holds=False) == {1}
    assert guesses.contexts == {}


def test_a_guess_that_has_proved_itself_outlives_a_damaged_packet() -> None:
    guesses = Guesses()
    guesses.try_prefixes(frozenset({1, 2}), [RIGHT], 1, lambda _: True)
    assert guesses.judge([1, 2], holds=True) == frozenset()
    assert guesses.judge([1], holds=True) == frozenset()
    assert guesses.judge([1, 2], holds=False) == {2}
    assert guesses.contexts == {1: context(1, RIGHT)}
    assert guesses.judge([1], holds=False) == {1}


def test_a_guess_can_be_forgotten_for_something_better() -> None:
    guesses = Guesses()
    guesses.try_prefixes(frozenset({1}), [RIGHT], 1, lambda _: True)
    assert guesses.forget(1)
    assert not guesses.forget(1)
    assert guesses.contexts == {}
