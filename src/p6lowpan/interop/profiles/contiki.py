"""Contiki (the old one, 2018), and what Contiki-NG has from it."""

from collections.abc import Callable

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.quirks import addresses, careless, contexts, extensions, traffic
from p6lowpan.interop.quirks.pool import Pool
from p6lowpan.interop.receiving import completion, front
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Piece
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.addresses import group_8, group_32, group_48, unspecified, whole, whole_group
from p6lowpan.interop.sending.compression import udp
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Compress, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import SHORT_IDENTIFIER
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.fragment import OFFSET_UNIT

LARGEST = 1280  # octets of a datagram: the buffer of the measurement
MAC_ROOM = 128  # octets of the packet buffer
BUFFERS = 63  # that fragments may wait in, as measured


def _fragment_header(reading: Reading, count: int) -> bytes:
    """The octets of a fragment header, zeros where the frame ends; only at the front."""
    if reading.at:
        raise Dropped("a fragment header behind another header")
    reading.at = min(count, len(reading.octets))
    return (reading.octets[:count] + bytes(count))[:count]


def first_fragment(reading: Reading) -> None:
    """FRAG1: it takes a slot before anything else of it is looked at."""
    header = _fragment_header(reading, 4)
    size, tag = int.from_bytes(header[:2], "big") & 0x7FF, int.from_bytes(header[2:], "big")
    reading.fragment = Piece(size, tag, 0, first=True, carried=reading.left, reading=reading)


def subsequent_fragment(reading: Reading) -> None:
    """FRAGN, also one that ends within its own header."""
    header = _fragment_header(reading, 5)
    size, tag = int.from_bytes(header[:2], "big") & 0x7FF, int.from_bytes(header[2:4], "big")
    carried = len(reading.octets) - len(header)
    reading.fragment = Piece(size, tag, header[4] * OFFSET_UNIT, first=False, carried=carried)
    reading.out += reading.take(reading.left)


def _uncompressed(reading: Reading) -> None:
    """Dispatch 0x41: an IPv6 header must be there, and is not looked at."""
    if reading.left < 1 + 40:
        raise Dropped("no IPv6 header behind its dispatch")
    front.uncompressed(reading)


def _unspecified_with_context(reading: Reading, end: End) -> bytes:
    """M=0 DAC=1 DAM=00: no bits of the context count, but it must be there."""
    reading.rules.context(reading, reading.encoding.identifiers[end])
    return bytes(16)


def by_prefix(writing: Writing, end: End) -> Carried | None:
    """Behind a context, else link-local: the identifier elided, or 16 bits, or 64 of it.

    Link-local is what begins with fe80, where bits 16 to 63 *of the destination* are zero.
    """
    address, destination = writing.address(end), writing.address(End.DESTINATION)
    known = writing.rules.context(writing, address)
    if known is None and (address[:2] != b"\xfe\x80" or any(destination[2:8])):
        return None
    stateful, identifier = (0, None) if known is None else (1, known.identifier)
    if address[8:] == writing.rules.identifier(writing, end):
        return Carried(stateful, 3, b"", identifier)
    if address[8:14] == SHORT_IDENTIFIER:
        return Carried(stateful, 2, address[14:], identifier)
    return Carried(stateful, 1, address[8:], identifier)


def _named_if_used(source: Carried, destination: Carried) -> bool:
    return source.context is not None or destination.context is not None


def _admits(writing: Writing) -> None:
    sending_rules.admits(writing)
    if len(writing.packet) > LARGEST:
        raise Refused(f"a packet of {len(writing.packet)} octets, more than {LARGEST}")
    writing.mtu = min(writing.mtu, MAC_ROOM)


def whole_or(compress: Compress, cut: Callable[[Writing, int], None]) -> Compress:
    """A header that must be there with all its octets; else ``cut`` raises."""

    def step(writing: Writing, at: int) -> Chained | None:
        found = compress(writing, at)
        if found is None:
            cut(writing, at)
        return found

    return step


