"""Thread network data: prefixes of the network and the contexts that stand for them (Thread 1.1 specification, section
5.18). What is not needed to read a frame (routes, services, the commissioner) keeps its octets.
"""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.description import AUTO, U8, Bits, Check, Computed, Each, Fixed, Header, Meaning, Octets, wire
from p6lowpan.wire.family import Family

ENTRY_TYPES = {
    0: "has route",
    1: "prefix",
    2: "border router",
    3: "6LoWPAN ID",
    4: "commissioning data",
    5: "service",
    6: "server",
}

Stable = Annotated[int, Bits(1), Meaning({0: "temporary", 1: "stable"})]
EntryType = Annotated[int, Bits(7), Meaning(ENTRY_TYPES)]


def octets_of(bits: int) -> int:
    """How many octets hold a prefix."""
    return (bits + 7) // 8


def prefix_in_words(prefix: bytes) -> str:
    """The prefix filled up with zeros."""
    return format_ipv6(prefix[:16].ljust(16, b"\0"))


@wire("thread-network-data")
class ContextEntry(Header):
    """The 6LoWPAN ID: a context for the prefix around it. ``compress`` is the flag of RFC 6775."""

    CHECKS = (Check("length == 2", "length", Reason.BAD_LENGTH, "two octets (Thread section 5.18)"),)
    entry_type: Annotated[int, Bits(7), Meaning(ENTRY_TYPES), Fixed()] = 3
    stable: Stable = 0
    length: U8 = 2
    reserved: Annotated[int, Bits(3)] = 0
    compress: Annotated[int, Bits(1)] = 0
    context_identifier: Annotated[int, Bits(4)]
    context_length: U8


@wire("thread-network-data")
class UnknownEntry(Header):
    """An entry of which only type and length are read."""

    entry_type: EntryType
    stable: Stable = 0
    length: Annotated[int, Bits(8), Computed("len(content)")] = AUTO
    content: Annotated[bytes, Octets("length")] = b""


INNER_ENTRIES = Family(
    layer="thread-network-data", members={3: ContextEntry}, unknown=UnknownEntry, key=lambda octets: octets[0] >> 1
)
"""What may be said about a prefix."""


@wire("thread-network-data")
class PrefixEntry(Header):
    """A prefix, and what is said about it."""

    CHECKS = (Check("prefix_length <= 128", "prefix_length", Reason.BAD_VALUE, "at most 128 bits"),)
    entry_type: Annotated[int, Bits(7), Meaning(ENTRY_TYPES), Fixed()] = 1
    stable: Stable = 0
    length: Annotated[int, Bits(8), Computed("2 + len(prefix) + octets_in(entries)")] = AUTO
    domain: U8 = 0
    prefix_length: U8
    prefix: Annotated[bytes, Octets("octets_of(prefix_length)"), Meaning(prefix_in_words)]
    entries: Annotated[tuple[Header, ...], Each("INNER_ENTRIES", size="length - 2 - len(prefix)")] = ()


ENTRIES = Family(
    layer="thread-network-data", members={1: PrefixEntry}, unknown=UnknownEntry, key=lambda octets: octets[0] >> 1
)
"""Entries of the network data."""
