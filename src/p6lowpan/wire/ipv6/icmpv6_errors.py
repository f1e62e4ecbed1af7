"""ICMPv6 errors, RFC 4443 section 3, with the codes that later RFCs added. Each carries the packet that provoked it, as
much of it as fitted; that packet may be cut anywhere and is kept raw.
"""

from typing import Annotated

from p6lowpan.wire.description import U8, U16, U32, Bits, Header, Meaning, Rest, wire
from p6lowpan.wire.ipv6.icmpv6_message import FixedType
from p6lowpan.wire.ipv6.registry import MessageType

UNREACHABLE_CODES = {
    0: "no route to destination",
    1: "communication with destination administratively prohibited",
    2: "beyond scope of source address",
    3: "address unreachable",
    4: "port unreachable",
    5: "source address failed ingress or egress policy",
    6: "reject route to destination",
    7: "error in source routing header",  # RFC 6554 section 4.2
    8: "headers too long",  # RFC 8883 section 4
}
TIME_EXCEEDED_CODES = {0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded"}
PARAMETER_PROBLEM_CODES = {
    0: "erroneous header field",
    1: "unrecognized next header",
    2: "unrecognized IPv6 option",
    3: "first fragment has incomplete header chain",  # RFC 7112 section 5
    4: "segment routing upper-layer header error",  # RFC 8986 section 4.1.1
    5: "unrecognized next header at an intermediate node",  # RFC 8883 section 3
    6: "extension header too big",
    7: "extension header chain too long",
    8: "too many extension headers",
    9: "too many options in extension header",
    10: "option too big",
}


@wire("icmpv6-destination-unreachable")
class DestinationUnreachable(Header):
    """RFC 4443 section 3.1. ``original_length`` (RFC 4884 section 4.1) is zero unless extensions follow the packet."""

    type: FixedType = MessageType.DESTINATION_UNREACHABLE
    code: Annotated[int, Bits(8), Meaning(UNREACHABLE_CODES)]
    checksum: U16 = 0
    original_length: U8 = 0
    unused: Annotated[int, Bits(24)] = 0
    invoking_packet: Rest = b""


@wire("icmpv6-packet-too-big")
class PacketTooBig(Header):
    """RFC 4443 section 3.2."""

    type: FixedType = MessageType.PACKET_TOO_BIG
    code: U8 = 0
    checksum: U16 = 0
    mtu: U32
    invoking_packet: Rest = b""


@wire("icmpv6-time-exceeded")
class TimeExceeded(Header):
    """RFC 4443 section 3.3. ``original_length`` as in :class:`DestinationUnreachable`."""

    type: FixedType = MessageType.TIME_EXCEEDED
    code: Annotated[int, Bits(8), Meaning(TIME_EXCEEDED_CODES)]
    checksum: U16 = 0
    original_length: U8 = 0
    unused: Annotated[int, Bits(24)] = 0
    invoking_packet: Rest = b""


@wire("icmpv6-parameter-problem")
class ParameterProblem(Header):
    """RFC 4443 section 3.4. ``pointer`` is the octet of the invoking packet that was wrong."""

    type: FixedType = MessageType.PARAMETER_PROBLEM
    code: Annotated[int, Bits(8), Meaning(PARAMETER_PROBLEM_CODES)]
    checksum: U16 = 0
    pointer: U32
    invoking_packet: Rest = b""
