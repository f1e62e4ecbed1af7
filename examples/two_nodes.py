"""A border router of level 5 and a leaf of level 1 in one process: they meet, ping, and say what they learned.

python examples/two_nodes.py
"""

import asyncio

from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.outputs import LevelLearned, Output
from p6lowpan.wire.address import parse_ipv6, parse_link


def configuration(eui64: str, level: int, role: Role, prefix: str = "") -> NodeConfiguration:
    """A node: who it is, what it can do, which part it plays."""
    extended, profile = parse_link(eui64), of_level(level)
    prefixes = (AdvertisedPrefix(parse_ipv6(prefix)),) if prefix else ()
    return NodeConfiguration(
        link=zep_link(extended, pan=0xABCD),
        discovery=Configuration(role=role, extended=extended, profile=profile, prefixes=prefixes),
        profile=profile,
    )


async def main() -> None:
    """Two nodes and a medium between them."""

    def report(output: Output) -> None:
        if isinstance(output, LevelLearned):
            print(f"{output.neighbor.hex(':')} is {output.profile.name}, learned by {output.how}")

    async with ZepDispatcher(("::1", 0)) as medium:
        place = medium.sockname[:2]
        router = AsyncioNode(
            configuration("0200000000000001", 5, Role.BORDER_ROUTER, "2001:db8::"), ZepRadio([place], local=("::1", 0))
        )
        leaf = AsyncioNode(configuration("0200000000000002", 1, Role.HOST), ZepRadio([place], local=("::1", 0)))
        router.listeners.append(report)
        async with router, leaf:
            print("the leaf has", await leaf.wait_for_address())
            for size in (8, 1000):
                pong = await leaf.ping("2001:db8::1", bytes(size))
                print(f"{len(pong.payload)} octets back from {pong.source} in {pong.seconds * 1000:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
