"""The headers in front of a datagram: mesh, broadcast, fragment, pages and routing headers, in their order.

RFC 4944 section 5 fixes the order: mesh addressing, hop-by-hop processing (LOWPAN_BC0), fragmentation, then the
datagram. :func:`read_stack` takes them off; what is left is the datagram or a part of it.
"""

from typing import Annotated, NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.description import Bits, Fixed, Header, wire
from p6lowpan.wire.family import Decoder
from p6lowpan.wire.sixlowpan.dispatch import Dispatch, dispatch_of
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment, RecoverableFragmentAcknowledgment
from p6lowpan.wire.sixlowpan.routing_header import ROUTING_HEADERS, CriticalRoutingHeader


@wire("ipv6-dispatch")
class UncompressedDispatch(Header):
    """RFC 4944 section 5.1: an uncompressed IPv6 packet follows."""

    dispatch: Annotated[int, Bits(8), Fixed()] = 0b01000001


class Placed(NamedTuple):
    """A header, and the octets of the frame that hold it."""

    header: Header
    start: int
    end: int


class Stack(NamedTuple):
    """What stood in front. ``kind`` says what is left from octet ``at`` on: IPHC, IPV6 or HC1; ``None``: octets that
    only their reassembly, or nobody, understands. ``link`` are the ends after any mesh header."""

    headers: tuple[Placed, ...]
    at: int
    kind: Dispatch | None
    link: Link
    fragment: FirstFragment | SubsequentFragment | None
    page: int


FRONT: dict[Dispatch, tuple[Decoder, int]] = {
    Dispatch.MESH: (MeshHeader, 0),
    Dispatch.BROADCAST: (BroadcastHeader, 1),
    Dispatch.FIRST_FRAGMENT: (FirstFragment, 2),
    Dispatch.SUBSEQUENT_FRAGMENT: (SubsequentFragment, 2),
    Dispatch.RECOVERABLE_FRAGMENT: (RecoverableFragment, 2),
    Dispatch.RECOVERABLE_FRAGMENT_ACKNOWLEDGMENT: (RecoverableFragmentAcknowledgment, 2),
    Dispatch.PAGE_SWITCH: (PageSwitch, 3),
    Dispatch.CRITICAL_ROUTING_HEADER: (ROUTING_HEADERS, 3),
    Dispatch.ELECTIVE_ROUTING_HEADER: (ROUTING_HEADERS, 3),
    Dispatch.ESCAPE: (EscapeHeader, 4),
}
"""The class of each header that may stand in front, and its place in the order of RFC 4944 section 5."""

REPEATABLE_PLACE = 3
"""Pages and the routing headers in page 1 (RFC 8138 section 4) may stand in any number."""

OPAQUE = (SubsequentFragment, RecoverableFragment, RecoverableFragmentAcknowledgment, EscapeHeader)
"""What follows these is not a header."""

DATAGRAMS = (Dispatch.IPHC, Dispatch.IPV6, Dispatch.HC1)


def read_stack(octets: bytes, link: Link) -> Stack:
    """Take the headers off that stand in front of the datagram. Raises :class:`Malformed`."""
    placed: list[Placed] = []
    at, page, place = 0, 0, -1
    fragment: FirstFragment | SubsequentFragment | None = None
    while at < len(octets):
        dispatch = _dispatch(octets, at, page)
        if dispatch in DATAGRAMS:
            return Stack(tuple(placed), at, dispatch, link, fragment, page)
        if dispatch not in FRONT:
            raise Malformed("6lowpan", at, Reason.UNSUPPORTED, f"dispatch {dispatch.value} is known by name alone")
        kind, its_place = FRONT[dispatch]
        if its_place < place or its_place == place != REPEATABLE_PLACE:
            raise Malformed("6lowpan", at, Reason.BAD_ORDER, f"{dispatch.value} behind a header that must follow it")
        header, end = _decode(kind, octets, at)
        placed.append(Placed(header, at, end))
        at, place = end, its_place
        match header:
            case MeshHeader():
                link = Link(LinkAddress(header.originator), LinkAddress(header.final_destination))
            case FirstFragment() | SubsequentFragment():
                fragment = header
            case PageSwitch():
                page = header.page
            case CriticalRoutingHeader():
                detail = f"a critical 6LoRH of unknown type {header.type}: the packet must be dropped (RFC 8138 4.2)"
                raise Malformed("6lorh", placed[-1].start, Reason.UNSUPPORTED, detail)
        if isinstance(header, OPAQUE):
            return Stack(tuple(placed), at, None, link, fragment, page)
    raise Malformed("6lowpan", len(octets), Reason.TRUNCATED, "the frame ends before a datagram begins")


def _dispatch(octets: bytes, at: int, page: int) -> Dispatch:
    try:
        return dispatch_of(octets[at], page).dispatch
    except Malformed as error:
        raise error.shifted(at) from None


def _decode(kind: Decoder, octets: bytes, at: int) -> tuple[Header, int]:
    try:
        header, rest = kind.decode(octets[at:])
    except Malformed as error:
        raise error.shifted(at) from None
    return header, len(octets) - len(rest)
