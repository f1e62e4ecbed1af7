"""Addresses from LOWPAN_IPHC (RFC 6282 sections 3.1.1, 3.2.2 and 3.2.4)."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.reading import AddressStep, Reading
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, UNSPECIFIED, LinkAddress, interface_identifier
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts


def reserved(_reading: Reading, _end: End) -> bytes:
    """A combination that RFC 6282 reserves."""
    raise Dropped("a reserved address mode")


def unspecified(_reading: Reading, _end: End) -> bytes:
    """The address ``::``."""
    return bytes(UNSPECIFIED)


def whole(reading: Reading, _end: End) -> bytes:
    """All 16 octets in line."""
    return reading.take(16)


def link_local_64(reading: Reading, _end: End) -> bytes:
    """fe80::/64 and 64 bits in line."""
    return LINK_LOCAL_PREFIX + reading.take(8)


def link_local_16(reading: Reading, _end: End) -> bytes:
    """fe80::/64 and 16 bits in line."""
    return LINK_LOCAL_PREFIX + reading.rules.short_identifier + reading.take(2)


def link_local_0(reading: Reading, end: End) -> bytes:
    """fe80::/64 and the identifier of the encapsulating header."""
    return LINK_LOCAL_PREFIX + reading.rules.identifier(reading, end)


def _context(reading: Reading, end: End) -> Context:
    return reading.rules.context(reading, reading.encoding.identifiers[end])


def stateful_64(reading: Reading, end: End) -> bytes:
    """A context and 64 bits in line."""
    return reading.rules.join(_context(reading, end), reading.take(8))


def stateful_16(reading: Reading, end: End) -> bytes:
    """A context and 16 bits in line."""
    identifier = reading.rules.short_identifier_in_context + reading.take(2)
    return reading.rules.join(_context(reading, end), identifier)


def stateful_0(reading: Reading, end: End) -> bytes:
    """A context and the identifier of the encapsulating header."""
    context = _context(reading, end)
    return reading.rules.join(context, reading.rules.identifier(reading, end))


def group_8(reading: Reading, _end: End) -> bytes:
    """ff02::00XX."""
    return b"\xff\x02" + bytes(13) + reading.take(1)


def _group(reading: Reading, octets: int) -> bytes:
    inline = reading.take(octets)
    return b"\xff" + inline[:1] + bytes(15 - octets) + inline[1:]


def group_32(reading: Reading, _end: End) -> bytes:
    """ffXX::00XX:XXXX."""
    return _group(reading, 4)


def group_48(reading: Reading, _end: End) -> bytes:
    """ffXX::00XX:XXXX:XXXX."""
    return _group(reading, 6)


def group_of_prefix(reading: Reading, end: End) -> bytes:
    """ffXX:XXLL:PPPP:PPPP:PPPP:PPPP:XXXX:XXXX, LL and P of the context."""
    context, inline = _context(reading, end), reading.take(6)
    return b"\xff" + inline[:2] + bytes((context.length,)) + context.prefix[:8] + inline[2:]


def context(reading: Reading, identifier: int) -> Context:
    """The context of an identifier; without one the frame is dropped."""
    found = reading.contexts.get(identifier)
    if found is None:
        raise Dropped(f"context {identifier} is not known")
    return found


def join(context: Context, identifier: bytes) -> bytes:
    """RFC 6282 section 3.1.1: the context's bits always count; up to the identifier there are zeros."""
    if context.length <= 64:
        return context.prefix[:8] + identifier
    low = int.from_bytes(identifier, "big") & ((1 << 128 - context.length) - 1)
    return (int.from_bytes(context.prefix, "big") | low).to_bytes(16, "big")


def identifier(reading: Reading, end: End) -> bytes:
    """Of the link-layer address; of the outer header's address in a tunnel (RFC 6282 section 4.2)."""
    if reading.nested > 0:
        outer = reading.ipv6_at + 8 + 16 * end
        return bytes(reading.out[outer + 8 : outer + 16])
    return identifier_of(reading.node.address(end))


def identifier_of(address: bytes) -> bytes:
    """RFC 6282 section 3.2.2."""
    if not address:
        raise Dropped("the frame has no address to take the identifier from")
    return interface_identifier(LinkAddress(address))


def installed(contexts: Contexts) -> Contexts:
    """All that are given."""
    return contexts


_UNICAST: dict[int, AddressStep] = {
    0b000: whole,
    0b001: link_local_64,
    0b010: link_local_16,
    0b011: link_local_0,
    0b101: stateful_64,
    0b110: stateful_16,
    0b111: stateful_0,
}

SOURCES: dict[int, AddressStep] = {**_UNICAST, 0b100: unspecified}
"""By SAC and SAM."""

DESTINATIONS: dict[int, AddressStep] = {
    **_UNICAST,
    0b1000: whole,
    0b1001: group_48,
    0b1010: group_32,
    0b1011: group_8,
    0b1100: group_of_prefix,
}
"""By M, DAC and DAM."""
