"""The headers of an IPv6 packet, one after the other (RFC 8200 section 4).

:func:`walk` goes as far as the octets can be read and says what stopped it; :func:`headers` raises instead. Both follow
IPv6 in IPv6, neither recurses, and every step consumes octets. An ICMPv6 message is payload here: its formats are in
:mod:`p6lowpan.wire.ipv6.icmpv6`. What this module does not do: check the order of the headers (RFC 8200 section 4.1),
reassemble (a fragment's payload stays raw), or look behind ESP.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address
from p6lowpan.wire.description import Header
from p6lowpan.wire.family import Decoder
from p6lowpan.wire.ipv6.extension import (
    AuthenticationHeader,
    DestinationOptions,
    EncapsulatingSecurityPayload,
    FragmentHeader,
    GenericExtension,
    HopByHopOptions,
    MobilityHeader,
)
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.options import HomeAddress
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.routing import ROUTES, final_destination
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import Udp

EXTENSIONS: Mapping[int, Decoder] = MappingProxyType(
    {
        Protocol.HOP_BY_HOP_OPTIONS: HopByHopOptions,
        Protocol.IPV6: Ipv6,
        Protocol.ROUTING: ROUTES,
        Protocol.FRAGMENT: FragmentHeader,
        Protocol.AUTHENTICATION_HEADER: AuthenticationHeader,
        Protocol.DESTINATION_OPTIONS: DestinationOptions,
        Protocol.MOBILITY: MobilityHeader,
        Protocol.HOST_IDENTITY: GenericExtension,
        Protocol.SHIM6: GenericExtension,
    }
)
"""What a Next Header value says follows, where another header comes behind it."""

UPPER_LAYERS: Mapping[int, Decoder] = MappingProxyType(
    {Protocol.TCP: Tcp, Protocol.UDP: Udp, Protocol.ESP: EncapsulatingSecurityPayload}
)
"""What a Next Header value says follows, where the chain ends with it and a payload comes behind."""


class Chain(NamedTuple):
    """What :func:`walk` found.

    ``payload`` is what is left behind the last of ``headers``, ``protocol`` the number that leads to it: that of the
    upper-layer header if one was read, else the Next Header value of the last header. ``fragmented``: the payload is a
    part of what was sent. ``error``: why no more was read, or that the payload length is wrong.
    """

    headers: tuple[Header, ...]
    payload: bytes
    protocol: int
    fragmented: bool = False
    error: Malformed | None = None


def walk(octets: bytes) -> Chain:
    """Decode the headers of an IPv6 packet as far as they can be read: of a packet that was cut, those that are there.

    A payload length that does not fit the octets is an error of the chain, but does not end it.
    """
    found: list[Header] = []
    rest, protocol, fragmented, error = octets, int(Protocol.IPV6), False, None
    while not fragmented:
        kind = EXTENSIONS.get(protocol) or UPPER_LAYERS.get(protocol)
        if kind is None:
            break
        position = len(octets) - len(rest)
        try:
            value, rest = kind.decode(rest)
        except Malformed as stopped:
            error = stopped.shifted(position)
            break
        found.append(value)
        if protocol in UPPER_LAYERS:
            break
        if isinstance(value, Ipv6):
            error = error or _length_error(value, position, len(rest))
        fragmented = isinstance(value, FragmentHeader) and not value.is_atomic
        protocol = value.next_header
    return Chain(tuple(found), rest, protocol, fragmented, error)


def _length_error(header: Ipv6, position: int, left: int) -> Malformed | None:
    if left == header.payload_length:
        return None
    reason = Reason.TRUNCATED if left < header.payload_length else Reason.TRAILING
    offset = position + IPV6_HEADER_OCTETS + min(left, header.payload_length)
    return Malformed(header.LAYER, offset, reason, f"payload_length is {header.payload_length}, {left} octets follow")


def headers(octets: bytes) -> Chain:
    """Decode the headers of a whole IPv6 packet. Raises :class:`Malformed`, its offset counted from the packet's start,
    where a header cannot be read or the octets are not as many as the payload length says."""
    chain = walk(octets)
    if chain.error is not None:
        raise chain.error
    return chain


def encode(chain: Chain) -> bytes:
    """The octets of a chain, every length and checksum as its headers have it."""
    return b"".join([header.encode() for header in chain.headers]) + chain.payload


def checksum_addresses(chain_headers: Iterable[Header]) -> tuple[Ipv6Address, Ipv6Address]:
    """The source and destination that a transport checksum behind these headers covers (RFC 8200 section 8.1): those of
    the innermost IPv6 header, but for the final destination of a Routing header and the home address that a mobile node
    names as its source (RFC 6275 section 11.3.1)."""
    source = destination = UNSPECIFIED
    for header in chain_headers:
        match header:
            case Ipv6():
                source, destination = Ipv6Address(header.source), Ipv6Address(header.destination)
            case DestinationOptions(options=options):
                homes = [option.home_address for option in options if isinstance(option, HomeAddress)]
                source = Ipv6Address(homes[-1]) if homes else source
            case _:
                destination = final_destination(header, destination)
    return source, destination
