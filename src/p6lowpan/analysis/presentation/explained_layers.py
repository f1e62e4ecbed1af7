"""Every layer of a captured frame, from the outside in: encapsulation, MAC frame, 6LoWPAN. No octet is left out.

Where a key opened the frame, the plain octets stand in the place of the encrypted ones: CCM* keeps their number.
"""

from collections.abc import Iterator

from p6lowpan.analysis.explained import Explained
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.machines.adaptation.timeline import Complete
from p6lowpan.wire.dissect import frame_layers, packet_layers, payload_layers
from p6lowpan.wire.ieee802154.decoding import AnyFrame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.layers import Layer, Octets, Raw, filled, raw_layer
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.thread.mle import MESSAGES, Message, SecuredMessage


def layers_of(explained: Explained) -> tuple[Layer, ...]:
    """The layers of the captured frame, in order; spans count from its first captured octet."""
    captured, inside = explained.captured, explained.inside
    if inside is None:
        return filled((), captured.octets)
    outer = [
        Layer(Octets.FRAME, around.offset, around.offset + len(around.header.encode()), around.header)
        for around in inside.outer
    ]
    return filled([*outer, *_inner(explained, inside)], captured.octets)


def layers_of_packet(octets: bytes, mle: Message | None) -> tuple[Layer, ...]:
    """The layers of an IPv6 packet; where a key opened its message of MLE, ``mle`` stands in its place."""
    *headers, last = packet_layers(octets)
    if mle is None:
        return (*headers, last)
    sealed, _ = MESSAGES.decode(last.raw)
    if not isinstance(sealed, SecuredMessage):
        return (*headers, last)
    begin = last.start + 1
    opened = begin + len(sealed.security.encode())
    return (
        *headers,
        raw_layer(Octets.PACKET, last.start, last.raw[:1], Raw.PAYLOAD),
        Layer(Octets.PACKET, begin, opened, sealed.security),
        Layer(Octets.PACKET, opened, opened + len(sealed.sealed), mle),
        raw_layer(Octets.PACKET, opened + len(sealed.sealed), sealed.integrity_code, Raw.INTEGRITY_CODE),
    )


def gathered(explained: Explained) -> tuple[bytes, Payload] | None:
    """The compressed datagram that recoverable fragments made with this frame, and how it was read."""
    received = explained.received
    last = received.outcomes[-1] if received is not None and received.outcomes else None
    if received is None or received.whole is None or not isinstance(last, Complete):
        return None
    return last.datagram, received.whole


def _inner(explained: Explained, inside: Encapsulated) -> Iterator[Layer]:
    payload = explained.received.payload if explained.received else None
    if inside.kind is Kind.IEEE802154:
        yield from _radio_frame(explained.frame, inside, payload)
    elif inside.kind is Kind.LOWPAN:
        yield from payload_layers(inside.octets, inside.offset, payload)
    elif inside.kind is Kind.IPV6:
        yield from _moved(packet_layers(inside.octets), inside.offset)


def _radio_frame(frame: AnyFrame | None, inside: Encapsulated, payload: Payload | None) -> Iterator[Layer]:
    layers = frame_layers(inside.octets, inside.fcs_octets, inside.offset, frame)
    yield from layers
    if isinstance(frame, Frame) and frame.frame_type == FrameType.DATA and frame.payload and not frame.is_encrypted:
        header = layers[0].header
        code = len(header.mic) if isinstance(header, Frame) else 0
        end = inside.offset + len(inside.octets) - inside.fcs_octets - code
        yield from payload_layers(frame.payload, end - len(frame.payload), payload)


def _moved(layers: tuple[Layer, ...], offset: int) -> Iterator[Layer]:
    """The layers of a packet that a frame carries as it is, at their place in the frame."""
    for layer in layers:
        error = layer.error and layer.error.shifted(offset)
        yield Layer(Octets.FRAME, layer.start + offset, layer.end + offset, layer.header, layer.raw, layer.kind, error)
