"""RIOT (GNRC): gnrc_sixlowpan with iphc, nhc, frag, as built for a border router with assertions on."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.quirks import addresses, extensions, lacking, traffic
from p6lowpan.interop.receiving import completion, next_headers
from p6lowpan.interop.receiving import compression as compression_steps
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, extension
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Overlap, Rules, Slots
from p6lowpan.interop.receiving.steps import Crash, nothing
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.writing import Header, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import is_link_local

EXTENSIONS = (
    NextHeader.HOP_BY_HOP,
    NextHeader.ROUTING,
    NextHeader.FRAGMENT,
    NextHeader.DESTINATION_OPTIONS,
    NextHeader.MOBILITY,
)
EXTENSION_NUMBERS = frozenset(NEXT_HEADERS.values())
LINK_SCOPE = 2


def _group_id_read_late(reading: Reading, end: End) -> bytes:
    """M=1 DAC=1 DAM=00: the group identifier is read two octets behind its place; the frame goes on from the right
    one."""
    context = reading.rules.context(reading, reading.encoding.identifiers[end])
    inline = reading.take(6)
    late = (reading.octets[reading.at - 2 : reading.at + 2] + bytes(4))[:4]
    return b"\xff" + inline[:2] + bytes((min(context.length, 64),)) + context.prefix[:8] + late


def _context_of_group_unnamed(writing: Writing, header: Header) -> bytes:
    """A group's context is written into the octet behind the two of LOWPAN_IPHC, whether or not that one names
    contexts; the octets of the group come over it later."""
    destination = header.destination
    if not (destination.multicast and destination.context):
        return compression.header(writing, header)
    octets = bytearray(compression.header(writing, header._replace(destination=destination._replace(context=0))))
    if len(octets) > 2 + len(destination.octets):
        octets[2] |= destination.context
    return bytes(octets)


def _empty_unless_inside(reading: Reading) -> None:
    """NH=1 and nothing follows: handed up, unless in a tunnel."""
    if reading.nested:
        raise Dropped("the frame ends where a LOWPAN_NHC was announced")


def _tunnel_after(reading: Reading) -> bool:
    """Remembers how many octets of extension headers stand before the inner header."""
    if not reading.nested:
        reading.notes["before"] = len(reading.out) - 40
    return next_headers.tunnel(reading)


def _udp_saving(reading: Reading) -> bool:
    """Remembers how many octets the compression of UDP saved."""
    at = reading.at
    more = next_headers.udp(reading)
    reading.notes["saved"] = 8 - (reading.at - at)
    return more


def _lengths_off_inside(reading: Reading) -> None:
    """The length of an inner IPv6 header counts what precedes it, and counts UDP as it was compressed."""
    compression_steps.lengths(reading)
    for position, _ in reading.lengths[1 : reading.nested + 1]:
        said = int.from_bytes(reading.out[position : position + 2], "big")
        said += reading.notes.get("before", 0) - reading.notes.get("saved", 0)
        reading.out[position : position + 2] = (said & 0xFFFF).to_bytes(2, "big")


def _assertion(packet: bytes) -> str | None:
    """What of a packet a failed assertion in the compressor would end on: a header that is longer than the packet."""
    kind, at = packet[6], 40
    while kind in EXTENSION_NUMBERS and at + 2 <= len(packet):
        kind, at = packet[at], at + 8 * (packet[at + 1] + 1)
        if at > len(packet):
            return "a failed assertion: an extension header that is longer than the packet"
    if kind == next_headers.UDP and len(packet) < at + 8:
        return "a failed assertion: a UDP header that is cut"
    return None


def _is_forwarded(packet: bytes) -> bool:
    """A router sends a packet on to a group that is wider than the link, unless its source is link-local or its hop
    limit ends."""
    scope = packet[25] & 15
    return packet[24] == 0xFF and scope > LINK_SCOPE and packet[7] > 1 and not is_link_local(packet[8:24])


def _forwarded(reading: Reading, packet: bytes) -> bytes:
    """What the router must forward goes through its own compressor."""
    packet = completion.finished(reading, packet)
    how = _assertion(packet) if _is_forwarded(packet) else None
    if how is not None:
        raise Crashed(how, handed_up=packet)
    return packet


def _admits(writing: Writing) -> None:
    sending_rules.admits(writing)
    how = _assertion(writing.packet)
    if how is not None:
        raise Crashed(how)


RIOT = Stack(
    "riot",
    "commit c8bd52ff, 2026-08",
    (
        Quirk(
            "the traffic class octet is copied between IPv6 and LOWPAN_IPHC as it is, both ways",
            ("tf/tf-full/hl64", "tf/tf-nofl/hl64", "tf/tf-noDSCP/hl1", "E:tf/2-0-64", "E:tf/1-fffff-64"),
            receives={"traffic": traffic.UNTURNED},
            sends={"traffic": traffic.unturned},
            clause="RFC 6282 3.2.1",
        ),
        Quirk(
            "the group identifier of a stateful multicast address is read two octets too late, and its prefix is said"
            " to have 64 bits at most",
            ("addr/e/full/m-c1", "R:rnd/20261121/71"),
            receives={"destinations": {0b1100: _group_id_read_late}},
            clause="RFC 6282 3.2.4",
        ),
        Quirk(
            "sending to a group with a context above 0 does not set the CID flag, and writes the identifier into the"
            " octet that stands where the contexts would be named",
            ("E:addr/e/full/m-c1",),
            sends={"header": _context_of_group_unnamed},
            clause="RFC 6282 3.1.2",
        ),
        Quirk(
            "an unknown LOWPAN_NHC is handed up, Next Header 0, as the beginning of the payload",
            ("ghc/udp/zeros", "bad/nhc-00", "bad/nhc-c0", "bad/nhc-f8"),
            receives={"unknown_next_header": extensions.unknown_is_payload, "no_next_header": _empty_unless_inside},
            clause="RFC 6282 4",
        ),
        Quirk(
            "the length of a tunnelled IPv6 header is wrong unless all that surrounds it is in line",
            ("s:d-nhc-ipv6-tunnel-udp", "s:d-nhc-hbh-ipv6-tunnel-icmp"),
            receives={
                "next_headers": {NextHeader.IPV6: _tunnel_after, NextHeader.UDP: _udp_saving},
                "lengths": _lengths_off_inside,
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "a packet with a header longer than itself ends the stack on sending, also when it is forwarded to a group",
            ("s:e-udp-trunc", "R:rnd/20261121/34", "R:rnd/20261121/77", "R:mut/20261121/897"),
            receives={"finished": _forwarded},
            sends={"admits": _admits},
        ),
        Quirk(
            "a compressed extension header with EID 5 or 6 never returns",
            ("bad/nhc-ea",),
            receives={"next_headers": dict.fromkeys((NextHeader.RESERVED_5, NextHeader.RESERVED_6), Crash("it hangs"))},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "elided padding does not come back: the length octet counts the whole units of 8 octets less one",
            ("ext/0/pad-elided3",),
            receives={
                "next_headers": {
                    kind: extension(NEXT_HEADERS[kind], extensions.length_rounded_down) for kind in EXTENSIONS
                }
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "the reserved octet of a compressed Fragment header is taken for its length, and sent as 6",
            ("ext/44/inline", "ext/44/nhc", "E:ext/44"),
            sends={"next_headers": {44: compression.fragment(6)}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "a tunnelled IPv6 header is not compressed, nor is padding elided",
            ("s:e-tunnel-udp-forward", "E:ext/0-6-1e", "E:ext/60-14-01"),
            sends={"next_headers": {41: nothing, 0: compression.extension(0), 60: compression.extension(3)}},
        ),
        lacking.CHECKSUM_IN_LINE,
        Quirk(
            "reserved modes of the destination are accepted, and it stays the unspecified address",
            ("bad/m1-dac1-dam2", "bad/m1-dac1-dam3"),
            receives={"reserved_address": addresses.left_unspecified},
            clause="RFC 6282 3.1.1",
        ),
        lacking.no_mesh("mesh/deep", "bc0/mesh", "s:d-page1-f1"),
        Quirk(
            "4 datagrams at a time, a fifth takes the place of the oldest; an overlap begins a datagram anew",
            ("frag/plain/200/dup", "s:d-frag-overlap"),
            receives={
                "reassembly": lambda: Slots(
                    Rules(slots=4, replaces_oldest=True, overlap=Overlap.RESTART, forgets_failed=True)
                )
            },
        ),
        Quirk(
            "an identifier behind a context is compared with all of the last 64 bits, however long the context is",
            ("E:addr/e/full/c9-64",),
            sends={"makes": addresses.identifier_alone},
        ),
        Quirk(
            "the short form of the destination port is tried before that of the source port",
            ("E:udp/f000-f012",),
            sends={"ports": (3, 1, 2, 0)},
        ),
    ),
    Bounds(reassemblies=4, reassembly_seconds=3, contexts=16, received_octets=2047),
)
