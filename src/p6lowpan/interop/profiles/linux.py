"""The Linux kernel: net/6lowpan and net/ieee802154/6lowpan over mac802154, contexts put in by hand."""

from dataclasses import dataclass, field
from typing import Any

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.quirks import lacking
from p6lowpan.interop.receiving import addresses as restoring
from p6lowpan.interop.receiving import completion, front
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.interop.sending import addresses
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Form, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, UNSPECIFIED, Link
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

LARGEST_FRAME = 127
CHECK_SEQUENCE = 2
LINK_LOCAL = (addresses.link_local_0, addresses.link_local_16, addresses.link_local_64)


@dataclass(slots=True)
class _Queue:
    """One datagram: its octets as far as fragments joined without a gap."""

    octets: bytearray = field(default_factory=bytearray)
    end: int = 0
    gap: bool = False
    first: Any = None


class _Ascending(Reassembly):
    """Every fragment is taken to reach to the end of the datagram, so one that begins before the end of what is there
    overlaps it and is dropped, and a gap is never filled."""

    def __init__(self) -> None:
        self.queues: dict[tuple[Any, ...], _Queue] = {}

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment."""
        key = link.source, link.destination, piece.size, piece.tag
        queue = self.queues.setdefault(key, _Queue())
        if piece.offset < queue.end:
            raise Dropped("a fragment that does not begin behind all others")
        queue.gap = queue.gap or piece.offset > queue.end or (not piece.first and not queue.end)
        queue.end = piece.offset + len(piece.octets)
        queue.octets += piece.octets
        queue.first = piece.reading if piece.first else queue.first
        if queue.gap or queue.end != piece.size:
            return []
        del self.queues[key]
        return [(bytes(queue.octets), queue.first)]


def _unspecified_of_a_context(reading: Reading, end: End) -> bytes:
    """SAC=1 SAM=00, and the mode that is reserved for destinations: ``::``, if the context is there."""
    reading.rules.context(reading, reading.encoding.identifiers[end])
    return bytes(UNSPECIFIED)


def _uncompressed_remembered(reading: Reading) -> None:
    if reading.fragment is not None:
        reading.notes["dispatch"] = reading.octets[reading.at : reading.at + 1]
    front.uncompressed(reading)


def _with_its_dispatch(reading: Reading, packet: bytes) -> bytes:
    """A datagram whose first fragment is uncompressed goes up with the dispatch in front."""
    dispatch: bytes = reading.notes.get("dispatch", b"")
    return dispatch + completion.summed(reading, packet)


def _below_a_local_source(form: Form) -> Form:
    """A link-local destination is compressed only where the source is link-local, or unspecified."""
    if form not in LINK_LOCAL:
        return form

    def carried(writing: Writing, end: End) -> Carried | None:
        source = writing.address(End.SOURCE)
        local = source[:8] == LINK_LOCAL_PREFIX or source == UNSPECIFIED
        return form(writing, end) if local else None

    return carried


def _frames_for_the_medium(writing: Writing, headers: Chained) -> list[bytes]:
    """As much as a frame of 127 octets holds behind this MAC header."""
    link = writing.node.link
    room = LARGEST_FRAME - CHECK_SEQUENCE - 5 - len(link.source) - len(link.destination)
    whole = headers.octets + writing.packet[headers.end :]
    return [whole] if len(whole) <= room else fragments(writing, headers, room, last_in_units=True)


LINUX = Stack(
    "linux",
    "Debian kernel 6.1.192-2",
    (
        Quirk(
            "a fragment that is not the next one is lost, and with it the datagram",
            ("frag/iphc/576/reverse", "s:d-frag-iphc-1280-ooo", "s:d-frag-nfirst"),
            receives={"reassembly": _Ascending},
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "a datagram whose first fragment is uncompressed is handed up with the dispatch octet in front",
            ("frag/plain/576/inorder", "frag/plain/1280/inorder"),
            receives={"dispatches": {Dispatch.IPV6: _uncompressed_remembered}, "finished": _with_its_dispatch},
            clause="RFC 4944 5.3",
        ),
        lacking.only_udp("ext/0/inline", "ext/43/nhc", "ext/44/inline", "tunnel/udp-inline", "E:ext/0-6-1e"),
        lacking.CHECKSUM_IN_LINE,
        lacking.no_mesh("mesh/deep", "bc0/mesh"),
        Quirk(
            "the unspecified source, SAC=1 SAM=00, needs the context that the frame names",
            ("R:rnd/20261121/3", "R:rnd/20261121/43", "s:d-unspec"),
            receives={"sources": {0b100: _unspecified_of_a_context}},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "reserved modes of a destination are accepted: M=0 DAC=1 DAM=00 is the unspecified address, and every DAM"
            " under M=1 DAC=1 is 00",
            ("bad/m1-dac1-dam2", "bad/m1-dac1-dam3"),
            receives={
                "destinations": {
                    0b0100: _unspecified_of_a_context,
                    **dict.fromkeys((0b1101, 0b1110, 0b1111), restoring.group_of_prefix),
                }
            },
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "a link-local destination is compressed only if the source is link-local or unspecified",
            ("E:addr/e/full/ll64", "E:addr/e/c0-64/ll0"),
            sends={"destinations": tuple(map(_below_a_local_source, addresses.UNICAST))},
        ),
        Quirk(
            "the short form of the destination port is tried before that of the source port",
            ("E:udp/f000-f012",),
            sends={"ports": (3, 1, 2, 0)},
        ),
        Quirk(
            "frames are as long as the medium allows, whatever the MTU",
            ("E:size/512", "E:size-icmp/256"),
            sends={"frames": _frames_for_the_medium},
        ),
    ),
    Bounds(contexts=16),
)
