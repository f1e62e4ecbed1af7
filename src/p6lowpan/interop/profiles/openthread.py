"""OpenThread: a full Thread device that leads a network of its own."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.quirks import addresses, lacking
from p6lowpan.interop.receiving import front
from p6lowpan.interop.receiving import next_headers as restoring
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, extension
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Rules, Slots
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending.addresses import GROUPS, group_of_prefix
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

MESH_LOCAL = bytes.fromhex("fddead00beef0000") + bytes(8)
DEEPEST = 4
LEAST_TRANSPORT = {17: 8, 58: 8, 6: 20}
EXTENSIONS = (NextHeader.HOP_BY_HOP, NextHeader.ROUTING, NextHeader.FRAGMENT, NextHeader.DESTINATION_OPTIONS)


def _context_0_is_the_mesh(contexts: Contexts) -> Contexts:
    prefix = contexts[0].prefix if 0 in contexts else MESH_LOCAL
    return {**contexts, 0: Context(0, masked(prefix, 64), 64)}


def _mesh_to_short(reading: Reading) -> None:
    """A mesh header whose ends have 16 bits, for us; deep hops too."""
    own = reading.node.link.destination
    front.mesh(reading)
    link = reading.node.link
    if len(link.source) != 2 or len(link.destination) != 2:
        raise Dropped("a mesh header with 64-bit addresses")
    if link.destination != own:
        raise Dropped("a mesh header for another node: there is no route")


def _first_at_offset_0(reading: Reading) -> None:
    """FRAGN, which begins a datagram where its offset is 0."""
    if reading.octets[reading.at + 4 : reading.at + 5] == b"\0":
        front.first_fragment(reading)
        reading.take(1)
    else:
        front.subsequent_fragment(reading)


def _shallow_tunnel(reading: Reading) -> bool:
    if reading.nested >= DEEPEST:
        raise Dropped(f"more than {DEEPEST} IPv6 headers inside")
    return restoring.tunnel(reading)


def _needs_transport(reading: Reading) -> None:
    """The frame must hold the transport header that the IPv6 header announces."""
    if reading.headers - 40 + reading.left < LEAST_TRANSPORT.get(reading.out[6], 0):
        raise Dropped("the frame does not hold the transport header")


def _shallow_compressed_tunnel(writing: Writing, at: int) -> Chained | None:
    if writing.nested >= DEEPEST:
        return None
    writing.nested += 1
    return compression.tunnel(writing, at)


def _frames_of_any_size(writing: Writing, headers: Chained) -> list[bytes]:
    whole = headers.octets + writing.packet[headers.end :]
    return [whole] if len(whole) <= writing.mtu else fragments(writing, headers, writing.mtu)


def _group_of_context_0(writing: Writing, end: End) -> Carried | None:
    carried = group_of_prefix(writing, end)
    return carried if carried and carried.context == 0 else None


def _group_of_zeros(writing: Writing, end: End) -> Carried | None:
    return None if any(writing.address(end)[2:]) else Carried(0, 0, b"", None, 1)


OPENTHREAD = Stack(
    "openthread",
    "commit d210a317, 2026-07",
    (
        Quirk(
            "an uncompressed packet is dropped, also in a first fragment or behind a mesh header",
            ("plain/1", "frag/plain/200/dup", "s:mesh-uncompressed-0x41"),
            receives={"dispatches": {Dispatch.IPV6: Drop("an uncompressed packet")}},
            clause="RFC 4944 5.1",
        ),
        Quirk(
            "there is no broadcast header, nor another page",
            ("bc0/mesh", "s:bc0"),
            receives={
                "dispatches": dict.fromkeys(
                    (Dispatch.BROADCAST, Dispatch.PAGE_SWITCH), Drop("the dispatch is not known")
                )
            },
            clause="RFC 4944 11.1",
        ),
        Quirk(
            "a mesh header is taken with 16-bit addresses and for this node only",
            ("mesh/deep", "mesh/frag", "s:mesh-16-16", "s:mesh-64-64"),
            receives={"dispatches": {Dispatch.MESH: _mesh_to_short}},
            clause="RFC 4944 5.2",
        ),
        Quirk(
            "fragments count in ascending order only; a first fragment always opens another reassembly, and FRAGN with"
            " offset 0 is a first fragment",
            ("frag/iphc/200/reverse", "s:frag1280-swapped", "s:frag1280-dup-each", "s:fragn-offset0-as-first"),
            receives={
                "reassembly": lambda: Slots(Rules(first_fragment_first=True, next_only=True, first_opens_anew=True)),
                "dispatches": {Dispatch.SUBSEQUENT_FRAGMENT: _first_at_offset_0},
            },
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "context 0 is the mesh-local prefix, always there and always 64 bits long",
            ("R:rnd/20261121/7",),
            receives={"installed": _context_0_is_the_mesh},
            sends={"installed": _context_0_is_the_mesh},
        ),
        Quirk(
            "an elided identifier takes the bits past 64 of a longer context, also of a stateless address",
            ("R:mut/20261121/480",),
            receives={"identifier": addresses.identifier_under_context},
            sends={"identifier": addresses.sent_identifier_under_context},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "identifiers in line behind a context are compared with all of the last 64 bits",
            ("E:addr/e/full/c9-64",),
            sends={"makes": addresses.identifier_alone},
        ),
        Quirk(
            "a group's context is used on sending only if it is context 0",
            ("E:addr/e/ll64/m-c0", "E:addr/e/full/m-c1"),
            sends={"groups": (*GROUPS[:3], _group_of_context_0, GROUPS[-1])},
        ),
        Quirk(
            "a group whose last 14 octets are zero goes without its 16 octets in line: nobody can read it",
            ("s:e-mc-ff02::", "s:e-mc-ff05::"),
            sends={"groups": (_group_of_zeros, *GROUPS[:3], _group_of_context_0, GROUPS[-1])},
            clause="RFC 6282 3.2.4",
        ),
        Quirk(
            "compressed extension headers of all kinds are filled up with padding; the Fragment header's reserved octet"
            " is taken for a length",
            ("ext/44/inline", "ext/44/nhc", "s:nhc-fragment-len6"),
            receives={"next_headers": {kind: extension(NEXT_HEADERS[kind]) for kind in EXTENSIONS}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "the compressed Mobility header is dropped",
            ("ext/135/inline",),
            receives={"next_headers": {NextHeader.MOBILITY: Drop("a compressed Mobility header")}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "of the extension headers only Hop-by-Hop Options are compressed on sending",
            ("E:ext/43-6-03", "E:ext/44", "E:ext/60-14-01", "s:e-hbh-dst-udp"),
            sends={"next_headers": {43: nothing, 44: nothing, 60: nothing, 135: nothing}},
        ),
        Quirk(
            "a datagram that no size field holds is sent all the same, its size cut to 11 bits",
            ("s:e-size2048", "s:e-size3000"),
            sends={"frames": _frames_of_any_size},
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "at most 4 IPv6 headers inside",
            ("s:tunnel-depth5", "s:e-tunnel-depth5", "bad/tunnel-deep"),
            receives={"next_headers": {NextHeader.IPV6: _shallow_tunnel}},
            sends={"next_headers": {41: _shallow_compressed_tunnel}},
        ),
        Quirk(
            "the frame that begins a datagram must hold the header of UDP, ICMPv6 or TCP behind the IPv6 header",
            ("s:icmp-4bytes", "s:tcp-8bytes", "s:frag-icmp-first-carries-0-payload", "R:mut/20261121/668"),
            receives={"headers_done": _needs_transport},
        ),
        lacking.CHECKSUM_IN_LINE,
    ),
    Bounds(reassembly_seconds=2, contexts=16, received_octets=2047),
)
