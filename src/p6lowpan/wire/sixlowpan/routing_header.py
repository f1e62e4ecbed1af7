"""The 6LoWPAN Routing Headers (RFC 8138): source routes, RPL Packet Information and outer IPv6 headers, compressed.

They stand in page 1 before LOWPAN_IPHC. What they stand for in an uncompressed packet says
:mod:`p6lowpan.wire.sixlowpan.routing_expansion`. Elective headers of unknown type are skipped by their length; the
length of a critical one is known to those alone who know its type, so the octets up to the end are kept.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.description import (
    AUTO,
    U8,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Octets,
    Rest,
    When,
    wire,
)  # fmt: skip
from p6lowpan.wire.family import Family

LAYER = "6lorh"
CRITICAL = 0b100
ELECTIVE = 0b101
MOST_HOPS = 32

CRITICAL_TYPES = {
    0: "SRH-6LoRH, 1 octet a hop",
    1: "SRH-6LoRH, 2 octets a hop",
    2: "SRH-6LoRH, 4 octets a hop",
    3: "SRH-6LoRH, 8 octets a hop",
    4: "SRH-6LoRH, 16 octets a hop",
    5: "RPI-6LoRH",
}
"""Section 10.2: the registry of critical types."""

ELECTIVE_TYPES = {6: "IP-in-IP-6LoRH", 7: "Deadline-6LoRH"}
"""Section 10.3: the registry of elective types, another one; RFC 9034 section 5 has added to it."""


def _address_words(address: bytes) -> str:
    return format_ipv6(address) if len(address) == 16 else f"the last {8 * len(address)} bits"


@wire(LAYER)
class Hop1(Header):
    """A hop of type 0."""

    address: Annotated[bytes, Octets(1), Meaning(_address_words)]


@wire(LAYER)
class Hop2(Header):
    """A hop of type 1."""

    address: Annotated[bytes, Octets(2), Meaning(_address_words)]


@wire(LAYER)
class Hop4(Header):
    """A hop of type 2."""

    address: Annotated[bytes, Octets(4), Meaning(_address_words)]


@wire(LAYER)
class Hop8(Header):
    """A hop of type 3."""

    address: Annotated[bytes, Octets(8), Meaning(_address_words)]


@wire(LAYER)
class Hop16(Header):
    """A hop of type 4."""

    address: Annotated[bytes, Octets(16), Meaning(_address_words)]


Hop = Hop1 | Hop2 | Hop4 | Hop8 | Hop16
HOPS: tuple[type[Hop], ...] = (Hop1, Hop2, Hop4, Hop8, Hop16)
"""By type: each is twice as long as the one before."""

WIDEST = len(HOPS) - 1


@wire(LAYER)
class SourceRoute(Header):
    """SRH-6LoRH, section 5.1: hops in the order of the path, all compressed alike. ``size`` is their number less 1."""

    dispatch: Annotated[int, Bits(3), Fixed()] = CRITICAL
    size: Annotated[int, Bits(5), Meaning(lambda size: f"{size + 1} hops"), Computed("len(hops) - 1")] = AUTO
    type: Annotated[int, Bits(8), Meaning(CRITICAL_TYPES)]
    hops: Annotated[tuple[Hop, ...], Each("HOPS[min(type, WIDEST)]", count="size + 1")]

    CHECKS: ClassVar = (
        Check("type <= WIDEST", "type", Reason.BAD_VALUE, f"a source route has a type from 0 to {WIDEST}"),
        Check(
            "all(isinstance(hop, HOPS[type]) for hop in hops)", "hops", Reason.BAD_LENGTH, "every hop is of its type"
        ),
    )


@wire(LAYER)
class RplInformation(Header):
    """RPI-6LoRH, section 6.3: the instance is elided where it is 0, the rank's low octet where that is 0."""

    dispatch: Annotated[int, Bits(3), Fixed()] = CRITICAL
    down: Annotated[int, Bits(1), Meaning({0: "upwards", 1: "downwards"})] = 0
    rank_error: Annotated[int, Bits(1), Meaning({0: "no rank error", 1: "rank error"})] = 0
    forwarding_error: Annotated[int, Bits(1), Meaning({0: "no forwarding error", 1: "forwarding error"})] = 0
    instance_elided: Annotated[int, Bits(1), Meaning({0: "in line", 1: "instance 0"})]
    rank_compressed: Annotated[int, Bits(1), Meaning({0: "2 octets", 1: "1 octet"})]
    type: Annotated[int, Bits(8), Fixed(), Meaning(CRITICAL_TYPES)] = 5
    instance: Annotated[int | None, Bits(8), When("not instance_elided")] = None
    rank: Annotated[int | None, Bits(16), When("not rank_compressed")] = None
    rank_high: Annotated[int | None, Bits(8), When("rank_compressed"), Meaning(lambda high: f"rank {high << 8}")] = None

    @property
    def rpl_instance(self) -> int:
        """The RPLInstanceID, elided or not."""
        return self.instance or 0

    @property
    def sender_rank(self) -> int:
        """The SenderRank, all 16 bits of it."""
        return (self.rank_high or 0) << 8 if self.rank is None else self.rank


