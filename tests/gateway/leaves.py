"""A gateway for as long as a test, and its surroundings: its configuration as text, nodes that reach it over ZEP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import Passes, ZepDispatcher
from p6lowpan.drivers.serving import serve
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.gateway.gateway import Gateway
from p6lowpan.gateway.plan import GatewayPlan, read_plan
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.services import echoes
from p6lowpan.wire.address import LinkAddress

LIMITS = replace(
    P6LOWPAN,
    router_solicitation_delay_us=1_000,
    router_solicitation_interval_us=300_000,
    retransmission_timer_us=200_000,
    registration_timer_us=500_000,
    unicast_solicitations=200,
)
"""Nobody waits for the others' sake, and nobody gives up a gateway that will be back in some seconds."""
PAN = 0xABCD
KEY = bytes(range(16))


def eui64(number: int) -> LinkAddress:
    return LinkAddress(bytes.fromhex("02000000000000") + bytes((number,)))


def address(number: int) -> str:
    return f"2001:db8:1::{number:x}"


def text(folder: Path, medium: tuple, extra: str = "", network: str = "", tun: str = "") -> str:
    """A gateway with the number 255 behind a dispatcher."""
    return f"""
state = "{folder}/state.db"
control = "{folder}/control.sock"
log_level = "warning"
{extra}
{tun}
[[network]]
name = "zep"
eui64 = "02000000000000ff"
pan = {PAN}
prefix = "2001:db8:1::/64"
contexts = ["0=2001:db8:1::/64"]
radio = {{ kind = "zep", peers = ["[{medium[0]}]:{medium[1]}"], local = "[::1]:0" }}
{network}
"""


@contextlib.asynccontextmanager
async def running(plan: GatewayPlan | str) -> AsyncIterator[Gateway]:
    """A gateway that ends with the test; its plan, or the text of one."""
    gateway = Gateway(read_plan(plan, "gateway.toml") if isinstance(plan, str) else plan)
    try:
        await gateway.start()
        yield gateway
    finally:
        await gateway.close()


def leaf(number: int, level: int, medium: tuple, secured: bool = False) -> AsyncioNode:
    """A host; it knows how to reach the medium."""
    profile, extended = of_level(level), eui64(number)
    security = LinkSecurity((LinkKey(KEY),)) if secured else None
    configuration = NodeConfiguration(
        link=zep_link(extended, PAN, security=security),
        discovery=Configuration(Role.HOST, extended, profile=profile, link_secured=secured),
        profile=profile,
        limits=LIMITS,
        seed=number,
    )
    return AsyncioNode(configuration, ZepRadio([medium], local=("::1", 0), registers_as=extended))


class Leaves(contextlib.AsyncExitStack):
    """A dispatcher, and a leaf for each level, numbered from 1 on, which echoes UDP and CoAP."""

    def __init__(
        self,
        *levels: int,
        secured: bool = False,
        passes: Passes | None = None,
        dispatcher: ZepDispatcher | None = None,
    ) -> None:
        super().__init__()
        self.levels = levels
        self.secured = secured
        self.dispatcher = dispatcher or ZepDispatcher(("::1", 0), passes=passes)
        self.nodes: list[AsyncioNode] = []

    @property
    def medium(self) -> tuple:
        return self.dispatcher.sockname[:2]

    async def __aenter__(self) -> "Leaves":
        await super().__aenter__()
        await self.enter_async_context(self.dispatcher)
        for number, level in enumerate(self.levels, 1):
            node = await self.enter_async_context(leaf(number, level, self.medium, self.secured))
            serve(node, echoes(LIMITS, number))
            self.nodes.append(node)
        return self

    async def have_addresses(self) -> None:
        """All have registered with the gateway."""
        await asyncio.gather(*(node.wait_for_address() for node in self.nodes))
