"""The smallest encoding of an IPv6 packet that a receiver takes.

Theory of operation. A packet is a chain of headers; under LOWPAN_IPHC any first part of the chain may be compressed,
the rest is carried as it is. For every length of that first part the search takes the smallest choice of each header
that the profile allows; where the headers would grow by more than the receiver's bound, it looks for the combination
that grows most within it. What remains is a short list of candidates, smallest first, the uncompressed form among them;
the sender takes the first one that fits its frames.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation import choices
from p6lowpan.machines.adaptation.choices import Choice, Ends, Features
from p6lowpan.wire.address import Link, is_multicast
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.expansion import Unsummed, order_of, with_checksums
from p6lowpan.wire.sixlowpan.next_header_compression import EXTENSION_IDENTIFIERS, CompressedIpv6
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch
from p6lowpan.wire.sixlowpan.used_features import chain_end

HOP_BY_HOP, UDP, IPV6, FRAGMENT, ICMPV6 = 0, 17, 41, 44, 58
UNCOMPRESSED, INNER = UncompressedDispatch().encode(), CompressedIpv6().encode()
AS_IT_IS = frozenset({Feature.UNCOMPRESSED_IPV6})
GENERIC_PAYLOADS = frozenset({Feature.GHC_UDP, Feature.GHC_ICMPV6})
GENERIC = GENERIC_PAYLOADS | {Feature.GHC_EXTENSION}
"""Without these, every header offers its smallest choice first."""


class Compressed(NamedTuple):
    """A candidate: ``octets`` stand for the first ``covered`` octets of the packet; the rest follows as it is.

    ``header_end`` is where the packet's chain of headers ends, compressed or not.
    """

    octets: bytes
    covered: int
    growth: int
    features: Features
    header_end: int


class Segment(NamedTuple):
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
        if segment.protocol in (UDP, ICMPV6) or _is_later_fragment(packet, segment):
            break
    return chain


def _segment(packet: bytes, at: int, protocol: int) -> Segment | None:
    left = len(packet) - at
    if protocol == IPV6 and left >= 40 and int.from_bytes(packet[at + 4 : at + 6], "big") == left - 40:
        return Segment(IPV6, at, at + 40, packet[at + 6]) if packet[at] >> 4 == 6 else None
    if protocol == FRAGMENT and left >= 8:
        return Segment(FRAGMENT, at, at + 8, packet[at])
    if protocol in EXTENSION_IDENTIFIERS and left >= 8 and left >= (packet[at + 1] + 1) * 8:
        return Segment(protocol, at, at + (packet[at + 1] + 1) * 8, packet[at])
    if protocol == UDP and left >= 8 and int.from_bytes(packet[at + 4 : at + 6], "big") == left:
        return Segment(UDP, at, at + 8, -1)
    if protocol == ICMPV6 and left >= 4:
        return Segment(ICMPV6, at, at, -1)
    return None


def _is_later_fragment(packet: bytes, segment: Segment) -> bool:
    """Whether what is behind a Fragment header is the middle of something (RFC 8200 section 4.5: offset not zero)."""
    return segment.protocol == FRAGMENT and int.from_bytes(packet[segment.start + 2 : segment.start + 4], "big") >= 8


def candidates(
    packet: bytes, link: Link, contexts: Contexts, profile: Profile, elide_checksum: bool = False
) -> list[Compressed]:
    """Every first part of the header chain at its smallest, and the uncompressed form; the smallest on the link first.

    ``elide_checksum``: the application allows to elide the UDP checksum (RFC 6282 section 4.3.2). Raises
    :class:`UsageError` where ``packet`` is no IPv6 packet, and :class:`Malformed` where a checksum that is to be elided
    is wrong.
    """
    chain = segments(packet)
    if elide_checksum and Feature.NHC_UDP_CHECKSUM_ELIDED in profile.sends:
        elide_checksum = _has_good_checksum(packet, chain)
    else:
        elide_checksum = False
    found = []
    for sends in dict.fromkeys((profile.sends, profile.sends - GENERIC_PAYLOADS)):  # these must fit one frame
        search = _Search(packet, link, contexts, sends, profile.limits, elide_checksum, chain)
        found += [candidate for depth in range(1, len(chain) + 1) for candidate in search.at_depth(depth)]
    if Feature.UNCOMPRESSED_IPV6 in profile.sends:
        found.append(Compressed(UNCOMPRESSED, 0, 0, AS_IT_IS, chain_end(packet)))
    return sorted(dict.fromkeys(found), key=lambda candidate: len(candidate.octets) - candidate.covered)


def _has_good_checksum(packet: bytes, chain: list[Segment]) -> bool:
    """Whether there is a UDP checksum that its receiver can compute anew. "A compressor MUST verify the UDP Checksum
    before it is elided", and drop the packet where it is wrong (RFC 6282 section 4.3.2)."""
    udp = chain[-1]
    if udp.protocol != UDP or not any(packet[udp.start + 6 : udp.end]):
        return False
    ipv6 = max(segment.start for segment in chain if segment.protocol == IPV6)
    if with_checksums(packet, (Unsummed(ipv6, udp.start),)) != packet:
        raise Malformed("udp", udp.start + 6, Reason.BAD_CHECKSUM, "a wrong checksum cannot be elided")
    return True


