"""Frame counters that do not grow."""

import pytest

from analysis.laboratory import ALICE, BOB, CAROL, PAN, Laboratory, finding, names, udp_packet, uncompressed
from p6lowpan.analysis.explained import Draft, Security, Severity
from p6lowpan.analysis.frame_counters import FrameCounters
from p6lowpan.analysis.keys import PlainKey
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security import secure
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006

KEY = bytes(range(16))


def sealed(counter: int, destination: bytes = BOB, text: bytes = b"payload", sequence: int | None = None) -> Frame:
    plain = Frame(
        sequence_number=counter % 256 if sequence is None else sequence,
        destination_pan=PAN,
        destination=LinkAddress(destination),
        source=ALICE,
        payload=uncompressed(udp_packet(text)),
    )
    security = AuxiliarySecurityHeader2006(level=5, key_identifier_mode=1, frame_counter=counter, key_index=1)
    return secure(plain, security, KEY, ALICE)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory(keys=(PlainKey(KEY),))


def test_counters_that_grow_are_in_order(laboratory: Laboratory) -> None:
    for counter in (1, 2, 5, 1000, 0xFFFFFFFF):
        assert names(laboratory.hear_frame(sealed(counter))) == []


def test_a_counter_below_the_last_is_a_replay(laboratory: Laboratory) -> None:
    laboratory.hear_frame(sealed(5))
    laboratory.hear_frame(sealed(6))
    replayed = finding(laboratory.hear_frame(sealed(5)), "replayed-frame-counter")
    assert replayed.severity is Severity.WARNING
    assert "5 after 6" in replayed.text


def test_a_repetition_by_the_link_layer_is_no_replay_and_a_late_one_is(laboratory: Laboratory) -> None:
    laboratory.hear_frame(sealed(5))
    assert names(laboratory.hear_frame(sealed(5))) == ["retransmission"]
    laboratory.wait(2)
    assert names(laboratory.hear_frame(sealed(5))) == ["replayed-frame-counter"]


def test_one_counter_for_two_frames_uses_a_nonce_twice(laboratory: Laboratory) -> None:
    laboratory.hear_frame(sealed(5))
    reused = finding(laboratory.hear_frame(sealed(5, text=b"another")), "reused-frame-counter")
    assert reused.severity is Severity.ERROR


def test_a_frame_that_waited_for_its_receiver_may_come_behind_others(laboratory: Laboratory) -> None:
    laboratory.hear_frame(sealed(9, CAROL))
    assert names(laboratory.hear_frame(sealed(8, BOB))) == []


def test_a_frame_that_was_not_opened_proves_nothing() -> None:
    laboratory = Laboratory(keys=(PlainKey(bytes(16)),))
    laboratory.hear_frame(sealed(9))
    assert names(laboratory.hear_frame(sealed(8))) == ["bad-integrity-code"]


@pytest.mark.parametrize(("others", "remembered"), [(2, True), (3, False)])
def test_one_sender_past_the_bound_pushes_out_the_oldest(others: int, remembered: bool) -> None:
    counters = FrameCounters(most=3)

    def look(frame: Frame) -> list[str]:
        draft = Draft(CapturedFrame(1, 0, b"", 195, 0), security=Security("key", ALICE))
        counters.look(draft, frame)
        return [each.name for each in draft.findings]

    look(sealed(5))
    for number in range(others):
        look(sealed(5, number.to_bytes(2, "big")))
    assert (look(sealed(4)) == ["replayed-frame-counter"]) is remembered
