"""Tock (capsules/extra): one context, one reassembly; and the same with every context given, for sending."""

from typing import Any

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.quirks import addresses as quirks
from p6lowpan.interop.receiving import addresses as restoring
from p6lowpan.interop.receiving import completion, compression
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, UDP, nibbles, with_padding
from p6lowpan.interop.receiving.reading import NextHeader, NextHeaderStep, Reading
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.interop.sending import addresses
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.addresses import GROUPS
from p6lowpan.interop.sending.fragmentation import FIRST, SUBSEQUENT, prefix
from p6lowpan.interop.sending.writing import Chained, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import Link
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

BUFFER = 1280
MAP_OCTETS = 20
EXTENDED = 8
ICMPV6, ICMPV6_TYPES = 58, (1, 3, 128, 129)
FRAGMENT_HEADER = 5
EMPTY = Context(0, bytes(16), 8)
LINK_LOCAL_FIRST = (
    addresses.link_local_0,
    addresses.link_local_16,
    addresses.link_local_64,
    addresses.stateful_0,
    addresses.stateful_16,
    addresses.stateful_64,
    addresses.whole,
)


class _OneBuffer(Reassembly):
    """One buffer for whatever is received, and one bit for every 8 octets of it.

    A packet that is no LOWPAN_IPHC, or that cannot be restored, takes the buffer away for good.
    """

    def __init__(self) -> None:
        self.buffer = bytearray(BUFFER)
        self.key: tuple[Any, ...] | None = None
        self.map = 0
        self.reading: Any = None
        self.lost = False

    def arrives(self, octets: bytes) -> None:
        """A frame: whether the buffer is free for it."""
        if not octets:
            raise Crashed("an empty frame")
        if self.lost:
            raise Dropped("the receive buffer is lost")
        kind = classify(octets[0], 0)
        if kind in (Dispatch.FIRST_FRAGMENT, Dispatch.SUBSEQUENT_FRAGMENT):
            if len(octets) < FRAGMENT_HEADER:
                raise Crashed("the fragment header is cut")
        elif self.key is not None:
            raise Dropped("a datagram is being put together")

    def failed(self, link: Link, piece: Piece | None) -> None:
        """What could not be restored loses the buffer; if it was a fragment, the next look at it ends the stack."""
        if piece is None:
            self.lost = True
        elif self.key in (None, self._key(link, piece)):
            raise Crashed("a first fragment that cannot be restored")

    @staticmethod
    def _key(link: Link, piece: Piece) -> tuple[Any, ...]:
        return link.source, link.destination, piece.size, piece.tag

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment."""
        key = self._key(link, piece)
        if self.key is None:
            self.key, self.map, self.reading = key, 0, piece.reading
        if self.key != key:
            raise Dropped("another datagram is being put together")
        end = piece.offset + len(piece.octets)
        if end // 64 >= MAP_OCTETS:
            raise Crashed("a fragment past the end of the buffer or of its map")
        self.buffer[piece.offset : end] = piece.octets
        units = (1 << end // 8) - (1 << piece.offset // 8)
        if self.map & units:
            self.key = None
            raise Dropped("a fragment that overlaps another one: the datagram is given up")
        self.map |= units
        if not self._is_complete(piece.size // 8):
            return []
        self.key = None
        return [(bytes(self.buffer[: piece.size]), self.reading)]

    def _is_complete(self, units: int) -> bool:
        """All octets of the map as they must be; the last one must be full where it should be empty."""
        full, rest = divmod(units, 8)
        wanted = (1 << 8 * full) - 1 | ((1 << rest) - 1 or 0xFF) << 8 * full
        return self.map & (1 << 8 * (full + 1)) - 1 == wanted


def classify(octet: int, _page: int) -> Dispatch | None:
    """By the three highest bits."""
    if octet >> 5 == 0b110:
        return Dispatch.FIRST_FRAGMENT
    if octet >> 5 == 0b111:
        return Dispatch.SUBSEQUENT_FRAGMENT
    return Dispatch.IPHC if octet >> 5 == 0b011 else None


def _fragment(reading: Reading) -> None:
    """Either kind: the size has 12 bits; what has offset 0 is compressed, whatever its dispatch says."""
    first = reading.octets[reading.at] >> 5 == 0b110
    size, tag = reading.take_number(2) & 0xFFF, reading.take_number(2)
    offset = 0 if first else reading.take(1)[0] * 8
    reading.fragment = Piece(size, tag, offset, first=first, carried=reading.left, reading=reading)
    if offset:
        reading.out += reading.take(reading.left)
    else:
        compression.expand(reading)


def _short(reading: Reading, count: int) -> bytes:
    if reading.fragment is None:
        raise Crashed(f"the frame is cut: {count} octets wanted")
    raise Dropped("the frame is cut")


def _cut_at_next_header(reading: Reading) -> None:
    _short(reading, 1)


def _contexts_named_elsewhere(reading: Reading) -> None:
    """The flag is looked for in the first octet of LOWPAN_IPHC, where it never is."""
    if reading.octets[reading.at - 2] & 0x80:
        octet = reading.take(1)[0]
        reading.encoding.identifiers = (octet >> 4, octet & 15)
        for identifier in filter(None, reading.encoding.identifiers):
            reading.rules.context(reading, identifier)


def _halved(address: bytes, identifier: bytes) -> bytes:
    """Of a 16-bit address the higher octet is half the address."""
    if len(address) == EXTENDED:
        return identifier
    return identifier[:6] + bytes((int.from_bytes(address, "big") >> 1 & 0xFF,)) + identifier[7:]


def _identifier(reading: Reading, end: End) -> bytes:
    """Always of the link-layer address, in tunnels too."""
    address = reading.node.address(end)
    return _halved(address, restoring.identifier_of(address))


def _sent_identifier(writing: Writing, end: End) -> bytes | None:
    found = addresses.identifier(writing, end)
    return None if found is None else _halved(writing.node.address(end), found)


def _group_of_short_prefix(reading: Reading, end: End) -> bytes:
    if restoring.context(reading, reading.encoding.identifiers[end]).length > 64:
        raise Dropped("a group with a context of more than 64 bits")
    return restoring.group_of_prefix(reading, end)


def _next_header_behind(next_header: int) -> NextHeaderStep:
    """Where the next header is in line, the octet behind the extension header is taken for it, and stays."""

    def restore(reading: Reading) -> bool:
        more = reading.take(1)[0] & 1
        length = reading.take(1)[0]
        if reading.left <= length:
            raise Dropped("nothing behind an extension header")
        inner = reading.octets[reading.at + length]
        reading.put_extension(next_header, with_padding(bytes((inner, 0)) + reading.take(length)))
        return bool(more)

    return restore


def _announced(octet: int) -> NextHeader:
    if octet >> 4 == 0b1110:
        return NextHeader(octet >> 1 & 7)
    return NextHeader.UDP if octet >> 4 == 0b1111 else NextHeader.UNKNOWN


def _swapped(port: int) -> int:
    return port >> 8 | port << 8 & 0xFF00


def _nibbles_swapped(reading: Reading) -> tuple[int, int]:
    source, destination = nibbles(reading.take(1)[0])
    return _swapped(source), _swapped(destination)


def _checksum_at_once(reading: Reading) -> None:
    """In a fragment the flag is not looked at; else the sum is written as it comes, 0 too."""
    if reading.fragment is not None:
        reading.out[-2:] = reading.take(2)
        return
    ends = bytes(reading.out[reading.ipv6_at + 8 : reading.ipv6_at + 40])
    header = bytes(reading.out[-8:-4]) + (8 + reading.left).to_bytes(2, "big") + bytes(2)
    checksum = transport_checksum(ends[:16], ends[16:], UDP, header + reading.rest)
    reading.out[-2:] = checksum.to_bytes(2, "big")


def _lengths_of_inner(reading: Reading) -> None:
    """In a first fragment every IPv6 header, and UDP behind it, counts as if the datagram began with it."""
    if reading.fragment is None:
        compression.lengths(reading)
        return
    begins = 0
    for position, counted_from in reading.lengths:
        begins = position - 4 if counted_from == position + 36 else begins
        said = reading.fragment.size - (counted_from - begins)
        reading.out[position : position + 2] = (said & 0xFFFF).to_bytes(2, "big")


def _context_0_alone(contexts: Contexts) -> Contexts:
    return {0: contexts.get(0, EMPTY)}


def _with_context_0(contexts: Contexts) -> Contexts:
    return {0: EMPTY, **contexts}


def _transports_that_exist(writing: Writing) -> None:
    sending_rules.admits(writing)
    kind, payload = writing.packet[6], writing.packet[40:]
    if kind == UDP and len(payload) >= 8:
        return
    if kind != ICMPV6 or len(payload) < 8 or payload[0] not in ICMPV6_TYPES:
        raise Refused("a transport that does not exist here")


def _udp(writing: Writing, at: int) -> Chained | None:
    """The short forms are chosen by the swapped ports; that of the destination has a zero in its place."""
    source, destination = writing.packet[at : at + 2], writing.packet[at + 2 : at + 4]
    if source[1] == destination[1] == 0xF0 and source[0] >> 4 == destination[0] >> 4 == 0xB:
        form, ports = 3, bytes(((source[0] & 15) << 4 | destination[0] & 15,))
    elif source[1] == 0xF0:
        form, ports = 2, source[:1] + destination
    elif destination[1] == 0xF0:
        form, ports = 1, source + b"\0"
    else:
        form, ports = 0, source + destination
    return Chained(bytes((0xF0 | form,)) + ports + writing.packet[at + 6 : at + 8], at + 8)


def _frames(writing: Writing, headers: Chained) -> list[bytes]:
    """What a frame of 127 octets holds behind the MAC header; the first one leaves two octets more."""
    link, packet = writing.node.link, writing.packet
    room = 120 - len(link.source) - len(link.destination)
    whole = headers.octets + packet[headers.end :]
    if len(whole) <= room - 2:
        return [whole]
    end = headers.end + (room - 6 - len(headers.octets)) // 8 * 8
    tag = writing.rules.tag
    out = [prefix(FIRST, len(packet), tag) + headers.octets + packet[headers.end : end]]
    while end < len(packet):
        left = len(packet) - end
        length = left if left <= room - 5 else (room - 5) // 8 * 8
        out.append(prefix(SUBSEQUENT, len(packet), tag) + bytes((end // 8 & 0xFF,)) + packet[end : end + length])
        end += length
    return out


ONLY_CONTEXT_0 = Quirk(
    "there is context 0 and no other; without one it is zeros of 8 bits",
    ("addr/e/c0-64/full", "addr/e/full/c1-64", "E:addr/e/c0-64/full"),
    receives={"installed": _context_0_alone},
    sends={"installed": _context_0_alone},
    clause="RFC 6282 3.1.2",
)

TOCK = Stack(
    "tock",
    "commit 65608d71, 2026-08",
    (
        ONLY_CONTEXT_0,
        Quirk(
            "dispatches are told apart by three bits; a first fragment is always taken for a compressed one, and inner"
            " headers of a tunnel in it are as long as if the datagram began with them",
            ("plain/1", "frag/plain/576/inorder", "mesh/deep"),
            receives={
                "classify": classify,
                "dispatches": {Dispatch.FIRST_FRAGMENT: _fragment, Dispatch.SUBSEQUENT_FRAGMENT: _fragment},
                "lengths": _lengths_of_inner,
            },
            clause="RFC 4944 5.1",
        ),
        Quirk(
            "one datagram at a time, to 1279 octets; a duplicate ends it; one whose size divided by 64 leaves less than"
            " 8 is never delivered; what cannot be restored takes the buffer away for good; nobody looks at the whole",
            ("frag/iphc/576/inorder", "frag/plain/1280/inorder", "R:rnd/20261121/17", "s:d-frag300-dup1"),
            receives={"reassembly": _OneBuffer, "finished": completion.summed},
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "a frame that is shorter than its header says ends the stack",
            ("bad/truncated/1", "bad/tunnel-deep"),
            receives={"short": _short, "no_next_header": _cut_at_next_header},
        ),
        Quirk(
            "the octet that names contexts is not recognised and read as the next field; a group is dropped where the"
            " context has more than 64 bits",
            ("addr/e/full/c1-64", "bad/nocontext"),
            receives={
                "named_contexts": _contexts_named_elsewhere,
                "destinations": {0b1100: _group_of_short_prefix},
            },
            clause="RFC 6282 3.1.2",
        ),
        Quirk(
            "an identifier elided from a 16-bit address has half the address as its seventh octet; tunnels take it from"
            " the link-layer address too",
            ("addr/s/ll0/ll64", "addr/x/ll0/full", "E:addr/s/ll0/ll64"),
            receives={"identifier": _identifier},
            sends={"identifier": _sent_identifier},
            clause="RFC 6282 3.2.2",
        ),
        Quirk(
            "in an extension header with the next header in line all fields are read one octet off",
            ("ext/0/inline", "ext/60/len14", "ext/44/nhc", "s:d-nhc-dst-inl-icmp"),
            receives={"next_headers": {kind: _next_header_behind(number) for kind, number in NEXT_HEADERS.items()}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "LOWPAN_NHC octets from f8 on are taken for UDP",
            ("bad/nhc-f8",),
            receives={"announced": _announced},
            clause="RFC 6282 4.3.3",
        ),
        Quirk(
            "compressed ports are byte-swapped, both ways; the short destination port is sent as zero",
            ("udp/1-4d2-f012/1/sum", "udp/3-f0b0-f0bf/1/sum"),
            receives={
                "ports": {
                    1: lambda reading: (reading.take_number(2), _swapped(0xF000 | reading.take_number(1))),
                    2: lambda reading: (_swapped(0xF000 | reading.take_number(1)), reading.take_number(2)),
                    3: _nibbles_swapped,
                }
            },
            sends={"next_headers": {UDP: _udp}},
            clause="RFC 6282 4.3.3",
        ),
        Quirk(
            "an elided checksum is computed, but in a first fragment the flag is not looked at; 0 stays 0",
            ("udp/0-1633-35/0/elided", "s:d-frag-udp-ce"),
            receives={"elided_checksum": _checksum_at_once},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "link-local forms are tried before contexts, and contexts before the short forms of groups; identifiers are"
            " compared with all of the last 64 bits",
            ("E:addr/e/full/c0-64", "E:addr/e/full/c9-64", "E:addr/e/ll64/m-c0"),
            sends={
                "groups": (GROUPS[3], *GROUPS[:3], GROUPS[-1]),
                "sources": (addresses.unspecified, *LINK_LOCAL_FIRST),
                "destinations": LINK_LOCAL_FIRST,
                "makes": quirks.identifier_alone,
            },
        ),
        Quirk(
            "only UDP and ICMPv6 of types 1, 3, 128 and 129 is sent; all other packets are refused",
            ("E:ext/43-6-03", "E:ext/44"),
            sends={"admits": _transports_that_exist},
        ),
        Quirk(
            "frames are as long as the medium allows, whatever the MTU",
            ("E:size/512",),
            sends={"frames": _frames},
        ),
    ),
    Bounds(reassemblies=1, reassembly_seconds=60, contexts=1, received_octets=1279),
)

TOCK_MULTI = Stack(
    "tock-multi",
    "commit 65608d71, 2026-08, with a store of all contexts",
    (
        Quirk("context 0 is always there", ("addr/e/full/c1-64",), receives={"installed": _with_context_0}),
        *(quirk for quirk in TOCK.quirks if quirk is not ONLY_CONTEXT_0),
    ),
    Bounds(reassemblies=1, reassembly_seconds=60, received_octets=1279),
)
