"""A small network for the tests: one node of ours, whoever is around it, and packets written out octet by octet."""

import dataclasses
import struct
from collections.abc import Iterable

from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import Chance
from p6lowpan.machines.network.addresses import AddressState
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.network import Network
from p6lowpan.machines.network.outputs import NetworkOutput, Origin, Route
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import BROADCAST, parse_ipv6, parse_link
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from properties.building import checksum, ipv6

ME, MY_LINK_LOCAL = "2001:db8:1::1", "fe80::1"
NEIGHBOR, NEIGHBOR_LINK_LOCAL = "2001:db8:1::2", "fe80::2"
ROUTER = "fe80::b"
FAR = "2001:db8:2::9"  # behind ROUTER
NOWHERE = "2001:db8:ffff::1"  # no route leads there
ALL_NODES, ALL_ROUTERS, SOLICITED_NODE, STRANGE_GROUP = "ff02::1", "ff02::2", "ff02::1:ff00:1", "ff05::1234"

HOP_BY_HOP, UDP, IPV6_IN_IPV6, ROUTING, FRAGMENT, ICMPV6, NOTHING, DESTINATION = 0, 17, 41, 43, 44, 58, 59, 60
ECHO_REQUEST, ECHO_REPLY, NEIGHBOR_SOLICITATION = 128, 129, 135
PORT = 5683

MY_LINK, NEIGHBOR_LINK = parse_link("02:00:00:00:00:00:00:01"), parse_link("02:00:00:00:00:00:00:02")
FRAME = Origin(NEIGHBOR_LINK, MY_LINK)
BROADCAST_FRAME = Origin(NEIGHBOR_LINK, BROADCAST)


def node(is_router: bool = True, limits: Limits = P6LOWPAN, **configuration: object) -> Network:
    """A node with a link-local and a global address, one prefix on the link, one behind a router, one port bound."""
    made = Network(NetworkConfiguration(is_router=is_router, **configuration), limits, Chance(1))
    for address in (MY_LINK_LOCAL, ME):
        made.addresses.assign(0, parse_ipv6(address), AddressState.PREFERRED)
    made.routes.add_on_link(0, parse_ipv6("2001:db8:1::"), 64)
    made.routes.add_static(0, parse_ipv6("2001:db8:2::"), 48, parse_ipv6(ROUTER))
    made.bind(PORT)
    return made


def limited(**limits: int) -> Limits:
    """The usual bounds but for these."""
    return dataclasses.replace(P6LOWPAN, **limits)


def icmpv6(kind: int, code: int = 0, body: bytes = bytes(4), source: str = NEIGHBOR, destination: str = ME) -> bytes:
    """A message with its checksum."""
    octets = struct.pack(">BBH", kind, code, 0) + body
    return octets[:2] + struct.pack(">H", checksum(source, destination, ICMPV6, octets)) + octets[4:]


def echo_request(data: bytes = b"data", source: str = NEIGHBOR, destination: str = ME, hop_limit: int = 64) -> bytes:
    """A whole packet with an echo request."""
    message = icmpv6(ECHO_REQUEST, 0, b"\x12\x34\x00\x01" + data, source, destination)
    return ipv6(ICMPV6, message, source, destination, hop_limit)


def udp_segment(payload: bytes = b"hello", source: str = NEIGHBOR, destination: str = ME, port: int = PORT) -> bytes:
    """A datagram with its checksum."""
    octets = struct.pack(">HHHH", 40000, port, 8 + len(payload), 0) + payload
    return octets[:6] + struct.pack(">H", checksum(source, destination, UDP, octets)) + octets[8:]


def udp_packet(
    payload: bytes = b"hello", source: str = NEIGHBOR, destination: str = ME, port: int = PORT, hop_limit: int = 64
) -> bytes:
    """A whole packet with a datagram."""
    return ipv6(UDP, udp_segment(payload, source, destination, port), source, destination, hop_limit)


def drops(outputs: Iterable[NetworkOutput]) -> list[Reason]:
    """Why something was dropped, in order."""
    return [output.reason for output in outputs if isinstance(output, Dropped)]


def routed(outputs: Iterable[NetworkOutput]) -> list[Route]:
    """What is to be sent, in order."""
    return [output for output in outputs if isinstance(output, Route)]


def message_of(route: Route) -> tuple[Ipv6, Header]:
    """The header and the ICMPv6 message of a packet that has no extension headers; its checksum holds."""
    header, octets = Ipv6.decode(route.packet)
    assert header.payload_length == len(octets)
    zeroed = octets[:2] + bytes(2) + octets[4:]
    ends = [text_of(header.source), text_of(header.destination)]
    assert int.from_bytes(octets[2:4], "big") == checksum(*ends, ICMPV6, zeroed)
    message, rest = MESSAGES.decode(octets)
    assert rest == b""
    return header, message


def error_in(outputs: Iterable[NetworkOutput]) -> Header:
    """The one ICMPv6 error that is to be sent."""
    (route,) = routed(outputs)
    return message_of(route)[1]


def text_of(address: bytes) -> str:
    """An address in full, the way that no abbreviation can hide anything."""
    return ":".join(address[at : at + 2].hex() for at in range(0, 16, 2))
