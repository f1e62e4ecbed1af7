"""Securing frames: the examples of the standard, tshark as a second opinion, every level and every damage."""

import dataclasses
import struct

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.beacon import Beacon
from p6lowpan.wire.ieee802154.command import AssociationRequest, CommandId
from p6lowpan.wire.ieee802154.decoding import decode_content
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.header_elements import CslElement, HeaderTermination1
from p6lowpan.wire.ieee802154.mlme_elements import TschTimeslot
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame
from p6lowpan.wire.ieee802154.payload_elements import MlmeElement, PayloadTermination
from p6lowpan.wire.ieee802154.security import nonce, secure, tsch_nonce, tsch_source, unsecure
from p6lowpan.wire.ieee802154.security_header import (
    MIC_OCTETS,
    AuxiliarySecurityHeader,
    AuxiliarySecurityHeader2006,
    encrypts,
)

KEY = bytes(range(0xC0, 0xD0))
SOURCE = bytes.fromhex("acde480000000001")
DESTINATION = bytes.fromhex("acde480000000002")
ASN = 0x0102030405

EXAMPLES = {
    # IEEE 802.15.4-2006 annex C.2 (2015: annex C.2): unsecured with the security header in place, secured
    "beacon, level 2": (
        "08d08421430100000000 48deac 0205000000 55cf0000 51525354",
        "08d08421430100000000 48deac 0205000000 55cf0000 51525354 223bc1ec841ab553",
    ),
    "data, level 4": (
        "69dc84214302000000 0048deac0100000000 48deac 0405000000 61626364",
        "69dc84214302000000 0048deac0100000000 48deac 0405000000 d43e022b",
    ),
    "command, level 6": (
        "2bdc84214302000000 0048deacffff0100 00000048deac 0605000000 01 ce",
        "2bdc84214302000000 0048deacffff0100 00000048deac 0605000000 01 d8 4fde529061f9c6f1",
    ),
}


def unsecured(octets, security):
    """The frame that the annex prints with a security header in it, without."""
    header = security.encode()
    start = octets.index(header, 3)
    return Frame.decode_all(bytes((octets[0] & ~8,)) + octets[1:start] + octets[start + len(header) :])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_standard(name):
    plain_octets, secured_octets = map(bytes.fromhex, EXAMPLES[name])
    secured = Frame.decode_all(secured_octets)
    assert secured.source == SOURCE
    assert (secured.security.frame_counter, secured.security.key_identifier_mode) == (5, 0)
    plain = unsecured(plain_octets, secured.security)
    assert secure(plain, secured.security, KEY, SOURCE) == secured
    assert unsecure(secured, KEY, SOURCE) == plain


def test_what_the_examples_say():
    beacon, data, command = (
        unsecure(Frame.decode_all(bytes.fromhex(secured)), KEY, SOURCE) for _, secured in EXAMPLES.values()
    )
    assert decode_content(beacon).beacon_payload == bytes.fromhex("51525354")
    assert data.payload == b"abcd"
    content = decode_content(command)
    assert content == AssociationRequest(
        device_type=1, power_source=1, receiver_on_when_idle=1, security_capability=1, allocate_address=1
    )


def header_of(version, level, **more):
    kind = AuxiliarySecurityHeader if version == 2 else AuxiliarySecurityHeader2006
    return kind(level=level, key_identifier_mode=1, frame_counter=0x01020304, key_index=1, **more)


def general(version, frame_type, payload, **more):
    return Frame(
        frame_type=frame_type,
        frame_version=version,
        sequence_number=1,
        destination=DESTINATION,
        destination_pan=0xABCD,
        source=SOURCE,
        payload=payload,
        **more,
    )


HELLO = b"hello world, longer than a block"
BEACON = Beacon(beacon_payload=b"hi there").encode()
ELEMENTS = {
    "header_elements": (CslElement(phase=1, period=2), HeaderTermination1()),
    "payload_elements": (MlmeElement(elements=(TschTimeslot(),)), PayloadTermination()),
}
FRAMES = {
    "data of 2006": general(1, FrameType.DATA, HELLO),
    "data of 2015": general(2, FrameType.DATA, HELLO),
    "empty data": general(2, FrameType.DATA, b""),
    "elements": general(2, FrameType.DATA, b"hello", **ELEMENTS),
    "beacon of 2006": Frame(frame_type=0, sequence_number=1, source=SOURCE, source_pan=0xABCD, payload=BEACON),
    "command of 2006": general(1, FrameType.MAC_COMMAND, AssociationRequest().encode()),
    "command of 2015": general(2, FrameType.MAC_COMMAND, AssociationRequest().encode()),
    "command without its identifier": general(1, FrameType.MAC_COMMAND, b""),
    "multipurpose": MultipurposeFrame(
        long_frame_control=1,
        pan_id_present=1,
        security_enabled=0,
        sequence_number_suppression=1,
        frame_pending=0,
        frame_version=0,
        acknowledgement_request=0,
        information_elements_present=0,
        destination_pan=0xABCD,
        destination=DESTINATION,
        source=SOURCE,
        payload=HELLO,
    ),
}
LEVELS = range(8)