def copies_fewer_than_none(_writing: Writing, _at: int) -> None:
    """A header is cut: how many octets follow it is negative, and so many are copied."""
    raise Crashed("a copy of fewer than no octets")


def _frames(writing: Writing, headers: Chained) -> list[bytes]:
    """The last fragment is no longer than the others, and nobody checks that the headers fit the first one."""
    whole_frame = headers.octets + writing.packet[headers.end :]
    if len(whole_frame) <= writing.mtu:
        return [whole_frame]
    if writing.mtu > 5 and len(writing.packet) // (writing.mtu - 5) + 1 > BUFFERS:
        raise Refused("too few buffers for the fragments")
    try:
        return fragments(writing, headers, writing.mtu, last_in_units=True)
    except Refused as refusal:
        raise Crashed(refusal.reason) from None


CONTEXTS_OF_64 = Quirk(
    "every context is a /64, however long it was announced",
    ("addr/e/c9-64/full", "R:rnd/20261121/7"),
    receives={"installed": contexts.all_64},
    sends={"installed": contexts.all_64},
    clause="RFC 6282 3.1.1",
)
NO_STATEFUL_GROUPS = Quirk(
    "the address of a stateful group is not read: it stays ::, and its octets are taken for what follows;"
    " a stateful destination without bits in line is :: too",
    ("addr/e/full/m-c1", "bad/m1-dac1-dam2", "s:iphc-dac-00", "E:addr/e/full/m-c1"),
    receives={
        "destinations": {
            **dict.fromkeys((0b1100, 0b1101, 0b1110, 0b1111), addresses.left_unspecified),
            0b0100: _unspecified_with_context,
        }
    },
    sends={"groups": (group_8, group_32, group_48, whole_group)},
    clause="RFC 6282 3.2.4",
)
CHECKSUM_LEFT_UNSET = Quirk(
    "an elided UDP checksum is not computed: the field stays as it was",
    ("udp/0-1633-35/0/elided", "udp/0-1633-35/1/elided"),
    receives={"elided_checksum": nothing},
    clause="RFC 6282 4.3.2",
)
UNKNOWN_IS_PAYLOAD = Quirk(
    "an unknown LOWPAN_NHC is handed up, Next Header 0, as the beginning of the payload",
    ("ghc/udp/zeros", "bad/nhc-00", "bad/nhc-c0", "bad/nhc-f8"),
    receives={"unknown_next_header": extensions.unknown_is_payload},
    clause="RFC 6282 4",
)
FRONT = Quirk(
    "there is no mesh and no broadcast header; a fragment header stands in front, or nowhere; an uncompressed packet"
    " needs an IPv6 header",
    ("mesh/deep", "mesh/frag", "bc0/mesh", "bad/truncated/1"),
    receives={
        "dispatches": {
            **dict.fromkeys((Dispatch.MESH, Dispatch.BROADCAST), Drop("the dispatch is not known")),
            Dispatch.FIRST_FRAGMENT: first_fragment,
            Dispatch.SUBSEQUENT_FRAGMENT: subsequent_fragment,
            Dispatch.IPV6: _uncompressed,
        },
    },
    clause="RFC 4944 5.2",
)
UNCHECKED = Quirk(
    "a packet goes up whatever its lengths are",
    ("bad/nocontext", "s:iphc-dac-00"),
    receives={"finished": completion.summed},
)
POOL = Quirk(
    "two datagrams at a time; a first fragment must come first and takes a slot each time it comes, also if it is"
    " refused; later ones, 12 at most, are counted as often as they come, and the last of them completes the datagram",
    ("frag/iphc/200/reverse", "frag/plain/200/dup", "frag/plain/1280/inorder", "s:frag-single", "s:stale-2"),
    receives={"reassembly": Pool},
    clause="RFC 4944 5.3",
)
READS_ON = Quirk(
    "nobody looks where the frame ends until its headers are restored; what is read behind it are zeros, here",
    ("bad/truncated/18", "s:hdr-past-2"),
    receives={
        "short": careless.zeros_behind_the_end,
        "no_next_header": nothing,
        "headers_done": careless.not_past_the_end,
    },
)
RAW_WITHOUT_CONTEXT = Quirk(
    "without the context the compressed frame itself goes up as the packet",
    ("bad/nocontext",),
    receives={"dispatches": {Dispatch.IPHC: careless.expand_marked}, "context": careless.raw_without_context},
    clause="RFC 6282 3.1.1",
)
TRAFFIC_IN_WORDS = Quirk(
    "TF=00 is sent with the low bits of the traffic class in the reserved ones, and for ECN alone too",
    ("E:tf/1-fffff-64", "E:tf/1-1-0"),
    sends={"traffic": traffic.whole_words},
    clause="RFC 6282 3.2.1",
)
LINK_LOCAL_BY_DESTINATION = Quirk(
    "a link-local source is compressed if bits 16 to 63 of the destination are zero",
    ("E:addr/e/ll64/full", "s:e-ll-dirty"),
    sends={"sources": (unspecified, by_prefix, whole), "destinations": (by_prefix, whole)},
    clause="RFC 6282 3.1.1",
)
CONTEXTS_ALWAYS_NAMED = Quirk(
    "the octet that names contexts is sent even if both are 0",
    ("E:addr/e/full/c0-64",),
    sends={"names_contexts": _named_if_used},
)
PORTS = Quirk(
    "the short form of the destination port is tried before that of the source port",
    ("E:udp/f000-f012",),
    sends={"ports": (3, 1, 2, 0)},
)
SIZES = Quirk(
    "packets of at most 1280 octets in frames of at most 128; tags begin at 0",
    ("E:size/1280",),
    sends={"admits": _admits, "tag": 0},
)
COMMON = (
    CONTEXTS_OF_64,
    NO_STATEFUL_GROUPS,
    CHECKSUM_LEFT_UNSET,
    UNKNOWN_IS_PAYLOAD,
    FRONT,
    UNCHECKED,
    TRAFFIC_IN_WORDS,
    LINK_LOCAL_BY_DESTINATION,
    CONTEXTS_ALWAYS_NAMED,
    PORTS,
    SIZES,
)
"""What Contiki and Contiki-NG have in common."""

