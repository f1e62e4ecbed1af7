"""The elements nested in an MLME element (IEEE 802.15.4-2015 section 7.4.4): what TSCH needs decoded, the rest raw."""

from enum import IntEnum
from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import AUTO, Bits, Check, Computed, Each, Fixed, Header, Meaning, Octets, When, wire
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154.little_endian import U8, U16, U40, Flag, leading_u16


class ShortElementId(IntEnum):
    """IEEE 802.15.4-2015 Table 7-16."""

    TSCH_SYNCHRONIZATION = 0x1A
    TSCH_SLOTFRAME_AND_LINK = 0x1B
    TSCH_TIMESLOT = 0x1C
    HOPPING_TIMING = 0x1D
    ENHANCED_BEACON_FILTER = 0x1E
    MAC_METRICS = 0x1F
    ALL_MAC_METRICS = 0x20
    COEXISTENCE_SPECIFICATION = 0x21
    SUN_DEVICE_CAPABILITIES = 0x22
    SUN_FSK_GENERIC_PHY = 0x23
    MODE_SWITCH_PARAMETER = 0x24
    PHY_PARAMETER_CHANGE = 0x25
    O_QPSK_PHY_MODE = 0x26
    PCA_ALLOCATION = 0x27
    LECIM_DSSS_OPERATING_MODE = 0x28
    LECIM_FSK_OPERATING_MODE = 0x29
    TVWS_PHY_OPERATING_MODE_DESCRIPTION = 0x2B
    TVWS_DEVICE_CAPABILITIES = 0x2C
    TVWS_DEVICE_CATEGORY = 0x2D
    TVWS_DEVICE_IDENTIFICATION = 0x2E
    TVWS_DEVICE_LOCATION = 0x2F
    TVWS_CHANNEL_INFORMATION_QUERY = 0x30
    TVWS_CHANNEL_INFORMATION_SOURCE = 0x31
    CTM = 0x32
    TIMESTAMP = 0x33
    TIMESTAMP_DIFFERENCE = 0x34
    TMCTP_SPECIFICATION = 0x35
    RCC_PHY_OPERATING_MODE = 0x36


class LongElementId(IntEnum):
    """IEEE 802.15.4-2015 Table 7-17."""

    VENDOR_SPECIFIC = 0x8
    CHANNEL_HOPPING = 0x9


LongLength = Annotated[int, Bits(11, little=True)]
LongId = Annotated[int, Bits(4, little=True), Fixed(), Meaning(LongElementId)]
ShortId = Annotated[int, Bits(7, little=True), Fixed(), Meaning(ShortElementId)]
Type = Annotated[Flag, Fixed()]
OptionalU16 = Annotated[int | None, Bits(16, little=True)]


@wire("mlme-short-element")
class ShortElement(Header):
    """Any short nested element, its content as it is."""

    length: Annotated[U8, Computed("len(content)")] = AUTO
    element_id: Annotated[int, Bits(7, little=True), Meaning(ShortElementId)]
    type: Type = 0
    content: Annotated[bytes, Octets("length")] = b""


@wire("mlme-long-element")
class LongElement(Header):
    """Any long nested element, its content as it is."""

    length: Annotated[LongLength, Computed("len(content)")] = AUTO
    element_id: Annotated[int, Bits(4, little=True), Meaning(LongElementId)]
    type: Type = 1
    content: Annotated[bytes, Octets("length")] = b""


@wire("tsch-synchronization")
class TschSynchronization(Header):
    """Section 7.4.4.2: the absolute slot number in which the frame was sent."""

    length: Annotated[U8, Fixed()] = 6
    element_id: ShortId = ShortElementId.TSCH_SYNCHRONIZATION
    type: Type = 0
    absolute_slot_number: U40
    join_metric: U8


@wire("tsch-link")
class TschLink(Header):
    """One link of a slotframe (section 7.4.4.3)."""

    timeslot: U16
    channel_offset: U16
    transmit: Flag = 0
    receive: Flag = 0
    shared: Flag = 0
    timekeeping: Flag = 0
    priority: Flag = 0
    reserved: Annotated[int, Bits(3, little=True)] = 0


@wire("tsch-slotframe")
class TschSlotframe(Header):
    """One slotframe with its links (section 7.4.4.3)."""

    handle: U8
    size: U16
    number_of_links: Annotated[U8, Computed("len(links)")] = AUTO
    links: Annotated[tuple[TschLink, ...], Each("TschLink", count="number_of_links")] = ()


@wire("tsch-slotframe-and-link")
class TschSlotframeAndLink(Header):
    """Section 7.4.4.3."""

    length: Annotated[U8, Computed("1 + octets_in(slotframes)")] = AUTO
    element_id: ShortId = ShortElementId.TSCH_SLOTFRAME_AND_LINK
    type: Type = 0
    number_of_slotframes: Annotated[U8, Computed("len(slotframes)")] = AUTO
    slotframes: Annotated[tuple[TschSlotframe, ...], Each("TschSlotframe", size="length - 1")] = ()

    CHECKS = (
        Check("number_of_slotframes == len(slotframes)", "number_of_slotframes", Reason.BAD_LENGTH, "other slotframes"),
    )


