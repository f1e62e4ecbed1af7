"""The backbone of a border router, sans I/O: what comes from it and what goes to it, or why it does not.

Theory of operation. What comes is judged by :data:`RULES`, in order, then by the configured permits and by the
conversations that somebody inside began; what is let in waits until the air and the link have room, and comes out as
:class:`LetIn` for the network layer, which forwards or answers it. What the network layer sends to the backbone
is judged too: nothing leaves that has not its source inside (RFC 2827), and what leaves lets its answers in. Whatever
is dropped is reported, with a reason; nobody outside is told (RFC 6092 section 3.1 leaves that open).

Neither link-local packets nor groups cross, in either direction: that is the network layer's rule as well, but there
what is for the border router itself would be delivered.
"""

from collections import Counter
from collections.abc import Callable

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.backbone.air import Air
from p6lowpan.machines.backbone.configuration import BackboneConfiguration, Prefix
from p6lowpan.machines.backbone.flows import Flows
from p6lowpan.machines.backbone.traffic import Traffic, quoted_in, traffic_of
from p6lowpan.machines.backbone.waiting import Waiting
from p6lowpan.machines.network.outputs import BackboneRoute, Origin
from p6lowpan.machines.network.packet import Arrival, Incoming, read_packet
from p6lowpan.machines.network.scope import Scope, scope_of
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, is_multicast
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.registry import Protocol

INWARD, OUTWARD = "from backbone", "to backbone"
SMALLEST_FRAGMENT = 64
"""Octets of a packet that a frame carries at least: for how many frames the link must have room."""
OWN_PART = 4
"""One frame in so many of the link's queue is kept free for what the node itself has to say: a flood from outside must
not keep it from answering its neighbors' solicitations."""


@value
class LetIn:
    """A packet that was let in, and whose turn it is."""

    packet: Incoming


@value
class ToBackbone:
    """A packet that may leave by the backbone."""

    packet: bytes


@value
class Rule:
    """``fault`` says whether a packet from the backbone breaks it; it is told whether an address is inside."""

    fault: Callable[[Ipv6, Callable[[bytes], bool]], bool]
    reason: Reason
    text: str


def _stays(header: Ipv6, _inside: Callable[[bytes], bool]) -> bool:
    return min(scope_of(header.source), scope_of(header.destination)) <= Scope.LINK_LOCAL


RULES = (
    Rule(_stays, Reason.BEYOND_SCOPE, "link-local packets stay on their link (RFC 4291 section 2.5.6)"),
    Rule(lambda header, _: is_multicast(header.destination), Reason.NOT_FOR_US, "no groups cross the border"),
    Rule(lambda header, _: header.source == UNSPECIFIED, Reason.BAD_SOURCE, "the unspecified address"),
    Rule(lambda header, inside: inside(header.source), Reason.BAD_SOURCE, "an address of ours, from outside"),
    Rule(lambda header, inside: not inside(header.destination), Reason.BAD_DESTINATION, "no prefix of this network"),
)
"""What no permit lets in."""


def _dropped(reason: Reason, header: Ipv6, why: str) -> Dropped:
    return Dropped(reason, INWARD, f"{format_ipv6(header.source)} to {format_ipv6(header.destination)}: {why}")


def _says_nothing(traffic: Traffic) -> bool:
    """An ICMPv6 message that is no echo asks for no answer."""
    return traffic.protocol == Protocol.ICMPV6 and traffic.source_port is None


