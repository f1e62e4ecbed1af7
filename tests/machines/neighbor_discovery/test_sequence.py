"""The lollipop counter: RFC 6550 section 7.2, RFC 8505 section 5.2.1, with their worked examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.neighbor_discovery.sequence import FIRST, Order, advanced, compare, successor

COUNTERS = st.integers(0, 255)

COMPARED = [
    # RFC 6550 section 7.2, rule 3.1: "if A is 240, and B is 5 [...] 240 is greater than 5", "250 is less than 5"
    (240, 5, Order.NEWER),
    (5, 240, Order.OLDER),
    (250, 5, Order.OLDER),
    (5, 250, Order.NEWER),
    # the same rule at its edge: 256 + B - A is 16, and 17
    (0, 240, Order.NEWER),
    (1, 240, Order.OLDER),
    (15, 255, Order.NEWER),
    (16, 255, Order.OLDER),
    (127, 128, Order.OLDER),
    # rule 3.2, in the straight part
    (240, 240, Order.SAME),
    (241, 240, Order.NEWER),
    (128, 144, Order.OLDER),
    (144, 128, Order.NEWER),
    (145, 128, Order.UNKNOWN),
    (128, 145, Order.UNKNOWN),
    (128, 255, Order.UNKNOWN),
    # rule 3.2, round the circle (RFC 1982)
    (0, 127, Order.NEWER),
    (127, 0, Order.OLDER),
    (15, 127, Order.NEWER),
    (16, 127, Order.UNKNOWN),
    (16, 0, Order.NEWER),
    (17, 0, Order.UNKNOWN),
    (64, 0, Order.UNKNOWN),
]


@pytest.mark.parametrize(("one", "other", "order"), COMPARED)
def test_counters_compare_as_the_rfc_says(one, other, order):
    assert compare(one, other) is order


@pytest.mark.parametrize(("counter", "following"), [(240, 241), (255, 0), (128, 129), (0, 1), (127, 0)])
def test_the_counter_runs_up_to_255_and_then_round_from_0_to_127(counter, following):
    assert successor(counter) == following


@pytest.mark.parametrize("counter", [-1, 256])
def test_a_counter_that_does_not_exist_has_no_successor(counter):
    with pytest.raises(UsageError):
        successor(counter)


def test_a_counter_begins_where_the_rfc_recommends():
    assert FIRST == 240


@given(COUNTERS)
def test_the_next_sixteen_values_are_newer(counter):
    assert all(compare(advanced(counter, steps), counter) is Order.NEWER for steps in range(1, 17))


@given(COUNTERS, COUNTERS)
def test_who_is_newer_than_another_is_not_so_the_other_way_round(one, other):
    opposite = {Order.NEWER: Order.OLDER, Order.OLDER: Order.NEWER}
    assert compare(other, one) is opposite.get(compare(one, other), compare(one, other))


@given(COUNTERS)
def test_a_node_that_starts_again_is_newer_unless_it_had_just_left_the_beginning(counter):
    """The value after a restart is 240: it loses against those that follow it closely, and against nobody else."""
    assert (compare(FIRST, counter) is Order.OLDER) == (241 <= counter <= 255 or counter == 0)
