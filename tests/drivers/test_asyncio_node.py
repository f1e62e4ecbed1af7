"""Nodes over real sockets: addresses, pings, datagrams of many sizes, whatever the levels."""

import asyncio
import errno
from dataclasses import replace

import pytest

from p6lowpan.capability.profile import of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
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


def test_a_request_that_runs_out_of_hops_is_reported_by_the_router(network, run, at):
    async def main():
        async with network(of_level(5), of_level(5), of_level(5)) as (_, (_, host, _)):
            assert (await host.ping(at(3, True))).source == at(3, True)
            with pytest.raises(OSError, match="time-exceeded") as reported:
                await host.ping(at(3, True), hop_limit=1)
            assert reported.value.errno == errno.EHOSTUNREACH

    run(main())


def test_a_request_that_nobody_answers_ends_in_time(run, configure):
    async def main():
        async with AsyncioNode(configure(1), ZepRadio([("::1", 9)], local=("::1", 0))) as node:
            with pytest.raises(TimeoutError):
                await node.ping("ff02::2", timeout=0.05)

    run(main())


def test_a_radio_without_csma_is_asked_for_the_channel(run, configure, at):
    class Listening(ZepRadio):
        does_csma = False
        asked = 0

        def channel_is_clear(self):
            self.asked += 1
            return self.asked % 2 == 0

    async def main():
        one = Listening([("::1", 1)], local=("::1", 0))
        async with AsyncioNode(with_csma(configure(1)), one) as first:
            other = Listening([one.sockname[:2]], local=("::1", 0))
            async with AsyncioNode(with_csma(configure(2)), other):
                one.peers[:] = [other.sockname[:2]]
                assert len((await first.ping(at(2), bytes(300))).payload) == 300
        assert one.asked > 3

    def with_csma(configuration):
        return replace(configuration, link=replace(configuration.link, hardware_csma=False))

    run(main())


def test_a_secured_link_carries_datagrams_and_no_stranger_in_the_medium(run, configure, at):
    security = LinkSecurity((LinkKey(bytes(range(16))),))

    def secured(configuration):
        link = zep_link(configuration.link.extended, 0xABCD, security=security)
        return replace(configuration, link=link, discovery=replace(configuration.discovery, link_secured=True))

    async def main():
        async with ZepDispatcher(("::1", 0)) as medium:
            one, other, stranger = [ZepRadio([medium.sockname[:2]], local=("::1", 0)) for _ in "123"]
            async with (
                AsyncioNode(secured(configure(1)), one) as first,
                AsyncioNode(secured(configure(2)), other) as second,
                AsyncioNode(configure(3), stranger) as third,
            ):
                assert (await second.ping(at(1), bytes(200))).payload == bytes(200)
                with pytest.raises(TimeoutError):
                    await third.ping(at(1), timeout=0.1)
                assert first.dropped[Reason.SECURITY_TOO_LOW] > 0

    run(main())