def version_of(frame):
    return 2 if isinstance(frame, MultipurposeFrame) else frame.frame_version


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_secured_comes_back(name, level):
    plain = FRAMES[name]
    secured = secure(plain, header_of(version_of(plain), level), KEY, SOURCE)
    assert type(secured).decode(secured.encode()) == (secured, b"")
    assert (secured.security_enabled, len(secured.mic)) == (1, MIC_OCTETS[level])
    assert secured.is_encrypted == encrypts(level)
    assert unsecure(secured, KEY, SOURCE) == plain


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("level", [level for level in LEVELS if MIC_OCTETS[level]])
def test_every_flipped_bit_is_found(name, level):
    secured = secure(FRAMES[name], header_of(version_of(FRAMES[name]), level), KEY, SOURCE)
    octets = secured.encode()
    for bit in range(16, 8 * len(octets)):  # the frame control field decides how to read the rest
        damaged = bytearray(octets)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            frame = type(secured).decode_all(bytes(damaged))
            unsecure(frame, KEY, SOURCE)
        except Malformed:
            continue
        assert MIC_OCTETS[frame.security.level] == 0  # the flip switched authentication off


def test_a_wrong_code_key_or_address_is_named():
    plain = FRAMES["data of 2006"]
    secured = secure(plain, header_of(1, 5), KEY, SOURCE)
    for frame, key, source in (
        (dataclasses.replace(secured, mic=bytes(4)), KEY, SOURCE),
        (secured, KEY[::-1], SOURCE),
        (secured, KEY, DESTINATION),
    ):
        with pytest.raises(Malformed) as caught:
            unsecure(frame, key, source)
        assert (caught.value.layer, caught.value.reason) == ("ieee802154-security", Reason.BAD_INTEGRITY_CODE)
        assert caught.value.offset == len(secured.encode()) - 4


def test_what_stays_open_before_2015_is_hidden_since():
    old = secure(FRAMES["command of 2006"], header_of(1, 6), KEY, SOURCE)
    new = secure(FRAMES["command of 2015"], header_of(2, 6), KEY, SOURCE)
    assert old.payload[0] == CommandId.ASSOCIATION_REQUEST
    assert new.payload[0] != CommandId.ASSOCIATION_REQUEST
    beacon = secure(FRAMES["beacon of 2006"], header_of(1, 6), KEY, SOURCE)
    assert beacon.payload[:4] == BEACON[:4]
    assert decode_content(beacon).beacon_payload != b"hi there"


def test_payload_elements_are_hidden_and_header_elements_are_not():
    plain = FRAMES["elements"]
    hidden = secure(plain, header_of(2, 5), KEY, SOURCE)
    assert (hidden.header_elements, hidden.payload_elements) == (plain.header_elements, None)
    shown = secure(plain, header_of(2, 1), KEY, SOURCE)
    assert (shown.payload_elements, shown.payload) == (plain.payload_elements, plain.payload)


PREFERENCE = f'uat:ieee802154_keys:"{KEY.hex()}","1","No hash"'
NAMES = ("wpan.mic", "wpan.key_number", "wpan.cmd", "_ws.expert.message")


@pytest.mark.parametrize("name", [name for name in FRAMES if name.startswith(("data", "command of", "beacon"))])
def test_tshark_accepts_every_integrity_code(name, seen_by_tshark):
    levels = [level for level in LEVELS if level]
    secured = [secure(FRAMES[name], header_of(version_of(FRAMES[name]), level), KEY, SOURCE) for level in levels]
    seen = seen_by_tshark([frame.encode() for frame in secured], NAMES, PREFERENCE)
    for fields in seen:
        assert fields.get("wpan.key_number") == ["0"], fields
        assert "_ws.expert.message" not in fields
        assert fields.get("wpan.cmd") == (["0x01"] if name.startswith("command") else None)
    wrong = dataclasses.replace(secured[-1], mic=bytes(16))
    assert "wpan.key_number" not in seen_by_tshark([wrong.encode()], NAMES, PREFERENCE)[0]


