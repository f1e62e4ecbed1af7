"""Echo (RFC 4443 section 4): who is asked for an echo replies with the same octets.

The reply comes from the address that was asked, or where a group was asked from one of ours ("the source address of the
reply MUST be a unicast address"), which whoever sends it selects.
"""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.icmpv6_errors import Refused
from p6lowpan.machines.network.packet import Incoming
from p6lowpan.wire.address import UNSPECIFIED, format_ipv6, is_multicast
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest

WHERE = "echo"


def reply_to(incoming: Incoming, request: EchoRequest, configuration: NetworkConfiguration) -> EchoReply | Refused:
    """The reply, its checksum still zero."""
    if incoming.header.source == UNSPECIFIED:
        return Refused(Reason.BAD_SOURCE, WHERE, "there is nobody to reply to")
    destination = incoming.header.destination
    if is_multicast(destination) and not configuration.answers_multicast_echo:
        return Refused(Reason.BAD_DESTINATION, WHERE, f"{format_ipv6(destination)}: no reply to a group")
    return EchoReply(identifier=request.identifier, sequence_number=request.sequence_number, data=request.data)
