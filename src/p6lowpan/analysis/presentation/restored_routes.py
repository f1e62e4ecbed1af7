"""What routing headers stand for, field by field, and where each comes from (RFC 8138 sections 5 to 7)."""

from collections.abc import Iterator

from p6lowpan.analysis.presentation.names import ipv6_name
from p6lowpan.analysis.presentation.restored_fields import IN_LINE, Restored
from p6lowpan.wire.sixlowpan.expansion import Part
from p6lowpan.wire.sixlowpan.payload import Payload, routing_headers
from p6lowpan.wire.sixlowpan.routing_header import IpInIp, RplInformation, SourceRoute

ADDRESS_OCTETS = 16


def restored_routes(payload: Payload) -> Iterator[tuple[Part, tuple[Restored, ...]]]:
    """For every routing header of a payload whose place in the packet is known: the fields that it stands for."""
    routed = payload.routed
    if routed is None:
        return
    has_route = False
    for number, placed in enumerate(routing_headers(payload.stack)):
        header = placed.header
        start, end = (at - routed.hidden for at in routed.spans.get(number, (0, 0)))
        if not 0 <= start < end:
            continue
        rows: Iterator[Restored] = iter(())
        match header:
            case SourceRoute():
                rows = _route(header, routed.paths[number], begins=not has_route)
                has_route = True
            case RplInformation():
                rows = _information(header, payload.packet[start + 2])
            case IpInIp():
                rows = _outer(header, payload.packet[start:end], has_route=has_route)
                has_route = False
        yield Part(header, placed.start, placed.end, start, end), tuple(rows)


def _route(header: SourceRoute, path: tuple[bytes, ...], *, begins: bool) -> Iterator[Restored]:
    reference = "the source" if begins else "the address before"
    for number, (hop, address) in enumerate(zip(header.hops, path, strict=True), 1):
        yield Restored(f"hop {number}", ipv6_name(address), _coalesced(hop.address, reference))
        reference = "the address before"


def _information(header: RplInformation, option_type: int) -> Iterator[Restored]:
    yield Restored("option type", f"{option_type:#04x}", "that of the DODAG; 0x63 unless a DIO says otherwise")
    yield Restored("instance", str(header.rpl_instance), "elided: 0" if header.instance_elided else IN_LINE)
    origin = "8 bits in line, the others are 0" if header.rank_compressed else IN_LINE
    yield Restored("sender rank", str(header.sender_rank), origin)


def _outer(header: IpInIp, ipv6: bytes, *, has_route: bool) -> Iterator[Restored]:
    yield Restored("hop limit", str(header.hop_limit), IN_LINE)
    yield Restored("source", ipv6_name(ipv6[8:24]), _coalesced(header.encapsulator, "that of the DODAG's root"))
    origin = "the first hop of the route" if has_route else "elided: up the root, down the destination of LOWPAN_IPHC"
    yield Restored("destination", ipv6_name(ipv6[24:40]), origin)


def _coalesced(compressed: bytes, reference: str) -> str:
    """Where an address comes from, whose end is on the link."""
    if len(compressed) == ADDRESS_OCTETS:
        return IN_LINE
    return f"{8 * len(compressed)} bits in line, the rest from {reference}" if compressed else f"elided: {reference}"
