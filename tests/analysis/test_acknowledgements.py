"""Acknowledgements that were asked for."""

import pytest

from analysis.laboratory import ALICE, BOB, BROADCAST, CAROL, PAN, Laboratory, finding, names, udp_packet, uncompressed
from p6lowpan.analysis.acknowledgements import Acknowledgements
from p6lowpan.analysis.explained import Draft, Explained
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.wire.ieee802154.frame import Frame, FrameType, FrameVersion

PAYLOAD = uncompressed(udp_packet())


class Unhurried(Laboratory):
    """Frames five milliseconds apart: the longest lasts 4.3."""

    def hear_octets(self, octets: bytes, link_type: int = LinkType.IEEE802_15_4_WITHFCS, cut: int = 0) -> Explained:
        self.wait(4e-3)
        return super().hear_octets(octets, link_type, cut)


@pytest.fixture
def laboratory() -> Laboratory:
    return Unhurried()


def ask(laboratory: Laboratory, number: int, destination: bytes = BOB) -> Explained:
    return laboratory.hear(PAYLOAD, ALICE, destination, sequence_number=number, acknowledgement_request=1)


def answer(laboratory: Laboratory, number: int | None, version: int = FrameVersion.IEEE_802_15_4_2003) -> Explained:
    return laboratory.hear_frame(
        Frame(frame_type=FrameType.ACKNOWLEDGEMENT, sequence_number=number, frame_version=version)
    )


def test_a_frame_that_is_acknowledged_is_in_order(laboratory: Laboratory) -> None:
    for number in range(3):
        assert names(ask(laboratory, number)) == []
        assert names(answer(laboratory, number)) == []


def test_a_frame_that_is_not_is_told_with_the_next_one(laboratory: Laboratory) -> None:
    ask(laboratory, 1)
    heard = laboratory.hear(PAYLOAD, CAROL, ALICE)
    assert "frame 1 asked" in finding(heard, "no-acknowledgement").text
    assert names(laboratory.hear(PAYLOAD, BOB, ALICE)) == []


def test_an_acknowledgement_of_another_frame_is_none_of_this(laboratory: Laboratory) -> None:
    ask(laboratory, 1)
    assert names(answer(laboratory, 2)) == []
    assert "no-acknowledgement" in names(ask(laboratory, 3))


def test_an_enhanced_acknowledgement_may_leave_its_number_out(laboratory: Laboratory) -> None:
    ask(laboratory, 1)
    assert names(answer(laboratory, None, FrameVersion.IEEE_802_15_4_2015)) == []
    assert names(ask(laboratory, 2)) == []


def test_a_broadcast_is_acknowledged_by_nobody(laboratory: Laboratory) -> None:
    ask(laboratory, 1, BROADCAST)
    assert names(laboratory.hear(PAYLOAD, CAROL, ALICE)) == []


def test_a_frame_that_does_not_ask_waits_for_nothing(laboratory: Laboratory) -> None:
    laboratory.hear(PAYLOAD)
    assert names(laboratory.hear(PAYLOAD, CAROL, ALICE)) == []


def test_a_frame_of_another_place_on_the_air_at_the_same_time_is_no_answer(laboratory: Laboratory) -> None:
    ask(laboratory, 1)
    laboratory.wait(200e-6 - 5e-3)
    assert names(ask(laboratory, 2, CAROL)) == []
    laboratory.wait(350e-6 - 5e-3)
    assert names(answer(laboratory, 2)) == names(answer(laboratory, 1)) == []
    assert names(laboratory.hear(PAYLOAD, CAROL, ALICE)) == []


def test_a_frame_that_comes_later_than_the_longest_overlap_is_told(laboratory: Laboratory) -> None:
    octets = len(laboratory.data(PAYLOAD, acknowledgement_request=1).encode()) + 2
    ask(laboratory, 1)
    laboratory.wait((6 + octets) * 32e-6 - 5e-3)
    assert names(laboratory.hear(PAYLOAD, CAROL, ALICE)) == ["no-acknowledgement"]


def test_a_damaged_frame_may_have_been_the_acknowledgement(laboratory: Laboratory) -> None:
    ask(laboratory, 1)
    assert names(laboratory.hear_octets(b"\x02\x00\x01\xff\xff")) == ["bad-frame-check"]
    assert names(laboratory.hear(PAYLOAD, CAROL, ALICE)) == []


def drafted(interface: int) -> Draft:
    return Draft(CapturedFrame(1, 0, b"", 195, 0, interface=interface))


def test_channels_do_not_disturb_one_another() -> None:
    watch, asking = (
        Acknowledgements(),
        Frame(sequence_number=1, destination_pan=PAN, destination=BOB, acknowledgement_request=1),
    )
    other = Frame(sequence_number=2, destination_pan=PAN, destination=CAROL)
    watch.look(drafted(0), asking)
    on_another = drafted(1)
    watch.look(on_another, other)
    assert on_another.findings == []
    on_the_same = drafted(0)
    watch.look(on_the_same, other)
    assert [each.name for each in on_the_same.findings] == ["no-acknowledgement"]


@pytest.mark.parametrize(("others", "remembered"), [(2, True), (3, False)])
def test_one_channel_past_the_bound_pushes_out_the_oldest(others: int, remembered: bool) -> None:
    watch, asking = (
        Acknowledgements(most=3),
        Frame(sequence_number=1, destination_pan=PAN, destination=BOB, acknowledgement_request=1),
    )
    for interface in range(others + 1):
        watch.look(drafted(interface), asking)
    later = drafted(0)
    watch.look(later, asking)
    assert bool(later.findings) is remembered
