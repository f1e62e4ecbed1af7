"""What all ICMPv6 messages share (RFC 4443 section 2.1): their first four octets, and the checksum over the whole.

A message takes all octets to the end of its packet. Its checksum stays as received; :func:`with_checksum` computes
one.
"""

from dataclasses import replace
from typing import Annotated, Any, TypeVar

from p6lowpan.wire import checksum
from p6lowpan.wire.description import U8, U16, Bits, Fixed, Header, Meaning, Rest, wire
from p6lowpan.wire.ipv6.registry import MessageType, Protocol

M = TypeVar("M", bound=Header)

Type = Annotated[int, Bits(8), Meaning(MessageType)]
FixedType = Annotated[int, Bits(8), Meaning(MessageType), Fixed()]


@wire("icmpv6")
class UnknownMessage(Header):
    """A message of which only the first four octets are read."""

    type: Type
    code: U8 = 0
    checksum: U16 = 0
    body: Rest = b""


def with_checksum(message: M, source: bytes, destination: bytes) -> M:
    """``message`` with the checksum over the final addresses (RFC 8200 section 8.1) and itself."""
    zeroed: Any = message  # every message has a checksum field; the common base of headers cannot say so
    octets = replace(zeroed, checksum=0).encode()
    computed = checksum.transport_checksum(source, destination, Protocol.ICMPV6, octets)
    changed: M = replace(zeroed, checksum=computed)
    return changed


def is_error(message_type: int) -> bool:
    """Whether an ICMPv6 type is an error, which nobody may answer with another (RFC 4443 section 2.4 e)."""
    return message_type < 128
