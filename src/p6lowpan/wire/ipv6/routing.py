"""The Routing header, RFC 8200 section 4.4, by its routing type.

Type 3 is the source route of RPL (RFC 6554), whose addresses leave out the octets that they share with the IPv6
destination: :func:`expand_addresses` puts them back, :func:`source_route` builds the smallest header for a path.
What this module does not do: forward; :func:`final_destination` only says where the packet ends up.
"""

from collections.abc import Sequence
from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import address
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.description import (
    AUTO,
    U8,
    U16,
    U32,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Octets,
    wire,
)
from p6lowpan.wire.family import Family
from p6lowpan.wire.ipv6.address_list import AddressEntry
from p6lowpan.wire.ipv6.header import NextHeader

ROUTING_TYPES = {
    0: "source route, deprecated by RFC 5095",
    1: "Nimrod, deprecated",
    2: "type 2, to a mobile node's home address",
    3: "RPL source route",
    4: "segment routing",
    5: "compressed routing header, 16 bits",
    6: "compressed routing header, 32 bits",
    253: "experiment 1",
    254: "experiment 2",
}

RoutingType = Annotated[int, Bits(8), Meaning(ROUTING_TYPES)]
FixedRoutingType = Annotated[int, Bits(8), Meaning(ROUTING_TYPES), Fixed()]


@wire("ipv6-routing-type-0")
class SourceRouteType0(Header):
    """RFC 2460 section 4.4, deprecated by RFC 5095. ``length`` counts 8-octet units behind the first 8 octets."""

    CHECKS = (Check("length % 2 == 0", "length", Reason.BAD_LENGTH, "two units for an address (RFC 2460 section 4.4)"),)
    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("2 * len(addresses)")] = AUTO
    routing_type: FixedRoutingType = 0
    segments_left: U8
    reserved: U32 = 0
    addresses: Annotated[tuple[AddressEntry, ...], Each("AddressEntry", size="8 * length")]


@wire("ipv6-routing-type-2")
class HomeAddressRoute(Header):
    """RFC 6275 section 6.4: one address, the mobile node's home address."""

    CHECKS = (Check("length == 2", "length", Reason.BAD_LENGTH, "one address (RFC 6275 section 6.4.1)"),)
    next_header: NextHeader
    length: U8 = 2
    routing_type: FixedRoutingType = 2
    segments_left: U8 = 1
    reserved: U32 = 0
    home_address: address.Ipv6


def divides(octets: int, elided: int, elided_last: int) -> bool:
    """Whether ``octets`` hold a whole number of addresses, the last one shortened by ``elided_last``. None is whole."""
    before_last = octets - (16 - elided_last)
    return octets == 0 or (before_last >= 0 and before_last % (16 - elided) == 0)


@wire("ipv6-routing-rpl")
class RplSourceRoute(Header):
    """RFC 6554 section 3. ``addresses`` holds n entries: the first n-1 without their leading ``elided`` octets (CmprI),
    the last without its leading ``elided_last`` (CmprE); :func:`expand_addresses` reads them."""

    CHECKS = (
        Check(
            "divides(len(addresses), elided, elided_last)",
            "addresses",
            Reason.BAD_LENGTH,
            "no whole number of addresses of 16-CmprI octets and one of 16-CmprE (RFC 6554 section 4.2)",
        ),
    )
    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("(len(addresses) + pad) // 8")] = AUTO
    routing_type: FixedRoutingType = 3
    segments_left: U8
    elided: Annotated[int, Bits(4)] = 0
    elided_last: Annotated[int, Bits(4)] = 0
    pad: Annotated[int, Bits(4)] = 0
    reserved: Annotated[int, Bits(20)] = 0
    addresses: Annotated[bytes, Octets("8 * length - pad"), Meaning(bytes.hex)]
    padding: Annotated[bytes, Octets("pad")] = b""


