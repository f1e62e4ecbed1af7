"""Recoverable fragments put together: RFC 8931 sections 5 and 6, in any order, with loss, repetition and abort."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.datagrams import Datagrams
from p6lowpan.machines.adaptation.recovery import BY_RECEIVER, NOT_ALL_HEARD, Recovery, is_recoverable, key_of, misfit
from p6lowpan.machines.adaptation.timeline import (
    Complete,
    DatagramDropped,
    DatagramKey,
    Duplicate,
    Outcome,
    Pending,
)
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    SEQUENCES,
    RecoverableFragment,
    bitmap_of,
)
from properties.recoverable import fragment_of

LINK = Link(LinkAddress(b"\x00\x01"), LinkAddress(b"\x00\x02"))
DATAGRAM = bytes(index * 7 % 256 for index in range(300))
TAG = 5
KEY = DatagramKey(LINK.source, LINK.destination, 0, TAG)
LATE_US = limits.RFC6282.reassembly_timeout_us

Part = tuple[RecoverableFragment, bytes]


def part(sequence: int, start: int, end: int, datagram: bytes = DATAGRAM, tag: int = TAG) -> Part:
    """The octets from ``start`` to ``end`` of a datagram as a fragment."""
    return fragment_of(datagram, sequence, start, end, tag)


PARTS = [part(0, 0, 96), part(1, 96, 193), part(2, 193, 290), part(3, 290, 300)]
"""Sizes that are no multiples of 8: that is a rule of RFC 4944."""


class Playbook:
    """A recovery that is given fragments, one a microsecond."""

    def __init__(self, bounds: limits.Limits = limits.RFC6282) -> None:
        self.datagrams = Datagrams(bounds)
        self.recovery = Recovery(self.datagrams)
        self.now = 0

    def given(self, fragment: Part, link: Link = LINK, later_us: int = 1) -> tuple[Outcome, ...]:
        self.now += later_us
        return self.recovery.add(self.now, key_of(link, fragment[0]), *fragment)

    def adds_up(self) -> bool:
        datagrams = self.datagrams
        lost = sum(datagrams.dropped.values())
        kept = sum(buffer.octets for buffer in datagrams.incomplete.values())
        counted = datagrams.delivered + datagrams.duplicates + datagrams.pending + lost
        return datagrams.received == counted and datagrams.octets == kept


@pytest.fixture
def playbook() -> Playbook:
    return Playbook()


def kinds(outcomes: tuple[Outcome, ...]) -> list[type[Outcome]]:
    return [type(outcome) for outcome in outcomes]


def dropped(outcome: Outcome) -> tuple[Reason, int, str]:
    assert isinstance(outcome, DatagramDropped)
    return outcome.reason, outcome.fragments, outcome.detail


# --- in any order ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_fragments_make_the_compressed_datagram_in_any_order(playbook: Playbook, order: tuple[int, ...]) -> None:
    *others, last = order
    for index in others:
        assert kinds(playbook.given(PARTS[index])) == [Pending]
    (outcome,) = playbook.given(PARTS[last])
    assert isinstance(outcome, Complete)
    assert (outcome.datagram, outcome.key, outcome.timeline.size) == (DATAGRAM, KEY, 300)
    assert [arrival.offset for arrival in outcome.timeline.arrivals] == [(0, 96, 193, 290)[index] for index in order]
    assert is_recoverable(outcome.key)
    assert playbook.adds_up()
    assert playbook.datagrams.pending == 0


def test_the_size_is_not_known_before_the_first_fragment(playbook: Playbook) -> None:
    (outcome,) = playbook.given(PARTS[2])
    assert (outcome.timeline.size, outcome.timeline.missing) == (0, ((0, 193),))
    (outcome,) = playbook.given(PARTS[0])
    assert (outcome.timeline.size, outcome.timeline.missing) == (300, ((96, 193), (290, 300)))


def test_a_datagram_of_one_fragment_is_complete_at_once(playbook: Playbook) -> None:
    (outcome,) = playbook.given(part(0, 0, 96, DATAGRAM[:96]))
    assert isinstance(outcome, Complete)
    assert outcome.datagram == DATAGRAM[:96]


def test_the_same_tag_on_another_hop_is_another_datagram(playbook: Playbook) -> None:
    """RFC 8930: "the Datagram_Tag is locally significant to the Layer 2 source"."""
    next_hop = Link(LINK.destination, LinkAddress(b"\x00\x03"))
    for fragment in PARTS[:3]:
        playbook.given(fragment)
        playbook.given(fragment, next_hop)
    assert len(playbook.datagrams.buffers) == 2
    assert kinds(playbook.given(PARTS[3])) == kinds(playbook.given(PARTS[3], next_hop)) == [Complete]


# --- again -----------------------------------------------------------------------------------------------------------


def test_a_fragment_that_is_sent_again_changes_nothing(playbook: Playbook) -> None:
    playbook.given(PARTS[0])
    asking = replace(PARTS[0][0], ack_request=1), PARTS[0][1]
    (outcome,) = playbook.given(asking)
    assert isinstance(outcome, Duplicate)
    assert (outcome.timeline.duplicates, outcome.timeline.octets, outcome.completed) == (1, 96, False)
    assert playbook.adds_up()


def test_a_long_fragment_may_be_sent_again_as_two_short_ones(playbook: Playbook) -> None:
    """Section 6.2: "retry a long fragment (say a Sequence of 5) with several shorter fragments with a Sequence that was
    not used before (e.g., 13 and 14)". Both the long and a short one come here."""
    outcomes = [playbook.given(fragment)[-1] for fragment in (PARTS[0], part(13, 96, 150), PARTS[1], PARTS[3])]
    assert kinds(tuple(outcomes)) == [Pending] * 4
    assert (outcomes[-1].timeline.octets, outcomes[-1].timeline.overlapped) == (203, 54)
    (outcome,) = playbook.given(PARTS[2])
    assert isinstance(outcome, Complete)
    assert outcome.datagram == DATAGRAM
    assert playbook.adds_up()


