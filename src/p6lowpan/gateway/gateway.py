"""The gateway, assembled: its networks, the backbone between them and the host, the database, and who looks at it.

    gateway = Gateway(read_plan(text, "gateway.toml"))
    await gateway.start()
    ...
    gateway.change(read_plan(other_text, "gateway.toml"))
    await gateway.close()

A packet that leaves a network goes to the network whose prefix holds its destination, else to the host. Each network
judges what comes in by its own rules, wherever it comes from.
"""

import asyncio
import contextlib
import secrets
from collections import Counter
from dataclasses import fields
from typing import Any

from p6lowpan.capability.errors import UsageError, said_by
from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.tun import Tun
from p6lowpan.gateway.control import ControlServer
from p6lowpan.gateway.logs import LOGGER, set_up
from p6lowpan.gateway.lowpan import Lowpan
from p6lowpan.gateway.metrics import MetricsServer
from p6lowpan.gateway.plan import GatewayPlan
from p6lowpan.gateway.status import Record, drops_of, neighbors_of, status_of
from p6lowpan.gateway.store import BEHIND_SECONDS, Store

MEMORY = ":memory:"
NO_ROUTE, NOT_TAKEN = Reason.NO_ROUTE.value, "not-taken"
DESTINATION = slice(24, 40)
CHANGEABLE = frozenset({"log", "log_level", "networks"})
CHANGEABLE_IN_NETWORK = frozenset({"permit", "permit_host", "air_kbps", "burst_us", "known", "contexts"})


class Gateway:
    """See the module. Raises :class:`UsageError` and :class:`OSError` for what cannot be."""

    def __init__(self, plan: GatewayPlan) -> None:
        self.plan = plan
        self.lost: Counter[str] = Counter()
        self.tun = None
        if plan.tun is not None:
            routes = [str(network.inside) for network in plan.networks]
            self.tun = Tun(plan.tun.name, list(map(str, plan.tun.addresses)), routes)
        self.control = ControlServer(plan.control, self)
        self.metrics = None if plan.metrics is None else MetricsServer(plan.metrics, self)
        self._writer: asyncio.Task[None] | None = None
        self.store = Store(plan.state or MEMORY)
        with contextlib.ExitStack() as failed:
            failed.callback(self.store.close)
            self.store.claim()  # before anything of it is read: what another still writes would be missing
            self.lowpans = [
                Lowpan(plan, network, self.store, secrets.randbits(64), self._outward) for network in plan.networks
            ]
            failed.pop_all()

    async def start(self) -> None:
        """Begin. Raises :class:`OSError`: a socket or an interface is not to be had."""
        await self.control.open()
        for lowpan in self.lowpans:
            await lowpan.start()
        if self.tun is not None:
            await self.tun.open(self._inward)
        if self.metrics is not None:
            await self.metrics.open()
        self._writer = asyncio.create_task(self._write_behind())
        self.control.answer()
        for lowpan in self.lowpans:
            known = len(lowpan.keeping.restored.registrations)
            LOGGER.info("network is up", extra={"network": lowpan.plan.name, "restored": known})

    async def close(self) -> None:
        """End. No harm in doing it twice, or after a start that failed."""
        if self._writer is not None:
            self._writer.cancel()
        if self.tun is not None:
            self.tun.close()
        await self.control.close()
        if self.metrics is not None:
            await self.metrics.close()
        for lowpan in self.lowpans:
            await lowpan.close()
        self.store.close()

    def change(self, plan: GatewayPlan) -> None:
        """Another configuration from now on. Raises :class:`UsageError`, and changes nothing, where it differs in what
        only a restart can change."""
        _refuse(CHANGEABLE, self.plan, plan, "")
        if [one.name for one in plan.networks] != [one.name for one in self.plan.networks]:
            raise UsageError("network: networks come and go with a restart alone")
        for number, (before, after) in enumerate(zip(self.plan.networks, plan.networks, strict=True)):
            _refuse(CHANGEABLE_IN_NETWORK, before, after, f"network[{number}].")
        for lowpan, network in zip(self.lowpans, plan.networks, strict=True):
            lowpan.change(plan, network)
        set_up(plan.log, plan.log_level)
        self.plan = plan
        LOGGER.info("configuration is changed")

    # --- packets -----------------------------------------------------------------------------------------------------

    def _inward(self, packet: bytes) -> None:
        """The host sends a packet."""
        lowpan = self._behind(packet[DESTINATION])
        if lowpan is None:
            self.lost[NO_ROUTE] += 1
        else:
            lowpan.inward(packet)

    def _outward(self, sender: Lowpan, packet: bytes) -> None:
        """A network sends a packet."""
        lowpan = self._behind(packet[DESTINATION])
        if lowpan is not None and lowpan is not sender:
            lowpan.inward(packet)
        elif lowpan is None and self.tun is not None:
            self.tun.send(packet)
        else:
            self.lost[NO_ROUTE] += 1

    def _behind(self, destination: bytes) -> Lowpan | None:
        for lowpan in self.lowpans:
            if lowpan.inside.holds(destination):
                return lowpan
        return None

    # --- who looks ---------------------------------------------------------------------------------------------------

    def status(self) -> list[Record]:
        """A record for each network."""
        return [status_of(lowpan) for lowpan in self.lowpans]

    def neighbors(self) -> list[Record]:
        """A record for each neighbor."""
        return [record for lowpan in self.lowpans for record in neighbors_of(lowpan, lowpan.node.now)]

    def drops(self) -> list[Record]:
        """A record for each reason; what was lost between the networks is of none."""
        between = [{"network": "", "where": "gateway", "reason": why, "count": n} for why, n in self.lost.items()]
        if self.tun is not None and self.tun.lost:
            between.append({"network": "", "where": "tun", "reason": NOT_TAKEN, "count": self.tun.lost})
        return [*(record for lowpan in self.lowpans for record in drops_of(lowpan)), *between]

    def nearest(self, destination: bytes) -> Lowpan:
        """The network of an address; the first one for addresses of none."""
        return self._behind(destination) or self.lowpans[0]

    async def _write_behind(self) -> None:
        said = ""
        while True:
            await asyncio.sleep(BEHIND_SECONDS)
            for lowpan in self.lowpans:
                lowpan.tend()
            fault = await asyncio.to_thread(_fault_of, self.store)
            if fault and fault != said:
                LOGGER.error("the state is not on the disk", extra={"error": fault})
            said = fault


def _fault_of(store: Store) -> str:
    """Have the disk take what was written; why it does not, empty where it does."""
    try:
        store.sync()
    except OSError as error:
        return said_by(error)
    return ""


def _refuse(changeable: frozenset[str], before: Any, after: Any, place: str) -> None:  # Any: two plans of one class
    for field in fields(before):
        if field.name not in changeable and getattr(before, field.name) != getattr(after, field.name):
            raise UsageError(f"{place}{field.name}: changes with a restart alone; nothing was changed")
