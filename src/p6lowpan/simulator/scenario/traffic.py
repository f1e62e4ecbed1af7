"""Packets that can be told apart: what is sent by whom to whom and when, and how its delivery is known.

Each carries its entry in the file and its number in the sequence: an echo request as identifier and sequence number, a
datagram in its first four octets, a CoAP request as its token. Together with who sent it and who received it, that
names the packet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import pack, unpack_from

from p6lowpan.capability.errors import Malformed
from p6lowpan.machines.coap import server as coap
from p6lowpan.machines.coap.exchange import CHANGED
from p6lowpan.machines.network.outputs import DeliverIcmpv6, DeliverUdp
from p6lowpan.node.inputs import Input, SendIcmpv6, SendUdp
from p6lowpan.simulator.scenario.members import Member, chosen
from p6lowpan.simulator.scenario.plan import AnyTraffic, Coap, Ping, Scenario, Scope, TrafficPlan
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.coap.message import URI_PATH, Message, compose
from p6lowpan.wire.coap.registry import POST, Type
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.registry import MessageType

MARK_OCTETS = 4
MESSAGE_ID_BITS = 16
MESSAGE_IDS = 1 << MESSAGE_ID_BITS


@dataclass(frozen=True, slots=True)
class Packet:
    """The name of a packet: entry in the file, sequence number, and the numbers of its ends."""

    entry: int
    sequence: int
    sender: int
    receiver: int


@dataclass(frozen=True, slots=True)
class Sending:
    """A packet, when it is sent, and how."""

    at_us: int
    packet: Packet
    given: Input


def sendings(scenario: Scenario, members: Sequence[Member]) -> Iterator[Sending]:
    """Everything that the scenario sends. Raises :class:`UsageError`."""
    for entry, plan in enumerate(scenario.traffic):
        pairs = [
            (sender, receiver)
            for sender in chosen(members, plan.senders)
            for receiver in chosen(members, plan.receivers)
            if sender is not receiver and sender.network == receiver.network
        ]
        interval = plan.spacing_us * len(pairs) if plan.interval_us is None else plan.interval_us
        for sequence in range(plan.count):
            for order, (sender, receiver) in enumerate(pairs):
                at = plan.start_us + sequence * interval + order * plan.spacing_us
                size = plan.sizes[(sequence * len(pairs) + order) % len(plan.sizes)]
                packet = Packet(entry, sequence, sender.number, receiver.number)
                yield Sending(at, packet, _given(plan, packet, _destination(plan, receiver), size))


def _destination(plan: TrafficPlan, receiver: Member) -> Ipv6Address:
    return receiver.link_local if plan.scope is Scope.LINK_LOCAL else receiver.addresses[0]


def _given(plan: AnyTraffic, packet: Packet, destination: Ipv6Address, size: int) -> Input:
    filler = bytes(octet & 0xFF for octet in range(size))
    if isinstance(plan, Ping):
        request = EchoRequest(identifier=packet.entry, sequence_number=packet.sequence, data=filler)
        return SendIcmpv6(destination, request.encode())
    mark = pack(">HH", packet.entry, packet.sequence)
    if isinstance(plan, Coap):
        asked = _request(mark, (packet.entry << MESSAGE_ID_BITS - 4 ^ packet.sequence) % MESSAGE_IDS, filler)
        return SendUdp(plan.port, destination, coap.PORT, asked)
    return SendUdp(plan.port, destination, plan.port, mark + filler[MARK_OCTETS:])


def delivered(number: int, output: object, owners: dict[bytes, int]) -> Packet | None:
    """The packet that an output of station ``number`` shows to be delivered. ``owners``: whose an address is."""
    if isinstance(output, DeliverUdp) and output.source_port == coap.PORT and output.source in owners:
        responded = _responded(number, output, owners)
        if responded is not None:  # else it is UDP, which may have this port, too
            return responded
    if isinstance(output, DeliverUdp) and len(output.payload) >= MARK_OCTETS and output.source in owners:
        entry, sequence = unpack_from(">HH", output.payload)
        return Packet(entry, sequence, owners[output.source], number)
    if isinstance(output, DeliverIcmpv6) and output.octets[0] == MessageType.ECHO_REPLY and output.source in owners:
        reply, _ = EchoReply.decode(output.octets)
        return Packet(reply.identifier, reply.sequence_number, number, owners[output.source])
    return None


def _request(token: bytes, message_id: int, payload: bytes) -> bytes:
    """A CoAP request that is answered with its payload."""
    options = ((URI_PATH, b"echo"),)
    return compose(Type.NON_CONFIRMABLE, POST, message_id, token=token, options=options, payload=payload).encode()


def _responded(number: int, output: DeliverUdp, owners: dict[bytes, int]) -> Packet | None:
    try:
        response, _ = Message.decode(output.payload)
    except Malformed:
        return None
    if response.code != CHANGED or len(response.token) != MARK_OCTETS:
        return None
    entry, sequence = unpack_from(">HH", response.token)
    return Packet(entry, sequence, number, owners[output.source])
