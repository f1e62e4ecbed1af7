"""The extension headers of a packet, one after the other, as far as this node processes them (RFC 8200 section 4).

A node on the way looks at the Hop-by-Hop Options alone, and only directly behind the IPv6 header; the destination looks
at every header in the order in which they come, and stops at the first that it cannot process. The result says what is
to be done: hand the rest to an upper layer, take the next segment of a source route, keep a fragment, or refuse.
"""

from collections.abc import Callable, Mapping

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.icmpv6_errors import (
    ERRONEOUS_FIELD,
    UNRECOGNIZED_NEXT_HEADER,
    Refused,
    erroneous_field,
)
from p6lowpan.machines.network.options import examine_options
from p6lowpan.machines.network.packet import NEXT_HEADER_AT, Incoming
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Decoder, Family
from p6lowpan.wire.ipv6.extension import DestinationOptions, FragmentHeader, HopByHopOptions
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.icmpv6_errors import ParameterProblem
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.routing import RplSourceRoute, UnknownRoute

WHERE = "ipv6-headers"
ROUTING_TYPE_AT, SEGMENTS_LEFT_AT = 2, 3
RPL_SOURCE_ROUTE, PASSED_OVER = 3, -1


@value
class UpperLayer:
    """The extension headers are done with. ``at`` is the payload's offset in the packet, ``named_at`` that of the Next
    Header field which says what it is. ``fragment``: there was a Fragment header, of a packet that is whole."""

    protocol: int
    at: int
    named_at: int
    fragment: bool = False


@value
class NextSegment:
    """A source route at offset ``at`` whose next address is to be visited."""

    route: RplSourceRoute
    at: int


@value
class Fragment:
    """A Fragment header at offset ``at``, of a packet of which this is a part. ``named_at`` is the offset of the Next
    Header field in front of it."""

    header: FragmentHeader
    at: int
    named_at: int


Examined = UpperLayer | NextSegment | Fragment | Refused
Processor = Callable[[Header, int, int, NetworkConfiguration], Examined | None]


def _routing_key(octets: bytes) -> int:
    """The routing type, or that the header is passed over: of which no segment is left, whatever its type and content
    (RFC 8200 section 4.4)."""
    return octets[ROUTING_TYPE_AT] if octets[SEGMENTS_LEFT_AT] else PASSED_OVER


ROUTES = Family(
    layer="ipv6-routing",
    members={RPL_SOURCE_ROUTE: RplSourceRoute},
    unknown=UnknownRoute,
    key=_routing_key,
    key_octets=4,
)


def _options(header: Header, at: int, _named_at: int, configuration: NetworkConfiguration) -> Refused | None:
    assert isinstance(header, HopByHopOptions | DestinationOptions)  # noqa: S101 - PROCESSORS says so
    return examine_options(header.options, at, configuration.understood_options)


def _route(header: Header, at: int, _named_at: int, configuration: NetworkConfiguration) -> Examined | None:
    assert isinstance(header, RplSourceRoute | UnknownRoute)  # noqa: S101 - PROCESSORS says so
    if not header.segments_left:
        return None
    if isinstance(header, RplSourceRoute) and configuration.processes_source_routes:
        return NextSegment(header, at)
    answer = ParameterProblem(code=ERRONEOUS_FIELD, pointer=at + ROUTING_TYPE_AT)
    detail = f"routing type {header.routing_type} with {header.segments_left} segments left"
    return Refused(Reason.UNRECOGNIZED_HEADER, WHERE, detail, answer)


def _fragment(header: Header, at: int, named_at: int, _configuration: NetworkConfiguration) -> Examined | None:
    assert isinstance(header, FragmentHeader)  # noqa: S101 - PROCESSORS says so
    return None if header.is_atomic else Fragment(header, at, named_at)


PROCESSORS: Mapping[int, tuple[Decoder, Processor]] = {
    Protocol.HOP_BY_HOP_OPTIONS: (HopByHopOptions, _options),
    Protocol.DESTINATION_OPTIONS: (DestinationOptions, _options),
    Protocol.ROUTING: (ROUTES, _route),
    Protocol.FRAGMENT: (FragmentHeader, _fragment),
}
"""The extension headers that a destination processes, by the Next Header value that leads to them."""

PROCESSED_ON_THE_WAY = frozenset({Protocol.HOP_BY_HOP_OPTIONS})


def unrecognized_next_header(protocol: int, named_at: int) -> Refused:
    """A next header that the node cannot process: Parameter Problem, code 1 (RFC 8200 section 4)."""
    answer = ParameterProblem(code=UNRECOGNIZED_NEXT_HEADER, pointer=named_at)
    return Refused(Reason.UNRECOGNIZED_HEADER, WHERE, f"next header {protocol} at octet {named_at}", answer)


def examine(incoming: Incoming, configuration: NetworkConfiguration, on_the_way: bool = False) -> Examined:
    """Go through the extension headers. ``on_the_way``: the packet is somebody else's, and only passes here."""
    octets = incoming.octets
    protocol, named_at, at, fragment = incoming.header.next_header, NEXT_HEADER_AT, IPV6_HEADER_OCTETS, False
    processed = PROCESSED_ON_THE_WAY if on_the_way else PROCESSORS.keys()
    while protocol in processed:
        if protocol == Protocol.HOP_BY_HOP_OPTIONS and at != IPV6_HEADER_OCTETS:
            return unrecognized_next_header(protocol, named_at)
        decoder, process = PROCESSORS[protocol]
        try:
            header, rest = decoder.decode(octets[at:])
        except Malformed as error:
            return erroneous_field(error, at, WHERE)
        if (examined := process(header, at, named_at, configuration)) is not None:
            return examined
        fragment = fragment or protocol == Protocol.FRAGMENT
        protocol, named_at, at = header.next_header, at, len(octets) - len(rest)
    return UpperLayer(protocol, at, named_at, fragment)
