"""ICMPv6 errors as frames: every form of the class-unsupported error, and others. Who does not understand one drops it:
"an ICMPv6 error message MUST NOT be originated as a result of receiving" an error or a Redirect (RFC 4443 2.4 e)."""

from collections.abc import Iterator

from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.interop.conformance import extensions, packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.expectation import HOP_LIMIT_LEVEL, TRAFFIC_LEVEL
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.interop.conformance.writer import Written
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE
from p6lowpan.wire.ipv6.registry import MessageType, Protocol

SECTION, DRAFT = "RFC 4443 2.4", "draft-ayers-low-power-interop-01 6.2"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
ERRORS = {
    "destination-unreachable": MessageType.DESTINATION_UNREACHABLE,
    "packet-too-big": MessageType.PACKET_TOO_BIG,
    "time-exceeded": MessageType.TIME_EXCEEDED,
    "not-assigned": 126,
}


def cases() -> Iterator[Case]:
    """Every error as compressed as can be."""
    for level in range(HIGHEST_LEVEL + 1):
        packet = _packet(bytes((CLASS_UNSUPPORTED_TYPE, level, 0, 0)))
        about = f"the class-unsupported error of a node of level {level}, in its own form"
        name = f"error/class-unsupported/{level}"
        yield writer.framed(name, about, DRAFT, LONG, packet, _written(packet, level), is_error=True)
    invoking = packets.packet(ENDS[1], ENDS[0], packets.udp())
    for name, kind in ERRORS.items():
        packet = _packet(bytes((kind, 0, 0, 0)) + bytes(4) + invoking[:44])
        about = f"an ICMPv6 error of type {int(kind)}"
        yield writer.framed(f"error/{name}", about, SECTION, LONG, packet, _written(packet), is_error=True)
    packet = _packet(bytes((MessageType.REDIRECT, 0, 0, 0)) + bytes(4) + ENDS[0] + ENDS[1])
    yield writer.framed("error/redirect", "a Redirect", SECTION, LONG, packet, _written(packet), is_error=True)
    yield _behind_an_extension_header()


def _packet(message: bytes) -> bytes:
    return packets.packet(*ENDS, (Protocol.ICMPV6, message), hop_limit=255)


def _written(packet: bytes, level: int = HIGHEST_LEVEL) -> Written:
    """The smallest form of ``level``."""
    if level == 0:
        return writer.WHOLE
    return writer.iphc(packet, LONG, tf=3 if level >= TRAFFIC_LEVEL else 0, hlim=3 if level >= HOP_LIMIT_LEVEL else 0)


def _behind_an_extension_header() -> Case:
    options = extensions.options_header(Protocol.HOP_BY_HOP_OPTIONS, 1)
    error = Protocol.ICMPV6, bytes((CLASS_UNSUPPORTED_TYPE, 0, 0, 0))
    packet = packets.packet(*ENDS, options, error, hop_limit=255)
    front = writer.iphc(packet, LONG, tf=3, nh=1, hlim=3)
    written = front + writer.extension(packet, 40, Protocol.HOP_BY_HOP_OPTIONS)
    about = "a class-unsupported error behind a compressed Hop-by-Hop Options header"
    return writer.framed("error/behind-hop-by-hop", about, SECTION, LONG, packet, written, is_error=True)
