"""One packet on its way through a sender, and the choices that the sender makes.

Theory of operation. A sender goes through a packet from front to back and at each place chooses a form: for the traffic
class, the hop limit, each address, each header of the chain; then it cuts what came out into frames. Each choice is a
small function at a place of :class:`Sending`. Addresses are tried in the order of their *forms*: the first one that is
not ``None`` is sent. A profile replaces choices, as it does for receiving; what it refuses raises
:class:`~p6lowpan.interop.outcomes.Refused`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from p6lowpan.interop.node import End, Node
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts


class Carried(NamedTuple):
    """An address as it is sent: SAC or DAC, SAM or DAM, the octets in line, the context it leans on, and M."""

    stateful: int
    mode: int
    octets: bytes = b""
    context: int | None = None
    multicast: int = 0


class Chained(NamedTuple):
    """Compressed headers: their octets, and the octet of the packet behind what they stand for."""

    octets: bytes
    end: int


class Header(NamedTuple):
    """The fields of an IPv6 header as they are sent: where it stands in the packet, the forms of its parts."""

    at: int
    traffic_form: int
    traffic: bytes
    next_header: int | None
    """``None``: LOWPAN_NHC follows."""
    hop_limit_form: int
    hop_limit: bytes
    source: Carried
    destination: Carried


class Writing:
    """A packet that is sent. ``ipv6_at`` is the IPv6 header under compression, ``outer`` the one around it.

    ``most_headers`` are compressed behind the first one; those that are deeper go in line.
    """

    def __init__(self, rules: "Sending", node: Node, packet: bytes, mtu: int) -> None:
        self.rules = rules
        self.node = node
        self.contexts = rules.installed(node.contexts)
        self.packet = packet
        self.mtu = mtu
        self.ipv6_at = 0
        self.outer: int | None = None
        self.depth = 0
        self.most_headers = 100
        self.nested = 0
        self.notes: dict[str, Any] = {}  # whatever a choice has to remember

    def address(self, end: End) -> bytes:
        """The address of an end in the IPv6 header under compression."""
        at = self.ipv6_at + 8 + 16 * end
        return self.packet[at : at + 16]


Form = Callable[[Writing, End], Carried | None]
Compress = Callable[[Writing, int], Chained | None]
"""The headers from an octet of the packet on, compressed; ``None``: they go as they are."""


@dataclass(frozen=True)
class Sending:
    """Every choice of a sender."""

    admits: Callable[[Writing], None]
    """Raises where the stack does not send this packet."""
    installed: Callable[[Contexts], Contexts]
    """The contexts as this stack keeps them."""
    traffic: Callable[[int, int], tuple[int, bytes]]
    """Traffic class (as in IPv6) and flow label to TF and the octets in line."""
    hop_limit: Callable[[int], tuple[int, bytes]]
    """To HLIM and the octet in line."""
    context: Callable[[Writing, bytes], Context | None]
    """The context for an address."""
    makes: Callable[[Context, bytes, bytes], bool]
    """Whether a context and an identifier of 8 octets make an address."""
    identifier: Callable[[Writing, End], bytes | None]
    """The interface identifier that an elided one comes from."""
    sources: tuple[Form, ...]
    destinations: tuple[Form, ...]
    groups: tuple[Form, ...]
    """Multicast destinations."""
    names_contexts: Callable[[Carried, Carried], bool]
    """Whether the octet that names contexts is sent."""
    header: Callable[[Writing, Header], bytes]
    """The octets of LOWPAN_IPHC."""
    next_headers: Mapping[int, Compress]
    """By next header: its LOWPAN_NHC form; what is missing goes in line."""
    ports: tuple[int, ...]
    """The forms P of UDP ports, in the order in which they are tried."""
    packet: Callable[[Writing], Chained]
    """The whole of compression: what to send in place of which octets."""
    frames: Callable[[Writing, Chained], list[bytes]]
    """One frame, or fragments."""
    tag: int
    """Of the first datagram that is fragmented."""
