"""Contexts with lifetimes, RFC 6775 sections 4.2, 5.4.2, 5.4.3 and 7.2: playbooks with fake times."""

import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.adaptation.context_table import (
    ContextAdded,
    ContextChanged,
    ContextEvent,
    ContextExpired,
    ContextRemoved,
    ContextTable,
)
from p6lowpan.wire.sixlowpan.contexts import Context

SECOND = 1_000_000
MINUTE = 60 * SECOND
IN_USE = Context(3, bytes.fromhex("20010db8000100020000000000000000"), 64)
IDLE = replace(IN_USE, compress=False)
OTHER = Context(3, bytes.fromhex("fd00cafe000000000000000000000000"), 48)
OTHER_IDLE = replace(OTHER, compress=False)
RECEIVE_ONLY_FOR = 2 * 1800 * SECOND


@pytest.fixture
def table() -> ContextTable:
    return ContextTable()


def expect(table: ContextTable, now: int, compression: list[Context], decompression: list[Context]) -> None:
    assert list(table.for_compression(now).values()) == compression
    assert list(table.for_decompression(now).values()) == decompression


def test_a_new_table_is_empty_and_waits_for_nothing(table: ContextTable) -> None:
    expect(table, 0, [], [])
    assert table.deadline is None


def test_a_context_that_compresses_serves_both_directions(table: ContextTable) -> None:
    assert table.update(0, IN_USE, 10) == (ContextAdded(IN_USE),)
    expect(table, 1, [IN_USE], [IN_USE])
    assert table.for_decompression(1) == {3: IN_USE}


def test_a_context_with_c_clear_serves_decompression_only(table: ContextTable) -> None:
    assert table.update(0, IDLE, 10) == (ContextAdded(IDLE),)
    expect(table, 1, [], [IDLE])


