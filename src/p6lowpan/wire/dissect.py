"""Octets to layers: every header that a frame or a packet holds, in order, with the octets that it takes.

Nothing here raises because of what a peer sent: octets that cannot be read become a layer with an ``error``, and what
is behind them a layer of raw octets. Reading goes as far as the octets allow, which is further than a receiver goes: it
needs no context, no link-layer address, and no bound.
"""

from collections.abc import Iterator
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.coap.registry import CODES
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Decoder, Family
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_content, decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.other_frames import MultipurposeFrame
from p6lowpan.wire.ipv6 import icmpv6
from p6lowpan.wire.ipv6.chain import EXTENSIONS, UPPER_LAYERS, Chain, walk
from p6lowpan.wire.ipv6.extension import EncapsulatingSecurityPayload
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import Udp
from p6lowpan.wire.layers import Layer, Octets, Raw, raw_layer
from p6lowpan.wire.rpl import messages as rpl
from p6lowpan.wire.rpl.mpl import MplControl
from p6lowpan.wire.sixlowpan.dispatch import Dispatch, dispatch_of
from p6lowpan.wire.sixlowpan.expansion import Part
from p6lowpan.wire.sixlowpan.fragment import SubsequentFragment
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import (
    NEXT_HEADERS,
    CompressedExtension,
    CompressedFragment,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
)
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.stack import FRONT, OPAQUE, UncompressedDispatch

COAP_PORT = 5683
COAP_PORTS = frozenset((COAP_PORT, 61616, 61631))
"""CoAP's port (RFC 7252 section 12.8), the one that RFC 6282's short forms made a habit of, and Thread's management."""

ICMPV6_MESSAGES: Family = icmpv6.messages_with(
    {MessageType.RPL_CONTROL: rpl.ControlMessage, MessageType.MPL_CONTROL: MplControl}
)


# --- the MAC frame ---------------------------------------------------------------------------------------------------


def frame_layers(
    octets: bytes, fcs_octets: int = 0, offset: int = 0, opened: AnyFrame | None = None
) -> tuple[Layer, ...]:
    """A MAC frame that begins at octet ``offset`` of a captured frame: its header, the beacon or command in it, the
    integrity code and the frame check sequence.

    ``opened`` is the same frame without its security, where a key opened it: its plain octets stand in the place of the
    encrypted ones. The payload of other frames is left out: :func:`payload_layers` reads it.
    """
    try:
        frame, sequence = decode_frame(octets, fcs_octets)
    except Malformed as error:
        return (raw_layer(Octets.FRAME, offset, octets, error=error),)
    end = offset + len(octets) - len(sequence)
    code = getattr(frame, "mic", b"")
    body_end = end - len(code)
    start = body_end - len(getattr(frame, "payload", b""))
    layers = [Layer(Octets.FRAME, offset, start, frame), *_body(frame, opened, start)]
    for raw, at, kind in ((code, body_end, Raw.INTEGRITY_CODE), (sequence, end, Raw.FRAME_CHECK)):
        if raw:
            layers.append(raw_layer(Octets.FRAME, at, raw, kind))
    return tuple(layers)


def _body(frame: AnyFrame, opened: AnyFrame | None, start: int) -> Iterator[Layer]:
    """What stands between the MAC header and the integrity code, but for a payload that another layer reads."""
    if isinstance(frame, Frame | MultipurposeFrame) and frame.is_encrypted:
        if not isinstance(opened, Frame | MultipurposeFrame):
            if frame.payload:
                yield raw_layer(Octets.FRAME, start, frame.payload, Raw.ENCRYPTED)
            return
        for element in opened.payload_elements or ():
            after = start + len(element.encode())
            yield Layer(Octets.FRAME, start, after, element)
            start = after
        frame = opened
    if isinstance(frame, Frame):
        yield from _content(frame, start)


def _content(frame: Frame, start: int) -> Iterator[Layer]:
    try:
        content = decode_content(frame)
    except Malformed as error:
        yield raw_layer(Octets.FRAME, start, frame.payload, error=error)
        return
    if content is not None:
        yield Layer(Octets.FRAME, start, start + len(content.encode()), content)


# --- 6LoWPAN ---------------------------------------------------------------------------------------------------------

DATAGRAMS: dict[Dispatch, type[Header]] = {
    Dispatch.IPHC: Iphc,
    Dispatch.IPV6: UncompressedDispatch,
    Dispatch.HC1: HeaderCompression1,
}
"""What a dispatch announces that begins a datagram."""

CHAINED = (Iphc, CompressedExtension, CompressedFragment, GenericExtension)
"""Headers whose NH bit says whether a LOWPAN_NHC follows."""

ENDING = (CompressedUdp, GenericUdp, GenericIcmpv6)
"""Headers of LOWPAN_NHC that are the last of theirs. Behind every header that is in none of these lists a dispatch
stands."""

LAST = (UncompressedDispatch, HeaderCompression1)
"""Headers in front of a datagram that is not compressed any further."""


def payload_layers(octets: bytes, offset: int = 0, payload: Payload | None = None) -> tuple[Layer, ...]:
    """The headers of a 6LoWPAN payload that begins at octet ``offset`` of a captured frame.

    ``payload`` is what a receiver made of them, where it could: it tells what a header stands for in the packet.
    """
    layers = []
    became = {} if payload is None else _became(payload)
    for layer in _readable(octets):
        stands_for = became.get(layer.start)
        error = layer.error and layer.error.shifted(offset)
        start, end = offset + layer.start, offset + layer.end
        layers.append(Layer(Octets.FRAME, start, end, layer.header, layer.raw, layer.kind, error, stands_for))
    return tuple(layers)


