"""Strategies for what comes to a whole node: packets that ask everything of it, in frames of any kind and any sender.

The node under test is number :data:`properties.neighbors.ME`, the others have the numbers above.
"""

import struct
from typing import Any

from hypothesis import strategies as st

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import (
    ALL_NODES,
    ALL_ROUTERS,
    BROADCAST,
    UNSPECIFIED,
    Link,
    LinkAddress,
    is_multicast,
    link_local,
    parse_ipv6,
)
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.contexts import Contexts
from properties.building import checksum, extension, ipv6
from properties.neighbor_messages import ADDRESSES, MESSAGES
from properties.neighbors import MY_GLOBAL, MY_LINK, MY_LL, OTHER_PREFIX, PREFIX, SHORT, address, link
from properties.network_packets import options

PAN = 0xABCD
PORT = 61617
UDP, TUNNEL, ROUTING, FRAGMENT, ICMPV6, NOTHING, DESTINATION, HOP_BY_HOP = 17, 41, 43, 44, 58, 59, 60, 0
NUMBERS = st.one_of(st.integers(2, 6), st.integers(2, 2000))
SENDERS = st.one_of(NUMBERS.map(link), NUMBERS.map(lambda number: number.to_bytes(2, "big")).map(LinkAddress))
SOURCES = st.one_of(
    NUMBERS.map(lambda number: link_local(link(number))),
    NUMBERS.map(lambda number: address(PREFIX, number)),
    st.sampled_from((UNSPECIFIED, ALL_NODES, parse_ipv6("2001:db8:9::9"), parse_ipv6("::1"))),
)
OWN = (MY_LL, MY_LL, MY_GLOBAL, link_local(SHORT))
ELSEWHERE = (
    *(ALL_NODES, ALL_ROUTERS, parse_ipv6("ff02::1:ff00:1"), parse_ipv6("ff05::1234")),
    *(address(PREFIX, 2), address(OTHER_PREFIX, 3), parse_ipv6("2001:db8:9::9"), link_local(link(3))),
)
DESTINATIONS = st.one_of(st.sampled_from(OWN), st.sampled_from((*OWN, *ELSEWHERE)))
HOP_LIMITS = st.sampled_from((255, 255, 64, 1, 0))
PROFILES = st.sampled_from(("rfc6282", *(f"level-{level}" for level in range(7))))
"""Names of them."""


def icmpv6(octets: bytes, source: bytes, destination: bytes) -> bytes:
    """A message with its checksum."""
    zeroed = octets[:2] + bytes(2) + octets[4:]
    total: int = checksum(source, destination, ICMPV6, zeroed)  # type: ignore[arg-type]  # packed ones serve as well
    return octets[:2] + struct.pack(">H", total) + octets[4:]


CLASS_UNSUPPORTED = st.one_of(
    st.integers(0, 7).map(lambda level: bytes((100, level, 0, 0))),
    st.integers(0, 0xFFFFFFFF).map(lambda field: struct.pack(">BBHI", 100, 0x80, 0, field)),
)
ERRORS = st.builds(
    lambda kind, code, value, about: struct.pack(">BBHI", kind, code, 0, value) + about,
    st.sampled_from((1, 2, 3, 4, 5, 101, 127)),
    st.integers(0, 7),
    st.sampled_from((0, 40, 1280, 0xFFFFFFFF)),
    st.binary(max_size=60),
)
ECHOES = st.builds(
    lambda kind, data, times: bytes((kind, 0, 0, 0, 1, 2, 0, 1)) + data * times,
    st.sampled_from((128, 128, 129, 130, 200)),
    st.binary(min_size=1, max_size=20),
    st.sampled_from((1, 1, 10, 60)),
)
ICMPV6_MESSAGES = st.one_of(CLASS_UNSUPPORTED, CLASS_UNSUPPORTED, ERRORS, ECHOES)


@st.composite
def source_routes(draw: st.DrawFn) -> bytes:
    """A routing header behind its first two octets, mostly of RFC 6554."""
    path = draw(st.lists(DESTINATIONS, min_size=1, max_size=4))
    kind, left = draw(st.sampled_from((3, 3, 3, 0, 4))), draw(st.integers(0, len(path) + 1))
    return bytes((kind, left)) + bytes(4) + b"".join(path)


@st.composite
def headers(draw: st.DrawFn, protocol: int, payload: bytes) -> tuple[int, bytes]:
    """Up to three extension headers in front of a payload."""
    for kind in draw(st.lists(st.sampled_from((DESTINATION, ROUTING, FRAGMENT, HOP_BY_HOP)), max_size=3)):
        if kind == FRAGMENT:
            place = draw(st.sampled_from((0, 0, 1, 8, 9, 16)))
            payload = struct.pack(">BBHI", protocol, 0, place, draw(st.integers(0, 3))) + payload
        else:
            payload = extension(protocol, draw(source_routes() if kind == ROUTING else options())) + payload
        protocol = kind
    return protocol, payload


