"""The timeline of a datagram, and what a frame taught, in words."""

import pytest

from p6lowpan.analysis.presentation.learned_words import learned_words
from p6lowpan.analysis.presentation.timeline_words import BAR_CELLS, outcome_words, timeline_words
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.context_table import ContextAdded, ContextChanged, ContextExpired, ContextRemoved
from p6lowpan.machines.adaptation.timeline import (
    Arrival,
    Complete,
    DatagramDropped,
    DatagramKey,
    Duplicate,
    Pending,
    Timeline,
)
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context

KEY = DatagramKey(LinkAddress(b"\0\1"), LinkAddress(b"\0\2"), 96, 7)
PARTS = Timeline(96, (Arrival(5_000_000, 0, 48), Arrival(5_250_000, 72, 24)))
NAMED = "datagram of 96 octets, tag 0x0007, 0x0001 > 0x0002: "


def test_a_timeline_shows_every_fragment_and_what_is_missing():
    first, last, missing = timeline_words(PARTS)
    assert first == f" +0.000000 s  {'█' * 24}{'·' * 24}     0-47  "
    assert last == f" +0.250000 s  {'·' * 36}{'█' * 12}    72-95  "
    assert missing == f"     missing  {'·' * 24}{'█' * 12}{'·' * 12}  48-71"


def test_a_repetition_is_marked_and_those_not_listed_are_counted():
    timeline = Timeline(8, (Arrival(0, 0, 8), Arrival(1, 0, 8, duplicate=True)), 3)
    _, again, more = timeline_words(timeline)
    assert again.endswith("  again")
    assert more.strip() == "and 2 repetitions more"


@pytest.mark.parametrize("size", [1, 7, 96, 1280, 2047])
def test_every_fragment_has_a_cell_and_no_bar_is_too_long(size):
    timeline = Timeline(size, tuple(Arrival(0, offset, 1) for offset in (0, size // 2, size - 1)))
    for line in timeline_words(timeline):
        assert sum(cell in "·█" for cell in line) == BAR_CELLS
        assert "█" in line


def test_an_empty_timeline_says_nothing():
    assert list(timeline_words(Timeline(96))) == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Pending(KEY, PARTS), "72 octets of it came, missing: 48-71"),
        (Complete(KEY, bytes(96), PARTS), "complete"),
        (Duplicate(KEY, PARTS), "this fragment came before"),
        (Duplicate(KEY, PARTS, completed=True), "this fragment came before, and the datagram is complete"),
        (
            DatagramDropped(
                Reason.FRAGMENT_OVERLAP, "reassembly", "octets 0 to 8", key=KEY, timeline=PARTS, fragments=2
            ),
            "given up for fragment-overlap (octets 0 to 8), 2 fragments lost",
        ),
    ],
)
def test_an_outcome_says_what_became_of_the_datagram(outcome, words):
    assert next(outcome_words(outcome)) == NAMED + words


CONTEXT = Context(1, bytes.fromhex("20010db8").ljust(16, b"\0"), 64)
IDLE = Context(1, bytes.fromhex("fd00").ljust(16, b"\0"), 48, compress=False)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ContextAdded(CONTEXT), "new: context 1 = 2001:db8::/64"),
        (
            ContextChanged(CONTEXT, IDLE, too_soon=False),
            "changed: context 1 = fd00::/48, for decompression only (was 2001:db8::/64)",
        ),
        (
            ContextChanged(IDLE, CONTEXT, too_soon=True),
            "changed: context 1 = 2001:db8::/64 (was fd00::/48); too soon, octets compressed with the old one may be "
            "on their way",
        ),
        (ContextExpired(IDLE), "expired: context 1 = fd00::/48, for decompression only"),
        (ContextRemoved(CONTEXT, withdrawn=True), "withdrawn: context 1 = 2001:db8::/64"),
        (ContextRemoved(CONTEXT, withdrawn=False), "gone: context 1 = 2001:db8::/64"),
    ],
)
def test_what_became_of_a_context_is_said(event, words):
    assert learned_words(event) == words
