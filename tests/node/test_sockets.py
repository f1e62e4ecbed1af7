"""What a socket API asks of a node: ports, groups, and which packet was lost."""

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.machines.network.udp import EPHEMERAL_PORTS
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import Bind, Close, Input, JoinGroup, LeaveGroup, SendUdp, TransmitDone, Wake
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import Bound, NotDelivered, Output, Transmit
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.ipv6.header import Ipv6

ME = LinkAddress(bytes.fromhex("0200000000000001"))
GROUP = parse_ipv6("ff02::1234")
PORT = 5683


@pytest.fixture
def node() -> Node:
    link = MacConfiguration(extended=ME, short=None, pan=1, hardware_csma=True, hardware_acknowledges=True)
    discovery = Configuration(role=Role.BORDER_ROUTER, extended=ME)
    made = Node(NodeConfiguration(link=link, discovery=discovery, profile=of_level(5)))
    made.handle(0, Wake())
    return made


def told(node: Node, *given: Input, kind: type[Output]) -> list[Output]:  # type: ignore[valid-type]
    return [output for one in given for output in node.handle(1, one) if isinstance(output, kind)]


def test_a_port_that_is_bound_is_named_and_one_that_is_not_says_why(node):
    assert told(node, Bind(PORT), kind=Bound) == [Bound(PORT)]
    (refused,) = told(node, Bind(PORT), kind=Dropped)
    assert refused.reason is Reason.PORT_IN_USE
    (chosen,) = told(node, Bind(0), kind=Bound)
    assert chosen.port in EPHEMERAL_PORTS
    assert told(node, Close(PORT), Bind(PORT), kind=Bound) == [Bound(PORT)]


def test_a_group_is_heard_from_joining_to_leaving(node):
    assert not node.network.addresses.is_joined(1, GROUP)
    node.handle(1, JoinGroup(GROUP))
    assert node.network.addresses.is_joined(1, GROUP)
    node.handle(1, LeaveGroup(GROUP))
    assert not node.network.addresses.is_joined(1, GROUP)


def test_what_was_not_delivered_is_shown_with_its_packet(node):
    (frame,) = told(node, SendUdp(PORT, GROUP, PORT, b"lost"), kind=Transmit)
    assert isinstance(frame, Transmit)
    busy = [TransmitDone(accessed=False)] * (1 + P6LOWPAN.link_retries)
    (lost,) = told(node, *busy, kind=NotDelivered)
    assert lost.reason is Reason.CHANNEL_BUSY
    header, rest = Ipv6.decode(lost.packet)
    assert (header.destination, rest[8:]) == (GROUP, b"lost")
