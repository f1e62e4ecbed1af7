"""Which features of the table a frame uses: what its receiver must be able to do."""

from p6lowpan.capability.features import Feature
from p6lowpan.wire.address import Link
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan import iphc
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.expansion import Part
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.next_header_compression import (
    EXTENSION_FEATURES,
    FRAGMENT_LENGTH,
    PADDED_IDENTIFIERS,
    CompressedExtension,
    CompressedFragment,
    CompressedIpv6,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
)
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment, RecoverableFragmentAcknowledgment
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch

BY_HEADER: dict[type[Header], Feature] = {
    BroadcastHeader: Feature.BROADCAST_HEADER,
    FirstFragment: Feature.FRAGMENTATION,
    SubsequentFragment: Feature.FRAGMENTATION,
    PageSwitch: Feature.PAGING,
    EscapeHeader: Feature.ESCAPE,
    RecoverableFragment: Feature.RECOVERABLE_FRAGMENT,
    RecoverableFragmentAcknowledgment: Feature.RECOVERABLE_FRAGMENT,
    UncompressedDispatch: Feature.UNCOMPRESSED_IPV6,
    CompressedIpv6: Feature.NHC_IPV6,
    GenericIcmpv6: Feature.GHC_ICMPV6,
    GenericExtension: Feature.GHC_EXTENSION,
}
"""Headers that use one feature, whatever they hold."""

EXTENSION_NUMBERS = frozenset((0, 43, 44, 60, 135))
TRANSPORT_OCTETS = {17: 8, 6: 20, 58: 4}
"""How many octets of an upper-layer header a first fragment should hold."""


def features_of(payload: Payload) -> frozenset[Feature]:
    """Every feature that ``payload`` uses."""
    used: set[Feature] = set()
    for placed in payload.stack.headers:
        used |= _of_header(placed.header, payload.stack.link)
    if payload.expanded is not None:
        for part in payload.expanded.parts:
            used |= _of_header(part.header, payload.stack.link) | _elided_padding(part)
        if isinstance(payload.stack.fragment, FirstFragment) and _runs_past(payload):
            used.add(Feature.HEADERS_PAST_FIRST_FRAGMENT)
    return frozenset(used)


def _of_header(header: Header, link: Link) -> set[Feature]:
    match header:
        case Iphc():
            return set(iphc.features(header, len(link.source) == 2, len(link.destination) == 2))
        case MeshHeader():
            return {Feature.MESH_HEADER} | ({Feature.MESH_DEEP_HOPS} if header.deep_hops_left is not None else set())
        case CompressedUdp() | GenericUdp():
            return _of_udp(header)
        case CompressedExtension():
            return {EXTENSION_FEATURES[header.extension]}
        case CompressedFragment():
            odd = {Feature.NHC_FRAGMENT_LENGTH_SIX} if header.reserved == FRAGMENT_LENGTH else set()
            return {Feature.NHC_FRAGMENT} | odd
    return {BY_HEADER[type(header)]}


def _of_udp(header: CompressedUdp | GenericUdp) -> set[Feature]:
    used = {Feature.NHC_UDP}
    if header.port_mode:
        used.add(Feature.NHC_UDP_PORTS)
    if header.checksum_elided:
        used.add(Feature.NHC_UDP_CHECKSUM_ELIDED)
    if isinstance(header, GenericUdp):
        used.add(Feature.GHC_UDP)
    return used


def _elided_padding(part: Part) -> set[Feature]:
    header = part.header
    if not isinstance(header, CompressedExtension) or header.extension not in PADDED_IDENTIFIERS:
        return set()
    shorter = len(header.data) + 2 < part.expanded_end - part.expanded_start
    return {Feature.NHC_PADDING_ELIDED} if shorter else set()


def _runs_past(payload: Payload) -> bool:
    """Whether a compressed first fragment ends before the chain of headers that its datagram begins with."""
    assert payload.expanded is not None  # noqa: S101 - our caller looked
    if any(isinstance(part.header, UncompressedDispatch) for part in payload.expanded.parts):
        return False
    octets = payload.expanded.octets
    return chain_end(octets) > len(octets)


def chain_end(octets: bytes) -> int:
    """Where the headers of an IPv6 packet end, as far as ``octets`` tell: beyond their end where they do not."""
    at, protocol = 0, 41
    while at < len(octets):
        left = len(octets) - at
        if protocol == 41:
            if left < 40:
                return at + 40
            at, protocol = at + 40, octets[at + 6]
        elif protocol in EXTENSION_NUMBERS:
            if left < 2:
                return at + 8
            size = 8 if protocol == 44 else (octets[at + 1] + 1) * 8
            at, protocol = at + size, octets[at]
        else:
            return at + TRANSPORT_OCTETS.get(protocol, 0)
    return at + TRANSPORT_OCTETS.get(protocol, 8 if protocol in EXTENSION_NUMBERS else 0)
