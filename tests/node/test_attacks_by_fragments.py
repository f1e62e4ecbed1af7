"""Attacks on reassembly.

docs/security.md has a row for each of these tests.
"""

from dataclasses import replace

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.node.inputs import FrameReceived
from p6lowpan.node.outputs import DeliverUdp
from p6lowpan.wire.address import link_local
from properties.attacked_node import ATTACKER, ATTACKER_LL, PEER, listening, udp
from properties.neighbors import (
    link,
)


def test_first_fragments_of_a_thousand_senders_fill_the_buffers_and_no_more():
    node = listening()
    for sender in range(10, 1010):
        frames = node.frames(udp(bytes(1200), link_local(link(sender))), sender)
        node.give(FrameReceived(frames[0]))
    reassembler = node.node.adaptation._receiver.reassembler
    assert len(reassembler.buffers) == P6LOWPAN.reassembly_buffers
    assert reassembler.octets <= P6LOWPAN.reassembly_octets
    assert node.drops[Reason.REASSEMBLY_FULL] == 1000 - P6LOWPAN.reassembly_buffers
    node.hear(udp(bytes(1200)))
    assert len(node.received(DeliverUdp)) == 1


def test_a_neighbor_with_a_thousand_tags_pushes_out_its_own_datagrams_alone():
    node = listening()
    half = node.frames(udp(bytes(300)))
    node.give(FrameReceived(half[0]))
    for _ in range(1000):
        node.give(FrameReceived(node.frames(udp(bytes(300), ATTACKER_LL), ATTACKER)[0]))
    for frame in half[1:]:
        node.give(FrameReceived(frame))
    assert len(node.received(DeliverUdp)) == 1
    assert node.drops == {Reason.REASSEMBLY_FULL: 1000 - P6LOWPAN.reassembly_buffers_per_neighbor}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("e0a8 0007 01" + "ff" * 96, Reason.FRAGMENT_OVERLAP),  # teardrop: it begins inside the first
        ("e0a8 0007 14" + "ff" * 96, Reason.FRAGMENT_PAST_END),
        ("e0a8 0007 0c" + "ff" * 9, Reason.BAD_LENGTH),
    ],
)
def test_fragments_that_contradict_one_another_make_no_datagram(second, reason):
    node = listening()
    packet = udp(bytes(168 - 48))
    for payload in (bytes.fromhex("c0a8 0007 41") + packet[:96], bytes.fromhex(second)):
        node.give(FrameReceived(node.frame(payload, PEER)))
    assert node.drops == {reason: 1}
    assert node.received(DeliverUdp) == []


def test_a_datagram_that_is_too_big_is_given_no_buffer():
    node = listening()
    node.give(FrameReceived(node.frame(bytes.fromhex("c7ff 0007 41") + udp(bytes(48)), PEER)))
    assert node.drops == {Reason.TOO_BIG: 1}
    assert node.node.adaptation._receiver.reassembler.buffers == ()


def test_fragments_of_a_datagram_that_was_refused_are_given_no_buffer():
    node = listening(level=0)
    frames = node.frames(udp(bytes(600)), profile="level-5")
    assert len(frames) > 2
    for frame in frames:
        node.give(FrameReceived(frame))
    assert node.node.adaptation._receiver.reassembler.buffers == ()
    assert node.drops == {Reason.FEATURE_ABOVE_PROFILE: len(frames)}
    assert len(node.errors()) == 1


def test_the_bounds_of_reassembly_are_those_that_the_node_was_given():
    node = listening(limits=replace(P6LOWPAN, reassembly_buffers=1))
    for sender in (4, 5, 6):
        node.give(FrameReceived(node.frames(udp(bytes(300), link_local(link(sender))), sender)[0]))
    assert node.drops == {Reason.REASSEMBLY_FULL: 2}
