"""A network on paper: packets with right checksums, the frames that carry them, and an explainer that hears them."""

import struct
from ipaddress import IPv6Address
from typing import Any

from p6lowpan.analysis.explained import Explained, Finding
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.machines.adaptation.fragmenter import fragment
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from properties.building import LINK_LOCAL_ALICE, LINK_LOCAL_BOB, checksum, ipv6, udp

ALICE = LinkAddress(bytes.fromhex("0212345678abcd01"))
BOB = LinkAddress(bytes.fromhex("0212345678abcd02"))
CAROL = LinkAddress(bytes.fromhex("0212345678abcd03"))
BROADCAST = LinkAddress(b"\xff\xff")
PAN = 0xABCD
SECOND_NS = 1_000_000_000
GLOBAL_ALICE, GLOBAL_BOB = "2001:db8::12:3456:78ab:cd01", "2001:db8::12:3456:78ab:cd02"
ICMPV6, UDP = 58, 17


def udp_packet(
    payload: bytes = b"payload", source: str = LINK_LOCAL_ALICE, destination: str = LINK_LOCAL_BOB, **ports: int
) -> bytes:
    """A UDP packet, its checksum right."""
    bare = udp(payload, checksum=0, **ports)
    right = checksum(source, destination, UDP, bare)
    return ipv6(UDP, bare[:6] + right.to_bytes(2, "big") + bare[8:], source, destination)


def icmpv6_packet(
    message: bytes, source: str = LINK_LOCAL_ALICE, destination: str = LINK_LOCAL_BOB, hop_limit: int = 255
) -> bytes:
    """An ICMPv6 packet, its checksum right whatever ``message`` has in its place."""
    bare = message[:2] + bytes(2) + message[4:]
    right = checksum(source, destination, ICMPV6, bare)
    return ipv6(ICMPV6, bare[:2] + right.to_bytes(2, "big") + bare[4:], source, destination, hop_limit)


def with_checksum(packet: bytes, at: int, field: int) -> bytes:
    """The packet with another value in two of its octets."""
    return packet[:at] + field.to_bytes(2, "big") + packet[at + 2 :]


def uncompressed(packet: bytes) -> bytes:
    """A payload behind dispatch 0x41."""
    return b"\x41" + packet


def iphc(
    packet: bytes,
    source: bytes | int = 0,
    destination: bytes | int = 0,
    contexts: tuple[int, int] | None = None,
) -> bytes:
    """A payload behind LOWPAN_IPHC, TF=11, hop limit in line, next header in line.

    Each end is written as an int for a context (elided identifier, SAC or DAC = 1) or -1 for the link-local prefix with
    an elided identifier, or as octets that go in line (16, 8 or 2 of them: link-local).
    """
    first = 0b01111000
    modes, inline = 0, b""
    for shift, end in ((4, source), (0, destination)):
        if isinstance(end, int):
            modes |= (0b011 if end < 0 else 0b111) << shift
        else:
            modes |= {16: 0b00, 8: 0b01, 2: 0b10}[len(end)] << shift
            inline += end
    extension = b"" if contexts is None else bytes((contexts[0] << 4 | contexts[1],))
    second = modes | (0x80 if extension else 0)
    return bytes((first, second)) + extension + packet[6:8] + inline + packet[40:]


def advertisement(*options: bytes, source: str = LINK_LOCAL_ALICE, router_lifetime: int = 1800) -> bytes:
    """A Router Advertisement to all nodes."""
    message = bytes((134, 0, 0, 0, 64, 0)) + router_lifetime.to_bytes(2, "big") + bytes(8) + b"".join(options)
    return icmpv6_packet(message, source, "ff02::1")


def context_option(
    identifier: int, prefix: str, length: int = 64, lifetime_minutes: int = 10, compress: bool = True
) -> bytes:
    """A 6LoWPAN Context Option, RFC 6775 section 4.2."""
    octets = IPv6Address(prefix).packed[: 8 if length <= 64 else 16]
    flags = (0x10 if compress else 0) | identifier
    return struct.pack(">BBBBHH", 34, len(octets) // 8 + 1, length, flags, 0, lifetime_minutes) + octets


class Laboratory:
    """An explainer, and frames for it, a millisecond apart unless a time is given."""

    def __init__(self, settings: Settings | None = None, **more: Any) -> None:
        self.explainer = Explainer(settings or Settings(**more))
        self.number = 0
        self.time_ns = 1_700_000_000 * SECOND_NS
        self.acknowledged = True

    def hear_octets(self, octets: bytes, link_type: int = LinkType.IEEE802_15_4_WITHFCS, cut: int = 0) -> Explained:
        """Whatever a capture holds."""
        self.number += 1
        self.time_ns += SECOND_NS // 1000
        there = octets[: len(octets) - cut]
        return self.explainer.explain(CapturedFrame(self.number, self.time_ns, there, link_type, len(octets)))

    def hear_frame(self, frame: Frame) -> Explained:
        """A MAC frame, with its FCS."""
        return self.hear_octets(with_frame_check(frame.encode()))

    def hear(self, payload: bytes, source: bytes = ALICE, destination: bytes = BOB, **fields: Any) -> Explained:
        """A data frame that nobody must acknowledge."""
        return self.hear_frame(self.data(payload, source, destination, **fields))

    def data(self, payload: bytes, source: bytes = ALICE, destination: bytes = BOB, **fields: Any) -> Frame:
        """The next data frame."""
        given = {"destination_pan": PAN, "sequence_number": (self.number + 1) % 256, "frame_type": FrameType.DATA}
        return Frame(
            source=LinkAddress(source), destination=LinkAddress(destination), payload=payload, **{**given, **fields}
        )

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time_ns += int(seconds * SECOND_NS)


def names(explained: Explained) -> list[str]:
    """The names of the findings about a frame; that it is not compressed is what most frames here have in common."""
    return [finding.name for finding in explained.findings if finding.name != "uncompressed"]


def finding(explained: Explained, name: str) -> Finding:
    """The one finding of a name."""
    (found,) = [each for each in explained.findings if each.name == name]
    return found


def fragments(packet: bytes, first: bytes | None = None, covered: int = 0, mtu: int = 81, tag: int = 1) -> list[bytes]:
    """The payloads of a packet in fragments; ``first`` stands for its first ``covered`` octets (else dispatch 0x41)."""
    return list(fragment(b"\x41" if first is None else first, covered, packet, mtu, tag))


LINK = Link(ALICE, BOB)
