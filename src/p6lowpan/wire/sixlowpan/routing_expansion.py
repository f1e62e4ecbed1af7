"""What 6LoWPAN Routing Headers stand for (RFC 8138): Hop-by-Hop option, routing header, and outer IPv6 header.

Pure functions for its parts: :mod:`p6lowpan.wire.sixlowpan.routed_packet` puts a packet together from them. :func:`pop`
is what a router does to a route that it forwards along.
"""

from collections.abc import Iterable, Sequence

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.routing_header import HOPS, LAYER, RplInformation, SourceRoute

IPV6_OCTETS, ADDRESS_OCTETS = 40, 16
HOP_BY_HOP, ROUTING, IPV6 = 0, 43, 41
RPL_OPTION, NEW_RPL_OPTION = 0x63, 0x23
"""RFC 6553; RFC 9008 section 4.2 assigns the other. A compressed packet does not say which of them it was."""

KEEPING_ALIGNED = bytes.fromhex("0100")
"""A PadN: with the 6 octets of the RPL option it makes 8."""

LONGEST_OPTIONS = 255
"""What the length of a Hop-by-Hop Options header can say, in units of 8 octets beyond the first."""

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


def hop_by_hop(
    information: RplInformation, next_header: int, option_type: int = RPL_OPTION, options: bytes = b""
) -> bytes:
    """The Hop-by-Hop Options header with the RPL Option, RFC 6553 section 3: 8 octets, or 8 more than ``options``, the
    header that was there before. Raises :class:`Malformed` where that is the longest that there can be."""
    flags = information.down << 7 | information.rank_error << 6 | information.forwarding_error << 5
    option = bytes((option_type, 4, flags, information.rpl_instance)) + information.sender_rank.to_bytes(2, "big")
    if not options:
        return bytes((next_header, 0)) + option
    if options[1] == LONGEST_OPTIONS:
        raise Malformed(LAYER, 0, Reason.TOO_BIG, "no room for the RPL option in the Hop-by-Hop Options header")
    return bytes((next_header, options[1] + 1)) + option + KEEPING_ALIGNED + options[2:]


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
    words = (6 << 28).to_bytes(4, "big") + length_field(payload_length)
    return words + bytes((next_header, hop_limit)) + source + destination


def length_field(payload_length: int) -> bytes:
    """The payload length of an IPv6 header. Raises :class:`Malformed` where it does not fit."""
    if payload_length > LARGEST_PAYLOAD:
        raise Malformed(LAYER, 0, Reason.TOO_BIG, f"{payload_length} octets are no IPv6 payload length")
    return payload_length.to_bytes(2, "big")
