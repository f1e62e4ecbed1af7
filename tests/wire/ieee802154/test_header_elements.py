"""Header information elements: octets by hand, tshark, and lengths that a kind does not have."""

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.header_elements import (
    HEADER_ELEMENTS,
    CslElement,
    GlobalTimeElement,
    HeaderElement,
    HeaderElementId,
    HeaderTermination1,
    HeaderTermination2,
    RendezvousTimeElement,
    RitElement,
    TimeCorrectionElement,
    VendorHeaderElement,
    ends_header_elements,
)

THREAD = bytes.fromhex("eab89b")
VECTORS = [
    # descriptor: length 7 bits, identifier 8 bits, type 0; then the content (IEEE 802.15.4-2015 figure 7-21)
    ("0500 9bb8ea 7879", VendorHeaderElement(oui=THREAD, content=b"xy")),
    ("040d 0201 0403", CslElement(phase=0x0102, period=0x0304)),
    ("060d 0201 0403 0605", CslElement(phase=0x0102, period=0x0304, rendezvous_time=0x0506)),
    ("840d 01 02 0403", RitElement(time_to_first_listen=1, number_of_repeat_listen=2, repeat_listen_interval=0x0304)),
    ("820e 0100", RendezvousTimeElement(rendezvous_time=1)),
    ("840e 0100 0200", RendezvousTimeElement(rendezvous_time=1, wakeup_interval=2)),
    ("020f ff8f", TimeCorrectionElement(correction=0xFFF, negative=1)),
    ("020f 0570", TimeCorrectionElement(correction=5, reserved=7)),
    ("8414 05000000", GlobalTimeElement(seconds=5)),
    ("003f", HeaderTermination1()),
    ("803f", HeaderTermination2()),
    ("030e 616263", HeaderElement(element_id=HeaderElementId.DSME_PAN_DESCRIPTOR, content=b"abc")),
    ("0215 0102", HeaderElement(element_id=HeaderElementId.WISUN, content=b"\1\2")),
    # of a known kind, but of a length that it does not have: kept raw
    ("050d 0102030405", HeaderElement(element_id=HeaderElementId.CSL, content=bytes(range(1, 6)))),
    ("0200 9bb8", HeaderElement(element_id=HeaderElementId.VENDOR_SPECIFIC, content=b"\x9b\xb8")),
    ("013f ff", HeaderElement(element_id=HeaderElementId.TERMINATION_1, content=b"\xff")),
]


@pytest.mark.parametrize(("octets", "element"), VECTORS)
def test_octets_and_values_are_the_same_in_both_directions(octets, element, survives):
    octets = bytes.fromhex(octets)
    assert element.encode() == octets
    assert HEADER_ELEMENTS.decode(octets + b"rest") == (element, b"rest")
    survives(HEADER_ELEMENTS.decode, octets)


def test_what_ends_the_list():
    ends = [element for _, element in VECTORS if ends_header_elements(element)]
    assert [type(element) for element in ends] == [HeaderTermination1, HeaderTermination2, HeaderElement]


@pytest.mark.parametrize(("kind", "octets"), [(CslElement, "050d 0000000000"), (RendezvousTimeElement, "830e 000000")])
def test_a_class_refuses_a_length_that_its_family_would_not_give_it(kind, octets):
    with pytest.raises(Malformed) as caught:
        kind.decode(bytes.fromhex(octets))
    assert caught.value.reason is Reason.BAD_LENGTH


def test_a_vendor_element_too_short_for_its_vendor_is_malformed():
    with pytest.raises(Malformed) as caught:
        VendorHeaderElement.decode(bytes.fromhex("0200 9bb8ea"))
    assert caught.value.reason is Reason.BAD_LENGTH


def test_a_time_correction_is_signed():
    meanings = [
        next(span.meaning for span in TimeCorrectionElement(correction=value).layout() if span.name == "correction")
        for value in (5, 0xFFF, 0x800)
    ]
    assert meanings == ["5 us", "-1 us", "-2048 us"]


SHOWN = {
    "wpan.header_ie.vendor_specific.vendor_oui": ["15382683"],
    "wpan.header_ie.vendor_specific.content": ["78 79"],
    "wpan.header_ie.csl.phase": ["258", "258"],
    "wpan.header_ie.csl.period": ["772", "772"],
    "wpan.header_ie.csl.rendezvous_time": ["1286", "1", "1"],
    "wpan.header_ie.csl.wakeup_interval": ["2"],
    "wpan.header_ie.time_correction.value": ["-1", "5"],
    "wpan.nack": ["1", "0"],
}


def test_tshark_reads_the_same(seen_by_tshark):
    # without what tshark 4.0 does not know (RIT), and without elements of a wrong length
    elements = [element for _, element in VECTORS[:9] if not isinstance(element, (RitElement, HeaderTermination1))]
    frame = Frame(
        frame_type=FrameType.BEACON,
        frame_version=2,
        sequence_number=1,
        destination=b"\0\1",
        destination_pan=0xABCD,
        header_elements=(*elements, HeaderTermination2()),
        payload=b"payload",
    )
    [seen] = seen_by_tshark([frame.encode()], [*SHOWN, "wpan.header_ie.id", "data.data"])
    assert seen.pop("wpan.header_ie.id") == [f"0x{element.element_id:04x}" for element in frame.header_elements]
    assert seen.pop("data.data") == [b"payload".hex()]
    assert seen == SHOWN
