"""Strategies for packets that ask everything of the network layer, most of them well made, some of them not.

No packet has an address of the node under test as its source, so that what is sent in its name is its own.
"""

import struct

from hypothesis import strategies as st

from properties.building import extension, ipv6
from properties.network import (
    ALL_NODES,
    ALL_ROUTERS,
    DESTINATION,
    FAR,
    FRAGMENT,
    HOP_BY_HOP,
    ICMPV6,
    IPV6_IN_IPV6,
    ME,
    MY_LINK_LOCAL,
    NEIGHBOR,
    NEIGHBOR_LINK_LOCAL,
    NOTHING,
    NOWHERE,
    PORT,
    ROUTING,
    SOLICITED_NODE,
    STRANGE_GROUP,
    UDP,
    icmpv6,
    udp_segment,
)

OTHER = "2001:db8:1::7777"  # the node under test takes it at times
SOURCES = [NEIGHBOR, NEIGHBOR_LINK_LOCAL, FAR, NOWHERE, "::", "ff02::1", "2001:db8:1::8"]
DESTINATIONS = [ME, MY_LINK_LOCAL, OTHER, FAR, NOWHERE, NEIGHBOR, ALL_NODES, ALL_ROUTERS, SOLICITED_NODE, STRANGE_GROUP]
OPTION_TYPES = [0x01, 0x05, 0x1E, 0x23, 0x5E, 0x63, 0x6D, 0x9E, 0xC2, 0xC9, 0xDE]
MESSAGE_TYPES = [0, 1, 2, 3, 4, 100, 127, 128, 129, 131, 133, 134, 135, 136, 137, 155, 157, 158, 200]


@st.composite
def options(draw: st.DrawFn) -> bytes:
    """What fills a header of options."""
    octets = b""
    for kind in draw(st.lists(st.sampled_from(OPTION_TYPES) | st.integers(1, 255), max_size=3)):
        data = draw(st.binary(max_size=6))
        octets += bytes((kind, len(data))) + data
    missing = -(2 + len(octets)) % 8
    return octets + (bytes((1, missing - 2)) + bytes(missing - 2) if missing > 1 else bytes(missing))


@st.composite
def routes(draw: st.DrawFn) -> bytes:
    """A routing header behind its first two octets: mostly a source route, of full addresses."""
    path = draw(st.lists(st.sampled_from(DESTINATIONS), max_size=4))
    left = draw(st.integers(0, len(path) + 1))
    kind = draw(st.sampled_from([3, 3, 3, 0, 2, 4, 9]))
    body = b"".join(ipv6(NOTHING, b"", "::", each)[24:40] for each in path)
    return bytes((kind, left)) + bytes(4) + body


@st.composite
def upper_layers(draw: st.DrawFn, source: str, destination: str, depth: int) -> tuple[int, bytes]:
    """A protocol and its payload."""
    protocol = draw(st.sampled_from([UDP, UDP, ICMPV6, ICMPV6, IPV6_IN_IPV6, NOTHING, 6, 50, 253]))
    data = draw(st.binary(max_size=40)) * draw(st.sampled_from([1, 1, 1, 30]))
    if protocol == UDP:
        return UDP, udp_segment(data, source, destination, draw(st.sampled_from([PORT, 0, 7])))
    if protocol == ICMPV6:
        kind, code = draw(st.sampled_from(MESSAGE_TYPES)), draw(st.sampled_from([0, 0, 2, 0x80]))
        body = draw(st.sampled_from([b"", bytes(4), bytes(28), data, bytes(4) + data]))
        return ICMPV6, icmpv6(kind, code, body, source, destination)
    if protocol == IPV6_IN_IPV6 and depth:
        return IPV6_IN_IPV6, draw(packets(depth - 1))
    return protocol, data


@st.composite
def chains(draw: st.DrawFn, protocol: int, payload: bytes) -> tuple[int, bytes]:
    """Up to three extension headers in front of a payload, in any order."""
    for kind in draw(st.lists(st.sampled_from([DESTINATION, ROUTING, FRAGMENT, HOP_BY_HOP]), max_size=3)):
        if kind == FRAGMENT:
            offset, more = draw(st.sampled_from([(0, 0), (0, 1), (8, 0), (8, 1), (16, 0)]))
            identification = draw(st.integers(0, 3))
            payload = struct.pack(">BBHI", protocol, 0, offset | more, identification) + payload
        else:
            payload = extension(protocol, draw(routes() if kind == ROUTING else options())) + payload
        protocol = kind
    return protocol, payload


@st.composite
def packets(draw: st.DrawFn, depth: int = 2) -> bytes:
    """A whole packet of at most 1400 octets."""
    source, destination = draw(st.sampled_from(SOURCES)), draw(st.sampled_from(DESTINATIONS))
    protocol, payload = draw(upper_layers(source, destination, depth))
    protocol, payload = draw(chains(protocol, payload))
    hop_limit = draw(st.sampled_from([0, 1, 2, 64, 255]))
    return ipv6(protocol, payload[:1360], source, destination, hop_limit)


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """A packet behind whose header one bit is wrong, or that is cut; sometimes no packet at all."""
    packet = draw(packets())
    harm = draw(st.sampled_from(["flip", "cut", "grow", "noise"]))
    if harm == "flip" and len(packet) > 40:
        bit = draw(st.integers(320, 8 * len(packet) - 1))
        return (int.from_bytes(packet, "big") ^ 1 << (8 * len(packet) - 1 - bit)).to_bytes(len(packet), "big")
    if harm == "cut":
        kept = packet[: draw(st.integers(0, len(packet)))]
        return kept[:4] + struct.pack(">H", len(kept) - 40) + kept[6:] if len(kept) >= 40 else kept
    return packet + b"\0" if harm == "grow" else draw(st.binary(max_size=80))
