"""Packets that a node must answer, and what counts as their answer.

Whoever answers has understood the headers: an echo reply brings back the octets that were sent, and an ICMPv6 error
brings back the packet itself, as it was restored (RFC 4443 sections 3 and 4).
"""

from dataclasses import dataclass

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import Profile
from p6lowpan.interop.conformance.packets import Part, packet, pattern
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.machines.network.scope import solicited_node
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, UNSPECIFIED, Ipv6Address, LinkAddress, format_ipv6
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.icmpv6_errors import PARAMETER_PROBLEM_CODES, UNREACHABLE_CODES
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation, RouterSolicitation
from p6lowpan.wire.ipv6.p6lowpan import CLASS_UNSUPPORTED_TYPE, ClassUnsupported, is_class_unsupported
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    NULL_BITMAP,
    RecoverableFragmentAcknowledgment,
    sequences_of,
)

ECHO = "an echo request"
"""Who does not answer it in the plainest form is not there."""
NUMBERS_OF_A_TRY = 32
"""From one try to the next: so many packets can be told apart within one."""
IDENTIFIER = 0x6C0F
HOP_LIMIT, DISCOVERY_HOP_LIMIT = 64, 255
CLOSED_PORT = 0xF0B9
"""In the range of four bits, so that every form of ports can carry it; nobody is known to listen there."""
OUR_PORT = 0xF0B7
HOP_LIMIT_AT = 7
QUOTED_AT = 8
LEAST_QUOTED = 48
ERRORS = {
    MessageType.DESTINATION_UNREACHABLE: UNREACHABLE_CODES,
    MessageType.PARAMETER_PROBLEM: PARAMETER_PROBLEM_CODES,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A packet, and what its answer is known by. ``kind``: what must be answered in the plainest form, too, before
    silence in another says anything. ``target`` is the address that a solicitation asks about, ``tag`` that of the
    recoverable fragments which it goes in. ``of`` is the name of another probe that it is asked for along the way."""

    kind: str
    packet: bytes
    echo: bytes = b""
    ports: bytes = b""
    target: bytes = b""
    tag: int | None = None
    of: str = ""


def echo(
    scene: Scene,
    number: int,
    *parts: Part,
    kind: str = ECHO,
    data: int = 8,
    source: bytes = b"",
    destination: bytes = b"",
    hop_limit: int = HOP_LIMIT,
    dscp: int = 0,
    ecn: int = 0,
    flow_label: int = 0,
    tag: int | None = None,
) -> Question:
    """An echo request, ``parts`` in front of it, with ``data`` octets of data."""
    body = IDENTIFIER.to_bytes(2, "big") + (number & 0xFFFF).to_bytes(2, "big") + pattern(data, seed=number % 251)
    request: Part = Protocol.ICMPV6, bytes((MessageType.ECHO_REQUEST, 0, 0, 0)) + body
    octets = packet(
        source or scene.source,
        destination or scene.destination,
        *parts,
        request,
        hop_limit=hop_limit,
        dscp=dscp,
        ecn=ecn,
        flow_label=flow_label,
    )
    return Question(kind, octets, echo=body, tag=tag)


def closed_port(
    scene: Scene,
    number: int,
    *parts: Part,
    source_port: int = OUR_PORT,
    port: int = CLOSED_PORT,
    source: bytes = b"",
    dscp: int = 0,
    ecn: int = 0,
    flow_label: int = 0,
) -> Question:
    """A UDP datagram that nobody waits for, ``parts`` in front of it. The error quotes it: what the neighbour made of
    every field can be seen."""
    ports = source_port.to_bytes(2, "big") + port.to_bytes(2, "big")
    data = number.to_bytes(4, "big") + pattern(4)
    part: Part = Protocol.UDP, ports + (8 + len(data)).to_bytes(2, "big") + bytes(2) + data
    fields = {"dscp": dscp, "ecn": ecn, "flow_label": flow_label}
    octets = packet(source or scene.source, scene.destination, *parts, part, hop_limit=HOP_LIMIT, **fields)
    kind = "a datagram to a closed UDP port" + (" from an address under a context" if source else "")
    return Question(f"{kind}, behind {len(parts)} headers" if parts else kind, octets, ports=ports[2:] + ports[:2])


def duplicate_detection(scene: Scene) -> Question:
    """A solicitation from ``::``, as by a newcomer that wants the neighbour's address (RFC 4862 section 5.4)."""
    target = scene.destination
    message = NeighborSolicitation(target=target).encode()
    octets = packet(UNSPECIFIED, solicited_node(target), (Protocol.ICMPV6, message), hop_limit=255)
    return Question("a solicitation from ::", octets, target=target)


def solicitation(scene: Scene) -> Question:
    """A solicitation to the neighbour's solicited-node group (RFC 4861 section 7.2.2)."""
    target = scene.destination
    option = SourceLinkLayerAddress(address=address_field(scene.ours))
    message = NeighborSolicitation(target=target, options=(option,)).encode()
    octets = packet(scene.source, solicited_node(target), (Protocol.ICMPV6, message), hop_limit=255)
    return Question("a solicitation to a group", octets, target=target)


def router_solicitation(scene: Scene) -> Question:
    """Routers answer it, and say in their answer what they are (RFC 4861 section 6.1.1)."""
    option = SourceLinkLayerAddress(address=address_field(scene.ours))
    message = RouterSolicitation(options=(option,)).encode()
    octets = packet(scene.source, ALL_ROUTERS, (Protocol.ICMPV6, message), hop_limit=255)
    return Question("a router solicitation", octets)


def advertisement(source: Ipv6Address, destination: bytes, at: LinkAddress) -> bytes:
    """Our answer to a solicitation: the packet."""
    option = TargetLinkLayerAddress(address=address_field(at))
    is_known = destination != UNSPECIFIED
    message = NeighborAdvertisement(solicited=int(is_known), override=1, target=source, options=(option,)).encode()
    to = destination if is_known else ALL_NODES
    return packet(source, to, (Protocol.ICMPV6, message), hop_limit=DISCOVERY_HOP_LIMIT)


def icmpv6_in(octets: bytes) -> bytes:
    """The ICMPv6 message of a packet, whatever is in front of it; nothing where there is none."""
    chain = walk(octets)
    return chain.payload if chain.protocol == Protocol.ICMPV6 and len(chain.payload) >= 4 else b""


def answer_to(question: Question, octets: bytes) -> str | None:
    """What a packet answers to a question, in words; ``None`` where it is no answer to it."""
    message = icmpv6_in(octets)
    if not message:
        return _datagram(question, octets)
    kind = message[0]
    if kind == MessageType.ECHO_REPLY and question.echo and message[4:] == question.echo:
        return f"an echo reply from {format_ipv6(octets[8:24])}"
    if kind == MessageType.ROUTER_ADVERTISEMENT and not question.echo + question.ports + question.target:
        return f"a router advertisement from {format_ipv6(octets[8:24])}"
    if kind == MessageType.NEIGHBOR_ADVERTISEMENT and question.target and message[8:24] == question.target:
        return f"a neighbour advertisement for {format_ipv6(question.target)}"
    if kind in ERRORS and _same(message[QUOTED_AT:], question.packet):
        words = ERRORS[MessageType(kind)].get(message[1], f"code {message[1]}")
        return f"an ICMPv6 error that quotes the packet: {words}"
    return None


def acknowledged(question: Question, acknowledgment: RecoverableFragmentAcknowledgment) -> str | None:
    """What it says of the question's fragments, in words; ``None`` where it is about others, or gives them up."""
    bitmap = acknowledgment.bitmap
    if acknowledgment.datagram_tag != question.tag or bitmap == NULL_BITMAP:
        return None
    received = "all fragments" if bitmap == FULL_BITMAP else f"fragments {', '.join(map(str, sequences_of(bitmap)))}"
    return f"an RFRAG acknowledgment of {received}"


def misquoted(question: Question, octets: bytes) -> str | None:
    """What an error quotes that is about this question, and is not what was sent; ``None`` where there is no such."""
    message = icmpv6_in(octets)
    quoted = message[QUOTED_AT:]
    if not message or message[0] not in ERRORS or len(quoted) < LEAST_QUOTED or _same(quoted, question.packet):
        return None
    same_ends = quoted[8:40] == question.packet[8:40]
    return f"an ICMPv6 error quotes it as {quoted[:LEAST_QUOTED].hex()}..." if same_ends else None


def _datagram(question: Question, octets: bytes) -> str | None:
    is_answer = question.ports and octets[6] == Protocol.UDP and octets[40:44] == question.ports
    return "a datagram from the port that was asked" if is_answer else None


def _same(quoted: bytes, sent: bytes) -> bool:
    """Whether an error quotes the packet that was sent; its hop limit may have been counted down."""
    octets = min(len(quoted), len(sent))
    mine, theirs = bytearray(sent[:octets]), bytearray(quoted[:octets])
    if octets < min(LEAST_QUOTED, len(sent)):
        return False
    mine[HOP_LIMIT_AT] = theirs[HOP_LIMIT_AT] = 0
    return mine == theirs


def announced_in(octets: bytes) -> Profile | None:
    """What a class-unsupported error says of its sender; ``None`` for any other packet."""
    message = icmpv6_in(octets)
    if not message or message[0] != CLASS_UNSUPPORTED_TYPE or not is_class_unsupported(message):
        return None
    try:
        return ClassUnsupported.decode(message)[0].profile
    except Malformed:
        return None
