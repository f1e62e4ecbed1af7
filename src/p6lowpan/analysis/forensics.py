"""A wrong checksum explained: under which reading of the packet it would be right.

The checksum was computed by the sender over addresses, lengths and octets that its compressor then took apart. Where
sender and receiver disagree on how to put one of them together again, the checksum is what gives it away. Each row of
``READINGS`` is one such disagreement: the packet is read its way, and if the checksum then holds, that was it. A
checksum has 16 bits, so that a reading may fit by chance once in 65536 times.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from p6lowpan.analysis.explained import Finding, Severity
from p6lowpan.analysis.rule import Rule
from p6lowpan.analysis.transport import CHECKSUM_AT, LEAST_OCTETS, Transport
from p6lowpan.wire.address import (
    LINK_LOCAL_PREFIX,
    SHORT_IDENTIFIER,
    Link,
    LinkAddress,
    format_ipv6,
    interface_identifier,
    interface_identifier_with_pan,
    is_multicast,
)
from p6lowpan.wire.checksum import ones_complement_sum, transport_checksum
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context, masked

WRONG_CHECKSUM = Rule(
    "wrong-checksum",
    Severity.ERROR,
    "RFC 8200 8.1",
    "a UDP, TCP or ICMPv6 checksum is wrong as the packet came out; the text says what would make it right",
)
MOST_NAMED = 3
PREFIX_OCTETS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A packet with a wrong checksum, and what is known around it."""

    packet: bytes
    transport: Transport
    link: Link
    pan_id: int | None = None
    contexts: tuple[Context, ...] = ()
    prefixes: tuple[bytes, ...] = ()
    """Of 8 octets: former contexts, and what addresses of the PAN begin with."""

    @property
    def segment(self) -> bytes:
        """The upper layer."""
        return self.transport.octets(self.packet)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a checksum may have been computed over. ``length`` and ``protocol`` are those of the pseudo-header."""

    source: bytes
    destination: bytes
    segment: bytes
    length: int
    protocol: int
    how: str = ""

    def holds(self) -> bool:
        """Whether it all sums up."""
        pseudo = self.source + self.destination + self.length.to_bytes(4, "big") + self.protocol.to_bytes(4, "big")
        return ones_complement_sum(pseudo + self.segment) == 0xFFFF


@dataclass(frozen=True, slots=True)
class Reading:
    """One row: another way to read the packet. ``sums`` gives what the checksum would then cover."""

    name: str
    section: str
    text: str
    sums: Callable[[Case], Iterable[Sum]]


def as_it_is(case: Case) -> Sum:
    """What the checksum must cover (RFC 8200 section 8.1)."""
    transport, segment = case.transport, case.segment
    length = len(segment)
    if transport.protocol == Protocol.UDP:
        said = int.from_bytes(segment[4:6], "big")
        length = said if LEAST_OCTETS[Protocol.UDP] <= said <= length else length
    return Sum(transport.source, transport.destination, segment[:length], length, transport.protocol)


# --- other addresses -------------------------------------------------------------------------------------------------

Variants = Callable[[Case, bytes, LinkAddress], Iterator[tuple[bytes, str]]]
"""Other values of one address, whose link-layer address is given, and how each came about."""


def _addresses(variants: Variants) -> Callable[[Case], Iterator[Sum]]:
    """The same disagreement over the source, over the destination, and over both."""

    def sums(case: Case) -> Iterator[Sum]:
        right = as_it_is(case)
        sources = list(variants(case, right.source, case.link.source))
        destinations = list(variants(case, right.destination, case.link.destination))
        for source, how in sources:
            yield replace(right, source=source, how=f"source {format_ipv6(source)}{how}")
        for destination, how in destinations:
            yield replace(right, destination=destination, how=f"destination {format_ipv6(destination)}{how}")
        for source, how in sources:
            for destination, same in destinations:
                if same == how:
                    ends = f"source {format_ipv6(source)}, destination {format_ipv6(destination)}{how}"
                    yield replace(right, source=source, destination=destination, how=ends)

    return sums


def _is_short(address: bytes) -> bool:
    return address[8:14] == SHORT_IDENTIFIER and not is_multicast(address)


def _with_pan(case: Case, address: bytes, _link: LinkAddress) -> Iterator[tuple[bytes, str]]:
    if _is_short(address) and case.pan_id is not None:
        short = LinkAddress(address[14:])
        yield address[:8] + interface_identifier_with_pan(short, case.pan_id), ""
        yield address[:8] + case.pan_id.to_bytes(2, "big") + SHORT_IDENTIFIER[2:] + short, ", its bit 6 as it is"


def _not_inverted(_case: Case, address: bytes, link: LinkAddress) -> Iterator[tuple[bytes, str]]:
    if len(link) == 8 and address[8:] == bytes((link[0] ^ 2,)) + link[1:] and not is_multicast(address):
        yield address[:8] + link, ""


def _other_short_form(_case: Case, address: bytes, _link: LinkAddress) -> Iterator[tuple[bytes, str]]:
    if _is_short(address):
        yield address[:8] + bytes(6) + address[14:], ", the other 48 bits zero"
        yield address[:8] + bytes((address[14] ^ 2, address[15])) + bytes(6), ", as an EUI-64 that ends with zeros"


def _other_prefix(case: Case, address: bytes, _link: LinkAddress) -> Iterator[tuple[bytes, str]]:
    if is_multicast(address) or not any(address):
        return
    others = {context.prefix[:PREFIX_OCTETS]: f", by context {context.identifier}" for context in case.contexts}
    candidates = {LINK_LOCAL_PREFIX: "", **dict.fromkeys(case.prefixes, ""), **others}
    for prefix, how in candidates.items():
        if prefix != address[:PREFIX_OCTETS] and any(prefix):
            yield prefix + address[PREFIX_OCTETS:], how


def _context_cut(case: Case, address: bytes, link: LinkAddress) -> Iterator[tuple[bytes, str]]:
    """A context longer than 64 bits of which only 64 are taken, the rest from the identifier that was elided or sent in
    16 bits; or whose length a multicast address names as it is (RFC 3306 has 64 at most)."""
    for context in case.contexts:
        how = f", context {context.identifier}"
        if context.length <= 64:
            continue
        if is_multicast(address) and address[4:12] == context.prefix[:8]:
            yield address[:3] + bytes((64,)) + address[4:], how
        elif masked(address, context.length) == context.prefix:
            if link:
                yield address[:8] + interface_identifier(link), how
            yield address[:8] + SHORT_IDENTIFIER + address[14:], how


# --- other octets ----------------------------------------------------------------------------------------------------


def _at(case: Case) -> int:
    return CHECKSUM_AT[Protocol(case.transport.protocol)]


def _with_field(case: Case, field: bytes, how: str = "") -> Sum:
    """The checksum field itself read as ``field``."""
    right, at = as_it_is(case), _at(case)
    return replace(right, segment=right.segment[:at] + field + right.segment[at + 2 :], how=how)


def _swapped(case: Case) -> Iterator[Sum]:
    at = _at(case)
    yield _with_field(case, case.segment[at : at + 2][::-1])


def _not_complemented(case: Case) -> Iterator[Sum]:
    at = _at(case)
    yield _with_field(case, bytes(octet ^ 0xFF for octet in case.segment[at : at + 2]))


def _lengths(case: Case) -> Iterator[Sum]:
    right = as_it_is(case)
    whole = len(case.packet) - 40
    for length, how in (
        (0, "0"),
        (len(right.segment) - LEAST_OCTETS[Protocol(right.protocol)], "of what is behind the header"),
        (whole, "of the IPv6 payload, extension headers included"),
        (len(case.packet), "of the IPv6 packet"),
    ):
        if length != right.length:
            yield replace(right, length=length, how=f"length {how} in the pseudo-header")
    if right.protocol == Protocol.UDP:
        yield from _udp_lengths(case, right)


def _udp_lengths(case: Case, right: Sum) -> Iterator[Sum]:
    """What the UDP header's own length may have been when the checksum was computed."""
    segment = case.segment
    for length in (0, len(segment), len(segment) - 8, len(case.packet) - 40):
        changed = segment[:4] + length.to_bytes(2, "big") + segment[6:]
        for pseudo in (length, len(segment)):
            yield replace(right, segment=changed, length=pseudo, how=f"UDP length {length}")
    yield replace(right, segment=segment, length=len(segment), how=f"{len(segment)} octets, not the UDP length")


