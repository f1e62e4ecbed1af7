"""The frame types of IEEE 802.15.4-2015 beside the general format.

Multipurpose frames are decoded whole. Of fragments (section 23.3: their format depends on a context that an earlier
frame sent) and extended frames (section 7.3.6: their types are reserved or another standard's) the first octet is
decoded and the rest kept.
"""

from typing import Annotated, Any

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LinkAddress, format_link
from p6lowpan.wire.description import (
    AUTO,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Nested,
    Octets,
    Rest,
    When,
    wire,
)  # fmt: skip
from p6lowpan.wire.ieee802154.addressing import ADDRESS_OCTETS, RESERVED_MODE, AddressMode, mode_of
from p6lowpan.wire.ieee802154.frame import MIC, FrameType, payload_elements_follow, payload_may_follow
from p6lowpan.wire.ieee802154.header_elements import HEADER_ELEMENTS, ends_header_elements
from p6lowpan.wire.ieee802154.little_endian import Flag, format_pan
from p6lowpan.wire.ieee802154.payload_elements import PAYLOAD_ELEMENTS, ends_payload_elements
from p6lowpan.wire.ieee802154.security_header import MIC_OCTETS, AuxiliarySecurityHeader, encrypts

EXPRESSION_NAMES = (
    ADDRESS_OCTETS, HEADER_ELEMENTS, MIC_OCTETS, PAYLOAD_ELEMENTS, AuxiliarySecurityHeader, mode_of,
    payload_elements_follow, payload_may_follow,
)  # fmt: skip
"""What the expressions below name."""

IfLong = When("long_frame_control")
OptionalFlag = Annotated[int | None, Bits(1, little=True), IfLong]


@wire("ieee802154-multipurpose")
class MultipurposeFrame(Header):
    """Section 7.3.5: one octet of frame control, or two where ``long_frame_control`` is set.

    With one octet the fields of the second are ``None`` and read as 0.
    """

    frame_type: Annotated[int, Bits(3, little=True), Fixed(), Meaning(FrameType)] = FrameType.MULTIPURPOSE
    long_frame_control: Flag = 0
    destination_mode: Annotated[int, Bits(2, little=True), Computed("mode_of(destination)"), Meaning(AddressMode)] = (
        AUTO
    )
    source_mode: Annotated[int, Bits(2, little=True), Computed("mode_of(source)"), Meaning(AddressMode)] = AUTO
    pan_id_present: OptionalFlag = None
    security_enabled: OptionalFlag = None
    sequence_number_suppression: OptionalFlag = None
    frame_pending: OptionalFlag = None
    frame_version: Annotated[int | None, Bits(2, little=True), IfLong] = None
    acknowledgement_request: OptionalFlag = None
    information_elements_present: OptionalFlag = None

    sequence_number: Annotated[int | None, Bits(8), When("not sequence_number_suppression")] = None
    destination_pan: Annotated[int | None, Bits(16, little=True), When("pan_id_present"), Meaning(format_pan)] = None
    destination: Annotated[
        LinkAddress, Octets("ADDRESS_OCTETS[destination_mode]", reverse=True), Meaning(format_link)
    ] = LinkAddress(b"")
    source: Annotated[LinkAddress, Octets("ADDRESS_OCTETS[source_mode]", reverse=True), Meaning(format_link)] = (
        LinkAddress(b"")
    )
    security: Annotated[
        AuxiliarySecurityHeader | None, Nested("AuxiliarySecurityHeader if security_enabled else None")
    ] = None
    header_elements: Annotated[
        tuple[Any, ...] | None,  # Any: the members of HEADER_ELEMENTS
        Each("HEADER_ELEMENTS", until=ends_header_elements, leave=MIC),
        When("information_elements_present"),
    ] = None
    payload_elements: Annotated[
        tuple[Any, ...] | None,  # Any: the members of PAYLOAD_ELEMENTS
        Each("PAYLOAD_ELEMENTS", until=ends_payload_elements, leave=MIC),
        When("header_elements and payload_elements_follow(header_elements, security)"),
    ] = None
    payload: Annotated[bytes, Octets(leave=MIC)] = b""
    mic: Annotated[bytes, Octets(MIC)] = b""

    CHECKS = (
        Check("not frame_version", "frame_version", Reason.RESERVED, "a multipurpose frame has frame version 0"),
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
        """Whether the payload is hidden."""
        return self.security is not None and encrypts(self.security.level)

    @property
    def pan_of_source(self) -> int | None:
        """The PAN of the sender as far as the frame says."""
        return self.destination_pan


@wire("ieee802154-fragment")
class FragmentFrame(Header):
    """Section 23.3: a fragment, or the acknowledgement of some; kept as it is."""

    frame_type: Annotated[int, Bits(3, little=True), Fixed(), Meaning(FrameType)] = FrameType.FRAGMENT
    first_bits: Annotated[int, Bits(5, little=True)]
    content: Rest = b""


@wire("ieee802154-extended")
class ExtendedFrame(Header):
    """Section 7.3.6: a frame of a type of which this standard knows no more than the number."""

    frame_type: Annotated[int, Bits(3, little=True), Fixed(), Meaning(FrameType)] = FrameType.EXTENDED
    extended_frame_type: Annotated[int, Bits(3, little=True)]
    first_bits: Annotated[int, Bits(2, little=True)] = 0
    content: Rest = b""
