"""The elements nested in an MLME element: octets by hand, tshark, and what other stacks send."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.header_elements import HeaderTermination1
from p6lowpan.wire.ieee802154.mlme_elements import (
    MLME_ELEMENTS,
    ChannelHopping,
    ChannelHoppingWrittenOut,
    EnhancedBeaconFilter,
    LongElement,
    LongElementId,
    ShortElement,
    ShortElementId,
    TschLink,
    TschSlotframe,
    TschSlotframeAndLink,
    TschSynchronization,
    TschTimeslot,
)
from p6lowpan.wire.ieee802154.payload_elements import MlmeElement

MINIMAL = {  # RFC 8180's timeslot template: IEEE 802.15.4-2015 table 8-96 for 2.4 GHz
    "cca_offset": 1800,
    "cca": 128,
    "tx_offset": 2120,
    "rx_offset": 1020,
    "rx_ack_delay": 800,
    "tx_ack_delay": 1000,
    "rx_wait": 2200,
    "ack_wait": 400,
    "rx_tx": 192,
    "max_ack": 2400,
}
TIMES = "0807 8000 4808 fc03 2003 e803 9808 9001 c000 6009"

VECTORS = [
    ("061a 0504030201 07", TschSynchronization(absolute_slot_number=0x0102030405, join_metric=7)),
    ("011b 00", TschSlotframeAndLink()),
    (
        "0e1b 02 01 6500 01 0100 0200 0f 02 0700 00",
        TschSlotframeAndLink(
            slotframes=(
                TschSlotframe(
                    handle=1,
                    size=101,
                    links=(TschLink(timeslot=1, channel_offset=2, transmit=1, receive=1, shared=1, timekeeping=1),),
                ),
                TschSlotframe(handle=2, size=7),
            )
        ),
    ),
    ("011c 00", TschTimeslot()),
    (f"191c 01 {TIMES} a010 1027", TschTimeslot(timeslot_id=1, max_tx=4256, timeslot_length=10000, **MINIMAL)),
    (
        f"1b1c 01 {TIMES} a01000 102700",
        TschTimeslot(timeslot_id=1, max_tx_24=4256, timeslot_length_24=10000, **MINIMAL),
    ),
    ("011e 01", EnhancedBeaconFilter(permit_joining_on=1)),
    (
        "051e 17 05 32 6162",
        EnhancedBeaconFilter(permit_joining_on=1, minimum_lqi=5, percent=50, attribute_identifiers=b"ab"),
    ),
    ("01c8 03", ChannelHopping(hopping_sequence_id=3)),
    (
        "10c8 01 00 1000 00000000 0200 0f00 1900 0100",
        ChannelHoppingWrittenOut(
            hopping_sequence_id=1,
            channel_page=0,
            number_of_channels=16,
            phy_configuration=0,
            hopping_sequence=bytes.fromhex("0f001900"),
            current_hop=1,
        ),
    ),
    (
        "0ec8 01 09 0900 00000000 ff01 0000 0100",
        ChannelHoppingWrittenOut(
            hopping_sequence_id=1,
            channel_page=9,
            number_of_channels=9,
            phy_configuration=0,
            extended_bitmap=b"\xff\1",
            current_hop=1,
        ),
    ),
    (
        # Contiki-NG gives each channel one octet
        "0ec8 01 00 1000 00000000 0200 0f 19 0000",
        ChannelHoppingWrittenOut(
            hopping_sequence_id=1,
            channel_page=0,
            number_of_channels=16,
            phy_configuration=0,
            hopping_sequence_length=2,
            hopping_sequence=b"\x0f\x19",
        ),
    ),
    ("0322 616263", ShortElement(element_id=ShortElementId.SUN_DEVICE_CAPABILITIES, content=b"abc")),
    ("0237 6162", ShortElement(element_id=0x37, content=b"ab")),
    ("03c0 616263", LongElement(element_id=LongElementId.VENDOR_SPECIFIC, content=b"abc")),
    ("05c8 0102030405", LongElement(element_id=LongElementId.CHANNEL_HOPPING, content=bytes(range(1, 6)))),
    ("021c 0000", ShortElement(element_id=ShortElementId.TSCH_TIMESLOT, content=b"\0\0")),
]


@pytest.mark.parametrize(("octets", "element"), VECTORS)
def test_octets_and_values_are_the_same_in_both_directions(octets, element, survives):
    octets = bytes.fromhex(octets)
    assert element.encode() == octets
    assert MLME_ELEMENTS.decode(octets + b"rest") == (element, b"rest")
    survives(MLME_ELEMENTS.decode, octets)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("051b 02 01 6500 00", Reason.BAD_LENGTH),  # two slotframes announced, one there
        ("051b 01 01 6500 01", Reason.TRUNCATED),  # one link announced, none there
        ("0dc8 01 09 ffff 00000000 0000 0000 00", Reason.TRUNCATED),  # a bitmap longer than the element
        ("011e 06", Reason.TRUNCATED),  # filters announced, none there
    ],
)
def test_an_element_that_contradicts_itself_is_malformed(octets, reason):
    with pytest.raises(Malformed) as caught:
        MLME_ELEMENTS.decode(bytes.fromhex(octets))
    assert caught.value.reason in (reason, Reason.BAD_LENGTH)


def test_a_timeslot_is_written_out_whole_or_not_at_all():
    with pytest.raises(UsageError):
        TschTimeslot(cca_offset=1800)
    with pytest.raises(UsageError):
        TschTimeslot(length=5)


def test_tshark_reads_the_same(seen_by_tshark):
    elements = tuple(element for _, element in VECTORS[:9])
    frame = Frame(
        frame_type=FrameType.BEACON,
        frame_version=2,
        sequence_number=1,
        source=b"\0\1",
        source_pan=0xABCD,
        header_elements=(HeaderTermination1(),),
        payload_elements=(MlmeElement(elements=elements),),
    )
    shown = {
        "wpan.tsch.asn": [str(0x0102030405)],
        "wpan.tsch.join_metric": ["7"],
        "wpan.tsch.slotframe_num": ["0", "2"],
        "wpan.tsch.slotframe_handle": ["1", "2"],
        "wpan.tsch.slotframe_size": ["101", "7"],
        "wpan.tsch.nb_links": ["1", "0"],
        "wpan.tsch.link_timeslot": ["1"],
        "wpan.tsch.channel_offset": ["2"],
        "wpan.tsch.link_options": ["0x0f"],
        "wpan.tsch.timeslot.id": ["0x00", "0x01", "0x01"],
        "wpan.tsch.timeslot.cca_offset": ["1800", "1800"],
        "wpan.tsch.timeslot.turnaround": ["192", "192"],
        "wpan.tsch.timeslot.max_ack": ["2400", "2400"],
        "wpan.tsch.timeslot.max_tx": ["4256", "4256"],
        "wpan.tsch.timeslot.length": ["10000", "10000"],
        "wpan.eb_filter.lqi_minimum": ["5"],
        "wpan.eb_filter.prob": ["50"],
        "wpan.tsch.hopping_sequence_id": ["0x03"],
    }
    [seen] = seen_by_tshark([frame.encode()], list(shown))
    assert seen == shown
