"""Echo requests that wait for their replies."""

import asyncio
import secrets
from dataclasses import dataclass, field

from p6lowpan.capability.errors import Malformed
from p6lowpan.drivers.socket_errors import EchoOf
from p6lowpan.wire.address import Ipv6Address, format_ipv6, is_multicast
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.registry import MessageType

WORD = 1 << 16


@dataclass(frozen=True, slots=True)
class Pong:
    """An echo reply: who sent it, what it brought back, and after how long."""

    source: str
    payload: bytes
    seconds: float


@dataclass(slots=True)
class Asked:
    """An echo request under way."""

    message: bytes
    key: EchoOf
    destination: Ipv6Address
    payload: bytes
    at: float
    reply: "asyncio.Future[Pong]" = field(repr=False)


class Echoes:
    """Each request has an identifier that nobody off the path can guess, and a number of its own."""

    def __init__(self) -> None:
        self._identifier = secrets.randbelow(WORD)
        self._sequence_number = 0
        self._asked: dict[EchoOf, Asked] = {}  # as many as tasks wait in ping()

    def ask(self, destination: Ipv6Address, payload: bytes) -> Asked:
        """A new request; whoever asks must :meth:`forget` it."""
        loop = asyncio.get_running_loop()
        self._sequence_number = (self._sequence_number + 1) % WORD
        key = EchoOf(self._identifier, self._sequence_number)
        message = EchoRequest(identifier=key.identifier, sequence_number=key.sequence_number, data=payload).encode()
        asked = Asked(message, key, destination, payload, loop.time(), loop.create_future())
        self._asked[key] = asked
        return asked

    def forget(self, asked: Asked) -> None:
        """Wait no more."""
        self._asked.pop(asked.key, None)
        asked.reply.cancel()

    def replied(self, source: Ipv6Address, message: bytes) -> None:
        """An ICMPv6 message came: perhaps the reply to a request."""
        if message[0] != MessageType.ECHO_REPLY:
            return
        try:
            reply, _ = EchoReply.decode(message)
        except Malformed:
            return
        asked = self._asked.get(EchoOf(reply.identifier, reply.sequence_number))
        if asked is None or asked.reply.done() or asked.payload != reply.data:
            return
        if asked.destination == source or is_multicast(asked.destination):
            seconds = asyncio.get_running_loop().time() - asked.at
            asked.reply.set_result(Pong(format_ipv6(source), reply.data, seconds))

    def failed(self, key: EchoOf, error: OSError) -> None:
        """A request did not arrive."""
        asked = self._asked.get(key)
        if asked is not None and not asked.reply.done():
            asked.reply.set_exception(error)

    def abandon(self, error: OSError) -> None:
        """Nothing will come any more."""
        for key in tuple(self._asked):
            self.failed(key, error)
