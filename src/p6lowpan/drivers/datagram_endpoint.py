"""UDP endpoints of a node that feel like asyncio's: a transport to send with, a protocol that is called back."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from p6lowpan.capability.reasons import Reason
from p6lowpan.drivers.endpoint_address import read_address, write_address
from p6lowpan.drivers.socket_errors import ERRNO_OF_REASON, UdpOf, error_of
from p6lowpan.machines.network import network, packet
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.node.inputs import Close, Input, SendUdp
from p6lowpan.node.outputs import DeliverUdp, Output
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address

Name = tuple[Ipv6Address, int]
REFUSERS = (network.WHERE, packet.WHERE)
"""Who drops what cannot be sent."""


class Stack(Protocol):
    """What an endpoint needs of the node that it is an endpoint of."""

    def give(self, given: Input) -> tuple[Output, ...]:
        """Tell the node; what that brought about."""

    def later(self, callback: Callable[..., object], *arguments: object) -> None:
        """Call back from the event loop, where an exception is the loop's and not the node's."""

    def forget(self, port: int) -> None:
        """The endpoint of a port is closed."""


class LowpanDatagramTransport(asyncio.DatagramTransport):
    """One UDP port of a node. ``get_extra_info`` knows ``sockname`` and ``peername``.

    What is sent goes to the node at once, whose queues are bounded: there is nothing to flush or to pause. What cannot
    be sent, or is reported not to have arrived, comes to ``error_received`` as an :class:`OSError`.
    """

    def __init__(
        self, stack: Stack, protocol: asyncio.DatagramProtocol, local: Name, remote: Name | None = None
    ) -> None:
        names = {"sockname": write_address(*local), "peername": write_address(*remote) if remote else None}
        super().__init__(extra=names)
        self.port = local[1]
        self._source = None if local[0] == UNSPECIFIED else local[0]
        self._stack = stack
        self._protocol: asyncio.BaseProtocol = protocol
        self._remote = remote
        self._closing = False

    # --- asyncio.DatagramTransport ------------------------------------------------------------------------------------

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Send ``data``, octets of any kind, to ``addr``, or to the remote address that the endpoint was made with."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        wanted = None if addr is None else read_address(addr)
        if self._remote is not None and wanted not in (None, self._remote):
            raise ValueError(f"Invalid address: must be None or {self.get_extra_info('peername')}")
        destination = self._remote or wanted
        if destination is None:
            raise ValueError("an endpoint without remote_addr needs an address to send to")
        if not self._closing:
            self._send(bytes(data), *destination)

    def _send(self, payload: bytes, host: Ipv6Address, port: int) -> None:
        if host == UNSPECIFIED:
            self.failed(error_of(Reason.BAD_DESTINATION, "to ::"))
            return
        outputs = self._stack.give(SendUdp(self.port, host, port, payload, source=self._source))
        for output in outputs:
            if isinstance(output, Dropped) and output.where in REFUSERS and output.reason in ERRNO_OF_REASON:
                self.failed(error_of(output.reason, output.detail))
                return

    def close(self) -> None:
        """Receive and send no more; ``connection_lost(None)`` follows."""
        self._end(None)

    def abort(self) -> None:
        """The same: nothing waits here to be sent."""
        self._end(None)

    def is_closing(self) -> bool:
        """Whether the endpoint is closed."""
        return self._closing

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who is called back."""
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Call somebody else back."""
        self._protocol = protocol

    def get_write_buffer_size(self) -> int:
        """Nothing waits here."""
        return 0

    # --- for the node's driver ----------------------------------------------------------------------------------------

    def received(self, output: DeliverUdp) -> None:
        """A datagram came."""
        if isinstance(self._protocol, asyncio.DatagramProtocol) and not self._closing:
            address = write_address(output.source, output.source_port)
            self._stack.later(self._protocol.datagram_received, output.payload, address)

    def failed(self, error: OSError) -> None:
        """A datagram was not sent, or did not arrive."""
        if isinstance(self._protocol, asyncio.DatagramProtocol) and not self._closing:
            self._stack.later(self._protocol.error_received, error)

    def sent(self, datagram: UdpOf) -> bool:
        """Whether a datagram may have been sent here: an error about another one is not ours."""
        return self._remote in (None, (datagram.destination, datagram.destination_port))

    def _end(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._stack.give(Close(self.port))
        self._stack.forget(self.port)
        self._stack.later(self._protocol.connection_lost, error)
