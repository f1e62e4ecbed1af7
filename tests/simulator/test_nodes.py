"""Whole nodes in the simulator: a border router and leaves, over links that are good, bad, cut and mended."""

import io
from dataclasses import replace

import pytest

from p6lowpan.capability.profile import of_level
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import SendIcmpv6
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import DeliverIcmpv6, LevelLearned
from p6lowpan.simulator.faults import Partition, PowerOff, PowerOn, Replacement
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.topology import full, star
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import Ipv6Address, LinkAddress, interface_identifier

PREFIX = bytes.fromhex("20010db800000000")
ECHO_REQUEST = bytes.fromhex("8000000000010001") + b"are you there?"
ECHO_REPLY = 129
SECOND = 1_000_000
BAD = LinkQuality(loss=0.1, duplication=0.05, reordering=0.1, jitter_us=100)


def eui64(number):
    return LinkAddress(bytes((2,)) + number.to_bytes(7, "big"))


def address(number):
    return Ipv6Address(PREFIX + interface_identifier(eui64(number)))


def configuration(number, level):
    role = Role.HOST if number else Role.BORDER_ROUTER
    prefixes = () if number else (AdvertisedPrefix(Ipv6Address(PREFIX + bytes(8))),)
    profile = of_level(level)
    return NodeConfiguration(
        link=MacConfiguration(extended=eui64(number), short=None, pan=0xABCD),
        discovery=Configuration(role=role, extended=eui64(number), profile=profile, prefixes=prefixes),
        profile=profile,
        seed=number,
    )


class Run:
    """A border router of level 5, number 0, and a leaf for each level given."""

    def __init__(self, topology, levels, stream=None, seed=1):
        self.said = []
        self.world = World(seed, stream=stream, listener=lambda *said: self.said.append(said))
        self.world.place(topology, [Node(configuration(n, level)) for n, level in enumerate((5, *levels))])

    def ping(self, at, sender, receiver):
        self.world.inject(at, sender, SendIcmpv6(address(receiver), ECHO_REQUEST))

    def replies(self, number):
        return [
            (now, output.source)
            for now, owner, output in self.said
            if owner == number and isinstance(output, DeliverIcmpv6) and output.octets[0] == ECHO_REPLY
        ]

    def levels(self, number, neighbor):
        return [
            output.profile
            for _, owner, output in self.said
            if owner == number and isinstance(output, LevelLearned) and output.neighbor == eui64(neighbor)
        ]


@pytest.mark.parametrize("quality", [LinkQuality(), BAD], ids=["good", "bad"])
@pytest.mark.parametrize("topology", [full, star], ids=["full", "star"])
def test_leaves_of_several_levels_and_their_border_router_answer_one_another(topology, quality):
    shape = topology(4, quality) if topology is full else topology(3, quality)
    run = Run(shape, (0, 3, 6))
    for number in (1, 2, 3):
        run.ping((20 + number) * SECOND, 0, number)
        run.ping((30 + number) * SECOND, number, 0)
    run.world.run(60 * SECOND)
    assert {source for _, source in run.replies(0)} == {address(number) for number in (1, 2, 3)}
    assert all(run.replies(number) for number in (1, 2, 3))


def test_nodes_and_seed_give_the_same_capture():
    captures = []
    for seed in (1, 1, 2):
        stream = io.BytesIO()
        run = Run(full(3, BAD), (1, 6), stream, seed)
        run.ping(20 * SECOND, 1, 2)
        run.world.run(40 * SECOND)
        captures.append(stream.getvalue())
    assert captures[0] == captures[1] != captures[2]


def test_a_partition_silences_and_its_end_lets_them_talk_again():
    run = Run(star(1), (2,))
    run.world.plan(Partition(20 * SECOND, 25 * SECOND, frozenset({0}), frozenset({1})))
    for at in (15, 21, 40):
        run.ping(at * SECOND, 0, 1)
    run.world.run(60 * SECOND)
    assert [now // SECOND for now, _ in run.replies(0)] == [15, 40]


def test_a_leaf_that_restarts_comes_back():
    run = Run(star(1), (2,))
    run.world.plan(PowerOff(20 * SECOND, 1), PowerOn(30 * SECOND, 1, lambda _: Node(configuration(1, 2))))
    for at in (15, 25, 60):
        run.ping(at * SECOND, 0, 1)
    run.world.run(80 * SECOND)
    assert [now // SECOND for now, _ in run.replies(0)] == [15, 60]


def test_a_leaf_that_is_upgraded_is_known_at_its_new_level():
    run = Run(star(1), (2,))
    upgraded = replace(configuration(1, 6), seed=99)
    run.world.plan(Replacement(20 * SECOND, 1, lambda _: Node(upgraded)))
    for at in (15, 60):
        run.ping(at * SECOND, 0, 1)
    run.world.run(80 * SECOND)
    assert [now // SECOND for now, _ in run.replies(0)] == [15, 60]
    assert run.levels(0, 1)[0] == of_level(2)
    assert run.levels(0, 1)[-1] == of_level(6)