def _first_destination(case: Case) -> Iterator[Sum]:
    right, inner = as_it_is(case), case.transport.ipv6_at
    source, destination = case.packet[inner + 8 : inner + 24], case.packet[inner + 24 : inner + 40]
    if destination != right.destination:
        yield replace(right, destination=destination, how=f"destination {format_ipv6(destination)}")
    if source != right.source:
        yield replace(right, source=source, how=f"source {format_ipv6(source)}")


def _pseudo_header(case: Case) -> Iterator[Sum]:
    right = as_it_is(case)
    if (next_header := case.packet[6]) != right.protocol:
        yield replace(right, protocol=next_header, how=f"next header {next_header} in the pseudo-header")
    yield replace(right, source=b"", destination=b"", length=0, protocol=0, how="no pseudo-header at all")


READINGS = (
    Reading(
        "pan-identifier",
        "RFC 4944 6",
        "interface identifiers of short addresses are formed with the PAN identifier, as before RFC 6282",
        _addresses(_with_pan),
    ),
    Reading(
        "identifier-not-inverted",
        "RFC 4944 6",
        "interface identifiers are the EUI-64 without its universal/local bit inverted",
        _addresses(_not_inverted),
    ),
    Reading(
        "short-identifier",
        "RFC 6282 3.2.2",
        "interface identifiers of short addresses are not formed as 0000:00ff:fe00:XXXX",
        _addresses(_other_short_form),
    ),
    Reading("other-context", "RFC 6282 3.1.2", "another prefix is in the place of this one", _addresses(_other_prefix)),
    Reading(
        "context-length",
        "RFC 6282 3.1.1",
        "of a context of more than 64 bits only 64 are taken",
        _addresses(_context_cut),
    ),
    Reading(
        "first-destination",
        "RFC 8200 8.1",
        "the checksum covers the addresses in the IPv6 header, not the final destination or home address",
        _first_destination,
    ),
    Reading("length", "RFC 8200 8.1", "the checksum was computed with another length", _lengths),
    Reading("pseudo-header", "RFC 8200 8.1", "the checksum was computed with another pseudo-header", _pseudo_header),
    Reading("byte-order", "RFC 1071 1", "the checksum was sent with its two octets swapped", _swapped),
    Reading("complement", "RFC 1071 1", "the checksum was sent without being complemented", _not_complemented),
)
"""The likeliest first."""

