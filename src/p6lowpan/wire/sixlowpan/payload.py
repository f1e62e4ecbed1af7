"""One 6LoWPAN payload, understood: the headers in front, and the octets of the IPv6 packet that the rest stands for.

Routing headers (RFC 8138) are put back into the packet by :func:`with_routing`, for those who take them. Size and
offsets of RFC 4944's fragments count octets of the uncompressed datagram, with all that routing headers stand for: so
RFC 8931 section 3 reads it, where it finds them "difficult" to modify "in the uncompressed form" as hops are consumed.
"""

from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan import header_compression_1 as hc1
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.expansion import IPV6_HEADER_OCTETS, Expanded, Part, Unsummed, expand
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.routed_packet import NO_DODAGS, Dodags, Routed, encapsulations_of, put_back
from p6lowpan.wire.sixlowpan.routing_header import LAYER as ROUTING_LAYER
from p6lowpan.wire.sixlowpan.stack import Placed, Stack, UncompressedDispatch, read_stack


class Payload(NamedTuple):
    """What a frame carries. ``expanded`` is there where the frame begins a datagram, ``raw`` otherwise; ``routed``
    where routing headers add to what is ``expanded``."""

    stack: Stack
    expanded: Expanded | None
    raw: bytes
    routed: Routed | None = None

    @property
    def octets(self) -> bytes:
        """What the frame holds of its datagram."""
        if self.routed is not None:
            return self.routed.octets
        return self.raw if self.expanded is None else self.expanded.octets

    @property
    def packet(self) -> bytes:
        """The packet that can be handed on: without an outer header whose addresses are not known."""
        return self.octets if self.routed is None else self.routed.packet

    @property
    def growth(self) -> int:
        """How many octets the compressed headers gained, routing headers among them."""
        gained = self.expanded.growth if self.expanded else 0
        return gained if self.routed is None else gained + self.routed.added - _octets_of(routing_headers(self.stack))

    @property
    def unsummed(self) -> tuple[Unsummed, ...]:
        """The UDP headers whose checksum is to be computed when the datagram is whole."""
        unsummed = self.expanded.unsummed if self.expanded else ()
        if self.routed is None or not unsummed:
            return unsummed
        place = self.routed.place
        return tuple(Unsummed(place(at.ipv6), place(at.udp)) for at in unsummed)

    def spans(self) -> list[tuple[Placed | Part, int, int]]:
        """Each header that stands for octets of :attr:`packet`, and which, in the order of the frame."""
        parts = self.expanded.parts if self.expanded else ()
        routed = self.routed
        if routed is None:
            return [(part, part.expanded_start, part.expanded_end) for part in parts]
        found: list[tuple[Placed | Part, int, int]] = []
        for number, placed in enumerate(routing_headers(self.stack)):
            start, end = routed.spans.get(number, (0, 0))
            if start >= routed.hidden and start < end:
                found.append((placed, start - routed.hidden, end - routed.hidden))
        for part in parts:
            start = routed.place(part.expanded_start) - routed.hidden
            found.append((part, start, start + part.expanded_end - part.expanded_start))
        return found


def routing_headers(stack: Stack) -> list[Placed]:
    """The 6LoWPAN Routing Headers that stand in front."""
    return [placed for placed in stack.headers if placed.header.LAYER == ROUTING_LAYER]


def _octets_of(headers: list[Placed]) -> int:
    return sum(placed.end - placed.start for placed in headers)


def decode_payload(octets: bytes, link: Link, contexts: Contexts, limits: Limits) -> Payload:
    """Understand one MAC payload, but for what routing headers add. Raises :class:`Malformed`, its offset counted from
    ``octets[0]``."""
    stack = read_stack(octets, link)
    rest = octets[stack.at :]
    if stack.kind is None:
        return Payload(stack, None, rest)
    size = stack.fragment.datagram_size if isinstance(stack.fragment, FirstFragment) else None
    try:
        expanded = _expanded(stack, rest, contexts, limits, size)
    except Malformed as error:
        raise error.shifted(stack.at) from None
    return Payload(stack, expanded, b"")


