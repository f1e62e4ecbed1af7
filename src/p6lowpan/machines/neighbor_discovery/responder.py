"""Questions about our addresses, and answers about those of neighbors, without registrations: RFC 4861 section 7.2."""

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.address_detection import AddressDetection
from p6lowpan.machines.neighbor_discovery.cache import NeighborCache, address_in_identifier
from p6lowpan.machines.neighbor_discovery.interface import AddressState, Arrival, Interface, OwnAddress
from p6lowpan.machines.neighbor_discovery.messages import (
    Way,
    neighbor_advertisement,
    source_link_address,
    target_link_address,
)
from p6lowpan.machines.neighbor_discovery.outputs import Emit, Outputs
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import (
    ALL_NODES,
    UNSPECIFIED,
    Ipv6Address,
    LinkAddress,
    format_ipv6,
    is_link_local,
    is_multicast,
)
from p6lowpan.wire.ipv6.link_layer_options import TargetLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation

WHERE = "neighbor discovery"


class Responder:
    """Stateless but for the cache and the detections that it serves."""

    def __init__(self, interface: Interface, cache: NeighborCache, detection: AddressDetection) -> None:
        self._interface = interface
        self._cache = cache
        self._detection = detection

    def solicited(self, now: int, arrival: Arrival, message: NeighborSolicitation) -> Outputs:
        """RFC 4861 sections 7.2.3 and 7.2.4, RFC 4862 section 5.4.3."""
        own = self._interface.addresses.get(Ipv6Address(message.target))
        if own is None or own.state is AddressState.REFUSED:
            return (Dropped(Reason.NOT_FOR_US, WHERE, f"{format_ipv6(message.target)} is not ours"),)
        if not own.is_assigned:
            return self._asked_about_tentative(arrival, own)
        named = self._usable(source_link_address(message.options))
        learned = self._learn(now, arrival, named)
        if arrival.source == UNSPECIFIED:
            return (*learned, self._answer(own, Way(ALL_NODES, None), named_too=True, solicited=False))
        way = Way(arrival.source, named or self._interface.sender_of(arrival))
        return (*learned, self._answer(own, way, named_too=is_multicast(arrival.destination), solicited=True))

    def advertised(self, now: int, message: NeighborAdvertisement) -> tuple[Outputs, bool]:
        """RFC 4861 section 7.2.5, RFC 4862 section 5.4.4. Also says whether a default router is none any more."""
        own = self._interface.addresses.get(Ipv6Address(message.target))
        if own is not None:
            return self._advertised_as_another_s(own), False
        entry = self._cache.get(message.target)
        if entry is None:
            detail = f"{format_ipv6(message.target)} was not asked for"
            return (Dropped(Reason.NOT_ASKED_FOR, WHERE, detail),), False
        named = self._usable(target_link_address(message.options))
        flags = bool(message.router), bool(message.solicited), bool(message.override)
        outputs = self._cache.advertised(now, entry, named, *flags)
        return outputs, entry.is_default_router and not entry.is_router

    def _asked_about_tentative(self, arrival: Arrival, own: OwnAddress) -> Outputs:
        if arrival.source == UNSPECIFIED and not self._interface.is_lowpan:
            return self._detection.conflict(own)
        return (Dropped(Reason.NOT_FOR_US, WHERE, f"{format_ipv6(own.address)} is not ours yet"),)

    def _advertised_as_another_s(self, own: OwnAddress) -> Outputs:
        """In a LoWPAN the registration decides whose an address is."""
        if own.state is AddressState.TENTATIVE and not self._interface.is_lowpan:
            return self._detection.conflict(own)
        return (Dropped(Reason.DUPLICATE_ADDRESS, WHERE, f"another says that it has {format_ipv6(own.address)}"),)

    def _usable(self, named: LinkAddress | None) -> LinkAddress | None:
        return named if named is not None and self._interface.is_foreign_link_address(named) else None

    def _learn(self, now: int, arrival: Arrival, named: LinkAddress | None) -> Outputs:
        """In a LoWPAN no entry is spent on what an address says itself (RFC 6775 section 5.7)."""
        if named is None or arrival.source == UNSPECIFIED:
            return ()
        says_itself = is_link_local(arrival.source) and address_in_identifier(arrival.source) == named
        if self._interface.is_lowpan and says_itself and self._cache.get(arrival.source) is None:
            return ()
        return self._cache.learn(now, arrival.source, named)

    def _answer(self, own: OwnAddress, way: Way, named_too: bool, solicited: bool) -> Emit:
        """RFC 4861 section 7.2.4: to a question that was multicast "the Target Link-Layer Address option MUST be
        included"."""
        options = (TargetLinkLayerAddress(address=address_field(own.link_address)),) if named_too else ()
        return neighbor_advertisement(self._interface, own.address, own.address, way, options, solicited)