@wire("tsch-timeslot")
class TschTimeslot(Header):
    """Section 7.4.4.4: a template by its identifier, or written out in microseconds, the last two in 16 or 24 bits."""

    length: Annotated[U8, Computed("1 if cca_offset is None else 25 if max_tx_24 is None else 27")] = AUTO
    element_id: ShortId = ShortElementId.TSCH_TIMESLOT
    type: Type = 0
    timeslot_id: U8 = 0
    cca_offset: Annotated[OptionalU16, When("length > 1")] = None
    cca: Annotated[OptionalU16, When("length > 1")] = None
    tx_offset: Annotated[OptionalU16, When("length > 1")] = None
    rx_offset: Annotated[OptionalU16, When("length > 1")] = None
    rx_ack_delay: Annotated[OptionalU16, When("length > 1")] = None
    tx_ack_delay: Annotated[OptionalU16, When("length > 1")] = None
    rx_wait: Annotated[OptionalU16, When("length > 1")] = None
    ack_wait: Annotated[OptionalU16, When("length > 1")] = None
    rx_tx: Annotated[OptionalU16, When("length > 1")] = None
    max_ack: Annotated[OptionalU16, When("length > 1")] = None
    max_tx: Annotated[OptionalU16, When("length == 25")] = None
    timeslot_length: Annotated[OptionalU16, When("length == 25")] = None
    max_tx_24: Annotated[int | None, Bits(24, little=True), When("length == 27")] = None
    timeslot_length_24: Annotated[int | None, Bits(24, little=True), When("length == 27")] = None

    CHECKS = (Check("length in (1, 25, 27)", "length", Reason.BAD_LENGTH, "1, 25 or 27 octets"),)


@wire("enhanced-beacon-filter")
class EnhancedBeaconFilter(Header):
    """Section 7.4.4.6: who shall answer an enhanced beacon request."""

    length: Annotated[
        U8, Computed("1 + (minimum_lqi is not None) + (percent is not None) + len(attribute_identifiers)")
    ] = AUTO
    element_id: ShortId = ShortElementId.ENHANCED_BEACON_FILTER
    type: Type = 0
    permit_joining_on: Flag = 0
    include_lqi_filter: Annotated[Flag, Computed("int(minimum_lqi is not None)")] = AUTO
    include_percent_filter: Annotated[Flag, Computed("int(percent is not None)")] = AUTO
    attribute_identifier_octets: Annotated[int, Bits(2, little=True), Computed("len(attribute_identifiers)")] = AUTO
    reserved: Annotated[int, Bits(3, little=True)] = 0
    minimum_lqi: Annotated[int | None, Bits(8), When("include_lqi_filter")] = None
    percent: Annotated[int | None, Bits(8), When("include_percent_filter")] = None
    attribute_identifiers: Annotated[bytes, Octets("length - 1 - include_lqi_filter - include_percent_filter")] = b""


EXTENDED_BITMAP_PAGES = (9, 10)


@wire("channel-hopping")
class ChannelHopping(Header):
    """Section 7.4.4.31: a sequence by its identifier."""

    length: Annotated[LongLength, Fixed()] = 1
    element_id: LongId = LongElementId.CHANNEL_HOPPING
    type: Type = 1
    hopping_sequence_id: U8 = 0


@wire("channel-hopping")
class ChannelHoppingWrittenOut(Header):
    """Section 7.4.4.31: a sequence with its channels.

    ``hopping_sequence`` is what the length leaves, as sent: the standard gives each of ``hopping_sequence_length``
    channels two octets, some stacks give it one.
    """

    length: Annotated[LongLength, Computed("12 + len(extended_bitmap) + len(hopping_sequence)")] = AUTO
    element_id: LongId = LongElementId.CHANNEL_HOPPING
    type: Type = 1
    hopping_sequence_id: U8
    channel_page: U8
    number_of_channels: U16
    phy_configuration: Annotated[int, Bits(32, little=True)]
    extended_bitmap: Annotated[
        bytes, Octets("(number_of_channels + 7) // 8 if channel_page in EXTENDED_BITMAP_PAGES else 0")
    ] = b""
    hopping_sequence_length: Annotated[U16, Computed("len(hopping_sequence) // 2")] = AUTO
    hopping_sequence: Annotated[bytes, Octets("length - 12 - len(extended_bitmap)")] = b""
    current_hop: U16 = 0


LONG = 1 << 15
LONGEST_SHORT, LONGEST_LONG = 0xFF, 0x7FF
SHORT_KINDS: tuple[tuple[type[Header], ShortElementId, range | tuple[int, ...]], ...] = (
    (TschSynchronization, ShortElementId.TSCH_SYNCHRONIZATION, (6,)),
    (TschSlotframeAndLink, ShortElementId.TSCH_SLOTFRAME_AND_LINK, range(1, LONGEST_SHORT + 1)),
    (TschTimeslot, ShortElementId.TSCH_TIMESLOT, (1, 25, 27)),
    (EnhancedBeaconFilter, ShortElementId.ENHANCED_BEACON_FILTER, range(1, 7)),
)
LONG_KINDS: tuple[tuple[type[Header], LongElementId, range | tuple[int, ...]], ...] = (
    (ChannelHopping, LongElementId.CHANNEL_HOPPING, (1,)),
    (ChannelHoppingWrittenOut, LongElementId.CHANNEL_HOPPING, range(12, LONGEST_LONG + 1)),
)
"""The elements that are decoded, with the lengths that their contents may have."""

MLME_ELEMENTS = Family(
    layer="mlme-element",
    members={
        **{element_id << 8 | length: kind for kind, element_id, lengths in SHORT_KINDS for length in lengths},
        **{LONG | element_id << 11 | length: kind for kind, element_id, lengths in LONG_KINDS for length in lengths},
    },
    unknown=Family(
        layer="mlme-element",
        members={1: LongElement},
        unknown=ShortElement,
        key=lambda octets: octets[1] >> 7,
        key_octets=2,
    ),
    key=leading_u16,
    key_octets=2,
)
