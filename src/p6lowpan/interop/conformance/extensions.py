"""Extension headers under LOWPAN_NHC: each of them, short and long, padding left out or not, alone and in chains."""

from collections.abc import Iterator
from typing import Any

from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LONG, Part
from p6lowpan.wire.ipv6.registry import Protocol

SECTION = "RFC 6282 4.2"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
NAMES = {
    Protocol.HOP_BY_HOP_OPTIONS: "hop-by-hop",
    Protocol.ROUTING: "routing",
    Protocol.FRAGMENT: "fragment",
    Protocol.DESTINATION_OPTIONS: "destination-options",
    Protocol.MOBILITY: "mobility",
}
WITH_OPTIONS = (Protocol.HOP_BY_HOP_OPTIONS, Protocol.DESTINATION_OPTIONS)
UNITS = (1, 2, 4, 7)
"""Lengths of 8 octets; a frame has no room for more than seven beside the other headers."""

EXPERIMENT = 0x1E
"""An option for experiments (RFC 4727): skipped by who does not know it."""


def option(octets: int) -> bytes:
    """An option of ``octets`` octets in all, at least two."""
    return bytes((EXPERIMENT, octets - 2)) + packets.pattern(octets - 2, seed=0x40)


def padding_of(octets: int) -> bytes:
    """Pad1 or PadN."""
    return bytes(1) if octets == 1 else bytes((1, octets - 2)) + bytes(octets - 2)


def options_header(protocol: Protocol, units: int, padded: int = 0) -> Part:
    """An options header of ``units`` times 8 octets, the last ``padded`` of them padding."""
    filled = 8 * units - 2 - padded
    contents = (option(filled) if filled else b"") + (padding_of(padded) if padded else b"")
    return protocol, bytes((0, units - 1)) + contents


def routing_header(units: int) -> Part:
    """A Routing header of a type for experiments (RFC 4727), no segments left: it changes no destination."""
    return Protocol.ROUTING, bytes((0, units - 1, 253, 0)) + packets.pattern(8 * units - 4, seed=0x20)


def mobility_header(units: int) -> Part:
    """A Mobility header of a type for experiments (RFC 5096)."""
    return Protocol.MOBILITY, bytes((0, units - 1, 11, 0, 0, 0)) + packets.pattern(8 * units - 6, seed=0x30)


def fragment_header(offset: int = 0, more: int = 0) -> Part:
    """A Fragment header; by itself, that of an atomic fragment (RFC 6946)."""
    return Protocol.FRAGMENT, bytes(2) + (offset << 3 | more).to_bytes(2, "big") + bytes.fromhex("0badcafe")


MAKERS = {Protocol.ROUTING: routing_header, Protocol.MOBILITY: mobility_header}


def header_of(protocol: Protocol, units: int) -> Part:
    """An extension header that holds no padding."""
    return options_header(protocol, units) if protocol in WITH_OPTIONS else MAKERS[protocol](units)


def cases() -> Iterator[Case]:
    """Every header alone, then chains."""
    for protocol in (*WITH_OPTIONS, *MAKERS):
        yield from _lengths(protocol)
    for protocol in WITH_OPTIONS:
        yield from _paddings(protocol)
    yield from _fragments()
    yield from chains()


def chained(
    name: str,
    about: str,
    parts: tuple[Part, ...],
    mode: int = 3,
    ports: tuple[int, int] = (0xF0B1, 0xF0B2),
    section: str = SECTION,
    padding: int = 0,
    **more: Any,
) -> Case:
    """Extension headers and UDP with P of ``mode``, all under LOWPAN_NHC; the last ``padding`` octets of each extension
    header are left out. ``more``: other fields of the case."""
    packet = packets.packet(*ENDS, *parts, packets.udp(*ports), hop_limit=64)
    written, at = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2), 40
    for protocol, octets in parts:
        if protocol == Protocol.FRAGMENT:
            written += writer.fragment(packet, at, nh=1)
        else:
            written += writer.extension(packet, at, protocol, nh=1, padding=padding)
        at += len(octets)
    written += writer.udp(packet, at, mode)
    return writer.framed(name, about, section, LONG, packet, written, **more)


