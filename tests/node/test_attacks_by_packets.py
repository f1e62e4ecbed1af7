"""Attacks by packets: errors and echoes that multiply, routes that circle, headers that grow.

docs/security.md has a row for each of these tests.
"""

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.inputs import FrameReceived
from p6lowpan.wire.address import ALL_NODES, parse_ipv6
from properties.attacked_node import PEER, PEER_LL, SECOND, AttackedNode, udp
from properties.building import extension
from properties.neighbors import (
    MY_GLOBAL,
    MY_LL,
    PREFIX,
    address,
)
from properties.node_traffic import whole

ECHO = bytes((128, 0, 0, 0, 1, 2, 0, 1)) + b"data"


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
