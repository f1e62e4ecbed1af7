"""A CoAP server (RFC 7252): datagrams to datagrams.

    server = Server({"echo": Echo()}, limits, seed=7)
    answer = server.received(now, source, source_port, destination, payload)

Theory of operation. Each request is answered at once: a confirmable one in its acknowledgement, another one by a
message that is not confirmable either (sections 5.2.1, 5.2.3). So the server begins nothing, waits for nothing, and has
no deadline. What was answered is remembered by who asked and the message ID, so that a repetition is answered alike and
does nothing (section 4.5): as many exchanges as :attr:`Limits.coap_exchanges`, the oldest goes; no longer than IDs are
taken for the same. A ping, and whatever else is confirmable and no request that can be read, is reset (sections 4.2,
4.3). Requests to a group are left unanswered, as section 8.2 permits: the answers of all would be too much for a link.

A representation that is longer than a block goes in blocks, if it is asked for so (RFC 7959 section 2.4); requests are
in one piece.
"""

from collections.abc import Mapping
from dataclasses import replace

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.value import value
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.coap.exchange import (
    ACCEPT,
    BAD_OPTION,
    BAD_REQUEST,
    BLOCK2,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    PROXY_SCHEME,
    PROXY_URI,
    PROXYING_NOT_SUPPORTED,
    SIZE1,
    TOO_LARGE,
    Request,
    Resource,
    Response,
    request_in,
)
from p6lowpan.machines.coap.resources import WELL_KNOWN_CORE, Listing
from p6lowpan.wire.address import is_multicast
from p6lowpan.wire.coap.message import Message, compose
from p6lowpan.wire.coap.registry import EMPTY, Type, is_request
from p6lowpan.wire.coap.values import RESERVED_EXPONENT, block, uint_octets

PORT = 5683  # RFC 7252 section 12.6
IDS = 1 << 16
HEADER_OCTETS = 4
SUCCESS = 2
LARGEST_EXPONENT = 6  # RFC 7959 section 2.2: blocks of 1024 octets
LIFETIME_US = {Type.CONFIRMABLE: 247_000_000, Type.NON_CONFIRMABLE: 145_000_000}
"""RFC 7252 section 4.8.2: EXCHANGE_LIFETIME, NON_LIFETIME."""


@value
class _Answered:
    """An exchange that is over: what was answered, and until when its message ID is this one's."""

    until: int
    answer: bytes


class Server:
    """See the module. ``seed`` makes the first message ID, which nobody shall guess."""

    def __init__(self, resources: Mapping[str, Resource], limits: Limits, seed: int = 0) -> None:
        self._resources = {**resources, WELL_KNOWN_CORE: Listing(resources)}
        self._limits = limits
        self._message_id = Chance(seed).below(IDS)
        self._answered: BoundedTable[tuple[bytes, int, int], _Answered] = BoundedTable(limits.coap_exchanges)

    def received(self, now: int, source: bytes, source_port: int, destination: bytes, payload: bytes) -> bytes | None:
        """What a datagram is answered with; ``None``: nothing."""
        if is_multicast(destination):
            return None
        try:
            message, _ = Message.decode(payload)
        except Malformed:
            return _reset_for_broken(payload)
        if message.type not in LIFETIME_US:
            return None  # an acknowledgement or reset: nothing of ours waits for it
        if not is_request(message.code):
            return _reset(message.message_id) if message.type == Type.CONFIRMABLE else None
        return self._request(now, (source, source_port, message.message_id), message)

    def _request(self, now: int, exchange: tuple[bytes, int, int], message: Message) -> bytes | None:
        known = self._answered.get(exchange)
        is_confirmable = message.type == Type.CONFIRMABLE
        if known is not None and now < known.until:
            return known.answer if is_confirmable else None
        request = request_in(message)
        if request is None and not is_confirmable:
            return None  # RFC 7252 section 5.4.1
        response = Response(BAD_OPTION) if request is None else self._response(request)
        answer = self._message_for(message, response).encode()
        self._answered.remove(exchange)
        self._answered.put(exchange, _Answered(now + LIFETIME_US[Type(message.type)], answer))
        return answer

    def _message_for(self, request: Message, response: Response) -> Message:
        kind, message_id = Type.ACKNOWLEDGEMENT, request.message_id
        if request.type == Type.NON_CONFIRMABLE:
            self._message_id = message_id = (self._message_id + 1) % IDS
            kind = Type.NON_CONFIRMABLE
        options, payload = response.all_options, response.payload
        return compose(kind, response.code, message_id, token=request.token, options=options, payload=payload)

    def _response(self, request: Request) -> Response:
        most = self._limits.coap_payload_octets
        if PROXY_URI in request.options or PROXY_SCHEME in request.options:
            return Response(PROXYING_NOT_SUPPORTED)
        if len(request.payload) > most:
            return Response(TOO_LARGE, options=((SIZE1, uint_octets(most)),))
        resource = self._resources.get(request.path)
        if resource is None:
            return Response(NOT_FOUND)
        response = resource.handle(request)
        wanted = request.number(ACCEPT)
        if response.code >> 5 == SUCCESS and response.payload and wanted not in (None, response.content_format):
            return Response(NOT_ACCEPTABLE)
        return _in_blocks(request, response)


def _in_blocks(request: Request, response: Response) -> Response:
    """The block of a representation that is asked for (RFC 7959 section 2.4); the first one where it is too long and
    nobody said that blocks are understood."""
    wanted = request.number(BLOCK2)
    if response.code >> 5 != SUCCESS or (wanted is None and len(response.payload) <= 16 << LARGEST_EXPONENT):
        return response
    number, exponent = (0, LARGEST_EXPONENT) if wanted is None else (wanted >> 4, wanted & 7)
    if exponent == RESERVED_EXPONENT:
        return Response(BAD_REQUEST)
    size = 16 << exponent
    at = number * size
    if number and at >= len(response.payload):
        return Response(BAD_REQUEST)
    option = BLOCK2, uint_octets(block(number, at + size < len(response.payload), exponent))
    return replace(response, payload=response.payload[at : at + size], options=(*response.options, option))


def _reset(message_id: int) -> bytes:
    return compose(Type.RESET, EMPTY, message_id).encode()


def _reset_for_broken(payload: bytes) -> bytes | None:
    """What cannot be read is reset, where it is confirmable and of this version (RFC 7252 sections 3, 4.2)."""
    is_confirmable = len(payload) >= HEADER_OCTETS and payload[0] >> 4 == 1 << 2 | Type.CONFIRMABLE
    return _reset(int.from_bytes(payload[2:HEADER_OCTETS], "big")) if is_confirmable else None
