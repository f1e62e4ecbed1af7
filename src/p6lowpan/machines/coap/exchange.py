"""Requests and responses as a resource sees them (RFC 7252 section 5), and which options of a request are understood.

A critical option that is not understood, is too long or too short, or comes twice where it must not, makes a request
one that cannot be served (sections 5.4.1, 5.4.3, 5.4.5); an elective one is left out.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from p6lowpan.capability.value import value
from p6lowpan.wire.coap.message import URI_PATH, Message, NumberedOption
from p6lowpan.wire.coap.registry import OPTIONS, is_critical
from p6lowpan.wire.coap.values import text, uint, uint_octets

URI_HOST, URI_PORT, CONTENT_FORMAT, URI_QUERY, ACCEPT, BLOCK2, SIZE1 = 3, 7, 12, 15, 17, 23, 60
PROXY_URI, PROXY_SCHEME = 35, 39
UNDERSTOOD = frozenset(
    {URI_HOST, URI_PORT, URI_PATH, CONTENT_FORMAT, URI_QUERY, ACCEPT, BLOCK2, PROXY_URI, PROXY_SCHEME}
)

CREATED, DELETED, CHANGED, CONTENT = 0x41, 0x42, 0x44, 0x45
BAD_REQUEST, BAD_OPTION, NOT_FOUND, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE = 0x80, 0x82, 0x84, 0x85, 0x86
TOO_LARGE, PROXYING_NOT_SUPPORTED = 0x8D, 0xA5
"""Response codes, RFC 7252 section 12.1.2: class in three bits, detail in five."""


@value
class Request:
    """``options`` are those that are understood, by number; one that may come twice has its values in order."""

    code: int
    options: Mapping[int, tuple[bytes, ...]]
    payload: bytes = b""

    @property
    def path(self) -> str:
        """Without its first slash."""
        return "/".join(text(each) for each in self.options.get(URI_PATH, ()))

    def number(self, option: int) -> int | None:
        """The value of an option that is a number; ``None`` where it is missing."""
        values = self.options.get(option)
        return uint(values[0]) if values else None


@value
class Response:
    """``content_format`` says what the payload is."""

    code: int
    payload: bytes = b""
    content_format: int | None = None
    options: tuple[tuple[int, bytes], ...] = ()

    @property
    def all_options(self) -> tuple[tuple[int, bytes], ...]:
        """With the content format."""
        if self.content_format is None:
            return self.options
        return ((CONTENT_FORMAT, uint_octets(self.content_format)), *self.options)


class Resource(Protocol):
    """What a path names. ``attributes`` describe it to whoever looks for it (RFC 6690 section 3)."""

    attributes: str

    def handle(self, request: Request) -> Response:
        """Do what is asked."""


def request_in(message: Message) -> Request | None:
    """The request that a message is; ``None`` where a critical option of it cannot be obeyed."""
    options: dict[int, tuple[bytes, ...]] = {}
    seen: Counter[int] = Counter()
    for one in message.options:
        seen[one.number] += 1
        if _is_understood(one, seen[one.number]):
            options[one.number] = (*options.get(one.number, ()), one.value)
        elif is_critical(one.number):
            return None
    return Request(message.code, options, message.payload)


def _is_understood(one: NumberedOption, times: int) -> bool:
    if one.number not in UNDERSTOOD:
        return False
    row = OPTIONS[one.number]
    return row.shortest <= len(one.value) <= row.longest and (row.repeatable or times == 1)
