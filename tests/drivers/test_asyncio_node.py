"""Nodes over real sockets: addresses, pings, datagrams of many sizes, whatever the levels."""

import asyncio

import pytest

from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.machines.neighbor_discovery.configuration import Advertise

SIZES = (0, 1, 60, 300, 1232)


def test_a_host_gets_an_address_and_both_ends_ping_each_other(network, run, at):
    async def main():
        async with network(of_level(5), of_level(5)) as (_, (border, host)):
            assert host.addresses == (at(2), at(2, True))
            assert await host.wait_for_address() == at(2, True)
            assert await host.wait_for_address(link_local=True) == at(2)
            for size in SIZES:
                pong = await host.ping(at(1, True), bytes(size))
                assert (pong.source, pong.payload) == (at(1, True), bytes(size))
                assert 0 < pong.seconds < 5
            assert (await border.ping(at(2))).source == at(2)

    run(main())


@pytest.mark.parametrize(
    ("border", "host", "advertise"),
    [
        (of_level(5), of_level(0), Advertise.NEVER),
        (of_level(6), of_level(3), Advertise.ALWAYS),
        (of_level(5), of_level(2), Advertise.NEVER),
        (of_flex(0xFFFFFF00), of_flex(0xF0000000), Advertise.NEVER),
    ],
)
def test_datagrams_of_every_size_cross_between_levels(network, run, at, collector, border, host, advertise):
    async def main():
        async with network(border, host, advertise=advertise) as (_, nodes):
            (one, _), (other, received) = [
                await node.create_datagram_endpoint(collector, local_addr=("::", 61616 + number))
                for number, node in enumerate(nodes)
            ]
            for size in SIZES:
                one.sendto(bytes(size), (at(2, True), 61617))
                data, sender = await received.received.get()
                assert (len(data), sender) == (size, (at(1, True), 61616, 0, 0))
            other.sendto(b"back", sender)
            assert await one.get_protocol().received.get() == (b"back", (at(2, True), 61617, 0, 0))

    run(main())


def test_three_nodes_reach_one_another_and_a_group(network, run, at, collector):
    async def main():
        async with network(of_level(5), of_level(4), of_level(1)) as (_, nodes):
            border, *hosts = nodes
            for number, node in enumerate(nodes, 1):
                for other in {1, 2, 3} - {number}:
                    assert (await node.ping(at(other, True), bytes(200))).source == at(other, True)
            listening = [await host.create_datagram_endpoint(collector, ("::", 5683)) for host in hosts]
            for host in hosts:
                host.join_group("ff02::fd")
            transport, _ = await border.create_datagram_endpoint(collector)
            transport.sendto(b"who is there?", ("ff02::fd", 5683))
            for _, protocol in listening:
                assert (await protocol.received.get())[0] == b"who is there?"
            hosts[0].leave_group("ff02::fd")
            transport.sendto(b"and now?", ("ff02::fd", 5683))
            assert (await listening[1][1].received.get())[0] == b"and now?"
            await asyncio.sleep(0.05)
            assert listening[0][1].received.empty()

    run(main())
