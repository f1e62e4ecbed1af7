"""Services of a node in an event loop."""

import asyncio
import errno

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.serving import serve
from p6lowpan.node.services import echoes


def test_a_datagram_comes_back_from_the_address_that_was_asked_and_a_port_is_served_once(run, network, at, collector):
    async def main():
        async with network(of_level(5), of_level(2)) as (_, (router, host)):
            serve(router, echoes(P6LOWPAN))
            with pytest.raises(OSError) as taken:  # noqa: PT011 - its number is looked at
                serve(router, echoes(P6LOWPAN))
            for remote in (at(1), at(1, True)):
                transport, heard = await host.create_datagram_endpoint(collector, remote_addr=(remote, 7))
                transport.sendto(b"hello")
                assert (await heard.received.get())[0] == b"hello"
                transport.close()
            transport, heard = await host.create_datagram_endpoint(collector, remote_addr=(at(1), 7))
            transport.sendto(b"too late")
            await router.close()  # what is told behind that answers nobody, and disturbs nobody
            await asyncio.sleep(0.05)
            return taken.value.errno

    assert run(main()) == errno.EADDRINUSE