def _both_ends(name: str, about: str, part: Part, left_out: int = 0) -> Iterator[Case]:
    """An extension header with its next header in line, and followed by another LOWPAN_NHC."""
    protocol, octets = part
    packet = packets.packet(*ENDS, part, packets.udp(), hop_limit=64)
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2)
    in_line = front + writer.extension(packet, 40, protocol, padding=left_out)
    yield writer.framed(f"{name}/in-line", f"{about}, next header in line", SECTION, LONG, packet, in_line)
    followed = front + writer.extension(packet, 40, protocol, nh=1, padding=left_out)
    followed += writer.udp(packet, 40 + len(octets), 0)
    yield writer.framed(f"{name}/nhc", f"{about}, LOWPAN_NHC behind it", SECTION, LONG, packet, followed, sends=False)


def _lengths(protocol: Protocol) -> Iterator[Case]:
    for units in UNITS:
        name, about = f"extension/{NAMES[protocol]}/{8 * units}", f"{NAMES[protocol]} header of {8 * units} octets"
        yield from _both_ends(name, about, header_of(protocol, units))


def _paddings(protocol: Protocol) -> Iterator[Case]:
    for octets in range(1, 7):
        name, about = f"extension/{NAMES[protocol]}/padding-{octets}", f"{octets} octets of padding"
        part = options_header(protocol, 1 if octets == 6 else 2, octets)
        yield from _both_ends(f"{name}/carried", f"{about}, carried", part)
        yield from _both_ends(f"{name}/elided", f"{about}, left out", part, left_out=octets)


def _fragments() -> Iterator[Case]:
    """The Fragment header has no length: its reserved octet is sent, or 6 by some stacks."""
    for offset, more in ((0, 0), (0, 1), (12, 1), (12, 0), (8191, 0)):
        whole = offset == 0 and more == 0
        part = packets.udp() if whole else (Protocol.UDP, packets.pattern(16))
        packet = packets.packet(*ENDS, fragment_header(offset, more), hop_limit=64)
        body = packets.packet(*ENDS, part)[40:]
        packet = _with_payload(packet, body, Protocol.UDP)
        for reserved in (0, 6):
            name = f"extension/fragment/offset{offset}-more{more}/{reserved}"
            about = "the octet behind is the reserved one" if reserved == 0 else "the octet behind is a length"
            written = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2) + writer.fragment(packet, 40, reserved=reserved)
            yield writer.framed(name, about, SECTION, LONG, packet, written, disputed=True, sends=reserved == 0)


def _with_payload(packet: bytes, payload: bytes, protocol: int) -> bytes:
    """``packet``, which ends with a Fragment header, and raw octets behind it."""
    length = len(packet) - 40 + len(payload)
    return packet[:4] + length.to_bytes(2, "big") + packet[6:40] + bytes((protocol,)) + packet[41:] + payload


def chains() -> Iterator[Case]:
    """Up to four headers in the order of RFC 8200 section 4.1."""
    hop_by_hop = options_header(Protocol.HOP_BY_HOP_OPTIONS, 1)
    destination = options_header(Protocol.DESTINATION_OPTIONS, 1)
    orders = {
        "2": (hop_by_hop, destination),
        "2-routing": (routing_header(1), destination),
        "2-mobility": (destination, mobility_header(1)),
        "3": (hop_by_hop, destination, routing_header(1)),
        "4": (hop_by_hop, destination, routing_header(1), destination),
        "4-mobility": (hop_by_hop, routing_header(1), destination, mobility_header(1)),
    }
    for name, parts in orders.items():
        words = ", ".join(NAMES[Protocol(protocol)] for protocol, _ in parts)
        yield chained(f"extension/chain/{name}", f"in order: {words}", parts)
    atomic = (hop_by_hop, routing_header(1), fragment_header(), destination)
    yield chained("extension/chain/4-fragment", "in order, an atomic fragment among them", atomic, disputed=True)
