"""Every ICMPv6 message in one family (RFC 4443), and echo; the other formats are in the modules that this one joins.

RPL's messages (types 155 and 159) have a folder of their own: here they are kept raw, like every type that is not in
:data:`MEMBERS`, and :func:`messages_with` makes a family that knows more.
"""

from collections.abc import Mapping

from p6lowpan.wire.description import U8, U16, Header, Rest, wire
from p6lowpan.wire.family import Decoder, Family
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.icmpv6_message import FixedType, UnknownMessage
from p6lowpan.wire.ipv6.multicast_listener import (
    VERSION_2_QUERY_OCTETS,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE, ClassUnsupported, is_class_unsupported
from p6lowpan.wire.ipv6.registry import MessageType


@wire("icmpv6-echo-request")
class EchoRequest(Header):
    """RFC 4443 section 4.1."""

    type: FixedType = MessageType.ECHO_REQUEST
    code: U8 = 0
    checksum: U16 = 0
    identifier: U16
    sequence_number: U16
    data: Rest = b""


@wire("icmpv6-echo-reply")
class EchoReply(Header):
    """RFC 4443 section 4.2."""

    type: FixedType = MessageType.ECHO_REPLY
    code: U8 = 0
    checksum: U16 = 0
    identifier: U16
    sequence_number: U16
    data: Rest = b""


VERSION_2_QUERY = 0x100 | MessageType.MULTICAST_LISTENER_QUERY
FOREIGN_EXPERIMENT = -1

MEMBERS: Mapping[int, type[Header]] = {
    MessageType.DESTINATION_UNREACHABLE: DestinationUnreachable,
    MessageType.PACKET_TOO_BIG: PacketTooBig,
    MessageType.TIME_EXCEEDED: TimeExceeded,
    MessageType.PARAMETER_PROBLEM: ParameterProblem,
    MessageType.ECHO_REQUEST: EchoRequest,
    MessageType.ECHO_REPLY: EchoReply,
    MessageType.MULTICAST_LISTENER_QUERY: MulticastListenerQuery,
    VERSION_2_QUERY: MulticastListenerQueryV2,
    MessageType.MULTICAST_LISTENER_REPORT: MulticastListenerReport,
    MessageType.MULTICAST_LISTENER_DONE: MulticastListenerDone,
    MessageType.ROUTER_SOLICITATION: RouterSolicitation,
    MessageType.ROUTER_ADVERTISEMENT: RouterAdvertisement,
    MessageType.NEIGHBOR_SOLICITATION: NeighborSolicitation,
    MessageType.NEIGHBOR_ADVERTISEMENT: NeighborAdvertisement,
    MessageType.REDIRECT: Redirect,
    MessageType.MULTICAST_LISTENER_REPORT_V2: MulticastListenerReportV2,
    MessageType.DUPLICATE_ADDRESS_REQUEST: DuplicateAddressRequest,
    MessageType.DUPLICATE_ADDRESS_CONFIRMATION: DuplicateAddressConfirmation,
}
"""The messages of the RFCs, by type; :data:`VERSION_2_QUERY` stands for the longer query of MLDv2."""


def messages_with(
    others: Mapping[int, Decoder] | None = None, class_unsupported_type: int = CLASS_UNSUPPORTED_TYPE
) -> Family:
    """A family that knows :data:`MEMBERS`, ``others`` by their type, and the P6LoWPAN error under a type of choice."""

    def key(octets: bytes) -> int:
        message_type = octets[0]
        if message_type == class_unsupported_type and not is_class_unsupported(octets):
            return FOREIGN_EXPERIMENT
        if message_type == MessageType.MULTICAST_LISTENER_QUERY and len(octets) >= VERSION_2_QUERY_OCTETS:
            return VERSION_2_QUERY
        return message_type

    return Family(
        layer="icmpv6",
        members={class_unsupported_type: ClassUnsupported, **MEMBERS, **(others or {})},
        unknown=UnknownMessage,
        key=key,
        key_octets=2,
    )


MESSAGES = messages_with()
"""Every message, by its type."""
