"""What a message, a packet, and a stranger who pushes out another cost: no more among many neighbors than among few.

Counted are the interpreter's instructions, which no busy machine changes.
"""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from p6lowpan.gateway.configuring import limits_for
from p6lowpan.gateway.keeping import Keeping
from p6lowpan.gateway.store import Store
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.inputs import FrameReceived
from p6lowpan.wire.address import link_local
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation
from properties.attacked_node import AttackedNode, udp
from properties.neighbors import MY_LL, PREFIX, address, link, named, registration

FEW, MANY = 20, 1000
"""Neighbors, each with an address; a level and a place in the registry come with it."""

ALLOWED = 1.1
"""The logarithm of their number may be seen; their number may not: that would be 50."""


class Gateway:
    """A border router's node, kept as a gateway keeps it, with neighbors from number 2 on."""

    def __init__(self, neighbors: int) -> None:
        self.node = AttackedNode(Role.BORDER_ROUTER, limits=limits_for(neighbors))
        self.keeping = Keeping(Store(":memory:"), "one")
        for number in range(2, 2 + neighbors):
            self.register(number)
        assert len(self.node.node.durable.registrations) == len(self.node.node.durable.bindings) == neighbors

    def register(self, number: int, transaction: int = 240) -> None:
        options = (named(number), registration(number, tid=transaction))
        message = NeighborSolicitation(target=address(PREFIX, number), options=options)
        self.node.hear_message(message.encode(), link_local(link(number)), MY_LL, sender=number)
        self.keeping.keep(self.node.node)


def instructions(work: Callable[[], object]) -> int:
    """How many instructions are executed: a loop that calls nobody is seen, too."""
    count = 0

    def note(frame: FrameType, event: str, _argument: object) -> object:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def renewal(gateway: Gateway) -> None:
    gateway.register(2, transaction=241)


def packet(gateway: Gateway) -> None:
    (frame,) = gateway.node.frames(udp(b"hello", address(PREFIX, 2), address(PREFIX, 3)), 2)
    gateway.node.give(FrameReceived(frame))


def strangers(gateway: Gateway) -> None:
    """They fill what is left, and then push out one another."""
    for number in range(2000, 2010):
        (frame,) = gateway.node.frames(udp(b"hello", link_local(link(number)), MY_LL), number)
        gateway.node.give(FrameReceived(frame))


@pytest.mark.parametrize("work", [renewal, packet, strangers], ids=lambda work: work.__name__)
def test_it_costs_the_same_among_many_as_among_few(work):
    costs = []
    for neighbors in (FEW, MANY):
        gateway = Gateway(neighbors)
        work(gateway)  # so that what is remembered of the first time is
        costs.append(instructions(lambda gateway=gateway: work(gateway)))
    few, many = costs
    assert many <= ALLOWED * few
