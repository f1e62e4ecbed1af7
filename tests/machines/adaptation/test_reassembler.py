"""Reassembly, RFC 4944 section 5.3: playbooks with fake times."""

import copy
from dataclasses import replace
from itertools import pairwise

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN, RFC6282, Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.timeline import (
    Arrival,
    Complete,
    DatagramDropped,
    DatagramKey,
    Duplicate,
    Outcome,
    Pending,
    Timeline,
)
from p6lowpan.wire.address import LinkAddress

ALICE = LinkAddress(bytes.fromhex("0212345678abcd01"))
BOB = LinkAddress(bytes.fromhex("0212345678abcd02"))
CAROL = LinkAddress(bytes.fromhex("0a0b"))
SECOND = 1_000_000


def key(tag: int = 7, size: int = 30, source: LinkAddress = ALICE, destination: LinkAddress = BOB) -> DatagramKey:
    return DatagramKey(source, destination, size, tag)


def datagram(size: int = 30, seed: int = 0) -> bytes:
    return bytes((seed + 7 * i) % 256 for i in range(size))


def given(reassembler: Reassembler, *fragments: tuple[DatagramKey, int, bytes], now: int = 0) -> list[Outcome]:
    """Feed fragments, one a microsecond; all outcomes in order."""
    outcomes: list[Outcome] = []
    for moment, fragment in enumerate(fragments, now):
        outcomes += reassembler.add(moment, *fragment)
    return outcomes


def parts(whole: bytes, of: DatagramKey, *cuts: int) -> list[tuple[DatagramKey, int, bytes]]:
    edges = [0, *cuts, len(whole)]
    return [(of, start, whole[start:end]) for start, end in pairwise(edges)]


def reasons(outcomes: list[Outcome] | tuple[Outcome, ...]) -> list[Reason]:
    return [outcome.reason for outcome in outcomes if isinstance(outcome, DatagramDropped)]


def delivered(outcomes: list[Outcome]) -> list[bytes]:
    return [outcome.datagram for outcome in outcomes if isinstance(outcome, Complete)]


def expect_accounted(reassembler: Reassembler) -> None:
    counted = reassembler.delivered + reassembler.duplicates + reassembler.pending + reassembler.dropped.total()
    assert reassembler.received == counted


@pytest.fixture
def reassembler() -> Reassembler:
    return Reassembler(P6LOWPAN)


FIRST, SECOND_PART, LAST = parts(datagram(), key(), 8, 24)


def test_fragments_in_order_make_the_datagram_and_its_timeline(reassembler: Reassembler) -> None:
    outcomes = given(reassembler, FIRST, SECOND_PART, LAST)
    arrivals = (Arrival(0, 0, 8), Arrival(1, 8, 16), Arrival(2, 24, 6))
    assert outcomes == [
        Pending(key(), Timeline(30, arrivals[:1])),
        Pending(key(), Timeline(30, arrivals[:2])),
        Complete(key(), datagram(), Timeline(30, arrivals)),
    ]
    assert (reassembler.pending, reassembler.octets, reassembler.deadline) == (0, 0, None)
    expect_accounted(reassembler)


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_any_order_makes_the_same_datagram(reassembler: Reassembler, order: tuple[int, ...]) -> None:
    fragments = [(FIRST, SECOND_PART, LAST)[place] for place in order]
    assert delivered(given(reassembler, *fragments)) == [datagram()]


def test_a_datagram_wholly_in_its_first_fragment_is_complete(reassembler: Reassembler) -> None:
    assert delivered(given(reassembler, (key(), 0, datagram()))) == [datagram()]


def test_the_timeline_says_what_is_missing(reassembler: Reassembler) -> None:
    *_, outcome = given(reassembler, (key(size=64), 8, bytes(16)), (key(size=64), 40, bytes(8)))
    assert isinstance(outcome, Pending)
    assert outcome.timeline.missing == ((0, 8), (24, 40), (48, 64))
    assert (outcome.timeline.fragments, outcome.timeline.octets) == (2, 24)
    assert reassembler.buffers == (outcome,)


