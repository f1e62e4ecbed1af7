"""A 6LoWPAN payload in one line: the headers in front, how far its datagram is, and the packet."""

from collections.abc import Callable, Iterator
from typing import Any

from p6lowpan.analysis.learning import guessed_ends
from p6lowpan.analysis.presentation.names import counted, short_link
from p6lowpan.analysis.presentation.packet_words import PacketWords, remembered_words
from p6lowpan.analysis.presentation.palette import Palette
from p6lowpan.machines.adaptation.receiver import Received
from p6lowpan.machines.adaptation.timeline import (
    Complete,
    DatagramDropped,
    Duplicate,
    Outcome,
    Pending,
    Timeline,
)
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.dispatch import Dispatch
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.payload import Payload
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment, RecoverableFragmentAcknowledgment
from p6lowpan.wire.sixlowpan.routing_header import ElectiveRoutingHeader, IpInIp, RplInformation, SourceRoute

Words = Callable[[Any], str]  # Any: the header class of the row

KINDS: dict[type[Header], str] = {
    FirstFragment: "FRAG1",
    SubsequentFragment: "FRAGN",
    RecoverableFragment: "RFRAG",
    RecoverableFragmentAcknowledgment: "RFACK",
    EscapeHeader: "ESC",
}
PLACE = "tag {tag:#06x} {first}-{last}/{size}"
UNDER_WAY = "{percent} %"
WHOLE = "{fragments} in {took:.3f} s"
"""Forms of what is said of a fragment. What fills them in is named, so that the C core may do it as well."""

DATAGRAM_KINDS = {Dispatch.IPHC: "IPHC", Dispatch.IPV6: "IPV6", Dispatch.HC1: "HC1"}
GUESS = "(guess)"


def kind_of(payload: Payload) -> str:
    """What a payload is, in a word of at most six letters."""
    for placed in payload.stack.headers:
        if (kind := KINDS.get(type(placed.header))) is not None:
            return kind
    return "DATA" if payload.stack.kind is None else DATAGRAM_KINDS.get(payload.stack.kind, "DATA")


def lowpan_words(received: Received, guessed: frozenset[int], palette: Palette) -> str:
    """The words of a payload that was understood."""
    payload = received.payload
    if payload is None:
        return ""
    said = list(_front(payload))
    if progress := _progress(payload, received):
        said.append(palette.fragment(progress))
    for packet in received.packets:
        said.append(_packet(packet.octets, received.datagram or payload, guessed, palette))
    begun = payload if payload.expanded is not None else received.begun
    if not received.packets and begun is not None:
        said.append(_packet(begun.packet, begun, guessed, palette))
    return "  ".join(said)


# --- the headers in front --------------------------------------------------------------------------------------------


def meaning_of(header: Header, name: str) -> str:
    """What the value of a field means in words."""
    return next(field.meaning(getattr(header, name)) for field in header.FIELDS if field.name == name)


FRONT_WORDS: dict[type[Header], Words] = {
    MeshHeader: lambda header: (
        f"mesh {short_link(header.originator)} > {short_link(header.final_destination)}, "
        f"{counted(header.hops, 'hop')} left"
    ),
    BroadcastHeader: lambda header: f"BC0 seq {header.sequence_number}",
    EscapeHeader: lambda header: f"extension type {header.extension_type}: {meaning_of(header, 'extension_type')}",
    RecoverableFragmentAcknowledgment: lambda header: f"tag {header.datagram_tag:#04x} {meaning_of(header, 'bitmap')}",
    PageSwitch: lambda _: "",
    ElectiveRoutingHeader: lambda header: f"elective 6LoRH of type {header.type}, {counted(header.length, 'octet')}",
    SourceRoute: lambda header: f"SRH-6LoRH {counted(len(header.hops), 'hop')}",
    RplInformation: lambda header: (
        f"RPI-6LoRH {'down' if header.down else 'up'} rank {header.sender_rank} instance {header.rpl_instance}"
    ),
    IpInIp: lambda header: f"IP-in-IP-6LoRH hop limit {header.hop_limit}",
}
"""What a header in front of a datagram says; fragments are said by :func:`_progress`."""


