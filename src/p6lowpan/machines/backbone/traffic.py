"""Who talks to whom in a packet, as far as a filter wants to know.

A filter that reads less than the receiver can be talked past. So a packet of which the headers cannot be read to the
upper layer is none that a rule could describe, and neither is one that says where else it goes: source routes and
packets in packets begin and end inside (RFC 6554 section 5: "datagrams with an SRH" do not cross the border).
"""

from struct import Struct
from typing import NamedTuple

from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.ipv6.chain import Chain, walk
from p6lowpan.wire.ipv6.extension import (
    AuthenticationHeader,
    DestinationOptions,
    FragmentHeader,
    HopByHopOptions,
)
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS, Udp

FIRST_THAT_IS_NO_ERROR = 128
ERROR_HEADER_OCTETS = 8
IDENTIFIER = slice(4, 6)
ECHOES = (MessageType.ECHO_REQUEST, MessageType.ECHO_REPLY)
NEXT_HEADER_AT = 6
IPV6 = 6
PLAIN_UDP = Struct(">4xH2x16s16sHH")
LEAST_UDP = IPV6_HEADER_OCTETS + UDP_HEADER_OCTETS
PLAIN = (HopByHopOptions, DestinationOptions, FragmentHeader, AuthenticationHeader, Tcp, Udp)


class Traffic(NamedTuple):
    """One direction of a conversation. Echoes have their identifier at both ends, as if it were a port."""

    protocol: int
    source: Ipv6Address
    destination: Ipv6Address
    source_port: int | None = None
    destination_port: int | None = None

    @property
    def answer(self) -> "Traffic":
        """The other direction."""
        return Traffic(self.protocol, self.destination, self.source, self.destination_port, self.source_port)


def traffic_of(packet: bytes) -> Traffic | None:
    """What a whole packet is; ``None`` where that cannot be said."""
    return _plain_udp(packet) or _read(packet)


def _plain_udp(packet: bytes) -> Traffic | None:
    """The same where nothing stands before a UDP header: most packets are so, and need no decoding."""
    if len(packet) < LEAST_UDP or packet[0] >> 4 != IPV6 or packet[NEXT_HEADER_AT] != Protocol.UDP:
        return None
    length, source, destination, source_port, destination_port = PLAIN_UDP.unpack_from(packet)
    if length != len(packet) - IPV6_HEADER_OCTETS:
        return None
    return Traffic(Protocol.UDP, Ipv6Address(source), Ipv6Address(destination), source_port, destination_port)


def _read(packet: bytes) -> Traffic | None:
    chain = walk(packet)
    return None if chain.error is not None else _traffic(chain)


def quoted_in(packet: bytes) -> Traffic | None:
    """What an ICMPv6 error is about; ``None``: it is no error. The packet in it may be cut (RFC 4443 section 2.4)."""
    chain = walk(packet)
    if chain.error is not None or chain.fragmented or chain.protocol != Protocol.ICMPV6:
        return None
    if len(chain.payload) < ERROR_HEADER_OCTETS or chain.payload[0] >= FIRST_THAT_IS_NO_ERROR:
        return None
    return _traffic(walk(chain.payload[ERROR_HEADER_OCTETS:]))


def _traffic(chain: Chain) -> Traffic | None:
    header, *behind = chain.headers or (None,)
    if not isinstance(header, Ipv6) or not all(isinstance(one, PLAIN) for one in behind):
        return None
    ports: tuple[int | None, int | None] = (None, None)
    upper = behind[-1] if behind else header
    if isinstance(upper, Udp | Tcp):
        ports = upper.source_port, upper.destination_port
    elif chain.protocol == Protocol.ICMPV6 and not chain.fragmented and chain.payload[:1] in map(_octet, ECHOES):
        identifier = int.from_bytes(chain.payload[IDENTIFIER], "big")
        ports = identifier, identifier
    return Traffic(chain.protocol, Ipv6Address(header.source), Ipv6Address(header.destination), *ports)


def _octet(value: int) -> bytes:
    return bytes((value,))
