"""What a frame teaches about the frames after it: addresses that belong together, contexts, prefixes."""

from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import Limits
from p6lowpan.machines.adaptation.context_table import ContextEvent
from p6lowpan.machines.adaptation.receiver import NO_PREFIXES, Packet
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.description import Header
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.command import AssociationResponse
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_content
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, link_address_of
from p6lowpan.wire.ipv6.neighbor_discovery import NEIGHBOR_DISCOVERY_HOP_LIMIT
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.rpl.messages import ControlMessage
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE, AddressMode
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.payload import Payload, decode_payload

TEACHING = frozenset(
    (
        MessageType.ROUTER_SOLICITATION,
        MessageType.ROUTER_ADVERTISEMENT,
        MessageType.NEIGHBOR_SOLICITATION,
        MessageType.RPL_CONTROL,
    )
)
"""The ICMPv6 messages that are read for what they announce."""

NOT_ASSIGNED = (b"\xff\xff", b"\xff\xfe")


def from_frame(frame: AnyFrame, addresses: AddressBook) -> None:
    """Every EUI-64 on the link; and a coordinator that assigns a short address names both (IEEE 802.15.4-2006 section
    7.3.2)."""
    if not isinstance(frame, Frame):
        return
    if len(frame.source) == 8:
        addresses.see(frame.source)
    if len(frame.destination) == 8:
        addresses.see(frame.destination)
    if frame.frame_type != FrameType.MAC_COMMAND:
        return
    try:
        command = decode_content(frame)
    except Malformed:
        return
    if isinstance(command, AssociationResponse) and command.status == 0:
        short = LinkAddress(command.short_address)
        if short not in NOT_ASSIGNED:
            addresses.learn(frame.destination_pan, short, frame.destination)


def teaching_message(packet: Packet, transport: Transport) -> Header | None:
    """The message of a packet that may be believed: its checksum holds, and Neighbor Discovery comes from the link
    (RFC 4861 section 11.2)."""
    if transport.protocol != Protocol.ICMPV6 or not transport.checksum_holds:
        return None
    message_type = packet.octets[transport.at]
    if message_type not in TEACHING:
        return None
    if message_type != MessageType.RPL_CONTROL and packet.octets[transport.ipv6_at + 7] != NEIGHBOR_DISCOVERY_HOP_LIMIT:
        return None
    try:
        return ICMPV6_MESSAGES.decode(transport.octets(packet.octets))[0]
    except Malformed:
        return None


def from_message(
    now: int, message: Header, link: Link, pan: int | None, knowledge: Knowledge, addresses: AddressBook
) -> tuple[ContextEvent, ...]:
    """What a message announces: contexts and prefixes, roots of DODAGs, and which short address an EUI-64 registers."""
    for option in getattr(message, "options", ()):
        _learn_address(option, link, pan, addresses)
    if isinstance(message, ControlMessage):
        knowledge.dodags.learn(link.source, message)
    return knowledge.learn(now, message)


def _learn_address(option: Header, link: Link, pan: int | None, addresses: AddressBook) -> None:
    if isinstance(option, AddressRegistration) and len(option.ownership_verifier) == 8 and not option.crypto_id:
        addresses.learn(pan, link.source, LinkAddress(option.ownership_verifier))
    elif isinstance(option, SourceLinkLayerAddress):
        try:
            announced = link_address_of(option)
        except Malformed:
            return
        short, extended = sorted((link.source, announced), key=len)
        addresses.learn(pan, LinkAddress(short), LinkAddress(extended))


# --- contexts --------------------------------------------------------------------------------------------------------


def contexts_used(payload: Payload | None) -> frozenset[int]:
    """The context identifiers that a payload's addresses lean on."""
    parts = payload.expanded.parts if payload and payload.expanded else ()
    return frozenset(cid for part in parts if isinstance(part.header, Iphc) for cid in asked(part.header))


def contexts_missing(octets: bytes, link: Link, known: Contexts, limits: Limits) -> frozenset[int]:
    """The context identifiers that a payload asks for and that are not there, those of headers inside included."""
    try:
        payload = decode_payload(octets, link, {**NO_PREFIXES, **known}, limits)
    except Malformed:
        return frozenset()
    return contexts_used(payload).difference(known)


def asked(header: Iphc) -> frozenset[int]:
    """The context identifiers that one header asks for."""
    source = SOURCE[header.sac << 2 | header.sam]
    destination = DESTINATION[header.m << 3 | header.dac << 2 | header.dam]
    pairs = ((source, header.source_context), (destination, header.destination_context))
    return frozenset(context or 0 for mode, context in pairs if _needs_context(mode))


def _needs_context(mode: AddressMode) -> bool:
    return mode.stateful and not (mode.mode == 0 and not mode.multicast)


def guessed_ends(payload: Payload, guessed: frozenset[int]) -> tuple[bool, bool]:
    """Whether source and destination of a packet lean on a ``guessed`` context. With a last fragment, nobody can tell
    which of them does."""
    header = payload.expanded.parts[0].header if payload.expanded else None
    if not isinstance(header, Iphc):
        return True, True
    source = SOURCE[header.sac << 2 | header.sam]
    destination = DESTINATION[header.m << 3 | header.dac << 2 | header.dam]
    return (
        source.stateful and (header.source_context or 0) in guessed,
        destination.stateful and (header.destination_context or 0) in guessed,
    )
