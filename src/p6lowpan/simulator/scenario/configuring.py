"""The configuration of each node of a scenario."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.coap import server as coap
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.node import Node
from p6lowpan.node.services import Services, ServingNode, coap_echo
from p6lowpan.simulator.device import Device
from p6lowpan.simulator.scenario.members import Member, Settled, by_name
from p6lowpan.simulator.scenario.meshing import meshes
from p6lowpan.simulator.scenario.plan import Routing, Scenario
from p6lowpan.simulator.scenario.routing import mutual_neighbors, next_hops
from p6lowpan.wire.address import Ipv6Address, LinkAddress

Routes = dict[int, list[StaticRoute]]
"""The routes of each member, by its place in the network."""

SEED_STEP = 0x9E3779B97F4A7C15
"""Far from every other node's seed: consecutive seeds would do, but not beside consecutive seeds of scenarios."""


def configurations(scenario: Scenario, settled: Settled) -> tuple[NodeConfiguration, ...]:
    """What each node of a network is. Raises :class:`UsageError`."""
    routes, below = _routes(settled), meshes(settled)
    most = max((len(each) for each in routes.values()), default=0)
    room = replace(P6LOWPAN, static_routes=max(P6LOWPAN.static_routes, most))
    bounds: dict[str, Any] = dict(scenario.limits or {})  # Any: fields of other types were refused when it was read
    limits = replace(room, **bounds)
    return tuple(
        replace(
            _configuration(scenario, settled, member, tuple(routes.get(member.place, ())), limits),
            mesh=below.get(member.place),
        )
        for member in settled.members
    )


def _configuration(
    scenario: Scenario, settled: Settled, member: Member, routes: tuple[StaticRoute, ...], limits: Limits
) -> NodeConfiguration:
    network, node = settled.plan, member.plan
    is_border = member.role is Role.BORDER_ROUTER
    key = node.security_key or network.security_key
    return NodeConfiguration(
        link=MacConfiguration(
            extended=member.extended,
            short=node.short,
            pan=network.pan,
            security=None if key is None else LinkSecurity(keys=(LinkKey(key),)),
        ),
        discovery=Configuration(
            role=member.role,
            extended=member.extended,
            short=node.short,
            profile=member.profile,
            advertise=node.advertise or network.advertise,
            link_secured=key is not None,
            prefixes=(AdvertisedPrefix(Ipv6Address(network.prefix)),) if is_border else (),
            contexts=network.contexts if is_border else (),
        ),
        profile=member.profile,
        policy=node.policy or network.policy,
        pinned=_pinned(settled, member),
        routes=routes,
        limits=limits,
        seed=(scenario.seed + (member.number + 1) * SEED_STEP) % 2**64,
    )


def _pinned(settled: Settled, member: Member) -> dict[LinkAddress, Profile]:
    return {
        address: profile
        for name, profile in (member.plan.pinned or {}).items()
        for address in by_name(settled.members, name).link_addresses
    }


def _routes(settled: Settled) -> Routes:
    members, plan = settled.members, settled.plan
    routes: Routes = {}
    for given in plan.given:
        at, to, via = (by_name(members, name) for name in (given.at, given.to, given.via))
        _add(routes, at, to, via)
    if plan.routes is Routing.STATIC:
        neighbors = mutual_neighbors(settled.topology)
        routers = {member.place for member in members if member.role is not Role.HOST}
        for to in members:
            for place, following in next_hops(neighbors, routers, to.place).items():
                _add(routes, members[place], to, members[following])
    return routes


def _add(routes: Routes, at: Member, to: Member, via: Member) -> None:
    known = routes.setdefault(at.place, [])
    addresses = [address for address in to.addresses if address not in {route.prefix for route in known}]
    known += [StaticRoute(address, 128, via.link_local) for address in addresses]


def restarted(configuration: NodeConfiguration, profile: Profile, before: Device) -> NodeConfiguration:
    """A node that restarts, with a profile that may be new. It forgets all but what a device must keep: the frame
    counters of its keys."""
    link = configuration.link
    if link.security is not None and isinstance(before, Node):
        counters = before.link.neighbor_counters
        kept = replace(link.security, frame_counter=before.link.frame_counter, neighbor_counters=counters)
        link = replace(link, security=kept)
    return replace(
        configuration, link=link, discovery=replace(configuration.discovery, profile=profile), profile=profile
    )


def make_node(
    configuration: NodeConfiguration, ports: Iterable[int], neighbors: Iterable[Member], *, serves_coap: bool = False
) -> Node:
    """A node that listens on some UDP ports, and may be a CoAP server. It is told which EUI-64 belongs to its
    neighbors' short addresses, as whoever gives these out would tell it: without that it could not read their secured
    frames. Hosts tell their router themselves, by Neighbor Discovery."""
    services = {coap.PORT: coap_echo(configuration.limits, configuration.seed)} if serves_coap else {}
    node = ServingNode(configuration, Services(services)) if services else Node(configuration)
    for port in ports:
        node.network.bind(port)
    for member in neighbors:
        tells_itself = configuration.discovery.is_router and member.role is Role.HOST
        if member.plan.short is not None and not tells_itself:
            node.link.learn_address(member.plan.short, member.extended)
    return node
