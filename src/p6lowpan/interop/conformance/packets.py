"""The packet side: IPv6 packets put together from addresses and headers, before anybody thinks of compressing them."""

from collections.abc import Sequence
from itertools import pairwise

from p6lowpan.wire.address import LINK_LOCAL_PREFIX, SHORT_IDENTIFIER, Link, LinkAddress, interface_identifier
from p6lowpan.wire.checksum import transport_checksum, udp_checksum
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.contexts import Context, masked

LONG_A, LONG_B = LinkAddress(bytes.fromhex("00124b0014b5d901")), LinkAddress(bytes.fromhex("02124b0014b5d902"))
"""One with the universal/local bit clear, one with it set: whoever forgets to invert it is found either way."""

SHORT_A, SHORT_B = LinkAddress(bytes.fromhex("1a2b")), LinkAddress(bytes.fromhex("3c4d"))

LINKS = {
    "64-64": Link(LONG_A, LONG_B),
    "64-16": Link(LONG_A, SHORT_B),
    "16-64": Link(SHORT_A, LONG_B),
    "16-16": Link(SHORT_A, SHORT_B),
}
"""By the bits of the link-layer addresses: source, then destination. In the order of the published suites."""

LONG = LINKS["64-64"]
PROBE = bytes.fromhex("c0ffee01")
ALL_NODES = bytes.fromhex("ff020000000000000000000000000001")
CHECKSUM_AT: dict[int, int] = {Protocol.UDP: 6, Protocol.ICMPV6: 2, Protocol.TCP: 16}

Part = tuple[int, bytes]
"""A header or payload, and the next header value that announces it."""


def pattern(octets: int, seed: int = 1) -> bytes:
    """Octets that no fragment could mistake for those of another."""
    return bytes((seed + 11 * position + position // 256) % 256 for position in range(octets))


def context(identifier: int, prefix: str, length: int) -> Context:
    """A context from the hex digits of its prefix; bits past ``length`` are cleared."""
    return Context(identifier, masked(bytes.fromhex(prefix.ljust(32, "0")), length), length)


def link_local_of(link_address: LinkAddress) -> bytes:
    """The address whose identifier a frame can leave out."""
    return LINK_LOCAL_PREFIX + interface_identifier(link_address)


def with_prefix(prefix: Context, identifier: bytes) -> bytes:
    """RFC 6282 section 3.1.1: the bits of the prefix, behind them zeros as far as bit 64, then the identifier's bits,
    but none where the prefix has one."""
    bits = f"{int.from_bytes(prefix.prefix, 'big'):0128b}"[: prefix.length].ljust(64, "0")
    bits += f"{int.from_bytes(identifier, 'big'):064b}"[len(bits) - 64 :]
    return int(bits, 2).to_bytes(16, "big")


def short_identifier(short: bytes) -> bytes:
    """The interface identifier of 16 bits, RFC 6282 section 3.2.2."""
    return SHORT_IDENTIFIER + short


def udp(source_port: int = 5683, destination_port: int = 61633, data: bytes = PROBE) -> Part:
    """A UDP datagram whose checksum the packet fills in."""
    octets = b"".join(value.to_bytes(2, "big") for value in (source_port, destination_port, 8 + len(data), 0))
    return Protocol.UDP, octets + data


def echo_request(data: bytes) -> Part:
    """An ICMPv6 Echo Request."""
    return Protocol.ICMPV6, bytes.fromhex("80000000c0010001") + data


def tcp() -> Part:
    """A TCP segment that opens a connection."""
    return Protocol.TCP, bytes.fromhex("a0b1163300000001000000005002040000000000")


def packet(
    source: bytes,
    destination: bytes,
    *parts: Part,
    hop_limit: int = 37,
    dscp: int = 0,
    ecn: int = 0,
    flow_label: int = 0,
) -> bytes:
    """A whole packet: next headers set, lengths and the checksum of the last part right."""
    body = b"".join(_chained(parts, source, destination))
    header = Ipv6(
        dscp=dscp,
        ecn=ecn,
        flow_label=flow_label,
        payload_length=len(body),
        next_header=parts[0][0] if parts else Protocol.NO_NEXT_HEADER,
        hop_limit=hop_limit,
        source=source,
        destination=destination,
    )
    return header.encode() + body


def _chained(parts: Sequence[Part], source: bytes, destination: bytes) -> list[bytes]:
    """Every part but the last with the next header of the one behind it; the last with its checksum."""
    chained = [bytes((behind,)) + octets[1:] for (_, octets), (behind, _) in pairwise(parts)]
    if parts:
        chained.append(_summed(*parts[-1], source, destination))
    return chained


def _summed(protocol: int, octets: bytes, source: bytes, destination: bytes) -> bytes:
    at = CHECKSUM_AT.get(protocol)
    if at is None:
        return octets
    if protocol == Protocol.UDP:
        checksum = udp_checksum(source, destination, octets)
    else:
        checksum = transport_checksum(source, destination, protocol, octets)
    return octets[:at] + checksum.to_bytes(2, "big") + octets[at + 2 :]
