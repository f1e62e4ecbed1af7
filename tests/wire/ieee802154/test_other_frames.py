"""Multipurpose frames, fragments and extended frames."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.header_elements import HeaderTermination2, RendezvousTimeElement
from p6lowpan.wire.ieee802154.other_frames import ExtendedFrame, FragmentFrame, MultipurposeFrame
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader

SOURCE = bytes.fromhex("acde480000000001")
LONG = {
    "long_frame_control": 1,
    "pan_id_present": 0,
    "security_enabled": 0,
    "sequence_number_suppression": 0,
    "frame_pending": 0,
    "frame_version": 0,
    "acknowledgement_request": 0,
    "information_elements_present": 0,
}
SHORT_CONTROL = MultipurposeFrame(sequence_number=5, destination=b"\x12\x34", source=SOURCE, payload=b"abc")
LONG_CONTROL = MultipurposeFrame(
    **LONG | {"pan_id_present": 1, "frame_pending": 1, "acknowledgement_request": 1, "information_elements_present": 1},
    sequence_number=5,
    destination_pan=0xABCD,
    destination=b"\x12\x34",
    source=SOURCE,
    header_elements=(RendezvousTimeElement(rendezvous_time=3), HeaderTermination2()),
    payload=b"abc",
)
SECURED = MultipurposeFrame(
    **LONG | {"security_enabled": 1, "sequence_number_suppression": 1},
    source=b"\0\1",
    security=AuxiliarySecurityHeader(level=5, key_identifier_mode=0, frame_counter=1),
    payload=b"hidden",
    mic=b"code",
)
VECTORS = [
    ("e5 05 3412 01000000 0048deac 616263", SHORT_CONTROL),
    ("edc9 05 cdab 3412 01000000 0048deac 820e0300 803f 616263", LONG_CONTROL),
    ("8d06 0100 0501000000 68696464656e 636f6465", SECURED),
    ("05 07", MultipurposeFrame(sequence_number=7)),
]


@pytest.mark.parametrize(("octets", "frame"), VECTORS)
def test_multipurpose_frames_in_both_directions(octets, frame, survives):
    octets = bytes.fromhex(octets)
    assert frame.encode() == octets
    assert MultipurposeFrame.decode(octets) == (frame, b"")
    survives(MultipurposeFrame.decode, octets)


def test_tshark_reads_the_same(seen_by_tshark):
    names = ["wpan.seq_no", "wpan.dst_pan", "wpan.dst16", "wpan.src64", "wpan.pending", "wpan.ack_request", "data.data"]
    short, long = seen_by_tshark([SHORT_CONTROL.encode(), LONG_CONTROL.encode()], names)
    common = {
        "wpan.seq_no": ["5"],
        "wpan.dst16": ["0x1234"],
        "wpan.src64": ["ac:de:48:00:00:00:00:01"],
        "data.data": [b"abc".hex()],
    }
    assert short == common
    assert long == common | {"wpan.dst_pan": ["0xabcd"], "wpan.pending": ["1"], "wpan.ack_request": ["1"]}


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("0d10 01", Reason.RESERVED),  # frame version 1
        ("15 01", Reason.RESERVED),  # destination addressing mode 1
        ("45 01", Reason.RESERVED),  # source addressing mode 1
        ("01 01", Reason.FIXED_VALUE),
        ("0d", Reason.TRUNCATED),
    ],
)
def test_what_is_no_multipurpose_frame_is_malformed(octets, reason):
    with pytest.raises(Malformed) as caught:
        MultipurposeFrame.decode(bytes.fromhex(octets))
    assert caught.value.reason is reason


def test_one_octet_of_frame_control_has_no_room_for_security():
    with pytest.raises(UsageError):
        MultipurposeFrame(sequence_number=1, security_enabled=1)
    assert not SHORT_CONTROL.is_encrypted
    assert SECURED.is_encrypted


def test_the_pan_is_the_destinations():
    assert (SHORT_CONTROL.pan_of_source, LONG_CONTROL.pan_of_source) == (None, 0xABCD)


@pytest.mark.parametrize(
    ("octets", "frame"),
    [
        (b"\xa6content", FragmentFrame(first_bits=0b10100, content=b"content")),
        (b"\xcfcontent", ExtendedFrame(extended_frame_type=1, first_bits=3, content=b"content")),
    ],
)
def test_fragments_and_extended_frames_are_kept(octets, frame, survives):
    assert frame.encode() == octets
    assert type(frame).decode(octets) == (frame, b"")
    survives(type(frame).decode, octets)
