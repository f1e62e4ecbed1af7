"""Payload information elements (IEEE 802.15.4-2015 section 7.4.3): in front of the payload and encrypted with it.

The list ends with a termination element, or with the frame.
"""

from enum import IntEnum
from typing import Annotated, Any

from p6lowpan.wire.description import AUTO, Bits, Computed, Each, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154.little_endian import U8, Flag, Oui, leading_u16
from p6lowpan.wire.ieee802154.mlme_elements import MLME_ELEMENTS

__all__ = [
    "MLME_ELEMENTS", "PAYLOAD_ELEMENTS", "IetfElement", "MlmeElement", "PayloadElement", "PayloadGroup",
    "PayloadTermination", "VendorPayloadElement", "ends_payload_elements",
]  # fmt: skip


class PayloadGroup(IntEnum):
    """IEEE 802.15.4-2015 Table 7-15; MPX is IEEE 802.15.9, the IETF's is RFC 8137."""

    ESDU = 0x0
    MLME = 0x1
    VENDOR_SPECIFIC = 0x2
    MPX = 0x3
    WISUN = 0x4
    IETF = 0x5
    TERMINATION = 0xF


IETF_SUBTYPES = {1: "6top protocol"}
"""IANA: IEEE Std 802.15.4 IETF IE Subtype IDs (RFC 8480)."""

Length = Annotated[int, Bits(11, little=True)]
Group = Annotated[int, Bits(4, little=True), Fixed(), Meaning(PayloadGroup)]
Type = Annotated[Flag, Fixed()]


@wire("payload-element")
class PayloadElement(Header):
    """Any payload element, its content as it is. Of group ESDU: the service data unit of the layer above."""

    length: Annotated[Length, Computed("len(content)")] = AUTO
    group: Annotated[int, Bits(4, little=True), Meaning(PayloadGroup)]
    type: Type = 1
    content: Annotated[bytes, Octets("length")] = b""


@wire("mlme-element")
class MlmeElement(Header):
    """Section 7.4.3.3: elements for the MAC itself."""

    length: Annotated[Length, Computed("octets_in(elements)")] = AUTO
    group: Group = PayloadGroup.MLME
    type: Type = 1
    elements: Annotated[tuple[Header, ...], Each("MLME_ELEMENTS", size="length")] = ()


@wire("vendor-specific-payload-element")
class VendorPayloadElement(Header):
    """Section 7.4.3.4."""

    length: Annotated[Length, Computed("3 + len(content)")] = AUTO
    group: Group = PayloadGroup.VENDOR_SPECIFIC
    type: Type = 1
    oui: Oui
    content: Annotated[bytes, Octets("length - 3")] = b""


@wire("ietf-element")
class IetfElement(Header):
    """RFC 8137: a subtype and its content, of which the 6top protocol (RFC 8480) is one."""

    length: Annotated[Length, Computed("1 + len(content)")] = AUTO
    group: Group = PayloadGroup.IETF
    type: Type = 1
    subtype: Annotated[U8, Meaning(IETF_SUBTYPES)]
    content: Annotated[bytes, Octets("length - 1")] = b""


@wire("payload-termination")
class PayloadTermination(Header):
    """Section 7.4.3.7: the payload follows."""

    length: Annotated[Length, Fixed()] = 0
    group: Group = PayloadGroup.TERMINATION
    type: Type = 1


KINDS: tuple[tuple[type[Header], PayloadGroup, range], ...] = (
    (MlmeElement, PayloadGroup.MLME, range(0x800)),
    (VendorPayloadElement, PayloadGroup.VENDOR_SPECIFIC, range(3, 0x800)),
    (IetfElement, PayloadGroup.IETF, range(1, 0x800)),
    (PayloadTermination, PayloadGroup.TERMINATION, range(1)),
)
"""The elements that are decoded, with the lengths that their contents may have."""


PAYLOAD_ELEMENTS = Family(
    layer="payload-element",
    members={1 << 15 | group << 11 | length: kind for kind, group, lengths in KINDS for length in lengths},
    unknown=PayloadElement,
    key=leading_u16,
    key_octets=2,
)


def ends_payload_elements(element: Any) -> bool:  # Any: every payload element, as the description's hook takes it
    """Whether a payload element is the termination."""
    return bool(element.group == PayloadGroup.TERMINATION)
