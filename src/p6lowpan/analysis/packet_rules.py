"""Findings about the IPv6 packet that a frame brought to an end, and about what was learned from it."""

from collections.abc import Callable, Iterable

from p6lowpan.analysis.explained import Draft, Severity
from p6lowpan.analysis.rule import Find, Rule
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.errors import Malformed
from p6lowpan.machines.adaptation.context_table import ContextAdded, ContextChanged, ContextEvent
from p6lowpan.wire.address import format_ipv6, is_link_local, is_multicast
from p6lowpan.wire.dissect import ICMPV6_MESSAGES
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ipv6.extension import HopByHopOptions
from p6lowpan.wire.ipv6.icmpv6_errors import PARAMETER_PROBLEM_CODES, TIME_EXCEEDED_CODES, UNREACHABLE_CODES
from p6lowpan.wire.ipv6.neighbor_discovery import NEIGHBOR_DISCOVERY_HOP_LIMIT
from p6lowpan.wire.ipv6.options import OptionType, RplOption
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR

NEIGHBOR_DISCOVERY = frozenset(
    (
        MessageType.ROUTER_SOLICITATION,
        MessageType.ROUTER_ADVERTISEMENT,
        MessageType.NEIGHBOR_SOLICITATION,
        MessageType.NEIGHBOR_ADVERTISEMENT,
        MessageType.REDIRECT,
    )
)
ONLY_FROM_LINK_LOCAL = frozenset((MessageType.ROUTER_ADVERTISEMENT, MessageType.REDIRECT))

ERROR_CODES = {
    MessageType.DESTINATION_UNREACHABLE: UNREACHABLE_CODES,
    MessageType.PACKET_TOO_BIG: {0: "packet too big"},
    MessageType.TIME_EXCEEDED: TIME_EXCEEDED_CODES,
    MessageType.PARAMETER_PROBLEM: PARAMETER_PROBLEM_CODES,
}

Look = Callable[[bytes, Transport], str]


def _packets(look: Look) -> Find:
    """Look at every packet; the first that has something to say says it."""

    def find(draft: Draft) -> str:
        for packet, transport in zip(draft.packets, draft.transports, strict=True):
            if text := look(packet.octets, transport):
                return text
        return ""

    return find


def _messages(types: frozenset[MessageType], look: Look) -> Find:
    """Look at every ICMPv6 message of some types."""

    def filtered(packet: bytes, transport: Transport) -> str:
        is_message = transport.protocol == Protocol.ICMPV6 and transport.checksum_holds is not None
        return look(packet, transport) if is_message and packet[transport.at] in types else ""

    return _packets(filtered)


# --- Neighbor Discovery ----------------------------------------------------------------------------------------------


def _hop_limit(packet: bytes, transport: Transport) -> str:
    hop_limit = packet[transport.ipv6_at + 7]
    if hop_limit == NEIGHBOR_DISCOVERY_HOP_LIMIT:
        return ""
    return f"{_message_name(packet, transport)} with hop limit {hop_limit}: receivers discard it unless it is 255"


def _checksum(packet: bytes, transport: Transport) -> str:
    if transport.checksum_holds:
        return ""
    return f"{_message_name(packet, transport)} with a wrong checksum: receivers discard it"


def _source(packet: bytes, transport: Transport) -> str:
    if is_link_local(transport.source):
        return ""
    where = format_ipv6(transport.source)
    return f"{_message_name(packet, transport)} from {where}, which is not link-local: receivers discard it"


def _message_name(packet: bytes, transport: Transport) -> str:
    return MessageType(packet[transport.at]).name.replace("_", " ").title()


# --- other messages --------------------------------------------------------------------------------------------------


def _icmpv6_error(packet: bytes, transport: Transport) -> str:
    message_type, code = packet[transport.at], packet[transport.at + 1]
    words = ERROR_CODES[MessageType(message_type)].get(code, f"code {code}")
    about = packet[transport.at + 8 : transport.end]
    text = f"{format_ipv6(transport.source)} reports: {words}"
    if len(about) >= 40:
        text += f", about a packet from {format_ipv6(about[8:24])} to {format_ipv6(about[24:40])}"
    return text


def _class_unsupported(packet: bytes, transport: Transport) -> str:
    if transport.protocol != Protocol.ICMPV6 or not transport.checksum_holds or packet[transport.at] >= 128:
        return ""
    try:
        message, _ = ICMPV6_MESSAGES.decode(transport.octets(packet))
    except Malformed:
        return ""
    if not isinstance(message, ClassUnsupported):
        return ""
    profile = message.profile
    announced = f"level {profile.level}" if profile.level is not None else f"FLEX features {message.flex:#010x}"
    return f"{format_ipv6(transport.source)} does not take a frame that it was sent: it has {announced}"


def _class_unsupported_in(draft: Draft) -> str:
    """Behind a mesh header the same error is heard on every hop: it is told of where it begins."""
    if _is_relayed(draft):
        return ""
    return _packets(_class_unsupported)(draft)


def _is_relayed(draft: Draft) -> bool:
    """Whether a frame is sent on for the originator that its mesh header names, as far as one kind of address tells."""
    if not isinstance(draft.frame, Frame) or draft.received is None or draft.received.payload is None:
        return False
    source, headers = draft.frame.source, (placed.header for placed in draft.received.payload.stack.headers)
    originators = [header.originator for header in headers if isinstance(header, MeshHeader)]
    return any(len(one) == len(source) and one != source for one in originators)


