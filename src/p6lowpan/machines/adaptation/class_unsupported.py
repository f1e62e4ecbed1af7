"""The answer to a frame that uses a feature above the receiver's class: the ICMPv6 error of Principled 6LoWPAN.

draft-ayers-low-power-interop-01 section 6.2. The error goes to the previous hop, with hop limit 255, so that nobody
off-link can lower a level; never in answer to a multicast or to an ICMPv6 error (RFC 4443 section 2.4 e), and once for
a datagram: its first fragment is answered, the others are not. Rate and security are the caller's business.
"""

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.wire.address import BROADCAST, Ipv6Address, Link, is_link_local, is_multicast, link_local
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.p6lowpan import class_unsupported

ICMPV6 = 58
HOP_LIMIT = 255


def is_error(packet: bytes) -> bool:
    """Whether an IPv6 packet, or the beginning of one, carries an ICMPv6 error right behind its header."""
    return len(packet) > 40 and packet[6] == ICMPV6 and packet[40] < 128


def previous_hop(received: Received, link: Link) -> Ipv6Address | None:
    """Whom to tell: the packet's source where it is a link-local address that could be recovered, else the link-local
    address of the frame's source; ``None`` where there is neither."""
    expanded = received.payload.expanded if received.payload else None
    if expanded and is_link_local(expanded.octets[8:24]):
        return Ipv6Address(expanded.octets[8:24])
    return link_local(link.source) if link.source else None


def may_answer(received: Received, link: Link) -> bool:
    """Whether RFC 4443 section 2.4 e allows an answer to this frame, and whether it begins a datagram."""
    payload = received.payload
    if not received.unsupported or payload is None or payload.expanded is None:
        return False
    if link.destination == BROADCAST or not link.destination:
        return False
    octets = payload.expanded.octets
    return len(octets) >= 40 and not is_multicast(octets[24:40]) and not is_error(octets)


def error_packet(profile: Profile, source: bytes, destination: bytes) -> bytes:
    """The whole IPv6 packet of the error that a node of ``profile`` sends."""
    message = class_unsupported(profile).encode()
    checksum = transport_checksum(source, destination, ICMPV6, message)
    header = Ipv6(
        payload_length=len(message), next_header=ICMPV6, hop_limit=HOP_LIMIT, source=source, destination=destination
    )
    return header.encode() + message[:2] + checksum.to_bytes(2, "big") + message[4:]


def sent_under(profile: Profile) -> Profile:
    """How the error is compressed: at the level of its sender, because whoever sent too high can read that; in FLEX
    not at all, because what the other can read is not known."""
    return profiles.of_level(0) if profile.flex is not None else profile
