"""An IPv6 packet, or the beginning of one, in one line: ends, what its extension headers say, and the upper layer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from p6lowpan.analysis.presentation.names import counted, ipv6_name
from p6lowpan.analysis.presentation.upper_words import ECHO_FORMS, ports_words, type_words, udp_words, words_of
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.description import Header
from p6lowpan.wire.dissect import COAP_PORTS, has_stopped, read_upper
from p6lowpan.wire.ipv6.chain import Chain, walk
from p6lowpan.wire.ipv6.extension import (
    DestinationOptions,
    EncapsulatingSecurityPayload,
    FragmentHeader,
    HopByHopOptions,
)
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.options import MplOption, RouterAlert, RplOption
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.routing import RplSourceRoute
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS, Udp

Words = Callable[[Any], str]  # Any: the header class of the row

ECHO_HEADER_OCTETS = 8
REMEMBERED = 1 << 11


@dataclass(frozen=True, slots=True)
class PacketWords:
    """A packet in words: the ends of its outermost header, and all the rest."""

    source: str
    destination: str
    text: str


def packet_words(octets: bytes) -> PacketWords:
    """The words of a packet; ``octets`` may be the first of it only, as a first fragment brings them."""
    chain = walk(octets)
    if not chain.headers or not isinstance(chain.headers[0], Ipv6):
        return PacketWords("?", "?", str(chain.error))
    ipv6 = chain.headers[0]
    size = IPV6_HEADER_OCTETS + ipv6.payload_length - (len(octets) - len(chain.payload))
    text = ", ".join([*_extensions(chain), _upper(chain, size, cut=size > len(chain.payload))])
    return PacketWords(ipv6_name(ipv6.source), ipv6_name(ipv6.destination), text)


def form_of(octets: bytes) -> PacketWords | None:
    """The words of a packet of UDP or an ICMPv6 echo, or of the beginning of one that has all its headers: those of
    every packet with the same headers, with names for the numbers of an echo. ``None`` where more is read."""
    chain = walk(octets)
    udp = chain.headers[-1]
    if isinstance(udp, Udp):
        return packet_words(octets) if COAP_PORTS.isdisjoint((udp.source_port, udp.destination_port)) else None
    header = None if has_stopped(chain) else read_upper(chain).header
    if header is None or type(header) not in ECHO_FORMS:
        return None
    words = packet_words(octets)
    return replace(words, text=words.text.replace(words_of(header), ECHO_FORMS[type(header)]))


@lru_cache(REMEMBERED)
def remembered_words(octets: bytes) -> PacketWords:
    """The same, remembered: what a network announces is said again and again, and heard on every hop."""
    return packet_words(octets)


# --- extension headers -----------------------------------------------------------------------------------------------


def _rpl_option(option: RplOption) -> str:
    marks = [
        name
        for name, said in (("rank error", option.rank_error), ("forwarding error", option.forwarding_error))
        if said
    ]
    way = "down" if option.down else "up"
    return " ".join([f"RPL option {option.type:#04x} {way} rank {option.sender_rank}", *marks])


OPTION_WORDS: dict[type[Header], Words] = {
    RplOption: _rpl_option,
    MplOption: lambda option: f"MPL seq {option.sequence}",
    RouterAlert: lambda _: "router alert",
}


def _options(header: HopByHopOptions | DestinationOptions) -> str:
    return ", ".join([words(option) for option in header.options if (words := OPTION_WORDS.get(type(option)))])


def _fragment(header: FragmentHeader) -> str:
    more = ", more follow" if header.more else ""
    return f"IPv6 fragment {header.identification:#x} from octet {8 * header.offset}{more}"


EXTENSION_WORDS: dict[type[Header], Words] = {
    HopByHopOptions: _options,
    DestinationOptions: _options,
    FragmentHeader: _fragment,
    RplSourceRoute: lambda header: f"source route, {header.segments_left} left",
    Ipv6: lambda header: f"IPv6 {ipv6_name(header.source)} > {ipv6_name(header.destination)}",
}
"""What an extension header says; one that is not here is named."""


def _extensions(chain: Chain) -> Iterator[str]:
    for header in chain.headers[1:]:
        if isinstance(header, Udp | Tcp):
            break
        words = EXTENSION_WORDS.get(type(header))
        said = header.LAYER if words is None else words(header)
        if said:
            yield said


# --- the upper layer -------------------------------------------------------------------------------------------------


def _upper(chain: Chain, size: int, cut: bool) -> str:
    """``size``: how many octets follow the headers; ``cut``: not all of them are here."""
    if chain.fragmented or isinstance(chain.headers[-1], EncapsulatingSecurityPayload):
        return counted(size, "octet")
    if has_stopped(chain):
        return f"next header {protocol_name(chain.protocol)}" + ("" if cut else f", malformed: {chain.error}")
    read = read_upper(chain)
    if read.header is not None:
        return _read(chain, read.header, size)
    if chain.protocol == Protocol.ICMPV6:
        name = f"ICMPv6 {type_words(chain.payload[0])}" if chain.payload else "ICMPv6"
        return name if cut else f"{name}, malformed: {read.error}"
    last = chain.headers[-1]
    if isinstance(last, Udp):
        octets = counted(max(0, last.length - UDP_HEADER_OCTETS), "octet")
        return f"{udp_words(last)}, {octets}" + (f", malformed: {read.error}" if read.error and not cut else "")
    if isinstance(last, Tcp):
        return f"{words_of(last)}, {counted(size, 'octet')}"
    return f"next header {protocol_name(chain.protocol)}, {counted(size, 'octet')}"


def _read(chain: Chain, header: Header, size: int) -> str:
    if isinstance(header, EchoRequest | EchoReply):
        return f"{words_of(header)}, {counted(size - ECHO_HEADER_OCTETS, 'octet')}"
    last = chain.headers[-1]
    if isinstance(header, Message) and isinstance(last, Udp):
        return f"{ports_words(last)}, {words_of(header)}"
    return words_of(header)


def protocol_name(protocol: int) -> str:
    """``udp``, ``icmpv6``, or the number."""
    try:
        return Protocol(protocol).name.lower().replace("_", "-")
    except ValueError:
        return str(protocol)
