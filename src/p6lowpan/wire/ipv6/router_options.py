"""What routers tell hosts in Neighbor Discovery options: prefixes, routes and the MTU (RFC 4861 section 4.6, RFC 4191
section 2.3), and the packet that a Redirect quotes."""

from typing import Annotated

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import address
from p6lowpan.wire.description import AUTO, U8, U16, U32, Bits, Check, Computed, Header, Meaning, Octets, wire
from p6lowpan.wire.ipv6.neighbor_option import (
    FixedType,
    Seconds,
    exactly,
    octets_for,  # noqa: F401 - a description names it
    prefix_in_words,
)
from p6lowpan.wire.ipv6.registry import NeighborOptionType

PREFERENCES = {0: "medium", 1: "high", 2: "reserved", 3: "low"}
"""Router and route preference, RFC 4191 section 2.1: a signed number of two bits."""


@wire("nd-option-prefix-information")
class PrefixInformation(Header):
    """RFC 4861 section 4.6.2. R is of RFC 6275 section 7.2, P of RFC 9762 section 4 (the network prefers that a client
    gets a prefix of its own by DHCPv6); RFC 8425 opens the registry of these flags."""

    CHECKS = (
        *exactly(4, "RFC 4861 section 4.6.2"),
        Check("prefix_length <= 128", "prefix_length", Reason.BAD_VALUE, "at most 128 bits"),
    )
    type: FixedType = NeighborOptionType.PREFIX_INFORMATION
    length: U8 = 4
    prefix_length: U8
    on_link: Annotated[int, Bits(1)] = 0
    autonomous: Annotated[int, Bits(1)] = 0
    router_address: Annotated[int, Bits(1)] = 0
    prefix_delegation_preferred: Annotated[int, Bits(1)] = 0
    reserved_bits: Annotated[int, Bits(4)] = 0
    valid_lifetime_seconds: Seconds
    preferred_lifetime_seconds: Seconds
    reserved: U32 = 0
    prefix: address.Ipv6


@wire("nd-option-redirected-header")
class RedirectedHeader(Header):
    """RFC 4861 section 4.6.3: the packet that made the router redirect, cut to fit and kept raw, with the octets that
    fill the last unit of 8."""

    type: FixedType = NeighborOptionType.REDIRECTED_HEADER
    length: Annotated[int, Bits(8), Computed("(len(packet) + 8) // 8")] = AUTO
    reserved_short: U16 = 0
    reserved: U32 = 0
    packet: Annotated[bytes, Octets("8 * length - 8")]


@wire("nd-option-mtu")
class Mtu(Header):
    """RFC 4861 section 4.6.4."""

    CHECKS = exactly(1, "RFC 4861 section 4.6.4")
    type: FixedType = NeighborOptionType.MTU
    length: U8 = 1
    reserved: U16 = 0
    mtu: U32


@wire("nd-option-route-information")
class RouteInformation(Header):
    """RFC 4191 section 2.3. ``prefix`` has 0, 8 or 16 octets."""

    CHECKS = (
        Check("prefix_length <= 128", "prefix_length", Reason.BAD_VALUE, "at most 128 bits"),
        Check(
            "octets_for(prefix_length) <= len(prefix) <= 16",
            "length",
            Reason.BAD_LENGTH,
            "1 to 3 units, enough for the prefix (RFC 4191 section 2.3)",
        ),
    )
    type: FixedType = NeighborOptionType.ROUTE_INFORMATION
    length: Annotated[int, Bits(8), Computed("(len(prefix) + 8) // 8")] = AUTO
    prefix_length: U8
    reserved_before: Annotated[int, Bits(3)] = 0
    preference: Annotated[int, Bits(2), Meaning(PREFERENCES)] = 0
    reserved_after: Annotated[int, Bits(3)] = 0
    lifetime_seconds: Seconds
    prefix: Annotated[bytes, Octets("8 * length - 8"), Meaning(prefix_in_words)]
