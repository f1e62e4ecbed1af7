"""ICMPv6 errors: about what one may be sent, and what it looks like (RFC 4443 section 2.4).

Whoever refuses a packet says so with a :class:`Refused`, and puts the error into it that the packet's sender should
see. Here it is decided whether that sender may see it: section 2.4 (e) names the packets about which no error is sent,
and the two errors that multicast does not forbid. The rate is :mod:`p6lowpan.machines.network.icmpv6_limiter`'s.
"""

from dataclasses import replace

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.packet import NEXT_HEADER_AT, Incoming
from p6lowpan.wire.address import UNSPECIFIED, is_group, is_multicast
from p6lowpan.wire.ipv6 import icmpv6_message
from p6lowpan.wire.ipv6.chain import EXTENSIONS
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.registry import MessageType, Protocol

MINIMUM_MTU = 1280  # RFC 8200 section 5; no error is longer
ERROR_HEADER_OCTETS = 8
SHORTEST_HEADER = 8
FIRST_OFFSET = 8  # the smallest offset but 0, above the three bits behind it in a Fragment header

NO_ROUTE, BEYOND_SCOPE, ADDRESS_UNREACHABLE, PORT_UNREACHABLE, SOURCE_ROUTE_ERROR = 0, 2, 3, 4, 7
"""Codes of Destination Unreachable (RFC 4443 section 3.1, RFC 6554 section 4.2)."""

HOP_LIMIT_EXCEEDED, REASSEMBLY_TIME_EXCEEDED = 0, 1
"""Codes of Time Exceeded (section 3.3)."""

ERRONEOUS_FIELD, UNRECOGNIZED_NEXT_HEADER, UNRECOGNIZED_OPTION = 0, 1, 2
"""Codes of Parameter Problem (section 3.4)."""

Icmpv6Error = DestinationUnreachable | PacketTooBig | TimeExceeded | ParameterProblem


@value
class Refused:
    """A packet that is not handed on. ``answer``: the error for its sender, without checksum and packet; ``None`` where
    there is none. ``even_multicast``: the error may be about a multicast (section 2.4 e.3)."""

    reason: Reason
    where: str
    detail: str = ""
    answer: Icmpv6Error | None = None
    even_multicast: bool = False


def erroneous_field(error: Malformed, header_at: int, where: str) -> Refused:
    """A header at ``header_at`` in its packet cannot be read: Parameter Problem, pointing at what is wrong with it."""
    problem = error.shifted(header_at)
    answer = ParameterProblem(code=ERRONEOUS_FIELD, pointer=problem.offset)
    return Refused(problem.reason, where, str(problem), answer)


def carries_error(octets: bytes) -> bool:
    """Whether a packet carries an ICMPv6 error or a Redirect, behind whatever headers (section 2.4 e.1 and e.2).

    Of the headers the lengths alone are read: what is wrong inside of one must not hide what is behind it.
    """
    protocol, at = int(Protocol.IPV6), 0
    while protocol in EXTENSIONS and at + SHORTEST_HEADER <= len(octets):
        if protocol == Protocol.FRAGMENT and int.from_bytes(octets[at + 2 : at + 4], "big") >= FIRST_OFFSET:
            return False  # the middle of something; no error is as long as to need fragments
        next_at = NEXT_HEADER_AT if protocol == Protocol.IPV6 else 0
        protocol, at = octets[at + next_at], at + _header_octets(protocol, octets[at + 1])
    if protocol != Protocol.ICMPV6 or at >= len(octets):
        return False
    return icmpv6_message.is_error(octets[at]) or octets[at] == MessageType.REDIRECT


def _header_octets(protocol: int, length: int) -> int:
    """How long a header is of which the second octet is ``length``, which most give in units of 8 octets (RFC 6564),
    the Authentication Header in units of 4 (RFC 4302 section 2.2), and some not at all."""
    if protocol == Protocol.IPV6:
        return IPV6_HEADER_OCTETS
    if protocol == Protocol.FRAGMENT:
        return SHORTEST_HEADER
    return 4 * length + 8 if protocol == Protocol.AUTHENTICATION_HEADER else 8 * length + 8


def may_answer(incoming: Incoming, refused: Refused) -> bool:
    """Whether the sender of a packet may be told why it was refused."""
    if refused.answer is None or incoming.header.source == UNSPECIFIED:
        return False
    to_many = is_multicast(incoming.header.destination) or is_group(incoming.origin.link_destination)
    if to_many and not refused.even_multicast:
        return False
    return not carries_error(incoming.octets)


def error_message(
    answer: Icmpv6Error, invoking: bytes, source: bytes, destination: bytes, datagram_octets: int = MINIMUM_MTU
) -> bytes:
    """The whole ICMPv6 message, with as much of the invoking packet as fits (section 2.4 c), and fits a datagram."""
    room = min(MINIMUM_MTU, datagram_octets) - IPV6_HEADER_OCTETS - ERROR_HEADER_OCTETS
    quoting = replace(answer, invoking_packet=invoking[: max(room, 0)])
    return icmpv6_message.with_checksum(quoting, source, destination).encode()
