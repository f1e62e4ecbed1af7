"""LOWPAN_NHC: compressed extension headers and UDP (RFC 6282 sections 4.2, 4.3), the generic forms of RFC 7400.

Headers as they came. What they stand for is put together in :mod:`p6lowpan.wire.sixlowpan.expansion`.
"""

from typing import Annotated, ClassVar

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import (
    AUTO,
    U8,
    U16,
    Bits,
    Check,
    Computed,
    Fixed,
    Header,
    Meaning,
    Nested,
    Octets,
    Rest,
    When,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.sixlowpan.byte_code import TerminatedCode

# --- extension headers ------------------------------------------------------------------------------------------------

EXTENSION_HEADERS = {0: 0, 1: 43, 2: 44, 3: 60, 4: 135}
"""EID to IPv6 next header: hop-by-hop, routing, fragment, destination options, mobility."""

EXTENSION_IDENTIFIERS = {next_header: identifier for identifier, next_header in EXTENSION_HEADERS.items()}
FRAGMENT_IDENTIFIER = 2
IDENTIFIER_OF_IPV6 = 7
PADDED_IDENTIFIERS = (0, 3)
"""Hop-by-hop and destination options: only these hold padding that may be elided."""

EXTENSION_WORDS = {
    0: "Hop-by-Hop Options",
    1: "Routing",
    2: "Fragment",
    3: "Destination Options",
    4: "Mobility",
    5: "reserved",
    6: "reserved",
    7: "IPv6",
}
NEXT_HEADER_WORDS = {0: "next header in line", 1: "next header elided, LOWPAN_NHC follows"}

EXTENSION_FEATURES = {
    0: Feature.NHC_HOP_BY_HOP,
    1: Feature.NHC_ROUTING,
    2: Feature.NHC_FRAGMENT,
    3: Feature.NHC_DESTINATION_OPTIONS,
    4: Feature.NHC_MOBILITY,
}

_NOT_RESERVED = Check("extension in EXTENSION_HEADERS", "extension", Reason.RESERVED, "EID 5 and 6 are reserved")


@wire("nhc-extension")
class CompressedExtension(Header):
    """RFC 6282 section 4.2. ``length`` counts the octets after it."""

    dispatch: Annotated[int, Bits(4), Fixed()] = 0b1110
    extension: Annotated[int, Bits(3), Meaning(EXTENSION_WORDS)]
    nh: Annotated[int, Bits(1), Meaning(NEXT_HEADER_WORDS)] = 0
    next_header: Annotated[int | None, Bits(8), When("not nh")] = None
    length: Annotated[int, Bits(8), Computed("len(data)")] = AUTO
    data: Annotated[bytes, Octets("length")] = b""

    CHECKS: ClassVar = (_NOT_RESERVED,)


FRAGMENT_LENGTH = 6
"""What some stacks put where the Fragment header has a reserved octet: the number of octets that follow."""


@wire("nhc-fragment")
class CompressedFragment(Header):
    """The Fragment header under LOWPAN_NHC. It has no length field, so nothing is replaced: its reserved octet is sent.

    Some stacks read that octet as a length and send 6; both are understood.
    """

    dispatch: Annotated[int, Bits(4), Fixed()] = 0b1110
    extension: Annotated[int, Bits(3), Fixed(), Meaning(EXTENSION_WORDS)] = FRAGMENT_IDENTIFIER
    nh: Annotated[int, Bits(1), Meaning(NEXT_HEADER_WORDS)] = 0
    next_header: Annotated[int | None, Bits(8), When("not nh")] = None
    reserved: Annotated[int, Bits(8), Meaning({0: "reserved", FRAGMENT_LENGTH: "sent as a length"})] = 0
    data: Annotated[bytes, Octets(6)]


@wire("nhc-ipv6")
class CompressedIpv6(Header):
    """EID 7: a LOWPAN_IPHC follows. The NH bit is unused and must be zero."""

    dispatch: Annotated[int, Bits(4), Fixed()] = 0b1110
    extension: Annotated[int, Bits(3), Fixed(), Meaning(EXTENSION_WORDS)] = IDENTIFIER_OF_IPV6
    nh: Annotated[int, Bits(1)] = 0

    CHECKS: ClassVar = (
        Check("nh == 0", "nh", Reason.RESERVED, "the NH bit must be zero where an IPv6 header follows"),
    )


# --- UDP ports, RFC 6282 section 4.3.3 ------------------------------------------------------------------


@wire("nhc-udp")
class PortsWhole(Header):
    """P=00."""

    source: U16
    destination: U16
    SOURCE_BASE: ClassVar = 0
    DESTINATION_BASE: ClassVar = 0


@wire("nhc-udp")
class PortsDestinationShort(Header):
    """P=01: destination 0xf0XX."""

    source: U16
    destination: U8
    SOURCE_BASE: ClassVar = 0
    DESTINATION_BASE: ClassVar = 0xF000


@wire("nhc-udp")
class PortsSourceShort(Header):
    """P=10: source 0xf0XX."""

    source: U8
    destination: U16
    SOURCE_BASE: ClassVar = 0xF000
    DESTINATION_BASE: ClassVar = 0


@wire("nhc-udp")
class PortsNibbles(Header):
    """P=11: both 0xf0bX."""

    source: Annotated[int, Bits(4)]
    destination: Annotated[int, Bits(4)]
    SOURCE_BASE: ClassVar = 0xF0B0
    DESTINATION_BASE: ClassVar = 0xF0B0


Ports = PortsWhole | PortsDestinationShort | PortsSourceShort | PortsNibbles

PORT_FORMS: tuple[type[Ports], ...] = (PortsWhole, PortsDestinationShort, PortsSourceShort, PortsNibbles)
"""By P."""

PORT_WORDS = {0: "whole", 1: "destination 0xf0XX", 2: "source 0xf0XX", 3: "both 0xf0bX"}
CHECKSUM_WORDS = {0: "checksum in line", 1: "checksum elided"}


@wire("nhc-udp")
class CompressedUdp(Header):
    """RFC 6282 section 4.3.3; the length is elided."""

    dispatch: Annotated[int, Bits(5), Fixed()] = 0b11110
    checksum_elided: Annotated[int, Bits(1), Meaning(CHECKSUM_WORDS)] = 0
    port_mode: Annotated[int, Bits(2), Meaning(PORT_WORDS)] = 0
    ports: Annotated[Ports, Nested("PORT_FORMS[port_mode]")]
    checksum: Annotated[int | None, Bits(16), When("not checksum_elided")] = None


# --- generic header compression, RFC 7400 section 3 ------------------------------------------------------------------


@wire("ghc-udp")
class GenericUdp(Header):
    """RFC 7400 section 3.1: as :class:`CompressedUdp`, and the payload is byte code to the end of the frame."""

    dispatch: Annotated[int, Bits(5), Fixed()] = 0b11010
    checksum_elided: Annotated[int, Bits(1), Meaning(CHECKSUM_WORDS)] = 0
    port_mode: Annotated[int, Bits(2), Meaning(PORT_WORDS)] = 0
    ports: Annotated[Ports, Nested("PORT_FORMS[port_mode]")]
    checksum: Annotated[int | None, Bits(16), When("not checksum_elided")] = None
    code: Rest = b""


@wire("ghc-icmpv6")
class GenericIcmpv6(Header):
    """RFC 7400 section 3.1: the whole ICMPv6 message is byte code."""

    dispatch: Annotated[int, Bits(8), Fixed()] = 0b11011111
    code: Rest = b""


@wire("ghc-extension")
class GenericExtension(Header):
    """RFC 7400 section 3.2: the extension header without its length, and without its next header where NH=1, as byte
    code that a stop code ends. Where NH=0 the next header is the first octet that the code gives."""

    dispatch: Annotated[int, Bits(4), Fixed()] = 0b1011
    extension: Annotated[int, Bits(3), Meaning(EXTENSION_WORDS)]
    nh: Annotated[int, Bits(1), Meaning(NEXT_HEADER_WORDS)] = 0
    code: Annotated[TerminatedCode, Nested("TerminatedCode")]

    CHECKS: ClassVar = (
        Check(
            "extension in EXTENSION_HEADERS and extension != FRAGMENT_IDENTIFIER",
            "extension",
            Reason.RESERVED,
            "only extension headers with a length field have a generic form",
        ),
    )


class _Unassigned(Header):
    """Takes the octets that no RFC assigns, to refuse them with their value."""

    @classmethod
    def decode(cls, octets: bytes) -> tuple["_Unassigned", bytes]:
        raise Malformed("nhc", 0, Reason.UNKNOWN_NEXT_HEADER, f"LOWPAN_NHC octet {octets[0]:#04x} is not assigned")


def _members() -> dict[int, type[Header]]:
    members: dict[int, type[Header]] = {0b11011111: GenericIcmpv6}
    for low in range(16):
        members[0b11100000 | low] = CompressedExtension
        members[0b10110000 | low] = GenericExtension
    for low in range(8):
        members[0b11110000 | low] = CompressedUdp
        members[0b11010000 | low] = GenericUdp
    for nh in range(2):
        members[0b11100000 | FRAGMENT_IDENTIFIER << 1 | nh] = CompressedFragment
        members[0b11100000 | IDENTIFIER_OF_IPV6 << 1 | nh] = CompressedIpv6
    return members


NEXT_HEADERS = Family("nhc", members=_members(), unknown=_Unassigned)
"""Decodes whatever the next LOWPAN_NHC octet announces."""
