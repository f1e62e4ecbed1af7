"""Scapy (layers sixlowpan and dot15d4): a tool that takes packets apart; what it builds was chosen by who asked it."""

from typing import Any

from p6lowpan.interop.node import End, Node
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.quirks import traffic
from p6lowpan.interop.receiving import addresses as restoring
from p6lowpan.interop.receiving import compression, front
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, UDP
from p6lowpan.interop.receiving.reading import AddressStep, Reading
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.interop.receiving.receiver import Receiver
from p6lowpan.interop.receiving.steps import nothing
from p6lowpan.interop.sending.fragmentation import FIRST, SUBSEQUENT, prefix
from p6lowpan.interop.sending.writing import Chained, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, Link
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

NO_NEXT_HEADER = 59
CHUNK = 96
DISSECTED_TO_THE_END = {0, 6, 43, 44, 58, 60, 135}
KINDS = {0x41: Dispatch.IPV6, 0x42: None, 0x50: Dispatch.BROADCAST, 0x7F: None}


class _Joined(Reassembly):
    """Fragments of a tag in the order of their arrival, looked at when all frames have come."""

    def __init__(self) -> None:
        self.octets: dict[int, bytes] = {}
        self.reading: Any = None
        self.spoiled = False

    def add(self, link: Link, piece: Piece) -> list[Whole]:  # noqa: ARG002 - whoever sent it
        """Take a fragment."""
        self.octets[piece.tag] = self.octets.get(piece.tag, b"") + piece.octets
        self.reading = piece.reading or self.reading
        return []

    def failed(self, link: Link, piece: Piece | None) -> None:  # noqa: ARG002 - whoever sent it
        """A fragment without anything in it ends all of it."""
        self.spoiled = self.spoiled or piece is not None

    def ends(self) -> list[Whole]:
        """What came of each tag."""
        return [] if self.spoiled else [(octets, self.reading) for octets in self.octets.values()]


def classify(octet: int, _page: int) -> Dispatch | None:
    """LOWPAN_IPHC is whatever else begins with 01."""
    if octet in KINDS:
        return KINDS[octet]
    if octet >> 3 in (0b11000, 0b11100):
        return Dispatch.SUBSEQUENT_FRAGMENT if octet & 0x20 else Dispatch.FIRST_FRAGMENT
    return {0b10: Dispatch.MESH, 0b01: Dispatch.IPHC}.get(octet >> 6)


def _mesh(reading: Reading) -> None:
    """Read without deep hops, both addresses as long as the first; the ends stay those of the frame."""
    octets = 2 if reading.take(1)[0] & 0x20 else 8
    reading.take(2 * octets)


def _uncompressed(reading: Reading) -> None:
    reading.take(1)
    reading.out += reading.take(max(40, reading.left))


def _from_above(reading: Reading, end: End) -> bytes:
    """An elided identifier; in what was joined from fragments the address is ``::``."""
    return restoring.link_local_0(reading, end) if reading.node.address(end) else bytes(16)


def _bare(octets: int) -> AddressStep:
    """No context: what is in line, behind zeros."""
    return lambda reading, _end: bytes(16 - octets) + reading.take(octets)


def _nowhere(_reading: Reading, _end: End) -> bytes:
    return bytes(16)


def _group_of_nothing(reading: Reading, _end: End) -> bytes:
    inline = reading.take(6)
    return b"\xff" + inline[:2] + bytes(9) + inline[2:]


def _one_header(reading: Reading) -> bytes | None:
    """The next LOWPAN_NHC: ports and checksum of UDP, or nothing of an extension header."""
    octet = reading.take(1)[0]
    if octet >> 3 == 0b11110:
        source, destination = reading.rules.ports[octet & 3](reading)
        checksum = b"" if octet & 4 else reading.take(2)
        return (source << 16 | destination).to_bytes(4, "big") + checksum
    if not octet & 1:
        reading.take(1)
    reading.take(min(reading.take(1)[0], reading.left))
    return None


def _headers(reading: Reading) -> bytes | None:
    """Whatever looks like LOWPAN_NHC, also in the payload; what is cut takes all the rest with it."""
    found = None
    while reading.left > 1 and (reading.rest[0] >> 3 == 0b11110 or reading.rest[0] >> 4 == 0b1110):
        try:
            header = _one_header(reading)
            found = found or header
        except Dropped:
            reading.at = len(reading.octets)
    return found


def _chain(reading: Reading) -> None:
    """UDP if there was any; extension headers vanish."""
    if not reading.left:
        raise Dropped("nothing behind LOWPAN_IPHC")
    found = _headers(reading)
    reading.announce(UDP if found else NO_NEXT_HEADER)
    if found:
        header = found[:4] + (8 + reading.left).to_bytes(2, "big")
        ends = bytes(reading.out[8:40])
        summed = transport_checksum(ends[:16], ends[16:], UDP, header + bytes(2) + reading.rest)
        reading.out += header + (found[4:] or summed.to_bytes(2, "big"))


def _expand(reading: Reading) -> None:
    if compression.restore_ipv6(reading):
        _chain(reading)
    reading.out += reading.take(reading.left)
    compression.lengths(reading)