def test_the_pieces_of_an_incomplete_datagram_can_be_looked_at(reassembler: Reassembler) -> None:
    whole = datagram()
    front, middle, _ = parts(whole, key(), 8, 16)
    given(reassembler, middle, front)
    assert reassembler.pieces(key()) == ((0, whole[:8]), (8, whole[8:16]))
    assert reassembler.pieces(key(tag=8)) == ()


def test_nothing_is_missing_from_a_complete_datagram(reassembler: Reassembler) -> None:
    *_, outcome = given(reassembler, LAST, FIRST, SECOND_PART)
    assert isinstance(outcome, Complete)
    assert outcome.timeline.missing == ()


@pytest.mark.parametrize(
    "other",
    [key(tag=8), key(size=31), key(source=CAROL), key(destination=CAROL)],
    ids=["tag", "size", "source", "destination"],
)
def test_each_part_of_the_key_tells_datagrams_apart(reassembler: Reassembler, other: DatagramKey) -> None:
    whole = datagram(other.size, seed=99)
    theirs = parts(whole, other, 8, 24)
    interleaved = [FIRST, theirs[0], theirs[2], SECOND_PART, LAST, theirs[1]]
    assert delivered(given(reassembler, *interleaved)) == [datagram(), whole]


def test_an_identical_duplicate_is_noted_and_changes_nothing(reassembler: Reassembler) -> None:
    _, repeated, *_ = outcomes = given(reassembler, FIRST, FIRST, LAST, SECOND_PART)
    assert repeated == Duplicate(key(), Timeline(30, (Arrival(0, 0, 8), Arrival(1, 0, 8, duplicate=True)), 1))
    assert delivered(outcomes) == [datagram()]
    assert reassembler.duplicates == 1
    expect_accounted(reassembler)


def test_every_fragment_twice_makes_one_datagram_and_leaves_nothing_behind(reassembler: Reassembler) -> None:
    outcomes = given(reassembler, FIRST, FIRST, SECOND_PART, SECOND_PART, LAST, LAST)
    assert delivered(outcomes) == [datagram()]
    assert outcomes[-1] == Duplicate(key(), Timeline(30, (Arrival(5, 24, 6, duplicate=True),), 1), completed=True)
    assert (reassembler.pending, reassembler.duplicates) == (0, 3)


def test_a_datagram_sent_twice_in_a_row_is_delivered_once(reassembler: Reassembler) -> None:
    assert delivered(given(reassembler, *[FIRST, SECOND_PART, LAST] * 2)) == [datagram()]


def test_the_timeline_lists_as_many_duplicates_as_the_limit_and_counts_the_rest() -> None:
    reassembler = Reassembler(replace(P6LOWPAN, reassembly_duplicates=2))
    outcome = given(reassembler, *[FIRST] * 3)[-1]
    assert isinstance(outcome, Duplicate)
    assert (len(outcome.timeline.arrivals), outcome.timeline.duplicates) == (3, 2)
    outcome = given(reassembler, FIRST)[-1]
    assert isinstance(outcome, Duplicate)
    assert (len(outcome.timeline.arrivals), outcome.timeline.duplicates) == (3, 3)


def test_a_duplicate_does_not_make_the_datagram_younger(reassembler: Reassembler) -> None:
    given(reassembler, FIRST)
    given(reassembler, FIRST, now=59 * SECOND)
    assert reassembler.deadline == 60 * SECOND


def test_a_new_datagram_may_use_the_key_of_a_completed_one_at_once(reassembler: Reassembler) -> None:
    fresh = datagram(seed=1)
    outcomes = given(reassembler, FIRST, SECOND_PART, LAST, *parts(fresh, key(), 8, 24))
    assert delivered(outcomes) == [datagram(), fresh]


def test_a_new_datagram_that_shares_a_fragment_with_the_completed_one_comes_through(reassembler: Reassembler) -> None:
    fresh = datagram(seed=1)[:8] + datagram()[8:]
    outcomes = given(reassembler, FIRST, SECOND_PART, LAST, *parts(fresh, key(), 8, 24))
    assert delivered(outcomes) == [datagram(), fresh]


