"""Neighbor Discovery when a host wakes up: figure 8 and section 7.3, from the frames of a simulated link.

A border router has been on for a minute, so that it no longer advertises itself on its own. Then hosts start, one after
the other: Router Solicitation, Router Advertisement, Neighbor Solicitation that registers the address, Neighbor
Advertisement: RFC 6775's "Basic Router Solicitation Exchange", with one prefix and one context.
"""

import io
from collections.abc import Iterable

from p6lowpan.capability.profile import Profile, flex_field, level_features, of_flex, of_level
from p6lowpan.evaluation.network import ICMPV6_AT, SECOND, Sent, configuration, packets_of
from p6lowpan.evaluation.radio import OnAir
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.machines.neighbor_discovery.configuration import Advertise
from p6lowpan.node.node import Node
from p6lowpan.simulator.world import World
from p6lowpan.wire.ipv6.registry import MessageType

FIRST_HOST_AT = 60 * SECOND
MESSAGES = {
    "RS": MessageType.ROUTER_SOLICITATION,
    "RA": MessageType.ROUTER_ADVERTISEMENT,
    "NS": MessageType.NEIGHBOR_SOLICITATION,
    "NA": MessageType.NEIGHBOR_ADVERTISEMENT,
}
ROUTER_LEVEL = 5
FLEX = of_flex(flex_field(level_features(ROUTER_LEVEL)))
"""A FLEX node with the features of level 5."""

KINDS = ("6LoWPAN", "P6LoWPAN", "FLEX-6LoWPAN")
HOSTS = (1, 2, 4)
TIME_EACH = 10 * SECOND


def start_up(host: Profile, router: Profile, hosts: int, *, stock: bool = False) -> tuple[Sent, ...]:
    """The packets of Neighbor Discovery from the moment that the first host starts. ``stock``: nobody announces
    anything, and each takes the others for complete RFC 6282 nodes."""
    capture = io.BytesIO()
    world = World(1, stream=capture)
    advertise = Advertise.NEVER if stock else Advertise.ALWAYS
    everyone = tuple(range(hosts + 1)) if stock else ()
    world.add(Node(configuration(0, router, advertise=advertise, stock=everyone)))
    for number in range(1, hosts + 1):
        node = Node(configuration(number, host, advertise=advertise, stock=everyone))
        world.add(node, starts_at_us=FIRST_HOST_AT + (number - 1) * TIME_EACH)
        world.connect(0, number)
    world.run(FIRST_HOST_AT + hosts * TIME_EACH)
    wanted = set(MESSAGES.values())
    return tuple(
        sent for sent in packets_of(capture.getvalue()) if sent.at_us >= FIRST_HOST_AT and sent.message_type in wanted
    )


def of_kind(kind: str, hosts: int) -> tuple[Sent, ...]:
    """The start-up as figure 8 has it: stock 6LoWPAN, P6LoWPAN of level 5, and FLEX with the same features."""
    if kind == "FLEX-6LoWPAN":
        return start_up(FLEX, FLEX, hosts)
    return start_up(of_level(ROUTER_LEVEL), of_level(ROUTER_LEVEL), hosts, stock=kind == "6LoWPAN")


def of_host_level(level: int) -> tuple[Sent, ...]:
    """The start-up of one host of a level under a router of level 5."""
    return start_up(of_level(level), of_level(ROUTER_LEVEL), 1)


def total(packets: Iterable[Sent]) -> OnAir:
    """What all of them took."""
    return sum((sent.taken for sent in packets), OnAir())


def measure(quick: bool) -> dict[str, Value]:
    """Octets of each message of the first host, and of all messages together."""
    values: dict[str, Value] = {}
    for kind in KINDS:
        for hosts in HOSTS[: 1 if quick else None]:
            packets = of_kind(kind, hosts)
            values |= _sums(f"{kind}/{hosts}", packets)
            if hosts == 1:
                values |= _messages(kind, packets)
    for level in range(0, 7, 6 if quick else 1):
        values |= _sums(f"level {level}/1", of_host_level(level))
    return values


def _messages(kind: str, packets: tuple[Sent, ...]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, message_type in MESSAGES.items():
        sent = next(each for each in packets if each.message_type == message_type)
        values[f"{kind}/{name}/message"] = len(sent.packet) - ICMPV6_AT
        values[f"{kind}/{name}/packet"] = len(sent.packet)
        values[f"{kind}/{name}/6LoWPAN"] = sent.taken.lowpan
        values[f"{kind}/{name}/on air"] = sent.taken.octets
        values[f"{kind}/{name}/frames"] = sent.taken.frames
    return values


def _sums(name: str, packets: tuple[Sent, ...]) -> dict[str, Value]:
    taken = total(packets)
    return {
        f"{name}/packets": len(packets),
        f"{name}/IPv6 octets": sum(len(sent.packet) for sent in packets),
        f"{name}/6LoWPAN octets": taken.lowpan,
        f"{name}/on air": taken.octets,
    }


EXPERIMENT = Experiment(
    "start-up",
    "a border router and N hosts, whole nodes of this project on the simulated link; every frame is captured and"
    " decoded",
    measure,
)
