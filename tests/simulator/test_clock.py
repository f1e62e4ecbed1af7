import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.simulator.clock import ANYTHING_ELSE, ASSESSMENT_ENDS, FRAME_BEGINS, FRAME_ENDS, Clock


def test_events_happen_by_time_then_rank_then_in_the_order_of_scheduling():
    clock, happened = Clock(), []
    for at, rank, name in [
        (5, ANYTHING_ELSE, "f"),
        (5, ANYTHING_ELSE, "g"),
        (5, FRAME_BEGINS, "e"),
        (5, ASSESSMENT_ENDS, "d"),
        (5, FRAME_ENDS, "b"),
        (5, FRAME_ENDS, "c"),
        (1, ANYTHING_ELSE, "a"),
    ]:
        clock.schedule(at, rank, happened.append, name)
    clock.run(5)
    assert happened == ["a", "b", "c", "d", "e", "f", "g"]


def test_running_stops_at_the_end_and_moves_time_there():
    clock, happened = Clock(), []
    for at in (10, 11):
        clock.schedule(at, ANYTHING_ELSE, happened.append, at)
    clock.run(10)
    assert (happened, clock.now, clock.next, clock.pending) == ([10], 10, 11, 1)
    clock.run(500)
    assert (happened, clock.now, clock.next, clock.pending) == ([10, 11], 500, None, 0)


def test_a_step_is_one_event_and_the_last_one_says_so():
    clock, happened = Clock(), []
    clock.schedule(7, ANYTHING_ELSE, happened.append, "once")
    assert clock.step()
    assert (clock.now, happened) == (7, ["once"])
    assert not clock.step()
    assert clock.now == 7


def test_nothing_happens_in_the_past():
    clock = Clock()
    clock.run(10)
    with pytest.raises(UsageError, match="nothing can be scheduled for 9 us"):
        clock.schedule(9, ANYTHING_ELSE, print)
    with pytest.raises(UsageError, match="9 us has passed"):
        clock.run(9)


def test_an_event_may_schedule_one_for_the_same_moment():
    clock, happened = Clock(), []
    clock.schedule(3, ANYTHING_ELSE, lambda: clock.schedule(3, FRAME_ENDS, happened.append, "second"))
    clock.schedule(3, ANYTHING_ELSE, happened.append, "third")
    clock.run(3)
    assert happened == ["second", "third"]
