"""Frames that their sender sent again."""

from dataclasses import replace

import pytest

from analysis.laboratory import ALICE, BOB, CAROL, PAN, Laboratory, names, udp_packet, uncompressed
from p6lowpan.analysis.repetition import WINDOW_US, Repetition
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame

FRAME = Frame(sequence_number=7, destination_pan=PAN, destination=BOB, source=ALICE, payload=b"\x41")


def test_the_same_frame_again_is_a_repetition() -> None:
    repetition = Repetition()
    assert not repetition.seen(0, FRAME)
    assert repetition.seen(1, FRAME)
    assert repetition.seen(2, FRAME)


@pytest.mark.parametrize(
    "other", [{"sequence_number": 8}, {"payload": b"\x42"}, {"destination": CAROL}, {"source": CAROL}]
)
def test_a_frame_that_differs_anywhere_is_none(other) -> None:
    repetition = Repetition()
    repetition.seen(0, FRAME)
    assert not repetition.seen(1, replace(FRAME, **other))


@pytest.mark.parametrize(("after", "repeats"), [(WINDOW_US, True), (WINDOW_US + 1, False)])
def test_repetitions_follow_soon(after: int, repeats: bool) -> None:
    repetition = Repetition()
    repetition.seen(0, FRAME)
    assert repetition.seen(after, FRAME) is repeats


def test_another_frame_in_between_makes_it_a_new_one() -> None:
    repetition = Repetition()
    repetition.seen(0, FRAME)
    repetition.seen(1, replace(FRAME, sequence_number=8))
    assert not repetition.seen(2, FRAME)


def test_frames_of_others_in_between_do_not_matter() -> None:
    repetition = Repetition()
    repetition.seen(0, FRAME)
    repetition.seen(1, replace(FRAME, source=CAROL))
    assert repetition.seen(2, FRAME)


@pytest.mark.parametrize("field", [{"sequence_number": None, "frame_version": 2}, {"source": LinkAddress(b"")}])
def test_without_a_sequence_number_or_a_source_nobody_can_tell(field) -> None:
    given = {"sequence_number": 7, "destination_pan": PAN, "destination": BOB, "source": ALICE, "payload": b"\x41"}
    frame = Frame(**{**given, **field})
    repetition = Repetition()
    repetition.seen(0, frame)
    assert not repetition.seen(1, frame)


@pytest.mark.parametrize(("others", "remembered"), [(2, True), (3, False)])
def test_one_sender_past_the_bound_pushes_out_the_oldest(others: int, remembered: bool) -> None:
    repetition = Repetition(most=3)
    repetition.seen(0, FRAME)
    for number in range(others):
        repetition.seen(1, replace(FRAME, source=LinkAddress(number.to_bytes(8, "big"))))
    assert repetition.seen(2, FRAME) is remembered


def test_a_repeated_frame_is_marked_and_its_packet_not_handed_up_again() -> None:
    laboratory = Laboratory()
    frame = laboratory.data(uncompressed(udp_packet()))
    assert len(laboratory.hear_frame(frame).packets) == 1
    again = laboratory.hear_frame(frame)
    assert again.repeated
    assert again.packets == ()
    assert again.received is None
    assert names(again) == ["retransmission"]
