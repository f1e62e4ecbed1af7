"""Run in a network namespace of its own: a gateway with a TUN interface, nodes of every level, and the host's kernel,
which pings them and is pinged. Prints what it finds, in JSON."""

import asyncio
import json
import os
import socket
import struct
import sys
from pathlib import Path

import aiocoap
from pyroute2 import IPRoute

from gateway.coap_client import conversation
from gateway.host_stream import both_ways
from gateway.leaves import Leaves, address, text
from p6lowpan.capability.reasons import Reason
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import read_plan

HOST = "2001:db8:2::1"
STRANGER = "2001:db8:2::7"  # an address of the host that is not the interface's
IPV6_RECVERR = 25  # linux/in6.h: errors that may pass are told as well
SIZES = (0, 1, 63, 100, 500, 1232)
LEVELS = range(7)
STREAMING = (0, 3, 6)


def ping(node: str, size: int, source: str = HOST, wait: float = 5.0) -> bool:
    """Whether the kernel brings back what it was given, as ping does."""
    payload = os.urandom(size)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
        raw.bind((source, 0))
        raw.settimeout(wait)
        raw.sendto(struct.pack("!BBHHH", 128, 0, 0, 7, size) + payload, (node, 0))
        try:
            while True:
                reply, (sender, *_) = raw.recvfrom(2048)
                if reply[0] == 129 and sender == node and reply[8:] == payload:
                    return True
        except TimeoutError:
            return False


def udp(node: str) -> str:
    """What becomes of a datagram to a port that nobody has."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as datagrams:
        datagrams.settimeout(5)
        datagrams.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        datagrams.connect((node, 9999))
        datagrams.send(b"hello")
        try:
            datagrams.recv(100)
        except OSError as error:
            return type(error).__name__
    return "an answer"


async def coap(nodes: list[str]) -> list:
    """What a CoAP client of the host gets from each node."""
    client = await aiocoap.Context.create_client_context()
    try:
        return await asyncio.gather(*(conversation(client, f"[{node}]") for node in nodes))
    finally:
        await client.shutdown()


def air_full(gateway: Gateway) -> int:
    """How many packets found no room to wait for the radio."""
    return sum(one["count"] for one in gateway.drops() if one["reason"] == Reason.AIR_FULL.value)


def set_up_loopback() -> None:
    with IPRoute() as routing:
        (loopback,) = routing.link_lookup(ifname="lo")
        routing.link("set", index=loopback, state="up")
        routing.addr("add", index=loopback, address=STRANGER, prefixlen=128)


async def main(folder: Path) -> None:
    tun = f'[tun]\nname = "lowpan%d"\naddresses = ["{HOST}/128"]\n'
    async with Leaves(*LEVELS) as leaves:
        gateway = Gateway(read_plan(text(folder, leaves.medium, tun=tun), "gateway.toml"))
        await gateway.start()
        try:
            await leaves.have_addresses()
            nodes = [address(number) for number, _ in enumerate(LEVELS, 1)]
            pings = {node: [await asyncio.to_thread(ping, node, size) for size in SIZES] for node in nodes}
            inside = [len((await node.ping(HOST, bytes(900))).payload) for node in leaves.nodes]
            streams = await asyncio.gather(
                *(both_ways(HOST, leaves.nodes[level], nodes[level], 200, 15, 1.5) for level in STREAMING)
            )
            before = air_full(gateway)
            flood = (await both_ways(HOST, leaves.nodes[6], nodes[6], 300, 400, 0.3))["down"]
            print(json.dumps({
                "streams": streams,
                "flood": flood,
                "flood dropped": air_full(gateway) - before,
                "coap": await coap(nodes),
                "pings": pings,
                "inside": inside,
                "port": await asyncio.to_thread(udp, nodes[3]),
                "gateway": await asyncio.to_thread(ping, address(255), 100),
                "absent": await asyncio.to_thread(udp, address(99)),
                "stranger": await asyncio.to_thread(ping, nodes[0], 8, STRANGER, 0.5),
                "drops": {drop["reason"]: drop["count"] for drop in gateway.drops()},
            }))  # fmt: skip
        finally:
            await gateway.close()


if __name__ == "__main__":
    set_up_loopback()
    asyncio.run(main(Path(sys.argv[1])))
