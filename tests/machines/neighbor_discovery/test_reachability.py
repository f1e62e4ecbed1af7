"""The table of Neighbor Unreachability Detection against the rows of RFC 4861 appendix C."""

import pytest

from p6lowpan.machines.neighbor_discovery.reachability import TABLE, Action, Event, State

APPENDIX_C = [
    # state, event, action, new state; "-" of the RFC is UNREACHABLE here, where a registered entry stays
    ("INCOMPLETE", "TIMEOUT", "SOLICIT", "INCOMPLETE"),  # retransmit timeout, less than N retransmissions
    ("INCOMPLETE", "EXHAUSTED", "GIVE_UP", "UNREACHABLE"),  # retransmit timeout, N or more
    ("INCOMPLETE", "LEARNED", "RELEASE", "STALE"),  # NA, Solicited=0, or NS, RS, RA with an address
    ("INCOMPLETE", "CONFIRMED", "RELEASE", "REACHABLE"),  # NA, Solicited=1
    ("REACHABLE", "CONFIRMED", None, "REACHABLE"),
    ("REACHABLE", "DOUBTED", None, "STALE"),  # NA, Override=0, another address
    ("STALE", "DOUBTED", None, "STALE"),
    ("DELAY", "DOUBTED", None, "DELAY"),
    ("PROBE", "DOUBTED", None, "PROBE"),
    ("REACHABLE", "TIMEOUT", None, "STALE"),
    ("STALE", "NEEDED", None, "DELAY"),
    ("DELAY", "TIMEOUT", "SOLICIT", "PROBE"),
    ("PROBE", "TIMEOUT", "SOLICIT", "PROBE"),
    ("PROBE", "EXHAUSTED", "GIVE_UP", "UNREACHABLE"),
    ("REACHABLE", "LEARNED", None, "STALE"),
    ("STALE", "LEARNED", None, "STALE"),
    ("DELAY", "LEARNED", None, "STALE"),
    ("PROBE", "LEARNED", None, "STALE"),
    ("STALE", "CONFIRMED", None, "REACHABLE"),
    ("DELAY", "CONFIRMED", None, "REACHABLE"),
    ("PROBE", "CONFIRMED", None, "REACHABLE"),
]


@pytest.mark.parametrize(("state", "event", "action", "following"), APPENDIX_C)
def test_the_table_is_that_of_the_rfc(state, event, action, following):
    assert TABLE[State[state], Event[event]] == (State[following], Action[action] if action else None)


def test_only_states_that_wait_have_a_timeout():
    waiting = {state for state, event in TABLE if event is Event.TIMEOUT}
    assert waiting == {State.INCOMPLETE, State.REACHABLE, State.DELAY, State.PROBE}


def test_every_state_can_be_reached_and_left_again():
    reached = {following for (state, _), (following, _) in TABLE.items() if following is not state}
    assert reached == set(State) - {State.INCOMPLETE}  # the state of a new entry
    assert {state for (state, _), (following, _) in TABLE.items() if following is not state} == set(State)
