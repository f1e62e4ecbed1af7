"""What a frame teaches about the frames after it: addresses that belong together, contexts, prefixes."""

from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.capability.errors import Malformed
from p6lowpan.machines.adaptation.context_table import ContextEvent
from p6lowpan.machines.adaptation.receiver import Packet, Received
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.description import Header
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.command import AssociationResponse
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_content
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ipv6.chain import checksum_addresses, walk
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, link_address_of
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, SOURCE, AddressMode
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.iphc import Iphc
from p6lowpan.wire.sixlowpan.stack import read_stack

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
CHECKSUMMED = (Protocol.UDP, Protocol.TCP, Protocol.ICMPV6)


def from_frame(frame: AnyFrame, addresses: AddressBook) -> None:
    """A coordinator that assigns a short address names both (IEEE 802.15.4-2006 section 7.3.2)."""
    if not isinstance(frame, Frame) or frame.frame_type != FrameType.MAC_COMMAND:
        return
    try:
        command = decode_content(frame)
    except Malformed:
        return
    if isinstance(command, AssociationResponse) and command.status == 0:
        short = command.short_address.to_bytes(2, "big")
        if short not in NOT_ASSIGNED:
            addresses.learn(frame.destination_pan, LinkAddress(short), frame.destination)


def from_packet(
    now: int, packet: Packet, pan: int | None, knowledge: Knowledge, addresses: AddressBook
) -> tuple[ContextEvent, ...]:
    """What a packet announces: contexts and prefixes, and which short address an EUI-64 registers."""
    message = _teaching_message(packet.octets)
    if message is None:
        return ()
    for option in getattr(message, "options", ()):
        _learn_address(option, packet, pan, addresses)
    return knowledge.learn(now, message)


def _teaching_message(octets: bytes) -> Header | None:
    chain = walk(octets) if Protocol.ICMPV6 in (octets[6:7] or b"?") or octets[6:7] == b"\0" else None
    if chain is None or chain.error or chain.protocol != Protocol.ICMPV6 or chain.payload[:1] == b"":
        return None
    if chain.payload[0] not in TEACHING:
        return None
    try:
        return ICMPV6_MESSAGES.decode(chain.payload)[0]
    except Malformed:
        return None


def _learn_address(option: Header, packet: Packet, pan: int | None, addresses: AddressBook) -> None:
    source = packet.link.source
    if isinstance(option, AddressRegistration) and len(option.ownership_verifier) == 8 and not option.crypto_id:
        addresses.learn(pan, source, LinkAddress(option.ownership_verifier))
    elif isinstance(option, SourceLinkLayerAddress):
        try:
            announced = link_address_of(option)
        except Malformed:
            return
        short, extended = sorted((source, announced), key=len)
        addresses.learn(pan, LinkAddress(short), LinkAddress(extended))


# --- contexts --------------------------------------------------------------------------------------------------------


def contexts_used(received: Received) -> frozenset[int]:
    """The context identifiers that a frame's addresses lean on."""
    expanded = received.payload.expanded if received.payload else None
    parts = expanded.parts if expanded else ()
    return frozenset(cid for part in parts if isinstance(part.header, Iphc) for cid in _asked(part.header))


def contexts_missing(octets: bytes, link: Link, known: Contexts) -> frozenset[int]:
    """The context identifiers that the first LOWPAN_IPHC of a payload asks for and that are not there."""
    try:
        header, _ = Iphc.decode(octets[read_stack(octets, link).at :])
    except Malformed:
        return frozenset()
    return _asked(header) - known.keys()


def _asked(header: Iphc) -> frozenset[int]:
    source = SOURCE[header.sac << 2 | header.sam]
    destination = DESTINATION[header.m << 3 | header.dac << 2 | header.dam]
    pairs = ((source, header.source_context), (destination, header.destination_context))
    return frozenset(context or 0 for mode, context in pairs if _needs_context(mode))


def _needs_context(mode: AddressMode) -> bool:
    return mode.stateful and not (mode.mode == 0 and not mode.multicast)


def proves_addresses(packet: bytes) -> bool:
    """Whether a transport checksum over the packet's addresses holds. A packet without one proves nothing."""
    chain = walk(packet)
    if chain.error or chain.fragmented or chain.protocol not in CHECKSUMMED:
        return False
    source, destination = checksum_addresses(chain.headers)
    upper = chain.payload if chain.protocol == Protocol.ICMPV6 else chain.headers[-1].encode() + chain.payload
    return checksum_holds(source, destination, chain.protocol, upper)
