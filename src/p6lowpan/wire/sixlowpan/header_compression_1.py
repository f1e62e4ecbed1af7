"""LOWPAN_HC1 and HC_UDP (RFC 4944 section 10), deprecated by RFC 6282: decoded, expanded, and encoded again as it came.

In-line fields follow in the order of the encoding bits and need not begin at an octet: traffic class and flow label
fill 28 bits, a short port 4. After the last one, padding leads back to an octet. New packets are never sent like this.
"""

from typing import Annotated, ClassVar

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, Link
from p6lowpan.wire.description import U8, Bits, Check, Fixed, Header, Meaning, Octets, When, wire

LAYER = "hc1"
PORT_BASE = 0xF0B0
"""Section 10.2: "The value of P is the number 61616 (0xF0B0)"."""

IPV6_OCTETS = 40
UDP_OCTETS = 8
LARGEST_PAYLOAD = 0xFFFF
IN_LINE = 0
UDP_CODE = 1
NEXT_HEADERS = {UDP_CODE: 17, 2: 58, 3: 6}
"""Section 10.1, bits 5 and 6. "ICMP" can only mean ICMPv6."""

PREFIX_WORDS = {0: "in line", 1: "link-local"}
IDENTIFIER_WORDS = {0: "in line", 1: "from the link-layer address"}
ZERO_WORDS = {0: "in line", 1: "zero"}
NEXT_HEADER_WORDS = {IN_LINE: "in line", UDP_CODE: "UDP", 2: "ICMP", 3: "TCP"}
HC2_WORDS = {0: "next header not compressed", 1: "HC2 encoding follows"}
PORT_WORDS = {0: "16 bits", 1: "4 bits"}
LENGTH_WORDS = {0: "in line", 1: "from the IPv6 payload length"}


def _port_words(short: int) -> str:
    return f"port {PORT_BASE + short}"


@wire(LAYER)
class HeaderCompression1(Header):
    """RFC 4944 sections 10.1 to 10.3: the dispatch, HC1 encoding, HC_UDP encoding if there is one, in-line fields."""

    dispatch: Annotated[int, Bits(8), Fixed()] = 0b01000010
    source_prefix_elided: Annotated[int, Bits(1), Meaning(PREFIX_WORDS)]
    source_identifier_elided: Annotated[int, Bits(1), Meaning(IDENTIFIER_WORDS)]
    destination_prefix_elided: Annotated[int, Bits(1), Meaning(PREFIX_WORDS)]
    destination_identifier_elided: Annotated[int, Bits(1), Meaning(IDENTIFIER_WORDS)]
    traffic_class_and_flow_label_zero: Annotated[int, Bits(1), Meaning(ZERO_WORDS)]
    next_header_code: Annotated[int, Bits(2), Meaning(NEXT_HEADER_WORDS)]
    hc2: Annotated[int, Bits(1), Meaning(HC2_WORDS)]

    source_port_short: Annotated[int | None, Bits(1), When("hc2"), Meaning(PORT_WORDS)] = None
    destination_port_short: Annotated[int | None, Bits(1), When("hc2"), Meaning(PORT_WORDS)] = None
    udp_length_elided: Annotated[int | None, Bits(1), When("hc2"), Meaning(LENGTH_WORDS)] = None
    hc2_reserved: Annotated[int | None, Bits(5), When("hc2")] = None

    hop_limit: U8
    source_prefix: Annotated[bytes | None, Octets(8), When("not source_prefix_elided")] = None
    source_identifier: Annotated[bytes | None, Octets(8), When("not source_identifier_elided")] = None
    destination_prefix: Annotated[bytes | None, Octets(8), When("not destination_prefix_elided")] = None
    destination_identifier: Annotated[bytes | None, Octets(8), When("not destination_identifier_elided")] = None
    traffic_class: Annotated[int | None, Bits(8), When("not traffic_class_and_flow_label_zero")] = None
    flow_label: Annotated[int | None, Bits(20), When("not traffic_class_and_flow_label_zero")] = None
    next_header: Annotated[int | None, Bits(8), When("next_header_code == IN_LINE")] = None

    source_port: Annotated[int | None, Bits(16), When("hc2 and not source_port_short")] = None
    short_source_port: Annotated[int | None, Bits(4), When("hc2 and source_port_short"), Meaning(_port_words)] = None
    destination_port: Annotated[int | None, Bits(16), When("hc2 and not destination_port_short")] = None
    short_destination_port: Annotated[
        int | None, Bits(4), When("hc2 and destination_port_short"), Meaning(_port_words)
    ] = None
    udp_length: Annotated[int | None, Bits(16), When("hc2 and not udp_length_elided")] = None
    udp_checksum: Annotated[int | None, Bits(16), When("hc2")] = None
    padding: Annotated[
        int | None,
        Bits(4),
        When("(not traffic_class_and_flow_label_zero) ^ bool(source_port_short) ^ bool(destination_port_short)"),
    ] = None

    CHECKS: ClassVar = (
        Check("not hc2 or next_header_code == UDP_CODE", "hc2", Reason.RESERVED, "HC2 is defined for UDP alone"),
    )


