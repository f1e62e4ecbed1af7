"""UDP over 6LoWPAN between processes: a server that sends every datagram back, and clients of any level.

python examples/udp_echo.py server                      # a dispatcher, and a border router that echoes
python examples/udp_echo.py client --level 2 hello      # in other terminals
"""

import argparse
import asyncio

from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio
from p6lowpan.machines.neighbor_discovery.configuration import Role
from two_nodes import configuration

ECHO_PORT = 7
SERVER, CLIENT = "0200000000000001", "0200000000000002"


class Echo(asyncio.DatagramProtocol):
    """Sends back what comes."""

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # as asyncio has it
        """The port is bound."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A datagram came."""
        self.transport.sendto(data, addr)


class Answer(asyncio.DatagramProtocol):
    """Waits for one datagram."""

    def __init__(self) -> None:
        self.data: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - it is connected
        """A datagram came."""
        self.data.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody is there."""
        self.data.set_exception(exc)


async def serve(port: int) -> None:
    """Until somebody stops us."""
    async with ZepDispatcher(("::1", port)) as dispatcher:
        place = dispatcher.sockname[:2]
        print(f"the dispatcher is at port {place[1]}", flush=True)
        router = configuration(SERVER, 5, Role.BORDER_ROUTER, "2001:db8::")
        async with AsyncioNode(router, ZepRadio([place], local=("::1", 0))) as node:
            await node.create_datagram_endpoint(Echo, local_addr=("::", ECHO_PORT))
            await asyncio.Event().wait()


async def ask(port: int, level: int, text: str) -> None:
    """Send one datagram, print what comes back."""
    leaf = configuration(CLIENT, level, Role.HOST)
    async with AsyncioNode(leaf, ZepRadio([("::1", port)], local=("::1", 0))) as node:
        await node.wait_for_address()
        transport, answer = await node.create_datagram_endpoint(Answer, remote_addr=("2001:db8::1", ECHO_PORT))
        transport.sendto(text.encode())
        print((await asyncio.wait_for(answer.data, 10)).decode())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=("server", "client"))
    parser.add_argument("text", nargs="?", default="hello")
    parser.add_argument("--port", type=int, default=17754, help="of the dispatcher, on ::1")
    parser.add_argument("--level", type=int, default=5, help="of the client")
    given = parser.parse_intermixed_args()
    asyncio.run(serve(given.port) if given.role == "server" else ask(given.port, given.level, given.text))
