"""Who takes part: every node of a scenario with its number, name, network, part, profile and addresses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.machines.adaptation.discovery import ROUTER_LEVEL
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.simulator.scenario.plan import MOST_NODES, NetworkPlan, NodePlan, Part, Scenario
from p6lowpan.simulator.scenario.routing import mutual_neighbors, parents
from p6lowpan.simulator.scenario.shapes import Load, topology_of
from p6lowpan.simulator.topology import Topology
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier, link_local

DEFAULT_LEVEL = 6
ROLES = {Part.BORDER_ROUTER: Role.BORDER_ROUTER, Part.ROUTER: Role.ROUTER, Part.HOST: Role.HOST}


@dataclass(frozen=True, slots=True)
class Member:
    """One node. ``number`` is its place in the world, ``place`` its place in its network."""

    number: int
    place: int
    name: str
    network: int
    plan: NodePlan
    role: Role
    profile: Profile
    extended: LinkAddress
    prefix: bytes

    @property
    def link_addresses(self) -> tuple[LinkAddress, ...]:
        """Every link-layer address that its neighbors may know it by."""
        return (self.extended,) if self.plan.short is None else (self.plan.short, self.extended)

    @property
    def link_local(self) -> Ipv6Address:
        """Its link-local address."""
        return link_local(self.extended)

    @property
    def addresses(self) -> tuple[Ipv6Address, ...]:
        """Every global address that it forms; the one by which others call it first."""
        return tuple(Ipv6Address(self.prefix[:8] + interface_identifier(one)) for one in self.link_addresses)


@dataclass(frozen=True, slots=True)
class Settled:
    """A network whose nodes have their places."""

    plan: NetworkPlan
    topology: Topology
    members: tuple[Member, ...]


def settle(scenario: Scenario, load: Load) -> tuple[Settled, ...]:
    """Every network of a scenario. Raises :class:`UsageError`."""
    settled: list[Settled] = []
    first = 0
    for index, network in enumerate(scenario.networks):
        settled.append(_settle_one(scenario, network, index, first, load))
        first += len(settled[-1].members)
    members = [member for one in settled for member in one.members]
    _unique("the name", [member.name for member in members])
    for one in settled:
        _unique("the link-layer address", [each.hex(":") for member in one.members for each in member.link_addresses])
    return tuple(settled)


def chosen(members: Sequence[Member], patterns: Iterable[str]) -> tuple[Member, ...]:
    """The members whose names match, in their order. Raises :class:`UsageError` for a pattern that matches nobody."""
    patterns = tuple(patterns)
    for pattern in patterns:
        if not any(fnmatchcase(member.name, pattern) for member in members):
            raise UsageError(f"there is no node {pattern!r}")
    return tuple(member for member in members if any(fnmatchcase(member.name, pattern) for pattern in patterns))


def by_name(members: Sequence[Member], name: str) -> Member:
    """The one with this name. Raises :class:`UsageError`."""
    for member in members:
        if member.name == name:
            return member
    raise UsageError(f"there is no node {name!r}")


def _settle_one(scenario: Scenario, network: NetworkPlan, index: int, first: int, load: Load) -> Settled:
    named = [(name, nth, node) for node in network.nodes for nth, name in enumerate(_names(node))]
    if len(named) > MOST_NODES:
        raise UsageError(f"network {network.name!r} has {len(named)} nodes: {MOST_NODES} at most")
    borders = [place for place, (_, _, node) in enumerate(named) if node.role is Part.BORDER_ROUTER]
    if len(borders) != 1:
        raise UsageError(f"network {network.name!r} has {len(borders)} border routers: it needs one")
    topology = topology_of(network, [name for name, _, _ in named], scenario.seed, load)
    needed = set(parents(mutual_neighbors(topology), borders[0]).values())
    members = []
    for place, (name, nth, node) in enumerate(named):
        role = _role(node, place in needed and network.mesh is None)
        extended = node.eui64 or LinkAddress(bytes((2, 0, 0, 0, 0, index)) + (place + 1).to_bytes(2, "big"))
        profile = _profile(node, role, nth)
        members.append(Member(first + place, place, name, index, node, role, profile, extended, network.prefix))
    return Settled(network, topology, tuple(members))


def _names(node: NodePlan) -> list[str]:
    return [node.name] if node.count is None else [f"{node.name}-{number + 1}" for number in range(node.count)]


def _role(node: NodePlan, is_needed: bool) -> Role:
    if node.role is Part.AUTO:
        return Role.ROUTER if is_needed else Role.HOST
    return ROLES[node.role]


def _profile(node: NodePlan, role: Role, nth: int) -> Profile:
    """Draft section 6.1 wants routers of level 5: where it is the topology that makes a router, it is one."""
    given = node.flex or node.profile
    if given is not None:
        return given
    if node.level is None:
        return of_level(DEFAULT_LEVEL if role is Role.HOST else ROUTER_LEVEL)
    level = node.level[nth % len(node.level)]
    return of_level(max(level, ROUTER_LEVEL) if node.role is Part.AUTO and role is Role.ROUTER else level)


def _unique(what: str, values: Sequence[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise UsageError(f"{what} {value} comes twice")
        seen.add(value)