@wire(LAYER)
class IpInIp(Header):
    """IP-in-IP-6LoRH, section 7: the outer header's hop limit, and the end of its source unless that is the root."""

    dispatch: Annotated[int, Bits(3), Fixed()] = ELECTIVE
    length: Annotated[int, Bits(5), Computed("1 + len(encapsulator)")] = AUTO
    type: Annotated[int, Bits(8), Fixed(), Meaning(ELECTIVE_TYPES)] = 6
    hop_limit: U8
    encapsulator: Annotated[bytes, Octets("length - 1"), Meaning(_address_words)] = b""

    CHECKS: ClassVar = (
        Check("1 <= length <= 17", "length", Reason.BAD_LENGTH, "a hop limit and at most 16 octets of address"),
    )


@wire(LAYER)
class ElectiveRoutingHeader(Header):
    """Section 4.1: an elective header of unknown type, skipped by its length."""

    dispatch: Annotated[int, Bits(3), Fixed()] = ELECTIVE
    length: Annotated[int, Bits(5), Computed("len(contents)")] = AUTO
    type: Annotated[int, Bits(8), Meaning(ELECTIVE_TYPES)]
    contents: Annotated[bytes, Octets("length")]


@wire(LAYER)
class CriticalRoutingHeader(Header):
    """Section 4.2: a critical header of unknown type. The packet is to be dropped; its octets are kept to the end."""

    dispatch: Annotated[int, Bits(3), Fixed()] = CRITICAL
    extension: Annotated[int, Bits(5)]
    type: Annotated[int, Bits(8), Meaning(CRITICAL_TYPES)]
    contents: Rest


def _members() -> dict[int, type[Header]]:
    members: dict[int, type[Header]] = dict.fromkeys(
        (CRITICAL << 8 | kind for kind in range(256)), CriticalRoutingHeader
    )
    members |= dict.fromkeys((CRITICAL << 8 | kind for kind in range(WIDEST + 1)), SourceRoute)
    return members | {CRITICAL << 8 | 5: RplInformation, ELECTIVE << 8 | 6: IpInIp}


ROUTING_HEADERS = Family(
    LAYER,
    members=_members(),
    unknown=ElectiveRoutingHeader,
    key=lambda octets: octets[0] >> 5 << 8 | octets[1],
    key_octets=2,
)
"""Decodes one 6LoRH. The two forms, critical and elective, have a registry of types each."""

RoutingHeader = SourceRoute | RplInformation | IpInIp | ElectiveRoutingHeader | CriticalRoutingHeader


# --- the shortest headers for what they are to say -------------------------------------------------------------------


def rpl_information(
    instance: int, sender_rank: int, *, down: bool = False, rank_error: bool = False, forwarding_error: bool = False
) -> RplInformation:
    """The shortest RPI-6LoRH, figures 10 to 13."""
    short = sender_rank % 256 == 0
    return RplInformation(
        down=int(down),
        rank_error=int(rank_error),
        forwarding_error=int(forwarding_error),
        instance_elided=int(instance == 0),
        rank_compressed=int(short),
        instance=instance or None,
        rank=None if short else sender_rank,
        rank_high=sender_rank >> 8 if short else None,
    )


def ip_in_ip(hop_limit: int, encapsulator: bytes, root: bytes) -> IpInIp:
    """The shortest IP-in-IP-6LoRH: of the encapsulator's address, what differs from the root's."""
    return IpInIp(hop_limit=hop_limit, encapsulator=encapsulator[_shared_octets(root, encapsulator) :])


def source_routes(path: Sequence[bytes], reference: bytes) -> tuple[SourceRoute, ...]:
    """The shortest chain of SRH-6LoRH for ``path``, whose first address is compressed against ``reference`` and each
    other against the one before (section 5.4)."""
    needed = [_type_for(before, after) for before, after in zip((reference, *path), path, strict=False)]
    best: list[tuple[int, tuple[SourceRoute, ...]]] = [(0, ())]
    for end in range(1, len(path) + 1):
        ways = []
        for start in range(max(end - MOST_HOPS, 0), end):
            kind = max(needed[start:end])
            octets, routes = best[start]
            ways.append((octets + 2 + (end - start << kind), start, kind, routes))
        octets, start, kind, routes = min(ways, key=lambda way: way[0])
        best.append((octets, (*routes, _route(kind, path[start:end]))))
    return best[-1][1]


def _route(kind: int, path: Sequence[bytes]) -> SourceRoute:
    hop = HOPS[kind]
    return SourceRoute(type=kind, hops=tuple(hop(address=address[-(1 << kind) :]) for address in path))


def _type_for(reference: bytes, address: bytes) -> int:
    differing = len(address) - _shared_octets(reference, address)
    return next(kind for kind in range(WIDEST + 1) if 1 << kind >= differing)


def _shared_octets(one: bytes, other: bytes) -> int:
    return next((index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]), len(one))
