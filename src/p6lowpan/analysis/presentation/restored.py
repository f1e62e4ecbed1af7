"""What was left out on the link, and where each field of the IPv6 packet came from: a table from header to words.

RFC 6282 sections 3 and 4, RFC 7400, RFC 4944 section 10. Values are read off the expanded octets, so that what is shown
is what the receiver has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from p6lowpan.analysis.presentation.names import counted, ipv6_name
from p6lowpan.analysis.presentation.restored_fields import IN_LINE, Restored
from p6lowpan.analysis.presentation.restored_routes import restored_routes
from p6lowpan.wire.address import Link, format_link
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE, AddressMode
from p6lowpan.wire.sixlowpan.expansion import Part
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import (
    CompressedExtension,
    CompressedFragment,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
)
from p6lowpan.wire.sixlowpan.payload import Payload


@dataclass(frozen=True, slots=True)
class Sources:
    """What a receiver looked at besides the header itself."""

    packet: bytes
    link: Link | None  # None: inside another compressed header
    size_from: str
    guessed: frozenset[int]
    addresses: bytes = bytes(32)  # of the IPv6 header around


Rows = Callable[[Any, Part, Sources], Iterator[Restored]]  # Any: the header class of the row


def restored(
    payload: Payload, guessed: frozenset[int], carrier: str = "frame"
) -> list[tuple[Part, tuple[Restored, ...]]]:
    """For every compressed header of a payload: the fields that it stands for. ``carrier``: what holds it whole."""
    expanded = payload.expanded
    if expanded is None:
        return []
    fragment = payload.stack.fragment
    size_from = f"from the length of the {carrier}" if fragment is None else "from the datagram size of the fragment"
    rows = list(restored_routes(payload))
    places = [(start, end) for header, start, end in payload.spans() if isinstance(header, Part)]
    for index, (part, (start, end)) in enumerate(zip(expanded.parts, places, strict=True)):
        sources = Sources(expanded.octets, payload.stack.link if index == 0 else None, size_from, guessed)
        found = ROWS.get(type(part.header))
        shown = part._replace(expanded_start=start, expanded_end=end)
        rows.append((shown, tuple(found(part.header, part, sources)) if found else ()))
    return rows


# --- LOWPAN_IPHC -----------------------------------------------------------------------------------------------------


def _iphc(header: Iphc, part: Part, sources: Sources) -> Iterator[Restored]:
    ipv6, _ = Ipv6.decode(sources.packet[part.expanded_start : part.expanded_start + 40])
    yield Restored("version", "6", "always 6")
    yield Restored("dscp", str(ipv6.dscp), "elided: 0" if header.tf & 1 else IN_LINE)
    yield Restored("ecn", str(ipv6.ecn), "elided: 0" if header.tf == 3 else IN_LINE)
    yield Restored("flow label", f"{ipv6.flow_label:#07x}", "elided: 0" if header.tf & 2 else IN_LINE)
    yield Restored("payload length", str(ipv6.payload_length), sources.size_from)
    origin = "named by the LOWPAN_NHC that follows" if header.nh else IN_LINE
    yield Restored("next header", protocol_words(ipv6.next_header), origin)
    yield Restored("hop limit", str(ipv6.hop_limit), f"HLIM={header.hlim:02b}" if header.hlim else IN_LINE)
    mode = SOURCE[header.sac << 2 | header.sam]
    end = sources.link.source if sources.link else None
    yield Restored("source", ipv6_name(ipv6.source), _origin(mode, header.source_context, end, sources))
    mode = DESTINATION[header.m << 3 | header.dac << 2 | header.dam]
    end = sources.link.destination if sources.link else None
    origin = _origin(mode, header.destination_context, end, sources)
    yield Restored("destination", ipv6_name(ipv6.destination), origin)


def _origin(mode: AddressMode, context: int | None, link_address: bytes | None, sources: Sources) -> str:
    """Where an address comes from."""
    if mode.octets == 16:
        return IN_LINE
    if mode.multicast:
        carried = f"{8 * mode.octets} bits in line"
        return f"{carried}, prefix of {_context(context, sources)}" if mode.stateful else carried
    if mode.stateful and mode.mode == 0:
        return "SAC=1, SAM=00: unspecified"
    prefix = f"prefix of {_context(context, sources)}" if mode.stateful else "prefix fe80::/64"
    if mode.octets:
        return f"{prefix}, {8 * mode.octets} bits in line"
    around = "the address of the IPv6 header around it"
    return f"{prefix}, identifier from {around if link_address is None else 'link-layer ' + format_link(link_address)}"


def _context(identifier: int | None, sources: Sources) -> str:
    number = identifier or 0
    return f"context {number}" + (" (guess)" if number in sources.guessed else "")


def protocol_words(number: int) -> str:
    """``17 (udp)``."""
    try:
        return f"{number} ({Protocol(number).name.lower().replace('_', '-')})"
    except ValueError:
        return str(number)


# --- LOWPAN_NHC ------------------------------------------------------------------------------------------------------


def _number(sources: Sources, at: int, octets: int = 2) -> int:
    return int.from_bytes(sources.packet[at : at + octets], "big")


def _udp(header: CompressedUdp | GenericUdp, part: Part, sources: Sources) -> Iterator[Restored]:
    at = part.expanded_start
    for name, offset, base, short in (
        ("source port", 0, header.ports.SOURCE_BASE, header.port_mode in (2, 3)),
        ("destination port", 2, header.ports.DESTINATION_BASE, header.port_mode in (1, 3)),
    ):
        bits = 4 if header.port_mode == 3 else 8
        origin = f"{bits} bits in line, added to {base:#06x}" if short else IN_LINE
        yield Restored(name, str(_number(sources, at + offset)), origin)
    yield Restored("length", str(_number(sources, at + 4)), sources.size_from)
    checksum = f"{_number(sources, at + 6):#06x}"
    yield Restored(
        "checksum", checksum, "elided: computed when the packet is whole" if header.checksum_elided else IN_LINE
    )
    if isinstance(header, GenericUdp):
        yield _code(len(header.code), part.expanded_end - part.expanded_start - 8)


def _code(octets: int, gives: int) -> Restored:
    return Restored("content", counted(gives, "octet"), f"expanded from {counted(octets, 'octet')} of byte code")


def _extension(header: CompressedExtension, part: Part, sources: Sources) -> Iterator[Restored]:
    yield from _common(header.nh, part, sources)
    added = part.expanded_end - part.expanded_start - 2 - len(header.data)
    if added:
        yield Restored("padding", counted(added, "octet"), "elided: fills the header to a multiple of 8 octets")


def _common(nh: int, part: Part, sources: Sources) -> Iterator[Restored]:
    at = part.expanded_start
    origin = "named by the LOWPAN_NHC that follows" if nh else IN_LINE
    yield Restored("next header", protocol_words(_number(sources, at, 1)), origin)
    units = _number(sources, at + 1, 1)
    yield Restored("length", f"{units} ({8 * units + 8} octets)", "from the octets that were carried")


def _fragment(header: CompressedFragment, part: Part, sources: Sources) -> Iterator[Restored]:
    origin = "named by the LOWPAN_NHC that follows" if header.nh else IN_LINE
    yield Restored("next header", protocol_words(_number(sources, part.expanded_start, 1)), origin)
    if header.reserved:
        yield Restored("reserved", str(_number(sources, part.expanded_start + 1, 1)), f"{header.reserved} on the link")


def _generic_extension(header: GenericExtension, part: Part, sources: Sources) -> Iterator[Restored]:
    yield from _common(header.nh, part, sources)
    yield _code(len(header.code.octets), part.expanded_end - part.expanded_start)


def _generic_icmpv6(header: GenericIcmpv6, part: Part, _sources: Sources) -> Iterator[Restored]:
    yield _code(len(header.code), part.expanded_end - part.expanded_start)


# --- LOWPAN_HC1 ------------------------------------------------------------------------------------------------------


def _hc1(header: HeaderCompression1, part: Part, sources: Sources) -> Iterator[Restored]:
    ipv6, _ = Ipv6.decode(sources.packet[part.expanded_start : part.expanded_start + 40])
    yield Restored("version", "6", "always 6")
    zero = "elided: 0" if header.traffic_class_and_flow_label_zero else IN_LINE
    yield Restored("traffic class", str(ipv6.traffic_class), zero)
    yield Restored("flow label", f"{ipv6.flow_label:#07x}", zero)
    yield Restored("payload length", str(ipv6.payload_length), sources.size_from)
    origin = "named by the HC1 encoding" if header.next_header is None else IN_LINE
    yield Restored("next header", protocol_words(ipv6.next_header), origin)
    yield Restored("hop limit", str(ipv6.hop_limit), IN_LINE)
    for name, address, prefix, identifier in (
        ("source", ipv6.source, header.source_prefix, header.source_identifier),
        ("destination", ipv6.destination, header.destination_prefix, header.destination_identifier),
    ):
        whose = "prefix fe80::/64" if prefix is None else "prefix in line"
        what = "identifier from the link-layer address" if identifier is None else "identifier in line"
        yield Restored(name, ipv6_name(address), IN_LINE if prefix and identifier else f"{whose}, {what}")


ROWS: dict[type[Header], Rows] = {
    Iphc: _iphc,
    CompressedUdp: _udp,
    GenericUdp: _udp,
    CompressedExtension: _extension,
    CompressedFragment: _fragment,
    GenericExtension: _generic_extension,
    GenericIcmpv6: _generic_icmpv6,
    HeaderCompression1: _hc1,
}
"""What each compressed header stands for. A header that is not here takes nothing away: 0x41, IPv6 in IPv6."""


def parts_of(payload: Payload) -> Iterator[tuple[int, int, str]]:
    """Which octets of the packet came from where: first, one past the last, and the origin in words."""
    spans = payload.spans()
    for header, start, end in sorted(spans, key=lambda span: span[1:]):
        if end > start:
            yield start, end, f"from {header.header.LAYER}"
    reached = spans[-1][2]
    if reached < len(payload.packet):
        yield reached, len(payload.packet), "carried in line"
