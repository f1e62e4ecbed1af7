"""What a border router's node has beside the others: a backbone, and an administrator who changes what it announces.

Every node has a border; without a backbone, nothing crosses it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.named import from_text
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.discovery import Levels
from p6lowpan.machines.backbone.backbone import Backbone, LetIn
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Prefix, read_permit
from p6lowpan.machines.link.mac import Mac
from p6lowpan.machines.link.outputs import Transmit
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix
from p6lowpan.machines.neighbor_discovery.neighbor_discovery import NeighborDiscovery
from p6lowpan.machines.network.network import Network
from p6lowpan.machines.network.outputs import BackboneRoute
from p6lowpan.machines.network.routes import prefix_of
from p6lowpan.node import inputs
from p6lowpan.node.outputs import Output
from p6lowpan.wire.address import UNSPECIFIED
from p6lowpan.wire.sixlowpan.contexts import Context

Events = Iterable[Any]  # Any: as the node has it


@value
class RoomSought:
    """Something waits to be let in. Whether there is room is looked at when this is handled, not before: then what was
    let in earlier has reached the link, and is counted."""


ROOM_SOUGHT = (RoomSought(),)


class Border:
    """Wiring between a backbone and the machines of its node. See the module."""

    def __init__(
        self,
        configuration: BackboneConfiguration | None,
        limits: Limits,
        link: Mac,
        levels: Levels,
        network: Network,
        discovery: NeighborDiscovery,
    ) -> None:
        self.backbone = None if configuration is None else Backbone(configuration, (), limits)
        self._link = link
        self._levels = levels
        self._network = network
        self._discovery = discovery

    @property
    def deadline(self) -> int | None:
        """When :meth:`release` has something to do; ``None``: never."""
        return None if self.backbone is None else self.backbone.deadline

    def start(self, now: int) -> Events:
        """Everything is behind the backbone, but what is inside."""
        if self.backbone is not None:
            yield from self._network.routes.add_backbone(now, UNSPECIFIED, 0)
            yield from self._know_prefixes(now, self.backbone)

    def _know_prefixes(self, now: int, backbone: Backbone) -> Events:
        """Prefixes that are announced are inside: addresses in them that nobody registered are nowhere, or wherever
        somebody answers for them."""
        router = self._discovery.border_router
        announced = () if router is None else router.prefix_life.in_use
        inside = tuple(Prefix(prefix_of(one.prefix, one.length), one.length) for one in announced)
        for gone in set(backbone.prefixes) - set(inside):
            self._network.routes.remove_nowhere(gone.address, gone.length)
            self._network.routes.remove_on_link(gone.address, gone.length)
        backbone.prefixes = inside
        routes = self._network.routes
        add = routes.add_on_link if self._discovery.configuration.asks else routes.add_nowhere
        for prefix in inside:
            yield from add(now, prefix.address, prefix.length)

    # --- packets -----------------------------------------------------------------------------------------------------

    def seek_room(self) -> tuple[RoomSought, ...]:
        """There may be room now for what waits."""
        return () if self.backbone is None or not self.backbone.waiting.octets else ROOM_SOUGHT

    def release(self, now: int) -> Events:
        """Let in what waits, as far as there is room."""
        return self._required().release(now, self._link.queued)

    def let_in(self, now: int, event: LetIn) -> Events:
        """The network layer forwards or answers what was let in."""
        return self._network.admitted(now, event.packet)

    def leaving(self, now: int, event: BackboneRoute) -> Events:
        """A packet goes to the backbone."""
        return self._required().leaving(now, event)

    def sent(self, now: int, outputs: tuple[Output, ...]) -> None:
        """What the radio sends takes air."""
        if self.backbone is None:
            return
        for output in outputs:
            if isinstance(output, Transmit):
                self.backbone.air.sent(now, len(output.octets))

    # --- inputs ------------------------------------------------------------------------------------------------------

    def _came(self, now: int, given: inputs.FromBackbone) -> Events:
        yield from self._required().received(now, given.packet)
        yield from self.seek_room()

    def _configure(self, _now: int, given: inputs.ConfigureBackbone) -> Events:
        permits = tuple(map(read_permit, given.permits))
        self._required().configure(BackboneConfiguration(permits, given.octets_per_second, given.burst_us))
        return ()

    def _pin(self, _now: int, given: inputs.PinNeighbor) -> Events:
        news = self._levels.pin(given.neighbor, from_text(given.profile) if given.profile else None)
        return () if news is None else (news,)

    def _announce_prefix(self, now: int, given: inputs.AnnouncePrefix) -> Events:
        lifetimes = given.valid_lifetime_seconds, given.preferred_lifetime_seconds
        yield from self._discovery.announce_prefix(now, AdvertisedPrefix(given.prefix, given.length, *lifetimes))
        if self.backbone is not None:
            yield from self._know_prefixes(now, self.backbone)

    def _announce_context(self, now: int, given: inputs.AnnounceContext) -> Events:
        return self._discovery.announce_context(now, Context(given.identifier, given.prefix, given.length))

    def _withdraw_context(self, now: int, given: inputs.WithdrawContext) -> Events:
        return self._discovery.withdraw_context(now, given.identifier)

    def _required(self) -> Backbone:
        if self.backbone is None:
            raise UsageError("this node has no backbone")
        return self.backbone


ADMINISTRATION: Mapping[type[Any], Callable[[Border, int, Any], Events]] = {
    inputs.FromBackbone: Border._came,
    inputs.ConfigureBackbone: Border._configure,
    inputs.PinNeighbor: Border._pin,
    inputs.AnnouncePrefix: Border._announce_prefix,
    inputs.AnnounceContext: Border._announce_context,
    inputs.WithdrawContext: Border._withdraw_context,
}
"""Who handles the inputs that only a border router's driver has."""
