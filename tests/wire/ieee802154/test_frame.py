"""The general MAC frame: captures, tshark, every bit of the frame control field, and what cannot be."""

import dataclasses

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType, FrameVersion
from p6lowpan.wire.ieee802154.header_elements import (
    CslElement,
    HeaderElement,
    HeaderTermination1,
    HeaderTermination2,
)
from p6lowpan.wire.ieee802154.payload_elements import MlmeElement, PayloadElement, PayloadTermination
from p6lowpan.wire.ieee802154.security_header import AuxiliarySecurityHeader

SOURCE = bytes.fromhex("0212345678abcd01")
DATA = "41d8 51 cdab ffff 0100000000000002 7f3b02f04d4c"


def test_a_data_frame_field_by_field():
    # openthread-form.pcap, first frame, shortened
    frame, rest = Frame.decode(bytes.fromhex(DATA))
    assert rest == b""
    assert frame == Frame(
        frame_type=FrameType.DATA,
        frame_version=FrameVersion.IEEE_802_15_4_2006,
        sequence_number=0x51,
        destination_pan=0xABCD,
        destination=b"\xff\xff",
        source=bytes.fromhex("0200000000000001"),
        payload=bytes.fromhex("7f3b02f04d4c"),
    )
    assert (frame.pan_id_compression, frame.destination_mode, frame.source_mode) == (1, 2, 3)
    assert (frame.source_pan, frame.security, frame.header_elements, frame.mic) == (None, None, None, b"")


def test_every_captured_frame_gives_its_octets_back(capture):
    for octets in capture:
        frame, sequence = decode_frame(octets)
        assert frame.encode() + sequence == octets


FIELDS = {
    "wpan.frame_type": lambda frame: f"0x{frame.frame_type:04x}",
    "wpan.security": lambda frame: str(frame.security_enabled),
    "wpan.pending": lambda frame: str(frame.frame_pending),
    "wpan.ack_request": lambda frame: str(frame.acknowledgement_request),
    "wpan.pan_id_compression": lambda frame: str(frame.pan_id_compression),
    "wpan.version": lambda frame: str(int(frame.frame_version)),
    "wpan.seq_no": lambda frame: None if frame.sequence_number is None else str(frame.sequence_number),
    "wpan.dst_pan": lambda frame: None if frame.destination_pan is None else f"0x{frame.destination_pan:04x}",
    "wpan.src_pan": lambda frame: None if frame.source_pan is None else f"0x{frame.source_pan:04x}",
    "wpan.dst16": lambda frame: f"0x{frame.destination.hex()}" if len(frame.destination) == 2 else None,
    "wpan.dst64": lambda frame: frame.destination.hex(":") if len(frame.destination) == 8 else None,
    "wpan.src16": lambda frame: f"0x{frame.source.hex()}" if len(frame.source) == 2 else None,
    "wpan.src64": lambda frame: frame.source.hex(":") if len(frame.source) == 8 else None,
    "wpan.aux_sec.sec_level": lambda frame: f"0x{frame.security.level:02x}" if frame.security else None,
    "wpan.aux_sec.frame_counter": lambda frame: str(frame.security.frame_counter) if frame.security else None,
    "wpan.aux_sec.key_index": lambda frame: f"0x{frame.security.key_index:02x}" if frame.security else None,
    "wpan.mic": lambda frame: frame.mic.hex() or None,
}


def test_tshark_shows_the_same_fields_of_captured_frames(capture, seen_by_tshark):
    for octets, seen in zip(capture, seen_by_tshark(capture, list(FIELDS), link_type=195), strict=True):
        frame, _ = decode_frame(octets)
        expected = {name: [shown] for name, field in FIELDS.items() if (shown := field(frame)) is not None}
        of_mle = frame.security is None  # whose security header goes by the same names
        learned = len(frame.source) == 2
        assert expected == {
            name: value
            for name, value in seen.items()
            if not (of_mle and name.startswith("wpan.aux_sec")) and not (learned and name == "wpan.src64")
        }


def test_every_bit_of_the_frame_control_field_is_kept():
    for value in range(0x800):  # frame versions 0 and 1, short addresses
        control = value & 0x3FF | (value & 0x400) << 2 | 0x8800
        octets = control.to_bytes(2, "little") + bytes(range(60))
        if control & 7 <= FrameType.MAC_COMMAND:
            assert Frame.decode(octets)[0].encode() == octets
            continue
        with pytest.raises(Malformed) as caught:
            Frame.decode(octets)
        assert caught.value.reason is Reason.UNSUPPORTED


def test_in_frames_before_2015_the_new_bits_are_reserved():
    frame, _ = Frame.decode(bytes.fromhex("0193 07 0100 cdab 0300 00"))  # 0x300: suppression, elements
    assert (frame.sequence_number_suppression, frame.information_elements_present) == (1, 1)
    assert (frame.sequence_number, frame.header_elements) == (7, None)


def test_a_sequence_number_may_be_left_out_since_2015():
    frame = Frame(frame_version=2, destination=b"\0\1", destination_pan=0xABCD, payload=b"x")
    assert (frame.sequence_number_suppression, frame.encode().hex()) == (1, "0129cdab010078")
    assert Frame.decode_all(frame.encode()) == frame
    with pytest.raises(UsageError):
        dataclasses.replace(frame, frame_version=1)


def test_an_immediate_acknowledgement_is_three_octets():
    frame, sequence = decode_frame(bytes.fromhex("020056") + b"\x12\x34")
    assert frame == Frame(frame_type=FrameType.ACKNOWLEDGEMENT, frame_version=0, sequence_number=0x56)
    assert sequence == b"\x12\x34"


