"""The uncompressed packet that 6LoWPAN Routing Headers and the LOWPAN_IPHC behind them stand for (RFC 8138).

A compressed packet does not say all that its uncompressed form does, so some of that is chosen here, always in the same
way:

- an expanded route holds the hops that are left, not those already used (section 5.3), and all of them are segments
  left; of the ways to write an RFC 6554 header the shortest is taken;
- behind each IPv6 header come Hop-by-Hop options, then the route. The RPL option stands alone in 8 octets; in a Hop-by-
  Hop Options header that the packet has already it is the first option, with a PadN behind it that keeps what follows
  aligned as it was;
- the RPL option has the type that the DODAG uses (RFC 9008 section 4.3): 0x63 unless it is known to be 0x23;
- an outer header has traffic class and flow label 0. Its destination is the first hop of its route; without one, the
  root for what goes up, and the destination of LOWPAN_IPHC for what goes down (section 7). Without RPI, what the root
  itself encapsulated goes down, and the rest up;
- a 6LoRH belongs to the IP-in-IP-6LoRH behind it, and the last ones to the IPv6 header that LOWPAN_IPHC stands for
  (section 3.2.2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.routing_expansion import (
    ADDRESS_OCTETS,
    HOP_BY_HOP,
    IPV6,
    IPV6_OCTETS,
    ROUTING,
    RPL_OPTION,
    coalesce,
    expand_route,
    hop_by_hop,
    length_field,
    outer_header,
    routing_header,
)
from p6lowpan.wire.sixlowpan.routing_header import (
    LAYER,
    CriticalRoutingHeader,
    IpInIp,
    RplInformation,
    SourceRoute,
)


@dataclass(frozen=True, slots=True)
class Dodag:
    """What is known of a DODAG: the address of its root, and the type of the RPL option in it."""

    root: bytes | None = None
    option_type: int = RPL_OPTION


Dodags = Mapping[int | None, Dodag]
"""The DODAG of each RPL instance, section 4.3.2: "an abstract context table, indexed by Global RPLInstanceID"; and of a
packet that names no instance."""

NO_DODAGS: Dodags = MappingProxyType({})
UNKNOWN = Dodag()


class Routed(NamedTuple):
    """The uncompressed packet. The IPv6 header that LOWPAN_IPHC stands for begins at octet ``inner``; behind it,
    ``inserted`` octets come from routing headers. By the place of a routing header among the others: ``spans``, the
    octets that it stands for, and ``paths``, the hops of a route. ``unknown``: why the addresses in front of ``inner``
    are not all known; unknown ones are zero there."""

    octets: bytes
    inner: int
    inserted: int
    spans: dict[int, tuple[int, int]]
    paths: dict[int, tuple[bytes, ...]]
    unknown: Malformed | None

    @property
    def added(self) -> int:
        """How many octets routing headers stand for."""
        return self.inner + self.inserted

    @property
    def hidden(self) -> int:
        """How many octets in front cannot be handed on, because not all addresses in them are known."""
        return 0 if self.unknown is None else self.inner

    @property
    def packet(self) -> bytes:
        """What can be handed on: the whole, or what is inside."""
        return self.octets[self.hidden :]

    def place(self, octet: int) -> int:
        """Where an octet is of the packet that LOWPAN_IPHC stands for."""
        return octet + self.inner + (self.inserted if octet >= IPV6_OCTETS else 0)


@dataclass(slots=True)
class _Chain:
    """The routing headers that go behind one IPv6 header, and their places among all. ``outer``: the IPv6 header, where
    it is not that of LOWPAN_IPHC."""

    routes: list[SourceRoute] = field(default_factory=list)
    information: RplInformation | None = None
    outer: IpInIp | None = None
    places: dict[int, Header] = field(default_factory=dict)


def _chains(headers: Iterable[Header]) -> list[_Chain]:
    """The chains, that of the inner packet last.

    Section 3.2.2: IP-in-IP ends a chain; the headers after the last one go behind the inner packet's IPv6 header.
    """
    chains, offset = [_Chain()], 0
    for place, header in enumerate(headers):
        chain = chains[-1]
        chain.places[place] = header
        match header:
            case SourceRoute():
                chain.routes.append(header)
            case RplInformation():
                if chain.information is not None:
                    raise Malformed(LAYER, offset, Reason.BAD_ORDER, "a second RPI-6LoRH for one IPv6 header")
                chain.information = header
            case IpInIp():
                chain.outer = header
                chains.append(_Chain())
            case CriticalRoutingHeader():
                raise Malformed(LAYER, offset, Reason.UNSUPPORTED, f"critical header of unknown type {header.type}")
        offset += len(header.encode())
    return chains


def put_back(headers: Iterable[Header], inner: bytes, dodags: Dodags = NO_DODAGS) -> Routed:
    """The uncompressed packet that ``headers`` before ``inner`` stand for.

    ``inner`` begins with the IPv6 header that LOWPAN_IPHC stood for, and may lack its end (a first fragment). Elective
    headers of unknown type are skipped. Raises :class:`Malformed`.
    """
    if len(inner) < IPV6_OCTETS:
        raise Malformed("ipv6", len(inner), Reason.TRUNCATED, f"an IPv6 header needs {IPV6_OCTETS} octets")
    *encapsulations, innermost = _chains(headers)
    return _Expansion(inner, dodags).run(encapsulations, innermost)


def encapsulations_of(headers: Iterable[Header]) -> int:
    """How many outer IPv6 headers ``headers`` stand for."""
    return sum(isinstance(header, IpInIp) for header in headers)


class _Behind(NamedTuple):
    """The headers behind an IPv6 header: the first one's number, their octets, and where the route begins in them."""

    next_header: int
    octets: bytes
    route_at: int


