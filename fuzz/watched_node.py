"""A node, and whoever looks over its shoulder: after every input, everything that must hold of any node is looked at.

What is looked at: only known outputs come; every frame that it sends can be read; it holds no more than its limits
allow (:mod:`fuzz.containers`); its deadline comes nearer; an error is never about an error or a group, and never for
one; errors come no faster than the bucket lets them; a copy does the same as the original; and the log, given to a new
node, brings about the same again.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from fuzz.containers import excess
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.machines.adaptation.layer import Outgoing
from p6lowpan.machines.network.outputs import Route
from p6lowpan.node import outputs as node_outputs
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.inputs import FrameReceived, Input, SendIcmpv6, SendPacket, SendUdp, Wake
from p6lowpan.node.node import EVENTS, Node
from p6lowpan.node.outputs import Output, Transmit
from p6lowpan.wire.address import Link
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.payload import decode_payload

SECOND = 1_000_000
LONGEST_FRAME = 125
MOST_WAKES_AT_ONCE = 100
IN_FIRST_FRAGMENT = 80
"""Octets of a packet that its first frame shows at least: what is behind them nobody knows who answers that frame."""
FROM_THE_OWNER = (SendUdp, SendIcmpv6, SendPacket)
KNOWN_OUTPUTS = tuple(getattr(node_outputs, name) for name in node_outputs.__all__ if name != "Output")

HOP_BY_HOP, ROUTING, FRAGMENT, ICMPV6, DESTINATION = 0, 43, 44, 58, 60
PACKET_TOO_BIG, PARAMETER_PROBLEM, CLASS_UNSUPPORTED, REDIRECT = 2, 4, 100, 137
UNRECOGNIZED_OPTION = 2
BROADCAST, UNSPECIFIED = b"\xff\xff", bytes(16)


@dataclass(frozen=True, slots=True)
class Message:
    """An ICMPv6 message, and the ends of the packet that it came in; found without any code of the package."""

    source: bytes
    destination: bytes
    hop_limit: int
    octets: bytes

    @property
    def is_error(self) -> bool:
        """RFC 4443 section 2.1: below 128. A Redirect must not be answered either (section 2.4 e.2)."""
        return self.octets[0] < 128 or self.octets[0] == REDIRECT


def message_in(packet: bytes) -> Message | None:
    """The ICMPv6 message that a packet begins to carry, behind whatever headers."""
    if len(packet) < 40:
        return None
    protocol, at = packet[6], 40
    while protocol in (HOP_BY_HOP, ROUTING, DESTINATION, FRAGMENT) and len(packet) >= at + 8:
        if protocol == HOP_BY_HOP and at > 40:
            return None  # it must be the first (RFC 8200 section 4): nobody reads on
        if protocol == FRAGMENT and int.from_bytes(packet[at + 2 : at + 4], "big") & 0xFFF8:
            return None
        size = 8 if protocol == FRAGMENT else 8 * packet[at + 1] + 8
        protocol, at = packet[at], at + size
    if protocol != ICMPV6 or len(packet) < at + 4:
        return None
    return Message(packet[8:24], packet[24:40], packet[7], packet[at:])


def is_group(address: bytes) -> bool:
    """Whether an IPv6 address is a multicast address."""
    return address[0] == 0xFF


class WatchedNode:
    """See the module. ``now`` is the node's time; whoever gives inputs may set it forward."""

    def __init__(self, configuration: NodeConfiguration) -> None:
        self.configuration = configuration
        self.node = Node(configuration)
        self.now = 0
        self.log: list[tuple[int, Input, tuple[Output, ...]]] = []
        self.errors: list[int] = []
        self._twin: Node | None = None

    def give(self, given: Input, packet: bytes | None = None) -> tuple[Output, ...]:
        """Give an input, and look. ``packet``: what a frame holds, where that is known."""
        with overheard() as events:
            outputs = self.node.handle(self.now, given)
        if self._twin is not None:
            assert self._twin.handle(self.now, given) == outputs
            assert self._twin.deadline == self.node.deadline
        self.log.append((self.now, given, outputs))
        for output in outputs:
            assert isinstance(output, KNOWN_OUTPUTS), output
            if isinstance(output, Transmit):
                assert len(output.octets) <= LONGEST_FRAME
                Frame.decode_all(output.octets)
        if not isinstance(given, FROM_THE_OWNER):
            self._look_for_errors(given, events, packet)
        found = excess(self.node)
        assert not found, found
        assert self.node.deadline is None or isinstance(self.node.deadline, int)
        return outputs

    def wake(self) -> tuple[Output, ...]:
        """Let time pass to the deadline. Something is done there: the deadline is not the same for ever."""
        if self.node.deadline is None:
            return ()
        self.now = max(self.now, self.node.deadline)
        outputs = self.give(Wake())
        for _ in range(MOST_WAKES_AT_ONCE):
            if self.node.deadline is None or self.node.deadline > self.now:
                return outputs
            outputs += self.give(Wake())
        raise AssertionError(f"it is always {self.now}")

    def fork(self) -> None:
        """From now on a copy gets the same inputs, and must do the same."""
        self._twin = copy.deepcopy(self.node)

    def replay(self) -> None:
        """A new node does the same again."""
        again = Node(self.configuration)
        for now, given, outputs in self.log:
            assert again.handle(now, given) == outputs

    def _look_for_errors(self, given: Input, events: list[Route | Outgoing], packet: bytes | None) -> None:
        for event in events:
            error = self._error_of_ours(event, given)
            if error is None:
                continue
            assert not is_group(error.destination)
            assert error.destination != UNSPECIFIED
            if error.octets[0] == CLASS_UNSUPPORTED:
                assert isinstance(given, FrameReceived)
                assert not _is_for_everybody(given.octets)
                assert error.hop_limit == 255
                self._look_at_cause(error, packet and packet[:IN_FIRST_FRAGMENT])
            else:
                self._look_at_cause(error, error.octets[8:])
            self._count_error()

    def _error_of_ours(self, event: Route | Outgoing, given: Input) -> Message | None:
        """The error that the node made: not one that it passes on, nor one that it resends."""
        if isinstance(event, Route):
            message = message_in(event.packet)
            passed_on = message and isinstance(given, FrameReceived) and message.octets[4:] in given.octets
        else:
            message = message_in(self._expanded(event))
            passed_on = message is not None and message.octets[0] != CLASS_UNSUPPORTED
        if message is None or passed_on or not message.is_error or message.octets[0] == REDIRECT:
            return None
        ours = self.node.network.addresses.state_of(self.now, message.source) is not None
        return message if ours else None

    def _expanded(self, event: Outgoing) -> bytes:
        contexts = self.node.contexts.for_decompression(self.now)
        try:
            payload = decode_payload(event.payload, Link(event.source, event.destination), contexts, ANALYSIS)
        except Malformed:
            return b""
        return payload.expanded.octets if payload.expanded else b""

    def _look_at_cause(self, error: Message, cause: bytes | None) -> None:
        """RFC 4443 section 2.4 e."""
        if cause is None or len(cause) < 40:
            return
        provoked = message_in(cause)
        assert provoked is None or not provoked.is_error, "an error about an error"
        assert cause[8:24] != UNSPECIFIED
        assert not is_group(cause[8:24])
        allowed = error.octets[0] == PACKET_TOO_BIG or tuple(error.octets[:2]) == (
            PARAMETER_PROBLEM,
            UNRECOGNIZED_OPTION,
        )
        assert allowed or not is_group(cause[24:40]), "an error about a multicast"

    def _count_error(self) -> None:
        """In no time may more come than the bucket holds, and gets back in that time."""
        self.errors.append(self.now)
        limits = self.configuration.limits
        for number, since in enumerate(self.errors):
            gained = (self.now - since) * limits.icmpv6_errors_per_second / SECOND
            assert len(self.errors) - number <= limits.icmpv6_error_burst + gained, "errors come too fast"


@contextmanager
def overheard() -> Iterator[list[Route | Outgoing]]:
    """What the machines of a node say to one another of packets that go out."""
    events: list[Route | Outgoing] = []
    routed, sent = EVENTS[Route], EVENTS[Outgoing]

    def note(node: Node, now: int, event: Route | Outgoing) -> object:
        events.append(event)
        return (routed if isinstance(event, Route) else sent)(node, now, event)

    with patch.dict(EVENTS, {Route: note, Outgoing: note}):
        yield events


def _is_for_everybody(octets: bytes) -> bool:
    return Frame.decode_all(octets).destination == BROADCAST