def expanded_octets(header: HeaderCompression1) -> int:
    """How many octets of the packet ``header`` stands for."""
    return IPV6_OCTETS + (UDP_OCTETS if header.hc2 else 0)


def expand(header: HeaderCompression1, link: Link, datagram_size: int) -> bytes:
    """The IPv6 header, and behind it the UDP header where HC_UDP was used.

    ``datagram_size``: the whole packet's octets, from the fragment header, or :func:`expanded_octets` and what follows.
    Raises :class:`Malformed` where an address was elided that the link layer does not have.
    """
    payload_length = datagram_size - IPV6_OCTETS
    if datagram_size < expanded_octets(header):
        raise Malformed(LAYER, 0, Reason.BAD_LENGTH, f"a datagram of {datagram_size} octets cannot hold its headers")
    if payload_length > LARGEST_PAYLOAD:
        raise Malformed(LAYER, 0, Reason.TOO_BIG, f"{payload_length} octets are no IPv6 payload length")
    first_word = 6 << 28 | (header.traffic_class or 0) << 20 | (header.flow_label or 0)
    ipv6 = (
        first_word.to_bytes(4, "big")
        + payload_length.to_bytes(2, "big")
        + bytes((next_header_of(header), header.hop_limit))
        + _address(header.source_prefix, header.source_identifier, link.source_identifier, "source")
        + _address(header.destination_prefix, header.destination_identifier, link.destination_identifier, "destination")
    )
    return ipv6 + _udp(header, payload_length) if header.hc2 else ipv6


def next_header_of(header: HeaderCompression1) -> int:
    """The IPv6 next header, in line or named by its code."""
    return NEXT_HEADERS[header.next_header_code] if header.next_header is None else header.next_header


def _address(prefix: bytes | None, identifier: bytes | None, from_link: bytes | None, which: str) -> bytes:
    if identifier is None:
        identifier = from_link
    if identifier is None:
        detail = f"the {which} is elided, and the frame has no {which} address"
        raise Malformed(LAYER, 1, Reason.NO_LINK_ADDRESS, detail)
    return (LINK_LOCAL_PREFIX if prefix is None else prefix) + identifier


def _udp(header: HeaderCompression1, payload_length: int) -> bytes:
    fields = (
        _port(header.source_port, header.short_source_port),
        _port(header.destination_port, header.short_destination_port),
        payload_length if header.udp_length is None else header.udp_length,
        header.udp_checksum or 0,
    )
    return b"".join(field.to_bytes(2, "big") for field in fields)


def _port(port: int | None, short: int | None) -> int:
    return PORT_BASE + (short or 0) if port is None else port
