"""Attacks by Neighbor Discovery: routers, redirects, registrations.

docs/security.md has a row for each of these tests.
"""

import struct
from collections import Counter
from dataclasses import replace

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.wire.address import ALL_NODES, Ipv6Address, link_local, parse_ipv6
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import InvalidOption
from properties.attacked_node import ATTACKER, ATTACKER_LL, OFF_LINK, PEER, PEER_LL, AttackedNode
from properties.neighbors import (
    MY_LL,
    PREFIX,
    address,
    advertisement,
    link,
    named,
    named_target,
    pio,
    registration,
)

ECHO = bytes((128, 0, 0, 0, 1, 2, 0, 1)) + b"data"


DISCOVERY = {
    "router solicitation": (RouterSolicitation(), parse_ipv6("ff02::2")),
    "router advertisement": (advertisement(pio()), MY_LL),
    "neighbor solicitation": (NeighborSolicitation(target=MY_LL), MY_LL),
    "neighbor advertisement": (NeighborAdvertisement(target=PEER_LL, solicited=1), MY_LL),
    "redirect": (Redirect(target=ATTACKER_LL, destination=OFF_LINK), MY_LL),
}


@pytest.mark.parametrize("name", DISCOVERY)
def test_discovery_from_off_link_is_not_believed(name):
    message, destination = DISCOVERY[name]
    node = AttackedNode(Role.ROUTER)
    node.hear_message(message.encode(), PEER_LL, destination, hop_limit=254)
    assert node.drops == {Reason.NOT_FROM_A_NEIGHBOR: 1}
    assert node.sent == []


def test_redirects_are_not_followed():
    node = AttackedNode()
    node.hear_message(advertisement(pio()).encode(), PEER_LL)
    node.hear_message(Redirect(target=ATTACKER_LL, destination=OFF_LINK).encode(), PEER_LL)
    assert node.drops == {Reason.UNSUPPORTED: 1}
    assert node.node.network.routes.next_hop(node.now, OFF_LINK) == PEER_LL


def test_a_router_advertisement_has_a_link_local_source():
    node = AttackedNode()
    node.hear_message(advertisement(pio()).encode(), address(PREFIX, PEER))
    assert node.drops == {Reason.BAD_SOURCE: 1}
    assert node.node.network.routes.next_hop(node.now, OFF_LINK) is None


def test_a_border_router_believes_no_advertisement():
    node = AttackedNode(Role.BORDER_ROUTER)
    node.hear_message(advertisement(pio(OFF_LINK)).encode(), PEER_LL)
    assert node.drops == {Reason.NOT_FOR_US: 1}


def test_a_flood_of_routers_and_prefixes_fills_the_tables_and_no_more():
    node = AttackedNode()
    for number in range(10, 60):
        prefixes = [pio(struct.pack(">HHHH", 0x2001, 0xDB8, number, one) + bytes(8)) for one in range(4)]
        node.hear_message(advertisement(*prefixes, number=number).encode(), link_local(link(number)), sender=number)
    discovery = node.node.discovery
    assert len(discovery.host.routers) == P6LOWPAN.default_routers
    assert len(discovery.host.autoconfiguration.prefixes) == P6LOWPAN.prefixes
    assert len(discovery.addresses) <= P6LOWPAN.own_addresses
    assert node.drops[Reason.PREFIXES_FULL] > 0
    assert node.drops[Reason.DEFAULT_ROUTERS_FULL] > 0


def test_an_advertisement_makes_no_node_solicit_without_a_pause():
    node = AttackedNode()
    message = RouterAdvertisement(router_lifetime_seconds=1800, retransmission_timer_ms=1, options=(named(PEER),))
    node.hear_message(message.encode(), PEER_LL)
    assert node.node.discovery.interface.retransmission_us == P6LOWPAN.shortest_retransmission_us


def test_another_who_speaks_with_our_address_is_not_believed():
    node = AttackedNode(Role.BORDER_ROUTER)
    forged = NeighborAdvertisement(target=MY_LL, override=1, options=(named_target(ATTACKER),))
    node.hear_message(forged.encode(), MY_LL, ALL_NODES, sender=ATTACKER)
    assert node.drops == {Reason.BAD_SOURCE: 1}


def register(node: AttackedNode, number: int, claimed: bytes | None = None, **option) -> None:
    claimed = address(PREFIX, number) if claimed is None else claimed
    message = NeighborSolicitation(target=MY_LL, options=(named(number), registration(number, **option)))
    node.hear_message(message.encode(), claimed, MY_LL, sender=number)


def statuses(node: AttackedNode) -> list[int]:
    answers = [message for message in node.messages() if isinstance(message, NeighborAdvertisement)]
    return [option.status for message in answers for option in message.options if hasattr(option, "ownership_verifier")]


def test_the_address_of_another_cannot_be_registered():
    node = AttackedNode(Role.BORDER_ROUTER)
    register(node, PEER)
    register(node, ATTACKER, address(PREFIX, PEER))
    assert statuses(node) == [0, 1]
    entry = node.node.discovery.cache.get(Ipv6Address(address(PREFIX, PEER)))
    assert entry.link_address == link(PEER)


def test_a_registration_flood_is_told_that_the_cache_is_full_and_others_keep_working():
    node = AttackedNode(Role.BORDER_ROUTER, limits=replace(P6LOWPAN, neighbors=8, neighbors_for_routers=2))
    register(node, PEER)
    for number in range(10, 110):
        register(node, number)
    told = Counter(statuses(node))
    assert told == {0: 6, 2: 95}
    assert node.drops[Reason.NEIGHBOR_CACHE_FULL] == 95
    node.hear_message(ECHO, address(PREFIX, PEER), node_address(node))
    assert node.sent[-1][0] == link(PEER)
    assert node.sent[-1][1][40] == 129


def node_address(node: AttackedNode) -> Ipv6Address:
    own = node.node.network.addresses.own(node.now)
    return next(one.address for one in own if one.address[:2] == PREFIX[:2])


def test_the_places_of_registered_nodes_are_kept_from_strangers():
    limits = replace(P6LOWPAN, neighbors=8, neighbors_for_routers=2, neighbors_for_registered=4)
    node = AttackedNode(Role.BORDER_ROUTER, limits=limits)
    for number in range(10, 110):
        node.hear_message(ECHO, address(PREFIX, number), node_address(node), sender=number)
    assert len(node.node.discovery.cache) <= 2
    for number in (PEER, 4, 5, 6):
        register(node, number)
    assert statuses(node) == [0, 0, 0, 0]


def test_a_solicitation_with_a_wrong_registration_option_registers_nothing():
    node = AttackedNode(Role.BORDER_ROUTER)
    options = (named(PEER), InvalidOption(type=33, data=bytes(6)))
    node.hear_message(NeighborSolicitation(target=MY_LL, options=options).encode(), PEER_LL)
    assert node.drops == {Reason.BAD_LENGTH: 1}
    assert node.sent == []
