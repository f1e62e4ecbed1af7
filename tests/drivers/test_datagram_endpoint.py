"""Endpoints as users of asyncio know them: names, errors, closing."""

import asyncio
import errno
import socket

import pytest

from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.machines.network.udp import EPHEMERAL_PORTS

PORT = 5683


class Silence:
    """A radio that nobody hears."""

    does_csma = True
    acknowledges = False

    def __init__(self, accessed=True):
        self.accessed = accessed

    async def open(self, listener):
        self.listener = listener

    async def close(self):
        pass

    def transmit(self, octets):
        self.listener.transmitted(accessed=self.accessed)

    def channel_is_clear(self):
        return True


@pytest.fixture
def alone(run, configure):
    """Run ``main(node)`` with a node that has no neighbor."""

    def call(main, radio=None):
        async def opened():
            async with AsyncioNode(configure(1), radio or Silence()) as node:
                await node.wait_for_address(link_local=True)
                return await main(node)

        return run(opened())

    return call


def test_a_transport_knows_its_names(alone, at, collector):
    async def main(node):
        transport, protocol = await node.create_datagram_endpoint(collector, ("::", PORT), (at(2), 7))
        assert isinstance(transport, asyncio.DatagramTransport)
        assert protocol.transport is transport
        assert transport.get_protocol() is protocol
        assert transport.get_extra_info("sockname") == ("::", PORT, 0, 0)
        assert transport.get_extra_info("peername") == (at(2), 7, 0, 0)
        assert transport.get_extra_info("nothing", "else") == "else"
        assert transport.get_write_buffer_size() == 0

    alone(main)


def test_a_port_that_nobody_named_is_free(alone, at, collector):
    async def main(node):
        ports = set()
        for local in (None, ("::", 0), (at(1), 0)):
            transport, _ = await node.create_datagram_endpoint(collector, local)
            ports.add(transport.get_extra_info("sockname")[1])
        assert len(ports) == 3
        assert ports <= set(EPHEMERAL_PORTS)

    alone(main)


def test_a_port_is_for_one_and_free_again_when_it_is_closed(alone, collector):
    async def main(node):
        transport, protocol = await node.create_datagram_endpoint(collector, ("::", PORT))
        with pytest.raises(OSError, match="port-in-use") as refused:
            await node.create_datagram_endpoint(collector, ("::", PORT))
        assert refused.value.errno == errno.EADDRINUSE
        assert not transport.is_closing()
        transport.close()
        transport.abort()
        assert transport.is_closing()
        await asyncio.sleep(0)
        assert protocol.lost == [None]
        transport.sendto(b"too late", ("::1", 1))
        await node.create_datagram_endpoint(collector, ("::", PORT))

    alone(main)


def test_there_are_only_so_many_ports(alone, collector):
    async def main(node):
        for _ in range(node.node.configuration.limits.udp_ports):
            await node.create_datagram_endpoint(collector)
        with pytest.raises(OSError, match="ports-full") as refused:
            await node.create_datagram_endpoint(collector)
        assert refused.value.errno == errno.ENOBUFS

    alone(main)


@pytest.mark.parametrize(
    ("local", "error"),
    [
        (("2001:db8::77", PORT), OSError),
        (("localhost", PORT), socket.gaierror),
        (("::", 65536), OverflowError),
        (("::",), TypeError),
        ("::", TypeError),
    ],
)
def test_an_address_that_cannot_be_bound_is_refused_as_a_socket_does(alone, collector, local, error):
    async def main(node):
        with pytest.raises(error):
            await node.create_datagram_endpoint(collector, local)

    alone(main)


def test_what_cannot_be_sent_to_is_refused_as_a_socket_does(alone, at, collector):
    async def main(node):
        free, _ = await node.create_datagram_endpoint(collector)
        tied, _ = await node.create_datagram_endpoint(collector, remote_addr=(at(1), PORT))
        with pytest.raises(ValueError, match="needs an address"):
            free.sendto(b"where?")
        with pytest.raises(ValueError, match="must be None or"):
            tied.sendto(b"elsewhere", (at(2), PORT))
        with pytest.raises(TypeError):
            free.sendto("text", (at(1), PORT))
        tied.sendto(bytearray(b"here"))
        tied.sendto(memoryview(b"here"), (at(1) + "%lowpan0", PORT))

    alone(main)


