"""The UDP header, RFC 768: 8 octets, without the payload, so that it decodes from the front of a datagram.

The checksum is kept as received; :func:`with_checksum` computes one. What this module does not do: compare the length
with the octets that came.
"""

from dataclasses import replace
from typing import Annotated

from p6lowpan.wire import checksum
from p6lowpan.wire.description import U16, Bits, Header, Meaning, wire

UDP_HEADER_OCTETS = 8

PORTS = {
    53: "DNS",
    67: "DHCP server",
    68: "DHCP client",
    123: "NTP",
    521: "RIPng",
    546: "DHCPv6 client",
    547: "DHCPv6 server",
    5353: "mDNS",
    5683: "CoAP",
    5684: "CoAP over DTLS",
    17754: "ZEP",
    19788: "MLE",
    61631: "Thread management",
}
COMPRESSED_PORTS = range(0xF000, 0xF100)
MOST_COMPRESSED_PORTS = range(0xF0B0, 0xF0C0)


def port_in_words(port: int) -> str:
    """What commonly uses a port of a LoWPAN, or how well RFC 6282 section 4.3.1 compresses it."""
    if port in PORTS:
        return PORTS[port]
    if port in MOST_COMPRESSED_PORTS:
        return "compresses to 4 bits"
    return "compresses to 8 bits" if port in COMPRESSED_PORTS else ""


Port = Annotated[int, Bits(16), Meaning(port_in_words)]


def checksum_in_words(value: int) -> str:
    """Zero says that there is none, which RFC 6935 allows some tunnels only."""
    return "" if value else "none"


@wire("udp")
class Udp(Header):
    """RFC 768, over IPv6 as RFC 8200 section 8.1 says. ``length`` counts the header and the payload."""

    source_port: Port
    destination_port: Port
    length: U16
    checksum: Annotated[int, Bits(16), Meaning(checksum_in_words)] = 0


def datagram(source_port: int, destination_port: int, payload: bytes) -> Udp:
    """The header in front of ``payload``, its checksum still zero."""
    return Udp(source_port=source_port, destination_port=destination_port, length=UDP_HEADER_OCTETS + len(payload))


def with_checksum(header: Udp, source: bytes, destination: bytes, payload: bytes) -> Udp:
    """``header`` with the checksum over the final addresses (RFC 8200 section 8.1), itself and ``payload``."""
    segment = replace(header, checksum=0).encode() + payload
    return replace(header, checksum=checksum.udp_checksum(source, destination, segment))
