"""UDP over IPv6 (RFC 768, RFC 8200 section 8.1): ports, and datagrams that come and go.

A checksum of zero would mean that there is none, which IPv6 forbids: it is never sent, and what comes with it is
discarded. Octets behind the length that the UDP header gives are not the datagram's, and are left out.
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import Limits
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.chance import ChanceStream
from p6lowpan.machines.network.icmpv6_errors import PORT_UNREACHABLE, Refused
from p6lowpan.machines.network.outputs import DeliverUdp
from p6lowpan.machines.network.packet import Incoming
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import UNSPECIFIED, Ipv6Address, format_ipv6
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS, Udp, datagram, with_checksum

WHERE = "udp"
LAST_PORT = 0xFFFF
EPHEMERAL_PORTS = range(0xC000, 0x10000)  # RFC 6335 section 6: the dynamic ports


@value
class Binding:
    """Which datagrams to a port are taken: all, or those to one ``address`` of ours, or those of one peer alone."""

    address: Ipv6Address = UNSPECIFIED
    peer: Ipv6Address = UNSPECIFIED
    peer_port: int = 0

    def takes(self, source: bytes, source_port: int, destination: bytes) -> bool:
        """Whether a datagram is for who bound the port."""
        if self.address not in (UNSPECIFIED, destination):
            return False
        return self.peer == UNSPECIFIED or (self.peer, self.peer_port) == (source, source_port)


EVERYTHING = Binding()


class Ports:
    """The ports that are bound, each once."""

    def __init__(self, limits: Limits, chance: ChanceStream) -> None:
        self._limits = limits
        self._chance = chance
        self._bound: dict[int, Binding] = {}

    @property
    def bound(self) -> tuple[int, ...]:
        """Which, in the order in which they were bound."""
        return tuple(self._bound)

    def bind(self, port: int = 0, binding: Binding = EVERYTHING) -> int | Dropped:
        """Receive what comes for ``port`` and ``binding`` takes, and return the port; 0 asks for one that is free,
        which nobody can guess (RFC 6056). Raises :class:`UsageError` for a number that is no port."""
        if not 0 <= port <= LAST_PORT:
            raise UsageError(f"{port} is no port: 0 to {LAST_PORT}")
        if port in self._bound:
            return Dropped(Reason.PORT_IN_USE, WHERE, f"port {port}")
        if len(self._bound) >= self._limits.udp_ports:
            return Dropped(Reason.PORTS_FULL, WHERE, f"port {port}: {len(self._bound)} are bound")
        chosen = port or self._free_port()
        if chosen is None:
            return Dropped(Reason.PORTS_FULL, WHERE, "no dynamic port is free")
        self._bound[chosen] = binding
        return chosen

    def close(self, port: int) -> None:
        """Receive no more for ``port``; no matter whether it was bound."""
        self._bound.pop(port, None)

    def take(self, port: int, source: bytes, source_port: int, destination: bytes) -> bool:
        """Whether anybody here takes a datagram."""
        binding = self._bound.get(port)
        return binding is not None and binding.takes(source, source_port, destination)

    def _free_port(self) -> int | None:
        start = self._chance.below(len(EPHEMERAL_PORTS))
        turned = (EPHEMERAL_PORTS[(start + step) % len(EPHEMERAL_PORTS)] for step in range(len(self._bound) + 1))
        return next((port for port in turned if port not in self._bound), None)


def receive_datagram(incoming: Incoming, at: int, ports: Ports) -> DeliverUdp | Refused:
    """The datagram at offset ``at`` of a packet that is for us."""
    source, destination = incoming.header.source, incoming.header.destination
    segment = incoming.octets[at:]
    if len(segment) < UDP_HEADER_OCTETS:
        return Refused(Reason.TRUNCATED, WHERE, f"{len(segment)} octets, the header has {UDP_HEADER_OCTETS}")
    header, _ = Udp.decode(segment)
    if not UDP_HEADER_OCTETS <= header.length <= len(segment):
        return Refused(Reason.BAD_LENGTH, WHERE, f"length is {header.length}, {len(segment)} octets are there")
    segment = segment[: header.length]
    if header.checksum == 0:
        return Refused(Reason.BAD_CHECKSUM, WHERE, "zero, which IPv6 forbids")
    if not checksum_holds(source, destination, Protocol.UDP, segment):
        return Refused(Reason.BAD_CHECKSUM, WHERE, f"{header.checksum:#06x} does not hold")
    if not ports.take(header.destination_port, source, header.source_port, destination):
        answer = DestinationUnreachable(code=PORT_UNREACHABLE)
        where_to = f"port {header.destination_port} of {format_ipv6(destination)}"
        return Refused(Reason.PORT_UNREACHABLE, WHERE, where_to, answer)
    return DeliverUdp(
        source=Ipv6Address(source),
        source_port=header.source_port,
        destination=Ipv6Address(destination),
        destination_port=header.destination_port,
        payload=segment[UDP_HEADER_OCTETS:],
    )


def make_datagram(source: bytes, source_port: int, destination: bytes, destination_port: int, payload: bytes) -> bytes:
    """A UDP datagram with its checksum. Raises :class:`UsageError` for what no header can hold."""
    header = datagram(source_port, destination_port, payload)
    return with_checksum(header, source, destination, payload).encode() + payload
