"""The answer to a frame that uses a feature above the receiver's class: the ICMPv6 error of Principled 6LoWPAN.

draft-ayers-low-power-interop-01 section 6.2. The error goes to the previous hop, with hop limit 255, so that nobody
off-link can lower a level; never in answer to a multicast, an ICMPv6 error or a Redirect (RFC 4443 section 2.4 e), and
once for a datagram: its first fragment is answered, the others are not. Rate and security are the caller's business.

Below IP, in a mesh, "previous hop" has two meanings (ours). The hop before, whose address the frame has, chose to send
a mesh header; the originator, whose address the mesh header has, chose everything inside. Whoever chose the feature
that is too much is told: what the originator's packet says of its source must not send the answer past the hop before.
"""

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, Link, is_group, is_link_local, is_multicast, link_local
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.p6lowpan import class_unsupported
from p6lowpan.wire.ipv6.registry import MessageType

ICMPV6 = 58
LAST_ERROR_TYPE = 127
HOP_LIMIT = 255
MESH_FEATURES = frozenset({Feature.MESH_HEADER, Feature.MESH_DEEP_HOPS, Feature.BROADCAST_HEADER})


def is_error(packet: bytes) -> bool:
    """Whether an IPv6 packet, or the beginning of one, carries an ICMPv6 error or a Redirect, behind whatever extension
    headers."""
    chain = walk(packet)
    if chain.protocol != ICMPV6 or not chain.payload:
        return False
    return chain.payload[0] <= LAST_ERROR_TYPE or chain.payload[0] == MessageType.REDIRECT


def previous_hop(received: Received, link: Link) -> Ipv6Address | None:
    """Whom to tell: the packet's source where it is a link-local address that could be recovered, else the link-local
    address of the originator, which is the frame's source where there is no mesh header. Where the mesh header itself
    is too much, the frame's source. ``None`` where the frame has no source to send the answer to."""
    if not link.source or is_group(link.source):
        return None
    if received.payload is None or received.unsupported & MESH_FEATURES:
        return link_local(link.source)
    expanded, originator = received.payload.expanded, received.payload.stack.link.source
    if expanded and len(expanded.octets) >= IPV6_HEADER_OCTETS and is_link_local(expanded.octets[8:24]):
        return Ipv6Address(expanded.octets[8:24])
    return None if not originator or is_group(originator) else link_local(originator)


def may_answer(received: Received, link: Link) -> bool:
    """Whether RFC 4443 section 2.4 e allows an answer to this frame, and whether it begins a datagram."""
    payload = received.payload
    if not received.unsupported or payload is None or payload.expanded is None:
        return False
    if not link.destination or is_group(link.destination) or is_group(payload.stack.link.destination):
        return False
    octets = payload.expanded.octets
    if len(octets) < IPV6_HEADER_OCTETS or octets[8:24] == UNSPECIFIED or is_multicast(octets[8:24]):
        return False  # e.6: the source does not identify a single node
    return not is_multicast(octets[24:40]) and not is_error(octets)


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
