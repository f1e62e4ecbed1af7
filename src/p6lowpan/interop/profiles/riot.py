"""RIOT (GNRC): gnrc_sixlowpan with iphc, nhc, frag, as built for a border router with assertions on."""

from p6lowpan.interop.node import End
from p6lowpan.interop.quirks import addresses, extensions, traffic
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, extension
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Overlap, Rules, Slots
from p6lowpan.interop.receiving.steps import Crash, Drop, nothing
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending.writing import Header, Writing
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

EXTENSIONS = (
    NextHeader.HOP_BY_HOP,
    NextHeader.ROUTING,
    NextHeader.FRAGMENT,
    NextHeader.DESTINATION_OPTIONS,
    NextHeader.MOBILITY,
)


def _group_id_read_late(reading: Reading, end: End) -> bytes:
    """M=1 DAC=1 DAM=00: the group identifier is read two octets behind its place; the frame goes on from the right
    one."""
    context = reading.rules.context(reading, reading.encoding.identifiers[end])
    inline = reading.take(6)
    late = (reading.octets[reading.at - 2 : reading.at + 2] + bytes(4))[:4]
    return b"\xff" + inline[:2] + bytes((context.length,)) + context.prefix[:8] + late


def _context_of_group_unnamed(writing: Writing, header: Header) -> bytes:
    """A group's context is written into the octet behind the two of LOWPAN_IPHC, whether or not that one names
    contexts."""
    destination = header.destination
    if not (destination.multicast and destination.context):
        return compression.header(writing, header)
    octets = bytearray(compression.header(writing, header._replace(destination=destination._replace(context=0))))
    octets[2] |= destination.context
    return bytes(octets)


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
            "the group identifier of a stateful multicast address is read two octets too late",
            ("addr/e/full/m-c1",),
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
            receives={"unknown_next_header": extensions.unknown_is_payload, "no_next_header": nothing},
            clause="RFC 6282 4",
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
        Quirk(
            "a UDP checksum must be in line",
            ("udp/0-1633-35/0/elided",),
            receives={"elided_checksum": Drop("the UDP checksum is elided")},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "reserved modes of the destination are accepted, and it stays the unspecified address",
            ("bad/m1-dac1-dam2", "bad/m1-dac1-dam3"),
            receives={"reserved_address": addresses.left_unspecified},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "there is no mesh and no broadcast header, nor another page",
            ("mesh/deep", "bc0/mesh", "s:d-page1-f1"),
            receives={
                "dispatches": dict.fromkeys(
                    (Dispatch.MESH, Dispatch.BROADCAST, Dispatch.PAGE_SWITCH), Drop("the dispatch is not known")
                )
            },
            clause="RFC 4944 5.2",
        ),
        Quirk(
            "4 datagrams at a time; a fragment that overlaps another one begins its datagram anew",
            ("frag/plain/200/dup", "s:d-frag-overlap"),
            receives={"reassembly": lambda: Slots(Rules(slots=4, overlap=Overlap.RESTART))},
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
)
