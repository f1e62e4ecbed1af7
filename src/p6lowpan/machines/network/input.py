"""A packet that came: for us, for us to pass on, or for nobody here (RFC 8200 sections 3 and 4).

Theory of operation. The destination decides. What is for us goes through its extension headers to an upper layer; one
of them may turn it into something else, which is then processed in turn: the next segment of a source route, a packet
whose last fragment this was, the packet inside a tunnel. What is for somebody else goes on, where this is a router.

What a tunnel held can come from anywhere, with any hop limit in it. So nothing in it is taken for a neighbor's: its
addresses must reach beyond a link, and Neighbor Discovery does not believe it.
"""

from collections.abc import Callable
from dataclasses import replace

from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.network.addresses import Addresses, AddressState
from p6lowpan.machines.network.configuration import NetworkConfiguration
from p6lowpan.machines.network.extension_headers import (
    Fragment,
    NextSegment,
    UpperLayer,
    examine,
    unrecognized_next_header,
)
from p6lowpan.machines.network.forwarding import find_route, may_go_on, one_hop_less
from p6lowpan.machines.network.icmpv6_errors import Refused
from p6lowpan.machines.network.icmpv6_input import Icmpv6Input
from p6lowpan.machines.network.packet import Arrival, Incoming, read_packet
from p6lowpan.machines.network.reassembly import GivenUp, PacketReassembler, Whole
from p6lowpan.machines.network.routes import Routes
from p6lowpan.machines.network.scope import Scope, scope_of
from p6lowpan.machines.network.source_route import advance
from p6lowpan.machines.network.steps import Refusal, Reply, Step, Steps
from p6lowpan.machines.network.udp import Ports, receive_datagram
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6, is_multicast
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoReply
from p6lowpan.wire.ipv6.registry import Protocol

WHERE = "ipv6-input"


@value
class Tables:
    """What the node knows, and what packets may change none of."""

    addresses: Addresses
    routes: Routes
    ports: Ports


