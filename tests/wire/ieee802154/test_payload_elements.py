"""Payload information elements: octets by hand and tshark."""

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.header_elements import HeaderTermination1
from p6lowpan.wire.ieee802154.mlme_elements import TschTimeslot
from p6lowpan.wire.ieee802154.payload_elements import (
    PAYLOAD_ELEMENTS,
    IetfElement,
    MlmeElement,
    PayloadElement,
    PayloadGroup,
    PayloadTermination,
    VendorPayloadElement,
    ends_payload_elements,
)

VECTORS = [
    # descriptor: length 11 bits, group 4 bits, type 1; then the content (IEEE 802.15.4-2015 figure 7-45)
    ("0580 68656c6c6f", PayloadElement(group=PayloadGroup.ESDU, content=b"hello")),
    ("0388 011c 07", MlmeElement(elements=(TschTimeslot(timeslot_id=7),))),
    ("0088", MlmeElement()),
    ("0590 9bb8ea 7879", VendorPayloadElement(oui=bytes.fromhex("eab89b"), content=b"xy")),
    ("0398 010203", PayloadElement(group=PayloadGroup.MPX, content=b"\1\2\3")),
    ("07a8 01 000100000000", IetfElement(subtype=1, content=bytes.fromhex("000100000000"))),
    ("00f8", PayloadTermination()),
    ("01b1" + "00" * 257, PayloadElement(group=6, content=bytes(257))),
    # too short for what the kind begins with: kept raw
    ("00a8", PayloadElement(group=PayloadGroup.IETF)),
    ("0290 9bb8", PayloadElement(group=PayloadGroup.VENDOR_SPECIFIC, content=b"\x9b\xb8")),
    ("01f8 ff", PayloadElement(group=PayloadGroup.TERMINATION, content=b"\xff")),
]


@pytest.mark.parametrize(("octets", "element"), VECTORS)
def test_octets_and_values_are_the_same_in_both_directions(octets, element, survives):
    octets = bytes.fromhex(octets)
    assert element.encode() == octets
    assert PAYLOAD_ELEMENTS.decode(octets + b"rest") == (element, b"rest")
    survives(PAYLOAD_ELEMENTS.decode, octets)


def test_what_ends_the_list():
    ends = [type(element) for _, element in VECTORS if ends_payload_elements(element)]
    assert ends == [PayloadTermination, PayloadElement]


def test_a_header_element_among_them_is_malformed():
    with pytest.raises(Malformed) as caught:
        PAYLOAD_ELEMENTS.decode(bytes.fromhex("040d 00000000"))
    assert caught.value.reason is Reason.FIXED_VALUE


def test_nested_elements_fill_their_element():
    with pytest.raises(Malformed) as caught:
        PAYLOAD_ELEMENTS.decode(bytes.fromhex("0288 051c 0000000000"))
    assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, 4)


def test_tshark_reads_the_same(seen_by_tshark):
    elements = [element for _, element in VECTORS[:6]]
    frame = Frame(
        frame_type=FrameType.BEACON,
        frame_version=2,
        sequence_number=1,
        destination=b"\0\1",
        destination_pan=0xABCD,
        header_elements=(HeaderTermination1(),),
        payload_elements=(*elements, PayloadTermination()),
        payload=b"payload",
    )
    names = ["wpan.payload_ie.id", "wpan.payload_ie.length", "wpan.payload_ie.vendor.oui", "wpan.tsch.timeslot.id"]
    [seen] = seen_by_tshark([frame.encode()], [*names, "wpan.6top_version", "data.data"])
    assert seen["wpan.payload_ie.id"] == [f"0x{element.group:04x}" for element in frame.payload_elements]
    assert seen["wpan.payload_ie.length"] == [str(element.length) for element in frame.payload_elements]
    assert seen["wpan.payload_ie.vendor.oui"] == [str(0xEAB89B)]
    assert seen["wpan.tsch.timeslot.id"] == ["0x07"]
    assert seen["data.data"][-1] == b"payload".hex()
