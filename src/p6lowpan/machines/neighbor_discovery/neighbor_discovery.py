"""Neighbor Discovery of one interface, assembled.

    discovery = NeighborDiscovery(Configuration(role=Role.HOST, extended=eui64), limits, chance)
    outputs = discovery.start(now)
    outputs = discovery.received(now, message, source, destination, hop_limit, origin)
    outputs = discovery.resolve(now, next_hop, packet)
    outputs = discovery.tick(now)      # at discovery.deadline

Theory of operation. A message that breaks a rule of :mod:`.validation` is dropped; what a valid one says of its
sender's abilities is reported; then the part of the node that it is for takes it. The parts: the cache, for everybody;
the host, for hosts and routers other than border routers; advertiser and registrar, for routers; the border router.
Messages were decoded, and their checksums verified, before. Nothing raises because of a peer.
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.neighbor_discovery.border_router import BorderRouter
from p6lowpan.machines.neighbor_discovery.cache import NeighborCache
from p6lowpan.machines.neighbor_discovery.capabilities import advertised
from p6lowpan.machines.neighbor_discovery.claim import claim_of
from p6lowpan.machines.neighbor_discovery.configuration import IDENTIFIER_BITS, AdvertisedPrefix, Configuration, Role
from p6lowpan.machines.neighbor_discovery.duplicate_detection import DuplicateDetection
from p6lowpan.machines.neighbor_discovery.entry import KeptRegistration
from p6lowpan.machines.neighbor_discovery.host import Host
from p6lowpan.machines.neighbor_discovery.information import Information
from p6lowpan.machines.neighbor_discovery.interface import AddressState, Arrival, Interface, OwnAddress
from p6lowpan.machines.neighbor_discovery.messages import source_link_address
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressFormed,
    NeighborOutput,
    Outputs,
    PrefixLearned,
)
from p6lowpan.machines.neighbor_discovery.policy import NeighborPolicy, reserving
from p6lowpan.machines.neighbor_discovery.registrar import Registrar
from p6lowpan.machines.neighbor_discovery.responder import Responder
from p6lowpan.machines.neighbor_discovery.restoring import restore_registrations
from p6lowpan.machines.neighbor_discovery.router import AdvertisedSet, Advertiser, prefix_option
from p6lowpan.machines.neighbor_discovery.short_address import short_address_in
from p6lowpan.machines.neighbor_discovery.validation import WHERE, fault_of, options_of
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import (
    UNSPECIFIED,
    Ipv6Address,
    LinkAddress,
    interface_identifier,
    is_link_local,
    link_local,
)
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import InvalidOption
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import NeighborOptionType
from p6lowpan.wire.sixlowpan.contexts import Context

RFC6775_OPTION_UNITS = 2


class NeighborDiscovery:
    """See the module. ``policy`` decides who gets a place in the neighbor cache; the default reserves."""

    def __init__(
        self, configuration: Configuration, limits: Limits, chance: ChanceStream, policy: NeighborPolicy | None = None
    ) -> None:
        self.configuration = configuration
        self.interface = Interface(configuration, limits, chance)
        self.cache = NeighborCache(self.interface, policy or reserving(limits))
        self.host = Host(self.interface, self.cache)
        self.information = Information(self.interface)
        self.detection = DuplicateDetection(self.interface, self.information)
        self.advertiser = Advertiser(self.interface)
        is_border = configuration.role is Role.BORDER_ROUTER
        self.border_router = BorderRouter(self.interface) if is_border else None
        registry = self.border_router.registry if self.border_router else None
        self.registrar = Registrar(self.interface, self.cache, self.information, self.detection, registry)
        self._responder = Responder(self.interface, self.cache, self.host.detection)
        self._has_moved = True
        self._deadline: int | None = None

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never. A node asks at every input, few of which are for us:
        so but for the cache's it is computed anew only behind a call that may have moved it."""
        if self._has_moved:
            self._has_moved = False
            self._deadline = earliest(
                self.host.deadline,
                self.information.deadline,
                self.advertiser.deadline,
                self.registrar.deadline,
                self.border_router.deadline if self.border_router else None,
            )
        return earliest(self.cache.deadline, self._deadline)

    @property
    def addresses(self) -> tuple[OwnAddress, ...]:
        """Our addresses, in every state."""
        return tuple(self.interface.addresses.values())

    # --- the life of the node ----------------------------------------------------------------------------------------

    def start(self, now: int) -> Outputs:
        """Form the first addresses, and begin to look for routers, or to be one."""
        self._has_moved = True
        outputs: list[NeighborOutput] = []
        for own in self._first_addresses():
            refused = self.interface.add(own)
            outputs.append(refused or AddressFormed(own.address, own.link_address))
            if own.is_assigned and refused is None:
                outputs.append(AddressConfirmed(own.address))
        outputs += [PrefixLearned(one.prefix, one.length, True) for one in self.configuration.prefixes if one.on_link]
        outputs += self.host.start(now)
        if self.border_router is not None:
            outputs += self.border_router.start(now)
        if self._sets(now):
            self.advertiser.announce(now)
        return tuple(outputs)

    def restore(self, now: int, kept: tuple[KeptRegistration, ...]) -> Outputs:
        """Take over what neighbors had registered before a restart of ours."""
        served = tuple(one for one in kept if self.registrar.serves(one.address))
        return self._after(now, restore_registrations(now, self.cache, served, self.interface.limits.neighbors))

    def leave(self, now: int) -> Outputs:
        """The node goes: what it registered is given back, again and again until the routers say so."""
        self._has_moved = True
        return self.host.leave(now)

    def _first_addresses(self) -> list[OwnAddress]:
        """Link-local addresses from an EUI-64 and from an assigned short address need no detection in a LoWPAN (RFC
        6775 section 5.2); a router's given addresses are its administrator's affair."""
        configuration = self.configuration
        own = [OwnAddress(link_local(one), one) for one in configuration.link_addresses]
        own += [OwnAddress(address, self._link_address_for(address)) for address in configuration.addresses]
        if configuration.is_router:
            for prefix in configuration.prefixes:
                if prefix.autonomous and prefix.length == IDENTIFIER_BITS:
                    own += [_formed(prefix, one) for one in configuration.link_addresses]
        for address in own:
            if self.interface.is_lowpan and (configuration.is_router or is_link_local(address.address)):
                address.state = AddressState.PREFERRED
        return own

    def _link_address_for(self, address: Ipv6Address) -> LinkAddress:
        """The link-layer address whose identifier an address has; else the EUI-64."""
        for link_address in self.configuration.link_addresses:
            if address[8:] == interface_identifier(link_address):
                return link_address
        return self.configuration.extended

    # --- what the network and the link say ---------------------------------------------------------------------------

    def resolve(self, now: int, next_hop: Ipv6Address, packet: bytes) -> Outputs:
        """Where a packet for a neighbor goes."""
        outputs = self.cache.resolve(now, next_hop, packet)
        return outputs if self.border_router is not None else self._after(now, outputs)  # it has no router to lose

    def confirm_reachable(self, now: int, address: Ipv6Address) -> Outputs:
        """An upper layer made progress with a neighbor."""
        return self._after(now, self.cache.confirm(now, address))

    def link_failed(self, now: int, link_address: LinkAddress) -> Outputs:
        """The link layer could not deliver a frame."""
        return self._after(now, self.cache.failed(now, link_address))

    def tick(self, now: int) -> Outputs:
        """What is due. Too early it does nothing."""
        if self.deadline is None or self.deadline > now:
            return ()
        outputs: list[NeighborOutput] = [*self.cache.tick(now), *self.host.tick(now), *self.registrar.tick(now)]
        self.information.tick(now)
        if self.border_router is not None:
            outputs += self.border_router.tick(now)
        has_way_out = len(self.host.routers) > 0
        return self._after(now, (*outputs, *self.advertiser.tick(now, self._sets(now), has_way_out)))

    # --- the border router's administrator ---------------------------------------------------------------------------

    def announce_context(self, now: int, context: Context) -> Outputs:
        """A border router begins to announce a context. Raises :class:`UsageError` for any other node."""
        return self._after(now, self._as_border_router().announce_context(now, context))

    def withdraw_context(self, now: int, identifier: int) -> Outputs:
        """A border router ends a context. Raises :class:`UsageError` for any other node."""
        return self._after(now, self._as_border_router().withdraw_context(now, identifier))

    def announce_prefix(self, now: int, prefix: AdvertisedPrefix) -> Outputs:
        """A border router announces a prefix, or its new lifetimes. Raises :class:`UsageError` for any other node."""
        outputs = self._as_border_router().announce_prefix(now, prefix)
        return self._after(now, (*outputs, *self.registrar.leave_prefixes()))

    def _as_border_router(self) -> BorderRouter:
        if self.border_router is None:
            raise UsageError("only a border router announces prefixes and contexts of its own")
        return self.border_router

    # --- messages ----------------------------------------------------------------------------------------------------

    def received(
        self,
        now: int,
        message: Header,
        source: Ipv6Address,
        destination: Ipv6Address,
        hop_limit: int,
        origin: Origin,
    ) -> Outputs:
        """A message of Neighbor Discovery came."""
        arrival = Arrival(message, Ipv6Address(source), Ipv6Address(destination), hop_limit, origin)
        fault = fault_of(arrival)
        if fault is not None:
            return (fault,)
        options = options_of(message)
        said = advertised(self.interface, arrival, options)
        return (
            *short_address_in(self.interface, arrival, options),
            *said,
            *self._after(now, self._handled(now, arrival)),
        )

    def _handled(self, now: int, arrival: Arrival) -> Outputs:
        registers = _registration_in(options_of(arrival.message)) is not None
        if self.interface.owns(arrival.source) and not registers:
            return (Dropped(Reason.BAD_SOURCE, WHERE, "another speaks with an address of ours"),)
        match arrival.message:
            case RouterSolicitation() as message:
                return self._router_solicited(now, arrival, message)
            case RouterAdvertisement() as message:
                return self._router_advertised(now, arrival, message)
            case NeighborSolicitation() as message:
                return self._neighbor_solicited(now, arrival, message)
            case NeighborAdvertisement() as message:
                return self._neighbor_advertised(now, arrival, message)
            case DuplicateAddressRequest() as message if self.border_router is not None:
                return self.border_router.requested(now, arrival.source, arrival.destination, message)
            case DuplicateAddressConfirmation() as message if self.configuration.role is Role.ROUTER:
                return self.registrar.confirmed(now, arrival.source, message)
            case message:
                return (Dropped(Reason.UNSUPPORTED, WHERE, f"{message.LAYER} means nothing to this node"),)

    def _router_solicited(self, now: int, arrival: Arrival, message: RouterSolicitation) -> Outputs:
        if not self._sets(now):
            return (Dropped(Reason.NOT_FOR_US, WHERE, "a solicitation of routers, and we are none, or none yet"),)
        outputs: list[NeighborOutput] = []
        named = source_link_address(message.options)
        if not self.interface.is_lowpan and named and self.interface.is_foreign_link_address(named):
            outputs += self.cache.learn(now, arrival.source, named)
        return (*outputs, *self.advertiser.solicited(now, arrival, message))

    def _router_advertised(self, now: int, arrival: Arrival, message: RouterAdvertisement) -> Outputs:
        if self.border_router is not None:
            return (Dropped(Reason.NOT_FOR_US, WHERE, "a border router has its information from elsewhere"),)
        fault = self.host.fault(now, arrival, message)
        if fault is not None:
            return (fault,)
        outputs = self.host.advertised(now, arrival, message)
        if self.configuration.role is Role.HOST:
            return outputs
        is_new, drops = self.information.learn(now, message)
        if is_new:
            self.advertiser.announce(now)
        return (*outputs, *drops)

    def _neighbor_solicited(self, now: int, arrival: Arrival, message: NeighborSolicitation) -> Outputs:
        option = _registration_in(message.options)
        link_address = source_link_address(message.options)
        registers = self.configuration.is_router and self.interface.is_lowpan
        if registers and _has_invalid_registration(message.options):
            return (Dropped(Reason.BAD_LENGTH, WHERE, "an invalid registration option (RFC 6775 section 6.5)"),)
        if option is None or link_address is None or arrival.source == UNSPECIFIED or not registers:
            return self._responder.solicited(now, arrival, message)
        if not self.interface.is_foreign_link_address(link_address):
            return (Dropped(Reason.BAD_VALUE, WHERE, "registered under a link-layer address that nobody can have"),)
        only_rfc6775 = not self.configuration.extended_registration
        if (option.status and not option.address_type) or (only_rfc6775 and option.length != RFC6775_OPTION_UNITS):
            return (Dropped(Reason.BAD_VALUE, WHERE, "an invalid registration option (RFC 6775 section 6.5)"),)
        if not self._sets(now):
            return (Dropped(Reason.NOT_FOR_US, WHERE, "a registration, and we are no router yet"),)
        return self.registrar.claimed(now, claim_of(self.interface, arrival, message, option, link_address))

    def _neighbor_advertised(self, now: int, arrival: Arrival, message: NeighborAdvertisement) -> Outputs:
        option = _registration_in(message.options)
        if option is not None and self.interface.is_lowpan:
            outputs = self.host.registrant.answered(now, arrival, message.target, option)
            taken = not any(isinstance(output, Dropped) for output in outputs)
            return (*outputs, *self.cache.confirm(now, arrival.source)) if taken and message.solicited else outputs
        outputs, router_left = self._responder.advertised(now, message)
        if router_left:
            outputs = (*outputs, *self.host.lose_router(now, Ipv6Address(message.target), Reason.WITHDRAWN))
        return outputs

    # --- what follows ------------------------------------------------------------------------------------------------

    def _sets(self, now: int) -> tuple[AdvertisedSet, ...]:
        """What we advertise: nothing, where we are no router, or none yet."""
        if self.border_router is not None and self.interface.is_lowpan:
            return ((self.border_router.options(), True),)
        if not self.configuration.is_router:
            return ()
        if self.configuration.prefixes:
            return ((tuple(prefix_option(prefix) for prefix in self.configuration.prefixes), False),)
        if self.interface.global_address() is None:
            return ()
        return tuple((known.options(now), known.is_extended) for known in self.information.sets)

    def _after(self, now: int, outputs: Outputs) -> Outputs:
        """What one part has found out and another must know."""
        self._has_moved = True
        collected = [*outputs]
        if self.border_router is not None:
            for address in self.border_router.take_departed():
                collected += self.registrar.moved(address)
            if self.border_router.take_changed():
                self.advertiser.announce(now)
        else:
            collected += self.host.follow_up(now)
        return tuple(collected)


def _has_invalid_registration(options: tuple[Header, ...]) -> bool:
    return any(
        isinstance(one, InvalidOption) and one.type == NeighborOptionType.ADDRESS_REGISTRATION for one in options
    )


def _registration_in(options: tuple[Header, ...]) -> AddressRegistration | None:
    return next((option for option in options if isinstance(option, AddressRegistration)), None)


def _formed(prefix: AdvertisedPrefix, link_address: LinkAddress) -> OwnAddress:
    return OwnAddress(Ipv6Address(prefix.prefix[:8] + interface_identifier(link_address)), link_address)