def test_a_long_fragment_may_be_sent_again_as_a_shorter_one_of_its_sequence(playbook: Playbook) -> None:
    """Section 5.1: "a fragment Sequence is retried with a smaller Fragment_Size, with the remainder of the original
    fragment being retried with new Sequence values"."""
    again = part(1, 96, 150), part(13, 150, 193)
    outcomes = [playbook.given(fragment)[-1] for fragment in (PARTS[0], PARTS[1], *again, PARTS[2])]
    assert kinds(tuple(outcomes)) == [Pending, Pending, Duplicate, Pending, Pending]
    assert (outcomes[-1].timeline.octets, outcomes[-1].timeline.overlapped) == (290, 43)
    (outcome,) = playbook.given(PARTS[3])
    assert isinstance(outcome, Complete)
    assert outcome.datagram == DATAGRAM
    assert [kinds(playbook.given(fragment)) for fragment in again] == [[Duplicate], [Duplicate]]
    assert playbook.adds_up()


def test_what_still_comes_of_a_complete_datagram_is_absorbed_for_a_while(playbook: Playbook) -> None:
    for fragment in PARTS:
        playbook.given(fragment)
    for late in (PARTS[0], PARTS[2], part(14, 150, 193)):
        (outcome,) = playbook.given(late)
        assert isinstance(outcome, Duplicate)
        assert outcome.completed
    assert kinds(playbook.given(PARTS[2], later_us=limits.RFC6282.completed_datagram_us)) == [Pending]
    assert playbook.adds_up()


def test_a_tag_may_come_again_at_once_for_another_datagram(playbook: Playbook) -> None:
    other = DATAGRAM[::-1]
    for fragment in PARTS:
        playbook.given(fragment)
    outcomes = [
        playbook.given(part(sequence, start, start + 100, other))[-1] for sequence, start in enumerate((0, 100, 200))
    ]
    assert kinds(tuple(outcomes)) == [Pending, Pending, Complete]
    assert outcomes[-1].datagram == other  # type: ignore[union-attr] # the line before says so


def test_a_new_datagram_may_share_fragments_with_the_one_before(playbook: Playbook) -> None:
    """The first fragment differs; with it the one before is forgotten."""
    other = b"!" + DATAGRAM[1:]
    for fragment in PARTS:
        playbook.given(fragment)
    first = part(0, 0, 96, other)
    outcomes = [playbook.given(fragment)[-1] for fragment in (first, *PARTS[1:])]
    assert isinstance(outcomes[-1], Complete)
    assert outcomes[-1].datagram == other