NO_CHECKSUM = {
    b"\x00\x00": "the field holds zero: the checksum was elided and never computed anew",
    b"\xff\xff": "the field holds ffff: the checksum was elided and never computed anew",
}
"""RFC 6282 section 4.3.2 has the decompressor compute an elided checksum; who does not leaves one of these."""


def explain(case: Case) -> Finding:
    """Why the checksum is wrong, as far as any known reading tells."""
    right, at = as_it_is(case), _at(case)
    field = case.segment[at : at + 2]
    zeroed = right.segment[:at] + bytes(2) + right.segment[at + 2 :]
    computed = transport_checksum(right.source, right.destination, right.protocol, zeroed)
    name = Protocol(right.protocol).name
    text = f"the {name} checksum {field.hex()} is wrong as it is ({computed:04x} would be right)"
    found = [f"{why}{how} ({section})" for why, how, section in _fitting(case)]
    if field in NO_CHECKSUM and right.protocol == Protocol.UDP:
        found.insert(0, f"{NO_CHECKSUM[field]} (RFC 6282 4.3.2)")
        return WRONG_CHECKSUM.finding(f"{text}; {found[0]}")
    if not found:
        return WRONG_CHECKSUM.finding(f"{text}; no known reading makes it right")
    return WRONG_CHECKSUM.finding(f"{text}; right if {'; or if '.join(found[:MOST_NAMED])}")


def _fitting(case: Case) -> Iterator[tuple[str, str, str]]:
    """The readings under which the checksum holds, and the ways that fit: a sum does not tell a source from a
    destination that would change it as much."""
    for reading in READINGS:
        fitting = [each.how for each in reading.sums(case) if each.holds()]
        if fitting:
            ways = " or ".join(list(dict.fromkeys(filter(None, fitting)))[:MOST_NAMED])
            yield reading.text, f": {ways}" if ways else "", reading.section


def fitting_readings(case: Case) -> tuple[str, ...]:
    """The names of the readings under which the checksum holds."""
    return tuple(reading.name for reading in READINGS if any(each.holds() for each in reading.sums(case)))
