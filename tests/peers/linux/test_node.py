"""Our node and the Linux kernel's 6LoWPAN ping each other over the air, with contexts and without."""

import asyncio
import re

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
from peers.linux.air import GuestRadio, contexts_of
from peers.linux.ends import OUR_GLOBAL, OUR_LINK_LOCAL, OURS, SIZES, node_of, pattern
from peers.linux.names import GLOBAL, LINK_LOCAL, PREFIX

CONTEXT = Context(0, parse_ipv6(PREFIX), 64)


@pytest.fixture
def with_context(guest):
    guest.tell_context(0, PREFIX, 64)
    yield guest
    guest.tell_context(0, PREFIX, 0)


def beside(guest, conversation, *contexts):
    """Run a conversation with a node of ours on the guest's air; the radio with every frame."""
    radio = GuestRadio(guest.radio_socket(), guest.peer)

    async def whole():
        async with AsyncioNode(node_of(OURS, contexts, (parse_ipv6(OUR_GLOBAL),)), radio) as node:
            await node.wait_for_address(link_local=True)
            await node.wait_for_address()
            await conversation(node)

    asyncio.run(whole())
    return radio


def we_ping(address):
    async def conversation(node):
        for size in SIZES:
            assert (await node.ping(address, pattern(size), timeout=10)).payload == pattern(size)

    return conversation


def it_pings(guest, address):
    async def conversation(node):
        for size in SIZES:
            shown = await asyncio.to_thread(guest.run, f"ping6 -c 1 -W 10 -s {size} {address}")
            assert re.search(r"1 packets received", shown), shown
        assert set(node.dropped) <= {Reason.NOT_FOR_US}  # the kernel looks for routers

    return conversation


@pytest.mark.parametrize("address", [LINK_LOCAL, GLOBAL])
def test_our_node_pings_the_kernel_with_every_size(guest, address):
    radio = beside(guest, we_ping(address))
    assert contexts_of(radio.sent) == contexts_of(radio.heard) == {(False, False)}


@pytest.mark.parametrize("address", [f"{OUR_LINK_LOCAL}%lowpan0", OUR_GLOBAL])
def test_the_kernel_pings_our_node_with_every_size(guest, address):
    beside(guest, it_pings(guest, address))


def test_with_a_context_our_node_pings_the_kernel_and_both_compress_by_it(with_context):
    radio = beside(with_context, we_ping(GLOBAL), CONTEXT)
    assert (True, True) in contexts_of(radio.sent)
    assert (True, True) in contexts_of(radio.heard)


def test_with_a_context_the_kernel_pings_our_node_and_both_compress_by_it(with_context):
    radio = beside(with_context, it_pings(with_context, OUR_GLOBAL), CONTEXT)
    assert (True, True) in contexts_of(radio.sent)
    assert (True, True) in contexts_of(radio.heard)