class Input:
    """The receiving half of the network layer."""

    def __init__(self, configuration: NetworkConfiguration, limits: Limits, tables: Tables) -> None:
        self._configuration = configuration
        self._limits = limits
        self._tables = tables
        self._icmpv6 = Icmpv6Input(configuration)
        self.reassembler = PacketReassembler(limits)
        self._upper_layers: dict[int, Callable[[int, Incoming, UpperLayer], Step]] = {
            Protocol.ICMPV6: self._to_icmpv6,
            Protocol.UDP: self._to_udp,
            Protocol.NO_NEXT_HEADER: self._to_nobody,
        }
        if configuration.decapsulates:
            self._upper_layers[Protocol.IPV6] = self._out_of_tunnel

    def handle(self, now: int, incoming: Incoming) -> Steps:
        """What becomes of a packet."""
        header, addresses = incoming.header, self._tables.addresses
        if incoming.arrival is Arrival.TUNNEL and _stays_on_its_link(header):
            ends = f"{format_ipv6(header.source)} to {format_ipv6(header.destination)} in a tunnel"
            return (Refusal(incoming, Refused(Reason.BEYOND_SCOPE, WHERE, ends)),)
        state = addresses.state_of(now, header.destination)
        if state is AddressState.TENTATIVE and header.next_header != Protocol.ICMPV6:
            return (Refusal(incoming, Refused(Reason.TENTATIVE_ADDRESS, WHERE, format_ipv6(header.destination))),)
        if state is not None or addresses.is_joined(now, header.destination):
            return self._for_us(now, incoming)
        return (self._for_others(now, incoming),)

    def expire(self, now: int) -> Steps:
        """Give up what has waited long enough."""
        return tuple(Refusal(gone.incoming, gone.refused) for gone in self.reassembler.expire(now))

    def _for_us(self, now: int, incoming: Incoming) -> Steps:
        match examine(incoming, self._configuration):
            case Refused() as refused:
                return (Refusal(incoming, refused),)
            case NextSegment() as segment:
                return (self._next_segment(now, incoming, segment),)
            case Fragment() as fragment:
                return tuple(map(_step_of, self.reassembler.add(now, incoming, fragment)))
            case upper:
                return (self._to_upper_layer(now, incoming, upper),)

    def _for_others(self, now: int, incoming: Incoming) -> Step:
        refused = may_go_on(incoming, self._configuration)
        if refused is not None:
            return Refusal(incoming, refused)
        examined = examine(incoming, self._configuration, on_the_way=True)
        onward = examined if isinstance(examined, Refused) else one_hop_less(incoming)
        if isinstance(onward, Refused):
            return Refusal(incoming, onward)
        return self._pass_on(now, incoming, onward, incoming.header.destination)

    def _next_segment(self, now: int, incoming: Incoming, segment: NextSegment) -> Step:
        onward = advance(incoming, segment, lambda address: self._tables.addresses.is_ours(now, address))
        if isinstance(onward, Refused):
            return Refusal(incoming, onward)
        header, _ = Ipv6.decode(onward)
        if self._tables.addresses.is_ours(now, header.destination):
            return replace(incoming, octets=onward, header=header)
        refused = may_go_on(replace(incoming, octets=onward, header=header), self._configuration)
        if refused is not None:
            return Refusal(incoming, refused)
        return self._pass_on(now, incoming, onward, header.destination)

    def _pass_on(self, now: int, incoming: Incoming, onward: bytes, destination: bytes) -> Step:
        """``incoming`` is the packet as it came, which an error quotes; ``onward`` as it would go on."""
        from_backbone = incoming.arrival is Arrival.BACKBONE
        found = find_route(now, onward, destination, self._tables.routes, self._limits, from_backbone)
        return Refusal(incoming, found) if isinstance(found, Refused) else found

    def _to_upper_layer(self, now: int, incoming: Incoming, upper: UpperLayer) -> Step:
        take = self._upper_layers.get(upper.protocol)
        if take is None:
            return Refusal(incoming, unrecognized_next_header(upper.protocol, upper.named_at))
        return take(now, incoming, upper)

    def _to_icmpv6(self, now: int, incoming: Incoming, upper: UpperLayer) -> Step:
        source, destination = Ipv6Address(incoming.header.source), Ipv6Address(incoming.header.destination)
        on_link = source != UNSPECIFIED and self._tables.routes.is_on_link(now, source)
        tentative = self._tables.addresses.state_of(now, destination) is AddressState.TENTATIVE
        match self._icmpv6.receive(incoming, upper, on_link, tentative):
            case Refused() as refused:
                return Refusal(incoming, refused)
            case EchoReply() as reply:
                return Reply(reply, None if is_multicast(destination) else destination, source)
            case output:
                return output

    def _to_udp(self, _now: int, incoming: Incoming, upper: UpperLayer) -> Step:
        taken = receive_datagram(incoming, upper.at, self._tables.ports)
        return Refusal(incoming, taken) if isinstance(taken, Refused) else taken

    def _to_nobody(self, _now: int, incoming: Incoming, upper: UpperLayer) -> Step:
        """RFC 8200 section 4.7: what is behind such a header is ignored."""
        detail = f"no next header, {len(incoming.octets) - upper.at} octets behind"
        return Refusal(incoming, Refused(Reason.NO_PAYLOAD, WHERE, detail))

    def _out_of_tunnel(self, _now: int, incoming: Incoming, upper: UpperLayer) -> Step:
        """RFC 2473 section 3.3: the packet inside is processed as if it had come by itself."""
        return read_packet(incoming.octets[upper.at :], incoming.origin, Arrival.TUNNEL)


def _stays_on_its_link(header: Ipv6) -> bool:
    """Whether an address of the packet has no meaning beyond a link."""
    source, destination = scope_of(header.source), scope_of(header.destination)
    return min(source, destination) <= Scope.LINK_LOCAL


def _step_of(outcome: GivenUp | Whole) -> Step:
    if isinstance(outcome, Whole):
        return outcome.incoming
    return Refusal(outcome.incoming, outcome.refused)