def _front(payload: Payload) -> Iterator[str]:
    for placed in payload.stack.headers:
        header = placed.header
        if isinstance(header, FirstFragment | SubsequentFragment | RecoverableFragment):
            continue
        words = FRONT_WORDS.get(type(header))
        said = header.LAYER if words is None else words(header)
        if said:
            yield said


# --- fragments -------------------------------------------------------------------------------------------------------


def _progress(payload: Payload, received: Received) -> str:
    """``tag 0x0016 136-231/1280  18 %``; nothing for what is no fragment."""
    last = received.outcomes[-1] if received.outcomes else None
    header, fragment = payload.stack.headers[-1].header if payload.stack.headers else None, payload.stack.fragment
    if isinstance(header, RecoverableFragment):
        return _recoverable(header, len(payload.raw), last)
    if fragment is None:
        return ""
    octets = len(payload.octets)
    return progress_words(fragment.datagram_tag, fragment.offset, octets, fragment.datagram_size, last)


def _recoverable(header: RecoverableFragment, octets: int, last: Outcome | None) -> str:
    """``tag 0x05 fragment 3 192-287/300 64 %, wants RFRAG-ACK``; the size is ``?`` before the first fragment came."""
    asks = ", wants RFRAG-ACK" if header.ack_request else ""
    if header.is_abort:
        return f"tag {header.datagram_tag:#04x} abort{asks}"
    size = (last.timeline.size if last else 0) or header.datagram_size or "?"
    place = f"{header.offset}-{header.offset + octets - 1}/{size}"
    return became(f"tag {header.datagram_tag:#04x} fragment {header.sequence} {place}", last) + asks


def progress_words(tag: int, offset: int, octets: int, size: int, last: Outcome | None) -> str:
    """Which datagram a fragment is of, which octets of it, and what ``last`` became of them."""
    if octets:
        said = PLACE.format(tag=tag, first=offset, last=offset + octets - 1, size=size)
    else:
        said = f"tag {tag:#06x} {offset}, empty,/{size}"
    return became(said, last)


def became(said: str, last: Outcome | None) -> str:
    """What is ``said`` of a fragment, and what became of it."""
    match last:
        case Pending(timeline=Timeline(size=0) as timeline):
            return under_way(said, counted(timeline.octets, "octet"))
        case Pending(timeline=timeline):
            return under_way(said, UNDER_WAY.format(percent=100 * timeline.octets // timeline.size))
        case Complete(timeline=timeline):
            return complete(said, whole_words(timeline))
        case Duplicate(completed=completed):
            return f"{said} again{', its datagram is complete' if completed else ''}"
        case DatagramDropped(reason=reason):
            return f"{said} dropped: {reason.value}"
    return said


def under_way(said: str, so_far: str) -> str:
    """What is said of a fragment while others of its datagram are missing."""
    return f"{said} {so_far}"


def complete(said: str, whole: str) -> str:
    """What is said of the last fragment of a datagram."""
    return f"{said} complete: {whole}"


def whole_words(timeline: Timeline) -> str:
    """``14 fragments in 0.302 s``, and repetitions where there were any."""
    times = [arrival.at_us for arrival in timeline.arrivals]
    took = (max(times) - min(times)) / 1e6 if times else 0.0
    again = f", {timeline.duplicates} came twice" if timeline.duplicates else ""
    return WHOLE.format(fragments=counted(timeline.fragments, "fragment"), took=took) + again


# --- the packet ------------------------------------------------------------------------------------------------------


def marked_packet_words(octets: bytes, guessed_ends: tuple[bool, bool], palette: Palette) -> str:
    """A packet, or the beginning of one, with a mark behind each address that leans on a guessed context."""
    return marked(remembered_words(octets), guessed_ends, palette)


def marked(words: PacketWords, guessed_ends: tuple[bool, bool], palette: Palette) -> str:
    """The same of its words."""
    source, destination = palette.address(words.source), palette.address(words.destination)
    if guessed_ends[0]:
        source += palette.warning(f" {GUESS}")
    if guessed_ends[1]:
        destination += palette.warning(f" {GUESS}")
    return f"{source} > {destination}  {palette.upper(words.text)}"


def _packet(octets: bytes, payload: Payload, guessed: frozenset[int], palette: Palette) -> str:
    return marked_packet_words(octets, guessed_ends(payload, guessed) if guessed else (False, False), palette)