def _multicast_source(packet: bytes, _transport: Transport) -> str:
    if is_multicast(packet[8:24]):
        return f"the source {format_ipv6(packet[8:24])} is a multicast address"
    return ""


def _udp_length(packet: bytes, transport: Transport) -> str:
    if transport.protocol != Protocol.UDP or transport.checksum_holds is None:
        return ""
    said = int.from_bytes(packet[transport.at + 4 : transport.at + 6], "big")
    there = transport.end - transport.at
    return "" if said == there else f"the UDP length is {said}, and {there} octets are there"


def rpl_option_type(packet: bytes) -> int | None:
    """The type of the RPL option in a packet's Hop-by-Hop Options header, if it has one."""
    if packet[6] != Protocol.HOP_BY_HOP_OPTIONS:
        return None
    try:
        header, _ = HopByHopOptions.decode(packet[40:])
    except Malformed:
        return None
    return next((option.type for option in header.options if isinstance(option, RplOption)), None)


def _old_rpl_option(draft: Draft) -> str:
    """What a compressed packet leaves open is nobody's fault."""
    sent = [packet.octets for packet in draft.packets if not packet.routed]
    if OptionType.RPL_OR_DISCARD not in map(rpl_option_type, sent):
        return ""
    return "the RPL option has type 0x63: nodes that do not know it discard the packet; 0x23 lets them skip it"


# --- contexts --------------------------------------------------------------------------------------------------------


def _is_advertised(draft: Draft) -> bool:
    """Whether what was learned comes from a Router Advertisement: Thread has rules of its own."""
    return bool(draft.transports) and draft.transports[0].protocol == Protocol.ICMPV6


def _changed_too_soon(draft: Draft) -> str:
    for event in draft.learned if _is_advertised(draft) else ():
        if isinstance(event, ContextChanged) and event.too_soon:
            before, after = event.before, event.after
            return (
                f"context {after.identifier} changes from {format_ipv6(before.prefix)}/{before.length} to "
                f"{format_ipv6(after.prefix)}/{after.length} without having been out of use for 300 s: packets under "
                "the old prefix are read with the new one"
            )
    return ""


def added_in_use(learned: Iterable[ContextEvent]) -> str:
    """A context that is in use as soon as it is there."""
    for event in learned:
        if isinstance(event, ContextAdded) and event.context.compress:
            return (
                f"context {event.context.identifier} was not announced before, and has C=1 at once: nodes that have "
                "not heard of it cannot read what others compress with it"
            )
    return ""


PACKET_RULES = (
    Rule(
        "nd-hop-limit",
        ERROR,
        "RFC 4861 11.2",
        "a Neighbor Discovery message whose hop limit is not 255: receivers discard it",
        _messages(NEIGHBOR_DISCOVERY, _hop_limit),
    ),
    Rule(
        "nd-checksum",
        ERROR,
        "RFC 4861 7.1.1",
        "a Neighbor Discovery message with a wrong checksum: receivers discard it",
        _messages(NEIGHBOR_DISCOVERY, _checksum),
    ),
    Rule(
        "nd-source",
        ERROR,
        "RFC 4861 6.1.2",
        "a Router Advertisement or Redirect from an address that is not link-local: receivers discard it",
        _messages(ONLY_FROM_LINK_LOCAL, _source),
    ),
    Rule(
        "icmpv6-error",
        WARNING,
        "RFC 4443 3",
        "a node reports that it could not deliver a packet",
        _messages(frozenset(ERROR_CODES), _icmpv6_error),
    ),
    Rule(
        "class-unsupported",
        WARNING,
        "draft-ayers-low-power-interop-01 6.2",
        "a node announces that a frame is above its P6LoWPAN level",
        _class_unsupported_in,
    ),
    Rule("multicast-source", ERROR, "RFC 4291 2.7", "the source is a multicast address", _packets(_multicast_source)),
    Rule(
        "udp-length",
        ERROR,
        "RFC 768",
        "the UDP length does not fit the octets that are there",
        _packets(_udp_length),
    ),
    Rule(
        "rpl-option-0x63",
        NOTE,
        "RFC 9008 4.2",
        "the RPL option has the type of RFC 6553: nodes that do not know it discard the packet",
        _old_rpl_option,
    ),
    Rule(
        "context-change-too-soon",
        WARNING,
        "RFC 6775 7.2",
        "a context gets another prefix without having been out of use for MIN_CONTEXT_CHANGE_DELAY",
        _changed_too_soon,
    ),
)
"""Rules that look at every packet."""

MIXED_RPL_OPTIONS = Rule(
    "rpl-option-types-mixed",
    WARNING,
    "RFC 9008 4.2",
    "some nodes of this network send the RPL option as 0x63, others as 0x23: each may not read the other's",
)
EXTENDED_SOURCE = Rule(
    "extended-source",
    NOTE,
    "RFC 4944 3",
    "a packet from an address that is not link-local comes in a frame with an extended source address, though its "
    "sender has a short one: some Thread nodes ignore it",
)
CONTEXT_ADDED_IN_USE = Rule(
    "context-added-in-use",
    NOTE,
    "RFC 6775 7.2",
    "a context has its C flag set at once, though others were announced before without it",
)
"""What takes more than the packet: found by the explainer."""
