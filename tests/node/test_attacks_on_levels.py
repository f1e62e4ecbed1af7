"""Attacks on what a node believes of its neighbors' levels.

docs/security.md has a row for each of these tests.
"""

import struct
from dataclasses import replace

import pytest

from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.news import How
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.inputs import Bind, SendUdp
from p6lowpan.node.outputs import DeliverUdp, LevelLearned
from p6lowpan.wire.address import ALL_NODES, link_local, parse_ipv6
from p6lowpan.wire.ieee802154.security_header import SecurityLevel
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, with_level
from p6lowpan.wire.ipv6.neighbor_discovery import (
    RouterSolicitation,
)
from properties.attacked_node import ATTACKER, OFF_LINK, PEER, PEER_LL, PORT, SECURITY, AttackedNode, udp
from properties.building import checksum
from properties.neighbors import (
    MY_LL,
    SHORT,
    link,
    named,
)
from properties.node_traffic import whole

LEVEL_ZERO = bytes((100, 0, 0, 0))
ECHO = bytes((128, 0, 0, 0, 1, 2, 0, 1)) + b"data"
PLAIN_TOO = replace(SECURITY, minimum_level=SecurityLevel.NONE)  # a link that is secured, and takes plain frames too


def provoked(**configuration) -> AttackedNode:
    """A node that has just sent its neighbor a datagram at its own level, 5."""
    node = AttackedNode(**configuration)
    node.give(SendUdp(PORT, PEER_LL, PORT, b"hello"))
    assert node.sent[-1][0] == link(PEER)
    return node


def level_of(node: AttackedNode, neighbor: int = PEER):
    profile, how = node.node.levels.known(link(neighbor))
    return (profile.level if profile else None), how


def test_the_class_error_of_the_previous_hop_is_believed():
    """What the attacks below fail to do."""
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL)
    assert level_of(node) == (0, How.ERROR)


@pytest.mark.parametrize("hop_limit", [254, 64, 1])
def test_a_class_error_with_another_hop_limit_is_not_believed(hop_limit):
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL, hop_limit=hop_limit)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.NOT_FROM_A_NEIGHBOR: 1}


def test_a_class_error_from_off_link_is_not_believed():
    node = provoked()
    node.hear_message(LEVEL_ZERO, OFF_LINK)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.NOT_FROM_A_NEIGHBOR: 1}


def test_a_class_error_in_another_neighbors_name_says_nothing_of_that_neighbor():
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL, sender=ATTACKER)
    assert level_of(node, PEER) == level_of(node, ATTACKER) == (None, None)
    assert node.drops == {Reason.UNPROVOKED: 1}


def test_a_class_error_for_a_group_is_not_believed():
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL, ALL_NODES)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.BAD_DESTINATION: 1}


def test_a_class_error_with_a_fragment_header_is_not_believed():
    node = provoked()
    message = struct.pack(">BBH", 100, 0, checksum(PEER_LL, MY_LL, 58, LEVEL_ZERO))
    node.hear(whole(44, struct.pack(">BBHI", 58, 0, 0, 7) + message, PEER_LL, MY_LL, 255))
    assert level_of(node) == (None, None)
    assert node.drops[Reason.NOT_FROM_A_NEIGHBOR] == 1


def test_an_unsecured_class_error_is_not_believed_where_the_link_is_secured():
    node = provoked(security=PLAIN_TOO)
    node.hear_message(LEVEL_ZERO, PEER_LL, plain=True)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.NOT_SECURED: 1}
    node.hear_message(LEVEL_ZERO, PEER_LL)
    assert level_of(node) == (0, How.ERROR)


def test_a_class_error_of_a_neighbor_to_which_nothing_was_sent_is_not_believed():
    node = AttackedNode()
    node.hear_message(LEVEL_ZERO, PEER_LL)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.UNPROVOKED: 1}


def test_a_class_error_that_announces_what_was_sent_is_stale():
    node = provoked()
    node.hear_message(bytes((100, 6, 0, 0)), PEER_LL)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.STALE: 1}


def test_a_class_error_never_raises_a_level():
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL)
    node.give(SendUdp(PORT, PEER_LL, PORT, b"once more"))
    node.hear_message(bytes((100, 5, 0, 0)), PEER_LL)
    assert level_of(node) == (0, How.ERROR)
    assert node.drops == {Reason.STALE: 1}


def test_a_class_error_of_a_pinned_neighbor_is_not_believed():
    node = provoked(pinned={link(PEER): of_level(4)})
    node.hear_message(LEVEL_ZERO, PEER_LL)
    assert level_of(node) == (4, How.CONFIGURED)
    assert node.drops == {}  # the first is told of: somebody should look at the configuration
    node.hear_message(LEVEL_ZERO, PEER_LL)
    assert level_of(node) == (4, How.CONFIGURED)
    assert node.drops == {Reason.STALE: 1}


def test_an_unsecured_level_is_not_believed_where_the_link_is_secured():
    """6CIO in a Router Solicitation."""
    node = AttackedNode(Role.BORDER_ROUTER, security=PLAIN_TOO)
    message = RouterSolicitation(options=(named(PEER), with_level(CapabilityIndication(), 0))).encode()
    node.hear_message(message, PEER_LL, parse_ipv6("ff02::2"), plain=True)
    assert level_of(node) == (None, None)
    assert node.drops == {Reason.NOT_SECURED: 1}
    node.hear_message(message, PEER_LL, parse_ipv6("ff02::2"))
    assert level_of(node) == (0, How.ADVERTISEMENT)


def test_on_an_unsecured_link_anybody_lowers_a_level_and_that_costs_octets_only():
    """Not protected: what it costs."""
    node = provoked()
    node.give(Bind(PORT))
    node.hear_message(LEVEL_ZERO, PEER_LL)  # a lie in the peer's name, with the peer's link-layer address
    node.give(SendUdp(PORT, PEER_LL, PORT, b"hello"))
    assert node.node.levels.sending_profile(link(PEER)).sends == of_level(0).sends
    node.hear(udp(b"still here"), profile="level-5")
    assert [delivered.payload for delivered in node.received(DeliverUdp)] == [b"still here"]


def test_strangers_push_out_no_level_that_is_known():
    node = provoked()
    node.hear_message(LEVEL_ZERO, PEER_LL)
    for stranger in range(10, 210):
        node.hear_message(ECHO, link_local(link(stranger)), sender=stranger)
    assert level_of(node) == (0, How.ERROR)
    assert len(node.received(LevelLearned)) == 1


def test_a_short_address_is_not_said_to_be_anothers_without_security_where_the_link_is_secured():
    """Else the level of that one would count for it, and its own frames would be opened with a wrong nonce."""
    node = AttackedNode(Role.BORDER_ROUTER, security=PLAIN_TOO)
    claim = RouterSolicitation(options=(named(SHORT),)).encode()
    identities = node.node.link.security.identities
    node.hear_message(claim, PEER_LL, plain=True)
    assert identities.of(SHORT) == SHORT
    node.hear_message(claim, PEER_LL)
    assert identities.of(SHORT) == link(PEER)
