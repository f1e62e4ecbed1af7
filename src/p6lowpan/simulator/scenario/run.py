"""A scenario that runs.

run = Run(builtin("levels"), stream=file)
run.advance(run.scenario.duration_us)
results = run.results()
"""

from dataclasses import replace
from typing import BinaryIO, assert_never

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.node import Node
from p6lowpan.simulator.device import Device
from p6lowpan.simulator.faults import Fault, LinkChange, Make, Partition, PowerOff, PowerOn, Replacement
from p6lowpan.simulator.links import PERFECT
from p6lowpan.simulator.scenario.configuring import configurations, make_node, restarted
from p6lowpan.simulator.scenario.judging import judge
from p6lowpan.simulator.scenario.members import Member, chosen, settle
from p6lowpan.simulator.scenario.meshing import takes_part
from p6lowpan.simulator.scenario.plan import (
    TRAFFIC,
    Coap,
    Cut,
    FaultPlan,
    NodePlan,
    Off,
    On,
    Ping,
    Relink,
    Scenario,
    State,
    Upgrade,
)
from p6lowpan.simulator.scenario.recording import Recorder
from p6lowpan.simulator.scenario.results import Belief, NodeResult, Results, Traffic
from p6lowpan.simulator.scenario.shapes import Load, directions
from p6lowpan.simulator.scenario.traffic import sendings
from p6lowpan.simulator.trace import Counters
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import format_ipv6


def no_files(name: str) -> str:
    """Nothing is beside the scenario."""
    raise UsageError(f"there is no file {name!r} beside this scenario")


def at_level(scenario: Scenario, level: int) -> Scenario:
    """The same scenario with every node at one level, whatever it is upgraded to. Raises :class:`UsageError` for a mesh
    that nobody could take part in."""
    for network in scenario.networks:
        if network.mesh is not None and not takes_part(network.mesh, of_level(level)):
            raise UsageError(f"network {network.name!r} is delivered below IP, and level {level} has no mesh headers")

    def leveled(node: NodePlan) -> NodePlan:
        return replace(node, level=None, flex=None, pinned=None, profile=of_level(level))

    networks = tuple(replace(one, nodes=tuple(map(leveled, one.nodes))) for one in scenario.networks)
    faults = tuple(
        replace(fault, profile=of_level(level)) if isinstance(fault, Upgrade) else fault for fault in scenario.faults
    )
    return replace(scenario, networks=networks, faults=faults)


