"""A router's advertisements: RFC 4861 section 6.2, RFC 6775 sections 6.3, 6.4 and 8.1.5.

Theory of operation. Each solicitation is answered by unicast after a random delay; a host that asks twice meanwhile
gets one answer. One advertisement goes out for each border router that is known, because an ABRO stays with its own
prefixes and contexts. New information is also sent to everybody, three times, as by an interface that begins to
advertise. On a regular link everybody is told again and again, and a host without an address is answered that way.

A router that knows no border router, and announces no prefix of its own, is none yet (RFC 6775 section 6.2).
"""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.capabilities import capability_options
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.interface import Arrival, Interface
from p6lowpan.machines.neighbor_discovery.messages import Way, emit, own_link_address, source_link_address
from p6lowpan.machines.neighbor_discovery.outputs import Emit, NeighborOutput, Outputs
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import ALL_NODES, UNSPECIFIED, Ipv6Address, LinkAddress, format_ipv6
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.registry import MessageType
from p6lowpan.wire.ipv6.router_options import PrefixInformation

WHERE = "router"
HOP_LIMIT = 64
MEDIUM, HIGH, LOW = 0, 1, 3
EVERYBODY = Way(ALL_NODES, None)

AdvertisedSet = tuple[tuple[Header, ...], bool]
"""The options of one advertisement, and whether the border router that they come from takes EDAR messages."""


def prefix_option(prefix: AdvertisedPrefix) -> PrefixInformation:
    """The option that announces a prefix."""
    return PrefixInformation(
        prefix_length=prefix.length,
        on_link=int(prefix.on_link),
        autonomous=int(prefix.autonomous),
        valid_lifetime_seconds=prefix.valid_lifetime_seconds,
        preferred_lifetime_seconds=min(prefix.preferred_lifetime_seconds, prefix.valid_lifetime_seconds),
        prefix=prefix.prefix,
    )


class Advertiser:
    """What goes out when; what is in it, and how good a router we are, the caller says each time."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._pending: dict[Ipv6Address, tuple[int, LinkAddress | None]] = {}
        self._unsolicited_at: int | None = None
        self._burst = 0
        self._not_before = 0

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(self._unsolicited_at, *(due for due, _ in self._pending.values()))

    def solicited(self, now: int, arrival: Arrival, message: RouterSolicitation) -> Outputs:
        """Somebody asks for routers. RFC 6775 section 6.3: "the router MUST NOT modify an existing NCE" for that; no
        entry is made either, because the answer needs none."""
        limits = self._interface.limits
        if arrival.source == UNSPECIFIED:
            if self._interface.is_lowpan:
                return (Dropped(Reason.BAD_SOURCE, WHERE, "no unspecified source in a LoWPAN (RFC 6775 section 5.3)"),)
            self._everybody_soon(now)
            return ()
        if arrival.source in self._pending:
            return ()
        if len(self._pending) >= limits.pending_advertisements:
            detail = f"{limits.pending_advertisements} hosts wait, no room for {format_ipv6(arrival.source)}"
            return (Dropped(Reason.ADVERTISEMENTS_FULL, WHERE, detail),)
        named = source_link_address(message.options)
        if named is None or not self._interface.is_foreign_link_address(named):
            named = self._interface.sender_of(arrival)
        self._pending[arrival.source] = now + self._interface.random(limits.advertisement_delay_us), named
        return ()

    def announce(self, now: int) -> None:
        """There is something new: everybody is told, three times."""
        if self._interface.configuration.multicasts_updates or not self._interface.is_lowpan:
            self._burst = self._interface.limits.initial_advertisements
            self._everybody_soon(now)

    def tick(self, now: int, sets: tuple[AdvertisedSet, ...], has_way_out: bool) -> Outputs:
        """What is due. ``has_way_out``: we have a route to a border router."""
        outputs: list[NeighborOutput] = []
        for destination, (due, link_address) in tuple(self._pending.items()):
            if due <= now:
                del self._pending[destination]
                outputs += self._advertisements(sets, Way(destination, link_address), has_way_out)
        if self._unsolicited_at is not None and self._unsolicited_at <= now:
            outputs += self._advertisements(sets, EVERYBODY, has_way_out)
            self._schedule(now)
        return tuple(outputs)

    def _everybody_soon(self, now: int) -> None:
        moment = now + self._interface.random(self._interface.limits.advertisement_delay_us)
        moment = max(moment, self._not_before)
        self._unsolicited_at = moment if self._unsolicited_at is None else min(moment, self._unsolicited_at)

    def _schedule(self, now: int) -> None:
        """RFC 4861 section 6.2.4: between a third of the longest interval and the whole; the first few sooner."""
        limits = self._interface.limits
        self._not_before = now + limits.advertisement_spacing_us
        self._burst = max(0, self._burst - 1)
        if self._interface.is_lowpan and not self._burst:
            self._unsolicited_at = None
            return
        longest = limits.advertisement_interval_us
        interval = longest // 3 + self._interface.random(longest - longest // 3)
        if self._burst:
            interval = min(interval, limits.initial_advertisement_interval_us)
        self._unsolicited_at = now + interval

    def _advertisements(self, sets: tuple[AdvertisedSet, ...], to: Way, has_way_out: bool) -> list[Emit]:
        configuration = self._interface.configuration
        named = own_link_address(configuration.extended)
        advertisements = []
        for options, extended in sets:
            capabilities = capability_options(configuration, MessageType.ROUTER_ADVERTISEMENT, extended)
            message = RouterAdvertisement(
                hop_limit=HOP_LIMIT,
                preference=self._preference(has_way_out),
                router_lifetime_seconds=configuration.router_lifetime_seconds,
                options=(*options, named, *capabilities),
            )
            advertisements.append(emit(message, self._interface.link_local, to.destination, to.link_address))
        return advertisements

    def _preference(self, has_way_out: bool) -> int:
        """RFC 6775 section 6: 6LBRs high, 6LRs medium, and low without a route to a border router."""
        if not self._interface.is_lowpan:
            return MEDIUM
        if self._interface.configuration.role is Role.BORDER_ROUTER:
            return HIGH
        return MEDIUM if has_way_out else LOW
