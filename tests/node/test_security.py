"""Attacks on a whole node, and the rules that stop them: docs/security.md has a row for each of these tests."""

import ast
import re
import struct
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.discovery import How
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.inputs import Bind, FrameReceived, SendUdp, Wake
from p6lowpan.node.outputs import DeliverUdp, LevelLearned, NotDelivered, Transmit
from p6lowpan.wire.address import ALL_NODES, Ipv6Address, link_local, parse_ipv6
from p6lowpan.wire.ieee802154.security_header import SecurityLevel
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, with_level
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import InvalidOption
from properties.attacked_node import KEY, SECOND, SECURITY, AttackedNode
from properties.building import checksum, extension
from properties.neighbors import (
    MY_GLOBAL,
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
from properties.node_traffic import whole

PORT = 61617
PEER, ATTACKER = 2, 3
PEER_LL, ATTACKER_LL = link_local(link(PEER)), link_local(link(ATTACKER))
OFF_LINK = parse_ipv6("2001:db8:9::9")
LEVEL_ZERO = bytes((100, 0, 0, 0))
ECHO = bytes((128, 0, 0, 0, 1, 2, 0, 1)) + b"data"
PLAIN_TOO = replace(SECURITY, minimum_level=SecurityLevel.NONE)  # a link that is secured, and takes plain frames too


def udp(payload: bytes, source: bytes = PEER_LL, destination: bytes = MY_LL, port: int = PORT) -> bytes:
    segment = struct.pack(">HHHH", PORT, port, 8 + len(payload), 0) + payload
    total = checksum(source, destination, 17, segment)
    return whole(17, segment[:6] + struct.pack(">H", total) + segment[8:], source, destination)


def provoked(**configuration) -> AttackedNode:
    """A node that has just sent its neighbor a datagram at its own level, 5."""
    node = AttackedNode(**configuration)
    node.give(SendUdp(PORT, PEER_LL, PORT, b"hello"))
    assert node.sent[-1][0] == link(PEER)
    return node


def level_of(node: AttackedNode, neighbor: int = PEER):
    profile, how = node.node.levels.known(link(neighbor))
    return (profile.level if profile else None), how


# --- discovery of levels ---------------------------------------------------------------------------------------------


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


# --- frames ----------------------------------------------------------------------------------------------------------


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


# --- fragments -------------------------------------------------------------------------------------------------------


def listening(**configuration) -> AttackedNode:
    node = AttackedNode(**configuration)
    node.give(Bind(PORT))
    return node


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


# --- errors and amplification ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("protocol", "payload"),
    [(17, udp(b"", destination=ALL_NODES)[40:]), (253, b"unknown"), (60, bytes.fromhex("3b00 8502 0000 0100"))],
    ids=["closed port", "unknown protocol", "an option that demands an error for one address"],
)
def test_nothing_that_came_for_many_is_answered_with_an_error(protocol, payload):
    node = AttackedNode()
    node.hear(whole(protocol, payload, PEER_LL, ALL_NODES))
    node.hear(whole(protocol, payload, PEER_LL, MY_LL), everybody=True)
    assert sum(node.drops.values()) == 2
    assert all(packet[40:42] == b"\x04\x02" for packet in node.errors())  # unrecognized option: RFC 4443 2.4 e.3
    assert protocol == 60 or node.errors() == []


def test_a_frame_above_our_class_for_everybody_is_not_answered():
    node = AttackedNode(level=0)
    node.hear(whole(59, b"", PEER_LL, ALL_NODES), profile="level-5")
    assert node.drops == {Reason.FEATURE_ABOVE_PROFILE: 1}
    assert node.errors() == []


@pytest.mark.parametrize("source", ["::", "ff02::1"])
def test_a_source_that_is_no_single_node_is_not_answered(source):
    node = AttackedNode(level=0)
    node.hear(whole(59, b"", parse_ipv6(source), MY_LL), profile="rfc6282")
    node.hear(whole(253, b"", parse_ipv6(source), MY_LL))
    assert node.errors() == []


