"""Keys by moment: as a sorted list would have them, in the logarithm of the time."""

from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.machines.agenda import FEW, Agenda

settings_ = st.tuples(st.integers(0, 7), st.none() | st.integers(0, 20))


@given(st.lists(settings_ | st.integers(0, 25), max_size=200))
def test_what_is_due_is_taken_in_order_and_nothing_else_is(calls):
    agenda, moments = Agenda(), {}
    for call in calls:
        if isinstance(call, int):
            taken = agenda.take(call)
            assert [moments[key] for key in taken] == sorted(moments[key] for key in taken)
            assert set(taken) == {key for key, moment in moments.items() if moment <= call}
            moments = {key: moment for key, moment in moments.items() if moment > call}
        else:
            key, moment = call
            agenda.set(key, moment)
            moments.pop(key, None)
            if moment is not None:
                moments[key] = moment
        assert len(agenda) == len(moments)
        assert agenda.earliest == min(moments.values(), default=None)
        assert moments.get(agenda.first) == agenda.earliest


def test_keys_of_one_moment_come_in_the_order_in_which_they_were_set():
    agenda = Agenda()
    for key in "zebra":
        agenda.set(key, 1)
    agenda.set("e", 2)
    agenda.set("e", 1)
    assert agenda.take(1) == ("z", "b", "r", "a", "e")


def test_what_is_set_again_and_again_takes_no_more_room():
    agenda = Agenda()
    for moment in range(10_000):
        agenda.set(moment % 10, moment)
    assert len(agenda._heap) <= FEW + 20
