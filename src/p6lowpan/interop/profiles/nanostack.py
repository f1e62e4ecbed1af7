"""Nanostack, the 6LoWPAN of Arm Mbed OS, in its full configuration."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Dropped, Refused
from p6lowpan.interop.quirks import lacking, nanostack
from p6lowpan.interop.quirks.holes import Holes, first_at_offset_0
from p6lowpan.interop.receiving import front
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, extension
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Rules
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending.addresses import GROUPS, group_of_prefix
from p6lowpan.interop.sending.writing import Carried, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

DEEP, BROADCAST, BROADCAST_HEADER = 15, b"\xff\xff", b"\x50"
REASSEMBLIES = 8


def _mesh_for_us(reading: Reading) -> None:
    """A mesh header to this node, to all or to a group; what follows is a frame from its originator."""
    own = reading.node.link.destination
    hops = reading.octets[reading.at] & 15
    if hops == DEEP:
        hops = int.from_bytes(reading.octets[reading.at + 1 : reading.at + 2], "big")
    if not hops:
        raise Dropped("a mesh header without hops left")
    front.mesh(reading)
    final = bytes(reading.node.link.destination)
    if not _is_group(final) and (final != own or (len(final) == 2 and final[0] & 0x80)):
        raise Dropped("a mesh header for another node: there is no route")
    if reading.rest[:1] == BROADCAST_HEADER:
        front.broadcast(reading)
    nanostack.admits(reading)


def _is_group(final: bytes) -> bool:
    """RFC 4944 sections 3 and 9."""
    return len(final) == len(BROADCAST) and (final == BROADCAST or final[0] >> 5 == 0b100)


def _group_of_short_prefix(writing: Writing, end: End) -> Carried | None:
    """A group's context, if it has no more bits than the address has room for."""
    carried = group_of_prefix(writing, end)
    if carried is None or carried.context is None or writing.contexts[carried.context].length > 64:
        return None
    return carried


def _admits(writing: Writing) -> None:
    if len(writing.packet) < nanostack.IPV6_OCTETS or writing.packet[0] >> 4 != 6:
        raise Refused("not an IPv6 packet")
    if not writing.node.link.source or not writing.node.link.destination:
        raise Refused("no link-layer address")


OWN_MOBILITY = 55
MOBILITY = Quirk(
    "the compressed Mobility header is said to be protocol 55, and protocol 55 is compressed as one",
    ("ext/135/inline", "s:e-mobility"),
    receives={"next_headers": {NextHeader.MOBILITY: extension(OWN_MOBILITY)}},
    sends={"next_headers": {135: nothing, OWN_MOBILITY: nanostack.extension(4)}},
    clause="RFC 6282 4.2",
)
PADDING = Quirk(
    "all padding at the end of options is elided, more than 7 octets of it too; the receiver fills up compressed"
    " headers of all kinds to 8 octets",
    ("E:ext/60-14-01", "E:ext/0-6-1e"),
    receives={"next_headers": {NextHeader.ROUTING: extension(NEXT_HEADERS[NextHeader.ROUTING])}},
    sends={
        "next_headers": {
            0: nanostack.extension(0, nanostack.ALL_PADDING),
            43: nanostack.extension(1),
            60: nanostack.extension(3, nanostack.ALL_PADDING),
        }
    },
    clause="RFC 6282 4.2",
)
CHECKSUM = lacking.CHECKSUM_IN_LINE
FRAGMENT_HEADER = Quirk(
    "a Fragment header is compressed only where it begins a packet",
    ("E:ext/44",),
    sends={"next_headers": {44: nanostack.first_fragment}},
)
LENGTHS = Quirk(
    "a packet whose length is wrong goes uncompressed, and a UDP or an inner IPv6 header whose length is wrong in line",
    ("s:e-badlen", "s:e-udplen"),
    sends={"admits": _admits, "next_headers": {41: nanostack.tunnel, 17: nanostack.udp}},
)
FIRST_FRAME = Quirk(
    "as many headers are compressed as leave four octets in the frame, whether or not it is a fragment",
    ("s:e-longhdr2",),
    sends={"packet": nanostack.compressed},
)
TAG = Quirk("the tag counts from 0x0100 here", ("E:size/512",), sends={"tag": 0x0100})
ADDRESSES = Quirk(
    "whether the source may be a short address is asked of the first two octets of any source, and only if the"
    " destination is short; fewer than 4 octets are no frame",
    ("bad/truncated/3",),
    receives={"admits": nanostack.admits},
)
NO_PAGES = Quirk(
    "there is no other page",
    ("s:d-hc1",),
    receives={"dispatches": {Dispatch.PAGE_SWITCH: Drop("the dispatch is not known")}},
    clause="RFC 8025 3",
)


NANOSTACK = Stack(
    "nanostack",
    "commit 254f95eb, 2021-06, configuration nanostack_full",
    (
        MOBILITY,
        PADDING,
        CHECKSUM,
        FRAGMENT_HEADER,
        LENGTHS,
        FIRST_FRAME,
        TAG,
        ADDRESSES,
        NO_PAGES,
        Quirk(
            "a mesh header is taken for this node, for all and for groups; a broadcast header only behind one",
            ("mesh/deep", "mesh/frag", "bc0/mesh", "s:d-bc0-alone"),
            receives={
                "dispatches": {
                    Dispatch.MESH: _mesh_for_us,
                    Dispatch.BROADCAST: Drop("a broadcast header without a mesh header"),
                }
            },
            clause="RFC 4944 5.2",
        ),
        Quirk(
            f"{REASSEMBLIES} datagrams at a time; a fragment that is partly there already begins its datagram anew, and"
            " FRAGN with offset 0 is a first fragment",
            ("s:d-frag-overlap", "frag/plain/576/dup"),
            receives={
                "reassembly": lambda: Holes(Rules(slots=REASSEMBLIES)),
                "dispatches": {Dispatch.SUBSEQUENT_FRAGMENT: first_at_offset_0},
            },
        ),
        Quirk(
            "of all contexts that an address has the one that leaves the fewest octets in line is taken",
            ("E:addr/e/full/c9-64",),
            sends={"sources": nanostack.SOURCES, "destinations": (nanostack.cheapest,)},
        ),
        Quirk(
            "a group's context is used if it has 64 bits at most",
            ("E:addr/e/full/m-c1",),
            sends={"groups": (*GROUPS[:3], _group_of_short_prefix, GROUPS[-1])},
        ),
    ),
    Bounds(reassemblies=REASSEMBLIES, reassembly_seconds=5, contexts=16, received_octets=2047, sent_octets=2047),
)
