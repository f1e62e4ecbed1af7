"""Octets to layers: every header that a frame or a packet holds, in order, with the octets that it takes.

A :class:`Layer` is a header and its place; :func:`fields_of` walks its fields, and those of the headers inside it, with
their bit spans and their meaning. Nothing here raises because of what a peer sent: octets that cannot be read become a
layer with an ``error``, and what is behind them a layer of raw octets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Family
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_content
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ipv6 import icmpv6
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.udp import Udp
from p6lowpan.wire.rpl import messages as rpl
from p6lowpan.wire.rpl import mpl
from p6lowpan.wire.sixlowpan.payload import Payload

COAP_PORTS = frozenset((5683, 61616))
"""CoAP's port, and the one that RFC 6282's short forms made a habit of (RFC 7252 section 12.8)."""

ICMPV6_MESSAGES: Family = icmpv6.messages_with(
    {MessageType.RPL_CONTROL: rpl.ControlMessage, MessageType.MPL_CONTROL: mpl.MplControl}
)


class Octets(StrEnum):
    """Which octets the span of a layer counts in."""

    FRAME = "frame"  # the captured frame; where it was encrypted, the plain octets in its place
    PACKET = "packet"  # the IPv6 packet, after decompression and reassembly


@dataclass(frozen=True, slots=True)
class Layer:
    """A header, and where it lies. ``raw`` holds octets that no header reads; ``error`` says why not."""

    octets: Octets
    start: int
    end: int
    header: Header | None = None
    raw: bytes = b""
    error: Malformed | None = None

    @property
    def name(self) -> str:
        """The layer's stable name."""
        return self.header.LAYER if self.header is not None else "data"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a layer. ``depth`` counts the headers around it; bits count from the first of :class:`Octets`."""

    depth: int
    name: str
    start_bit: int
    bits: int
    value: object
    meaning: str
    header: Header | None = None


def fields_of(layer: Layer) -> Iterator[FieldLine]:
    """Every field of a layer that takes octets, nested headers opened, in wire order."""
    if layer.header is not None:
        yield from _fields(layer.header, layer.start * 8, 0)


def _fields(header: Header, first_bit: int, depth: int) -> Iterator[FieldLine]:
    for span in header.layout():
        start = first_bit + span.start_bit
        inner = span.value if isinstance(span.value, tuple) else (span.value,)
        if not span.bits:
            continue
        if not all(isinstance(item, Header) for item in inner):
            yield FieldLine(depth, span.name, start, span.bits, span.value, span.meaning)
            continue
        for item in inner:
            bits = 8 * len(item.encode())
            yield FieldLine(depth, span.name, start, bits, item.LAYER, span.meaning, item)
            yield from _fields(item, start, depth + 1)
            start += bits


# --- the frame -------------------------------------------------------------------------------------------------------


def frame_layers(frame: AnyFrame, offset: int = 0) -> tuple[Layer, ...]:
    """The MAC frame that begins at octet ``offset``, and the beacon or command in it."""
    end = offset + len(frame.encode())
    layers = [Layer(Octets.FRAME, offset, end, frame)]
    if isinstance(frame, Frame):
        start = end - len(frame.mic) - len(frame.payload)
        try:
            content = decode_content(frame)
        except Malformed as error:
            layers.append(_raw(Octets.FRAME, start, frame.payload, error.shifted(start)))
        else:
            if content is not None:
                layers.append(Layer(Octets.FRAME, start, start + len(content.encode()), content))
    return tuple(layers)


def payload_layers(payload: Payload, offset: int = 0) -> tuple[Layer, ...]:
    """The headers of a 6LoWPAN payload that begins at octet ``offset`` of the frame."""
    layers = [
        Layer(Octets.FRAME, offset + placed.start, offset + placed.end, placed.header)
        for placed in payload.stack.headers
    ]
    start = offset + payload.stack.at
    if payload.expanded is None:
        return (*layers, *([_raw(Octets.FRAME, start, payload.raw)] if payload.raw else []))
    layers += [
        Layer(Octets.FRAME, start + part.start, start + part.end, part.header) for part in payload.expanded.parts
    ]
    return tuple(layers)


def _raw(octets: Octets, start: int, raw: bytes, error: Malformed | None = None) -> Layer:
    return Layer(octets, start, start + len(raw), raw=raw, error=error)


# --- the packet ------------------------------------------------------------------------------------------------------


def packet_layers(packet: bytes) -> tuple[Layer, ...]:
    """The headers of an IPv6 packet: its chain, the upper layer, and CoAP on its ports."""
    layers: list[Layer] = []
    position = 0
    chain = walk(packet)
    for header in chain.headers:
        end = position + len(header.encode())
        layers.append(Layer(Octets.PACKET, position, end, header))
        position = end
    rest = chain.payload
    if chain.error is not None or chain.fragmented:
        return (*layers, _raw(Octets.PACKET, position, rest, chain.error))
    if chain.protocol == Protocol.ICMPV6:
        layers += _decoded(ICMPV6_MESSAGES, rest, position)
    elif _is_coap(chain.headers):
        layers += _decoded(Message, rest, position)
    elif rest:
        layers.append(_raw(Octets.PACKET, position, rest))
    return tuple(layers)


def _is_coap(headers: tuple[Header, ...]) -> bool:
    udp = headers[-1] if headers else None
    return isinstance(udp, Udp) and bool(COAP_PORTS & {udp.source_port, udp.destination_port})


def _decoded(kind: Family | type[Header], octets: bytes, position: int) -> list[Layer]:
    try:
        header, rest = kind.decode(octets)
    except Malformed as error:
        return [_raw(Octets.PACKET, position, octets, error.shifted(position))]
    end = position + len(octets) - len(rest)
    return [Layer(Octets.PACKET, position, end, header), *([_raw(Octets.PACKET, end, rest)] if rest else [])]


def ipv6_of(layers: tuple[Layer, ...]) -> Ipv6 | None:
    """The innermost IPv6 header among ``layers``."""
    return next((layer.header for layer in reversed(layers) if isinstance(layer.header, Ipv6)), None)
