"""What a node of a profile must make of a case: which packets it hands up, what it refuses, what it answers.

The rules are those of docs/specification.md: a frame is understood, or answered with the class-unsupported error, or
refused for a reason; it never vanishes otherwise. Plain RFC 6282 has no error and no bounds.
"""

from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.wire.address import BROADCAST, UNSPECIFIED, Link, LinkAddress, is_link_local, is_multicast
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE, FLEX_CODE
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION

DELIVERY = frozenset({Feature.MESH_HEADER, Feature.MESH_DEEP_HOPS, Feature.BROADCAST_HEADER})
HOP_LIMIT_LEVEL, TRAFFIC_LEVEL = 3, 3
"""From these levels on the error leaves its hop limit, traffic class and flow label out."""


class Answer(StrEnum):
    """Whether the class-unsupported error goes back."""

    MUST = "must"
    MAY = "may"  # the frames are wrong besides: who looks at the features first answers, who parses first does not
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Expected:
    """``reason`` and ``offset``: why a packet is not there. ``error`` is the packet of the answer, ``error_frame`` the
    octets of its frame, which has one form: that of the sender's level."""

    packets: tuple[bytes, ...]
    reason: Reason | None = None
    offset: int | None = None
    answer: Answer = Answer.NEVER
    error: bytes = b""
    error_frame: bytes = b""


def expected(case: Case, profile: Profile) -> Expected:
    """What a node of ``profile`` does with ``case``."""
    fault = case.fault
    if profile.level is None and profile.flex is None:
        return Expected(case.packets, fault.reason if fault else None, fault.offset if fault else None)
    above = profile.unsupported(case.features)
    lacks_context = fault is not None and fault.reason is Reason.NO_CONTEXT
    if fault is not None and not (above and lacks_context):
        handed_up = () if above else case.packets
        return _refused(case, profile, fault.reason, fault.offset, Answer.MAY if above else Answer.NEVER, handed_up)
    if case.bound is not None:
        return _refused(case, profile, case.bound, None, Answer.MAY if above else Answer.NEVER)
    if above:
        return _refused(case, profile, Reason.FEATURE_ABOVE_PROFILE, None, Answer.MUST)
    return Expected(case.packets)


def _refused(
    case: Case,
    profile: Profile,
    reason: Reason,
    offset: int | None,
    answer: Answer,
    handed_up: tuple[bytes, ...] = (),
) -> Expected:
    if answer is Answer.NEVER or not _answerable(case):
        return Expected(handed_up, reason, offset)
    error = error_packet(case, profile)
    return Expected(handed_up, reason, offset, answer, error, error_frame(error, case.link, profile))


def _packet_of(case: Case) -> bytes:
    return case.packets[0] if case.packets else case.meant


def _answerable(case: Case) -> bool:
    """RFC 4443 section 2.4 e: never to a group, an error, a packet from ``::``, nor where there is nobody to answer."""
    link, packet = case.link, _packet_of(case)
    if case.is_error or not link.source or not link.destination or BROADCAST in (link.source, link.destination):
        return False
    return not packet or not (is_multicast(packet[24:40]) or packet[8:24] == UNSPECIFIED)


def error_packet(case: Case, profile: Profile) -> bytes:
    """To the previous hop: the packet's source where that is a link-local address, else that of the frame's source; to
    that one alone where the headers for delivery are too much, which it chose, whoever made the packet."""
    source = _packet_of(case)[8:24]
    delivered = not profile.unsupported(case.features) & DELIVERY
    known = delivered and source and is_link_local(source)
    to = source if known else packets.link_local_of(case.link.source)
    code = FLEX_CODE if profile.level is None else profile.level
    field = b"" if profile.flex is None else profile.flex.to_bytes(4, "big")
    message = Protocol.ICMPV6, bytes((CLASS_UNSUPPORTED_TYPE, code, 0, 0)) + field
    return packets.packet(packets.link_local_of(case.link.destination), to, message, hop_limit=255)


def error_frame(error: bytes, link: Link, profile: Profile) -> bytes:
    """The error as its sender's level compresses it; with FLEX not at all, since what the other reads is not known."""
    if not profile.level:
        return writer.UNCOMPRESSED + error
    back = Link(link.destination, link.source)
    tf = 3 if profile.level >= TRAFFIC_LEVEL else 0
    hlim = 3 if profile.level >= HOP_LIMIT_LEVEL else 0
    destination = _destination_row(error[24:40], back.destination)
    written = writer.iphc(error, back, destination=DESTINATION[destination], tf=tf, hlim=hlim)
    return written.octets + error[IPV6_HEADER_OCTETS:]


def _destination_row(address: bytes, link_address: LinkAddress) -> int:
    """The shortest of the rows for a link-local address."""
    if address == packets.link_local_of(link_address):
        return 0b0011
    return 0b0010 if address[8:14] == packets.short_identifier(b"") else 0b0001