def _load(reading: Reading) -> bytes:
    """What is left of a first fragment when its headers were taken apart."""
    at, kind = reading.at, classify(reading.octets[reading.at], 0) if reading.left else None
    try:
        if kind is Dispatch.IPHC:
            if compression.restore_ipv6(reading):
                _headers(reading)
            reading.out.clear()
        elif kind is Dispatch.IPV6:
            header = reading.take(41)[1:]
            if header[6] in DISSECTED_TO_THE_END:
                return b""
            reading.take(8 if header[6] == UDP else 0)
        elif reading.octets[reading.at : reading.at + 1] == b"\x7f":
            reading.take(1)
    except Dropped:
        reading.at = at
        reading.out.clear()
    return reading.take(reading.left)


def _first_fragment(reading: Reading) -> None:
    front.first_fragment(reading)
    _filled(reading, _load(reading))


def _subsequent_fragment(reading: Reading) -> None:
    front.subsequent_fragment(reading)
    _filled(reading, b"")


def _filled(reading: Reading, octets: bytes) -> None:
    reading.out += octets
    if reading.fragment is not None:
        reading.fragment.reading = reading
    if not reading.out:
        raise Dropped("a fragment with nothing in it")


def _dissected_again(reading: Reading, octets: bytes) -> bytes:
    """What was joined is taken for a frame without addresses."""
    if reading.fragment is None:
        return octets
    packets = Receiver(reading.rules).receive(octets, Node(Link()))
    if not packets:
        raise Dropped("the joined fragments are no packet")
    return packets[0]


def _no_contexts(_contexts: Contexts) -> Contexts:
    return {}


def _traffic(traffic_class: int, flow_label: int) -> tuple[int, bytes]:
    """All or the octet, unturned."""
    if flow_label:
        return 0, (traffic_class << 24 | flow_label).to_bytes(4, "big")
    return (2, bytes((traffic_class,))) if traffic_class else (3, b"")


def _frames(writing: Writing, headers: Chained) -> list[bytes]:
    """Too long: chunks of the packet as it is, without a dispatch."""
    whole, packet = headers.octets + writing.packet[headers.end :], writing.packet
    if len(whole) <= writing.mtu:
        return [whole]
    out = [prefix(FIRST, len(packet), writing.rules.tag) + packet[:CHUNK]]
    for at in range(CHUNK, len(packet), CHUNK):
        front_octets = prefix(SUBSEQUENT, len(packet), writing.rules.tag) + bytes((at // 8 & 0xFF,))
        out.append(front_octets + packet[at : at + CHUNK])
    return out


SCAPY = Stack(
    "scapy",
    "2.8.0",
    (
        Quirk(
            "the traffic class octet is copied between IPv6 and LOWPAN_IPHC as it is, both ways",
            ("tf/tf-full/hl64", "tf/tf-noDSCP/hl1", "E:tf/1-fffff-64"),
            receives={"traffic": traffic.UNTURNED},
            sends={"traffic": _traffic},
            clause="RFC 6282 3.2.1",
        ),
        Quirk(
            "dispatch 7f is another header, all others that begin with 01 are LOWPAN_IPHC",
            ("tunnel/udp-inline",),
            receives={"classify": classify, "dispatches": {Dispatch.IPV6: _uncompressed}},
            clause="RFC 4944 5.1",
        ),
        Quirk(
            "a mesh header is read without deep hops, and its addresses count for nothing",
            ("mesh/deep", "bc0/mesh", "s:d-mesh-16"),
            receives={"dispatches": {Dispatch.MESH: _mesh}},
            clause="RFC 4944 5.2",
        ),
        Quirk(
            "there are no contexts: prefixes are zeros, or link-local where an identifier is elided",
            ("addr/e/c0-64/full", "addr/e/full/m-c1", "bad/nocontext", "bad/m1-dac1-dam2", "E:addr/e/full/c0-0"),
            receives={
                "sources": {
                    0b011: _from_above,
                    0b101: _bare(8),
                    0b110: restoring.link_local_16,
                    0b111: lambda _reading, _end: LINK_LOCAL_PREFIX + bytes(8),
                },
                "destinations": {
                    **dict.fromkeys((0b0011, 0b0111), _from_above),
                    0b0101: _bare(8),
                    0b0110: _bare(2),
                    0b1100: _group_of_nothing,
                    **dict.fromkeys((0b0100, 0b1101, 0b1110, 0b1111), _nowhere),
                },
            },
            sends={"installed": _no_contexts},
            clause="RFC 6282 3.1.2",
        ),
        Quirk(
            "extension headers vanish, and so do octets of the payload that look like one; an elided checksum stays 0",
            ("ext/43/nhc", "ext/0/inline", "ext/chain-hbh-rt-do-udp", "udp/0-0-ffff/2/elided", "bad/truncated/21"),
            receives={"dispatches": {Dispatch.IPHC: _expand}},
            sends={"next_headers": dict.fromkeys((*NEXT_HEADERS.values(), 41), nothing)},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "of fragments what lies behind the headers is joined in the order of arrival, and taken for a frame",
            ("frag/iphc/100/inorder", "frag/iphc/1000/lost", "bad/fragn-past-end"),
            receives={
                "reassembly": _Joined,
                "finished": _dissected_again,
                "dispatches": {
                    Dispatch.FIRST_FRAGMENT: _first_fragment,
                    Dispatch.SUBSEQUENT_FRAGMENT: _subsequent_fragment,
                },
            },
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "a packet that is too long is cut into chunks of 96 octets, uncompressed and without a dispatch",
            ("E:size/512",),
            sends={"frames": _frames},
            clause="RFC 4944 5.1",
        ),
    ),
    Bounds(),
)
