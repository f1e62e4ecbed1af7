"""What all Neighbor Discovery options share: type and length in front, the length in units of 8 octets (RFC 4861
section 4.6). A length of zero is malformed, and the message with it.
"""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Ipv6Address, format_ipv6
from p6lowpan.wire.description import AUTO, Bits, Check, Computed, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.registry import NeighborOptionType

FixedType = Annotated[int, Bits(8), Meaning(NeighborOptionType), Fixed()]

INFINITE_SECONDS = 0xFFFFFFFF


def seconds_in_words(seconds: int) -> str:
    """A lifetime of 32 bits; all ones is for ever (RFC 4861 section 4.6.2)."""
    return "for ever" if seconds == INFINITE_SECONDS else f"{seconds} s"


def minutes_in_words(minutes: int) -> str:
    """A lifetime of RFC 6775, in units of 60 s."""
    return f"{minutes} min"


Seconds = Annotated[int, Bits(32), Meaning(seconds_in_words)]
Minutes = Annotated[int, Bits(16), Meaning(minutes_in_words)]


def whole_prefix(prefix: bytes) -> Ipv6Address:
    """A prefix of 0, 8 or 16 octets with the zeros that make an address of it."""
    return Ipv6Address(prefix.ljust(16, b"\0"))


def prefix_in_words(prefix: bytes) -> str:
    """A prefix of which an option holds 0, 8 or 16 octets, as text."""
    return format_ipv6(whole_prefix(prefix))


def octets_for(prefix_length: int) -> int:
    """How many octets an option that leaves trailing zeros out must hold of a prefix: 0, 8 or 16."""
    return 8 * ((prefix_length + 63) // 64)


def exactly(units: int, source: str) -> tuple[Check, ...]:
    """The check of an option that has one size only."""
    return (Check(f"length == {units}", "length", Reason.BAD_LENGTH, f"{8 * units} octets in all ({source})"),)


@wire("nd-option-unknown")
class UnknownOption(Header):
    """An option of which only type and length are read; who does not know it ignores it (RFC 4861 section 4.6)."""

    type: Annotated[int, Bits(8), Meaning(NeighborOptionType)]
    length: Annotated[int, Bits(8), Computed("(len(data) + 2) // 8")] = AUTO
    data: Annotated[bytes, Octets("8 * length - 2")]


@wire("nd-option-invalid")
class InvalidOption(Header):
    """An option of a known type whose length or contents are not what its RFC says. It is ignored, and the message is
    not: RFC 6775 section 5.5.2 says so of an ARO in a Neighbor Advertisement, other RFCs leave it open."""

    type: Annotated[int, Bits(8), Meaning(NeighborOptionType)]
    length: Annotated[int, Bits(8), Computed("(len(data) + 2) // 8")] = AUTO
    data: Annotated[bytes, Octets("8 * length - 2")]
