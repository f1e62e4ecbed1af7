"""What a router does with a packet that is not for it (RFC 8200 section 3, RFC 4443 section 3).

First whether the packet may go on at all: :data:`RULES`, in order. Then where to: one hop less to live, a route, and a
size that the network takes. A group's packets are not forwarded: there is no multicast routing here.
"""

from collections.abc import Callable

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.icmpv6_errors import (
    BEYOND_SCOPE,
    HOP_LIMIT_EXCEEDED,
    MINIMUM_MTU,
    NO_ROUTE,
    SOURCE_ROUTE_ERROR,
    Icmpv6Error,
    Refused,
)
from p6lowpan.machines.network.outputs import BackboneRoute, Route
from p6lowpan.machines.network.packet import Incoming, with_hop_limit
from p6lowpan.machines.network.routes import Routes
from p6lowpan.machines.network.source_route import is_strict
from p6lowpan.wire.address import UNSPECIFIED, format_ipv6, is_group, is_link_local, is_multicast
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, TimeExceeded

WHERE = "ipv6-forwarding"


@value
class Rule:
    """``fault`` says whether a packet breaks it; ``answer`` is the error for its sender."""

    fault: Callable[[Incoming, NetworkConfiguration], bool]
    reason: Reason
    text: str
    answer: Icmpv6Error | None = None


RULES = (
    Rule(
        lambda _, configuration: not configuration.is_router,
        Reason.NOT_FOR_US,
        "a host forwards nothing",
    ),
    Rule(
        lambda incoming, _: is_multicast(incoming.header.destination),
        Reason.NOT_FOR_US,
        "a group that we are not in",
    ),
    Rule(
        lambda incoming, _: is_group(incoming.origin.link_destination),
        Reason.LINK_BROADCAST,
        "every router that heard the frame would forward it (RFC 1812 section 5.3.4)",
    ),
    Rule(
        lambda incoming, _: incoming.header.source == UNSPECIFIED,
        Reason.BAD_SOURCE,
        "the unspecified address is never forwarded (RFC 4291 section 2.5.2)",
    ),
    Rule(
        lambda incoming, _: is_link_local(incoming.header.destination),
        Reason.BEYOND_SCOPE,
        "a link-local destination is never forwarded (RFC 4291 section 2.5.6)",
    ),
    Rule(
        lambda incoming, _: is_link_local(incoming.header.source),
        Reason.BEYOND_SCOPE,
        "a link-local source is never forwarded (RFC 4291 section 2.5.6)",
        DestinationUnreachable(code=BEYOND_SCOPE),
    ),
)


def may_go_on(incoming: Incoming, configuration: NetworkConfiguration) -> Refused | None:
    """Why a packet that is not for us is not forwarded, whatever routes there are."""
    for rule in RULES:
        if rule.fault(incoming, configuration):
            ends = f"{format_ipv6(incoming.header.source)} to {format_ipv6(incoming.header.destination)}"
            return Refused(rule.reason, WHERE, f"{ends}: {rule.text}", rule.answer)
    return None


def one_hop_less(incoming: Incoming) -> bytes | Refused:
    """The packet as it goes on. "If received with a Hop Limit of zero or decremented to zero, it is discarded"."""
    hop_limit = incoming.header.hop_limit
    if hop_limit <= 1:
        ends = f"{format_ipv6(incoming.header.source)} to {format_ipv6(incoming.header.destination)}"
        return Refused(Reason.HOP_LIMIT_EXCEEDED, WHERE, ends, TimeExceeded(code=HOP_LIMIT_EXCEEDED))
    return with_hop_limit(incoming.octets, hop_limit - 1)


def find_route(
    now: int, octets: bytes, destination: bytes, routes: Routes, limits: Limits, from_backbone: bool = False
) -> Route | BackboneRoute | Refused:
    """The next hop of a packet that goes on, or why it cannot. What came by the backbone does not leave by it."""
    next_hop, leaves = routes.way(now, destination)
    if next_hop != destination and is_strict(octets):
        detail = f"{format_ipv6(destination)} is not on the link"
        return Refused(Reason.SOURCE_ROUTE_BROKEN, WHERE, detail, DestinationUnreachable(code=SOURCE_ROUTE_ERROR))
    if next_hop is None and (from_backbone or not leaves):
        return Refused(Reason.NO_ROUTE, WHERE, format_ipv6(destination), DestinationUnreachable(code=NO_ROUTE))
    if len(octets) > limits.datagram_octets:
        detail = f"{len(octets)} octets, at most {limits.datagram_octets}"
        mtu = max(limits.datagram_octets, MINIMUM_MTU)
        return Refused(Reason.TOO_BIG, WHERE, detail, PacketTooBig(mtu=mtu), even_multicast=True)
    return BackboneRoute(octets) if next_hop is None else Route(octets, next_hop)
