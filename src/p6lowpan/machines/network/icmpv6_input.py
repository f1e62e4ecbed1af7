"""ICMPv6 messages that are for us: who takes which (RFC 4443 section 2.4).

:data:`TAKERS` has a row for each type that the node knows how to take; every other one is delivered, errors about
packets of ours and types that no RFC assigns included. The checksum is verified first, for all of them.
"""

from collections.abc import Callable, Mapping

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.echo import reply_to
from p6lowpan.machines.network.extension_headers import UpperLayer
from p6lowpan.machines.network.icmpv6_errors import Refused
from p6lowpan.machines.network.outputs import ClassError, DeliverIcmpv6, ToNeighborDiscovery
from p6lowpan.machines.network.packet import Arrival, Incoming
from p6lowpan.wire.address import Ipv6Address, format_ipv6, is_multicast
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest, messages_with
from p6lowpan.wire.ipv6.neighbor_discovery import NEIGHBOR_DISCOVERY_HOP_LIMIT
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registry import MessageType, Protocol

WHERE = "icmpv6"
SMALLEST_MESSAGE = 4


@value
class Message:
    """A message whose checksum holds, and the packet that it came in."""

    incoming: Incoming
    octets: bytes
    fragment: bool
    source_on_link: bool
    configuration: NetworkConfiguration

    @property
    def fault_of_a_neighbor(self) -> str:
        """Why the message cannot have come from a neighbor; empty where only a neighbor can have sent it."""
        if self.incoming.header.hop_limit != NEIGHBOR_DISCOVERY_HOP_LIMIT:
            return f"hop limit {self.incoming.header.hop_limit}"
        if self.fragment:
            return "with a Fragment header (RFC 6980)"
        return "" if self.incoming.arrival is Arrival.LINK else self.incoming.arrival.value


Taken = EchoReply | ToNeighborDiscovery | ClassError | DeliverIcmpv6 | Refused
Taker = Callable[[Message, Header], Taken]


def _echo(message: Message, request: Header) -> Taken:
    assert isinstance(request, EchoRequest)  # noqa: S101 - TAKERS says so
    return reply_to(message.incoming, request, message.configuration)


def _routed_discovery(message: Message, value: Header) -> Taken:
    """DAR and DAC go over several hops (RFC 6775 section 8.2)."""
    header = message.incoming.header
    return ToNeighborDiscovery(
        message=value,
        source=Ipv6Address(header.source),
        destination=Ipv6Address(header.destination),
        hop_limit=header.hop_limit,
        origin=message.incoming.origin,
    )


def _neighbor_discovery(message: Message, value: Header) -> Taken:
    """RFC 4861 section 11.2: with another hop limit than 255 it may have come from afar."""
    if fault := message.fault_of_a_neighbor:
        return Refused(Reason.NOT_FROM_A_NEIGHBOR, WHERE, f"{value.LAYER}: {fault}")
    return _routed_discovery(message, value)


def _class_unsupported(message: Message, error: Header) -> Taken:
    """draft-ayers-low-power-interop-01 section 6.2. Nobody off-link can lower a level, and no error is for a group."""
    if not isinstance(error, ClassUnsupported):
        return _deliver(message)  # its type is for everybody's experiments
    header = message.incoming.header
    fault = message.fault_of_a_neighbor
    if not fault and not message.source_on_link:
        fault = f"{format_ipv6(header.source)} is not on the link"
    if fault:
        return Refused(Reason.NOT_FROM_A_NEIGHBOR, WHERE, f"{error.LAYER}: {fault}")
    if is_multicast(header.destination):
        return Refused(Reason.BAD_DESTINATION, WHERE, f"{error.LAYER} for a group")
    source = Ipv6Address(header.source)
    return ClassError(error.code, error.flex, source, header.hop_limit, message.incoming.origin)


def _deliver(message: Message) -> DeliverIcmpv6:
    header = message.incoming.header
    return DeliverIcmpv6(Ipv6Address(header.source), Ipv6Address(header.destination), message.octets)


TAKERS: Mapping[int, Taker] = {
    MessageType.ECHO_REQUEST: _echo,
    MessageType.ROUTER_SOLICITATION: _neighbor_discovery,
    MessageType.ROUTER_ADVERTISEMENT: _neighbor_discovery,
    MessageType.NEIGHBOR_SOLICITATION: _neighbor_discovery,
    MessageType.NEIGHBOR_ADVERTISEMENT: _neighbor_discovery,
    MessageType.REDIRECT: _neighbor_discovery,
    MessageType.DUPLICATE_ADDRESS_REQUEST: _routed_discovery,
    MessageType.DUPLICATE_ADDRESS_CONFIRMATION: _routed_discovery,
}

ALLOWED_TO_TENTATIVE = frozenset({MessageType.NEIGHBOR_SOLICITATION, MessageType.NEIGHBOR_ADVERTISEMENT})
"""What an address that is not ours yet may receive (RFC 4862 section 5.4, RFC 6775 section 5.5)."""


class Icmpv6Input:
    """Takes ICMPv6 messages as a configuration says."""

    def __init__(self, configuration: NetworkConfiguration) -> None:
        self._configuration = configuration
        self._messages = messages_with(class_unsupported_type=configuration.class_unsupported_type)
        self._takers = {configuration.class_unsupported_type: _class_unsupported, **TAKERS}

    def receive(self, incoming: Incoming, upper: UpperLayer, source_on_link: bool, tentative: bool) -> Taken:
        """Take the message behind the headers of a packet for us; ``tentative``: for an address not ours yet."""
        header, octets = incoming.header, incoming.octets[upper.at :]
        if len(octets) < SMALLEST_MESSAGE:
            return Refused(Reason.TRUNCATED, WHERE, f"{len(octets)} octets, at least {SMALLEST_MESSAGE}")
        if tentative and octets[0] not in ALLOWED_TO_TENTATIVE:
            return Refused(Reason.TENTATIVE_ADDRESS, WHERE, f"type {octets[0]}: {format_ipv6(header.destination)}")
        if not checksum_holds(header.source, header.destination, Protocol.ICMPV6, octets):
            return Refused(Reason.BAD_CHECKSUM, WHERE, f"type {octets[0]}")
        fragment = upper.fragment or incoming.arrival is Arrival.REASSEMBLED
        message = Message(incoming, octets, fragment, source_on_link, self._configuration)
        taker = self._takers.get(octets[0])
        if taker is None:
            return _deliver(message)
        try:
            value, _ = self._messages.decode(octets)
        except Malformed as error:
            return Refused(error.reason, WHERE, str(error))
        return taker(message, value)
