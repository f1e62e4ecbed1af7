"""What it costs that nodes must find out about one another: errors, octets, datagrams sent twice, by policy.

A border router of level 5 and a leaf of every level, 0 to 6. Each leaf and the router exchange datagrams both ways.
With Neighbor Discovery that tells levels, with one that says nothing, and as a network of FLEX nodes.
"""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.evaluation.errors import flex
from p6lowpan.evaluation.network import SECOND, Sent, address, configuration, packets_of
from p6lowpan.evaluation.radio import OnAir
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.neighbor_discovery.configuration import Advertise
from p6lowpan.node.inputs import Bind, SendUdp
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import DeliverUdp
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Link
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE

ROUTER = 0
ROUTER_LEVEL = 5
LEAF_LEVELS = tuple(range(7))
PORT = 0xF0B0
ROUNDS = 3
START_AT, START_EACH = 60 * SECOND, 2 * SECOND
FIRST_AT, BETWEEN = 90 * SECOND, 2 * SECOND
SLOT = 100_000
DATA_OCTETS = 20

TOLD = {"Neighbor Discovery tells": Advertise.ALWAYS, "errors alone": Advertise.NEVER}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one network: errors, what they took; datagrams that were sent again after one, what
    their first attempts took; everything on the air; and how many datagrams of how many arrived."""

    errors: int
    most_errors: int
    of_errors: OnAir
    again: int
    of_again: OnAir
    everything: OnAir
    sent: int
    delivered: int


def cost(policy: Policy, advertise: Advertise, *, is_flex: bool) -> Cost:
    """Run a network."""
    capture, delivered = io.BytesIO(), []

    def listen(_now: int, _number: int, output: object) -> None:
        if isinstance(output, DeliverUdp):
            delivered.append(output)

    world = World(1, stream=capture, listener=listen)
    make = flex if is_flex else of_level
    profiles: list[Profile] = [make(level) for level in (ROUTER_LEVEL, *LEAF_LEVELS)]
    for number, profile in enumerate(profiles):
        node = Node(configuration(number, profile, advertise=advertise, policy=policy))
        world.add(node, starts_at_us=START_AT + number * START_EACH if number else None)
    for leaf in range(1, len(profiles)):
        world.connect(ROUTER, leaf)
    sent = _plan(world)
    world.run(FIRST_AT + ROUNDS * BETWEEN + 5 * SECOND)
    return _of(tuple(packets_of(capture.getvalue())), sent, len(delivered))


def _plan(world: World) -> int:
    """Datagrams both ways between the router and each leaf. How many."""
    leaves = range(1, len(LEAF_LEVELS) + 1)
    for number in (ROUTER, *leaves):
        world.inject(FIRST_AT - SECOND, number, Bind(PORT))
    sent = 0
    for turn, leaf, (sender, receiver) in product(range(ROUNDS), leaves, ((0, 1), (1, 0))):
        ends = (ROUTER, leaf)
        at = FIRST_AT + turn * BETWEEN + (2 * leaf + sender) * SLOT
        data = bytes((turn, ends[sender], ends[receiver])) + bytes(DATA_OCTETS - 3)
        world.inject(at, ends[sender], SendUdp(PORT, address(ends[receiver]), PORT, data))
        sent += 1
    return sent


def _of(packets: tuple[Sent, ...], sent: int, delivered: int) -> Cost:
    errors = [each for each in packets if each.message_type == CLASS_UNSUPPORTED_TYPE]
    firsts = _first_attempts(packets)
    pairs = Counter(each.link for each in errors)
    return Cost(
        errors=len(errors),
        most_errors=max(pairs.values(), default=0),
        of_errors=_sum(errors),
        again=len(firsts),
        of_again=_sum(firsts),
        everything=_sum(packets),
        sent=sent,
        delivered=delivered,
    )


def _first_attempts(packets: tuple[Sent, ...]) -> list[Sent]:
    """Of datagrams that were sent again because an error came back: the same packet to the same neighbour begins before
    the error and, once more, after it."""
    found: list[Sent] = []
    for error in packets:
        if error.message_type != CLASS_UNSUPPORTED_TYPE:
            continue
        hop = Link(error.link.destination, error.link.source)
        before = {each.packet: each for each in packets if each.link == hop and each.began_us < error.at_us}
        after = (each for each in packets if each.link == hop and each.began_us > error.at_us)
        found += [before[each.packet] for each in after if each.packet in before][:1]
    return found


def _sum(packets: Iterable[Sent]) -> OnAir:
    return sum((each.taken for each in packets), OnAir())


def measure(quick: bool) -> dict[str, Value]:
    """For each policy, with Neighbor Discovery that tells and without, of levels and of FLEX fields."""
    values: dict[str, Value] = {}
    policies = [Policy.OPTIMISTIC] if quick else [*Policy]
    for policy, (told, advertise), is_flex in product(policies, TOLD.items(), (False, True)):
        found = cost(policy, advertise, is_flex=is_flex)
        name = f"{'FLEX' if is_flex else 'levels'}/{told}/{policy}"
        values |= {
            f"{name}/errors": found.errors,
            f"{name}/most errors between two": found.most_errors,
            f"{name}/octets of errors": found.of_errors.octets,
            f"{name}/sent again": found.again,
            f"{name}/octets of first attempts": found.of_again.octets,
            f"{name}/all octets": found.everything.octets,
            f"{name}/datagrams sent": found.sent,
            f"{name}/datagrams delivered": found.delivered,
        }
    return values


EXPERIMENT = Experiment(
    "discovery",
    "a border router of level 5 and seven leaves, levels 0 to 6, on the simulated link; every frame is captured",
    measure,
)
