"""lwIP (netif/lowpan6), as Debian builds the library: 10 contexts, link-layer addresses of 6 octets at most."""

from dataclasses import dataclass, field

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.quirks import contexts, lacking, traffic
from p6lowpan.interop.receiving import addresses as restoring
from p6lowpan.interop.receiving import completion
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.interop.receiving.steps import Drop
from p6lowpan.interop.sending import addresses
from p6lowpan.interop.sending.addresses import GROUPS
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Chained, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import Link

CONTEXTS = 10
BROADCAST_HEADER = 7  # of a frame without its source address: control, sequence, PAN, a 16-bit destination
LARGEST_FRAME, CHECK_SEQUENCE = 127, 2
UNICAST = (
    addresses.stateful_0,
    addresses.stateful_16,
    addresses.stateful_64,
    addresses.link_local_0,
    addresses.link_local_16,
    addresses.link_local_64,
)


@dataclass(slots=True)
class _Datagram:
    """Of one sender: its first fragment, and the later ones in a list that is kept in order."""

    first: Piece
    later: list[Piece] = field(default_factory=list)

    @property
    def octets(self) -> bytes | None:
        """The whole of it, once each fragment begins where the one before it ends."""
        octets = self.first.octets
        for piece in self.later:
            if piece.offset != len(octets):
                return None
            octets += piece.octets
        return octets if len(octets) == self.first.size else None


class _OneASender(Reassembly):
    """A first fragment ends what its sender had begun; later ones are told apart by their offsets."""

    def __init__(self) -> None:
        self.datagrams: dict[bytes, _Datagram] = {}

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment."""
        if piece.first:
            return self._begin(link, piece)
        datagram = self.datagrams.get(link.source)
        if datagram is None or (datagram.first.size, datagram.first.tag) != (piece.size, piece.tag):
            raise Dropped("a fragment before the first one")
        if not self._put(datagram, piece):
            del self.datagrams[link.source]
            raise Dropped("a fragment that overlaps another one: the datagram is given up")
        octets = datagram.octets
        if octets is None:
            return []
        del self.datagrams[link.source]
        return [(octets, datagram.first.reading)]

    def failed(self, link: Link, piece: Piece | None) -> None:
        """A first fragment that cannot be restored is released twice."""
        if piece is not None and piece.first and len(link.source) == 8:
            raise Crashed("a failed assertion: the first fragment is released twice")

    def _begin(self, link: Link, piece: Piece) -> list[Whole]:
        known = self.datagrams.get(link.source)
        if known is not None and (known.first.size, known.first.tag) == (piece.size, piece.tag):
            raise Dropped("a duplicate first fragment")
        self.datagrams[link.source] = _Datagram(piece)
        return []

    def _put(self, datagram: _Datagram, piece: Piece) -> bool:
        """Into the list; one that goes in front of the list takes its place. ``False``: an overlap."""
        if piece.offset < len(datagram.first.octets):
            return False
        for at, other in enumerate(datagram.later):
            if piece.offset == other.offset:
                return len(piece.octets) == len(other.octets)
            if piece.offset < other.offset:
                if piece.offset + len(piece.octets) > other.offset:
                    return False
                datagram.later = [piece] if at == 0 else [*datagram.later[:at], piece, *datagram.later[at:]]
                return True
        datagram.later.append(piece)
        return True


def _has_long_source(reading: Reading) -> None:
    if len(reading.node.link.source) != 8:
        raise Dropped("the source address has 16 bits")


def _whole_of_a_context(reading: Reading, end: End) -> bytes:
    """M=0 DAC=1 DAM=00: 16 octets in line, if the context exists."""
    reading.rules.context(reading, reading.encoding.identifiers[end])
    return restoring.whole(reading, end)


def _frames_by_broadcast(writing: Writing, headers: Chained) -> list[bytes]:
    """As much as a frame of 127 octets holds behind the MAC header of a broadcast."""
    room = LARGEST_FRAME - CHECK_SEQUENCE - BROADCAST_HEADER - len(writing.node.link.source)
    whole = headers.octets + writing.packet[headers.end :]
    return [whole] if len(whole) <= room else fragments(writing, headers, room, last_in_units=True)


LWIP = Stack(
    "lwip",
    "2.1.3 of Debian",
    (
        Quirk(
            "frames with a 16-bit source address are dropped",
            ("addr/s/full/ll64", "addr/x/ll0/full"),
            receives={"admits": _has_long_source},
        ),
        Quirk(
            "the traffic class octet is copied between IPv6 and LOWPAN_IPHC as it is, both ways",
            ("tf/tf-full/hl64", "tf/tf-nofl/hl64", "tf/tf-noDSCP/hl1", "E:tf/1-fffff-64"),
            receives={"traffic": traffic.UNTURNED},
            sends={"traffic": traffic.unturned},
            clause="RFC 6282 3.2.1",
        ),
        Quirk(
            "there are 10 contexts, all of 64 bits; one that was not announced is all zeros",
            ("bad/nocontext", "addr/e/c9-64/full", "E:addr/e/unspec/full", "s:d-ctx80-elided", "s:e-unspec-mc8"),
            receives={"installed": contexts.zero_64(CONTEXTS)},
            sends={"installed": contexts.zero_64(CONTEXTS)},
            clause="RFC 6282 3.1.2",
        ),
        Quirk(
            "an address is compressed by a context wherever one has its first 64 bits, also ::",
            ("E:addr/e/unspec/full",),
            sends={
                "sources": (*UNICAST, addresses.unspecified, addresses.whole),
                "destinations": (*UNICAST, addresses.whole),
            },
        ),
        Quirk(
            "stateful multicast is not known; the mode that is reserved for a unicast destination is a whole address",
            ("addr/e/full/m-c1", "E:addr/e/full/m-c1"),
            receives={
                "destinations": {
                    0b0100: _whole_of_a_context,
                    **dict.fromkeys((0b1100, 0b1101, 0b1110, 0b1111), Drop("a group with a context")),
                },
            },
            sends={"groups": (*GROUPS[:3], GROUPS[-1])},
            clause="RFC 6282 3.2.4",
        ),
        lacking.only_udp("ext/0/inline", "ext/43/nhc", "tunnel/udp-inline", "E:ext/43-6-03", "s:e-ip6ip6"),
        lacking.CHECKSUM_IN_LINE,
        lacking.no_mesh("mesh/deep", "bc0/mesh"),
        Quirk(
            "one datagram a sender: its first fragment must come first and ends what was begun; a fragment that goes in"
            " front of those that wait takes their place; a first fragment that cannot be restored ends the stack",
            ("frag/iphc/576/reverse", "frag/plain/576/dup", "s:d-frag-interleave2", "R:mut/20261121/15"),
            receives={"reassembly": _OneASender},
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "packets are handed up without a look at their lengths",
            ("plain/1",),
            receives={"finished": completion.summed},
        ),
        Quirk(
            "frames are as long as the medium allows behind the MAC header of a broadcast, whatever the MTU",
            ("E:size/512",),
            sends={"frames": _frames_by_broadcast},
        ),
    ),
    Bounds(reassemblies=1, contexts=CONTEXTS),
)
