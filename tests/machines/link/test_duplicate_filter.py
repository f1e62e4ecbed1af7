"""Frames that come twice."""

from dataclasses import replace

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.duplicate_filter import DuplicateFilter
from p6lowpan.wire.ieee802154.frame import Frame

LIMITS = replace(P6LOWPAN, duplicate_sources=2, duplicate_frames_per_source=3, duplicate_memory_us=100)


def frame(sequence_number, source=b"\0\1", pan=0xABCD):
    return Frame(sequence_number=sequence_number, destination_pan=pan, destination=b"\0\2", source=source, payload=b"x")


@pytest.fixture
def duplicates():
    return DuplicateFilter(LIMITS)


def test_a_frame_is_known_once_it_was_taken(duplicates):
    assert not duplicates.knows(0, frame(7))
    assert duplicates.remember(0, frame(7)) == ()
    assert duplicates.knows(0, frame(7))


@pytest.mark.parametrize("other", [frame(8), frame(7, source=b"\0\3"), frame(7, pan=0xABCE)], ids=str)
def test_another_number_sender_or_pan_is_another_frame(duplicates, other):
    duplicates.remember(0, frame(7))
    assert not duplicates.knows(0, other)


def test_the_memory_is_short_in_time(duplicates):
    duplicates.remember(0, frame(7))
    assert duplicates.knows(99, frame(7))
    assert not duplicates.knows(100, frame(7))


def test_the_memory_is_short_in_frames(duplicates):
    for number in (1, 2, 3):
        duplicates.remember(0, frame(number))
    assert [duplicates.knows(0, frame(number)) for number in (1, 2, 3)] == [True] * 3
    duplicates.remember(0, frame(4))
    assert [duplicates.knows(0, frame(number)) for number in (1, 2, 3, 4)] == [False, True, True, True]


def test_a_frame_that_was_overtaken_is_not_a_repetition(duplicates):
    duplicates.remember(0, frame(2))
    assert not duplicates.knows(0, frame(1))


def test_the_sender_that_was_silent_longest_is_forgotten_and_that_is_told(duplicates):
    duplicates.remember(0, frame(1, source=b"\0\1"))
    duplicates.remember(1, frame(1, source=b"\0\2"))
    duplicates.remember(2, frame(2, source=b"\0\1"))
    [dropped] = duplicates.remember(3, frame(1, source=b"\0\3"))
    assert dropped.reason is Reason.DUPLICATE_MEMORY_FULL
    assert "0x0002" in dropped.detail
    assert duplicates.knows(3, frame(2, source=b"\0\1"))
    assert not duplicates.knows(3, frame(1, source=b"\0\2"))


def test_a_sender_whose_time_is_over_is_forgotten_silently(duplicates):
    duplicates.remember(0, frame(1, source=b"\0\1"))
    duplicates.remember(50, frame(1, source=b"\0\2"))
    assert duplicates.remember(100, frame(1, source=b"\0\3")) == ()


@pytest.mark.parametrize(
    "nameless",
    [
        Frame(frame_version=2, destination_pan=1, destination=b"\0\2", source=b"\0\1", source_pan=1),
        Frame(sequence_number=7, destination_pan=1, destination=b"\0\2"),
    ],
    ids=["no sequence number", "no source"],
)
def test_what_cannot_be_told_from_others_is_no_repetition(duplicates, nameless):
    assert duplicates.remember(0, nameless) == ()
    assert not duplicates.knows(0, nameless)