@pytest.mark.parametrize(
    ("later", "outcome"),
    [(P6LOWPAN.completed_datagram_us - 1, Duplicate), (P6LOWPAN.completed_datagram_us, Pending)],
)
def test_a_completed_datagram_is_remembered_for_its_time_and_no_longer(
    reassembler: Reassembler, later: int, outcome: type[Outcome]
) -> None:
    for fragment in (FIRST, SECOND_PART, LAST):
        reassembler.add(0, *fragment)
    assert isinstance(reassembler.add(later, *LAST)[-1], outcome)


@pytest.mark.parametrize(("others", "outcome"), [(1, Duplicate), (2, Pending)])
def test_as_many_completed_datagrams_are_remembered_as_the_limit(others: int, outcome: type[Outcome]) -> None:
    reassembler = Reassembler(replace(P6LOWPAN, completed_datagrams=2))
    given(reassembler, FIRST, SECOND_PART, LAST)
    for tag in range(100, 100 + others):
        given(reassembler, (key(tag), 0, datagram()))
    assert isinstance(given(reassembler, LAST)[-1], outcome)


@pytest.mark.parametrize(
    ("offset", "octets"),
    [
        (8, datagram(48)[8:16]),  # shorter, same start
        (8, datagram(48)[8:40]),  # longer, same start
        (0, datagram(48)[0:16]),  # reaches into it from before
        (16, datagram(48)[16:32]),  # begins inside it
        (0, datagram(48)[0:40]),  # around it
        (8, bytes(16)),  # same range, other content
    ],
    ids=["shorter", "longer", "before", "inside", "around", "content"],
)
def test_an_overlap_discards_what_came_and_starts_afresh(reassembler: Reassembler, offset: int, octets: bytes) -> None:
    whole, of = datagram(48), key(size=48)
    given(reassembler, (of, 8, whole[8:24]), (of, 40, whole[40:48]))
    dropped, fresh = reassembler.add(9, of, offset, octets)
    assert isinstance(dropped, DatagramDropped)
    assert (dropped.reason, dropped.fragments, dropped.timeline.octets) == (Reason.FRAGMENT_OVERLAP, 2, 24)
    assert fresh == Pending(of, Timeline(48, (Arrival(9, offset, len(octets)),)))
    assert reassembler.deadline == 9 + P6LOWPAN.reassembly_timeout_us
    assert reassembler.dropped == {Reason.FRAGMENT_OVERLAP: 2}
    expect_accounted(reassembler)


def test_fragments_that_touch_do_not_overlap(reassembler: Reassembler) -> None:
    assert reasons(given(reassembler, SECOND_PART, LAST, FIRST)) == []


def test_an_overlapping_fragment_that_is_a_whole_datagram_is_delivered(reassembler: Reassembler) -> None:
    outcomes = given(reassembler, FIRST, (key(), 0, datagram(seed=5)))
    assert reasons(outcomes) == [Reason.FRAGMENT_OVERLAP]
    assert delivered(outcomes) == [datagram(seed=5)]


@pytest.mark.parametrize(
    ("offset", "octets", "reason"),
    [
        (24, 7, Reason.FRAGMENT_PAST_END),
        (0, 31, Reason.FRAGMENT_PAST_END),
        (32, 8, Reason.FRAGMENT_PAST_END),
        (8, 9, Reason.BAD_LENGTH),
        (8, 15, Reason.BAD_LENGTH),
        (24, 5, Reason.BAD_LENGTH),
        (8, 0, Reason.BAD_LENGTH),
        (32, 0, Reason.BAD_LENGTH),
    ],
)
@pytest.mark.parametrize("before", [0, 1])
def test_a_wrong_fragment_is_dropped_with_what_came_before_it(
    reassembler: Reassembler, offset: int, octets: int, reason: Reason, before: int
) -> None:
    given(reassembler, *[FIRST][:before])
    (dropped,) = reassembler.add(9, key(), offset, bytes(octets))
    assert isinstance(dropped, DatagramDropped)
    assert (dropped.reason, dropped.fragments, dropped.timeline.fragments) == (reason, before + 1, before)
    assert (reassembler.pending, reassembler.octets) == (0, 0)
    expect_accounted(reassembler)


def test_a_size_of_zero_is_past_the_end(reassembler: Reassembler) -> None:
    assert reasons(reassembler.add(0, key(size=0), 0, bytes(8))) == [Reason.FRAGMENT_PAST_END]


