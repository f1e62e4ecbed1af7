"""The general MAC frame (IEEE 802.15.4-2015 section 7.2; frame versions 0 of 2003, 1 of 2006 and 2 of 2015).

Data, beacon, acknowledgement and MAC command frames are one format; the other frame types are in
:mod:`p6lowpan.wire.ieee802154.other_frames`, and ``decode_frame`` takes all of them. A secured frame is held as it was
sent: what its security level hides stays octets in ``payload`` until ``security.unsecure``. The frame check sequence is
no part of the value: whether there is one, the capture's link type says.
"""

from enum import IntEnum
from typing import Annotated, Any

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.description import AUTO, Bits, Check, Computed, Each, Header, Meaning, Nested, Octets, When, wire
from p6lowpan.wire.ieee802154.addressing import (
    ADDRESS_OCTETS,
    RESERVED_MODE,
    WITH_DESTINATION_PAN,
    WITH_SOURCE_PAN,
    AddressMode,
    compression_for,
    mode_of,
)
from p6lowpan.wire.ieee802154.header_elements import HEADER_ELEMENTS, HeaderElementId, ends_header_elements
from p6lowpan.wire.ieee802154.little_endian import Flag, format_pan
from p6lowpan.wire.ieee802154.payload_elements import PAYLOAD_ELEMENTS, ends_payload_elements
from p6lowpan.wire.ieee802154.security_header import MIC_OCTETS, SECURITY_HEADERS, SecurityHeader, encrypts

EXPRESSION_NAMES = (
    ADDRESS_OCTETS, HEADER_ELEMENTS, MIC_OCTETS, PAYLOAD_ELEMENTS, SECURITY_HEADERS, WITH_DESTINATION_PAN,
    WITH_SOURCE_PAN, compression_for, mode_of,
)  # fmt: skip
"""What the expressions below name."""


class FrameType(IntEnum):
    """IEEE 802.15.4-2015 Table 7-1."""

    BEACON = 0
    DATA = 1
    ACKNOWLEDGEMENT = 2
    MAC_COMMAND = 3
    RESERVED = 4
    MULTIPURPOSE = 5
    FRAGMENT = 6
    EXTENDED = 7


class FrameVersion(IntEnum):
    """The frame version field, named by the year of the standard that brought it."""

    IEEE_802_15_4_2003 = 0
    IEEE_802_15_4_2006 = 1
    IEEE_802_15_4_2015 = 2
    RESERVED = 3


LAST_GENERAL_TYPE = FrameType.MAC_COMMAND
TERMINATION_1 = HeaderElementId.TERMINATION_1


def payload_elements_follow(elements: tuple[Any, ...], security: SecurityHeader | None) -> bool:
    """Whether payload elements stand behind these header elements, readable."""
    if security is not None and encrypts(security.level):
        return False
    return bool(elements) and elements[-1].element_id == TERMINATION_1


def payload_may_follow(header_elements: tuple[Any, ...] | None, payload_elements: tuple[Any, ...] | None) -> bool:
    """Whether a payload may stand behind these elements: not behind a list that only the frame's end would end."""
    if header_elements is not None and not (header_elements and ends_header_elements(header_elements[-1])):
        return False
    return payload_elements is None or bool(payload_elements and ends_payload_elements(payload_elements[-1]))


MIC = "0 if security is None else MIC_OCTETS[security.level]"
KEY = "(frame_version, pan_id_compression, destination_mode, source_mode)"


@wire("ieee802154")
class Frame(Header):
    """A data, beacon, acknowledgement or MAC command frame.

    PAN identifiers are numbers or ``None``; addresses are octets as printed, ``b""`` where elided. In frames of
    versions 0 and 1, sequence number suppression and information elements present are reserved bits.
    """

    frame_type: Annotated[int, Bits(3, little=True), Meaning(FrameType)] = FrameType.DATA
    security_enabled: Annotated[Flag, Computed("int(security is not None)")] = AUTO
    frame_pending: Flag = 0
    acknowledgement_request: Flag = 0
    pan_id_compression: Annotated[
        Flag, Computed("compression_for(frame_version, destination, source, (destination_pan, source_pan))")
    ] = AUTO
    reserved: Flag = 0
    sequence_number_suppression: Annotated[Flag, Computed("int(sequence_number is None)")] = AUTO
    information_elements_present: Annotated[Flag, Computed("int(header_elements is not None)")] = AUTO
    destination_mode: Annotated[int, Bits(2, little=True), Computed("mode_of(destination)"), Meaning(AddressMode)] = (
        AUTO
    )
    frame_version: Annotated[int, Bits(2, little=True), Meaning(FrameVersion)] = FrameVersion.IEEE_802_15_4_2006
    source_mode: Annotated[int, Bits(2, little=True), Computed("mode_of(source)"), Meaning(AddressMode)] = AUTO

    sequence_number: Annotated[int | None, Bits(8), When("not sequence_number_suppression or frame_version != 2")] = (
        None
    )
    destination_pan: Annotated[
        int | None, Bits(16, little=True), When(f"{KEY} in WITH_DESTINATION_PAN"), Meaning(format_pan)
    ] = None
    destination: Annotated[
        LinkAddress, Octets("ADDRESS_OCTETS[destination_mode]", reverse=True), Meaning(format_link)
    ] = LinkAddress(b"")
    source_pan: Annotated[int | None, Bits(16, little=True), When(f"{KEY} in WITH_SOURCE_PAN"), Meaning(format_pan)] = (
        None
    )
    source: Annotated[LinkAddress, Octets("ADDRESS_OCTETS[source_mode]", reverse=True), Meaning(format_link)] = (
        LinkAddress(b"")
    )

    security: Annotated[
        SecurityHeader | None, Nested("SECURITY_HEADERS[frame_version] if security_enabled else None")
    ] = None
    header_elements: Annotated[
        tuple[Any, ...] | None,  # Any: the members of HEADER_ELEMENTS
        Each("HEADER_ELEMENTS", until=ends_header_elements, leave=MIC),
        When("information_elements_present and frame_version == 2"),
    ] = None
    payload_elements: Annotated[
        tuple[Any, ...] | None,  # Any: the members of PAYLOAD_ELEMENTS
        Each("PAYLOAD_ELEMENTS", until=ends_payload_elements, leave=MIC),
        When("header_elements and payload_elements_follow(header_elements, security)"),
    ] = None
    payload: Annotated[bytes, Octets(leave=MIC)] = b""
    mic: Annotated[bytes, Octets(MIC)] = b""

    CHECKS = (
        Check(f"frame_type <= {LAST_GENERAL_TYPE}", "frame_type", Reason.UNSUPPORTED, "of another format"),
        Check("frame_version != 3", "frame_version", Reason.RESERVED, "frame version 3 is reserved"),
        Check(
            f"destination_mode != {RESERVED_MODE} and source_mode != {RESERVED_MODE}",
            "destination_mode",
            Reason.RESERVED,
            "addressing mode 1 is reserved",
        ),
        Check(
            "not payload or payload_may_follow(header_elements, payload_elements)",
            "payload",
            Reason.BAD_ORDER,
            "the elements in front of a payload must end with a termination",
        ),
    )

    @property
    def is_encrypted(self) -> bool:
        """Whether the private payload is hidden: by its security level, or by a suite of 2003 that is not named."""
        if self.security is None:
            return bool(self.security_enabled)
        return encrypts(self.security.level)

    @property
    def pan_of_source(self) -> int | None:
        """The PAN of the sender as far as the frame says: the destination's, where compression says so."""
        return self.destination_pan if self.source_pan is None else self.source_pan
