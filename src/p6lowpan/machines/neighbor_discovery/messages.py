"""The messages that we send, with their checksums."""

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.value import value
from p6lowpan.machines.neighbor_discovery.capabilities import capability_options
from p6lowpan.machines.neighbor_discovery.interface import Interface
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.machines.network.scope import solicited_node
from p6lowpan.wire.address import ALL_ROUTERS, UNSPECIFIED, Ipv6Address, LinkAddress
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.icmpv6_message import with_checksum
from p6lowpan.wire.ipv6.link_layer_options import (
    SourceLinkLayerAddress,
    TargetLinkLayerAddress,
    address_field,
    link_address_of,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NEIGHBOR_DISCOVERY_HOP_LIMIT,
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import MessageType


@value
class Way:
    """Whom an answer goes to. ``link_address`` ``None``: the network finds it."""

    destination: Ipv6Address
    link_address: LinkAddress | None


def emit(
    message: Header,
    source: bytes,
    destination: bytes,
    link_destination: LinkAddress | None = None,
    hop_limit: int = NEIGHBOR_DISCOVERY_HOP_LIMIT,
) -> Emit:
    """``message`` with its checksum, on its way."""
    octets = with_checksum(message, source, destination).encode()
    return Emit(octets, Ipv6Address(source), Ipv6Address(destination), hop_limit, link_destination)


def own_link_address(link_address: LinkAddress) -> SourceLinkLayerAddress:
    """The option that says under which link-layer address we are heard."""
    return SourceLinkLayerAddress(address=address_field(link_address))


def named_link_address(options: tuple[Header, ...], kind: type[Header]) -> LinkAddress | None:
    """The IEEE 802.15.4 address in the first option of ``kind``; ``None`` without one. Raises :class:`Malformed`."""
    for option in options:
        if isinstance(option, SourceLinkLayerAddress | TargetLinkLayerAddress) and isinstance(option, kind):
            return link_address_of(option)
    return None


def source_link_address(options: tuple[Header, ...]) -> LinkAddress | None:
    """What the Source Link-Layer Address option says, where it says something that RFC 4944 section 8 defines."""
    try:
        return named_link_address(options, SourceLinkLayerAddress)
    except Malformed:
        return None


def target_link_address(options: tuple[Header, ...]) -> LinkAddress | None:
    """What the Target Link-Layer Address option says, likewise."""
    try:
        return named_link_address(options, TargetLinkLayerAddress)
    except Malformed:
        return None


def router_solicitation(interface: Interface, to: Way | None = None) -> Emit:
    """RFC 6775 section 5.3: "An SLLAO MUST be included"; "an unspecified source address MUST NOT be used". On a regular
    link whose address is not known to be unique both are the other way round (RFC 4861 section 6.3.7)."""
    way = to or Way(ALL_ROUTERS, None)
    capabilities = capability_options(interface.configuration, MessageType.ROUTER_SOLICITATION)
    if not interface.owns(interface.link_local):
        return emit(RouterSolicitation(options=capabilities), UNSPECIFIED, way.destination, way.link_address)
    options = (own_link_address(interface.configuration.extended), *capabilities)
    return emit(RouterSolicitation(options=options), interface.link_local, way.destination, way.link_address)


def neighbor_solicitation(interface: Interface, target: Ipv6Address, link_address: LinkAddress | None) -> Emit:
    """A question for ``target``: of all who may have it, or where ``link_address`` is known of that one."""
    message = NeighborSolicitation(target=target, options=(own_link_address(interface.configuration.extended),))
    destination = solicited_node(target) if link_address is None else target
    return emit(message, interface.link_local, destination, link_address)


def duplicate_probe(target: Ipv6Address) -> Emit:
    """RFC 4862 section 5.4.2: does somebody have this address?"""
    return emit(NeighborSolicitation(target=target), UNSPECIFIED, solicited_node(target))


def registering_solicitation(
    interface: Interface,
    source: Ipv6Address,
    target: Ipv6Address,
    link_address: LinkAddress,
    registration: AddressRegistration,
    router: Way,
) -> Emit:
    """A Neighbor Solicitation that registers an address under ``link_address`` with a router."""
    capabilities = capability_options(interface.configuration, MessageType.NEIGHBOR_SOLICITATION)
    options = (own_link_address(link_address), registration, *capabilities)
    return emit(NeighborSolicitation(target=target, options=options), source, router.destination, router.link_address)


def neighbor_advertisement(
    interface: Interface,
    source: bytes,
    target: bytes,
    to: Way,
    options: tuple[Header, ...] = (),
    solicited: bool = True,
) -> Emit:
    """An answer about ``target``; with the override flag where the target is ours."""
    message = NeighborAdvertisement(
        router=int(interface.configuration.is_router),
        solicited=int(solicited),
        override=int(interface.owns(target)),
        target=target,
        options=(*options, *capability_options(interface.configuration, MessageType.NEIGHBOR_ADVERTISEMENT)),
    )
    return emit(message, source, to.destination, to.link_address)
