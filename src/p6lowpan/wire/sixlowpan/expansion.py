"""What a compressed header stands for: LOWPAN_IPHC and the LOWPAN_NHC chain behind it, put back into IPv6 octets.

One pass without recursion; every bound comes from :class:`Limits`, so that a sender cannot size our memory. Lengths are
restored from the size of the datagram, checksums that were elided are computed by :func:`with_checksums`, once the
datagram is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link
from p6lowpan.wire.checksum import udp_checksum
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.chain import checksum_addresses, walk
from p6lowpan.wire.sixlowpan import ghc, iphc
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.next_header_compression import (
    EXTENSION_HEADERS,
    FRAGMENT_LENGTH,
    NEXT_HEADERS,
    PADDED_IDENTIFIERS,
    CompressedExtension,
    CompressedFragment,
    CompressedIpv6,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
)

IPV6_HEADER_OCTETS = 40
UDP_HEADER_OCTETS = 8
UDP, ICMPV6, IPV6 = 17, 58, 41


class Part(NamedTuple):
    """One header as it came: octets ``start`` to ``end`` of the frame, and the ones of the packet they stand for."""

    header: Header
    start: int
    end: int
    expanded_start: int
    expanded_end: int


@dataclass(frozen=True, slots=True)
class Unsummed:
    """A UDP header whose checksum was elided: its offset in the packet, and that of its IPv6 header."""

    ipv6: int
    udp: int


class Expanded(NamedTuple):
    """What one frame holds of an IPv6 packet.

    ``octets`` begin with the IPv6 header; the first ``header_octets`` were compressed. ``growth`` is how many octets
    the compressed headers gained; a payload under generic compression does not count.
    """

    parts: tuple[Part, ...]
    octets: bytes
    header_octets: int
    growth: int
    unsummed: tuple[Unsummed, ...]


def expand(octets: bytes, link: Link, contexts: Contexts, limits: Limits, datagram_size: int | None = None) -> Expanded:
    """Expand ``octets``, which begin with LOWPAN_IPHC. ``datagram_size``: that of the first fragment.

    Raises :class:`Malformed`, its offset counted from ``octets[0]``.
    """
    return _Expansion(octets, link, contexts, limits).run(datagram_size)


def with_checksums(packet: bytes, unsummed: tuple[Unsummed, ...]) -> bytes:
    """``packet``, whole, with the elided checksums computed (RFC 6282 section 4.3.2).

    Behind a Routing header they cover the final destination, as they did where the packet came from (RFC 8200
    section 8.1).
    """
    for at in unsummed:
        source, destination = checksum_addresses(walk(packet[at.ipv6 : at.udp]).headers)
        before, after = packet[: at.udp + 6], packet[at.udp + UDP_HEADER_OCTETS :]
        checksum = udp_checksum(source, destination, before[at.udp :] + bytes(2) + after)
        packet = before + checksum.to_bytes(2, "big") + after
    return packet


def padded(contents: bytes) -> bytes:
    """An options header filled up to a multiple of 8 octets with Pad1 or PadN (RFC 6282 section 4.2)."""
    missing = -len(contents) % 8
    if missing == 1:
        return contents + b"\0"
    return contents + bytes((1, missing - 2)) + bytes(missing - 2) if missing else contents


class _Expansion:
    """The state of one pass: where we are in the frame, what came out, what must be filled in at the end."""

    def __init__(self, octets: bytes, link: Link, contexts: Contexts, limits: Limits) -> None:
        self.octets = octets
        self.contexts = contexts
        self.limits = limits
        self.position = 0
        self.out = bytearray()
        self.parts: list[Part] = []
        self.lengths: list[tuple[int, int]] = []  # where a 16-bit length belongs, and where what it counts begins
        self.unsummed: list[Unsummed] = []
        self.identifiers = (link.source_identifier, link.destination_identifier)
        self.ipv6_at = 0
        self.next_header_at = 6
        self.nested = 0
        self.extensions = 0
        self.rank = -1
        self.payload_gain = 0

    def run(self, datagram_size: int | None) -> Expanded:
        more = self._ipv6(*Iphc.decode(self.octets))
        while more:
            try:
                header, rest = NEXT_HEADERS.decode(self.octets[self.position :])
            except Malformed as error:
                raise error.shifted(self.position) from None
            more = HANDLERS[type(header)](self, header, rest)
        headers, growth = len(self.out), self.growth
        if datagram_size is not None and datagram_size < headers:
            self._refuse(Reason.BAD_LENGTH, f"a datagram of {datagram_size} octets, its headers alone have {headers}")
        self.out += self.octets[self.position :]
        self._fill_lengths(len(self.out) if datagram_size is None else datagram_size)
        unsummed = tuple(self.unsummed)
        packet = bytes(self.out)
        if datagram_size is None:
            packet, unsummed = with_checksums(packet, unsummed), ()
        return Expanded(tuple(self.parts), packet, headers, growth, unsummed)

    def _refuse(self, reason: Reason, detail: str) -> NoReturn:
        raise Malformed("6lowpan", self.position, reason, detail)

    def _fill_lengths(self, size: int) -> None:
        for position, counted_from in self.lengths:
            length = size - counted_from
            if length >= 1 << 16:
                self._refuse(Reason.TOO_BIG, f"{length} octets do not fit a length of 16 bits")
            self.out[position : position + 2] = length.to_bytes(2, "big")

    @property
    def growth(self) -> int:
        """How many octets the headers have gained so far."""
        return len(self.out) - self.position - self.payload_gain

    def _emit(self, header: Header, rest: bytes, expanded: bytes, payload_gain: int = 0) -> None:
        """A header that was read, and what it stands for. The bound on growth holds behind each, not only at the end:
        so a receiver can expand a frame in its own buffer."""
        start, expanded_start = self.position, len(self.out)
        self.position = len(self.octets) - len(rest)
        self.out += expanded
        self.payload_gain += payload_gain
        if self.growth > self.limits.header_growth_octets:
            detail = f"headers grow by {self.growth}, at most {self.limits.header_growth_octets}"
            self._refuse(Reason.TOO_MUCH_GROWTH, detail)
        self.parts.append(Part(header, start, self.position, expanded_start, len(self.out)))

    def _announce(self, next_header: int) -> None:
        self.out[self.next_header_at] = next_header

    def _ipv6(self, header: Iphc, rest: bytes) -> bool:
        at = len(self.out)
        try:
            expanded = iphc.expand(header, *self.identifiers, self.contexts)
        except Malformed as error:
            raise error.shifted(self.position) from None
        self._emit(header, rest, expanded)
        self.lengths.append((at + 4, at + IPV6_HEADER_OCTETS))
        self.ipv6_at, self.next_header_at = at, at + 6
        return bool(header.nh)

    def _tunnelled(self, header: CompressedIpv6, rest: bytes) -> bool:
        self.nested += 1
        if self.nested > self.limits.nested_ipv6_headers:
            self._refuse(Reason.TOO_DEEP, f"more than {self.limits.nested_ipv6_headers} compressed headers inside")
        self._announce(IPV6)
        self._emit(header, rest, b"")
        try:
            inner, after = Iphc.decode(rest)
        except Malformed as error:
            raise error.shifted(self.position) from None
        self.rank = -1
        self.identifiers = (
            bytes(self.out[self.ipv6_at + 16 : self.ipv6_at + 24]),
            bytes(self.out[self.ipv6_at + 32 : self.ipv6_at + 40]),
        )
        return self._ipv6(inner, after)

    def _extension(self, header: CompressedExtension, rest: bytes) -> bool:
        return self._extended(header, rest, header.extension, header.next_header, header.data)

    def _generic_extension(self, header: GenericExtension, rest: bytes) -> bool:
        code = header.code.octets
        octets = self._expanded_code(code, len(self.octets) - len(rest) - len(code), before=2 if header.nh else 1)
        if header.nh:
            return self._extended(header, rest, header.extension, None, octets)
        if not octets:
            self._refuse(Reason.TRUNCATED, "the byte code gives no next header")
        return self._extended(header, rest, header.extension, octets[0], octets[1:])

    def _extended(self, header: Header, rest: bytes, extension: int, next_header: int | None, data: bytes) -> bool:
        contents = bytes((next_header or 0, 0)) + data
        if extension in PADDED_IDENTIFIERS:
            contents = padded(contents)
        elif len(contents) % 8:
            self._refuse(Reason.BAD_LENGTH, f"an extension header of {len(contents)} octets, not a multiple of 8")
        if len(contents) > 8 * 256:
            self._refuse(Reason.BAD_LENGTH, f"an extension header of {len(contents)} octets is too long")
        self._count(extension)
        at = len(self.out)
        self._emit(header, rest, contents[:1] + bytes((len(contents) // 8 - 1,)) + contents[2:])
        self.next_header_at = at
        return next_header is None

    def _fragment(self, header: CompressedFragment, rest: bytes) -> bool:
        self._count(header.extension)
        reserved = 0 if header.reserved == FRAGMENT_LENGTH else header.reserved
        at = len(self.out)
        self._emit(header, rest, bytes((header.next_header or 0, reserved)) + header.data)
        self.next_header_at = at
        return bool(header.nh)

    def _count(self, extension: int) -> None:
        """Announce an extension header, and keep the bounds on number and order (RFC 8200 section 4.1)."""
        next_header = EXTENSION_HEADERS[extension]
        self._announce(next_header)
        self.extensions += 1
        if self.extensions > self.limits.compressed_extension_headers:
            self._refuse(Reason.TOO_MANY_EXTENSION_HEADERS, f"more than {self.limits.compressed_extension_headers}")
        rank = order_of(next_header, self.rank)
        if self.limits.extension_headers_in_order and rank <= self.rank:
            self._refuse(Reason.BAD_ORDER, f"next header {next_header} behind a header that must follow it")
        self.rank = rank

    def _udp(self, header: CompressedUdp, rest: bytes) -> bool:
        self._datagram(header, rest, header, b"", 0)
        return False

    def _generic_udp(self, header: GenericUdp, rest: bytes) -> bool:
        payload = self._expanded_code(header.code, len(self.octets) - len(header.code), before=UDP_HEADER_OCTETS)
        self._datagram(header, rest, header, payload, len(payload) - len(header.code))
        return False

    def _datagram(
        self, header: Header, rest: bytes, fields: CompressedUdp | GenericUdp, payload: bytes, payload_gain: int
    ) -> None:
        self._announce(UDP)
        at = len(self.out)
        ports = fields.ports
        source, destination = ports.SOURCE_BASE + ports.source, ports.DESTINATION_BASE + ports.destination
        words = source << 48 | destination << 32 | (fields.checksum or 0)
        self._emit(header, rest, words.to_bytes(8, "big") + payload, payload_gain)
        self.lengths.append((at + 4, at))
        if fields.checksum_elided:
            self.unsummed.append(Unsummed(self.ipv6_at, at))

    def _generic_icmpv6(self, header: GenericIcmpv6, rest: bytes) -> bool:
        self._announce(ICMPV6)
        message = self._expanded_code(header.code, len(self.octets) - len(header.code), before=0)
        self._emit(header, rest, message, len(message) - len(header.code) - 1)
        return False

    def _expanded_code(self, code: bytes, at: int, before: int) -> bytes:
        """What the byte code at octet ``at`` gives; ``before`` octets that it does not give come before it."""
        addresses = self.out[self.ipv6_at + 8 : self.ipv6_at + 40]
        dictionary = ghc.dictionary(bytes(addresses[:16]), bytes(addresses[16:]))
        try:
            return ghc.expand(code, dictionary, self.limits.datagram_octets - len(self.out) - before)
        except Malformed as error:
            raise error.shifted(at) from None


ORDER = {0: 0, 43: 2, 44: 3, 135: 6}
"""RFC 8200 section 4.1: the place of an extension header; destination options (60) may stand in two."""


def order_of(next_header: int, after: int) -> int:
    """The place of an extension header behind one whose place was ``after``."""
    if next_header == 60:
        return 1 if after < 1 else 5
    return ORDER[next_header]


HANDLERS: dict[type[Header], Callable[..., bool]] = {
    CompressedExtension: _Expansion._extension,
    CompressedFragment: _Expansion._fragment,
    CompressedIpv6: _Expansion._tunnelled,
    CompressedUdp: _Expansion._udp,
    GenericUdp: _Expansion._generic_udp,
    GenericIcmpv6: _Expansion._generic_icmpv6,
    GenericExtension: _Expansion._generic_extension,
}
