"""What went wrong, as the :class:`OSError` that a user of sockets expects: the numbers are those that Linux gives."""

import errno
import os
from collections.abc import Mapping
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Decoder
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.udp import Udp

ERRNO_OF_REASON = {
    Reason.NO_SOURCE_ADDRESS: errno.EADDRNOTAVAIL,
    Reason.NO_ROUTE: errno.ENETUNREACH,
    Reason.TOO_BIG: errno.EMSGSIZE,
    Reason.PORT_IN_USE: errno.EADDRINUSE,
    Reason.PORTS_FULL: errno.ENOBUFS,
    Reason.GROUPS_FULL: errno.ENOBUFS,
    Reason.QUEUE_FULL: errno.ENOBUFS,
    Reason.BAD_DESTINATION: errno.EINVAL,
    Reason.BEYOND_SCOPE: errno.EINVAL,
}
"""Why something was not sent or bound; what is not here did not reach its next hop: EHOSTUNREACH."""

ERRNO_OF_UNREACHABLE = {
    0: errno.ENETUNREACH,
    1: errno.EACCES,
    2: errno.EHOSTUNREACH,
    3: errno.EHOSTUNREACH,
    4: errno.ECONNREFUSED,
    5: errno.EACCES,
    6: errno.EACCES,
}
"""Codes of Destination Unreachable."""

ERRORS: Mapping[int, Decoder] = {
    MessageType.DESTINATION_UNREACHABLE: DestinationUnreachable,
    MessageType.PACKET_TOO_BIG: PacketTooBig,
    MessageType.TIME_EXCEEDED: TimeExceeded,
    MessageType.PARAMETER_PROBLEM: ParameterProblem,
}


class UdpOf(NamedTuple):
    """Which datagram a packet of ours held."""

    source_port: int
    destination: Ipv6Address
    destination_port: int


class EchoOf(NamedTuple):
    """Which echo request a packet of ours held."""

    identifier: int
    sequence_number: int


def error_of(reason: Reason, detail: str = "") -> OSError:
    """The error for a reason."""
    number = ERRNO_OF_REASON.get(reason, errno.EHOSTUNREACH)
    return OSError(number, f"{os.strerror(number)} ({reason.value}{': ' if detail else ''}{detail})")


def about(error: OSError, what: str, hint: str = "") -> OSError:
    """The same error of the kernel's, saying what it is about, which the kernel does not, and perhaps what helps."""
    number = error.errno or 0
    why = os.strerror(number) if number > 0 else error.strerror or str(error)
    return OSError(number, f"{why}: {hint}" if hint else why, what)


def error_in(message: bytes) -> tuple[OSError, bytes] | None:
    """What an ICMPv6 error says, and the packet of ours that it is about, perhaps cut; ``None``: it is no error."""
    kind = ERRORS.get(message[0]) if message else None
    if kind is None:
        return None
    try:
        error, _ = kind.decode(message)
    except Malformed:
        return None
    number = _errno_of(error)
    return OSError(number, f"{os.strerror(number)} ({error.LAYER})"), error.invoking_packet


def _errno_of(error: Header) -> int:
    match error:
        case DestinationUnreachable():
            return ERRNO_OF_UNREACHABLE.get(error.code, errno.EHOSTUNREACH)
        case PacketTooBig():
            return errno.EMSGSIZE
        case ParameterProblem():
            return errno.EPROTO
        case _:
            return errno.EHOSTUNREACH


def sent_in(packet: bytes) -> UdpOf | EchoOf | None:
    """Which datagram or echo request of ours a packet held, as far as it is there."""
    chain = walk(packet)
    if not chain.headers or not isinstance(chain.headers[0], Ipv6):
        return None
    if chain.protocol == Protocol.UDP and isinstance(chain.headers[-1], Udp):
        udp = chain.headers[-1]
        return UdpOf(udp.source_port, Ipv6Address(chain.headers[0].destination), udp.destination_port)
    if chain.protocol == Protocol.ICMPV6 and chain.payload[:1] == bytes((MessageType.ECHO_REQUEST,)):
        try:
            request, _ = EchoRequest.decode(chain.payload)
        except Malformed:
            return None
        return EchoOf(request.identifier, request.sequence_number)
    return None