def tap(octets, absolute_slot_number):
    """Link type 283: no frame check sequence, and the absolute slot number."""
    fields = struct.pack("<HHIHHQ", 0, 1, 0, 7, 8, absolute_slot_number)
    return struct.pack("<BBH", 0, 0, 4 + len(fields)) + fields + octets


@pytest.mark.parametrize("level", [2, 5, 7])
@pytest.mark.parametrize("source", [SOURCE, b"\x12\x34"])
def test_the_absolute_slot_number_takes_the_place_of_the_frame_counter(level, source, seen_by_tshark):
    plain = Frame(
        frame_version=2,
        sequence_number=1,
        destination=DESTINATION if len(source) == 8 else b"\0\1",
        destination_pan=0xABCD,
        source=source,
        payload=HELLO,
    )
    address = source if len(source) == 8 else tsch_source(0xABCD, source)
    header = AuxiliarySecurityHeader(level=level, key_identifier_mode=1, asn_in_nonce=1, key_index=1)
    assert header.frame_counter_suppression == 1
    secured = secure(plain, header, KEY, address, ASN)
    assert unsecure(secured, KEY, address, ASN) == plain
    with pytest.raises(Malformed):
        unsecure(secured, KEY, address, ASN + 1)
    with pytest.raises(Malformed) as caught:
        unsecure(secured, KEY, address)
    assert caught.value.reason is Reason.UNSUPPORTED
    with pytest.raises(UsageError, match="absolute slot number"):
        secure(plain, header, KEY, address)
    [seen] = seen_by_tshark([tap(secured.encode(), ASN)], NAMES, PREFERENCE, link_type=283)
    assert seen["wpan.key_number"] == ["0"]


def test_nonces_are_those_of_the_standard_and_need_an_eui64():
    # IEEE 802.15.4-2006 annex C.2.1.3
    assert nonce(SOURCE, 5, 2) == bytes.fromhex("acde480000000001 00000005 02")
    assert tsch_nonce(SOURCE, ASN) == bytes.fromhex("acde480000000001 0102030405")
    assert tsch_source(0xABCD, b"\x12\x34") == bytes.fromhex("ba55ec00abcd1234")
    with pytest.raises(UsageError, match="EUI-64"):
        nonce(b"\0\1", 5, 2)
    with pytest.raises(UsageError):
        tsch_nonce(b"\0\1", ASN)
    with pytest.raises(UsageError, match="40 bits"):
        tsch_nonce(SOURCE, 1 << 40)


def test_what_cannot_be_secured_is_refused():
    plain = FRAMES["data of 2006"]
    secured = secure(plain, header_of(1, 5), KEY, SOURCE)
    old = dataclasses.replace(plain, frame_version=0)
    for frame, header, text in (
        (secured, header_of(1, 5), "already"),
        (plain, header_of(2, 5), "does not go with"),
        (FRAMES["data of 2015"], header_of(1, 5), "does not go with"),
        (old, header_of(1, 5), "version 0"),
        (FRAMES["data of 2015"], AuxiliarySecurityHeader(level=5, key_identifier_mode=0), "neither frame counter"),
    ):
        with pytest.raises(UsageError, match=text):
            secure(frame, header, KEY, SOURCE)
    with pytest.raises(UsageError, match="not secured"):
        unsecure(plain, KEY, SOURCE)


def test_suites_of_2003_are_not_supported():
    frame, _ = Frame.decode(bytes.fromhex("4988 01 cdab 0200 0100 01000000 05 a1a2a3a4"))
    assert (frame.security, frame.is_encrypted) == (None, True)
    with pytest.raises(Malformed) as caught:
        unsecure(frame, KEY, SOURCE)
    assert caught.value.reason is Reason.UNSUPPORTED


def test_a_received_header_that_leaves_nothing_for_the_nonce_is_malformed():
    header = AuxiliarySecurityHeader(level=0, key_identifier_mode=0, frame_counter=1)
    secured = secure(FRAMES["data of 2015"], header, KEY, SOURCE)
    frame = dataclasses.replace(secured, security=AuxiliarySecurityHeader(level=0, key_identifier_mode=0))
    with pytest.raises(Malformed) as caught:
        unsecure(frame, KEY, SOURCE)
    assert caught.value.reason is Reason.UNSUPPORTED
