"""ns-3, sixlowpan module, IPHC on: as shipped, and fed with EUI-64s of which the universal/local bit was inverted."""

from typing import Any

from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.receiving import addresses as restoring
from p6lowpan.interop.receiving import completion, compression, front
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Piece, Reassembly, Whole
from p6lowpan.interop.receiving.steps import Crash, Drop, nothing
from p6lowpan.interop.sending import addresses
from p6lowpan.interop.sending import compression as compressing
from p6lowpan.interop.sending.addresses import GROUPS
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Header, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import SHORT_IDENTIFIER, Link
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

EXTENDED = 8
GROUP_OCTETS, GROUP_OCTETS_READ = 6, 16
LONGEST_EXTENSION = 248
TAG = 0x07D1
LINK_LOCAL = (addresses.link_local_0, addresses.link_local_16, addresses.link_local_64, addresses.whole)


class _Fragments(Reassembly):
    """By datagram a list of fragments in the order of their offsets; complete when the last end is the size."""

    def __init__(self) -> None:
        self.datagrams: dict[tuple[Any, ...], dict[int, Piece]] = {}

    def add(self, link: Link, piece: Piece) -> list[Whole]:
        """Take a fragment."""
        key = link.source, link.destination, piece.size, piece.tag
        pieces = self.datagrams.setdefault(key, {})
        known = pieces.get(piece.offset)
        if known is not None and len(known.octets) != len(piece.octets):
            raise Crashed("a failed assertion: a duplicate fragment of another size")
        if known is None or piece.first:
            pieces[piece.offset] = piece
        octets, end = b"", 0
        for offset in sorted(pieces):
            if end < offset:
                return []
            end = max(end, offset + len(pieces[offset].octets))
            octets += pieces[offset].octets
        if end != piece.size:
            return []
        if len(octets) > end or not pieces[0].first:
            raise Crashed("overlapping fragments, or no first one")
        del self.datagrams[key]
        return [(octets, pieces[0].reading)]


def _short(reading: Reading, count: int) -> bytes:
    if not reading.octets:
        raise Dropped("an empty frame")
    raise Crashed(f"a failed assertion: {count} octets wanted, the frame is cut")


def _cut_at_next_header(reading: Reading) -> None:
    _short(reading, 1)


def _mesh(reading: Reading) -> None:
    """A mesh header is dropped, and ends the simulation where a broadcast header follows."""
    try:
        _, rest = MeshHeader.decode(reading.rest)
    except Malformed:
        raise Crashed("a failed assertion: the mesh header is cut") from None
    if rest and front.classify(rest[0], 0) is Dispatch.BROADCAST:
        raise Crashed("it cannot handle extended addresses in a mesh header")
    raise Dropped("a mesh header without a broadcast header")


def _first_fragment(reading: Reading) -> None:
    front.first_fragment(reading)
    kind = front.classify(reading.octets[reading.at], 0) if reading.left else None
    if kind not in (Dispatch.IPV6, Dispatch.IPHC):
        raise Crashed("an unsupported encoding in a first fragment")


def _octets_read(word: int) -> int:
    """How many octets LOWPAN_IPHC is read from; a stateful group takes 16, though it goes on after 6."""
    fields = compression.encoding_of(word)
    stateful, source = divmod(fields.source_mode, 4)
    destination = (16, 6, 4, 1) if fields.destination_mode & 8 else (16, 8, 2, 0)
    in_front = 2 + fields.cid + (4, 3, 1, 0)[fields.tf] + (not fields.nh) + (not fields.hlim)
    return in_front + (16 * (not stateful), 8, 2, 0)[source] + destination[fields.destination_mode & 3]


def _expand(reading: Reading) -> None:
    if reading.left < 2 or reading.left < _octets_read(int.from_bytes(reading.rest[:2], "big")):
        _short(reading, 2)
    compression.expand(reading)


def _flow_of_12_bits(reading: Reading) -> tuple[int, int]:
    word = reading.take_number(4)
    return word >> 24, word & 0xFFF


def _congestion_below(reading: Reading) -> tuple[int, int]:
    """TF=01: ECN goes two bits up."""
    word = reading.take_number(3)
    return word >> 22 << 2, word & 0xFFFFF


def _traffic_copied(reading: Reading) -> tuple[int, int]:
    return reading.take(1)[0], 0


def _announced(octet: int) -> NextHeader:
    """What is not UDP is an extension header, by three bits."""
    return NextHeader.UDP if octet >> 3 == 0b11110 else NextHeader(octet >> 1 & 7)


def _compressed_extension(reading: Reading) -> tuple[int, int, bytes]:
    more = reading.take(1)[0] & 1
    inner = 0 if more else reading.take(1)[0]
    return more, inner, reading.take(reading.take(1)[0])


