"""A node in an asyncio event loop: with a clock, a radio, and endpoints that feel like asyncio's own.

    async with AsyncioNode(configuration, ZepRadio([("::1", 17754)])) as node:
        await node.wait_for_address()
        transport, protocol = await node.create_datagram_endpoint(MyProtocol, local_addr=("::", 5683))
        pong = await node.ping("fe80::1")

Theory of operation. The node itself (:class:`p6lowpan.node.node.Node`) is a step function; a
:class:`p6lowpan.drivers.machine_loop.MachineLoop` gives it time and a radio. Everything else is shown to whoever
listens, from the event loop: an exception in a callback is the loop's to handle, and stops neither node nor radio.
Drops are counted, and logged under ``p6lowpan.node`` with ``reason``, ``where`` and ``detail`` as attributes, behind
the ``labels`` that tell this node's records from others'.

``record`` is told each input with its time; see :mod:`p6lowpan.node.log` for how to keep and replay them. ``keep`` is
given the node behind each step, before anybody learns what came of it: what it writes down there is not
lost, whatever happens then.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Self, TypeVar

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.datagram_endpoint import REFUSERS, LowpanDatagramTransport
from p6lowpan.drivers.echo import Echoes, Pong
from p6lowpan.drivers.endpoint_address import Address, read_address, read_host
from p6lowpan.drivers.machine_loop import MachineLoop, closed
from p6lowpan.drivers.radio import Radio
from p6lowpan.drivers.socket_errors import ERRNO_OF_REASON, EchoOf, UdpOf, error_in, error_of, sent_in
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import (
    Bind,
    Input,
    JoinGroup,
    LeaveGroup,
    SendIcmpv6,
)
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import (
    AddressAssigned,
    AddressLost,
    Bound,
    Contradicted,
    DeliverIcmpv6,
    DeliverUdp,
    LevelLearned,
    NotDelivered,
    Output,
)
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, format_link, is_link_local, is_multicast

LOGGER = logging.getLogger("p6lowpan.node")

Listener = Callable[[Output], object]
Recorder = Callable[[int, Input], object]
Keeper = Callable[[Node], bool | None]
ProtocolT = TypeVar("ProtocolT", bound=asyncio.DatagramProtocol)


class AsyncioNode:
    """See the module. Raises :class:`UsageError` where node and radio disagree about who does what."""

    def __init__(
        self,
        configuration: NodeConfiguration,
        radio: Radio,
        *,
        record: Recorder | None = None,
        keep: Keeper | None = None,
        labels: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        link = configuration.link
        if (link.hardware_csma, link.hardware_acknowledges) != (radio.does_csma, radio.acknowledges):
            raise UsageError("the radio and the node's link disagree about who does CSMA/CA and acknowledgements")
        self.node = Node(configuration)
        self.radio = radio
        kept = None if keep is None else partial(keep, self.node)
        self.loop = MachineLoop(self.node, radio, self._tell, record=record, keep=kept)
        self.dropped: Counter[Reason] = Counter()
        self.listeners: list[Listener] = []
        self._endpoints: dict[int, LowpanDatagramTransport] = {}  # as many as the node binds ports
        self._echoes = Echoes()
        self._addresses_changed = asyncio.Event()
        self._blamed = b""
        self._labels = dict(labels)

    # --- life ---------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the radio and begin. Raises :class:`OSError`."""
        if self.loop.is_open:
            raise UsageError("a node starts once")
        await self.loop.open()

    async def close(self) -> None:
        """Close all endpoints and the radio. No harm in doing it twice."""
        for endpoint in tuple(self._endpoints.values()):
            endpoint.close()
        await self.loop.close()
        self._echoes.abandon(closed())
        self._addresses_changed.set()
        await asyncio.sleep(0)  # so that every connection_lost has been called

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- for applications ---------------------------------------------------------------------------------------------

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that are ours now."""
        own = self.node.network.addresses.own(self.now) if self.loop.is_open else ()
        return tuple(format_ipv6(one.address) for one in own if one.is_assigned)

    async def wait_for_address(self, *, link_local: bool = False) -> str:
        """The first address of ours, once there is one; a link-local one only where that is asked for."""
        while True:
            if not self.loop.is_open:
                raise closed()
            for address in self.addresses:
                if is_link_local(read_host(address)) == link_local:
                    return address
            await self._addresses_changed.wait()

    async def create_datagram_endpoint(
        self,
        protocol_factory: Callable[[], ProtocolT],
        local_addr: Address | None = None,
        remote_addr: Address | None = None,
    ) -> tuple[LowpanDatagramTransport, ProtocolT]:
        """As the event loop's: a UDP port, a free one where the port is 0 or ``local_addr`` is missing.

        With ``remote_addr`` only that peer is heard and sent to. Raises :class:`OSError`: EADDRINUSE, EADDRNOTAVAIL
        for an address that is not ours, ENOBUFS where no port is left.
        """
        host, port = read_address(local_addr) if local_addr is not None else (UNSPECIFIED, 0)
        remote = read_address(remote_addr) if remote_addr is not None else None
        if host != UNSPECIFIED and not self.node.network.addresses.is_ours(self.now, host):
            raise error_of(Reason.NO_SOURCE_ADDRESS, f"{format_ipv6(host)} is not ours")
        bound = self._bind(Bind(port, host, *(remote or ())))
        protocol = protocol_factory()
        transport = LowpanDatagramTransport(self, protocol, (host, bound), remote)
        self._endpoints[bound] = transport
        self.later(protocol.connection_made, transport)
        await asyncio.sleep(0)  # so that it has been called
        return transport, protocol

    async def ping(
        self, address: str, payload: bytes = b"", *, hop_limit: int | None = None, timeout: float | None = 5.0
    ) -> Pong:
        """Send an echo request and wait for its reply. Raises :class:`TimeoutError`, or :class:`OSError` where the
        request cannot be sent or somebody says that it did not arrive."""
        asked = self._echoes.ask(read_host(address), payload)
        try:
            self.send_icmpv6(address, asked.message, hop_limit=hop_limit)
            async with asyncio.timeout(timeout):
                return await asked.reply
        finally:
            self._echoes.forget(asked)

    def send_icmpv6(self, address: str, octets: bytes, *, hop_limit: int | None = None) -> None:
        """Send any ICMPv6 message; its checksum is filled in. What comes back is a ``DeliverIcmpv6`` to the listeners.
        Raises :class:`OSError` where it cannot be sent, :class:`UsageError` for what no message can be."""
        destination = read_host(address)
        if destination == UNSPECIFIED:
            raise error_of(Reason.BAD_DESTINATION, "to ::")
        self._raise_refusal(self.give(SendIcmpv6(destination, octets, hop_limit)))

    def join_group(self, group: str) -> None:
        """Hear a multicast group. Raises :class:`OSError` where no room is left, :class:`UsageError` for no group."""
        self._raise_refusal(self.give(JoinGroup(self._group(group))))

    def leave_group(self, group: str) -> None:
        """Hear it no longer."""
        self.give(LeaveGroup(self._group(group)))

    # --- driving ------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """The node's time, in microseconds. Raises :class:`OSError` where the node is closed."""
        return self.loop.now

    def give(self, given: Input) -> tuple[Output, ...]:
        """Tell the node something; what that alone brought about. Raises :class:`OSError` where the node is closed."""
        return self.loop.give(given)

    def later(self, callback: Callable[..., object], *arguments: object) -> None:
        """Call back from the event loop."""
        asyncio.get_running_loop().call_soon(callback, *arguments)

    def forget(self, port: int) -> None:
        """The endpoint of a port is closed."""
        self._endpoints.pop(port, None)

    # --- what the node tells ------------------------------------------------------------------------------------------

    def _tell(self, output: Output) -> None:
        match output:
            case DeliverUdp():
                if endpoint := self._endpoints.get(output.destination_port):
                    endpoint.received(output)
            case DeliverIcmpv6():
                self._icmpv6_received(output)
            case NotDelivered():
                self._not_delivered(output)
            case AddressAssigned() | AddressLost():
                words = "%s is ours" if isinstance(output, AddressAssigned) else "%s is ours no more"
                LOGGER.info(words, format_ipv6(output.address), extra=self._labels)
                self._addresses_changed.set()  # wakes who waits now
                self._addresses_changed.clear()
            case LevelLearned():
                name = output.profile.name
                LOGGER.info("%s is %s, by %s", format_link(output.neighbor), name, output.how.value, extra=self._labels)
            case Contradicted():
                names = format_link(output.neighbor), output.announced.name, output.configured.name
                LOGGER.warning("%s says that it is %s, and is configured as %s", *names, extra=self._labels)
            case Dropped():
                self.dropped[output.reason] += 1
                attributes = {"reason": output.reason.value, "where": output.where, "detail": output.detail}
                LOGGER.debug("dropped: %s in %s: %s", *attributes.values(), extra={**self._labels, **attributes})
        for listener in self.listeners:
            self.later(listener, output)

    def _icmpv6_received(self, output: DeliverIcmpv6) -> None:
        self._echoes.replied(output.source, output.octets)
        error = error_in(output.octets)
        if error is not None:
            self._blame(error[1], error[0])

    def _not_delivered(self, output: NotDelivered) -> None:
        where = format_link(output.neighbor)
        attributes = {"reason": output.reason.value, "where": where, "attempts": output.attempts}
        LOGGER.debug(
            "not delivered: %s to %s after %d attempts", *attributes.values(), extra={**self._labels, **attributes}
        )
        if output.packet is not self._blamed:  # of several frames that were lost, the first tells it
            self._blamed = output.packet
            self._blame(output.packet, error_of(output.reason, f"to {where}"))

    def _blame(self, packet: bytes, error: OSError) -> None:
        """Tell whoever sent a packet what became of it, as far as it can be found out."""
        match sent_in(packet):
            case UdpOf() as datagram:
                endpoint = self._endpoints.get(datagram.source_port)
                if endpoint is not None and endpoint.sent(datagram):
                    endpoint.failed(error)
            case EchoOf() as request:
                self._echoes.failed(request, error)

    def _bind(self, wanted: Bind) -> int:
        outputs = self.give(wanted)
        for output in outputs:
            if isinstance(output, Bound):
                return output.port
        refusals = [output for output in outputs if isinstance(output, Dropped)]
        raise next(
            error_of(refusal.reason, refusal.detail)
            for refusal in refusals
            if refusal.reason in (Reason.PORT_IN_USE, Reason.PORTS_FULL)
        )

    def _raise_refusal(self, outputs: tuple[Output, ...]) -> None:
        for output in outputs:
            if isinstance(output, Dropped) and output.where in REFUSERS and output.reason in ERRNO_OF_REASON:
                raise error_of(output.reason, output.detail)

    def _group(self, group: str) -> Ipv6Address:
        address = read_host(group)
        if not is_multicast(address):
            raise UsageError(f"{group} is no multicast group")
        return address
