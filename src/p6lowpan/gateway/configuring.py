"""A network's plan as the configuration of its node."""

from dataclasses import replace

from p6lowpan.capability.limits import P6LOWPAN, RFC6282, Limits
from p6lowpan.gateway.plan import GatewayPlan, NetworkPlan, pinned_in
from p6lowpan.gateway.radios import link_over
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Permit, Prefix, read_permit
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.durable import Durable
from p6lowpan.node.inputs import ConfigureBackbone
from p6lowpan.wire.address import Ipv6Address

BITS_PER_OCTET = 8
ADDRESSES_PER_NEIGHBOR = 3
FRAMES_WAITING = 64
STRANGERS = 32  # that registered nothing: at most so many are asked for at once, which is a twentieth of the air


def limits_for(neighbors: int) -> Limits:
    """Room for so many neighbors, each with a few addresses; a gateway is no small device."""
    addresses = neighbors * ADDRESSES_PER_NEIGHBOR
    return replace(
        P6LOWPAN,
        neighbors=addresses + STRANGERS,
        neighbors_for_registered=addresses - P6LOWPAN.neighbors_for_routers,
        on_link_prefixes=addresses + P6LOWPAN.prefixes,
        bindings=addresses,
        static_routes=max(neighbors, P6LOWPAN.static_routes),
        discovery_neighbors=2 * neighbors,
        discovery_datagrams=max(neighbors, P6LOWPAN.discovery_datagrams),
        secured_neighbors=2 * neighbors,
        short_addresses=neighbors,
        duplicate_sources=neighbors,
        link_queue_frames=FRAMES_WAITING,
        reassembly_buffers=RFC6282.reassembly_buffers,
        reassembly_buffers_per_neighbor=P6LOWPAN.reassembly_buffers,
        reassembly_octets=RFC6282.reassembly_octets,
        completed_datagrams=RFC6282.completed_datagrams,
    )


def configuration_of(
    gateway: GatewayPlan, network: NetworkPlan, seed: int, restored: Durable | None
) -> NodeConfiguration:
    """The node of a network. Raises :class:`UsageError`."""
    link = link_over(network.radio, network.eui64, network.pan, short=network.short, key=network.security_key)
    discovery = Configuration(
        role=Role.BORDER_ROUTER,
        extended=network.eui64,
        short=network.short,
        profile=network.profile,
        advertise=network.advertise,
        link_secured=link.security is not None,
        prefixes=(AdvertisedPrefix(Ipv6Address(network.prefix)),),
        contexts=network.contexts,
        asks=network.asks,
    )
    return NodeConfiguration(
        link=link,
        discovery=discovery,
        profile=network.profile,
        policy=network.policy,
        pinned=pinned_in(network.known),
        routes=tuple(
            StaticRoute(one.prefix.address, one.prefix.length, Ipv6Address(one.via)) for one in network.routes
        ),
        backbone=BackboneConfiguration(permits_of(gateway, network), *air_of(network)),
        restored=restored,
        limits=limits_for(network.neighbors),
        seed=seed,
    )


def permits_of(gateway: GatewayPlan, network: NetworkPlan) -> tuple[Permit, ...]:
    """What may come in from outside."""
    return tuple(map(read_permit, permit_lines(gateway, network)))


def permit_lines(gateway: GatewayPlan, network: NetworkPlan) -> tuple[str, ...]:
    """The same, as it is written."""
    addresses = gateway.tun.addresses if gateway.tun is not None and network.permit_host else ()
    hosts = (Prefix(Ipv6Address(one.packed), 128) for one in addresses)
    return (*network.permit, *(f"any from {host}" for host in hosts))


def air_of(network: NetworkPlan) -> tuple[int, int]:
    """How many octets a second our frames may take of the air, and for how long at once."""
    return max(1, round(network.air_kbps * 1000 / BITS_PER_OCTET)), max(1, network.burst_us)


def backbone_input(gateway: GatewayPlan, network: NetworkPlan) -> ConfigureBackbone:
    """What tells a node that runs already."""
    return ConfigureBackbone(permit_lines(gateway, network), *air_of(network))
