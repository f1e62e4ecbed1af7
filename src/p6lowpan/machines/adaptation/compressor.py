"""The smallest encoding of an IPv6 packet that a receiver takes.

Theory of operation. A packet is a chain of headers; under LOWPAN_IPHC any first part of the chain may be compressed,
the rest is carried as it is. For every length of that first part the search takes the smallest choice of each header
that the profile allows; where the headers would grow by more than the receiver's bound, it looks for the combination
that grows most within it. What remains is a short list of candidates, smallest first, the uncompressed form among them;
the sender takes the first one that fits its frames.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation import choices
from p6lowpan.machines.adaptation.choices import Choice, Ends, Features
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.expansion import order_of
from p6lowpan.wire.sixlowpan.next_header_compression import EXTENSION_IDENTIFIERS, CompressedIpv6
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch

HOP_BY_HOP, UDP, IPV6, FRAGMENT, ICMPV6 = 0, 17, 41, 44, 58


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the sender may add to what the receiver's profile says: only the application can allow an elided checksum
    (RFC 6282 section 4.3.2), and generic compression is worth its time only where the sender says so."""

    elide_udp_checksum: bool = False


@dataclass(frozen=True, slots=True)
class Compressed:
    """A candidate: ``octets`` stand for the first ``covered`` octets of the packet; the rest follows as it is.

    ``header_end`` is where the packet's chain of headers ends, compressed or not.
    """

    octets: bytes
    covered: int
    growth: int
    features: Features
    header_end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One header of the packet: its protocol number, its place, and the number of the one behind it."""

    protocol: int
    start: int
    end: int
    following: int


def segments(packet: bytes) -> list[Segment]:
    """The chain of headers that LOWPAN_NHC knows, from the IPv6 header on. Raises :class:`UsageError`."""
    if len(packet) < 40 or packet[0] >> 4 != 6:
        raise UsageError(f"no IPv6 packet: {packet[:1].hex()} in front of {len(packet)} octets")
    if int.from_bytes(packet[4:6], "big") != len(packet) - 40:
        raise UsageError(f"payload length {int.from_bytes(packet[4:6], 'big')} in a packet of {len(packet)} octets")
    chain, at, protocol = [], 0, IPV6
    while (segment := _segment(packet, at, protocol)) is not None:
        chain.append(segment)
        at, protocol = segment.end, segment.following
        if segment.protocol in (UDP, ICMPV6):
            break
    return chain


def _segment(packet: bytes, at: int, protocol: int) -> Segment | None:
    left = len(packet) - at
    if protocol == IPV6 and left >= 40 and int.from_bytes(packet[at + 4 : at + 6], "big") == left - 40:
        return Segment(IPV6, at, at + 40, packet[at + 6]) if packet[at] >> 4 == 6 else None
    if protocol == FRAGMENT and left >= 8:
        # What follows a fragment's header is a whole upper-layer header only in an unfragmented datagram.
        whole = packet[at + 2 : at + 4] in (b"\0\0", b"\0\1")
        return Segment(FRAGMENT, at, at + 8, packet[at] if whole and not packet[at + 3] & 1 else 59)
    if protocol in EXTENSION_IDENTIFIERS and left >= 8 and left >= (packet[at + 1] + 1) * 8:
        return Segment(protocol, at, at + (packet[at + 1] + 1) * 8, packet[at])
    if protocol == UDP and left >= 8 and int.from_bytes(packet[at + 4 : at + 6], "big") == left:
        return Segment(UDP, at, at + 8, -1)
    if protocol == ICMPV6 and left >= 4:
        return Segment(ICMPV6, at, at, -1)
    return None


def candidates(
    packet: bytes, link: Link, contexts: Contexts, profile: Profile, wishes: Wishes = Wishes()
) -> list[Compressed]:
    """Every first part of the header chain at its smallest, and the uncompressed form; the smallest on the link first.

    Raises :class:`UsageError` where ``packet`` is no IPv6 packet.
    """
    chain = segments(packet)
    search = _Search(packet, link, contexts, profile, wishes, chain)
    found = [candidate for depth in range(1, len(chain) + 1) for candidate in search.at_depth(depth)]
    if Feature.UNCOMPRESSED_IPV6 in profile.sends:
        uncompressed = frozenset({Feature.UNCOMPRESSED_IPV6})
        found.append(Compressed(UncompressedDispatch().encode(), 0, 0, uncompressed, search.header_end))
    return sorted(found, key=lambda candidate: len(candidate.octets) - candidate.covered)


class _Search:
    """One packet's search."""

    def __init__(
        self, packet: bytes, link: Link, contexts: Contexts, profile: Profile, wishes: Wishes, chain: list[Segment]
    ) -> None:
        self.packet = packet
        self.contexts = contexts
        self.allowed = profile.sends
        self.limits = profile.limits
        self.wishes = wishes
        self.chain = chain
        self.header_end = chain[-1].end
        self.link_ends = Ends(link.source, link.destination, link.source_identifier, link.destination_identifier)
        self.compressible = self._compressible()

    def _compressible(self) -> int:
        """How many headers of the chain the bounds on number, order and nesting let us compress."""
        extensions, nested, rank = 0, -1, -1
        for index, segment in enumerate(self.chain):
            if segment.protocol == IPV6:
                nested, rank = nested + 1, -1
                if nested > self.limits.nested_ipv6_headers or (nested and Feature.NHC_IPV6 not in self.allowed):
                    return index
            elif segment.protocol in EXTENSION_IDENTIFIERS:
                extensions, before = extensions + 1, rank
                rank = order_of(segment.protocol, rank)
                if extensions > self.limits.compressed_extension_headers:
                    return index
                if self.limits.extension_headers_in_order and rank <= before:
                    return index
        return len(self.chain)

    def at_depth(self, depth: int) -> Iterator[Compressed]:
        """The smallest encoding that compresses exactly ``depth`` headers, if there is one."""
        if depth > self.compressible:
            return
        rows = []
        for index in range(depth):
            last = index == depth - 1
            row = [choice for choice in self._choices(index, last) if choice.features <= self.allowed]
            if not row:
                return
            rows.append(sorted(row, key=lambda choice: len(choice.octets) - choice.covered))
        best = _within([*rows], self.limits.header_growth_octets)
        if best is not None:
            yield Compressed(
                b"".join([choice.octets for choice in best]),
                sum(choice.covered for choice in best),
                sum(choice.growth for choice in best),
                frozenset().union(*(choice.features for choice in best)),
                self.header_end,
            )

    def _choices(self, index: int, last: bool) -> Iterator[Choice]:
        segment = self.chain[index]
        octets = self.packet[segment.start : segment.end]
        following = segment.following if last else None
        if segment.protocol == IPV6:
            yield from self._ipv6(index, octets, following)
        elif segment.protocol == UDP:
            yield from self._udp(segment)
        elif segment.protocol == ICMPV6:
            if Feature.GHC_ICMPV6 in self.allowed:
                yield choices.generic_icmpv6_choice(self.packet[segment.start :], self._addresses(index))
        else:
            yield from choices.extension_choices(segment.protocol, octets, following)
            if Feature.GHC_EXTENSION in self.allowed and segment.protocol != FRAGMENT:
                yield choices.generic_extension_choice(segment.protocol, octets, following, self._addresses(index))

    def _ipv6(self, index: int, octets: bytes, following: int | None) -> Iterator[Choice]:
        if index == 0:
            yield from choices.ipv6_choices(octets, self.link_ends, self.contexts, self.allowed, following)
            return
        addresses = self._addresses(index)
        ends = Ends(b"", b"", addresses[8:16], addresses[24:32])
        prefix = CompressedIpv6().encode()
        for choice in choices.ipv6_choices(octets, ends, self.contexts, self.allowed, following):
            nested = choice.features | {Feature.NHC_IPV6}
            yield Choice(choice.header, prefix + choice.octets, 40, choice.growth - len(prefix), nested)

    def _udp(self, segment: Segment) -> Iterator[Choice]:
        octets = self.packet[segment.start :]
        elide = self.wishes.elide_udp_checksum and Feature.NHC_UDP_CHECKSUM_ELIDED in self.allowed
        for choice in choices.udp_choices(octets, elide):
            yield choice
            if Feature.GHC_UDP in self.allowed:
                yield choices.generic_udp_choice(choice, octets, self._addresses(len(self.chain)))

    def _addresses(self, index: int) -> bytes:
        """Source and destination of the IPv6 header that holds header ``index``."""
        at = max(segment.start for segment in self.chain[:index] if segment.protocol == IPV6)
        return self.packet[at + 8 : at + 40]


def _within(rows: list[list[Choice]], growth_limit: int) -> list[Choice] | None:
    """One choice a row, the smallest sum of octets whose growth keeps the limit; ``None`` where nothing does."""
    smallest = [row[0] for row in rows]
    if sum(choice.growth for choice in smallest) <= growth_limit:
        return smallest
    best: dict[int, tuple[int, list[Choice]]] = {0: (0, [])}  # growth so far -> (size, choices)
    for row in rows:
        extended: dict[int, tuple[int, list[Choice]]] = {}
        for growth, (size, chosen) in best.items():
            for choice in row:
                total, cost = growth + choice.growth, size + len(choice.octets) - choice.covered
                if total not in extended or cost < extended[total][0]:
                    extended[total] = (cost, [*chosen, choice])
        best = extended
    fitting = [entry for growth, entry in best.items() if growth <= growth_limit]
    return min(fitting, key=lambda entry: entry[0])[1] if fitting else None
