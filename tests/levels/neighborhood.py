"""Whole nodes on the simulator's medium, watched: what they sent, what arrived, what they believe of one another."""

import io
from collections import Counter
from dataclasses import dataclass, field

from levels.mix import PORTS, PREFIXES, Place, place
from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.inputs import Bind, SendPacket
from p6lowpan.node.node import Node
from p6lowpan.simulator.topology import full
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.sixlowpan.contexts import Context

MILLISECOND, SECOND = 1_000, 1_000_000
HOP_LIMIT_AT = 7
CONTEXTS = tuple(Context(number, prefix + bytes(8), 64) for number, prefix in enumerate(PREFIXES))


def without_hop_limit(packet: bytes) -> bytes:
    return packet[:HOP_LIMIT_AT] + packet[HOP_LIMIT_AT + 1 :]


@dataclass
class Watched:
    """A device, and what its adaptation layer handed up: packets without their hop limit, counted."""

    node: Node
    arrived: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        receive = self.node.network.received

        def received(now, packet, origin):
            self.arrived[without_hop_limit(packet)] += 1
            return receive(now, packet, origin)

        self.node.network.received = received

    @property
    def deadline(self):
        return self.node.deadline

    def handle(self, now, given):
        return self.node.handle(now, given)


@dataclass(frozen=True)
class Kind:
    """What nodes of a test have in common."""

    advertise: Advertise = Advertise.ALWAYS
    policy: Policy = Policy.OPTIMISTIC
    mode: Mode = Mode.LOWPAN
    limits: Limits = P6LOWPAN


def has_contexts(profile: Profile) -> bool:
    return any(feature.value.name.startswith("stateful") for feature in profile.receives)


def configuration(number: int, profile: Profile, role: Role, kind: Kind, routes=()) -> NodeConfiguration:
    """A node with all the addresses of its place. On a link without routers they are given, and so are the contexts to
    those that have any."""
    here, is_border, is_alone = place(number), role is Role.BORDER_ROUTER, kind.mode is Mode.REGULAR
    given = (here.reachable(0), here.reachable(0, short=True), here.reachable(1))
    return NodeConfiguration(
        link=MacConfiguration(extended=here.extended, short=here.short, pan=0xABCD),
        discovery=Configuration(
            role=role,
            mode=kind.mode,
            extended=here.extended,
            short=here.short,
            profile=profile,
            advertise=kind.advertise,
            addresses=given if is_alone else (),
            prefixes=tuple(AdvertisedPrefix(Ipv6Address(prefix + bytes(8))) for prefix in PREFIXES)
            if is_border
            else (),
            contexts=CONTEXTS if is_border else (),
        ),
        profile=profile,
        policy=kind.policy,
        contexts=CONTEXTS if is_alone and has_contexts(profile) else (),
        routes=routes,
        limits=kind.limits,
        seed=number,
    )


def routes_to(peer: Place) -> tuple[StaticRoute, ...]:
    """A neighbour's reachable addresses are behind its link-local ones, with the same link-layer address."""
    pairs = (
        (peer.reachable(0), peer.local),
        (peer.reachable(0, short=True), peer.local_short),
        (peer.reachable(1), peer.local),
    )
    return tuple(StaticRoute(address, 128, next_hop) for address, next_hop in pairs)


def routes_over(router: Place, peer: Place) -> tuple[StaticRoute, ...]:
    """All reachable addresses of a far node are behind a router."""
    addresses = [peer.reachable(context, short) for context in range(len(PREFIXES)) for short in (False, True)]
    return tuple(StaticRoute(address, 128, router.local) for address in addresses)


class Neighborhood:
    """Nodes on a medium; number n has the place n + 1."""

    def __init__(self, configurations, topology, seed=1):
        self.capture = io.BytesIO()
        self.said = []
        self.world = World(seed, stream=self.capture, listener=lambda *said: self.said.append(said))
        self.watched = [Watched(Node(one)) for one in configurations]
        self.world.place(topology, self.watched)
        for number in range(len(self.watched)):
            for port in PORTS:
                self.world.inject(1, number, Bind(port))

    def send(self, at, number, packet):
        self.world.inject(at, number, SendPacket(packet))

    def send_all(self, start, number, packets, burst=4, gap=60 * MILLISECOND):
        """The first few at once, before anything can be known; the others one after the other. Returns the end."""
        at = start
        for index, packet in enumerate(packets):
            self.send(at, number, packet)
            if index + 1 >= burst:
                at += gap if len(packet) < 200 else 4 * gap
        return at

    def run(self, until):
        self.world.run(until)

    def outputs(self, kind, number=None):
        return [output for _, who, output in self.said if isinstance(output, kind) and number in (None, who)]


def strangers(one: Profile, other: Profile, kind: Kind, quality=None, seed=1) -> Neighborhood:
    """Two hosts and no router."""
    topology = full(2) if quality is None else full(2, quality)
    return Neighborhood(
        [
            configuration(1, one, Role.HOST, kind, routes_to(place(2))),
            configuration(2, other, Role.HOST, kind, routes_to(place(1))),
        ],
        topology,
        seed,
    )


def border_router_and_leaf(router: Profile, leaf: Profile, kind: Kind, quality=None, seed=1) -> Neighborhood:
    """What the leaf has, it has of the border router."""
    topology = full(2) if quality is None else full(2, quality)
    nodes = configuration(1, router, Role.BORDER_ROUTER, kind), configuration(2, leaf, Role.HOST, kind)
    return Neighborhood(nodes, topology, seed)
