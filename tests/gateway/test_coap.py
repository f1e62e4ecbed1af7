"""A node's CoAP server and a client that is not ours, without an interface: a UDP socket of the host's stands for each
node, and what comes there crosses the gateway's radio."""

import asyncio
import contextlib

import aiocoap

from gateway.coap_client import EXPECTED, conversation
from gateway.leaves import Leaves, address, running, text
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.machines.coap.server import PORT

LEVELS = range(7)


class Inside(asyncio.DatagramProtocol):
    """The gateway's end of the way to one node."""

    def __init__(self, outside: "Outside") -> None:
        self.outside = outside

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        self.outside.transport.sendto(data, self.outside.asker)


class Outside(asyncio.DatagramProtocol):
    """The host's end: whoever asked last is answered."""

    transport: asyncio.DatagramTransport
    inside: asyncio.DatagramTransport
    asker: tuple

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        self.asker = addr
        self.inside.sendto(data)


async def way_to(gateway: Gateway, number: int, stack: contextlib.AsyncExitStack) -> str:
    """Where on this machine a node is."""
    loop = asyncio.get_running_loop()
    transport, outside = await loop.create_datagram_endpoint(Outside, local_addr=("::1", 0))
    node = gateway.lowpans[0].node
    outside.inside, _ = await node.create_datagram_endpoint(
        lambda: Inside(outside), remote_addr=(address(number), PORT)
    )
    stack.callback(transport.close)
    stack.callback(outside.inside.close)
    return f"[::1]:{transport.get_extra_info('sockname')[1]}"


def test_a_client_gets_puts_and_posts_at_nodes_of_every_level(tmp_path):
    async def main():
        async with (
            Leaves(*LEVELS) as leaves,
            running(text(tmp_path, leaves.medium)) as gateway,
            contextlib.AsyncExitStack() as stack,
        ):
            await leaves.have_addresses()
            client = await aiocoap.Context.create_client_context()
            stack.push_async_callback(client.shutdown)
            for number, _ in enumerate(LEVELS, 1):
                assert await conversation(client, await way_to(gateway, number, stack)) == EXPECTED

    asyncio.run(asyncio.wait_for(main(), 60))