# --- contradictions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fragment", "detail"),
    [
        (part(1, 96, 193, bytes(300)), "fragment 1 came before, and otherwise"),
        (part(1, 100, 193), "fragment 1 came before, and otherwise"),
        (part(1, 96, 194), "fragment 1 came before, and otherwise"),
        (part(7, 100, 110, bytes(300)), "octets 100 to 110 came before, and otherwise"),
        (part(0, 0, 96, DATAGRAM[:150]), "octets up to 193 came before of a datagram of 150"),
    ],
    ids=["other octets", "another place", "longer", "other octets in the same place", "a shorter datagram"],
)
def test_a_fragment_that_disagrees_begins_the_datagram_anew(playbook: Playbook, fragment: Part, detail: str) -> None:
    playbook.given(PARTS[1])
    gone, outcome = playbook.given(fragment)
    assert dropped(gone) == (Reason.FRAGMENT_OVERLAP, 1, detail)
    assert isinstance(outcome, Pending)
    assert len(outcome.timeline.arrivals) == 1
    assert playbook.adds_up()


@pytest.mark.parametrize(
    ("fragment", "reason"),
    [
        (part(3, 290, 301, DATAGRAM + b"!"), Reason.FRAGMENT_PAST_END),
        (part(3, 290, 290), Reason.BAD_LENGTH),
        (part(3, 2000, 2048, bytes(2048)), Reason.TOO_BIG),
        (part(0, 0, 96, bytes(2048)), Reason.TOO_BIG),
    ],
)
def test_a_fragment_that_cannot_be_right_takes_its_datagram_along(
    playbook: Playbook, fragment: Part, reason: Reason
) -> None:
    playbook.given(PARTS[0])
    (gone,) = playbook.given(fragment)
    assert dropped(gone)[:2] == (reason, 2)
    assert playbook.datagrams.buffers == ()
    assert playbook.adds_up()


def test_the_largest_datagram_is_taken_and_one_octet_more_is_not(playbook: Playbook) -> None:
    largest = bytes(limits.RFC6282.datagram_octets)
    assert kinds(playbook.given(part(0, 0, 96, largest))) == [Pending]
    (gone,) = playbook.given(part(0, 0, 96, largest + b"\0", tag=6))
    assert dropped(gone)[:2] == (Reason.TOO_BIG, 1)
    assert gone.timeline.size == len(largest) + 1


def test_a_fragment_has_the_size_that_it_announces() -> None:
    header, octets = PARTS[1]
    assert misfit(header, octets) is None
    for other, reason in ((octets[:-1], Reason.TRUNCATED), (octets + b"\0", Reason.TRAILING)):
        error = misfit(header, other)
        assert error is not None
        assert (error.layer, error.reason) == ("rfrag", reason)
    assert misfit(RecoverableFragment(datagram_tag=5, sequence=0, fragment_size=0, datagram_size=0), b"") is None


# --- the end of it ---------------------------------------------------------------------------------------------------


def test_time_runs_out_from_the_first_fragment_that_came(playbook: Playbook) -> None:
    playbook.given(PARTS[0])
    playbook.given(PARTS[1], later_us=LATE_US - 1)
    assert playbook.datagrams.deadline == 1 + LATE_US
    gone, outcome = playbook.given(PARTS[2])
    assert dropped(gone) == (Reason.REASSEMBLY_TIMEOUT, 2, "")
    assert isinstance(outcome, Pending)
    assert playbook.adds_up()


def test_a_null_bitmap_aborts_and_frees_the_tag(playbook: Playbook) -> None:
    playbook.given(PARTS[0])
    (gone,) = playbook.recovery.acknowledge(KEY, NULL_BITMAP)
    assert dropped(gone) == (Reason.REASSEMBLY_ABORTED, 1, BY_RECEIVER)
    assert playbook.recovery.acknowledge(KEY, NULL_BITMAP) == ()
    assert playbook.adds_up()


def test_an_abort_of_its_sender_makes_a_completed_datagram_forgotten(playbook: Playbook) -> None:
    for fragment in PARTS:
        playbook.given(fragment)
    assert playbook.recovery.abort(KEY, "") == ()
    assert kinds(playbook.given(PARTS[0])) == [Pending]


def test_a_full_bitmap_ends_what_is_incomplete_here(playbook: Playbook) -> None:
    playbook.given(PARTS[0])
    assert playbook.recovery.acknowledge(KEY, bitmap_of([0])) == ()
    (gone,) = playbook.recovery.acknowledge(KEY, FULL_BITMAP)
    assert dropped(gone) == (Reason.REASSEMBLY_UNFINISHED, 1, NOT_ALL_HEARD)
    assert playbook.adds_up()


