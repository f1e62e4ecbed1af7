"""What kind of IPv6 node this is."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ipv6.options import OptionType
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE

UNDERSTOOD_OPTIONS = frozenset(
    {
        OptionType.PAD1,
        OptionType.PADN,
        OptionType.TUNNEL_ENCAPSULATION_LIMIT,
        OptionType.ROUTER_ALERT,
        OptionType.RPL,
        OptionType.RPL_OR_DISCARD,
    }
)
"""The options that a node passes over because it knows them, whatever their action bits say. Router Alert asks for a
closer look at what every packet here gets anyway; the RPL option is for a routing protocol to read."""


@dataclass(frozen=True, slots=True)
class NetworkConfiguration:
    """One interface. Raises :class:`UsageError` for what cannot be.

    Only routers forward and process source routes (``source_routing``: those of RFC 6554). ``decapsulates``: a packet
    in a packet that is for us is processed in turn. ``answers_multicast_echo``: RFC 4443 section 4.2 says SHOULD.
    """

    is_router: bool
    hop_limit: int = 64  # RFC 1700, and what IPHC can compress
    multicast_hop_limit: int = 1  # RFC 3493 section 5.2
    understood_options: AbstractSet[int] = UNDERSTOOD_OPTIONS
    source_routing: bool = True
    decapsulates: bool = True
    answers_multicast_echo: bool = True
    class_unsupported_type: int = CLASS_UNSUPPORTED_TYPE

    def __post_init__(self) -> None:
        for hop_limit in (self.hop_limit, self.multicast_hop_limit):
            if not 1 <= hop_limit <= 255:
                raise UsageError(f"a packet with hop limit {hop_limit} goes nowhere: 1 to 255")
        if not 0 <= self.class_unsupported_type <= 127:
            raise UsageError(f"ICMPv6 type {self.class_unsupported_type} is no error: 0 to 127")

    @property
    def processes_source_routes(self) -> bool:
        """Whether the node is a hop of RFC 6554's source routes."""
        return self.is_router and self.source_routing
