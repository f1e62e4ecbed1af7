"""The packets of the published interoperability events, under the numbers of their test descriptions.

Only numbers are taken from them; the packets are made here, after the RFCs. ``TD_6Lo``: ETSI 6Lo plugtest, 2015.
``TD_6LoWPAN``: ETSI CoAP and 6LoWPAN event, 2014, its ancestor. ``TD_6LOWPAN``: F-Interop, 2018 to 2020.
"""

from collections.abc import Iterator
from dataclasses import replace

from p6lowpan.interop.conformance import addresses, fragments, packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LINKS, Part, context, echo_request, pattern, with_prefix
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.wire.address import BROADCAST, Link, LinkAddress, interface_identifier
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.contexts import Context

ECHO, FRAGMENTED_ECHO, LARGEST_ECHO = 4, 253, 1232
"""Octets of data of the Echo Requests: 52, 301 and 1280 octets of IPv6."""

PAIRS = tuple(LINKS)
EVENTS = ("TD_6Lo", "TD_6LoWPAN")
SECTION = "RFC 4944 5.1", "RFC 6282 3"
UNCOMPRESSED = {"64-64": 1, "16-16": 2, "64-16": 7, "16-64": 8}
"""FORMAT numbers of the two ETSI events, by link."""

COMPRESSED = {"64-64": {64: 1, 63: 3}, "16-16": {64: 2, 63: 4}, "64-16": {64: 9}, "16-64": {64: 10}}
MULTICAST = {"64-64": 6, "16-16": 5}
CONTEXTS = {"64-64": {0: 1, 5: 3}, "16-16": {0: 2, 5: 4}}


def cases() -> Iterator[Case]:
    """Packets between two nodes, uncompressed (FORMAT) and compressed (HC), then between a host and a router."""
    for index, (bits, link) in enumerate(LINKS.items()):
        yield from _echoes(index, bits, link)
        yield from _multicasts(index, bits, link)
        yield from _transport(index, bits, link)
        yield from _stateful(bits, link)


def _etsi(kind: str, number: int | None) -> tuple[str, ...]:
    return () if number is None else tuple(f"{event}_{kind}_{number:02}" for event in EVENTS)


def _f_interop(kind: str, number: int) -> str:
    return f"TD_6LOWPAN_{kind}_{number:02}"


def _packet(link: Link, part: Part, hop_limit: int) -> bytes:
    ends = packets.link_local_of(link.source), packets.link_local_of(link.destination)
    return packets.packet(*ends, part, hop_limit=hop_limit)


