"""Header information elements (IEEE 802.15.4-2015 section 7.4.2): behind the security header, never encrypted.

The list ends with a termination element, or with the frame: termination 1 says that payload elements follow,
termination 2 that the payload does. An element of a known kind but of another length than its kind has is kept raw.
"""

from enum import IntEnum
from typing import Annotated, Any

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import AUTO, Bits, Check, Computed, Fixed, Header, Meaning, Octets, When, wire
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154.little_endian import U8, U16, U32, Flag, Oui, leading_u16


class HeaderElementId(IntEnum):
    """IEEE 802.15.4-2015 Table 7-7; 0x2a and 0x2b were assigned later."""

    VENDOR_SPECIFIC = 0x00
    CSL = 0x1A
    RIT = 0x1B
    DSME_PAN_DESCRIPTOR = 0x1C
    RENDEZVOUS_TIME = 0x1D
    TIME_CORRECTION = 0x1E
    EXTENDED_DSME_PAN_DESCRIPTOR = 0x21
    FRAGMENT_SEQUENCE_CONTEXT_DESCRIPTION = 0x22
    SIMPLIFIED_SUPERFRAME_SPECIFICATION = 0x23
    SIMPLIFIED_GTS_SPECIFICATION = 0x24
    LECIM_CAPABILITIES = 0x25
    TRLE_DESCRIPTOR = 0x26
    RCC_CAPABILITIES = 0x27
    RCCN_DESCRIPTOR = 0x28
    GLOBAL_TIME = 0x29
    WISUN = 0x2A
    DA = 0x2B
    TERMINATION_1 = 0x7E
    TERMINATION_2 = 0x7F


TERMINATIONS = (HeaderElementId.TERMINATION_1, HeaderElementId.TERMINATION_2)

Length = Annotated[int, Bits(7, little=True)]
Id = Annotated[int, Bits(8, little=True), Fixed(), Meaning(HeaderElementId)]
Type = Annotated[Flag, Fixed()]

ACKNOWLEDGEMENT = {0: "acknowledgement", 1: "negative acknowledgement"}


def _microseconds(correction: int) -> str:
    return f"{correction - 0x1000 if correction & 0x800 else correction} us"


@wire("header-element")
class HeaderElement(Header):
    """Any header element, its content as it is."""

    length: Annotated[Length, Computed("len(content)")] = AUTO
    element_id: Annotated[int, Bits(8, little=True), Meaning(HeaderElementId)]
    type: Type = 0
    content: Annotated[bytes, Octets("length")] = b""


@wire("vendor-specific-header-element")
class VendorHeaderElement(Header):
    """Section 7.4.2.2."""

    length: Annotated[Length, Computed("3 + len(content)")] = AUTO
    element_id: Id = HeaderElementId.VENDOR_SPECIFIC
    type: Type = 0
    oui: Oui
    content: Annotated[bytes, Octets("length - 3")] = b""


@wire("csl-element")
class CslElement(Header):
    """Section 7.4.2.3, coordinated sampled listening: phase and period in units of 10 symbols."""

    length: Annotated[Length, Computed("4 if rendezvous_time is None else 6")] = AUTO
    element_id: Id = HeaderElementId.CSL
    type: Type = 0
    phase: U16
    period: U16
    rendezvous_time: Annotated[int | None, Bits(16, little=True), When("length == 6")] = None

    CHECKS = (Check("length in (4, 6)", "length", Reason.BAD_LENGTH, "4 or 6 octets"),)


@wire("rit-element")
class RitElement(Header):
    """Section 7.4.2.4, receiver initiated transmission."""

    length: Annotated[Length, Fixed()] = 4
    element_id: Id = HeaderElementId.RIT
    type: Type = 0
    time_to_first_listen: U8
    number_of_repeat_listen: U8
    repeat_listen_interval: U16


@wire("rendezvous-time-element")
class RendezvousTimeElement(Header):
    """Section 7.4.2.6: when the frame will be sent that this wake-up frame announces."""

    length: Annotated[Length, Computed("2 if wakeup_interval is None else 4")] = AUTO
    element_id: Id = HeaderElementId.RENDEZVOUS_TIME
    type: Type = 0
    rendezvous_time: U16
    wakeup_interval: Annotated[int | None, Bits(16, little=True), When("length == 4")] = None

    CHECKS = (Check("length in (2, 4)", "length", Reason.BAD_LENGTH, "2 or 4 octets"),)


@wire("time-correction-element")
class TimeCorrectionElement(Header):
    """Section 7.4.2.7, in acknowledgements under TSCH. ``correction`` is two's complement, in microseconds."""

    length: Annotated[Length, Fixed()] = 2
    element_id: Id = HeaderElementId.TIME_CORRECTION
    type: Type = 0
    correction: Annotated[int, Bits(12, little=True), Meaning(_microseconds)] = 0
    reserved: Annotated[int, Bits(3, little=True)] = 0
    negative: Annotated[Flag, Meaning(ACKNOWLEDGEMENT)] = 0


@wire("global-time-element")
class GlobalTimeElement(Header):
    """Section 7.4.2.16: seconds since 1970."""

    length: Annotated[Length, Fixed()] = 4
    element_id: Id = HeaderElementId.GLOBAL_TIME
    type: Type = 0
    seconds: U32


@wire("header-termination-1")
class HeaderTermination1(Header):
    """Section 7.4.2.18: payload elements follow."""

    length: Annotated[Length, Fixed()] = 0
    element_id: Id = HeaderElementId.TERMINATION_1
    type: Type = 0


@wire("header-termination-2")
class HeaderTermination2(Header):
    """Section 7.4.2.19: the payload follows, and no payload elements."""

    length: Annotated[Length, Fixed()] = 0
    element_id: Id = HeaderElementId.TERMINATION_2
    type: Type = 0


KINDS: tuple[tuple[type[Header], HeaderElementId, range | tuple[int, ...]], ...] = (
    (VendorHeaderElement, HeaderElementId.VENDOR_SPECIFIC, range(3, 0x80)),
    (CslElement, HeaderElementId.CSL, (4, 6)),
    (RitElement, HeaderElementId.RIT, (4,)),
    (RendezvousTimeElement, HeaderElementId.RENDEZVOUS_TIME, (2, 4)),
    (TimeCorrectionElement, HeaderElementId.TIME_CORRECTION, (2,)),
    (GlobalTimeElement, HeaderElementId.GLOBAL_TIME, (4,)),
    (HeaderTermination1, HeaderElementId.TERMINATION_1, (0,)),
    (HeaderTermination2, HeaderElementId.TERMINATION_2, (0,)),
)
"""The elements that are decoded, with the lengths that their contents may have."""


HEADER_ELEMENTS = Family(
    layer="header-element",
    members={element_id << 7 | length: kind for kind, element_id, lengths in KINDS for length in lengths},
    unknown=HeaderElement,
    key=leading_u16,
    key_octets=2,
)


def ends_header_elements(element: Any) -> bool:  # Any: every header element, as the description's hook takes it
    """Whether a header element is a termination."""
    return element.element_id in TERMINATIONS
