"""Attacks by MAC frames: replayed, forged, under a wrong key.

docs/security.md has a row for each of these tests.
"""

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.node.inputs import Bind, FrameReceived, SendUdp, Wake
from p6lowpan.node.outputs import DeliverUdp, NotDelivered, Transmit
from properties.attacked_node import ATTACKER, KEY, PEER_LL, PORT, SECURITY, AttackedNode, udp


def secured_node() -> AttackedNode:
    node = AttackedNode(security=SECURITY)
    node.give(Bind(PORT))
    return node


def test_a_frame_that_is_replayed_at_once_is_a_duplicate():
    node = secured_node()
    (frame,) = node.frames(udp(b"once"))
    node.give(FrameReceived(frame))
    node.give(FrameReceived(frame))
    assert len(node.received(DeliverUdp)) == 1
    assert node.drops == {Reason.DUPLICATE: 1}


def test_a_frame_that_is_replayed_later_has_an_old_counter():
    node = secured_node()
    (first,), (second,) = node.frames(udp(b"one")), node.frames(udp(b"two"))
    for frame in (second, first):
        node.give(FrameReceived(frame))
    node.run(2 * P6LOWPAN.duplicate_memory_us)
    node.give(FrameReceived(second))
    assert [delivered.payload for delivered in node.received(DeliverUdp)] == [b"two"]
    assert node.drops == {Reason.REPLAYED: 2}


def test_a_frame_under_another_key_is_not_authentic():
    node = secured_node()
    wrong = LinkSecurity(keys=(LinkKey(bytes(16)),))
    node.give(FrameReceived(node.frame(b"\x41" + udp(b"forged"), ATTACKER, security=wrong)))
    assert node.drops == {Reason.BAD_INTEGRITY_CODE: 1}


def test_a_frame_of_which_a_bit_was_changed_is_not_authentic():
    node = secured_node()
    (frame,) = node.frames(udp(b"true"))
    node.give(FrameReceived(frame[:-1] + bytes((frame[-1] ^ 1,))))
    node.give(FrameReceived(frame))
    assert node.drops == {Reason.BAD_INTEGRITY_CODE: 1}
    assert len(node.received(DeliverUdp)) == 1  # a broken copy does not use up the counter


def test_a_frame_that_names_an_unknown_key_is_refused():
    node = secured_node()
    other = LinkSecurity(keys=(LinkKey(KEY.octets, index=9),))
    node.give(FrameReceived(node.frame(b"\x41" + udp(b"forged"), ATTACKER, security=other)))
    assert node.drops == {Reason.NO_KEY: 1}


def test_a_plain_frame_is_refused_where_security_is_demanded():
    node = secured_node()
    node.hear(udp(b"forged"), plain=True)
    assert node.drops == {Reason.SECURITY_TOO_LOW: 1}
    assert node.received(DeliverUdp) == []


def test_an_acknowledgement_can_be_forged():
    """Not protected: who hears a frame can acknowledge it, and so hide its loss. Upper layers find out."""
    node = AttackedNode(security=SECURITY)
    node.give(SendUdp(PORT, PEER_LL, PORT, b"never heard"), acknowledged=None)
    while not node.received(Transmit):
        node.now = node.node.deadline
        node.give(Wake(), acknowledged=None)
    assert node.node.link.queued == 1
    node.give(FrameReceived(bytes((2, 0)) + node.received(Transmit)[0].octets[2:3]))
    assert node.node.link.queued == 0
    assert node.received(NotDelivered) == []
