"""Neighbours to probe without a radio: nodes of ours at a level or FLEX field, and measured stacks as modelled.

Both ends hold two contexts, prefixes of 64 bits, and the neighbour is in a group that is made of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.profile import Profile
from p6lowpan.interop.probing.modelled import ModelledNode
from p6lowpan.interop.probing.plan import Reach, plan
from p6lowpan.interop.probing.plan_addresses import group_of
from p6lowpan.interop.probing.probe import Probe
from p6lowpan.interop.probing.prober import Prober
from p6lowpan.interop.probing.results import Results
from p6lowpan.interop.probing.scene import Scene, under
from p6lowpan.interop.profiles import EVERY
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, Configuration, Mode, Role
from p6lowpan.node.configuration import NodeConfiguration, StaticRoute
from p6lowpan.node.inputs import JoinGroup
from p6lowpan.node.node import Node
from p6lowpan.simulator.links import PERFECT, LinkQuality
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address, link_local, parse_link
from p6lowpan.wire.sixlowpan.contexts import Context

PAN = 0xABCD
OURS, OUR_SHORT = parse_link("0212740011223344"), parse_link("0a0b")
THEIRS, THEIR_SHORT = parse_link("02a0b0c0d0e0f001"), parse_link("0c0d")
CONTEXTS = (
    Context(0, bytes.fromhex("20010db800010002") + bytes(8), 64),
    Context(1, bytes.fromhex("fd00cafe00000003") + bytes(8), 64),
)
LONGEST_US = 4 * 3_600 * 1_000_000
JOINS_US, START_US = 1_000_000, 3_000_000
"""The neighbour has its addresses by then."""
SCENE = Scene(OURS, THEIRS, OUR_SHORT, THEIR_SHORT, {one.identifier: one for one in CONTEXTS})
OUR_LINK = MacConfiguration(extended=OURS, short=OUR_SHORT, pan=PAN)


def neighbour(what: Profile | Stack, seed: int = 2) -> Node:
    """The neighbour: it has every address that a probe asks, and a way back to ours."""
    level = what if isinstance(what, Profile) else profiles.LEVELS[-1]
    addresses = tuple(under(prefix, each) for prefix in CONTEXTS for each in (THEIRS, THEIR_SHORT))
    has_contexts = any(feature.value.name.startswith("stateful") for feature in level.receives)
    configuration = NodeConfiguration(
        link=MacConfiguration(extended=THEIRS, short=THEIR_SHORT, pan=PAN),
        discovery=Configuration(
            role=Role.HOST,
            mode=Mode.REGULAR,
            extended=THEIRS,
            short=THEIR_SHORT,
            addresses=addresses,
            profile=level,
            advertise=Advertise.ALWAYS if isinstance(what, Profile) else Advertise.NEVER,
        ),
        profile=level,
        contexts=CONTEXTS if has_contexts else (),
        routes=tuple(StaticRoute(Ipv6Address(prefix.prefix), 64, link_local(OURS)) for prefix in CONTEXTS),
        limits=level.limits,
        seed=seed,
    )
    return Node(configuration) if isinstance(what, Profile) else ModelledNode(configuration, what)


def by_name(name: str) -> Profile | Stack:
    """``0`` to ``6``, ``level-3``, ``flex:XXXXXXXX``, or a stack. Raises :class:`UsageError`."""
    if name in EVERY:
        return EVERY[name]
    try:
        return profiles.by_name(f"level-{name}" if name.isdigit() else name)
    except UsageError as error:
        raise UsageError(f"{error}, or a stack: {', '.join(EVERY)}") from None


@dataclass
class Simulation:
    """A prober and its neighbour on the simulator's medium."""

    world: World
    prober: Prober

    def run(self, most_us: int = LONGEST_US) -> None:
        """Until everything has been asked."""
        while not self.prober.is_done and self.world.now < most_us and self.world.step():
            pass


def simulation(
    what: Profile | Stack,
    quality: LinkQuality = PERFECT,
    reach: Reach = Reach(),  # noqa: B008 - frozen
    results: Results | None = None,
    seed: int = 1,
    probes: Sequence[Probe] | None = None,
) -> Simulation:
    """A prober beside a neighbour. ``probes``: others than those of the plan."""
    prober = Prober(OUR_LINK, SCENE, plan(reach) if probes is None else probes, results, seed=seed)
    world = World(seed)
    numbers = world.add(prober, "prober", START_US), world.add(neighbour(what, seed + 1), "neighbour")
    world.connect(*numbers, quality)
    world.inject(JOINS_US, numbers[1], JoinGroup(group_of(CONTEXTS[0])))
    return Simulation(world, prober)
