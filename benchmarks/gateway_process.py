"""A gateway in a process of its own, and beside it one that sends datagrams back: what is measured is their CPU time.

    python -m benchmarks.gateway_process gateway FD PORT... --neighbors N
    python -m benchmarks.gateway_process echo

The first line on standard output says, in JSON, where the process receives. Each line on standard input is answered
with what the process has used so far. The backbone is a socket that keeps packets apart, read and written as a TUN
interface is.
"""

import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

from benchmarks.gateway_traffic import PAN, gateway_eui64, prefix_of
from p6lowpan.drivers.tun import Received, Tun
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan
from p6lowpan.wire.address import format_ipv6

PAGE = os.sysconf("SC_PAGE_SIZE")


def text(folder: Path, ports: list[int], neighbors: int) -> str:
    """A gateway with a network for each port at which somebody is its radio's peer."""
    whole = f'state = "{folder}/state.db"\ncontrol = "{folder}/control.sock"\nlog_level = "warning"\n'
    for network, port in enumerate(ports, 1):
        prefix = format_ipv6(prefix_of(network))
        whole += f"""
[[network]]
name = "network-{network}"
eui64 = "{gateway_eui64(network).hex()}"
pan = {PAN}
prefix = "{prefix}/64"
contexts = ["0={prefix}/64"]
permit = ["any"]
air_kbps = 1000
neighbors = {max(8, neighbors)}
radio = {{ kind = "zep", peers = ["[::1]:{port}"], local = "[::1]:0", registers = false }}
"""
    return whole


class SocketTun(Tun):
    """A backbone without an interface: reads and writes are those of a TUN interface."""

    def __init__(self, file: int) -> None:
        super().__init__("benchmark")
        self._backbone = self._file = file

    async def open(self, received: Received) -> None:
        """Begin to receive."""
        os.set_blocking(self._backbone, False)
        asyncio.get_running_loop().add_reader(self._backbone, self._readable, self._backbone, received)


class Echo(asyncio.DatagramProtocol):
    """Sends every datagram back."""

    def connection_made(self, transport: Any) -> None:
        """Where to."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """There it is."""
        self.transport.sendto(data, addr)


async def gateway(file: int, ports: list[int], neighbors: int) -> None:
    """Until standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        one = Gateway(read_plan(text(Path(folder), ports, neighbors), "benchmark.toml"))
        one.tun = SocketTun(file)
        await one.start()
        radios: list[Any] = [lowpan.radio for lowpan in one.lowpans]
        try:
            await answer({"ports": [radio.sockname[1] for radio in radios]}, one)
        finally:
            await one.close()


async def echo() -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("::1", 0))
    await answer({"ports": [transport.get_extra_info("sockname")[1]]}, None)


async def answer(first: dict[str, Any], one: Gateway | None) -> None:
    """Say what is used whenever that is asked."""
    print(json.dumps(first), flush=True)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        print(json.dumps(used(one, line.strip() == b"whole")), flush=True)


def used(one: Gateway | None, whole: bool) -> dict[str, Any]:
    """CPU time; and on demand memory, and how much is known."""
    said: dict[str, Any] = {"seconds": time.process_time()}
    if whole:
        gc.collect()
        said["resident"] = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        said["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        said["traced"] = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0
        said["registrations"] = sum(len(each.node.node.discovery.cache) for each in one.lowpans) if one else 0
        said["drops"] = one.drops() if one else []
    return said


def main() -> None:
    """As the module says."""
    if sys.argv[1] == "echo":
        asyncio.run(echo())
        return
    *numbers, _, neighbors = sys.argv[2:]
    file, *ports = map(int, numbers)
    asyncio.run(gateway(file, ports, int(neighbors)))


if __name__ == "__main__":
    main()
