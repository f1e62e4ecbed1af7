"""A day of one sensor: the packets of the traffic mix, which every level and every stack is then given to send.

The sensor (an EUI-64, its global address under the network's prefix, context 0) reports to a server outside, whose
prefix is context 1. Everything that crosses the sensor's one hop in a day:

- it starts once: the four packets of Neighbor Discovery that our own nodes exchange without any capability option;
- every minute it reports 24 octets of CBOR to ``/t`` by CoAP (RFC 7252, confirmable POST), and is acknowledged;
- every hour the server pings it with 16 octets (RFC 4443 echo), and it answers;
- eight times it is sent a block of 1 kB (RFC 7959, Block1, part of an update), and acknowledges each.
"""

from dataclasses import dataclass
from functools import cache

from p6lowpan.evaluation.network import CONTEXT, address, eui64
from p6lowpan.evaluation.start_up import of_kind
from p6lowpan.interop.conformance.packets import Part, packet, pattern, udp
from p6lowpan.wire.address import Link
from p6lowpan.wire.coap.message import compose
from p6lowpan.wire.coap.registry import Type
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.sixlowpan.contexts import Context

SERVER_CONTEXT = Context(1, bytes.fromhex("20010db8000100000000000000000000"), 64)
CONTEXTS = {each.identifier: each for each in (CONTEXT, SERVER_CONTEXT)}
SERVER = SERVER_CONTEXT.prefix[:8] + bytes.fromhex("0000000000005683")
ROUTER, SENSOR = 0, 1
UP, DOWN = Link(eui64(SENSOR), eui64(ROUTER)), Link(eui64(ROUTER), eui64(SENSOR))

SERVER_PORT, SENSOR_PORT = 5683, 61616
URI_PATH, CONTENT_FORMAT, BLOCK1 = 11, 12, 27
POST, PUT, CHANGED, CONTINUE = 0x02, 0x03, 0x44, 0x5F
CBOR = bytes((60,))
HOP_LIMIT = 64

REPORTS, PINGS, BLOCKS, STARTS = 1440, 24, 8, 1
"""How often a day."""


@dataclass(frozen=True, slots=True)
class Step:
    """One packet of an exchange, over the sensor's hop."""

    packet: bytes
    link: Link

    @property
    def is_from_sensor(self) -> bool:
        """Whether the sensor transmits it."""
        return self.link.source == UP.source


@dataclass(frozen=True, slots=True)
class Exchange:
    """Packets that belong together, and how often a day they are exchanged."""

    name: str
    times: int
    steps: tuple[Step, ...]


@cache
def exchanges() -> tuple[Exchange, ...]:
    """The mix."""
    return (
        Exchange("start-up", STARTS, tuple(Step(sent.packet, sent.link) for sent in of_kind("6LoWPAN", 1))),
        Exchange("report", REPORTS, _report()),
        Exchange("echo", PINGS, _echo()),
        Exchange("block", BLOCKS, _block()),
    )


def _report() -> tuple[Step, ...]:
    asked = compose(
        Type.CONFIRMABLE,
        POST,
        0x7D38,
        token=b"\x4a\x01",
        options=((URI_PATH, b"t"), (CONTENT_FORMAT, CBOR)),
        payload=pattern(24),
    )
    told = compose(Type.ACKNOWLEDGEMENT, CHANGED, 0x7D38, token=b"\x4a\x01")
    return (_up(udp(SENSOR_PORT, SERVER_PORT, asked.encode())), _down(udp(SERVER_PORT, SENSOR_PORT, told.encode())))


def _block() -> tuple[Step, ...]:
    options = ((URI_PATH, b"u"), (BLOCK1, b"\x0e"))  # number 0, more follow, 1024 octets
    asked = compose(Type.CONFIRMABLE, PUT, 0x0101, token=b"\x4b\x01", options=options, payload=pattern(1024))
    told = compose(Type.ACKNOWLEDGEMENT, CONTINUE, 0x0101, token=b"\x4b\x01", options=((BLOCK1, b"\x0e"),))
    return (_down(udp(SERVER_PORT, SENSOR_PORT, asked.encode())), _up(udp(SENSOR_PORT, SERVER_PORT, told.encode())))


def _echo() -> tuple[Step, ...]:
    body = bytes.fromhex("0000c0010001") + pattern(16)
    request: Part = (Protocol.ICMPV6, bytes((MessageType.ECHO_REQUEST, 0)) + body)
    reply: Part = (Protocol.ICMPV6, bytes((MessageType.ECHO_REPLY, 0)) + body)
    return (_down(request), _up(reply))


def _up(part: Part) -> Step:
    return Step(packet(address(SENSOR), SERVER, part, hop_limit=HOP_LIMIT), UP)


def _down(part: Part) -> Step:
    return Step(packet(SERVER, address(SENSOR), part, hop_limit=HOP_LIMIT - 1), DOWN)
