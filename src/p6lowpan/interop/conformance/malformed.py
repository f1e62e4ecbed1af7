"""Octets that nobody may hand up: cut at each octet, of dispatches that are not assigned, of values that contradict."""

from collections.abc import Iterator

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import extensions, fragments, packets, writer
from p6lowpan.interop.conformance.addresses import GLOBAL
from p6lowpan.interop.conformance.case import Case, Fault
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE
from p6lowpan.wire.sixlowpan.dispatch import dispatch_of
from p6lowpan.wire.sixlowpan.mesh import mesh_header

MESHED = Written(b"", 0, frozenset({Feature.MESH_HEADER, Feature.BROADCAST_HEADER}))
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)


def cases() -> Iterator[Case]:
    """Everything that is no packet."""
    yield from _truncated()
    yield from _dispatches()
    yield from _next_headers()
    yield from _uncompressed()
    yield from _lengths()
    yield from _order()


def _bad(name: str, about: str, section: str, octets: bytes, fault: Fault, features: Written | None = None) -> Case:
    used = features.features if features else frozenset()
    return Case(
        name=name, about=about, section=section, link=LONG, frames=(octets,), packets=(), features=used, fault=fault
    )


def _truncated() -> Iterator[Case]:
    """Headers cut at each octet. ``whole`` is how many octets they have."""
    packet = packets.packet(GLOBAL[0], GLOBAL[1], packets.udp(), ecn=1, dscp=9, flow_label=0xABCDE)
    carried = writer.iphc(packet, LONG, SOURCE[0], DESTINATION[0])
    short = packets.packet(*ENDS, packets.udp(), hop_limit=64)
    nhc = writer.iphc(short, LONG, tf=3, nh=1, hlim=2)
    options = packets.packet(*ENDS, extensions.header_of(extensions.WITH_OPTIONS[0], 1), packets.udp(), hop_limit=64)
    extended = writer.iphc(options, LONG, tf=3, nh=1, hlim=2) + writer.extension(options, 40, 0)
    big = fragments.datagram(200)
    first = fragments.cut(big, [(0, 80)], carried_of(big))[0][:7]
    mesh = mesh_header(LONG.source, LONG.destination, 15).encode() + nhc.octets
    wholes = {
        "iphc": (carried.octets, carried, "RFC 6282 3.1"),
        "udp": ((nhc + writer.udp(short, 40, 0)).octets, nhc, "RFC 6282 4.3"),
        "extension": (extended.octets, extended, "RFC 6282 4.2"),
        "first-fragment": (first, carried_of(big), "RFC 4944 5.3"),
        "mesh": (mesh, MESHED, "RFC 4944 5.2"),
        "uncompressed": (b"\x41" + short, None, "RFC 4944 5.1"),
    }
    for name, (octets, written, section) in wholes.items():
        for end in range(0 if name == "iphc" else 1, len(octets)):
            about = f"{name.replace('-', ' ')}, whole {len(octets)} octets, ends after {end}"
            yield _bad(f"bad/truncated/{name}/{end}", about, section, octets[:end], Fault(Reason.TRUNCATED), written)


def carried_of(packet: bytes) -> Written:
    """The header with traffic class, flow label and hop limit left out, next header in line."""
    return writer.iphc(packet, LONG, tf=3, hlim=2)


def _dispatches() -> Iterator[Case]:
    """Every octet that announces nothing in page 0."""
    for octet in range(256):
        try:
            dispatch_of(octet)
        except Malformed as error:
            yield _bad(
                f"bad/dispatch/{octet:02x}",
                f"dispatch {octet:#04x}: {'another protocol' if octet < 0x40 else 'not assigned'}",
                "RFC 4944 5.1",
                bytes((octet,)) + packets.pattern(20),
                Fault(error.reason, 0),
            )


def _next_headers() -> Iterator[Case]:
    """LOWPAN_NHC octets that no RFC assigns, reserved ones, and an NH bit that must be zero."""
    packet = packets.packet(*ENDS, packets.udp(), hop_limit=64)
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2)
    kinds = {
        Reason.UNKNOWN_NEXT_HEADER: (0x00, 0x40, 0x80, 0xA0, 0xC0, 0xDE, 0xF8, 0xFF),
        Reason.RESERVED: (0xEA, 0xEB, 0xEC, 0xED, 0xEF),
    }
    for reason, octets in kinds.items():
        for octet in octets:
            yield _bad(
                f"bad/nhc/{octet:02x}",
                f"LOWPAN_NHC octet {octet:#04x} is {'reserved' if reason is Reason.RESERVED else 'not assigned'}",
                "RFC 6282 4.2",
                front.octets + bytes((octet,)) + packets.pattern(24),
                Fault(reason, len(front.octets)),
                front,
            )


def _uncompressed() -> Iterator[Case]:
    packet = packets.packet(*ENDS, packets.udp(), hop_limit=64)
    section = "RFC 4944 5.1"
    yield _bad(
        "bad/ipv6/version", "version 4 behind dispatch 0x41", section, b"\x41\x45" + packet[1:], Fault(Reason.BAD_VALUE)
    )
    yield _bad(
        "bad/ipv6/longer", "an octet more than the payload length says", section, b"\x41" + packet + b"\0",
        Fault(Reason.TRAILING),
    )  # fmt: skip


def _lengths() -> Iterator[Case]:
    packet = packets.packet(*ENDS, extensions.routing_header(1), packets.udp(), hop_limit=64)
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2)
    written = front + writer.extension(packet, 40, 43)
    octets, at = written.octets, len(front.octets)
    frame = octets[: at + 2] + bytes((200,)) + octets[at + 3 :] + packet[48:]
    yield _bad(
        "bad/extension/past-end",
        "a Routing header that is longer than the frame",
        "RFC 6282 4.2",
        frame,
        Fault(Reason.TRUNCATED),
        written,
    )
    frame = octets[: at + 2] + bytes((5,)) + octets[at + 3 : -1] + packet[48:]
    yield _bad(
        "bad/extension/not-eight",
        "a Routing header of 7 octets",
        "RFC 6282 4.2",
        frame,
        Fault(Reason.BAD_LENGTH),
        written,
    )
    first = bytes.fromhex("c0007e57") + b"\x41" + packet
    yield _bad("bad/fragment/size-0", "a datagram of no octets", "RFC 4944 5.3", first, Fault(Reason.BAD_VALUE))


def _order() -> Iterator[Case]:
    """RFC 4944 section 5: mesh, broadcast, fragment, in this order and each once."""
    packet = packets.packet(*ENDS, packets.udp(), hop_limit=64)
    mesh, broadcast = mesh_header(LONG.source, LONG.destination, 3).encode(), b"\x50\x01"
    first = (0xC000 | len(packet)).to_bytes(2, "big") + bytes.fromhex("7e57")
    orders = {
        "mesh-behind-broadcast": broadcast + mesh,
        "mesh-behind-fragment": first + mesh,
        "broadcast-behind-fragment": first + broadcast,
        "mesh-twice": mesh + mesh,
        "fragment-twice": first + first,
    }
    for name, octets in orders.items():
        about = f"headers in a wrong order: {name.replace('-', ' ')}"
        yield _bad(f"bad/order/{name}", about, "RFC 4944 5", octets + b"\x41" + packet, Fault(Reason.BAD_ORDER), MESHED)