def _became(payload: Payload) -> dict[int, tuple[int, int]]:
    """By the first octet of a header, or of what is carried in line: the octets of the packet."""
    if payload.expanded is None:
        fragment = payload.stack.fragment
        if not isinstance(fragment, SubsequentFragment):
            return {}
        return {payload.stack.at: (fragment.offset, fragment.offset + len(payload.raw))}
    at, spans = payload.stack.at, payload.spans()
    became = {header.start + (at if isinstance(header, Part) else 0): (start, end) for header, start, end in spans}
    last, _, reached = spans[-1]
    return became | {at + last.end: (reached, len(payload.packet))}


def _readable(octets: bytes) -> Iterator[Layer]:
    """One header after the other, as far as they can be read; offsets count from ``octets[0]``."""
    at, page, compressed = 0, 0, False
    kind: Raw | None = None
    while at < len(octets) and kind is None:
        try:
            decoder = NEXT_HEADERS if compressed else _announced(octets[at], page)
            header, rest = decoder.decode(octets[at:])
        except Malformed as error:
            yield raw_layer(Octets.FRAME, at, octets[at:], error=error)
            return
        end = len(octets) - len(rest)
        yield Layer(Octets.FRAME, at, end, header)
        at = end
        if isinstance(header, PageSwitch):
            page = header.page
        compressed = isinstance(header, CHAINED) and bool(header.nh)
        kind = _behind(header, compressed)
    if at < len(octets):
        yield raw_layer(Octets.FRAME, at, octets[at:], kind or Raw.DATA)


def _announced(octet: int, page: int) -> Decoder:
    dispatch = dispatch_of(octet, page).dispatch
    if dispatch in DATAGRAMS:
        return DATAGRAMS[dispatch]
    if dispatch in FRONT:
        return FRONT[dispatch][0]
    raise Malformed("6lowpan", 0, Reason.UNSUPPORTED, f"dispatch {dispatch.value} is known by name alone")


def _behind(header: Header, compressed: bool) -> Raw | None:
    """What the octets behind a header are; ``None``: another header."""
    if isinstance(header, OPAQUE):
        return Raw.FRAGMENT
    if isinstance(header, LAST + ENDING) or (isinstance(header, CHAINED) and not compressed):
        return Raw.IN_LINE
    return None


# --- the packet ------------------------------------------------------------------------------------------------------


def packet_layers(packet: bytes) -> tuple[Layer, ...]:
    """The headers of an IPv6 packet: its chain, the upper layer, and CoAP on its ports."""
    layers: list[Layer] = []
    position = 0
    chain = walk(packet)
    stopped = has_stopped(chain)
    for header in chain.headers:
        end = position + len(header.encode())
        # A payload length that is wrong does not end the chain: it is shown with its header.
        error = chain.error if not stopped and not layers else None
        layers.append(Layer(Octets.PACKET, position, end, header, error=error))
        position = end
    if stopped:
        layers.append(Layer(Octets.PACKET, position, len(packet), None, chain.payload, Raw.DATA, chain.error))
    else:
        layers += _upper(chain, position)
    return tuple(layers)


def has_stopped(chain: Chain) -> bool:
    """Whether the walk along a packet ended at a header that cannot be read."""
    if chain.error is None or chain.fragmented:
        return False
    whole = chain.headers and isinstance(chain.headers[-1], Tcp | Udp | EncapsulatingSecurityPayload)
    return not whole and (chain.protocol in EXTENSIONS or chain.protocol in UPPER_LAYERS)


def _upper(chain: Chain, position: int) -> Iterator[Layer]:
    read = read_upper(chain)
    if read.header is not None:
        end = position + len(chain.payload) - len(read.rest)
        yield Layer(Octets.PACKET, position, end, read.header)
        position = end
    if read.rest:
        yield raw_layer(Octets.PACKET, position, read.rest, Raw.PAYLOAD, read.error)


class Upper(NamedTuple):
    """What is behind the headers of a packet: a message, if one was read, the octets behind it, and why none was."""

    header: Header | None
    rest: bytes
    error: Malformed | None = None


def read_upper(chain: Chain) -> Upper:
    """Read the payload of a packet whose chain has not stopped: ICMPv6, CoAP on its ports, or nothing."""
    if chain.fragmented:
        return Upper(None, chain.payload)
    if chain.protocol == Protocol.ICMPV6:
        try:
            return Upper(*ICMPV6_MESSAGES.decode(chain.payload))
        except Malformed as error:
            return Upper(None, chain.payload, error)
    udp = chain.headers[-1] if chain.headers else None
    if not isinstance(udp, Udp) or COAP_PORTS.isdisjoint((udp.source_port, udp.destination_port)):
        return Upper(None, chain.payload)
    return _coap(chain.payload, is_certain=COAP_PORT in (udp.source_port, udp.destination_port))


def _coap(payload: bytes, is_certain: bool) -> Upper:
    """CoAP; on the ports that it borrowed only where it looks like that, because anything may come there."""
    try:
        message, rest = Message.decode(payload)
    except Malformed as error:
        return Upper(None, payload, error if is_certain else None)
    if not is_certain and message.code not in CODES:
        return Upper(None, payload)
    return Upper(message, rest)
