"""An IPv6 packet on its way through a node: what came, with its header read, and what is made."""

from collections.abc import Callable
from enum import Enum

from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.machines.network.scope import LOOPBACK, Scope, scope_of
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import UNSPECIFIED, format_ipv6, is_multicast
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6

WHERE = "ipv6"
PAYLOAD_LENGTH_AT = 4
NEXT_HEADER_AT = 6
HOP_LIMIT_AT = 7
SOURCE_AT = 8


class Arrival(Enum):
    """How a packet got here, which decides what it may say."""

    LINK = "in a frame"
    TUNNEL = "inside another packet: whoever sent it need not be a neighbor, whatever its hop limit"
    BACKBONE = "by a border router's other interface: nobody there is a neighbor"
    REASSEMBLED = "in fragments of IPv6, which Neighbor Discovery must not use (RFC 6980)"
    OURSELVES = "from here to here"


@value
class Incoming:
    """A packet whose header could be read, and whose length is what the header says."""

    octets: bytes
    header: Ipv6
    origin: Origin
    arrival: Arrival = Arrival.LINK


@value
class Rule:
    """``fault`` says whether a header breaks it."""

    fault: Callable[[Ipv6], bool]
    reason: Reason
    text: str


HEADER_RULES = (
    Rule(
        lambda header: is_multicast(header.source),
        Reason.BAD_SOURCE,
        "a group sends nothing (RFC 4291 section 2.7)",
    ),
    Rule(
        lambda header: header.destination == UNSPECIFIED,
        Reason.BAD_DESTINATION,
        "the unspecified address is nobody's (RFC 4291 section 2.5.2)",
    ),
    Rule(
        lambda header: LOOPBACK in (header.source, header.destination),
        Reason.BEYOND_SCOPE,
        "the loopback address stays in its node (RFC 4291 section 2.5.3)",
    ),
    Rule(
        lambda header: is_multicast(header.destination) and scope_of(header.destination) <= Scope.INTERFACE_LOCAL,
        Reason.BEYOND_SCOPE,
        "a group of this scope stays in its node (RFC 4291 section 2.7)",
    ),
)
"""Of a header alone; there is no error for who breaks one of these."""


def packet_fault(octets: bytes) -> Dropped | None:
    """Why octets are no packet; ``None`` where they are one."""
    if len(octets) < IPV6_HEADER_OCTETS:
        return Dropped(Reason.TRUNCATED, WHERE, f"{len(octets)} octets, the header has {IPV6_HEADER_OCTETS}")
    if octets[0] >> 4 != 6:
        return Dropped(Reason.FIXED_VALUE, WHERE, f"version {octets[0] >> 4}")
    announced = int.from_bytes(octets[PAYLOAD_LENGTH_AT:NEXT_HEADER_AT], "big")
    follows = len(octets) - IPV6_HEADER_OCTETS
    if announced == follows:
        return None
    reason = Reason.TRUNCATED if follows < announced else Reason.TRAILING
    return Dropped(reason, WHERE, f"payload_length is {announced}, {follows} octets follow")


def read_packet(octets: bytes, origin: Origin, arrival: Arrival = Arrival.LINK) -> Incoming | Dropped:
    """A packet that keeps the rules of every header."""
    if dropped := packet_fault(octets):
        return dropped
    header, _ = Ipv6.decode(octets)
    for rule in HEADER_RULES:
        if rule.fault(header):
            ends = f"{format_ipv6(header.source)} to {format_ipv6(header.destination)}"
            return Dropped(rule.reason, WHERE, f"{ends}: {rule.text}")
    return Incoming(octets, header, origin, arrival)


def make_packet(source: bytes, destination: bytes, next_header: int, hop_limit: int, payload: bytes) -> bytes:
    """A whole packet of ours."""
    header = Ipv6(
        payload_length=len(payload),
        next_header=next_header,
        hop_limit=hop_limit,
        source=source,
        destination=destination,
    )
    return header.encode() + payload


def with_hop_limit(octets: bytes, hop_limit: int) -> bytes:
    """The same packet with another hop limit."""
    return octets[:HOP_LIMIT_AT] + bytes((hop_limit,)) + octets[HOP_LIMIT_AT + 1 :]