@pytest.mark.parametrize("offset", [-8, 1, 7, 12])
def test_an_offset_that_no_header_can_hold_is_our_callers_mistake(reassembler: Reassembler, offset: int) -> None:
    with pytest.raises(UsageError):
        reassembler.add(0, key(), offset, bytes(8))


@pytest.mark.parametrize(
    ("limits", "largest"),
    [(P6LOWPAN, 1280), (RFC6282, 2047), (replace(P6LOWPAN, reassembly_octets=100), 100)],
    ids=["datagram", "format", "octets"],
)
def test_a_datagram_of_the_largest_size_is_taken_and_one_octet_more_is_not(limits: Limits, largest: int) -> None:
    reassembler = Reassembler(limits)
    assert delivered(given(reassembler, (key(size=largest), 0, datagram(largest)))) == [datagram(largest)]
    assert reasons(reassembler.add(0, key(size=largest + 1), 0, bytes(8))) == [Reason.TOO_BIG]


def test_time_is_up_sixty_seconds_after_the_first_fragment_that_came(reassembler: Reassembler) -> None:
    given(reassembler, LAST, now=5)
    given(reassembler, SECOND_PART, now=30 * SECOND)
    assert reassembler.deadline == 60 * SECOND + 5
    assert reassembler.expire(60 * SECOND + 4) == ()
    (dropped,) = reassembler.expire(60 * SECOND + 5)
    assert (dropped.reason, dropped.fragments, dropped.timeline.missing) == (Reason.REASSEMBLY_TIMEOUT, 2, ((0, 8),))
    assert reassembler.deadline is None
    expect_accounted(reassembler)


def test_a_late_fragment_does_not_revive_a_timed_out_datagram(reassembler: Reassembler) -> None:
    given(reassembler, FIRST, SECOND_PART)
    outcomes = reassembler.add(60 * SECOND, *LAST)
    assert reasons(outcomes) == [Reason.REASSEMBLY_TIMEOUT]
    assert outcomes[-1] == Pending(key(), Timeline(30, (Arrival(60 * SECOND, 24, 6),)))
    assert reassembler.deadline == 120 * SECOND


def test_a_datagram_is_given_up_on_time_though_the_clock_went_back_before_it_came(reassembler: Reassembler) -> None:
    later, earlier = FIRST, (key(tag=8), 0, bytes(8))
    given(reassembler, later, now=100 * SECOND)
    given(reassembler, earlier, now=50 * SECOND)
    assert reassembler.expire(110 * SECOND - 1) == ()
    assert [drop.key for drop in reassembler.expire(110 * SECOND)] == [key(tag=8)]
    assert reassembler.expire(160 * SECOND - 1) == ()
    assert [drop.key for drop in reassembler.expire(160 * SECOND)] == [key()]


def test_a_datagram_that_was_completed_holds_up_no_other_ones_time(reassembler: Reassembler) -> None:
    given(reassembler, FIRST)
    given(reassembler, (key(tag=8), 0, bytes(8)), now=5 * SECOND)
    given(reassembler, SECOND_PART, LAST, now=6 * SECOND)
    assert reassembler.expire(60 * SECOND) == ()
    assert [drop.key for drop in reassembler.expire(65 * SECOND)] == [key(tag=8)]


def test_the_deadline_is_that_of_the_oldest_datagram(reassembler: Reassembler) -> None:
    given(reassembler, FIRST, now=10)
    given(reassembler, (key(8), 0, bytes(8)), now=3)
    assert reassembler.deadline == 60 * SECOND + 3
    assert [dropped.key.tag for dropped in reassembler.expire(60 * SECOND + 9)] == [8]


@pytest.mark.parametrize("timeout", [0, 60_000_001])
def test_a_timeout_that_the_rfc_forbids_is_refused(timeout: int) -> None:
    with pytest.raises(UsageError):
        Reassembler(replace(P6LOWPAN, reassembly_timeout_us=timeout))