def _routing(reading: Reading) -> bool:
    """Four octets come back of whatever there was."""
    more, inner, data = _compressed_extension(reading)
    length = (len(data) + 2) // 8 - 1 & 0xFF
    reading.put_extension(NEXT_HEADERS[NextHeader.ROUTING], bytes((inner, length)) + (data + bytes(2))[:2])
    return bool(more)


def _fragment(reading: Reading) -> bool:
    """Eight octets come back; what the length octet lacks is old memory, here zeros."""
    more, inner, data = _compressed_extension(reading)
    reading.put_extension(NEXT_HEADERS[NextHeader.FRAGMENT], bytes((inner, 0)) + (data + bytes(6))[:6])
    return bool(more)


def _traffic(traffic_class: int, flow_label: int) -> tuple[int, bytes]:
    """All or nothing of the octet, unturned."""
    if flow_label and traffic_class:
        return 0, (traffic_class << 24 | flow_label).to_bytes(4, "big")
    if flow_label:
        return 1, flow_label.to_bytes(3, "big")
    return (2, bytes((traffic_class,))) if traffic_class else (3, b"")


def _context_of_ones(writing: Writing, address: bytes) -> Context | None:
    """The first context of which the address has all bits that are one."""
    number = int.from_bytes(address, "big")
    for _, known in sorted(writing.contexts.items()):
        ones = int.from_bytes(known.prefix, "big")
        if number & ones == ones:
            return known
    return None