@wire("ipv6-routing-segments")
class SegmentRoutingHeader(Header):
    """RFC 8754 section 2; the segment list and the TLVs are kept raw."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("len(content) // 8")] = AUTO
    routing_type: FixedRoutingType = 4
    segments_left: U8
    last_entry: U8
    flags: U8 = 0
    tag: U16 = 0
    content: Annotated[bytes, Octets("8 * length")]


@wire("ipv6-routing")
class UnknownRoute(Header):
    """A Routing header of which only what RFC 8200 section 4.4 gives is read."""

    next_header: NextHeader
    length: Annotated[int, Bits(8), Computed("(len(content) + 4) // 8 - 1")] = AUTO
    routing_type: RoutingType
    segments_left: U8
    content: Annotated[bytes, Octets("8 * length + 4")]


ROUTES = Family(
    layer="ipv6-routing",
    members={0: SourceRouteType0, 2: HomeAddressRoute, 3: RplSourceRoute, 4: SegmentRoutingHeader},
    unknown=UnknownRoute,
    key=lambda octets: octets[2],
    key_octets=3,
)
"""Every Routing header, by its routing type."""


def expand_addresses(route: RplSourceRoute, destination: bytes) -> tuple[Ipv6Address, ...]:
    """The n addresses of a RPL source route, whole: the octets that they leave out are those of the packet's IPv6
    ``destination`` (RFC 6554 section 3)."""
    octets = route.addresses
    if not octets:
        return ()
    size, before_last = 16 - route.elided, len(octets) - (16 - route.elided_last)
    shared, shared_by_last = destination[: route.elided], destination[: route.elided_last]
    between = [Ipv6Address(shared + octets[start : start + size]) for start in range(0, before_last, size)]
    return (*between, Ipv6Address(shared_by_last + octets[before_last:]))


def source_route(next_header: int, path: Sequence[bytes], segments_left: int | None = None) -> RplSourceRoute:
    """The smallest RPL source route along ``path``: its first address is the packet's IPv6 destination, the others go
    into the header. Raises :class:`UsageError` for a path of fewer than two addresses.

    Each hop swaps its own address with the destination, and what is elided must be the same before and after: the last
    address may leave out only what it shares with all the others, not just with the first.
    """
    if len(path) < 2 or any(len(each) != 16 for each in path):
        raise UsageError("a source route needs an IPv6 destination and at least one address of 16 octets after it")
    elided_last = shared_octets(path)
    elided = shared_octets(path[:-1]) if len(path) > 2 else elided_last
    octets = b"".join([each[elided:] for each in path[1:-1]]) + path[-1][elided_last:]
    pad = -len(octets) % 8
    return RplSourceRoute(
        next_header=next_header,
        segments_left=len(path) - 1 if segments_left is None else segments_left,
        elided=elided,
        elided_last=elided_last,
        pad=pad,
        addresses=octets,
        padding=bytes(pad),
    )


def shared_octets(addresses: Sequence[bytes]) -> int:
    """How many leading octets all ``addresses`` share; 15 at most, as four bits tell."""
    lowest, highest = min(addresses), max(addresses)
    return next((index for index in range(15) if lowest[index] != highest[index]), 15)


def final_destination(route: Header, destination: bytes) -> Ipv6Address:
    """Where a packet with this Routing header ends up; transport checksums cover that address (RFC 8200 section 8.1).
    ``destination`` is the one in the IPv6 header."""
    last: bytes = destination
    match route:
        case SourceRouteType0(segments_left=left, addresses=(*_, entry)) if left:
            last = entry.address
        case HomeAddressRoute(segments_left=left, home_address=home) if left:
            last = home
        case RplSourceRoute(segments_left=left, addresses=octets) if left and octets:
            last = expand_addresses(route, destination)[-1]
        case SegmentRoutingHeader(segments_left=left, content=content) if left and len(content) >= 16:
            last = content[:16]  # RFC 8754 section 2: the segment list begins with the last segment
    return Ipv6Address(last)
