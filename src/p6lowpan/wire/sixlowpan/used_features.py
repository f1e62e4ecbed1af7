"""Which features of the table a frame uses: what its receiver must be able to do."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from p6lowpan.capability.features import Feature
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan import iphc
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.expansion import Expanded, Part
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1
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
from p6lowpan.wire.sixlowpan.routing_header import ElectiveRoutingHeader, IpInIp, RplInformation, SourceRoute
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch

BY_HEADER: dict[type[Header], frozenset[Feature]] = {
    BroadcastHeader: frozenset({Feature.BROADCAST_HEADER}),
    FirstFragment: frozenset({Feature.FRAGMENTATION}),
    SubsequentFragment: frozenset({Feature.FRAGMENTATION}),
    PageSwitch: frozenset({Feature.PAGING}),
    EscapeHeader: frozenset({Feature.ESCAPE}),
    RecoverableFragment: frozenset({Feature.RECOVERABLE_FRAGMENT}),
    RecoverableFragmentAcknowledgment: frozenset({Feature.RECOVERABLE_FRAGMENT}),
    UncompressedDispatch: frozenset({Feature.UNCOMPRESSED_IPV6}),
    CompressedIpv6: frozenset({Feature.NHC_IPV6}),
    GenericIcmpv6: frozenset({Feature.GHC_ICMPV6}),
    GenericExtension: frozenset({Feature.GHC_EXTENSION}),
    SourceRoute: frozenset({Feature.ROUTING_HEADER}),
    RplInformation: frozenset({Feature.ROUTING_HEADER}),
    IpInIp: frozenset({Feature.ROUTING_HEADER}),
    ElectiveRoutingHeader: frozenset({Feature.ROUTING_HEADER}),
}
"""Headers that use the same features, whatever they hold."""

NOTHING: frozenset[Feature] = frozenset()
PADDING_ELIDED = frozenset({Feature.NHC_PADDING_ELIDED})

EXTENSION_NUMBERS = frozenset((0, 43, 44, 60, 135))
FRAGMENT, IPV6 = 44, 41
LEAST_OCTETS = {17: 8, 6: 20, 58: 4, IPV6: 40} | dict.fromkeys(EXTENSION_NUMBERS, 8)
"""How many octets of a header a first fragment should hold, where the header does not say."""


UDP_FEATURES = tuple(
    frozenset(
        {Feature.NHC_UDP}
        | ({Feature.NHC_UDP_PORTS} if mode & 3 else set())
        | ({Feature.NHC_UDP_CHECKSUM_ELIDED} if mode & 4 else set())
    )
    for mode in range(8)
)
"""By C and P."""

GENERIC_UDP_FEATURES = tuple(features | {Feature.GHC_UDP} for features in UDP_FEATURES)

_MESH = frozenset({Feature.MESH_HEADER})
_DEEP_MESH = _MESH | {Feature.MESH_DEEP_HOPS}
_FRAGMENT = frozenset({Feature.NHC_FRAGMENT})
_FRAGMENT_WITH_LENGTH = _FRAGMENT | {Feature.NHC_FRAGMENT_LENGTH_SIX}
_HC1 = frozenset({Feature.HC1})
_HC2 = _HC1 | {Feature.HC2}
_EXTENSIONS = {extension: frozenset({feature}) for extension, feature in EXTENSION_FEATURES.items()}
_PAST_FIRST_FRAGMENT = frozenset({Feature.HEADERS_PAST_FIRST_FRAGMENT})

BY_WHAT_IT_HOLDS: dict[type[Header], Callable[[Any], frozenset[Feature]]] = {  # Any: a header of the key's type
    MeshHeader: lambda header: _MESH if header.deep_hops_left is None else _DEEP_MESH,
    CompressedUdp: lambda header: UDP_FEATURES[header.checksum_elided << 2 | header.port_mode],
    GenericUdp: lambda header: GENERIC_UDP_FEATURES[header.checksum_elided << 2 | header.port_mode],
    CompressedExtension: lambda header: _EXTENSIONS[header.extension],
    CompressedFragment: lambda header: _FRAGMENT_WITH_LENGTH if header.reserved == FRAGMENT_LENGTH else _FRAGMENT,
    HeaderCompression1: lambda header: _HC2 if header.hc2 else _HC1,
}
"""The other headers but LOWPAN_IPHC, for which the link counts, too."""


def features_of(payload: Payload) -> frozenset[Feature]:
    """Every feature that ``payload`` uses."""
    found = [_of_header(placed.header) for placed in payload.stack.headers]
    if payload.expanded is not None:
        link = payload.stack.link
        short = len(link.source) == 2, len(link.destination) == 2
        for part in payload.expanded.parts:
            if type(part.header) is Iphc:
                found.append(iphc.features(part.header, *short))
                short = False, False  # inside, identifiers come from the IPv6 header around
            else:
                found += _of_header(part.header), _elided_padding(part)
        if isinstance(payload.stack.fragment, FirstFragment) and _runs_past(payload.expanded):
            found.append(_PAST_FIRST_FRAGMENT)
    return _union(tuple(found))


@lru_cache(maxsize=1024)
def _union(features: tuple[frozenset[Feature], ...]) -> frozenset[Feature]:
    return frozenset().union(*features)


def _of_header(header: Header) -> frozenset[Feature]:
    kind = type(header)
    always = BY_HEADER.get(kind)
    return BY_WHAT_IT_HOLDS[kind](header) if always is None else always


def _elided_padding(part: Part) -> frozenset[Feature]:
    header = part.header
    if not isinstance(header, CompressedExtension) or header.extension not in PADDED_IDENTIFIERS:
        return NOTHING
    shorter = len(header.data) + 2 < part.expanded_end - part.expanded_start
    return PADDING_ELIDED if shorter else NOTHING


def _runs_past(expanded: Expanded) -> bool:
    """Whether a compressed first fragment ends before the chain of headers that its datagram begins with."""
    if isinstance(expanded.parts[0].header, UncompressedDispatch):
        return False
    return chain_end(expanded.octets) > len(expanded.octets)


def chain_end(octets: bytes) -> int:
    """Where the headers of an IPv6 packet end, as far as ``octets`` tell: beyond their end where they do not."""
    at, protocol = 0, IPV6
    while protocol in EXTENSION_NUMBERS or protocol == IPV6:
        end = at + LEAST_OCTETS[protocol]
        if end > len(octets):
            return end
        if protocol == FRAGMENT and int.from_bytes(octets[at + 2 : at + 4], "big") >= 8:
            return end  # the middle of something (RFC 8200 section 4.5)
        if protocol not in (FRAGMENT, IPV6):
            end = at + (octets[at + 1] + 1) * 8
        at, protocol = end, octets[at + 6 if protocol == IPV6 else at]
    return at + LEAST_OCTETS.get(protocol, 0)