def _by_context(writing: Writing, end: End) -> Carried | None:
    """What is not elided is what the context does not cover."""
    address = writing.address(end)
    known = writing.rules.context(writing, address)
    if known is None:
        return None
    if address == known.prefix[:8] + (writing.rules.identifier(writing, end) or b""):
        return Carried(1, 3, b"", known.identifier)
    kept = (1 << 128 - known.length // 8 * 8) - 1
    inside = (int.from_bytes(address, "big") & kept).to_bytes(16, "big")[8:]
    if inside[:6] == SHORT_IDENTIFIER:
        return Carried(1, 2, inside[6:], known.identifier)
    return Carried(1, 1, inside, known.identifier)


def _group_of_short_prefix(writing: Writing, end: End) -> Carried | None:
    return None if writing.address(end)[3] > 64 else addresses.group_of_prefix(writing, end)


def _zeros_behind_group(writing: Writing, fields: Header) -> bytes:
    """A stateful group is written as 16 octets where there is room for 6."""
    octets = compressing.header(writing, fields)
    if fields.destination.multicast and fields.destination.stateful and not fields.at:
        writing.notes["zeros"] = len(octets)
    return octets


def _frames(writing: Writing, headers: Chained) -> list[bytes]:
    whole = bytearray(headers.octets + writing.packet[headers.end :])
    at = writing.notes.get("zeros")
    if at is not None:
        until = min(len(whole), at + GROUP_OCTETS_READ - GROUP_OCTETS)
        whole[at:until] = bytes(until - at)
    if len(whole) <= writing.mtu:
        return [bytes(whole)]
    split = len(headers.octets)
    writing.packet = writing.packet[: headers.end] + bytes(whole[split:])
    return fragments(writing, Chained(bytes(whole[:split]), headers.end), writing.mtu, last_in_units=True)


def _udp(writing: Writing, at: int) -> Chained | None:
    """The checksum is always elided; ports of which both begin with f0 go in line, unless both are short."""
    found = compressing.udp_of_any_length(writing, at)
    if found is None:
        return None
    source, destination = writing.packet[at : at + 2], writing.packet[at + 2 : at + 4]
    form = found.octets[0] & 3
    ports = found.octets[1:-2]
    if form in (1, 2) and source[0] == destination[0]:
        form, ports = 0, source + destination
    return Chained(bytes((0xF4 | form,)) + ports, found.end)


def _hop_by_hop(writing: Writing, at: int) -> Chained | None:
    octets = 8 * (writing.packet[at + 1] + 1) if at + 8 <= len(writing.packet) else 0
    return compressing.extension(0)(writing, at) if octets <= LONGEST_EXTENSION else None


def _first_half_of_routing(writing: Writing, at: int) -> Chained | None:
    packet = writing.packet
    if at + 4 > len(packet) or 8 * (packet[at + 1] + 1) > LONGEST_EXTENSION:
        return None
    return compressing.chained(writing, 1, packet[at], b"\2" + packet[at + 2 : at + 4], at + 4)


def _unannounced_tunnel(writing: Writing, at: int) -> Chained | None:
    if at + 40 > len(writing.packet):
        return None
    return compressing.ipv6(writing, at, None)


NS3_UL = Stack(
    "ns3-ul",
    "3.44, universal/local bit inverted beforehand",
    (
        Quirk(
            "of the traffic class and flow label: the octet is copied as it is, TF=00 keeps 12 bits of the label, TF=01"
            " shifts ECN by two bits; on sending the octet goes whole or not at all",
            ("tf/tf-full/hl64", "tf/tf-noDSCP/hl1", "tf/tf-nofl/hl64", "E:tf/1-fffff-64"),
            receives={"traffic": {0: _flow_of_12_bits, 1: _congestion_below, 2: _traffic_copied}},
            sends={"traffic": _traffic},
            clause="RFC 6282 3.2.1",
        ),
        Quirk(
            "a frame that is shorter than it says ends the simulation; a stateful group is read as 16 octets",
            ("bad/truncated/1", "R:rnd/20261121/256", "R:rnd/20261121/734"),
            receives={
                "short": _short,
                "no_next_header": _cut_at_next_header,
                "dispatches": {Dispatch.IPHC: _expand},
            },
        ),
        Quirk(
            "reserved modes of a destination end the simulation",
            ("bad/m1-dac1-dam2",),
            receives={"reserved_address": Crash("a reserved code")},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "a mesh header is dropped, and ends the simulation before a broadcast header; there is no other page",
            ("mesh/deep", "bc0/mesh", "s:d-bc0"),
            receives={"dispatches": {Dispatch.MESH: _mesh, Dispatch.PAGE_SWITCH: Drop("the dispatch is not known")}},
            clause="RFC 4944 5.2",
        ),
        Quirk(
            "fragments that overlap, duplicates of another size and unknown encodings in a first fragment end the"
            " simulation; nobody looks at the whole",
            ("frag/plain/576/dup", "s:d-frag-interleave2"),
            receives={
                "reassembly": _Fragments,
                "finished": completion.summed,
                "dispatches": {Dispatch.FIRST_FRAGMENT: _first_fragment},
            },
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "every LOWPAN_NHC that is not UDP is an extension header; tunnels, Mobility and EID 5 and 6 end the"
            " simulation",
            ("bad/nhc-00", "bad/nhc-c0", "bad/nhc-f8", "tunnel/udp-inline", "ext/135/inline", "ghc/udp/zeros"),
            receives={
                "announced": _announced,
                "next_headers": dict.fromkeys(
                    (NextHeader.IPV6, NextHeader.MOBILITY, NextHeader.RESERVED_5, NextHeader.RESERVED_6),
                    Crash("an extension header that is not known"),
                ),
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "of a Routing header only the first 4 octets come back, or are compressed",
            ("ext/43/nhc", "E:ext/43-6-03"),
            receives={"next_headers": {NextHeader.ROUTING: _routing}},
            sends={"next_headers": {43: _first_half_of_routing}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "the reserved octet of a compressed Fragment header is taken for its length, and sent as 6",
            ("ext/44/nhc", "ext/44/inline", "E:ext/44"),
            receives={"next_headers": {NextHeader.FRAGMENT: _fragment}},
            sends={"next_headers": {44: compressing.fragment(6)}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "Destination Options and Mobility are not compressed on sending, padding is not elided, and a tunnelled"
            " header lacks its LOWPAN_NHC",
            ("E:ext/60-14-01", "E:ext/0-6-1e", "s:e-ip6ip6"),
            sends={"next_headers": {0: _hop_by_hop, 60: nothing, 135: nothing, 41: _unannounced_tunnel}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "the UDP checksum is always elided; two ports that both begin with f0 are not shortened",
            ("E:udp/0-0", "E:udp/f000-f012"),
            sends={"next_headers": {17: _udp}},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "a context serves every address that has all the one-bits of its prefix",
            ("E:addr/e/full/ll64", "E:addr/e/full/c1-64"),
            sends={
                "context": _context_of_ones,
                "sources": (addresses.unspecified, _by_context, *LINK_LOCAL),
                "destinations": (_by_context, *LINK_LOCAL),
            },
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "behind a stateful group there are zeros in place of ten octets",
            ("E:addr/e/full/m-c1", "s:e-mc-stateful"),
            sends={
                "groups": (_group_of_short_prefix, *GROUPS[:3], GROUPS[-1]),
                "header": _zeros_behind_group,
                "frames": _frames,
            },
            clause="RFC 6282 3.2.4",
        ),
        Quirk("datagram tags begin at 0x07d1 here", ("E:size/512",), sends={"tag": TAG}),
    ),
    Bounds(),
)


def _as_it_is(address: bytes) -> bytes:
    return address if len(address) == EXTENDED else SHORT_IDENTIFIER + address


def _uninverted(reading: Reading, end: End) -> bytes:
    restoring.identifier(reading, end)
    return _as_it_is(reading.node.address(end))


def _sent_uninverted(writing: Writing, end: End) -> bytes | None:
    address = writing.node.address(end)
    return _as_it_is(address) if address else None


NS3 = NS3_UL.with_quirks(
    Quirk(
        "an identifier is the EUI-64 as it is, its universal/local bit not inverted",
        ("addr/e/full/ll0", "E:addr/e/full/ll0"),
        receives={"identifier": _uninverted},
        sends={"identifier": _sent_uninverted},
        clause="RFC 6282 3.2.2",
    ),
    name="ns3",
    version="3.44",
)
