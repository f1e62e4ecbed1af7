"""Run in the guest: nodes of ours over its interfaces, by the driver for raw ones, as neighbors of the kernel that it
runs on. Prints what it finds, in JSON."""

import asyncio
import json
import subprocess
from collections.abc import Coroutine

from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.raw_interface import RawInterfaceRadio
from peers.linux.ends import OUR_LINK_LOCAL, OURS, SECOND, THIRD, node_of, pattern
from peers.linux.names import LINK_LOCAL

SIZES = 0, 1, 80, 200, 1232
PATIENCE = 20


def found_by(node: AsyncioNode, radio: RawInterfaceRadio) -> dict[str, object]:
    dropped = {reason.value: count for reason, count in (node.dropped + radio.dropped).items()}
    return {"dropped": dropped, "send_errors": radio.send_errors}


async def pings(node: AsyncioNode, address: str) -> list[bool]:
    return [(await node.ping(address, pattern(size), timeout=PATIENCE)).payload == pattern(size) for size in SIZES]


async def kernel_pings(address: str) -> list[bool]:
    """Whether the kernel's own requests were answered."""
    answered = []
    for size in SIZES:
        command = "/bin/busybox", "ping6", "-c", "1", "-W", str(PATIENCE), "-s", str(size), f"{address}%lowpan0"
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
        answered.append(await process.wait() == 0)
    return answered


async def with_kernel(interface: str) -> dict[str, object]:
    """A node and the kernel. On this air nobody acknowledges, and nothing is lost."""
    radio = RawInterfaceRadio(interface)
    async with AsyncioNode(node_of(OURS), radio) as node:
        await node.wait_for_address(link_local=True)
        ours = await pings(node, LINK_LOCAL)
        return {"we": ours, "it": await kernel_pings(OUR_LINK_LOCAL), **found_by(node, radio)}


async def among_ourselves(*interfaces: str) -> dict[str, object]:
    """Two nodes on monitors: neither hardware nor kernel acknowledges anything there, so that the nodes must."""
    one, other = (RawInterfaceRadio(interface, acknowledges=False) for interface in interfaces)
    asks, answers = (node_of(eui64, acknowledges=False) for eui64 in (SECOND, THIRD))
    async with AsyncioNode(asks, one) as asking, AsyncioNode(answers, other) as asked:
        await asking.wait_for_address(link_local=True)
        address = await asked.wait_for_address(link_local=True)
        return {"we": await pings(asking, address), **found_by(asking, one)}


async def main() -> None:
    shell("ip link set wpan2 up")
    found = {"node": await tried(with_kernel("wpan2"))}
    shell("ip link set wpan2 down; iwpan phy phy2 interface add mon2 type monitor; ip link set mon2 up")
    found |= {"monitor": await tried(with_kernel("mon2")), "monitors": await tried(among_ourselves("mon0", "mon2"))}
    print(json.dumps(found))


async def tried(case: Coroutine[None, None, dict[str, object]]) -> dict[str, object]:
    """What a case finds; one that fails does not hide the others."""
    try:
        return await case
    except (OSError, TimeoutError) as error:
        return {"error": repr(error)}


def shell(commands: str) -> None:
    subprocess.run(["/bin/sh", "-c", commands], check=True)


if __name__ == "__main__":
    asyncio.run(main())