def test_a_datagram_to_ourselves_arrives_and_the_peer_alone_is_heard(alone, at, collector):
    async def main(node):
        listening, heard = await node.create_datagram_endpoint(collector, (at(1), PORT), (at(1), PORT + 1))
        peer, answered = await node.create_datagram_endpoint(collector, ("::", PORT + 1))
        stranger, refused = await node.create_datagram_endpoint(collector)
        peer.sendto(b"", (at(1), PORT))
        assert await heard.received.get() == (b"", (at(1), PORT + 1, 0, 0))
        listening.sendto(b"back")
        assert (await answered.received.get())[0] == b"back"
        stranger.sendto(b"me, too", (at(1), PORT))
        assert isinstance(await refused.errors.get(), ConnectionRefusedError)
        assert heard.received.empty()

    alone(main)


def test_what_cannot_be_sent_is_told_to_the_protocol(alone, at, collector):
    async def main(node):
        transport, protocol = await node.create_datagram_endpoint(collector)
        for destination, size, number in (
            (at(2), 1233, errno.EMSGSIZE),
            (at(2, True), 1, errno.ENETUNREACH),
            ("::", 1, errno.EINVAL),
            ("::1", 1, errno.EINVAL),
        ):
            transport.sendto(bytes(size), (destination, PORT))
            error = await protocol.errors.get()
            assert isinstance(error, OSError)
            assert error.errno == number, destination
        with pytest.raises(OSError, match="no-route") as refused:
            await node.ping(at(2, True))
        assert refused.value.errno == errno.ENETUNREACH

    alone(main)


def test_what_the_radio_cannot_send_is_told_once(alone, collector):
    async def main(node):
        transport, protocol = await node.create_datagram_endpoint(collector)
        transport.sendto(bytes(500), ("ff02::1", PORT))
        assert (await protocol.errors.get()).errno == errno.EHOSTUNREACH
        await asyncio.sleep(0.05)
        assert protocol.errors.empty()

    alone(main, Silence(accessed=False))


def test_a_closed_port_refuses_the_connection_of_a_peer_far_away(network, run, at, collector):
    async def main():
        async with network(of_level(5), of_level(5)) as (_, (_, host)):
            transport, protocol = await host.create_datagram_endpoint(collector, remote_addr=(at(1, True), PORT))
            transport.sendto(b"anybody?")
            assert isinstance(await protocol.errors.get(), ConnectionRefusedError)

    run(main())


def test_a_neighbor_that_does_not_answer_is_unreachable(network, run, at, collector):
    async def main():
        async with network(of_level(5), of_level(5)) as (_, (_, host)):
            transport, protocol = await host.create_datagram_endpoint(collector)
            transport.sendto(b"anybody?", (at(9), PORT))
            assert (await protocol.errors.get()).errno == errno.EHOSTUNREACH
            with pytest.raises(OSError, match="No route to host") as unreachable:
                await host.ping(at(9))
            assert unreachable.value.errno == errno.EHOSTUNREACH

    run(main())


def test_a_protocol_that_fails_stops_neither_node_nor_radio(run, configure, at):
    class Failing(asyncio.DatagramProtocol):
        def datagram_received(self, data, addr):
            raise ValueError(data)

    async def main():
        failed = asyncio.Queue()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.put_nowait(context["exception"]))
        async with AsyncioNode(configure(1), Silence()) as node:
            await node.wait_for_address(link_local=True)
            transport, _ = await node.create_datagram_endpoint(Failing, ("::", PORT))
            transport.sendto(b"boom", (at(1), PORT))
            assert isinstance(await failed.get(), ValueError)
            assert (await node.ping(at(1))).source == at(1)

    run(main())


def test_closing_a_node_ends_everything_that_waits(run, configure, at, collector):
    async def main():
        node = AsyncioNode(configure(1), Silence())
        with pytest.raises(OSError, match="has not been started"):
            node.send_icmpv6(at(2), b"\x80\0\0\0\0\0\0\0")
        await node.start()
        await node.wait_for_address(link_local=True)
        _, protocol = await node.create_datagram_endpoint(collector)
        waiting = [asyncio.ensure_future(node.ping("ff02::2")), asyncio.ensure_future(node.wait_for_address())]
        await asyncio.sleep(0)
        await node.close()
        await node.close()
        assert protocol.lost == [None]
        for error in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(error, OSError)
            assert error.errno == errno.ESHUTDOWN
        assert node.addresses == ()

    run(main())