def test_what_came_is_known_by_sequence_as_long_as_it_matters(playbook: Playbook) -> None:
    assert playbook.recovery.sequences(0, KEY) == frozenset()
    for fragment in PARTS[1:]:
        playbook.given(fragment)
    assert playbook.recovery.sequences(playbook.now, KEY) == {1, 2, 3}
    playbook.given(PARTS[0])
    assert playbook.recovery.sequences(playbook.now, KEY) == {0, 1, 2, 3}
    assert playbook.recovery.sequences(playbook.now + LATE_US, KEY) == frozenset()


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_a_neighbour_cannot_have_more_datagrams_than_its_share() -> None:
    playbook = Playbook(limits.P6LOWPAN)
    for tag in range(limits.P6LOWPAN.reassembly_buffers_per_neighbor):
        assert kinds(playbook.given(part(0, 0, 96, tag=tag))) == [Pending]
    gone, outcome = playbook.given(part(0, 0, 96, tag=99))
    assert dropped(gone)[0] is Reason.REASSEMBLY_FULL
    assert (gone.key.tag, outcome.key.tag) == (0, 99)


def test_no_more_octets_are_kept_than_the_limit_says() -> None:
    playbook = Playbook(replace(limits.RFC6282, datagram_octets=400, reassembly_octets=400))
    playbook.given(part(0, 0, 200, tag=1))
    playbook.given(part(0, 0, 200, tag=2))
    gone, outcome = playbook.given(part(1, 200, 201, tag=2))
    assert dropped(gone)[0] is Reason.REASSEMBLY_FULL
    assert (gone.key.tag, outcome.key.tag, playbook.datagrams.octets) == (1, 2, 201)
    assert playbook.adds_up()


# --- whatever comes --------------------------------------------------------------------------------------------------


@st.composite
def splits(draw: st.DrawFn) -> list[Part]:
    """A datagram in fragments under sequences in no order, some of them again as two shorter ones."""
    cuts = sorted(draw(st.sets(st.integers(1, len(DATAGRAM) - 1), max_size=8)))
    ranges = list(zip([0, *cuts], [*cuts, len(DATAGRAM)], strict=True))
    again = [
        piece
        for start, end in ranges[1:]
        if end - start > 1 and draw(st.booleans())
        for middle in [draw(st.integers(start + 1, end - 1))]
        for piece in ((start, middle), (middle, end))
    ]
    numbers = draw(st.permutations(range(1, SEQUENCES)))
    first, *others = ranges
    return [part(0, *first), *(part(number, *piece) for number, piece in zip(numbers, [*others, *again], strict=False))]


@given(st.data(), splits())
def test_a_datagram_is_complete_when_its_octets_are_there_whatever_came_else(
    data: st.DataObject, parts: list[Part]
) -> None:
    playbook = Playbook()
    sent = data.draw(st.permutations(parts + data.draw(st.lists(st.sampled_from(parts), max_size=5))))
    lost = data.draw(st.sets(st.integers(0, len(parts) - 1), max_size=2))
    came, complete = set[int](), 0
    has_first = False
    for fragment in sent:
        if parts.index(fragment) in lost:
            continue
        (outcome,) = playbook.given(fragment)
        came |= set(range(fragment[0].offset, fragment[0].offset + len(fragment[1])))
        has_first |= fragment[0].sequence == 0
        assert playbook.adds_up()
        if isinstance(outcome, Complete):
            complete += 1
            assert outcome.datagram == DATAGRAM
        assert complete == (has_first and len(came) == len(DATAGRAM))
        if isinstance(outcome, Pending):
            assert outcome.timeline.octets == len(came)
            gaps = {octet for gap in outcome.timeline.missing for octet in range(*gap)}
            assert not gaps & came


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 400), st.integers(0, 60), st.integers(0, 1), st.integers(0, 20_000_000)
        ),
        max_size=30,
    )
)
def test_the_accounts_are_right_whatever_comes(steps: list[tuple[int, int, int, int, int]]) -> None:
    playbook = Playbook(replace(limits.P6LOWPAN, reassembly_octets=200, datagram_octets=200))
    for sequence, start, length, tag, later in steps:
        source = DATAGRAM if tag else bytes(400)
        playbook.given(
            part(sequence, start if sequence else 0, (start if sequence else 0) + length, source, tag), later_us=later
        )
        assert playbook.adds_up()
        assert playbook.datagrams.octets <= 200
