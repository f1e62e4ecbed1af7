"""The explicit bounds of Principled 6LoWPAN: each at its value and one past it. Plain RFC 6282 takes them all."""

from collections.abc import Iterator

from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import extensions, packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.extensions import ENDS, chained, options_header, routing_header
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.wire.ipv6.registry import Protocol

DRAFT = "draft-ayers-low-power-interop-01 6.3"
EARLIER_DRAFT = "draft-hudson-ayers-low-power-interop-00 6.3.1"
NESTED = b"\xee"
"""LOWPAN_NHC with EID 7: a compressed IPv6 header follows."""


def cases() -> Iterator[Case]:
    """Growth, number and order of extension headers, compressed headers inside one another."""
    yield from _growth()
    yield from _number()
    yield from _order()
    yield from _nested()


def _growth() -> Iterator[Case]:
    """Two options headers that hold nothing but padding grow by six octets each, the IPv6 header by 38."""
    padded = tuple(
        options_header(protocol, 1, 6) for protocol in (Protocol.HOP_BY_HOP_OPTIONS, Protocol.DESTINATION_OPTIONS)
    )
    forms = {51: (0, (5683, 61633), None), 52: (1, (5683, 0xF0C1), Reason.TOO_MUCH_GROWTH)}
    for growth, (mode, ports, bound) in forms.items():
        name, about = f"bound/growth/{growth}", f"the headers grow by {growth} octets"
        yield chained(name, about, padded, mode=mode, ports=ports, section=DRAFT, padding=6, bound=bound)


def _number() -> Iterator[Case]:
    hop_by_hop = options_header(Protocol.HOP_BY_HOP_OPTIONS, 1)
    destination = options_header(Protocol.DESTINATION_OPTIONS, 1)
    five = (hop_by_hop, destination, routing_header(1), destination, extensions.mobility_header(1))
    yield chained(
        "bound/extension-headers/5",
        "five extension headers under LOWPAN_NHC, in order",
        five,
        section=EARLIER_DRAFT,
        bound=Reason.TOO_MANY_EXTENSION_HEADERS,
    )


def _order() -> Iterator[Case]:
    hop_by_hop = options_header(Protocol.HOP_BY_HOP_OPTIONS, 1)
    destination = options_header(Protocol.DESTINATION_OPTIONS, 1)
    orders = {
        "routing-before-hop-by-hop": (routing_header(1), hop_by_hop),
        "hop-by-hop-twice": (hop_by_hop, hop_by_hop),
        "routing-twice": (routing_header(1), routing_header(1)),
        "destination-options-behind-mobility": (extensions.mobility_header(1), destination),
    }
    for name, parts in orders.items():
        about = f"an order that RFC 8200 section 4.1 does not recommend: {name.replace('-', ' ')}"
        yield chained(f"bound/order/{name}", about, parts, section=EARLIER_DRAFT, bound=Reason.BAD_ORDER)


def _nested() -> Iterator[Case]:
    """RFC 6282 section 4.2: the identifiers of the inner header come from the addresses of the outer one."""
    inner = packets.packet(*ENDS, packets.udp(0xF0B1, 0xF0B2), hop_limit=64)
    for depth in (1, 2):
        packet, written = inner, writer.iphc(inner, LONG, tf=3, nh=1, hlim=2)
        for _ in range(depth):
            packet = packets.packet(*ENDS, (Protocol.IPV6, packet), hop_limit=64)
            outer = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2)
            written = outer + writer.Written(NESTED, 0, frozenset({Feature.NHC_IPV6})) + written
        written += writer.udp(packet, 40 * (depth + 1), 3)
        yield writer.framed(
            f"bound/nested/{depth}",
            f"{depth} compressed IPv6 header{'s' if depth > 1 else ''} inside a compressed one",
            DRAFT,
            LONG,
            packet,
            written,
            bound=Reason.TOO_DEEP,
        )