class Backbone:
    """See the module. ``prefixes`` are those inside, of which the border router announces one or more."""

    def __init__(self, configuration: BackboneConfiguration, prefixes: tuple[Prefix, ...], limits: Limits) -> None:
        self.configuration = configuration
        self.prefixes = prefixes
        self.flows = Flows(limits)
        self.air = Air(configuration.octets_per_second, configuration.burst_us)
        self.waiting = Waiting(limits)
        self.dropped: Counter[Reason] = Counter()
        self.packets: Counter[str] = Counter()
        self.octets: Counter[str] = Counter()
        self._link_frames = limits.link_queue_frames - limits.link_queue_frames // OWN_PART
        self._waits_for_link = False

    def configure(self, configuration: BackboneConfiguration) -> None:
        """Other permits, another rate, from now on; what waits, and conversations that began, stay."""
        self.configuration = configuration
        self.air.octets_per_second = configuration.octets_per_second
        self.air.burst_us = configuration.burst_us

    @property
    def deadline(self) -> int | None:
        """When :meth:`release` has something to do; ``None``: never, or when the link has sent something."""
        return self.air.free_at if self.waiting.octets and not self._waits_for_link else None

    # --- inward ------------------------------------------------------------------------------------------------------

    def received(self, now: int, packet: bytes) -> tuple[Dropped, ...]:
        """A packet came from the backbone. Any octets may."""
        fault = self._fault(now, packet)
        if fault is not None:
            self.dropped[fault.reason] += 1
            return (fault,)
        return ()

    def release(self, now: int, queued_frames: int) -> tuple[LetIn, ...]:
        """The packets whose turn it is. ``queued_frames`` wait in the link. One at a time: what it takes of the air is
        known when it is sent."""
        self._waits_for_link = False
        if not self.waiting.octets or self.air.free_at > now:
            return ()
        needed = -(-self.waiting.next_octets // SMALLEST_FRAGMENT)
        if queued_frames and queued_frames + needed > self._link_frames:
            self._waits_for_link = True
            return ()
        packet = self.waiting.take()
        self._count(INWARD, packet.octets)
        return (LetIn(packet),)

    def _fault(self, now: int, packet: bytes) -> Dropped | None:
        """Why a packet is not let in; ``None``: it is, and waits."""
        incoming = read_packet(packet, Origin(), Arrival.BACKBONE)
        if isinstance(incoming, Dropped):
            return incoming
        header = incoming.header
        for rule in RULES:
            if rule.fault(header, self.is_inside):
                return _dropped(rule.reason, header, rule.text)
        traffic = traffic_of(packet)
        if traffic is None:
            return _dropped(Reason.UNSUPPORTED, header, "headers that the filter does not read to their end")
        if not self._lets_in(now, traffic, packet):
            return _dropped(Reason.NOT_PERMITTED, header, f"protocol {traffic.protocol}")
        if not self.waiting.put(traffic.destination, incoming):
            return _dropped(Reason.AIR_FULL, header, f"{self.waiting.octets} octets wait")
        return None

    def _lets_in(self, now: int, traffic: Traffic, packet: bytes) -> bool:
        for permit in self.configuration.permits:
            if permit.lets_in(traffic):
                return True
        if self.flows.knows(now, traffic.answer):
            return True
        quoted = quoted_in(packet)
        return quoted is not None and quoted.source == traffic.destination and self.flows.knows(now, quoted)

    def is_inside(self, address: bytes) -> bool:
        """Whether an address is of this network."""
        for prefix in self.prefixes:  # noqa: SIM110 - every packet asks, and a generator costs more than the answer
            if prefix.holds(address):
                return True
        return False

    # --- outward -----------------------------------------------------------------------------------------------------

    def leaving(self, now: int, event: BackboneRoute) -> tuple[ToBackbone | Dropped, ...]:
        """The network layer sends a packet to the backbone."""
        source, destination = Ipv6Address(event.packet[8:24]), Ipv6Address(event.packet[24:40])
        if not self.is_inside(source):
            self.dropped[Reason.BAD_SOURCE] += 1
            ends = f"{format_ipv6(source)} to {format_ipv6(destination)}"
            return (Dropped(Reason.BAD_SOURCE, OUTWARD, f"{ends}: a source that is not of this network"),)
        traffic = traffic_of(event.packet)
        if traffic is not None and not _says_nothing(traffic):
            self.flows.began(now, traffic)
        self._count(OUTWARD, event.packet)
        return (ToBackbone(event.packet),)

    def _count(self, direction: str, packet: bytes) -> None:
        self.packets[direction] += 1
        self.octets[direction] += len(packet)