CSL = CslElement(phase=1, period=2)
BOTH = Frame(
    frame_version=2,
    sequence_number=1,
    destination=b"\0\1",
    destination_pan=0xABCD,
    source=SOURCE,
    header_elements=(CSL, HeaderTermination1()),
    payload_elements=(MlmeElement(), PayloadTermination()),
    payload=b"payload",
)
ELEMENTS = {
    "header and payload elements": (BOTH, "040d01000200 003f 0088 00f8" + b"payload".hex()),
    "payload elements to the end": (
        dataclasses.replace(BOTH, payload_elements=(PayloadElement(group=0, content=b"sdu"),), payload=b""),
        "040d01000200 003f 0380" + b"sdu".hex(),
    ),
    "termination 1 and nothing": (
        dataclasses.replace(BOTH, payload_elements=(), payload=b""),
        "040d01000200 003f",
    ),
    "termination 2": (
        dataclasses.replace(BOTH, header_elements=(CSL, HeaderTermination2()), payload_elements=None),
        "040d01000200 803f" + b"payload".hex(),
    ),
    "header elements to the end": (
        dataclasses.replace(BOTH, header_elements=(CSL,), payload_elements=None, payload=b""),
        "040d01000200",
    ),
    "elements promised and none there": (
        dataclasses.replace(BOTH, header_elements=(), payload_elements=None, payload=b""),
        "",
    ),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_where_elements_end(name, survives):
    frame, behind_addresses = ELEMENTS[name]
    octets = bytes.fromhex("41ea 01 cdab 0100 01cdab7856341202" + behind_addresses)
    assert frame.encode() == octets
    assert Frame.decode_all(octets) == frame
    survives(Frame.decode, octets)


def test_the_integrity_code_is_behind_everything():
    security = AuxiliarySecurityHeader(level=6, key_identifier_mode=0, frame_counter=5)
    frame = Frame(
        frame_version=2,
        sequence_number=1,
        destination=b"\0\1",
        destination_pan=0xABCD,
        security=security,
        header_elements=(CSL,),
        mic=bytes(range(8)),
    )
    octets = bytes.fromhex("092a 01 cdab 0100 0605000000 040d01000200 0001020304050607")
    assert frame.encode() == octets
    assert Frame.decode_all(octets) == frame
    with pytest.raises(Malformed) as caught:
        Frame.decode(octets[:18])
    assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, 18)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("", Reason.TRUNCATED),
        ("41", Reason.TRUNCATED),
        ("4188", Reason.TRUNCATED),
        ("41f8" + "00" * 30, Reason.RESERVED),  # frame version 3
        ("4194" + "00" * 30, Reason.RESERVED),  # destination addressing mode 1
        ("4158" + "00" * 30, Reason.RESERVED),  # source addressing mode 1
        ("4588" + "00" * 30, Reason.UNSUPPORTED),  # a multipurpose frame is another format
        ("41a2 01 cdab 0080", Reason.FIXED_VALUE),  # a payload element among the header elements
    ],
)
def test_what_cannot_be_is_malformed(octets, reason):
    with pytest.raises(Malformed) as caught:
        Frame.decode(bytes.fromhex(octets))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "fields",
    [
        {"destination": b"\0\1\2"},
        {"source_pan": 0x10000},
        {"frame_type": FrameType.MULTIPURPOSE},
        {"frame_version": 3},
        {"sequence_number": None},
        {"security": AuxiliarySecurityHeader(level=5, key_identifier_mode=0, frame_counter=1)},  # a frame of 2006
        {"mic": b"1234"},
        {"header_elements": (CSL,)},
    ],
)
def test_what_cannot_be_is_not_built(fields):
    with pytest.raises(UsageError):
        Frame(**{"sequence_number": 1, "source": b"\0\1", "source_pan": 0xABCD} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"header_elements": (CSL,), "payload_elements": None},  # a payload behind a list without termination
        {"header_elements": (), "payload_elements": None},
        {"payload_elements": (MlmeElement(),)},
        {"payload_elements": ()},
        {"header_elements": (HeaderTermination2(), CSL)},
        {"header_elements": (CSL, HeaderTermination2())},  # payload elements behind termination 2
        {"header_elements": (HeaderElement(element_id=0x7E, content=b"x"), CSL)},
    ],
)
def test_lists_of_elements_that_would_be_read_otherwise_are_not_built(fields):
    with pytest.raises(UsageError):
        dataclasses.replace(BOTH, **fields)


def test_frames_cut_or_damaged_are_values_or_malformed(capture, survives):
    kinds = {}
    for octets in capture:
        frame, _ = decode_frame(octets)
        kinds.setdefault((frame.frame_type, frame.security is None, len(frame.source), len(frame.destination)), octets)
    for octets in kinds.values():
        survives(Frame.decode, octets[:-2])


def test_the_fields_of_a_frame_are_said_in_words():
    meanings = {span.name: span.meaning for span in Frame.decode_all(bytes.fromhex(DATA)).layout()}
    assert meanings["frame_type"] == "data"
    assert meanings["frame_version"] == "ieee 802 15 4 2006"
    assert (meanings["destination"], meanings["source"]) == ("broadcast", "02:00:00:00:00:00:00:01")
    assert (meanings["destination_pan"], meanings["source_mode"]) == ("0xabcd", "extended")


def test_the_layout_says_where_fields_lie():
    spans = {span.name: (span.start, span.end) for span in Frame.decode_all(bytes.fromhex(DATA)).layout()}
    assert spans["sequence_number"] == (2, 3)
    assert (spans["destination_pan"], spans["destination"], spans["source"]) == ((3, 5), (5, 7), (7, 15))
    assert spans["payload"] == (15, 21)
