"""The table of deadlines."""

import copy
from enum import Enum

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.timers import TimerTable, earliest


class Wait(Enum):
    FIRST = "the first thing"
    SECOND = "the second thing"


@pytest.fixture
def timers() -> TimerTable[Wait]:
    return TimerTable(Wait)


def test_an_empty_table_waits_for_nothing(timers: TimerTable[Wait]) -> None:
    assert timers.deadline is None
    assert Wait.FIRST not in timers
    assert list(timers.expired(1 << 60)) == []


def test_the_deadline_is_the_earliest(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 20)
    timers.set(Wait.SECOND, 10)
    assert timers.deadline == 10


def test_a_timer_expires_at_its_deadline_once_and_not_before(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 20)
    assert list(timers.expired(19)) == []
    assert Wait.FIRST in timers
    assert list(timers.expired(20)) == [Wait.FIRST]
    assert list(timers.expired(20)) == []
    assert timers.deadline is None


def test_a_timer_that_is_set_again_moves(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 20)
    timers.set(Wait.FIRST, 30)
    assert list(timers.expired(29)) == []
    assert timers.deadline == 30


def test_timers_expire_in_the_order_of_their_deadlines_then_of_the_enum(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.SECOND, 5)
    timers.set(Wait.FIRST, 5)
    assert list(timers.expired(9)) == [Wait.FIRST, Wait.SECOND]
    timers.set(Wait.FIRST, 6)
    timers.set(Wait.SECOND, 5)
    assert list(timers.expired(9)) == [Wait.SECOND, Wait.FIRST]


def test_a_timer_that_is_cleared_on_account_of_another_does_not_expire(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 5)
    timers.set(Wait.SECOND, 6)
    seen = []
    for timer in timers.expired(9):
        seen.append(timer)
        timers.clear(Wait.SECOND)
    assert seen == [Wait.FIRST]


def test_a_timer_that_is_set_to_a_time_that_has_come_expires_in_the_same_turn(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 5)
    seen = []
    for timer in timers.expired(9):
        seen.append(timer)
        if timer is Wait.FIRST:
            timers.set(Wait.SECOND, 9)
    assert seen == [Wait.FIRST, Wait.SECOND]


def test_clearing_what_is_not_set_does_nothing(timers: TimerTable[Wait]) -> None:
    timers.clear(Wait.FIRST)
    assert timers.deadline is None


def test_a_copy_is_independent(timers: TimerTable[Wait]) -> None:
    timers.set(Wait.FIRST, 5)
    other = copy.deepcopy(timers)
    other.clear(Wait.FIRST)
    other.set(Wait.SECOND, 1)
    assert timers.deadline == 5
    assert list(timers.expired(5)) == [Wait.FIRST]


@pytest.mark.parametrize("reason", ["", 1])
def test_every_timer_says_what_is_waited_for(reason: object) -> None:
    with pytest.raises(UsageError, match=r"Silent\.WAIT"):
        TimerTable(Enum("Silent", {"WAIT": reason}))


def test_the_earliest_of_several_deadlines() -> None:
    assert earliest(None, 5, 3) == 3
    assert earliest(None, None) is None
    assert earliest() is None
