"""Discovery: a whole node learns from every message what the vectors say."""

import pytest

from p6lowpan.capability.profile import level_features, of_level
from p6lowpan.interop.conformance import catalogue, packets
from p6lowpan.interop.conformance.suite import profile_of, suite
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import FrameReceived, Wake
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import LevelLearned

LESSONS = {lesson.name: lesson for lesson in catalogue.all_lessons()}
HEADER = bytes.fromhex("41dc01cdab") + packets.LONG_B[::-1] + packets.LONG_A[::-1]
"""IEEE 802.15.4: data in PAN abcd, both addresses of 64 bits."""


def node(level):
    profile = of_level(level)
    discovery = Configuration(role=Role.BORDER_ROUTER, extended=packets.LONG_B, profile=profile)
    link = MacConfiguration(extended=packets.LONG_B, short=None, pan=0xABCD)
    return Node(NodeConfiguration(link=link, discovery=discovery, profile=profile))


@pytest.mark.parametrize("name", LESSONS)
def test_a_node_learns_what_the_vector_says(name):
    lesson, one = LESSONS[name], node(6)
    one.handle(0, Wake())
    if lesson.needs is not None:
        one.levels.sent(0, packets.LONG_A, level_features(lesson.needs), b"")
    outputs = one.handle(1, FrameReceived(HEADER + b"\x41" + lesson.packet))
    learned = [(output.neighbor, output.profile.level) for output in outputs if isinstance(output, LevelLearned)]
    assert learned == ([] if lesson.level is None else [(packets.LONG_A, lesson.level)])


def test_a_node_need_not_unlearn_what_it_never_sends():
    counts = [len(suite(profile_of(target), "learn/").learn) for target in "0123456"]
    assert counts == sorted(set(counts))
    assert counts[-1] == len(LESSONS)
    assert suite(profile_of("rfc6282")).learn == ()
