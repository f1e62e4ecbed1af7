"""LOWPAN_NHC: extension headers, tunnels, UDP (RFC 6282 section 4)."""

from collections.abc import Callable

from p6lowpan.interop.outcomes import Dropped
from p6lowpan.interop.receiving.compression import restore_ipv6
from p6lowpan.interop.receiving.reading import NextHeader, NextHeaderStep, Reading
from p6lowpan.wire.sixlowpan.expansion import padded

UDP, IPV6 = 17, 41
NEXT_HEADERS = {
    NextHeader.HOP_BY_HOP: 0,
    NextHeader.ROUTING: 43,
    NextHeader.FRAGMENT: 44,
    NextHeader.DESTINATION_OPTIONS: 60,
    NextHeader.MOBILITY: 135,
}
"""What the extension identifiers stand for in IPv6."""


def announced(octet: int) -> NextHeader:
    """By RFC 6282 section 4."""
    if octet >> 4 == 0b1110:
        return NextHeader(octet >> 1 & 7)
    return NextHeader.UDP if octet >> 3 == 0b11110 else NextHeader.UNKNOWN


def unknown(reading: Reading) -> bool:
    """An octet that RFC 6282 does not assign."""
    raise Dropped(f"LOWPAN_NHC {reading.octets[reading.at]:#04x} is not supported")


def no_next_header(_reading: Reading) -> None:
    """NH=1 at the end of the frame."""
    raise Dropped("the frame ends where a LOWPAN_NHC was announced")


Fill = Callable[[bytes], bytes]
"""A header of any length to one whose length is a multiple of 8, its length octet filled in."""


def with_padding(header: bytes) -> bytes:
    """RFC 6282 section 4.2: elided padding comes back."""
    full = padded(header)
    return full[:1] + bytes((len(full) // 8 - 1 & 0xFF,)) + full[2:]


def whole_only(header: bytes) -> bytes:
    """Nothing was elided."""
    if len(header) % 8:
        raise Dropped(f"an extension header of {len(header)} octets, not a multiple of 8")
    return with_padding(header)


def extension(next_header: int, fill: Fill = with_padding) -> NextHeaderStep:
    """An extension header with a length octet in its compressed form, to be announced as ``next_header``."""

    def restore(reading: Reading) -> bool:
        more = reading.take(1)[0] & 1
        inner = 0 if more else reading.take(1)[0]
        data = reading.take(reading.take(1)[0])
        reading.put_extension(next_header, fill(bytes((inner, 0)) + data))
        return bool(more)

    return restore


def fragment(reading: Reading) -> bool:
    """The Fragment header has no length: its reserved octet is in line, and six octets follow."""
    more = reading.take(1)[0] & 1
    inner = 0 if more else reading.take(1)[0]
    reading.put_extension(NEXT_HEADERS[NextHeader.FRAGMENT], bytes((inner,)) + reading.take(7))
    return bool(more)


def tunnel(reading: Reading) -> bool:
    """An IPv6 header inside; elided identifiers are those of the outer header."""
    reading.take(1)
    reading.announce(IPV6)
    return restore_ipv6(reading)


PORTS = {
    0: lambda reading: (reading.take_number(2), reading.take_number(2)),
    1: lambda reading: (reading.take_number(2), 0xF000 | reading.take_number(1)),
    2: lambda reading: (0xF000 | reading.take_number(1), reading.take_number(2)),
    3: lambda reading: nibbles(reading.take(1)[0]),
}


def nibbles(octet: int) -> tuple[int, int]:
    """P=11: both ports 0xf0bX."""
    return 0xF0B0 | octet >> 4, 0xF0B0 | octet & 15


def udp(reading: Reading) -> bool:
    """RFC 6282 section 4.3.3."""
    octet = reading.take(1)[0]
    reading.announce(UDP)
    at = len(reading.out)
    source, destination = reading.rules.ports[octet & 3](reading)
    checksum = 0 if octet & 4 else reading.rules.checksum(reading)
    reading.out += (source << 48 | destination << 32 | checksum).to_bytes(8, "big")
    reading.lengths.append((at + 4, at))
    if octet & 4:
        reading.rules.elided_checksum(reading)
    return False


def checksum(reading: Reading) -> int:
    """In line."""
    return reading.take_number(2)


def elided_checksum(reading: Reading) -> None:
    """To be computed when the datagram is whole; the UDP header is the last eight octets."""
    reading.unsummed.append((reading.ipv6_at, len(reading.out) - 8))


STEPS: dict[NextHeader, NextHeaderStep] = {
    **{kind: extension(NEXT_HEADERS[kind]) for kind in (NextHeader.HOP_BY_HOP, NextHeader.DESTINATION_OPTIONS)},
    **{kind: extension(NEXT_HEADERS[kind], whole_only) for kind in (NextHeader.ROUTING, NextHeader.MOBILITY)},
    NextHeader.FRAGMENT: fragment,
    NextHeader.IPV6: tunnel,
    NextHeader.UDP: udp,
}
