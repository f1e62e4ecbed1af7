"""IPv6 on one interface: what comes is delivered, forwarded, answered or dropped, and what we send finds its next hop.

Theory of operation. :meth:`Network.received` takes a whole packet and its :class:`Origin`; the methods that begin with
``send`` take what we have to say. Each returns what is to be done and told: :class:`Route` names the address on the
link to which a packet goes, and Neighbor Discovery finds that neighbor. Where it cannot, :meth:`Network.unreachable`
tells the packet's sender. Nothing is sent by time; ``deadline`` is when addresses, routes or incomplete packets end.

``addresses``, ``routes`` and ``ports`` are the node's tables, which Neighbor Discovery and the node's owner fill.
``error_bucket`` limits every ICMPv6 error that is sent from here, and serves for others that a node may send.

What this module does not do: Neighbor Discovery, Redirects, multicast routing, Multicast Listener Discovery, path MTU
discovery (no packet is longer than what every link takes).
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.network.addresses import Addresses
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.icmpv6_errors import ADDRESS_UNREACHABLE, Refused, error_message, may_answer
from p6lowpan.machines.network.icmpv6_limiter import TokenBucket
from p6lowpan.machines.network.input import Input, Tables
from p6lowpan.machines.network.outputs import BackboneRoute, NetworkOutput, Origin, Outputs, Route
from p6lowpan.machines.network.packet import Arrival, Incoming, make_packet, read_packet
from p6lowpan.machines.network.routes import Routes
from p6lowpan.machines.network.source_selection import select_source
from p6lowpan.machines.network.steps import Refusal, Reply, Step
from p6lowpan.machines.network.udp import EVERYTHING, Binding, Ports, make_datagram
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.machines.timers import earliest
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, is_multicast
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ipv6 import icmpv6_message
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS

WHERE = "network"
SMALLEST_MESSAGE = 4


class Network:
    """A host or router on one interface. See the module."""

    def __init__(self, configuration: NetworkConfiguration, limits: Limits, chance: ChanceStream) -> None:
        self.configuration = configuration
        self.hop_limit = configuration.hop_limit
        self.addresses = Addresses(configuration.is_router, limits)
        self.routes = Routes(limits)
        self.ports = Ports(limits, chance)
        self.error_bucket = TokenBucket(limits)
        self._limits = limits
        self._input = Input(configuration, limits, Tables(self.addresses, self.routes, self.ports))

    @property
    def deadline(self) -> int | None:
        """When :meth:`tick` has something to do; ``None``: never."""
        return earliest(self.addresses.deadline, self.routes.deadline, self._input.reassembler.deadline)

    def tick(self, now: int) -> Outputs:
        """Let end what has lasted long enough."""
        self.routes.expire(now)
        return (*self.addresses.expire(now), *self._run(now, *self._input.expire(now)))

    def received(self, now: int, packet: bytes, origin: Origin, arrival: Arrival = Arrival.LINK) -> Outputs:
        """Take a whole packet that a neighbor sent, or that came otherwise. Never raises because of what it holds."""
        return self._run(now, read_packet(packet, origin, arrival))

    def admitted(self, now: int, incoming: Incoming) -> Outputs:
        """Take a packet that somebody has read with :func:`read_packet`."""
        return self._run(now, incoming)

    def send(self, now: int, packet: bytes) -> Outputs:
        """Send a whole packet of ours as it is."""
        incoming = read_packet(packet, Origin(), Arrival.OURSELVES)
        if isinstance(incoming, Dropped):
            return (incoming,)
        return self._run(now, self._outward(now, incoming))

    def send_udp(
        self,
        now: int,
        source_port: int,
        destination: Ipv6Address,
        destination_port: int,
        payload: bytes,
        hop_limit: int | None = None,
        source: Ipv6Address | None = None,
    ) -> Outputs:
        """Send a datagram. ``source``: one of our addresses; ``None`` leaves it to source selection. Raises
        :class:`UsageError` for an address, port or hop limit that does not exist."""
        selected = self._source_for(now, destination)
        if source is not None:
            selected = source if self.addresses.is_ours(now, source) else None
        octets = IPV6_HEADER_OCTETS + UDP_HEADER_OCTETS + len(payload)
        if octets > self._limits.datagram_octets:
            return (self._too_big(octets),)
        if selected is None:
            return (Dropped(Reason.NO_SOURCE_ADDRESS, WHERE, f"to {format_ipv6(destination)}"),)
        segment = make_datagram(selected, source_port, destination, destination_port, payload)
        return self.send(now, self._packet(selected, destination, Protocol.UDP, segment, hop_limit))

    def send_icmpv6(
        self,
        now: int,
        destination: Ipv6Address,
        octets: bytes,
        hop_limit: int | None = None,
        source: Ipv6Address | None = None,
    ) -> Outputs:
        """Send an ICMPv6 message; its checksum is computed here. ``source``: ``None`` leaves it to source selection.
        Raises :class:`UsageError` for an address or hop limit that does not exist."""
        selected = self._source_for(now, destination) if source is None else source
        if len(octets) < SMALLEST_MESSAGE:
            return (Dropped(Reason.TRUNCATED, WHERE, f"an ICMPv6 message of {len(octets)} octets"),)
        if IPV6_HEADER_OCTETS + len(octets) > self._limits.datagram_octets:
            return (self._too_big(IPV6_HEADER_OCTETS + len(octets)),)
        if selected is None:
            return (Dropped(Reason.NO_SOURCE_ADDRESS, WHERE, f"to {format_ipv6(destination)}"),)
        zeroed = octets[:2] + bytes(2) + octets[4:]
        checksum = transport_checksum(selected, destination, Protocol.ICMPV6, zeroed)
        message = octets[:2] + checksum.to_bytes(2, "big") + octets[4:]
        return self.send(now, self._packet(selected, destination, Protocol.ICMPV6, message, hop_limit))

    def unreachable(self, now: int, packet: bytes) -> Outputs:
        """The next hop of a packet that was routed does not answer (RFC 4861 section 7.2.2): whoever sent it is told,
        even where that was us: whoever sent it from here wants to know, too."""
        incoming = read_packet(packet, Origin())
        if isinstance(incoming, Dropped):
            return (incoming,)
        answer = DestinationUnreachable(code=ADDRESS_UNREACHABLE)
        detail = f"on the way to {format_ipv6(incoming.header.destination)}"
        refused = Refused(Reason.ADDRESS_UNREACHABLE, WHERE, detail, answer)
        return self._run(now, Refusal(incoming, refused))

    def bind(self, port: int = 0, binding: Binding = EVERYTHING) -> int | Dropped:
        """Deliver what comes for a UDP port; see :meth:`Ports.bind`."""
        return self.ports.bind(port, binding)

    def close(self, port: int) -> None:
        """Deliver no more for a UDP port."""
        self.ports.close(port)

    def select_source(self, now: int, destination: bytes) -> Ipv6Address | None:
        """Which of our addresses a packet to ``destination`` has as its source; ``None``: none serves."""
        return select_source(self.addresses.own(now), destination)

    def _run(self, now: int, *steps: Step) -> Outputs:
        """Do one step after the other, each in the order in which it came about. This ends: what a packet leads to is
        shorter (a tunnel's), has less hop limit (a source route's), or is a reply or an error, to which there are
        none."""
        outputs: list[NetworkOutput] = []
        pending = [*steps][::-1]  # what comes next is the last
        while pending:
            match pending.pop():
                case Incoming() as incoming:
                    pending += self._input.handle(now, incoming)[::-1]
                case Refusal() as refusal:
                    pending += self._refuse(now, refusal)[::-1]
                case Reply() as reply:
                    pending.append(self._reply(now, reply))
                case output:
                    outputs.append(output)
        return tuple(outputs)

    def _refuse(self, now: int, refusal: Refusal) -> tuple[Step, ...]:
        """The drop, and the error about it where one may be sent."""
        incoming, refused = refusal.incoming, refusal.refused
        dropped = Dropped(refused.reason, refused.where, refused.detail)
        answer = refused.answer
        if answer is None or not may_answer(incoming, refused):
            return (dropped,)
        addressed, destination = Ipv6Address(incoming.header.destination), Ipv6Address(incoming.header.source)
        ours = self.addresses.is_ours(now, addressed)
        source = addressed if ours else self.select_source(now, destination)  # RFC 4443 section 2.2
        if source is None:
            return dropped, Dropped(Reason.NO_SOURCE_ADDRESS, WHERE, f"for an error to {format_ipv6(destination)}")
        message = error_message(answer, incoming.octets, source, destination, self._limits.datagram_octets)
        step = self._outward_octets(now, self._packet(source, destination, Protocol.ICMPV6, message))
        if isinstance(step, Route | BackboneRoute | Incoming) and not self.error_bucket.take(now):
            return dropped, Dropped(Reason.ERROR_LIMIT, WHERE, f"{answer.LAYER} to {format_ipv6(destination)}")
        return dropped, step

    def _reply(self, now: int, reply: Reply) -> Step:
        source = self._source_for(now, reply.destination) if reply.source is None else reply.source
        if source is None:
            return Dropped(Reason.NO_SOURCE_ADDRESS, WHERE, f"for a reply to {format_ipv6(reply.destination)}")
        message = icmpv6_message.with_checksum(reply.message, source, reply.destination).encode()
        return self._outward_octets(now, self._packet(source, reply.destination, Protocol.ICMPV6, message))

    def _outward_octets(self, now: int, octets: bytes) -> Step:
        incoming = read_packet(octets, Origin(), Arrival.OURSELVES)
        return incoming if isinstance(incoming, Dropped) else self._outward(now, incoming)

    def _outward(self, now: int, incoming: Incoming) -> Step:
        """Where a packet of ours goes: to ourselves, to a next hop, or nowhere."""
        destination = Ipv6Address(incoming.header.destination)
        if len(incoming.octets) > self._limits.datagram_octets:
            return self._too_big(len(incoming.octets))
        if self.addresses.state_of(now, destination) is not None:
            return incoming
        next_hop, leaves = self.routes.way(now, destination)
        if next_hop is not None:
            return Route(incoming.octets, next_hop)
        if leaves:
            return BackboneRoute(incoming.octets)
        return Dropped(Reason.NO_ROUTE, WHERE, f"to {format_ipv6(destination)}")

    def _packet(
        self, source: bytes, destination: bytes, protocol: int, payload: bytes, hop_limit: int | None = None
    ) -> bytes:
        usual = self.configuration.multicast_hop_limit if is_multicast(destination) else self.hop_limit
        return make_packet(source, destination, protocol, usual if hop_limit is None else hop_limit, payload)

    def _source_for(self, now: int, destination: Ipv6Address) -> Ipv6Address | None:
        if len(destination) != 16 or destination == UNSPECIFIED:
            raise UsageError(f"nothing can be sent to {destination.hex() or 'no address'}")
        return self.select_source(now, destination)

    def _too_big(self, octets: int) -> Dropped:
        return Dropped(Reason.TOO_BIG, WHERE, f"{octets} octets, at most {self._limits.datagram_octets}")
