"""What is above IPv6, in one line: ICMPv6, UDP and CoAP, TCP. A table from the type of a header to its words."""

from collections.abc import Callable
from typing import Any

from p6lowpan.analysis.presentation.names import counted, ipv6_name
from p6lowpan.analysis.presentation.neighbor_words import NEIGHBOR_WORDS
from p6lowpan.analysis.presentation.routing_words import ROUTING_WORDS
from p6lowpan.wire.coap.message import Message
from p6lowpan.wire.coap.registry import CODES, Type, code_words, is_request
from p6lowpan.wire.coap.values import block_words, content_format_words, observe_words, uint
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import (
    PARAMETER_PROBLEM_CODES,
    TIME_EXCEEDED_CODES,
    UNREACHABLE_CODES,
    DestinationUnreachable,
    PacketTooBig,
    ParameterProblem,
    TimeExceeded,
)
from p6lowpan.wire.ipv6.icmpv6_message import UnknownMessage
from p6lowpan.wire.ipv6.multicast_listener import (
    RECORD_TYPES,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
)
from p6lowpan.wire.ipv6.p6lowpan import ClassUnsupported, class_in_words
from p6lowpan.wire.ipv6.registry import MessageType
from p6lowpan.wire.ipv6.tcp import Tcp
from p6lowpan.wire.ipv6.udp import PORTS, Udp

Words = Callable[[Any], str]  # Any: the header class of the row


# --- ICMPv6 ----------------------------------------------------------------------------------------------------------


def type_words(message_type: int) -> str:
    """The name of an ICMPv6 type."""
    try:
        return MessageType(message_type).name.lower().replace("_", " ")
    except ValueError:
        return f"type {message_type}"


ECHO_FORMS: dict[type[Header], str] = {
    EchoRequest: "ICMPv6 echo request id {identifier} seq {sequence}",
    EchoReply: "ICMPv6 echo reply id {identifier} seq {sequence}",
}
"""Forms of what is said of an echo. What fills them in is named, so that the C core may do it as well."""


def _echo(form: str) -> Words:
    return lambda message: form.format(identifier=message.identifier, sequence=message.sequence_number)


def _reason(name: str, codes: dict[int, str]) -> Words:
    return lambda message: f"ICMPv6 {name}: {codes.get(message.code, f'code {message.code}')}"


def _listener_report(message: MulticastListenerReportV2) -> str:
    records = [
        f"{ipv6_name(record.multicast_address)} {RECORD_TYPES.get(record.type, f'type {record.type}')}"
        for record in message.records
    ]
    return f"MLDv2 report: {', '.join(records) or 'nothing'}"


ICMPV6_WORDS: dict[type[Header], Words] = {
    **{header: _echo(form) for header, form in ECHO_FORMS.items()},
    DestinationUnreachable: _reason("destination unreachable", UNREACHABLE_CODES),
    PacketTooBig: lambda message: f"ICMPv6 packet too big: MTU {message.mtu}",
    TimeExceeded: _reason("time exceeded", TIME_EXCEEDED_CODES),
    ParameterProblem: lambda message: (
        f"{_reason('parameter problem', PARAMETER_PROBLEM_CODES)(message)}, at octet {message.pointer}"
    ),
    MulticastListenerQuery: lambda message: f"MLD query {ipv6_name(message.multicast_address)}",
    MulticastListenerReport: lambda message: f"MLD report {ipv6_name(message.multicast_address)}",
    MulticastListenerDone: lambda message: f"MLD done {ipv6_name(message.multicast_address)}",
    MulticastListenerQueryV2: lambda message: f"MLDv2 query {ipv6_name(message.multicast_address)}",
    MulticastListenerReportV2: _listener_report,
    ClassUnsupported: lambda message: f"P6LoWPAN class unsupported: {class_in_words(message.code)}",
    UnknownMessage: lambda message: f"ICMPv6 {type_words(message.type)} code {message.code}",
}

# --- CoAP ------------------------------------------------------------------------------------------------------------

TYPE_WORDS = {Type.CONFIRMABLE: "CON", Type.NON_CONFIRMABLE: "NON", Type.ACKNOWLEDGEMENT: "ACK", Type.RESET: "RST"}
OBSERVE, CONTENT_FORMAT, BLOCK2, BLOCK1 = 6, 12, 23, 27


def _coap(message: Message) -> str:
    request = is_request(message.code)
    code = (
        CODES.get(message.code, code_words(message.code)) if request or not message.code else code_words(message.code)
    )
    said = ["CoAP", TYPE_WORDS[Type(message.type)], code]
    if request:
        said.append(message.path)
    said.append(f"mid {message.message_id}")
    if message.token:
        said.append(f"token {message.token.hex()}")
    for number, words in COAP_OPTIONS.items():
        said += [words(uint(value), message) for value in message.option_values(number)]
    if message.payload:
        said.append(counted(len(message.payload), "octet"))
    return " ".join(said)


COAP_OPTIONS: dict[int, Callable[[int, Message], str]] = {
    OBSERVE: lambda number, message: f"observe {observe_words(number, is_request(message.code))}",
    CONTENT_FORMAT: lambda number, _: f"format {content_format_words(number)}",
    BLOCK2: lambda number, _: f"block2: {block_words(number)}",
    BLOCK1: lambda number, _: f"block1: {block_words(number)}",
}
"""The options that change what a message is."""

# --- transport -------------------------------------------------------------------------------------------------------

TCP_FLAGS = (
    ("synchronize", "SYN"),
    ("acknowledgment", "ACK"),
    ("finish", "FIN"),
    ("reset", "RST"),
    ("push", "PSH"),
    ("urgent", "URG"),
)


def udp_words(header: Udp) -> str:
    """``UDP 5683 > 61616``, and what the ports are known for."""
    named = PORTS.get(header.destination_port) or PORTS.get(header.source_port)
    return f"UDP {header.source_port} > {header.destination_port}" + (f" {named}" if named else "")


def ports_words(header: Udp) -> str:
    """``UDP 5683 > 61616``."""
    return f"UDP {header.source_port} > {header.destination_port}"


def tcp_words(header: Tcp) -> str:
    """``TCP 1025 > 80 SYN seq 1 ack 0 window 512``."""
    flags = " ".join(short for name, short in TCP_FLAGS if getattr(header, name)) or "no flags"
    numbers = f"seq {header.sequence_number} ack {header.acknowledgment_number} window {header.window}"
    return f"TCP {header.source_port} > {header.destination_port} {flags} {numbers}"


UPPER_WORDS: dict[type[Header], Words] = {
    **ICMPV6_WORDS,
    **NEIGHBOR_WORDS,
    **ROUTING_WORDS,
    Message: _coap,
    Udp: udp_words,
    Tcp: tcp_words,
}
"""What a header says, in one line."""


def words_of(header: Header) -> str:
    """What a header says, in one line; its layer's name where no words are made for it."""
    words = UPPER_WORDS.get(type(header))
    return header.LAYER if words is None else words(header)
