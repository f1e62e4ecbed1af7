"""The headers in front of a datagram (RFC 4944 section 5), and the dispatch that follows them."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.node import Node
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.receiving.reassembly import Piece
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.dispatch import Dispatch, dispatch_of
from p6lowpan.wire.sixlowpan.fragment import OFFSET_UNIT
from p6lowpan.wire.sixlowpan.mesh import MeshHeader


def classify(octet: int, page: int) -> Dispatch | None:
    """The dispatch by the registry."""
    try:
        return dispatch_of(octet, page).dispatch
    except Malformed:
        return None


def unknown_dispatch(_reading: Reading) -> None:
    """Not for us, or not known: RFC 4944 section 5.1."""
    raise Dropped("the dispatch is not supported")


def short(_reading: Reading, count: int) -> bytes:
    """The frame ends too early."""
    raise Dropped(f"the frame is cut: {count} octets wanted")


def mesh(reading: Reading) -> None:
    """A mesh header: the ends are those of the mesh from here on."""
    try:
        header, rest = MeshHeader.decode(reading.rest)
    except Malformed as error:
        raise Dropped(str(error)) from None
    reading.at = len(reading.octets) - len(rest)
    link = Link(LinkAddress(header.originator), LinkAddress(header.final_destination))
    reading.node = Node(link, reading.node.contexts, reading.node.pan)


def broadcast(reading: Reading) -> None:
    """LOWPAN_BC0: two octets, skipped."""
    reading.take(2)


def page_switch(reading: Reading) -> None:
    """RFC 8025: another page."""
    reading.page = reading.take(1)[0] & 15


def first_fragment(reading: Reading) -> None:
    """FRAG1: the datagram's size counts for what follows."""
    size, tag = reading.take_number(2) & 0x7FF, reading.take_number(2)
    reading.fragment = Piece(size, tag, 0, first=True, carried=reading.left, reading=reading)


def subsequent_fragment(reading: Reading) -> None:
    """FRAGN: what follows is not looked at."""
    size, tag = reading.take_number(2) & 0x7FF, reading.take_number(2)
    offset = reading.take(1)[0] * OFFSET_UNIT
    reading.fragment = Piece(size, tag, offset, first=False, carried=reading.left)
    reading.out += reading.take(reading.left)


def uncompressed(reading: Reading) -> None:
    """Dispatch 0x41: the packet as it is."""
    reading.take(1)
    reading.out += reading.take(reading.left)
