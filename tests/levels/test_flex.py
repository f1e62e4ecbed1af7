"""FLEX: whatever two nodes can do, they end in communication; a FLEX node and one of a level do so too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levels.meeting import Meeting
from levels.neighborhood import Kind, strangers
from p6lowpan.capability.profile import flex_field, level_features, of_flex, of_level
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Mode

ALL, NONE = 0xFFFFFFFF, 0
fields = st.integers(NONE, ALL) | st.sampled_from([NONE, ALL, *(1 << bit for bit in range(32))])
advertising = st.sampled_from([Advertise.ALWAYS, Advertise.NEVER])


def meet(one, other, advertise):
    """Everything arrives once, at the cost of one error, and what is believed is true."""
    meeting = Meeting(strangers(one, other, Kind(advertise, mode=Mode.REGULAR)), (one, other))
    assert {packet: count for packet, count in meeting.arrivals().items() if count != 1} == {}
    assert set(meeting.datagrams().values()) == {1}
    assert not meeting.has_false_beliefs()
    verdict = meeting.verdict()
    assert verdict.unreadable == []
    assert [str(excess) for excess in verdict.excesses] == []
    assert set(verdict.errors.values()) <= {1}
    return verdict


@settings(max_examples=12)
@given(fields, fields, advertising)
def test_any_two_fields_end_in_communication(one, other, advertise):
    meet(of_flex(one), of_flex(other), advertise)


@pytest.mark.parametrize("advertise", [Advertise.ALWAYS, Advertise.NEVER])
def test_nothing_meets_everything(advertise):
    verdict = meet(of_flex(NONE), of_flex(ALL), advertise)
    assert bool(verdict.errors)


@pytest.mark.parametrize("level", [0, 3, 6])
@pytest.mark.parametrize("field", [NONE, flex_field(level_features(2)), ALL])
def test_a_field_and_a_level_end_in_communication(field, level):
    meet(of_flex(field), of_level(level), Advertise.NEVER)


def test_a_field_and_a_level_that_advertise_end_in_communication():
    meet(of_flex(flex_field(level_features(5))), of_level(2), Advertise.ALWAYS)
