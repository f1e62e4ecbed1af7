"""The other fields of LOWPAN_IPHC: traffic class, flow label, next header and hop limit in every form."""

from collections.abc import Iterator
from itertools import product

from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.iphc import HOP_LIMITS

SECTION = "RFC 6282 3.1.1"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
CONGESTION, SERVICES, LABELS = (0, 1, 2, 3), (0, 1, 46, 63), (0, 1, 0xA5C3F, 0xFFFFF)
INLINE_HOP_LIMITS = (0, 1, 2, 63, 64, 65, 128, 254, 255)
NEXT_HEADERS = {
    "udp": packets.udp(),
    "tcp": packets.tcp(),
    "icmpv6": packets.echo_request(packets.PROBE),
    "experiment": (253, packets.PROBE),
    "reserved": (255, packets.PROBE),
}


def cases() -> Iterator[Case]:
    """Every form of every field, with the values at its edges."""
    yield from _traffic()
    yield from _padding_bits()
    yield from _hop_limits()
    yield from _next_headers()


def _may_elide(tf: int, dscp: int, ecn: int, flow_label: int) -> bool:
    """Whether what TF leaves out is zero."""
    return not ((tf & 1 and dscp) or (tf & 2 and flow_label) or (tf == 3 and ecn))


def _traffic() -> Iterator[Case]:
    for tf, ecn, dscp, flow_label in product(range(4), CONGESTION, SERVICES, LABELS):
        if not _may_elide(tf, dscp, ecn, flow_label):
            continue
        packet = packets.packet(*ENDS, packets.udp(), ecn=ecn, dscp=dscp, flow_label=flow_label)
        yield writer.framed(
            f"traffic/tf{tf}/ecn{ecn}-dscp{dscp}-flow{flow_label:05x}",
            f"TF={tf:02b} for ECN {ecn}, DSCP {dscp} and flow label {flow_label:#07x}",
            "RFC 6282 3.2.1",
            LONG,
            packet,
            writer.iphc(packet, LONG, tf=tf),
        )


def _padding_bits() -> Iterator[Case]:
    """The bits between the traffic class and the flow label mean nothing."""
    packet = packets.packet(*ENDS, packets.udp(), ecn=2, flow_label=0x12345)
    for tf, place, bits in ((0, 3, 0xF0), (1, 2, 0x30)):
        written = writer.iphc(packet, LONG, tf=tf)
        octets = bytearray(written.octets)
        octets[place] |= bits
        yield writer.framed(
            f"traffic/padding/tf{tf}",
            f"the reserved bits of TF={tf:02b} are set, and mean nothing",
            "RFC 6282 3.2.1",
            LONG,
            packet,
            writer.Written(bytes(octets), written.covers, written.features),
            sends=False,
        )


def _hop_limits() -> Iterator[Case]:
    coded = [(hlim, value) for hlim, value in enumerate(HOP_LIMITS) if value is not None]
    for hlim, hop_limit in (*((0, value) for value in INLINE_HOP_LIMITS), *coded):
        packet = packets.packet(*ENDS, packets.udp(), hop_limit=hop_limit)
        yield writer.framed(
            f"hop-limit/hlim{hlim}/{hop_limit}",
            f"hop limit {hop_limit} as HLIM={hlim:02b}",
            SECTION,
            LONG,
            packet,
            writer.iphc(packet, LONG, hlim=hlim),
        )


def _next_headers() -> Iterator[Case]:
    for name, part in NEXT_HEADERS.items():
        packet = packets.packet(*ENDS, part)
        yield writer.framed(
            f"next-header/{name}",
            f"next header {int(part[0])} in line",
            SECTION,
            LONG,
            packet,
            writer.iphc(packet, LONG),
        )
    packet = packets.packet(*ENDS, (Protocol.NO_NEXT_HEADER, b""))
    yield writer.framed(
        "next-header/none",
        "next header 59, and nothing follows",
        SECTION,
        LONG,
        packet,
        writer.iphc(packet, LONG),
    )
    inner = packets.packet(*ENDS, packets.udp(), hop_limit=64)
    packet = packets.packet(*ENDS, (Protocol.IPV6, inner))
    yield writer.framed(
        "next-header/ipv6",
        "next header 41 in line, an uncompressed IPv6 packet follows",
        "RFC 2473",
        LONG,
        packet,
        writer.iphc(packet, LONG),
    )