def test_an_option_that_says_the_same_prolongs_silently(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    assert table.update(5 * MINUTE, IN_USE, 10) == ()
    assert table.deadline == 15 * MINUTE


def test_the_valid_lifetime_ends_in_receive_only_mode(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    assert table.deadline == 10 * MINUTE
    expect(table, 10 * MINUTE - 1, [IN_USE], [IN_USE])
    expect(table, 10 * MINUTE, [], [IDLE])
    assert table.expire(10 * MINUTE - 1) == ()
    assert table.expire(10 * MINUTE) == (ContextExpired(IDLE),)
    assert table.expire(10 * MINUTE) == ()
    expect(table, 10 * MINUTE, [], [IDLE])


def test_receive_only_mode_lasts_twice_the_router_lifetime(table: ContextTable) -> None:
    table.update(0, IN_USE, 10, router_lifetime_seconds=100)
    table.expire(10 * MINUTE)
    end = 10 * MINUTE + 200 * SECOND
    assert table.deadline == end
    expect(table, end - 1, [], [IDLE])
    expect(table, end, [], [])
    assert table.expire(end - 1) == ()
    assert table.expire(end) == (ContextRemoved(IDLE, withdrawn=False),)
    assert table.deadline is None


def test_a_router_that_is_no_default_router_leaves_no_receive_only_time(table: ContextTable) -> None:
    table.update(0, IN_USE, 1, router_lifetime_seconds=0)
    expect(table, MINUTE, [], [])


def test_nobody_need_wake_up_in_time(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    late = 10 * MINUTE + RECEIVE_ONLY_FOR
    expect(table, late, [], [])
    assert table.expire(late) == (ContextExpired(IDLE), ContextRemoved(IDLE, withdrawn=False))


def test_a_lifetime_of_zero_removes_at_once(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    assert table.update(1, IDLE, 0) == (ContextRemoved(IN_USE, withdrawn=True),)
    expect(table, 1, [], [])
    assert table.deadline is None


def test_a_lifetime_of_zero_for_an_unknown_context_does_nothing(table: ContextTable) -> None:
    assert table.update(0, IN_USE, 0) == ()


def test_the_c_flag_turns_compression_on_and_off(table: ContextTable) -> None:
    table.update(0, IDLE, 10)
    assert table.update(1, IN_USE, 10) == (ContextChanged(IDLE, IN_USE, too_soon=False),)
    expect(table, 1, [IN_USE], [IN_USE])
    assert table.update(2, IDLE, 10) == (ContextChanged(IN_USE, IDLE, too_soon=False),)
    expect(table, 2, [], [IDLE])


def test_a_receive_only_context_comes_back_into_use(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    table.expire(10 * MINUTE)
    assert table.update(11 * MINUTE, IN_USE, 10) == (ContextChanged(IDLE, IN_USE, too_soon=False),)
    expect(table, 11 * MINUTE, [IN_USE], [IN_USE])
    assert table.deadline == 21 * MINUTE


def test_what_ended_meanwhile_is_told_before_what_the_option_did(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    events = table.update(10 * MINUTE, OTHER, 10)
    assert events == (ContextExpired(IDLE), ContextChanged(IDLE, OTHER, too_soon=True))


@pytest.mark.parametrize(("waited", "too_soon"), [(0, True), (300 * SECOND - 1, True), (300 * SECOND, False)])
def test_another_prefix_replaces_at_once_and_says_whether_the_old_one_had_rested(
    table: ContextTable, waited: int, too_soon: bool
) -> None:
    table.update(0, IN_USE, 100)
    table.update(MINUTE, IDLE, 100)
    table.update(MINUTE + waited // 2, IDLE, 100)
    now = MINUTE + waited
    assert table.update(now, OTHER_IDLE, 100) == (ContextChanged(IDLE, OTHER_IDLE, too_soon),)
    expect(table, now, [], [OTHER_IDLE])


def test_a_prefix_that_changes_while_it_is_in_use_changes_too_soon(table: ContextTable) -> None:
    table.update(0, IN_USE, 100)
    assert table.update(90 * MINUTE, OTHER, 100) == (ContextChanged(IN_USE, OTHER, too_soon=True),)
    expect(table, 90 * MINUTE, [OTHER], [OTHER])


def test_rest_begins_where_the_valid_lifetime_ended(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    events = table.update(15 * MINUTE, OTHER_IDLE, 10)
    assert events[-1] == ContextChanged(IDLE, OTHER_IDLE, too_soon=False)


def test_rest_is_not_shortened_by_the_end_of_the_valid_lifetime(table: ContextTable) -> None:
    table.update(0, IDLE, 5)
    assert table.update(5 * MINUTE, OTHER_IDLE, 5)[-1] == ContextChanged(IDLE, OTHER_IDLE, too_soon=False)


def test_a_new_prefix_begins_its_own_rest(table: ContextTable) -> None:
    table.update(0, IDLE, 100)
    table.update(10 * MINUTE, OTHER_IDLE, 100)
    assert table.update(11 * MINUTE, IDLE, 100) == (ContextChanged(OTHER_IDLE, IDLE, too_soon=True),)


def test_another_length_is_another_prefix(table: ContextTable) -> None:
    longer = replace(IN_USE, length=80)
    table.update(0, IN_USE, 100)
    assert table.update(1, longer, 100) == (ContextChanged(IN_USE, longer, too_soon=True),)


def test_fixed_contexts_do_not_end_by_themselves() -> None:
    table = ContextTable([IN_USE, Context(0, bytes(16), 0, compress=False)])
    assert table.deadline is None
    assert table.expire(10**15) == ()
    assert list(table.for_compression(10**15)) == [3]
    assert list(table.for_decompression(10**15)) == [3, 0]


def test_an_option_replaces_a_fixed_context(table: ContextTable) -> None:
    table = ContextTable([IN_USE])
    assert table.update(0, OTHER, 10) == (ContextChanged(IN_USE, OTHER, too_soon=True),)
    assert table.deadline == 10 * MINUTE


def test_all_sixteen_identifiers_fit(table: ContextTable) -> None:
    for identifier in range(16):
        table.update(0, replace(IN_USE, identifier=identifier), 10)
    assert list(table.for_compression(0)) == list(range(16))
    with pytest.raises(UsageError):
        replace(IN_USE, identifier=16)


def test_the_longest_lifetimes_are_taken_and_one_more_is_not(table: ContextTable) -> None:
    table.update(0, IN_USE, 0xFFFF, 0xFFFF)
    assert table.deadline == 0xFFFF * MINUTE
    for minutes, seconds in [(0x10000, 1), (1, 0x10000), (-1, 1), (1, -1)]:
        with pytest.raises(UsageError):
            table.update(0, IN_USE, minutes, seconds)


def test_a_copy_goes_its_own_way(table: ContextTable) -> None:
    table.update(0, IN_USE, 10)
    copy.deepcopy(table).update(1, OTHER, 0)
    expect(table, 1, [IN_USE], [IN_USE])


CONTEXTS = st.builds(
    lambda context, identifier, compress: replace(context, identifier=identifier, compress=compress),
    st.sampled_from([IN_USE, OTHER]),
    st.integers(0, 2),
    st.booleans(),
)


@given(st.lists(st.tuples(st.integers(0, 4 * MINUTE), CONTEXTS, st.integers(0, 3), st.integers(0, 60)), max_size=12))
def test_looking_at_a_moment_says_what_waking_up_at_it_would(
    options: list[tuple[int, Context, int, int]],
) -> None:
    table, now = ContextTable(), 0
    for later, context, minutes, seconds in options:
        table.update(now := now + later, context, minutes, seconds)
    for moment in range(now, now + 6 * MINUTE, 10 * SECOND):
        seen = table.for_compression(moment), table.for_decompression(moment)
        table.expire(moment)
        assert (table.for_compression(moment), table.for_decompression(moment)) == seen


class Follower(RuleBasedStateMachine):
    """The events alone are enough to know the table."""

    def __init__(self) -> None:
        super().__init__()
        self.table = ContextTable()
        self.now = 0
        self.followed: dict[int, Context] = {}

    def follow(self, events: tuple[ContextEvent, ...]) -> None:
        for event in events:
            match event:
                case ContextAdded(context):
                    assert context.identifier not in self.followed
                    self.followed[context.identifier] = context
                case ContextChanged(before, after, _):
                    assert self.followed[after.identifier] == before != after
                    self.followed[after.identifier] = after
                case ContextExpired(context):
                    assert not context.compress
                    assert context == replace(self.followed[context.identifier], compress=False)
                    self.followed[context.identifier] = context
                case ContextRemoved(context, _):
                    assert self.followed.pop(context.identifier) == context

    @rule(later=st.integers(0, 3 * MINUTE), context=CONTEXTS, minutes=st.integers(0, 3), seconds=st.integers(0, 60))
    def option(self, later: int, context: Context, minutes: int, seconds: int) -> None:
        self.now += later
        self.follow(self.table.update(self.now, context, minutes, seconds))

    @rule(later=st.integers(0, 3 * MINUTE))
    def time_passes(self, later: int) -> None:
        self.now += later
        self.follow(self.table.expire(self.now))

    @rule()
    def wake_up(self) -> None:
        if self.table.deadline is not None:
            assert self.table.deadline > self.now
            self.now = self.table.deadline
            events = self.table.expire(self.now)
            assert events
            self.follow(events)

    @invariant()
    def the_events_tell_the_table(self) -> None:
        assert self.table.for_decompression(self.now) == self.followed


TestFollower = Follower.TestCase
TestFollower.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
