"""What an IPv6 packet carries and between whom, read off its octets, and whether its transport checksum holds.

:func:`~p6lowpan.wire.ipv6.chain.walk` makes values of every header; for each packet of a capture that is too much. Here
the chain is only stepped along, and walked where a header changes the addresses that a checksum covers.
"""

from typing import NamedTuple

from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.chain import checksum_addresses, walk
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol

SIZED_IN_EIGHTS = frozenset(
    (
        Protocol.HOP_BY_HOP_OPTIONS,
        Protocol.ROUTING,
        Protocol.DESTINATION_OPTIONS,
        Protocol.MOBILITY,
        Protocol.HOST_IDENTITY,
        Protocol.SHIM6,
    )
)
"""Extension headers whose second octet counts units of 8 octets behind the first (RFC 8200 section 4)."""

EXTENSIONS = SIZED_IN_EIGHTS | {Protocol.FRAGMENT, Protocol.IPV6, Protocol.AUTHENTICATION_HEADER}
REDIRECTING = frozenset((Protocol.ROUTING, Protocol.DESTINATION_OPTIONS))
"""Headers that may put other addresses under the checksum (RFC 8200 section 8.1, RFC 6275 section 11.3.1)."""

LEAST_OCTETS = {Protocol.UDP: 8, Protocol.TCP: 20, Protocol.ICMPV6: 4}
"""The protocols whose checksum covers the pseudo-header, and the least that each has."""

WITH_PORTS = frozenset((Protocol.UDP, Protocol.TCP))
CHECKSUM_AT = {Protocol.UDP: 6, Protocol.TCP: 16, Protocol.ICMPV6: 2}


class Transport(NamedTuple):
    """The upper layer of one packet, octets ``at`` to ``end``; ``ipv6_at`` is where its innermost IPv6 header begins.

    ``source`` and ``destination`` are those that its checksum covers: of the innermost IPv6 header, the final
    destination of a source route. ``checksum_holds`` is ``None`` where there is none, or the octets are not all here.
    """

    source: bytes
    destination: bytes
    protocol: int
    at: int
    end: int
    source_port: int | None = None
    destination_port: int | None = None
    checksum_holds: bool | None = None
    ipv6_at: int = 0

    def octets(self, packet: bytes) -> bytes:
        """The upper layer's octets."""
        return packet[self.at : self.end]


def transport_of(packet: bytes) -> Transport:
    """The upper layer of an IPv6 packet of at least 40 octets."""
    inner, at, end, protocol, redirected = 0, IPV6_HEADER_OCTETS, len(packet), packet[6], False
    while protocol in EXTENSIONS:
        if at + 8 > end or (protocol == Protocol.IPV6 and at + IPV6_HEADER_OCTETS > end):
            return _unchecked(packet, inner, at, end, protocol)
        following = packet[at]
        match protocol:
            case Protocol.IPV6:
                inner, following = at, packet[at + 6]
                end = min(end, at + IPV6_HEADER_OCTETS + int.from_bytes(packet[at + 4 : at + 6], "big"))
                at, redirected = at + IPV6_HEADER_OCTETS, False
            case Protocol.FRAGMENT:
                if int.from_bytes(packet[at + 2 : at + 4], "big") & 0xFFF9:  # not atomic (RFC 6946)
                    return _unchecked(packet, inner, at + 8, end, following)
                at += 8
            case Protocol.AUTHENTICATION_HEADER:
                at += 4 * (packet[at + 1] + 2)
            case _:
                redirected = redirected or protocol in REDIRECTING
                at += 8 * (packet[at + 1] + 1)
        protocol = following
    if protocol not in LEAST_OCTETS or at + LEAST_OCTETS[Protocol(protocol)] > end:
        return _unchecked(packet, inner, at, end, protocol)
    source, destination = packet[inner + 8 : inner + 24], packet[inner + 24 : inner + 40]
    if redirected:
        source, destination = checksum_addresses(walk(packet).headers)
    segment = packet[at:end]
    source_port = destination_port = None
    if protocol in WITH_PORTS:
        ports = int.from_bytes(segment[:4], "big")
        source_port, destination_port = ports >> 16, ports & 0xFFFF
    holds = segment_holds(source, destination, protocol, segment)
    return Transport(source, destination, protocol, at, end, source_port, destination_port, holds, inner)


def _unchecked(packet: bytes, inner: int, at: int, end: int, protocol: int) -> Transport:
    source, destination = packet[inner + 8 : inner + 24], packet[inner + 24 : inner + 40]
    return Transport(source, destination, protocol, min(at, end), end, ipv6_at=inner)


def segment_holds(source: bytes, destination: bytes, protocol: int, segment: bytes) -> bool:
    """Whether the checksum in a segment holds between two addresses. UDP's own length counts (RFC 8200 section 8.1:
    the pseudo-header takes it), and a UDP checksum of zero never holds."""
    if protocol == Protocol.UDP:
        length = int.from_bytes(segment[4:6], "big")
        if not LEAST_OCTETS[Protocol.UDP] <= length <= len(segment) or segment[6:8] == b"\0\0":
            return False
        segment = segment[:length]
    return checksum_holds(source, destination, protocol, segment)
