"""The class-unsupported error as it crosses the link: section 7.3's "ICMP Cost", from frames that real nodes exchange.

A node that knows nothing of its neighbour sends a datagram between link-local addresses with all that it has. The
neighbour lacks a feature of it, and answers.
"""

import io

from p6lowpan.capability.profile import Profile, flex_field, level_features, of_flex, of_level
from p6lowpan.evaluation.network import ICMPV6_AT, SECOND, Sent, configuration, eui64, packets_of
from p6lowpan.evaluation.results import Experiment, Value
from p6lowpan.machines.neighbor_discovery.configuration import Advertise
from p6lowpan.node.inputs import SendUdp
from p6lowpan.node.node import Node
from p6lowpan.simulator.topology import full
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import link_local
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE

SENDER_LEVEL = 6
DATA = bytes(20)
"""What generic header compression finds shorter, so that level 6 uses all that it has."""
PORT = 0xF0B0


def provoked(sender: Profile, receiver: Profile) -> Sent | None:
    """The error that one datagram provokes; ``None`` where there is none."""
    capture = io.BytesIO()
    world = World(1, stream=capture)
    profiles = (sender, receiver)
    nodes = [Node(configuration(number, each, advertise=Advertise.NEVER)) for number, each in enumerate(profiles, 1)]
    world.place(full(2), nodes)
    world.inject(20 * SECOND, 0, SendUdp(PORT, link_local(eui64(2)), PORT, DATA))
    world.run(25 * SECOND)
    errors = (sent for sent in packets_of(capture.getvalue()) if sent.message_type == CLASS_UNSUPPORTED_TYPE)
    return next(errors, None)


def flex(level: int) -> Profile:
    """A FLEX node with the features of a level."""
    return of_flex(flex_field(level_features(level)))


def measure(quick: bool) -> dict[str, Value]:
    """For each level below the sender's, and its FLEX field: the message, the packet, 6LoWPAN's octets, all octets."""
    values: dict[str, Value] = {}
    for level in range(0, SENDER_LEVEL, 5 if quick else 1):
        for name, make in (("level", of_level), ("FLEX", flex)):
            sent = provoked(make(SENDER_LEVEL), make(level))
            if sent is None:
                continue
            values[f"{name}/{level}/message"] = len(sent.packet) - ICMPV6_AT
            values[f"{name}/{level}/header"] = sent.taken.lowpan - len(sent.packet) + ICMPV6_AT
            values[f"{name}/{level}/6LoWPAN"] = sent.taken.lowpan
            values[f"{name}/{level}/on air"] = sent.taken.octets
    return values


EXPERIMENT = Experiment(
    "error",
    "two nodes on the simulated link, link-local addresses from EUI-64s; the frame of the error is captured",
    measure,
)