class _Expansion:
    """A packet that grows from the inside out."""

    def __init__(self, inner: bytes, dodags: Dodags) -> None:
        self.packet = inner
        self.final = inner[24:IPV6_OCTETS]
        self.dodags = dodags
        self.spans: dict[int, tuple[int, int]] = {}
        self.paths: dict[int, tuple[bytes, ...]] = {}
        self.unknown: Malformed | None = None

    def run(self, encapsulations: list[_Chain], innermost: _Chain) -> Routed:
        before = len(self.packet)
        self._insert(innermost)
        inserted = len(self.packet) - before
        for chain in reversed(encapsulations):
            self._encapsulate(chain)
        inner = len(self.packet) - before - inserted
        return Routed(self.packet, inner, inserted, self.spans, self.paths, self.unknown)

    def _insert(self, chain: _Chain) -> None:
        """The headers of ``chain`` behind the packet's own IPv6 header, and the next hop as its destination."""
        packet = self.packet
        path = self._path(chain, packet[8:24])
        if path and path[-1] != self.final:
            path = (*path, self.final)
        destination, *segments = path or (self.final,)
        if segments or chain.information:
            options, rest, following = _split_options(packet)
            behind = self._behind(chain, destination, segments, following, options)
            added = len(behind.octets) - len(options)
            length = length_field(int.from_bytes(packet[4:6], "big") + added)
            header = packet[:4] + length + bytes((behind.next_header, packet[7])) + packet[8:24] + destination
            self.packet = header + behind.octets + rest
        else:
            behind = _Behind(packet[6], b"", 0)
            self.packet = packet[:24] + destination + packet[IPV6_OCTETS:]
        self._place(chain, behind, has_route=bool(segments))

    def _encapsulate(self, chain: _Chain) -> None:
        """The packet behind the outer header that ``chain`` ends with, and what the chain adds to that."""
        outer, information = chain.outer, chain.information
        if outer is None:
            raise UsageError("a chain without IP-in-IP-6LoRH is no encapsulation")
        instance = information.rpl_instance if information else None
        source = self._known(instance, outer.encapsulator, "the address of the encapsulator")
        path = self._path(chain, source)
        if not path:
            downwards = information.down if information else not outer.encapsulator
            path = (self.final if downwards else self._known(instance, b"", "the destination of the outer header"),)
        behind = self._behind(chain, path[0], path[1:], IPV6)
        length = len(behind.octets) + IPV6_OCTETS + int.from_bytes(self.packet[4:6], "big")
        header = outer_header(outer.hop_limit, source, path[0], behind.next_header, length)
        front = header + behind.octets
        self.spans = {place: (start + len(front), end + len(front)) for place, (start, end) in self.spans.items()}
        self.packet = front + self.packet
        self._place(chain, behind, has_route=len(path) > 1)

    def _path(self, chain: _Chain, reference: bytes) -> tuple[bytes, ...]:
        """The addresses of a chain's routes."""
        path = left = expand_route(chain.routes, reference)
        for place, header in chain.places.items():
            if isinstance(header, SourceRoute):
                self.paths[place], left = left[: len(header.hops)], left[len(header.hops) :]
        return path

    def _known(self, instance: int | None, compressed: bytes, which: str) -> bytes:
        """An address that is coalesced with the root's; zeros where that is not known."""
        if len(compressed) == ADDRESS_OCTETS:
            return compressed
        root = self.dodags.get(instance, UNKNOWN).root
        if root is None and self.unknown is None:
            whose = "the DODAG" if instance is None else f"instance {instance}"
            detail = f"{which} is told by that of the root of {whose}, which is not known"
            self.unknown = Malformed(LAYER, 0, Reason.NO_ROOT, detail)
        return coalesce(root or bytes(ADDRESS_OCTETS), compressed)

    def _behind(
        self, chain: _Chain, destination: bytes, segments: Sequence[bytes], following: int, options: bytes = b""
    ) -> _Behind:
        """The headers between an IPv6 header and the one of number ``following``; ``options`` were there before."""
        route = b""
        if segments:
            route, following = routing_header(segments, destination, following), ROUTING
        if chain.information:
            option_type = self.dodags.get(chain.information.rpl_instance, UNKNOWN).option_type
            options = hop_by_hop(chain.information, following, option_type, options)
        if options:
            options, following = bytes((following,)) + options[1:], HOP_BY_HOP
        return _Behind(following, options + route, len(options))

    def _place(self, chain: _Chain, behind: _Behind, *, has_route: bool) -> None:
        """Note what each header of ``chain`` stands for in the packet, whose first header is that of the chain. A route
        with one hop alone is the destination in the IPv6 header."""
        route_at = IPV6_OCTETS + behind.route_at
        for place, header in chain.places.items():
            if isinstance(header, IpInIp):
                self.spans[place] = 0, IPV6_OCTETS
            elif isinstance(header, RplInformation):
                self.spans[place] = IPV6_OCTETS, route_at
            elif isinstance(header, SourceRoute):
                self.spans[place] = (route_at, IPV6_OCTETS + len(behind.octets)) if has_route else (24, IPV6_OCTETS)


def _split_options(packet: bytes) -> tuple[bytes, bytes, int]:
    """The Hop-by-Hop Options header of ``packet``, if it has one, the octets behind, and the number of what follows."""
    if packet[6] != HOP_BY_HOP:
        return b"", packet[IPV6_OCTETS:], packet[6]
    end = IPV6_OCTETS + 8 * (packet[IPV6_OCTETS + 1] + 1) if len(packet) > IPV6_OCTETS + 1 else IPV6_OCTETS + 8
    if len(packet) < end:
        raise Malformed(LAYER, 0, Reason.TRUNCATED, "Hop-by-Hop Options end behind a first fragment with 6LoRH")
    return packet[IPV6_OCTETS:end], packet[end:], packet[IPV6_OCTETS]
