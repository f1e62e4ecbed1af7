"""The answer to a frame that uses a feature above the receiver's class: the ICMPv6 error of Principled 6LoWPAN.

draft-ayers-low-power-interop-01 section 6.2. The error goes to the previous hop, with hop limit 255, so that nobody
off-link can lower a level; never in answer to a multicast, an ICMPv6 error or a Redirect (RFC 4443 section 2.4 e), and
once for a datagram: its first fragment is answered, the others are not. Rate and security are the caller's business.
"""

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.wire.address import BROADCAST, Ipv6Address, Link, is_link_local, is_multicast, link_local
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.p6lowpan import class_unsupported
from p6lowpan.wire.ipv6.registry import MessageType

ICMPV6 = 58
LAST_ERROR_TYPE = 127
HOP_LIMIT = 255


def is_error(packet: bytes) -> bool:
    """Whether an IPv6 packet, or the beginning of one, carries an ICMPv6 error or a Redirect, behind whatever extension
    headers."""
    chain = walk(packet)
    if chain.protocol != ICMPV6 or not chain.payload:
        return False
    return chain.payload[0] <= LAST_ERROR_TYPE or chain.payload[0] == MessageType.REDIRECT


def previous_hop(received: Received, link: Link) -> Ipv6Address | None:
    """Whom to tell: the packet's source where it is a link-local address that could be recovered, else the link-local
    address of the frame's source; ``None`` where the frame has no source to send the answer to."""
    if not link.source or link.source == BROADCAST:
        return None
    expanded = received.payload.expanded if received.payload else None
    if expanded and len(expanded.octets) >= IPV6_HEADER_OCTETS and is_link_local(expanded.octets[8:24]):
        return Ipv6Address(expanded.octets[8:24])
    return link_local(link.source)


def may_answer(received: Received, link: Link) -> bool:
    """Whether RFC 4443 section 2.4 e allows an answer to this frame, and whether it begins a datagram."""
    payload = received.payload
    if not received.unsupported or payload is None or payload.expanded is None:
        return False
    if not link.destination or _is_group(link.destination) or _is_group(payload.stack.link.destination):
        return False
    octets = payload.expanded.octets
    return len(octets) >= IPV6_HEADER_OCTETS and not is_multicast(octets[24:40]) and not is_error(octets)


def _is_group(address: bytes) -> bool:
    """Broadcast, or one of the 16-bit multicast addresses of RFC 4944 section 9."""
    return address == BROADCAST or (len(address) == 2 and address[0] >> 5 == 0b100)


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
