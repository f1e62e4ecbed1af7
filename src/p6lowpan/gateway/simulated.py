"""A radio without hardware: the simulator's medium in real time, with a node of every level on it.

The gateway's radio is a station of its own kind: what it is given it puts on the air, one frame after the other, and
what it hears it hands up. The world moves when its time has come or something is sent. Every node answers pings, sends
back what comes to UDP port 7, and is a CoAP server with ``/echo``.
"""

import asyncio
from collections import deque
from dataclasses import replace

from p6lowpan.capability.features import HIGHEST_LEVEL
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import of_level
from p6lowpan.drivers.radio import RadioListener
from p6lowpan.machines.link.configuration import LinkKey, LinkSecurity, MacConfiguration
from p6lowpan.machines.link.outputs import Transmit
from p6lowpan.machines.neighbor_discovery.configuration import Configuration, Role
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import FrameReceived, Input, TransmitDone, Wake
from p6lowpan.node.services import ServingNode, echoes
from p6lowpan.simulator.world import World
from p6lowpan.wire.address import LinkAddress

MICROSECONDS = 1_000_000
NODES = bytes.fromhex("02000000000000")
"""The nodes' EUI-64s begin so; their number follows: 02:00:00:00:00:00:00:01 is of level 0."""

HASTE = replace(P6LOWPAN, router_solicitation_delay_us=50_000, router_solicitation_interval_us=1_000_000)
"""Nobody else is there whom they could disturb by asking at once."""


class _Antenna:
    """The gateway's station: frames go up and down."""

    deadline = None

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque()  # as long as the link's queue, which waits for TransmitDone
        self.listener: RadioListener | None = None
        self._sending = False

    def handle(self, _now: int, given: Input, /) -> tuple[object, ...]:
        """Hand up what was heard; send what waits."""
        if self.listener is not None and isinstance(given, FrameReceived):
            self.listener.frame_received(given.octets, given.link_quality)
        elif isinstance(given, TransmitDone):
            self._sending = False
            if self.listener is not None:
                self.listener.transmitted(None, given.accessed)
        if self._sending or not self.waiting:
            return ()
        self._sending = True
        return (Transmit(self.waiting.popleft()),)


def demo_node(number: int, pan: int, key: bytes | None = None) -> NodeConfiguration:
    """The node with this number, from 1 on; its level is 0 to 6 in turn."""
    extended, profile = LinkAddress(NODES + bytes((number,))), of_level((number - 1) % (HIGHEST_LEVEL + 1))
    security = None if key is None else LinkSecurity((LinkKey(key),))
    link = MacConfiguration(extended, None, pan, security)
    discovery = Configuration(Role.HOST, extended, profile=profile, link_secured=security is not None)
    return NodeConfiguration(link=link, discovery=discovery, profile=profile, limits=HASTE, seed=number)


class SimulatedRadio:
    """See the module."""

    does_csma = False
    acknowledges = False

    def __init__(self, nodes: int, pan: int, key: bytes | None = None) -> None:
        self.world = World(seed=1)
        self._antenna = _Antenna()
        self._number = self.world.add(self._antenna, "gateway")
        for number in range(1, nodes + 1):
            node = ServingNode(demo_node(number, pan, key), echoes(HASTE, number))
            self.world.connect(self._number, self.world.add(node))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._origin = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._moving = False

    async def open(self, listener: RadioListener) -> None:
        """Let the world begin."""
        self._loop = asyncio.get_running_loop()
        self._origin = self._loop.time()
        self._antenna.listener = listener
        self._loop.call_soon(self._move)

    async def close(self) -> None:
        """The world stands still."""
        self._antenna.listener = self._loop = None
        if self._timer is not None:
            self._timer.cancel()

    def transmit(self, octets: bytes) -> None:
        """Send a frame."""
        if self._loop is None:
            return
        self._antenna.waiting.append(octets)
        # The world stands where its last event was: what is sent now is not sent then, or it would be there in no time.
        now = self.world.now if self._moving else max(self.world.now, self._elapsed(self._loop))
        self.world.inject(now, self._number, Wake())
        if not self._moving:
            self._loop.call_soon(self._move)

    def channel_is_clear(self) -> bool:
        """Whether none of the nodes is sending: all hear the gateway, and the gateway hears all."""
        self._catch_up()
        return self.world.is_clear(self._number)

    def _elapsed(self, loop: asyncio.AbstractEventLoop) -> int:
        return int((loop.time() - self._origin) * MICROSECONDS)

    def _catch_up(self) -> None:
        """Let happen what is due."""
        if self._loop is None or self._moving:
            return
        self._moving = True
        try:
            self.world.run(max(self.world.now, self._elapsed(self._loop)))
        finally:
            self._moving = False

    def _move(self) -> None:
        """Let happen what is due, and come again when something will be."""
        self._catch_up()
        if self._timer is not None:
            self._timer.cancel()
        due = self.world.next_event
        if self._loop is not None and due is not None:
            self._timer = self._loop.call_at(self._origin + due / MICROSECONDS, self._move)
