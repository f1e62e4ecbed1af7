"""Networks whose nodes deliver below IP, on lines and grids, and what their nodes said."""

from p6lowpan.capability.profile import of_level
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import DeliverIcmpv6, DeliverUdp
from p6lowpan.simulator.topology import grid, line
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier

PREFIX = bytes.fromhex("20010db800000000")
ECHO_REQUEST = bytes.fromhex("8000000000010001") + b"are you there?"
ECHO_REPLY = 129
PORT = 61617
SECOND = 1_000_000
KEY = LinkSecurity((LinkKey(bytes(range(16))),))


def eui64(number):
    return LinkAddress(bytes((2,)) + number.to_bytes(7, "big"))


def short(number):
    return LinkAddress(bytes((0x10, number)))


def address(number):
    return Ipv6Address(PREFIX + interface_identifier(eui64(number)))


def along_the_line(number, count):
    """Everybody is behind the neighbor on their side, by either address."""
    ways = {}
    for other in range(count):
        if other != number:
            neighbor = number + (1 if other > number else -1)
            ways |= {eui64(other): eui64(neighbor), short(other): eui64(neighbor)}
    return ways


def make(
    number, profile, mesh, *, role=Role.HOST, advertise=Advertise.ALWAYS, security=None, routes=(), has_short=False
):
    prefixes = (AdvertisedPrefix(Ipv6Address(PREFIX + bytes(8))),) if role is Role.BORDER_ROUTER else ()
    mine = short(number) if has_short else None
    return NodeConfiguration(
        link=MacConfiguration(extended=eui64(number), short=mine, pan=0xABCD, security=security),
        discovery=Configuration(
            role=role,
            extended=eui64(number),
            short=mine,
            profile=profile,
            prefixes=prefixes,
            advertise=advertise,
            link_secured=security is not None,
        ),
        profile=profile,
        mesh=mesh,
        routes=routes,
        seed=number,
    )


class Run:
    """A world, and what its nodes said."""

    def __init__(self, topology, configurations, stream=None):
        self.said = []
        self.nodes = [Node(configuration) for configuration in configurations]
        self.world = World(1, stream=stream, listener=lambda *said: self.said.append(said))
        self.world.place(topology, self.nodes)

    def outputs(self, kind, number=None):
        return [(at, who, out) for at, who, out in self.said if isinstance(out, kind) and number in (None, who)]

    def replies(self, number):
        return [out.source for _, _, out in self.outputs(DeliverIcmpv6, number) if out.octets[0] == ECHO_REPLY]

    def datagrams(self, number=None):
        return [(who, out.payload) for _, who, out in self.outputs(DeliverUdp, number)]

    def drops(self, reason):
        return [number for number, counters in enumerate(self.world.counters) if counters.drops[reason]]


def line_of(count, stream=None, hops=14, **more):
    meshes = [MeshConfiguration(next_hops=along_the_line(number, count), hops_left=hops) for number in range(count)]
    return Run(line(count), [make(number, of_level(5), mesh, **more) for number, mesh in enumerate(meshes)], stream)


def grid_of(columns, rows, stream=None):
    configurations = [make(number, of_level(5), MeshConfiguration()) for number in range(columns * rows)]
    return Run(grid(columns, rows), configurations, stream)
