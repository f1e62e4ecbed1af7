"""A node with a measured stack's adaptation layer: each datagram has its own time."""

from dataclasses import replace

from p6lowpan.interop.probing import simulated
from p6lowpan.interop.probing.plan_fragments import IN_FRAGMENTS, in_fragments
from p6lowpan.interop.probing.scene import Base
from p6lowpan.interop.profiles import by_name

SECOND = 1_000_000
SCENE = replace(simulated.SCENE, base=Base.PLAIN, fragments=Base.PLAIN)


def fragments(number):
    return [frame.payload for frame in IN_FRAGMENTS(SCENE, in_fragments()(SCENE, number), number)]


def taken(node, seconds, payloads):
    taken = [node.adaptation.received(int(seconds * SECOND), one, SCENE.link, False) for one in payloads]
    return [output for outputs in taken for output in outputs if hasattr(output, "packet")]


def test_a_datagram_is_given_up_when_its_own_time_is_up_and_no_other_with_it():
    node, one, other = simulated.neighbour(by_name("riot")), fragments(32), fragments(64)
    assert taken(node, 0, one[:1]) == []
    assert taken(node, 2, other[:1]) == []
    assert len(taken(node, 4, other[1:])) == 1  # 3 s, measured
    assert taken(node, 4, one[1:]) == []


def test_what_comes_between_does_not_lengthen_a_datagram_s_time():
    node, one = simulated.neighbour(by_name("linux")), fragments(32)
    taken(node, 0, one[:1])
    for seconds in range(5, 60, 5):
        assert len(taken(node, seconds, fragments(64 + 32 * seconds))) == 1
    assert len(taken(node, 59, one[1:])) == 1
    taken(node, 100, one[:1])
    assert taken(node, 161, one[1:]) == []
