"""Unslotted CSMA/CA, IEEE 802.15.4-2015 section 6.2.5.1."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.link.configuration import O_QPSK_2450
from p6lowpan.machines.link.csma import TABLE, ChannelAccess, Csma, CsmaEvent, CsmaState
from p6lowpan.machines.link.outputs import AssessChannel
from p6lowpan.machines.outcomes import Dropped

PERIOD = 320


@pytest.fixture
def csma_with(script):
    """A machine whose waits are given, in backoff periods, and the chance that gives them."""

    def make(*periods, limits=P6LOWPAN):
        chance = script(periods)
        return Csma(O_QPSK_2450, limits, chance), chance

    return make


def test_the_first_wait_is_below_eight_periods_and_then_the_channel_is_assessed(csma_with):
    csma, chance = csma_with(7)
    assert csma.start(1000) == ()
    assert chance.asked == [8]
    assert csma.deadline == 1000 + 7 * PERIOD
    assert csma.tick(csma.deadline - 1) == ()
    assert csma.tick(csma.deadline) == (AssessChannel(),)
    assert csma.assessed(4000, clear=True) == (ChannelAccess(True, 1),)
    assert csma.deadline is None


def test_a_wait_of_nothing_assesses_at_once(csma_with):
    csma, _ = csma_with(0)
    csma.start(1000)
    assert csma.tick(1000) == (AssessChannel(),)


def test_the_wait_does_not_begin_before_the_spacing_of_the_last_frame_ends(csma_with):
    csma, _ = csma_with(2)
    csma.start(1000, 1640)
    assert csma.deadline == 1640 + 2 * PERIOD


def test_each_busy_channel_widens_the_wait_up_to_32_periods_and_the_fifth_refuses(csma_with):
    csma, chance = csma_with(1, 2, 3, 4, 5)
    csma.start(0)
    for assessments in range(1, 6):
        now = csma.deadline
        assert csma.tick(now) == (AssessChannel(),)
        outputs = csma.assessed(now + 128, clear=False)
        if assessments < 5:
            assert outputs == ()
            assert csma.deadline == now + 128 + (assessments + 1) * PERIOD
    assert outputs == (ChannelAccess(False, 5),)
    assert chance.asked == [8, 16, 32, 32, 32]
    assert csma.deadline is None


def test_a_channel_that_is_clear_at_the_last_moment_is_granted(csma_with):
    csma, _ = csma_with()
    csma.start(0)
    for clear in (False, False, False, False, True):
        assert csma.tick(csma.deadline) == (AssessChannel(),)
        outputs = csma.assessed(0, clear)
    assert outputs == (ChannelAccess(True, 5),)


def test_the_next_access_begins_anew(csma_with):
    csma, chance = csma_with()
    for _ in range(2):
        csma.start(0)
        csma.tick(0)
        csma.assessed(0, clear=False)
        csma.tick(0)
        csma.assessed(0, clear=True)
    assert chance.asked == [8, 16, 8, 16]


def test_without_backoffs_there_is_one_assessment(csma_with):
    csma, _ = csma_with(limits=replace(P6LOWPAN, link_backoffs=0))
    csma.start(0)
    csma.tick(0)
    assert csma.assessed(0, clear=False) == (ChannelAccess(False, 1),)


def test_an_assessment_that_never_comes_counts_as_busy(csma_with):
    csma, _ = csma_with(0, 3, limits=replace(P6LOWPAN, link_backoffs=1))
    csma.start(0)
    assert csma.tick(0) == (AssessChannel(),)
    given_up = P6LOWPAN.channel_assessment_timeout_us
    assert csma.tick(given_up - 1) == ()
    [dropped] = csma.tick(given_up)
    assert dropped.reason is Reason.NO_RADIO_REPORT
    assert csma.deadline == given_up + 3 * PERIOD
    assert csma.tick(csma.deadline) == (AssessChannel(),)
    dropped, access = csma.tick(csma.deadline)
    assert (dropped.reason, access) == (Reason.NO_RADIO_REPORT, ChannelAccess(False, 2))
    assert csma.deadline is None


@pytest.mark.parametrize("clear", [True, False])
def test_an_assessment_that_came_is_no_longer_waited_for(csma_with, clear):
    csma, _ = csma_with(0, 15, limits=replace(P6LOWPAN, channel_assessment_timeout_us=1000))
    csma.start(0)
    csma.tick(0)
    csma.assessed(128, clear)
    assert csma.deadline == (None if clear else 128 + 15 * PERIOD)


def test_an_answer_that_nobody_asked_for_changes_nothing(csma_with):
    csma, _ = csma_with(3)
    for clear in (True, False):
        [dropped] = csma.assessed(0, clear)
        assert dropped.reason is Reason.UNEXPECTED
    csma.start(0)
    [dropped] = csma.assessed(0, clear=True)
    assert dropped == Dropped(Reason.UNEXPECTED, "csma", "CHANNEL_CLEAR in BACKING_OFF")
    assert csma.tick(3 * PERIOD) == (AssessChannel(),)


def test_a_second_access_must_wait_for_the_first(csma_with):
    csma, _ = csma_with(3, 1)
    csma.start(0)
    [dropped] = csma.start(0)
    assert dropped.reason is Reason.UNEXPECTED
    assert csma.deadline == 3 * PERIOD


@given(st.integers(0, 1 << 32), st.lists(st.booleans(), min_size=5, max_size=5))
def test_an_access_ends_with_the_first_clear_channel_or_the_fifth_busy_one(seed, answers):
    csma, now = Csma(O_QPSK_2450, P6LOWPAN, Chance(seed)), 0
    csma.start(now)
    for number, clear in enumerate(answers, start=1):
        waited = csma.deadline - now
        assert waited % PERIOD == 0
        assert waited // PERIOD < (8, 16, 32, 32, 32)[number - 1]
        now = csma.deadline
        assert csma.tick(now) == (AssessChannel(),)
        again = copy.deepcopy(csma)
        outputs = csma.assessed(now, clear)
        assert again.assessed(now, clear) == outputs
        if clear or number == 5:
            assert outputs == (ChannelAccess(clear, number),)
            assert csma.state is CsmaState.IDLE
            return
        assert outputs == ()


def test_every_event_and_every_state_has_a_row():
    assert {state for state, _ in TABLE} == set(CsmaState)
    assert {event for _, event in TABLE} == set(CsmaEvent)