@st.composite
def upper_layers(draw: st.DrawFn, source: bytes, destination: bytes) -> tuple[int, bytes]:
    """A protocol and its payload."""
    protocol = draw(st.sampled_from((UDP, UDP, ICMPV6, ICMPV6, ICMPV6, NOTHING, TUNNEL, 6, 253)))
    if protocol == ICMPV6:
        return protocol, icmpv6(draw(ICMPV6_MESSAGES), source, destination)
    data = draw(st.binary(max_size=20)) * draw(st.sampled_from((1, 1, 5, 60)))
    if protocol == UDP:
        segment = struct.pack(">HHHH", 61616, draw(st.sampled_from((PORT, PORT, 7))), 8 + len(data), 0) + data
        total: int = checksum(source, destination, UDP, segment)  # type: ignore[arg-type]
        return protocol, segment[:6] + struct.pack(">H", total) + segment[8:]
    return protocol, data


def whole(protocol: int, payload: bytes, source: bytes, destination: bytes, hop_limit: int = 64) -> bytes:
    """A packet between two packed addresses."""
    made: bytes = ipv6(protocol, payload, source, destination, hop_limit)  # type: ignore[arg-type]
    return made


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """Any packet but one of Neighbor Discovery, of at most 1300 octets."""
    source, destination = draw(SOURCES), draw(DESTINATIONS)
    protocol, payload = draw(upper_layers(source, destination))
    if draw(st.integers(0, 2)) == 0:
        protocol, payload = draw(headers(protocol, payload))
    return whole(protocol, payload[:1260], source, destination, draw(HOP_LIMITS))


@st.composite
def discovery_packets(draw: st.DrawFn) -> bytes:
    """A message of Neighbor Discovery, DAR and DAC among them, with any options."""
    source, destination = draw(ADDRESSES), draw(st.one_of(st.sampled_from(OWN), ADDRESSES))
    message = icmpv6(draw(MESSAGES).encode(), source, destination)
    return whole(ICMPV6, message, source, destination, draw(st.sampled_from((255, 255, 255, 64))))


def payloads(packet: bytes, way: Link, contexts: Contexts, profile: str, tag: int) -> list[bytes]:
    """The packet as its sender's adaptation layer sends it; one that no sender would send is sent as it is."""
    try:
        return list(send(packet, way, contexts, profiles.by_name(profile), 96, tag).frames)
    except (Malformed, UsageError):
        return [b"\x41" + packet[:100]]


REORDERINGS = ("as they are", "backwards", "without the first", "without the last", "twice", "moved", "cut", "one bit")


def disorder(frames: list[bytes], kind: str, place: int) -> list[bytes]:
    """What a bad link, or a bad neighbor, makes of the frames of a packet."""
    match kind:
        case "backwards":
            return frames[::-1]
        case "without the first":
            return frames[1:] or frames
        case "without the last":
            return frames[:-1] or frames
        case "twice":
            return [frame for frame in frames for _ in (1, 2)]
        case "moved":  # the offset of each fragment behind the first is one unit too small: they overlap
            return [frames[0], *(frame[:4] + bytes((max(0, frame[4] - 1),)) + frame[5:] for frame in frames[1:])]
        case "cut":
            return [frame[: 1 + place % len(frame)] for frame in frames]
        case "one bit":
            return [_flipped(frame, place) for frame in frames]
        case _:
            return frames


def _flipped(octets: bytes, place: int) -> bytes:
    bit = place % (8 * len(octets))
    return octets[: bit // 8] + bytes((octets[bit // 8] ^ 0x80 >> bit % 8,)) + octets[bit // 8 + 1 :]


def data_frame(payload: bytes, sender: bytes, receiver: bytes = MY_LINK, number: int = 0, **fields: Any) -> Frame:
    """A data frame of version 1 in the node's PAN."""
    return Frame(
        **{
            "frame_type": 1,
            "frame_version": 1,
            "acknowledgement_request": int(receiver != BROADCAST),
            "sequence_number": number,
            "destination_pan": PAN,
            "destination": receiver,
            "source": sender,
            "payload": payload,
            **fields,
        }
    )


def receiver_of(packet: bytes) -> LinkAddress:
    """Whom a frame with a packet is for: everybody, or the node."""
    return BROADCAST if is_multicast(packet[24:40]) else MY_LINK
