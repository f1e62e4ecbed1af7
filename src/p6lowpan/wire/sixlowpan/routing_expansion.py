"""What 6LoWPAN Routing Headers stand for (RFC 8138): Hop-by-Hop option, routing header, and outer IPv6 header.

Pure functions. :func:`expand` puts a packet together; the functions before it give its parts, and :func:`pop` is what a
router does to a route that it forwards along. An expanded route holds the hops that are left, not those already used
(section 5.3), and of the ways to write an RFC 6554 header the shortest is taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.routing_header import (
    HOPS,
    LAYER,
    CriticalRoutingHeader,
    IpInIp,
    RplInformation,
    SourceRoute,
)

IPV6_OCTETS = 40
HOP_BY_HOP, ROUTING, IPV6 = 0, 43, 41
RPL_OPTION = 0x63
"""RFC 6553. RFC 9008 section 4.2 assigns 0x23 in addition; a compressed packet does not say which it was."""

SOURCE_ROUTING_TYPE = 3
MOST_ELIDED = 15
MOST_SEGMENTS = 127
"""Of 16 octets each, this is what the length of a routing header can say."""

LARGEST_PAYLOAD = 0xFFFF


def coalesce(reference: bytes, compressed: bytes) -> bytes:
    """Section 4.3.1: ``reference`` with its last octets replaced. Raises :class:`UsageError` if it is the shorter."""
    if len(compressed) > len(reference):
        raise UsageError(f"{len(compressed)} octets cannot replace the end of {len(reference)}")
    return reference[: len(reference) - len(compressed)] + compressed


def expand_route(routes: Iterable[SourceRoute], reference: bytes) -> tuple[bytes, ...]:
    """Section 5.4: the addresses of the path, the first one coalesced with ``reference``, each other with the one
    before."""
    path = []
    for route in routes:
        for hop in route.hops:
            reference = coalesce(reference, hop.address)
            path.append(reference)
    return tuple(path)


def pop(routes: Sequence[SourceRoute]) -> tuple[SourceRoute, ...]:
    """Section 5.5: the routes without their first hop, whose address the next one may need to be coalesced with."""
    kept: list[SourceRoute] = []
    left = list(routes)
    while left:
        current = left.pop(0)
        if len(current.hops) > 1:
            return (*kept, SourceRoute(type=current.type, hops=current.hops[1:]), *left)
        if not left or left[0].type >= current.type:
            return (*kept, *left)
        following = coalesce(current.hops[0].address, left[0].hops[0].address)
        kept.append(SourceRoute(type=current.type, hops=(HOPS[current.type](address=following),)))
    raise UsageError("no source route to pop a hop from")


# --- the headers that are put back -----------------------------------------------------------------------------------


def hop_by_hop(information: RplInformation, next_header: int, option_type: int = RPL_OPTION) -> bytes:
    """The Hop-by-Hop Options header with the RPL Option, RFC 6553 section 3: 8 octets."""
    flags = information.down << 7 | information.rank_error << 6 | information.forwarding_error << 5
    option = bytes((option_type, 4, flags, information.rpl_instance)) + information.sender_rank.to_bytes(2, "big")
    return bytes((next_header, 0)) + option


def routing_header(segments: Sequence[bytes], destination: bytes, next_header: int) -> bytes:
    """The source routing header of RFC 6554 section 3 for the addresses after ``destination``, as short as can be.

    As each router swaps its own address with the destination, what is elided is shared by all of them. Raises
    :class:`Malformed` for more than ``MOST_SEGMENTS``.
    """
    if len(segments) > MOST_SEGMENTS:
        raise Malformed(LAYER, 0, Reason.TOO_BIG, f"{len(segments)} segments do not fit into a routing header")
    *intermediate, last = segments
    elided_of_last = min(_shared_octets(last, other) for other in (destination, *intermediate))
    elided = min((_shared_octets(destination, other) for other in intermediate), default=elided_of_last)
    addresses = b"".join(address[elided:] for address in intermediate) + last[elided_of_last:]
    padding = -len(addresses) % 8
    words = elided << 28 | elided_of_last << 24 | padding << 20
    fixed = bytes((next_header, (len(addresses) + padding) // 8, SOURCE_ROUTING_TYPE, len(segments)))
    return fixed + words.to_bytes(4, "big") + addresses + bytes(padding)


def _shared_octets(one: bytes, other: bytes) -> int:
    return next((index for index in range(MOST_ELIDED) if one[index] != other[index]), MOST_ELIDED)


def outer_header(hop_limit: int, source: bytes, destination: bytes, next_header: int, payload_length: int) -> bytes:
    """The IPv6 header of an encapsulation; traffic class and flow label, which are not sent, are zero."""
    return (
        (6 << 28).to_bytes(4, "big") + _length(payload_length) + bytes((next_header, hop_limit)) + source + destination
    )


def _length(payload_length: int) -> bytes:
    if payload_length > LARGEST_PAYLOAD:
        raise Malformed(LAYER, 0, Reason.TOO_BIG, f"{payload_length} octets are no IPv6 payload length")
    return payload_length.to_bytes(2, "big")


# --- the whole packet ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Chain:
    """The routing headers that go behind one IPv6 header."""

    routes: list[SourceRoute] = field(default_factory=list)
    information: RplInformation | None = None


def _chains(headers: Iterable[Header]) -> tuple[list[tuple[IpInIp, _Chain]], _Chain]:
    """The encapsulations, outermost first, and the chain of the inner packet.

    Section 3.2.2: IP-in-IP ends a chain; the headers after the last one go behind the inner packet's IPv6 header.
    """
    encapsulations, chain, offset = [], _Chain(), 0
    for header in headers:
        match header:
            case SourceRoute():
                chain.routes.append(header)
            case RplInformation():
                if chain.information is not None:
                    raise Malformed(LAYER, offset, Reason.BAD_ORDER, "a second RPI-6LoRH for one IPv6 header")
                chain.information = header
            case IpInIp():
                encapsulations.append((header, chain))
                chain = _Chain()
            case CriticalRoutingHeader():
                raise Malformed(LAYER, offset, Reason.UNSUPPORTED, f"critical header of unknown type {header.type}")
        offset += len(header.encode())
    return encapsulations, chain


def expand(headers: Iterable[Header], inner: bytes, root: bytes | None = None) -> bytes:
    """The uncompressed packet that ``headers`` before ``inner`` stand for.

    ``inner`` begins with the IPv6 header that LOWPAN_IPHC stood for, and may lack its end (a first fragment). ``root``:
    the address of the DODAG's root, if it is known (section 4.3.2). Elective headers of unknown type are skipped.
    Raises :class:`Malformed`, ``NO_CONTEXT`` where the root's address would be needed.
    """
    if len(inner) < IPV6_OCTETS:
        raise UsageError(f"the inner packet has {len(inner)} octets: an IPv6 header has {IPV6_OCTETS}")
    encapsulations, innermost = _chains(headers)
    final = inner[24:IPV6_OCTETS]
    packet = _inserted(innermost, inner)
    for encapsulation, chain in reversed(encapsulations):
        packet = _encapsulated(encapsulation, chain, packet, final, root)
    return packet


def _inserted(chain: _Chain, packet: bytes) -> bytes:
    """``packet`` with the headers of ``chain`` behind its IPv6 header, and the next hop as its destination."""
    source, final = packet[8:24], packet[24:IPV6_OCTETS]
    path = expand_route(chain.routes, source)
    if path and path[-1] != final:
        path = (*path, final)
    if chain.information and packet[6] == HOP_BY_HOP:
        raise Malformed(LAYER, 0, Reason.UNSUPPORTED, "RPL Packet Information beside another Hop-by-Hop Options header")
    destination, *segments = path or (final,)
    next_header, put_back = _put_back(chain, destination, segments, packet[6])
    length = int.from_bytes(packet[4:6], "big") + len(put_back)
    header = packet[:4] + _length(length) + bytes((next_header, packet[7])) + source + destination
    return header + put_back + packet[IPV6_OCTETS:]


def _encapsulated(encapsulation: IpInIp, chain: _Chain, packet: bytes, final: bytes, root: bytes | None) -> bytes:
    """``packet`` behind the outer header that ``encapsulation`` stands for, and what ``chain`` adds to it."""
    source = _known(root, encapsulation.encapsulator, "encapsulator")
    path = expand_route(chain.routes, source)
    if not path:
        downwards = chain.information.down if chain.information else not encapsulation.encapsulator
        path = (_implicit_destination(bool(downwards), final, root),)
    next_header, put_back = _put_back(chain, path[0], path[1:], IPV6)
    length = len(put_back) + IPV6_OCTETS + int.from_bytes(packet[4:6], "big")
    header = outer_header(encapsulation.hop_limit, source, path[0], next_header, length)
    return header + put_back + packet


def _implicit_destination(downwards: bool, final: bytes, root: bytes | None) -> bytes:
    """Section 7: "implicitly the root in the RPL graph for packets going upwards; in Storing mode, it is the
    destination address in the LOWPAN_IPHC for packets going downwards". Without RPI, what the root encapsulated goes
    downwards."""
    return final if downwards else _known(root, b"", "destination")


def _known(root: bytes | None, compressed: bytes, which: str) -> bytes:
    if len(compressed) == 16:
        return compressed
    if root is None:
        raise Malformed(LAYER, 0, Reason.NO_CONTEXT, f"the {which} is told by the root's address, which is not known")
    return coalesce(root, compressed)


def _put_back(chain: _Chain, destination: bytes, segments: Sequence[bytes], following: int) -> tuple[int, bytes]:
    """The next header of the IPv6 header, and the headers between it and the one of number ``following``."""
    octets = b""
    if segments:
        octets, following = routing_header(segments, destination, following), ROUTING
    if chain.information:
        octets, following = hop_by_hop(chain.information, following) + octets, HOP_BY_HOP
    return following, octets
