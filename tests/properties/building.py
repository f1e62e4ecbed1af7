"""IPv6 packets written out octet by octet for the tests, with nothing of ours in them (RFC 8200, RFC 768)."""

import struct
from ipaddress import IPv6Address

LINK_LOCAL_ALICE, LINK_LOCAL_BOB = "fe80::12:3456:78ab:cd01", "fe80::12:3456:78ab:cd02"


def ipv6(
    next_header: int,
    payload: bytes,
    source: str = LINK_LOCAL_ALICE,
    destination: str = LINK_LOCAL_BOB,
    hop_limit: int = 64,
    first_word: int = 6 << 28,
) -> bytes:
    """A whole packet: the header, its payload length right, and ``payload``."""
    ends = IPv6Address(source).packed + IPv6Address(destination).packed
    return struct.pack(">IHBB", first_word, len(payload), next_header, hop_limit) + ends + payload


def udp(payload: bytes, source_port: int = 5683, destination_port: int = 40000, checksum: int = 0x1234) -> bytes:
    """A UDP datagram with the checksum that is given."""
    return struct.pack(">HHHH", source_port, destination_port, len(payload) + 8, checksum) + payload


def checksum(source: str, destination: str, next_header: int, segment: bytes) -> int:
    """RFC 1071 and RFC 8200 section 8.1, the slow way; the segment's own checksum field must be zero."""
    pseudo = IPv6Address(source).packed + IPv6Address(destination).packed
    octets = pseudo + struct.pack(">II", len(segment), next_header) + segment + bytes(len(segment) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF


def extension(next_header: int, contents: bytes) -> bytes:
    """An extension header around ``contents``, which must fill it to a multiple of 8 octets."""
    if (len(contents) + 2) % 8:
        raise ValueError(f"{len(contents)} octets do not fill an extension header")
    return bytes((next_header, len(contents) // 8)) + contents
