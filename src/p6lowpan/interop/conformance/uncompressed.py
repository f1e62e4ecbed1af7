"""Dispatch 0x41: packets as they are, whatever they hold. Every stack must take them."""

from collections.abc import Iterator

from p6lowpan.interop.conformance import extensions, packets, writer
from p6lowpan.interop.conformance.addresses import GLOBAL
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LINKS, LONG
from p6lowpan.wire.address import BROADCAST, Link
from p6lowpan.wire.ipv6.registry import Protocol

SECTION = "RFC 4944 5.1"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)


def cases() -> Iterator[Case]:
    """Packets of every kind."""
    for bits, link in LINKS.items():
        packet = packets.packet(
            packets.link_local_of(link.source), packets.link_local_of(link.destination), packets.udp()
        )
        yield _case(f"link/{bits}", f"link-local addresses, {bits} bits of link-layer address", link, packet)
    kinds = {
        "udp": packets.packet(*GLOBAL, packets.udp(), ecn=3, dscp=63, flow_label=0xFFFFF, hop_limit=255),
        "tcp": packets.packet(*GLOBAL, packets.tcp()),
        "icmpv6": packets.packet(*ENDS, packets.echo_request(packets.PROBE), hop_limit=64),
        "none": packets.packet(*ENDS, (Protocol.NO_NEXT_HEADER, b"")),
        "extension": packets.packet(*ENDS, extensions.header_of(Protocol.HOP_BY_HOP_OPTIONS, 2), packets.udp()),
        "ipv6": packets.packet(*ENDS, (Protocol.IPV6, packets.packet(*GLOBAL, packets.udp()))),
    }
    for name, packet in kinds.items():
        yield _case(f"kind/{name}", f"what follows is: {name}", LONG, packet)
    packet = packets.packet(ENDS[0], packets.ALL_NODES, packets.udp(), hop_limit=1)
    yield _case("multicast", "to all nodes", Link(LONG.source, BROADCAST), packet)


def _case(name: str, about: str, link: Link, packet: bytes) -> Case:
    return writer.framed(f"uncompressed/{name}", about, SECTION, link, packet, writer.WHOLE)