class Run:
    """A world made as a scenario says. ``load`` gives the files beside it. Raises :class:`UsageError`."""

    def __init__(self, scenario: Scenario, load: Load = no_files, stream: BinaryIO | None = None) -> None:
        self.scenario = scenario
        self.networks = settle(scenario, load)
        self.members: tuple[Member, ...] = tuple(member for one in self.networks for member in one.members)
        self.world = World(scenario.seed, collisions=scenario.collisions, stream=stream)
        self._profiles = [member.profile for member in self.members]
        self._neighbors: list[tuple[int, ...]] = []
        self._configurations: list[NodeConfiguration] = []
        self._ports = tuple({plan.port: None for plan in scenario.traffic if not isinstance(plan, Ping)})
        self._serves_coap = any(isinstance(plan, Coap) for plan in scenario.traffic)
        names = {cls: name for name, cls in TRAFFIC.items()}
        kinds = [names[type(plan)] for plan in scenario.traffic]
        self._recorder = Recorder(self.members, kinds, lambda: self.world.now)
        self.world.trace.listener = self._recorder.heard
        self._place()
        for sending in sendings(scenario, self.members):
            self._recorder.planned(sending)
            self.world.inject(sending.at_us, sending.packet.sender, sending.given)
        for fault in scenario.faults:
            self.world.plan(*self._faults(fault))

    def advance(self, until_us: int) -> None:
        """Let everything happen up to ``until_us``."""
        self.world.run(until_us)

    def _place(self) -> None:
        for network in self.networks:
            made = configurations(self.scenario, network)
            first = len(self._configurations)
            self._configurations += made
            self._neighbors += [tuple(first + other for other in heard) for heard in network.topology.neighbors]
            for member in network.members:
                self.world.add(self._make(member.number), member.name, member.plan.starts_us)
            for edge in network.topology.edges:
                self.world.plan(LinkChange(0, first + edge.sender, first + edge.receiver, edge.quality))

    def _make(self, number: int, configuration: NodeConfiguration | None = None) -> Node:
        """The node at a station, as it is at first or is from now on."""
        neighbors = [self.members[other] for other in self._neighbors[number]]
        chosen_configuration = configuration or self._configurations[number]
        return make_node(chosen_configuration, self._ports, neighbors, serves_coap=self._serves_coap)

    # --- faults ------------------------------------------------------------------------------------------------------

    def _faults(self, plan: FaultPlan) -> list[Fault]:
        match plan:
            case Off():
                return [PowerOff(plan.at_us, number) for number in self._numbers(plan.nodes)]
            case On(state=state):
                return [
                    PowerOn(plan.at_us, number, None if state is State.KEPT else self._maker(number, None))
                    for number in self._numbers(plan.nodes)
                ]
            case Upgrade(profile=profile):
                return [
                    Replacement(plan.at_us, number, self._maker(number, profile))
                    for number in self._numbers(plan.nodes)
                ]
            case Cut():
                one = frozenset(self._numbers(plan.one))
                other = frozenset(self._numbers(plan.other) if plan.other else range(len(self.members))) - one
                return [Partition(plan.at_us, plan.until_us, one, other)]
            case Relink():
                return self._relinked(plan)
            case _:
                assert_never(plan)

    def _relinked(self, plan: Relink) -> list[Fault]:
        numbers = {member.name: member.number for member in self.members}
        pairs = directions(plan, numbers)
        base = self.networks[self.members[pairs[0][0]].network].plan.quality.over(PERFECT)
        quality = None if plan.absent else plan.over(base)
        return [LinkChange(plan.at_us, sender, receiver, quality) for sender, receiver in pairs]

    def _numbers(self, patterns: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(member.number for member in chosen(self.members, patterns))

    def _maker(self, number: int, profile: Profile | None) -> Make:
        """Makes the node that comes back, with the profile that it had unless another is given."""

        def make(_now: int) -> Device:
            self._profiles[number] = wanted = profile or self._profiles[number]
            before = self.world.devices[number]
            return self._make(number, restarted(self._configurations[number], wanted, before))

        return make

    # --- results -----------------------------------------------------------------------------------------------------

    def results(self) -> Results:
        """How it stands now."""
        nodes = tuple(map(self._node, self.members))
        pairs, errors = self._recorder.pairs, self._recorder.errors
        return Results(
            seed=self.scenario.seed,
            now_us=self.world.now,
            nodes=nodes,
            pairs=pairs,
            errors=errors,
            total=_traffic(self.world.trace.total()),
            verdicts=tuple(judge(self.scenario.expect, nodes, pairs, errors)),
        )

    def _node(self, member: Member) -> NodeResult:
        number = member.number
        node = self.world.devices[number]
        own = node.network.addresses.own(self.world.now) if isinstance(node, Node) else ()
        return NodeResult(
            name=member.name,
            network=self.networks[member.network].plan.name,
            role=member.role.value,
            profile=self._profiles[number],
            is_on=self.world.is_on(number),
            addresses=tuple(format_ipv6(one.address) for one in own if one.is_assigned),
            traffic=_traffic(self.world.counters[number]),
            undelivered=self._recorder.undelivered[number],
            beliefs=tuple(self._beliefs(node, number)) if isinstance(node, Node) else (),
        )

    def _beliefs(self, node: Node, number: int) -> list[Belief]:
        """Of each neighbor the profile under the address by which it is known; most have one only."""
        beliefs = []
        for other in self._neighbors_to_ip(number):
            member = self.members[other]
            found = [node.levels.known(address) for address in member.link_addresses]
            profile, how = next((one for one in found if one[0] is not None), (None, None))
            beliefs.append(Belief(member.name, profile, how, self._profiles[other]))
        return beliefs

    def _neighbors_to_ip(self, number: int) -> tuple[int, ...]:
        """Whom a node sends to: in a mesh everybody is a neighbor."""
        network = self.networks[self.members[number].network]
        if network.plan.mesh is None:
            return self._neighbors[number]
        return tuple(member.number for member in network.members if member.number != number)


def _traffic(counters: Counters) -> Traffic:
    return Traffic(
        frames=counters.sent,
        octets=counters.octets_sent,
        airtime_us=counters.airtime_us,
        retries=counters.repeats,
        drops={reason.value: count for reason, count in sorted(counters.drops.items(), key=lambda item: -item[1])},
    )
