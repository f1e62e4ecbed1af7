"""Sustained streams of UDP datagrams between the host and nodes, as iperf sends them: numbered, at a steady rate, and
what is missing at the other end is counted."""

import asyncio
from typing import Any

from p6lowpan.drivers.asyncio_node import AsyncioNode

PORT = 5001  # iperf's
SETTLE_SECONDS = 0.7


class Sink(asyncio.DatagramProtocol):
    """Counts what is new."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.broken = 0

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if data[4:] == filler(len(data)):
            self.numbers.add(int.from_bytes(data[:4], "big"))
        else:
            self.broken += 1


def filler(octets: int) -> bytes:
    return bytes(at % 253 for at in range(octets - 4))


async def send(transport: Any, to: Any, octets: int, per_second: float, seconds: float) -> int:
    """A datagram whenever its time has come."""
    loop = asyncio.get_running_loop()
    began, count = loop.time(), round(per_second * seconds)
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / per_second - loop.time()))
        transport.sendto(number.to_bytes(4, "big") + filler(octets), to)
    return count


async def outcome(sent: int, sink: Sink) -> dict[str, int]:
    """How many were sent, and how many came, when no more come."""
    come = -1
    while come != len(sink.numbers) < sent:
        come = len(sink.numbers)
        await asyncio.sleep(SETTLE_SECONDS)
    return {"sent": sent, "came": len(sink.numbers), "broken": sink.broken}


async def both_ways(
    host: str, node: AsyncioNode, node_address: str, octets: int, per_second: float, seconds: float
) -> dict[str, dict[str, int]]:
    """Two streams at once, host to node and node to host."""
    loop = asyncio.get_running_loop()
    outside, host_sink = await loop.create_datagram_endpoint(Sink, local_addr=(host, 0))
    inside, node_sink = await node.create_datagram_endpoint(Sink, local_addr=("::", PORT))
    back = outside.get_extra_info("sockname")[:2]
    try:
        down, up = await asyncio.gather(
            send(outside, (node_address, PORT), octets, per_second, seconds),
            send(inside, back, octets, per_second, seconds),
        )
        return {"down": await outcome(down, node_sink), "up": await outcome(up, host_sink)}
    finally:
        outside.close()
        inside.close()