def _both(  # one packet in both forms
    name: str,
    about: str,
    link: Link,
    packet: bytes,
    compressed: Written,
    covers: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[Case]:
    """The packet uncompressed, and with LOWPAN_IPHC; in fragments where one frame is not enough."""
    forms = {"format": writer.WHOLE, "hc": compressed}
    for (form, written), section, covered in zip(forms.items(), SECTION, covers, strict=True):
        case = writer.framed(f"plugtest/{form}/{name}", about, section, link, packet, written, covers=covered)
        if len(packet) > fragments.STEP + written.covers:
            frames = fragments.cut(packet, fragments.pieces_of(len(packet)), written)
            case = replace(case, frames=tuple(frames), features=case.features | fragments.FRAGMENTED)
        yield case


def _echoes(index: int, bits: str, link: Link) -> Iterator[Case]:
    """Echo Requests: two hop limits and four sizes."""
    known = COMPRESSED[bits]
    triples = {
        (ECHO, 64): (_etsi("FORMAT", UNCOMPRESSED[bits]), _etsi("HC", known.get(64))),
        (ECHO, 63): ((), _etsi("HC", known.get(63))),
        (FRAGMENTED_ECHO, 64): (
            (*(_etsi("FORMAT", 3) if index == 0 else ()), _f_interop("FORMAT", 3 * index + 2)),
            (_f_interop("HC", 3 * index + 2),),
        ),
        (LARGEST_ECHO, 64): (_etsi("FORMAT", 4) if index == 0 else (), ()),
        (0, 64): ((_f_interop("FORMAT", 3 * index + 1),), (_f_interop("HC", 3 * index + 1),)),
        (0, 1): ((_f_interop("FORMAT", 3 * index + 3),), (_f_interop("HC", 3 * index + 3),)),
    }
    for (octets, hop_limit), covers in triples.items():
        packet = _packet(link, echo_request(pattern(octets)), hop_limit)
        written = writer.iphc(packet, link, tf=3, hlim={1: 1, 64: 2}.get(hop_limit, 0))
        about = f"Echo Request with {octets} octets of data, hop limit {hop_limit}"
        yield from _both(f"echo/{bits}/{octets}-{hop_limit}", about, link, packet, written, covers)


def _multicasts(index: int, bits: str, link: Link) -> Iterator[Case]:
    """An Echo Request to all nodes; the frame goes to the broadcast address."""
    heard = Link(link.source, BROADCAST)
    if heard in [Link(LINKS[other].source, BROADCAST) for other in PAIRS[:index]]:
        return
    packet = packets.packet(
        packets.link_local_of(link.source), packets.ALL_NODES, echo_request(pattern(ECHO)), hop_limit=1
    )
    written = writer.iphc(packet, heard, destination=DESTINATION[0b1011], tf=3, hlim=1)
    same = [number for number, other in enumerate(PAIRS) if LINKS[other].source == link.source]
    etsi = MULTICAST["64-64" if len(link.source) == 8 else "16-16"]
    formats = (*_etsi("FORMAT", etsi), *(_f_interop("FORMAT", 13 + number) for number in same))
    compressed = tuple(_f_interop("HC", 13 + number) for number in same)
    name = f"multicast/{bits.partition('-')[0]}"
    yield from _both(name, "Echo Request to all nodes", heard, packet, written, (formats, compressed))


def _transport(index: int, bits: str, link: Link) -> Iterator[Case]:
    """UDP to two ports, and TCP, which has no compressed form."""
    places = {"64-64": 0, "16-16": 1}
    place = places.get(bits)
    for port, first, mode in ((5683, 5, 0), (61616, 7, 3)):
        packet = _packet(link, packets.udp(61617, port, pattern(ECHO)), 64)
        written = writer.iphc(packet, link, tf=3, nh=1, hlim=2) + writer.udp(packet, 40, mode if mode else 2)
        numbers = () if place is None else _etsi("HC", first + place)
        more = (_f_interop("HC", 17 + index),) if port == 5683 else ()
        about = f"UDP to port {port}"
        yield from _both(f"udp/{bits}/{port}", about, link, packet, written, ((), (*numbers, *more)))
    packet = _packet(link, packets.tcp(), 64)
    written = writer.iphc(packet, link, tf=3, hlim=2)
    covers = () if place is None else (f"TD_6Lo_HC_{11 + place}",)
    yield from _both(f"tcp/{bits}", "TCP: next header in line", link, packet, written, ((), covers))


def _stateful(bits: str, link: Link) -> Iterator[Case]:
    """Global addresses from a context, 0 or another, as after a registration (the packet only, not the exchange)."""
    for number in (0, 5):
        prefix = context(number, f"20010db80000{number:04x}", 64)
        packet = packets.packet(
            _of(prefix, link.source), _of(prefix, link.destination), echo_request(pattern(ECHO)), hop_limit=10
        )
        identifiers = (number, number) if number else None
        written = writer.iphc(packet, link, SOURCE[0b111], DESTINATION[0b0111], tf=3, identifiers=identifiers)
        name, about = f"plugtest/nd-hc/{bits}/context-{number}", f"both addresses from context {number}"
        covers = _etsi("ND_HC", CONTEXTS.get(bits, {}).get(number))
        yield writer.framed(name, about, addresses.SECTION, link, packet, written, contexts=(prefix,), covers=covers)


def _of(prefix: Context, link_address: LinkAddress) -> bytes:
    return with_prefix(prefix, interface_identifier(link_address))
