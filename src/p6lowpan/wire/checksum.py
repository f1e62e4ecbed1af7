"""The Internet checksum (RFC 1071) over the IPv6 pseudo-header (RFC 8200 section 8.1)."""


def ones_complement_sum(octets: bytes) -> int:
    """The 16-bit one's complement sum of ``octets``, padded with a zero octet to an even length."""
    if len(octets) % 2:
        octets += b"\0"
    # 2**16 is 1 modulo 0xffff: the whole string as one integer, modulo 0xffff, is the folded sum.
    total = int.from_bytes(octets, "big")
    return total % 0xFFFF or (0xFFFF if total else 0)


def transport_checksum(source: bytes, destination: bytes, next_header: int, segment: bytes) -> int:
    """The checksum field of an upper-layer ``segment`` whose checksum field is zero.

    UDP sends 0 as 0xffff: see :func:`udp_checksum`.
    """
    pseudo = source + destination + len(segment).to_bytes(4, "big") + next_header.to_bytes(4, "big")
    return ones_complement_sum(pseudo + segment) ^ 0xFFFF


def udp_checksum(source: bytes, destination: bytes, segment: bytes) -> int:
    """The checksum of a UDP segment; never 0, which would mean that there is none (RFC 8200 section 8.1)."""
    return transport_checksum(source, destination, 17, segment) or 0xFFFF


def checksum_holds(source: bytes, destination: bytes, next_header: int, segment: bytes) -> bool:
    """Whether a segment with its checksum in place sums to zero."""
    return transport_checksum(source, destination, next_header, segment) == 0