class _Search:
    """One packet's search."""

    def __init__(
        self,
        packet: bytes,
        link: Link,
        contexts: Contexts,
        allowed: Features,
        limits: Limits,
        elide_checksum: bool,
        chain: list[Segment],
    ) -> None:
        self.packet = packet
        self.contexts = contexts
        self.allowed = allowed
        self.limits = limits
        self.elide_checksum = elide_checksum
        self.chain = chain
        self.header_end = chain_end(packet)
        self.link = link
        self.compressible = self._compressible()
        self.in_order = self.allowed.isdisjoint(GENERIC)
        self.ipv6_rows: dict[int, choices.Ipv6Rows] = {}
        self.smallest: dict[tuple[int, bool], Choice | None] = {}

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
        best: Sequence[Choice] | None
        best = [choice for index in range(depth) if (choice := self._smallest(index, index == depth - 1)) is not None]
        if len(best) < depth:
            return
        if max(accumulate([choice.growth for choice in best])) > self.limits.header_growth_octets:
            rows = [self._allowed(index, index == depth - 1) for index in range(depth)]
            best = _within(rows, self.limits.header_growth_octets)
        if best is not None:
            yield Compressed(
                b"".join([choice.octets for choice in best]),
                sum([choice.covered for choice in best]),
                sum([choice.growth for choice in best]),
                frozenset().union(*[choice.features for choice in best]),
                self.header_end,
            )

    def _allowed(self, index: int, last: bool) -> Iterator[Choice]:
        return (choice for choice in self._choices(index, last) if choice.features <= self.allowed)

    def _smallest(self, index: int, last: bool) -> Choice | None:
        """The smallest allowed choice of one header."""
        if (index, last) not in self.smallest:
            allowed = self._allowed(index, last)
            if self.in_order or self.chain[index].protocol == IPV6:
                found = next(allowed, None)
            else:
                found = min(allowed, key=lambda choice: len(choice.octets) - choice.covered, default=None)
            self.smallest[index, last] = found
        return self.smallest[index, last]

    def _choices(self, index: int, last: bool) -> Iterator[Choice]:
        segment = self.chain[index]
        following = segment.following if last else None
        if segment.protocol == IPV6:
            return self._ipv6(index, following) if index == 0 else self._inner_ipv6(index, following)
        if segment.protocol == UDP:
            plain = choices.udp_choices(self.packet[segment.start :], self.elide_checksum)
            return self._udp(plain, segment) if Feature.GHC_UDP in self.allowed else plain
        if segment.protocol == ICMPV6:
            return self._icmpv6(segment, index)
        return self._extension(index, following)

    def _ipv6(self, index: int, following: int | None) -> Iterator[Choice]:
        if index not in self.ipv6_rows:
            segment = self.chain[index]
            header = self.packet[segment.start : segment.end]
            self.ipv6_rows[index] = choices.ipv6_rows(header, self._ends(index), self.contexts, self.allowed)
        return choices.ipv6_choices(self.ipv6_rows[index], self.allowed, following)

    def _inner_ipv6(self, index: int, following: int | None) -> Iterator[Choice]:
        for choice in self._ipv6(index, following):
            nested = choice.features | {Feature.NHC_IPV6}
            yield Choice(choice.header, INNER + choice.octets, 40, choice.growth - len(INNER), nested)

    def _extension(self, index: int, following: int | None) -> Iterator[Choice]:
        segment = self.chain[index]
        octets = self.packet[segment.start : segment.end]
        yield from choices.extension_choices(segment.protocol, octets, following)
        if Feature.GHC_EXTENSION in self.allowed and segment.protocol != FRAGMENT:
            yield choices.generic_extension_choice(segment.protocol, octets, following, self._addresses(index))

    def _udp(self, plain: Iterator[Choice], segment: Segment) -> Iterator[Choice]:
        payload = self.packet[segment.end :]
        code = choices.generic_code(payload, self._addresses(len(self.chain)))
        for choice in plain:
            yield choice
            yield choices.generic_udp_choice(choice, payload, code)

    def _icmpv6(self, segment: Segment, index: int) -> Iterator[Choice]:
        if Feature.GHC_ICMPV6 in self.allowed:
            yield choices.generic_icmpv6_choice(self.packet[segment.start :], self._addresses(index))

    def _ends(self, index: int) -> Ends:
        """What elided identifiers of an IPv6 header come from: the link, or the IPv6 header around it."""
        if index == 0:
            link = self.link
            return Ends(link.source, link.destination, link.source_identifier, link.destination_identifier)
        addresses = self._addresses(index)
        # A group has no interface identifier to copy: decoders differ on what is then elided, so nothing is.
        return Ends(b"", b"", addresses[8:16], None if is_multicast(addresses[16:]) else addresses[24:32])

    def _addresses(self, index: int) -> bytes:
        """Source and destination of the IPv6 header that holds header ``index``."""
        at = max(segment.start for segment in self.chain[:index] if segment.protocol == IPV6)
        return self.packet[at + 8 : at + 40]


def _within(rows: list[Iterator[Choice]], growth_limit: int) -> Sequence[Choice] | None:
    """One choice a row, the smallest sum of octets whose growth keeps the limit behind every header; ``None`` where
    nothing does."""
    best: dict[int, tuple[int, list[Choice]]] = {0: (0, [])}  # growth so far -> (size, choices)
    for row in rows:
        extended: dict[int, tuple[int, list[Choice]]] = {}
        for choice in row:
            for growth, (size, chosen) in best.items():
                total, cost = growth + choice.growth, size + len(choice.octets) - choice.covered
                if total <= growth_limit and (total not in extended or cost < extended[total][0]):
                    extended[total] = (cost, [*chosen, choice])
        best = extended
    return min(best.values(), key=lambda entry: entry[0])[1] if best else None
