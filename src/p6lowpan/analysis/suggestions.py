"""Prefixes that a packet names inside, though its own addresses lack a context: candidates for that context.

What is behind the addresses reads the same whatever they are. A tunnel has whole addresses in its inner header, and
Thread's management messages (Thread 1.1 specification, section 5.23) name the nodes that they are about: whoever asks
for a mesh-local address tells the mesh-local prefix. It is a candidate and no more: the checksum of a packet decides.
"""

from collections.abc import Iterator

from p6lowpan.analysis.transport import Transport, transport_of
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.machines.adaptation.receiver import NO_PREFIXES
from p6lowpan.wire.address import Link
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.payload import decode_payload, with_routing

MANAGEMENT_PORT = 61631
OCTETS_NAMED = {0: 16, 14: 16, 7: 8}
"""Of each address in Target EID and IPv6 Addresses (section 5.19); of the Mesh-Local Prefix in a dataset (8.10.1)."""

COMPRESSED, IDENTIFIER_OCTETS, ADDRESS_OCTETS = 0x80, 8, 16


def with_stand_ins(octets: bytes, link: Link, known: Contexts, rest: bytes = b"") -> bytes | None:
    """The packet, with zeros where a context that is not there would put its prefix."""
    contexts = {**NO_PREFIXES, **known}
    try:
        payload = with_routing(decode_payload(octets, link, contexts, ANALYSIS), octets, contexts, ANALYSIS)
    except Malformed:
        return None
    packet = payload.octets + rest if payload.expanded is not None else b""
    return packet if len(packet) >= IPV6_HEADER_OCTETS else None


def named_inside(packet: bytes) -> tuple[bytes, ...]:
    """The addresses and prefixes, of 16 or 8 octets, that a packet names behind its first header."""
    transport = transport_of(packet)
    tunnelled = (transport.source, transport.destination) if transport.ipv6_at else ()
    return (*tunnelled, *_managed(packet, transport))


def _managed(packet: bytes, transport: Transport) -> Iterator[bytes]:
    if MANAGEMENT_PORT not in (transport.source_port, transport.destination_port):
        return
    try:
        message = Message.decode_all(transport.octets(packet)[UDP_HEADER_OCTETS:])
    except Malformed:
        return
    for kind, value in _tlvs(message.payload):
        size = OCTETS_NAMED.get(kind)
        if size is not None and len(value) % size == 0:
            yield from (value[at : at + size] for at in range(0, len(value), size))


def registered(octets: bytes) -> Iterator[bytes]:
    """The addresses that a child registers in full (Address Registration of MLE, section 4.5.19); those that lean on a
    context are left out."""
    while octets:
        size = IDENTIFIER_OCTETS if octets[0] & COMPRESSED else ADDRESS_OCTETS
        if not octets[0] & COMPRESSED and len(octets) > size:
            yield octets[1 : 1 + size]
        octets = octets[1 + size :]


def _tlvs(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Types and values; what is cut, or has an extended length, ends them."""
    while len(octets) >= 2 and 2 + octets[1] <= len(octets):
        end = 2 + octets[1]
        yield octets[0], octets[2:end]
        octets = octets[end:]
