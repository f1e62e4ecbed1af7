"""A medium for ZEP radios in several processes: whoever sends or registers hears what the others send.

    dispatcher = ZepDispatcher(("::1", 17754))
    await dispatcher.open()

It does what RIOT's zep_dispatch does: a radio is known by the address that its datagrams come from, and what it sends
goes to every other radio. What is no ZEP datagram goes to nobody. ``passes`` decides about each datagram and each
receiver: :class:`Loss` is one such decision, a topology another.
"""

import asyncio
from collections import Counter
from collections.abc import Callable

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.zep import PORT, REGISTRATION, DataVersion2
from p6lowpan.drivers.zep import SocketAddress
from p6lowpan.drivers.zep_datagram import read_datagram
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.outcomes import Dropped

RADIOS = 256
"""At most; the one that came first goes, and comes back with its next datagram."""

Passes = Callable[[SocketAddress, SocketAddress], bool]
"""Whether a datagram goes from one radio to another."""

PERMILLE = 1000


class Loss:
    """Loses ``permille`` of all datagrams, by chance that can be repeated. Raises :class:`UsageError`."""

    def __init__(self, permille: int, seed: int = 0) -> None:
        if not 0 <= permille <= PERMILLE:
            raise UsageError(f"a loss of {permille} in 1000 cannot be")
        self.permille = permille
        self.lost = 0
        self._chance = Chance(seed)

    def __call__(self, _sender: SocketAddress, _receiver: SocketAddress) -> bool:
        """Whether this datagram is spared."""
        lost = self._chance.below(PERMILLE) < self.permille
        self.lost += lost
        return not lost


class ZepDispatcher(asyncio.DatagramProtocol):
    """See the module."""

    def __init__(self, local: SocketAddress = ("::1", PORT), *, passes: Passes | None = None) -> None:
        self.local = local
        self.passes = passes
        self.forwarded = 0
        self.dropped: Counter[Reason] = Counter()
        self._radios: BoundedTable[SocketAddress, None] = BoundedTable(RADIOS)
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def radios(self) -> tuple[SocketAddress, ...]:
        """Which are known, in the order in which they came."""
        return tuple(self._radios)

    @property
    def sockname(self) -> SocketAddress:
        """Where radios send to. Raises :class:`UsageError` while it is closed."""
        if self._transport is None:
            raise UsageError("the dispatcher is closed")
        name: SocketAddress = self._transport.get_extra_info("sockname")
        return name

    async def open(self) -> None:
        """Begin to forward. Raises :class:`OSError`."""
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, local_addr=self.local)

    async def close(self) -> None:
        """Forward no more."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    async def __aenter__(self) -> "ZepDispatcher":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- asyncio.DatagramProtocol -------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override] # asyncio gives no other
        """The socket is open."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: SocketAddress) -> None:
        """Anything may come."""
        read = read_datagram(data)
        if isinstance(read, Dropped):
            self.dropped[read.reason] += 1
            return
        self._radios.put(addr, None)
        header, _ = read
        if self._transport is None or (isinstance(header, DataVersion2) and header.type == REGISTRATION):
            return
        for radio in self.radios:
            if radio != addr and (self.passes is None or self.passes(addr, radio)):
                self.forwarded += 1
                self._transport.sendto(data, radio)

    def error_received(self, _exc: Exception) -> None:
        """A radio is gone: nobody hears the datagram."""
        self.dropped[Reason.NEIGHBOR_UNREACHABLE] += 1