def test_one_datagram_past_the_buffers_pushes_out_the_oldest() -> None:
    reassembler = Reassembler(replace(P6LOWPAN, reassembly_buffers=3))
    neighbours = [key(source=LinkAddress(bytes((0, number)))) for number in range(4)]
    assert reasons(given(reassembler, *[(neighbour, 0, bytes(8)) for neighbour in neighbours[:3]])) == []
    dropped, outcome = reassembler.add(9, neighbours[3], 0, bytes(8))
    assert isinstance(dropped, DatagramDropped)
    assert (dropped.reason, dropped.key) == (Reason.REASSEMBLY_FULL, neighbours[0])
    assert isinstance(outcome, Pending)
    assert [buffer.key for buffer in reassembler.buffers] == neighbours[1:]
    expect_accounted(reassembler)


def test_one_datagram_past_the_buffers_of_a_neighbour_pushes_out_its_own_oldest(reassembler: Reassembler) -> None:
    others = key(source=CAROL)
    assert reasons(given(reassembler, (others, 0, bytes(8)), (key(1), 0, bytes(8)), (key(2), 0, bytes(8)))) == []
    dropped, _ = reassembler.add(9, key(3), 0, bytes(8))
    assert isinstance(dropped, DatagramDropped)
    assert (dropped.reason, dropped.key) == (Reason.REASSEMBLY_FULL, key(1))
    assert [buffer.key for buffer in reassembler.buffers] == [others, key(2), key(3)]


def test_one_octet_past_the_octets_in_all_pushes_out_the_oldest_other_datagram() -> None:
    reassembler = Reassembler(replace(P6LOWPAN, reassembly_octets=48, reassembly_buffers_per_neighbor=8))
    keys = [key(tag, size=48) for tag in range(3)]
    assert reasons(given(reassembler, *[(of, 0, bytes(16)) for of in keys])) == []
    assert reassembler.octets == 48
    outcomes = reassembler.add(9, keys[0], 16, bytes(8))
    assert reasons(outcomes) == [Reason.REASSEMBLY_FULL]
    assert [buffer.key for buffer in reassembler.buffers] == [keys[0], keys[2]]
    assert reassembler.octets == 40
    expect_accounted(reassembler)


def test_a_fragment_that_completes_its_datagram_pushes_nothing_out() -> None:
    reassembler = Reassembler(replace(P6LOWPAN, reassembly_octets=48))
    outcomes = given(
        reassembler, (key(1, size=48), 0, bytes(24)), (key(2, size=32), 0, bytes(24)), (key(2, size=32), 24, bytes(8))
    )
    assert reasons(outcomes) == []
    assert delivered(outcomes) == [bytes(32)]


def test_octets_are_counted_as_they_come_and_not_as_they_are_claimed(reassembler: Reassembler) -> None:
    given(reassembler, (key(size=1280), 0, bytes(8)))
    assert reassembler.octets == 8


@pytest.mark.parametrize(
    "limits",
    [
        replace(P6LOWPAN, reassembly_buffers=0),
        replace(P6LOWPAN, reassembly_buffers_per_neighbor=0),
        replace(P6LOWPAN, completed_datagrams=0),
    ],
)
def test_a_bound_of_zero_is_refused(limits: Limits) -> None:
    with pytest.raises(UsageError):
        Reassembler(limits)


def test_a_datagram_can_be_given_up_under_any_reason(reassembler: Reassembler) -> None:
    given(reassembler, SECOND_PART, (key(8), 0, bytes(8)))
    (dropped,) = reassembler.discard(key(), Reason.NO_CONTEXT, "context 3")
    assert (dropped.reason, dropped.detail, dropped.fragments) == (Reason.NO_CONTEXT, "context 3", 1)
    assert reassembler.discard(key(), Reason.NO_CONTEXT) == ()
    assert reassembler.pending == 1
    expect_accounted(reassembler)


def test_everything_can_be_given_up_at_the_end(reassembler: Reassembler) -> None:
    given(reassembler, SECOND_PART, (key(8), 0, bytes(8)))
    assert reasons(reassembler.discard_all()) == [Reason.REASSEMBLY_UNFINISHED] * 2
    assert (reassembler.pending, reassembler.octets) == (0, 0)


def test_a_copy_goes_its_own_way(reassembler: Reassembler) -> None:
    given(reassembler, FIRST, SECOND_PART)
    other = copy.deepcopy(reassembler)
    assert delivered(given(other, LAST)) == [datagram()]
    assert (reassembler.pending, reassembler.received) == (2, 2)