BOUNDS = Bounds(reassemblies=2, contexts=16, received_octets=LARGEST, sent_octets=LARGEST, first_fragment_octets=148)

CONTIKI = Stack(
    "contiki",
    "commit 32b5b17f, 2018-11",
    (
        *COMMON,
        POOL,
        READS_ON,
        RAW_WITHOUT_CONTEXT,
        Quirk(
            "a short link-layer address is taken for the beginning of an EUI-64",
            ("addr/s/ll0/ll64", "addr/x/ll0/full", "E:addr/s/ll0/ll0"),
            receives={"identifier": addresses.identifier_filled},
            sends={"identifier": addresses.sent_identifier_filled},
            clause="RFC 6282 3.2.2",
        ),
        Quirk(
            "of the compressed headers only UDP is known; the others are payload",
            ("ext/0/inline", "ext/43/nhc", "tunnel/udp-inline", "bad/nhc-ea", "E:ext/0-6-1e", "s:e-tunnel"),
            receives={
                "next_headers": dict.fromkeys(
                    set(NextHeader) - {NextHeader.UDP, NextHeader.UNKNOWN}, extensions.unknown_is_payload
                )
            },
            sends={"next_headers": dict.fromkeys((0, 41, 43, 44, 60, 135), nothing)},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "there are no pages",
            ("s:page1",),
            receives={"dispatches": {Dispatch.PAGE_SWITCH: Drop("the dispatch is not known")}},
        ),
        Quirk(
            "a UDP header of fewer than 8 octets ends the sender, and so do headers that do not fit the first fragment",
            ("s:e-udp-short",),
            sends={"next_headers": {17: whole_or(udp, copies_fewer_than_none)}, "frames": _frames},
        ),
    ),
    BOUNDS,
)
"""The target native."""