def test_no_error_is_answered_with_an_error():
    node = AttackedNode(level=0)
    for profile in ("level-0", "level-5"):
        node.hear_message(bytes((1, 4, 0, 0, 0, 0, 0, 0)), PEER_LL, profile=profile)
    assert node.errors() == []


def test_errors_of_all_layers_come_from_one_bucket():
    node = AttackedNode(level=0)
    began = node.now
    for _ in range(200):
        node.hear(whole(253, b"", PEER_LL, MY_LL))
        node.hear(whole(59, b"", PEER_LL, MY_LL), profile="level-5")
    seconds = (node.now - began) / SECOND
    most = P6LOWPAN.icmpv6_error_burst + seconds * P6LOWPAN.icmpv6_errors_per_second
    assert {packet[40] for packet in node.errors()} == {4, 100}
    assert len(node.errors()) <= most
    assert node.drops[Reason.ERROR_LIMIT] >= 400 - most - 1


def test_an_echo_is_answered_once_and_no_longer_than_it_was():
    node = AttackedNode()
    node.hear_message(ECHO, PEER_LL)
    ((_, packet),) = [one for one in node.sent if one[1][40] == 129]
    assert len(packet) == 40 + len(ECHO)


# --- Neighbor Discovery ----------------------------------------------------------------------------------------------

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


# --- source routes, compression, acknowledgements --------------------------------------------------------------------


def routed(*path: bytes, left: int | None = None, kind: int = 3, hop_limit: int = 64) -> bytes:
    route = bytes((kind, len(path) if left is None else left)) + bytes(4) + b"".join(path)
    return whole(43, extension(59, route), address(PREFIX, PEER), MY_GLOBAL, hop_limit)


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (routed(MY_GLOBAL, address(PREFIX, PEER), MY_GLOBAL), Reason.SOURCE_ROUTE_LOOP),
        (routed(ALL_NODES), Reason.BAD_DESTINATION),
        (routed(address(PREFIX, PEER), left=9), Reason.BAD_VALUE),
        (routed(address(PREFIX, PEER), hop_limit=1), Reason.HOP_LIMIT_EXCEEDED),
        (routed(address(PREFIX, PEER), kind=0), Reason.UNRECOGNIZED_HEADER),
    ],
    ids=["twice through us", "to a group", "beyond its end", "without end", "type 0"],
)
def test_a_source_route_that_could_circle_goes_nowhere(packet, reason):
    node = AttackedNode(Role.ROUTER)
    node.hear(packet)
    assert node.drops[reason] == 1
    assert [one for _, one in node.sent if one[6] == 43] == []


def test_a_host_follows_no_source_route():
    node = AttackedNode()
    destination = MY_LL
    route = bytes((3, 1)) + bytes(4) + address(PREFIX, 9)
    node.hear(whole(43, extension(59, route), PEER_LL, destination))
    assert sum(node.drops.values()) == 1
    assert [one for _, one in node.sent if one[6] == 43] == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("7e33 ee 7e33 ee 7e33 3b", Reason.TOO_DEEP),
        ("7e33 e7 00 e7 00 e7 00 e7 00 e7 00 e6 3b 00", Reason.BAD_ORDER),
    ],
    ids=["headers in headers", "header upon header"],
)
def test_a_small_frame_does_not_become_a_large_packet(payload, reason):
    node = AttackedNode(level=6)
    node.give(FrameReceived(node.frame(bytes.fromhex(payload), PEER)))
    assert node.drops == {reason: 1}


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


# --- the table -------------------------------------------------------------------------------------------------------


def test_the_table_names_every_test_and_every_test_is_in_it():
    page = Path(__file__).parents[2] / "docs" / "security.md"
    named_there = set(re.findall(r"`(test_\w+)`", page.read_text("utf-8")))
    functions = [
        node for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    here = {function.name for function in functions if function.name.startswith("test_")}
    assert named_there == here - {"test_the_table_names_every_test_and_every_test_is_in_it"}
