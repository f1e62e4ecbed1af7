"""From octets to a frame of the right type, and to what it carries."""

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.beacon import Beacon
from p6lowpan.wire.ieee802154.command import AssociationRequest, Command, DataRequest
from p6lowpan.wire.ieee802154.decoding import decode_content, decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.other_frames import ExtendedFrame, FragmentFrame, MultipurposeFrame
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader2006


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        ("000007", Frame),
        ("010007", Frame),
        ("020007", Frame),
        ("03000704", Frame),
        ("0507", MultipurposeFrame),
        ("0607", FragmentFrame),
        ("0707", ExtendedFrame),
    ],
)
def test_the_frame_type_says_which_format_it_is(octets, kind, survives):
    octets = bytes.fromhex(octets)
    for size in (0, 2, 4):
        frame, sequence = decode_frame(octets + b"1234"[:size], size)
        assert (type(frame), sequence) == (kind, b"1234"[:size])
        assert frame.encode() == octets
    survives(lambda hostile: decode_frame(hostile, 2), octets + b"12")


@pytest.mark.parametrize(
    ("octets", "layer", "reason"),
    [
        ("04000007", "ieee802154", Reason.RESERVED),
        ("01", "ieee802154-fcs", Reason.TRUNCATED),
        ("0100", "ieee802154", Reason.TRUNCATED),
        ("", "ieee802154-fcs", Reason.TRUNCATED),
    ],
)
def test_what_is_no_frame_is_malformed(octets, layer, reason):
    with pytest.raises(Malformed) as caught:
        decode_frame(bytes.fromhex(octets))
    assert (caught.value.layer, caught.value.reason) == (layer, reason)


def frame(frame_type, payload, version=1, **more):
    return Frame(frame_type=frame_type, frame_version=version, sequence_number=0, payload=payload, **more)


SECURITY = AuxiliarySecurityHeader2006(level=5, key_identifier_mode=0, frame_counter=0)
BEACON = Beacon(beacon_payload=b"hello")


def test_what_a_frame_carries():
    assert decode_content(frame(FrameType.BEACON, BEACON.encode())) == BEACON
    assert decode_content(frame(FrameType.MAC_COMMAND, b"\4")) == DataRequest()
    assert decode_content(frame(FrameType.MAC_COMMAND, b"\1\0", version=2)) == AssociationRequest()
    assert decode_content(frame(FrameType.MAC_COMMAND, b"\xee12")) == Command(command_id=0xEE, content=b"12")


def test_what_carries_nothing_that_is_known_here():
    assert decode_content(frame(FrameType.DATA, b"\x41")) is None
    assert decode_content(frame(FrameType.ACKNOWLEDGEMENT, b"")) is None
    assert decode_content(frame(FrameType.BEACON, b"enhanced", version=2)) is None


def test_what_hides_its_content():
    assert decode_content(frame(FrameType.MAC_COMMAND, b"\4", security=SECURITY, mic=b"code")) is None
    assert decode_content(frame(FrameType.BEACON, BEACON.encode(), version=0, security_enabled=1)) is None
    assert decode_content(frame(FrameType.BEACON, BEACON.encode(), security=SECURITY, mic=b"code")) == BEACON


def test_octets_behind_a_command_are_too_many():
    with pytest.raises(Malformed) as caught:
        decode_content(frame(FrameType.MAC_COMMAND, b"\4rest"))
    assert (caught.value.layer, caught.value.reason, caught.value.offset) == ("data-request", Reason.TRAILING, 1)