def with_routing(
    payload: Payload, octets: bytes, contexts: Contexts, limits: Limits, dodags: Dodags = NO_DODAGS
) -> Payload:
    """``payload``, which was read from ``octets``, with what its routing headers add: the same where it has none.
    Raises :class:`Malformed`, its offset counted from ``octets[0]``."""
    stack, expanded = payload.stack, payload.expanded
    headers = routing_headers(stack)
    if not headers or expanded is None:
        return payload
    routed = _routed(headers, expanded, limits, dodags)
    if isinstance(stack.fragment, FirstFragment):  # its size counts what routing headers stand for
        size = stack.fragment.datagram_size - routed.added
        try:
            expanded = _expanded(stack, octets[stack.at :], contexts, limits, size)
        except Malformed as error:
            raise error.shifted(stack.at) from None
        routed = _routed(headers, expanded, limits, dodags)
    return Payload(stack, expanded, b"", routed)


def decode_beginning(
    octets: bytes, size: int, link: Link, contexts: Contexts, limits: Limits, dodags: Dodags = NO_DODAGS
) -> Payload | None:
    """The beginning of a compressed datagram of ``size`` octets (RFC 8931), as far as ``octets`` go; ``None`` where
    that cannot be read. What is missing is not compressed: "any header that cannot fit within the first fragment MUST
    NOT be compressed" (section 3)."""
    try:
        stack = read_stack(octets, link)
        if stack.kind is not Dispatch.IPHC or stack.fragment is not None:
            return None
        rest = octets[stack.at :]
        there = expand(rest, stack.link, contexts, limits)
        expanded = expand(rest, stack.link, contexts, limits, len(there.octets) + size - len(octets))
        return with_routing(Payload(stack, expanded, b""), octets, contexts, limits, dodags)
    except Malformed:
        return None


def _routed(headers: list[Placed], expanded: Expanded, limits: Limits, dodags: Dodags) -> Routed:
    """What routing headers add to a packet, within the bounds of a receiver."""
    at, most = headers[0].start, limits.nested_ipv6_headers
    if encapsulations_of(placed.header for placed in headers) > most:
        raise Malformed(ROUTING_LAYER, at, Reason.TOO_DEEP, f"more than {most} outer headers")
    try:
        routed = put_back([placed.header for placed in headers], expanded.octets, dodags)
    except Malformed as error:
        raise error.shifted(at) from None
    growth, bound = expanded.growth + routed.added - _octets_of(headers), limits.header_growth_octets
    if growth > bound:
        raise Malformed(ROUTING_LAYER, at, Reason.TOO_MUCH_GROWTH, f"headers grow by {growth}, at most {bound}")
    return routed._replace(unknown=routed.unknown and routed.unknown.shifted(at))


def _expanded(stack: Stack, rest: bytes, contexts: Contexts, limits: Limits, size: int | None) -> Expanded:
    if stack.kind is Dispatch.IPHC:
        return expand(rest, stack.link, contexts, limits, size)
    if stack.kind is Dispatch.HC1:
        return _deprecated(rest, stack.link, size)
    return _uncompressed(rest, size)


def _deprecated(octets: bytes, link: Link, size: int | None) -> Expanded:
    """LOWPAN_HC1: understood, never sent."""
    header, rest = hc1.HeaderCompression1.decode(octets)
    end, covered = len(octets) - len(rest), hc1.expanded_octets(header)
    packet = hc1.expand(header, link, covered + len(rest) if size is None else size) + rest
    return Expanded((Part(header, 0, end, 0, covered),), packet, covered, covered - end, ())


def _uncompressed(octets: bytes, size: int | None) -> Expanded:
    """Dispatch 0x41: the packet as it is."""
    packet = octets[1:]
    part = Part(UncompressedDispatch(), 0, 1, 0, 0)
    if size is None:
        check_packet(packet, 1)
    return Expanded((part,), packet, 0, 0, ())


def check_packet(packet: bytes, offset: int = 0) -> None:
    """Raise :class:`Malformed` unless ``packet`` is an IPv6 packet as long as it says."""
    if len(packet) < IPV6_HEADER_OCTETS:
        detail = f"an IPv6 header needs {IPV6_HEADER_OCTETS} octets, {len(packet)} left"
        raise Malformed("ipv6", offset + len(packet), Reason.TRUNCATED, detail)
    if packet[0] >> 4 != 6:
        raise Malformed("ipv6", offset, Reason.BAD_VALUE, f"version {packet[0] >> 4}, must be 6")
    said = int.from_bytes(packet[4:6], "big") + IPV6_HEADER_OCTETS
    if said > len(packet):
        raise Malformed("ipv6", offset + len(packet), Reason.TRUNCATED, f"{said} octets said, {len(packet)} came")
    if said < len(packet):
        raise Malformed("ipv6", offset + said, Reason.TRAILING, f"{said} octets said, {len(packet)} came")
