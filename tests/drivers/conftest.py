"""Nodes over real UDP sockets on loopback, in one event loop, and whatever they need."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import Profile, of_level
from p6lowpan.drivers.asyncio_node import AsyncioNode
from p6lowpan.drivers.dispatcher import Passes, ZepDispatcher
from p6lowpan.drivers.zep import ZepRadio, zep_link
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.wire.address import Ipv6Address, LinkAddress, format_ipv6, interface_identifier, link_local
from p6lowpan.wire.sixlowpan.contexts import Context

PREFIX = bytes.fromhex("20010db800000000")
LIMITS = replace(
    P6LOWPAN,
    router_solicitation_delay_us=1_000,
    router_solicitation_interval_us=300_000,
    advertisement_delay_us=1_000,
    advertisement_spacing_us=1_000,
    retransmission_timer_us=100_000,
    registration_timer_us=500_000,
)
"""As always, but that nobody waits for the others' sake: the medium holds three nodes."""


def eui64(number: int) -> LinkAddress:
    return LinkAddress(bytes.fromhex("02000000000000") + bytes((number,)))


def link_local_of(number: int) -> str:
    return format_ipv6(link_local(eui64(number)))


def global_of(number: int) -> str:
    return format_ipv6(PREFIX + interface_identifier(eui64(number)))


def configuration(
    number: int, profile: Profile | None = None, role: Role = Role.HOST, advertise: Advertise = Advertise.ALWAYS
) -> NodeConfiguration:
    profile = profile or of_level(5)
    is_border = role is Role.BORDER_ROUTER
    discovery = Configuration(
        role=role,
        extended=eui64(number),
        profile=profile,
        advertise=advertise,
        prefixes=(AdvertisedPrefix(Ipv6Address(PREFIX + bytes(8))),) if is_border else (),
        contexts=(Context(0, PREFIX + bytes(8), 64),) if is_border else (),
    )
    return NodeConfiguration(
        link=zep_link(eui64(number), 0xABCD),
        discovery=discovery,
        profile=profile,
        policy=Policy.OPTIMISTIC,
        limits=LIMITS,
        seed=number,
    )


class Network(NamedTuple):
    """A dispatcher, a border router with number 1, and hosts with the numbers that follow."""

    dispatcher: ZepDispatcher
    nodes: tuple[AsyncioNode, ...]


class Collector(asyncio.DatagramProtocol):
    """Keeps what its endpoint tells."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.received: asyncio.Queue[tuple[bytes, Any]] = asyncio.Queue()
        self.errors: asyncio.Queue[Exception] = asyncio.Queue()
        self.lost: list[Exception | None] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.received.put_nowait((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.errors.put_nowait(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)


@pytest.fixture
def collector() -> type[Collector]:
    return Collector


@pytest.fixture
def configure() -> Callable[..., NodeConfiguration]:
    return configuration


@pytest.fixture
def at() -> Any:
    """``at(2)`` is the link-local address of node 2, ``at(2, True)`` its global one."""
    return lambda number, routable=False: global_of(number) if routable else link_local_of(number)


@pytest.fixture
def run() -> Callable[[Awaitable[Any]], Any]:
    """Run a coroutine to its end; an exception that nobody caught in the loop fails the test."""

    def until_done(main: Any) -> Any:
        unhandled: list[dict[str, Any]] = []

        async def watched() -> Any:
            asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
            async with asyncio.timeout(30):
                return await main

        result = asyncio.run(watched())
        assert unhandled == []
        return result

    return until_done


@pytest.fixture
def network() -> Any:
    """``async with network(profile, ...)``: nodes of these profiles that know one another, behind a dispatcher."""

    class Opened(AsyncExitStack):
        def __init__(self, *profiles: Profile, passes: Passes | None = None, **settings: Any) -> None:
            super().__init__()
            self.profiles = profiles
            self.passes = passes
            self.settings = settings

        async def __aenter__(self) -> Network:  # type: ignore[override]
            await super().__aenter__()
            dispatcher = await self.enter_async_context(ZepDispatcher(("::1", 0), passes=self.passes))
            nodes = []
            for number, profile in enumerate(self.profiles, 1):
                role = Role.BORDER_ROUTER if number == 1 else Role.HOST
                radio = ZepRadio([dispatcher.sockname[:2]], local=("::1", 0), registers_as=eui64(number))
                node = AsyncioNode(configuration(number, profile, role, **self.settings), radio)
                nodes.append(await self.enter_async_context(node))
                await node.wait_for_address()
            return Network(dispatcher, tuple(nodes))

    return Opened
