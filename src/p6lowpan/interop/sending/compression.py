"""The IPv6 header and the chain behind it, compressed (RFC 6282 sections 3 and 4)."""

from collections.abc import Callable

from p6lowpan.interop.node import End
from p6lowpan.interop.sending.writing import Carried, Chained, Compress, Form, Header, Writing


def compressed(writing: Writing) -> Chained:
    """The packet under LOWPAN_IPHC."""
    return ipv6(writing, 0, None)


def ipv6(writing: Writing, at: int, outer: int | None) -> Chained:
    """The IPv6 header at an octet of the packet, and what of its chain can be compressed."""
    before = writing.ipv6_at, writing.outer
    writing.ipv6_at, writing.outer = at, outer
    packet, rules = writing.packet, writing.rules
    first = int.from_bytes(packet[at : at + 4], "big")
    traffic_form, traffic = rules.traffic(first >> 20 & 0xFF, first & 0xFFFFF)
    hop_limit_form, hop_limit = rules.hop_limit(packet[at + 7])
    group = packet[at + 24] == 0xFF
    source = first_form(writing, rules.sources, End.SOURCE)
    destination = first_form(writing, rules.groups if group else rules.destinations, End.DESTINATION)
    chain = next_header(writing, packet[at + 6], at + 40)
    announced = packet[at + 6] if chain is None else None
    writing.ipv6_at, writing.outer = at, outer
    header = rules.header(
        writing, Header(at, traffic_form, traffic, announced, hop_limit_form, hop_limit, source, destination)
    )
    writing.ipv6_at, writing.outer = before
    return Chained(header + chain.octets, chain.end) if chain else Chained(header, at + 40)


def first_form(writing: Writing, forms: tuple[Form, ...], end: End) -> Carried:
    """The first form that the address has."""
    for form in forms:
        carried = form(writing, end)
        if carried is not None:
            return carried
    raise AssertionError("the last form must fit every address")


def shortest_form(*forms: Form) -> Form:
    """The form with the fewest octets in line; of equal ones the first."""

    def shortest(writing: Writing, end: End) -> Carried | None:
        fitting = [carried for form in forms if (carried := form(writing, end)) is not None]
        return min(fitting, key=lambda carried: len(carried.octets), default=None)

    return shortest


def next_header(writing: Writing, number: int, at: int) -> Chained | None:
    """The chain from a header on, compressed as far as it can be; ``None``: not at all."""
    compress = writing.rules.next_headers.get(number)
    if compress is None or writing.depth >= writing.most_headers:
        return None
    writing.depth += 1
    return compress(writing, at)


def header(writing: Writing, fields: Header) -> bytes:
    """The octets of LOWPAN_IPHC."""
    source, destination = fields.source, fields.destination
    named = writing.rules.names_contexts(source, destination)
    word = 0b011 << 13 | fields.traffic_form << 11 | (fields.next_header is None) << 10 | fields.hop_limit_form << 8
    word |= named << 7 | source.stateful << 6 | source.mode << 4
    word |= destination.multicast << 3 | destination.stateful << 2 | destination.mode
    contexts = bytes(((source.context or 0) << 4 | (destination.context or 0),)) if named else b""
    announced = b"" if fields.next_header is None else bytes((fields.next_header,))
    inline = contexts + fields.traffic + announced + fields.hop_limit + source.octets + destination.octets
    return word.to_bytes(2, "big") + inline


def rotated(octet: int) -> int:
    """DSCP and ECN as IPv6 has them, in the order of LOWPAN_IPHC."""
    return (octet >> 2 | octet << 6) & 0xFF


def traffic(traffic_class: int, flow_label: int) -> tuple[int, bytes]:
    """The shortest form."""
    octet = rotated(traffic_class)
    if not flow_label:
        return (2, bytes((octet,))) if octet else (3, b"")
    if octet & 0x3F:
        return 0, (octet << 24 | flow_label).to_bytes(4, "big")
    return 1, (octet << 16 | flow_label).to_bytes(3, "big")


HOP_LIMITS = {1: 1, 64: 2, 255: 3}


def hop_limit(value: int) -> tuple[int, bytes]:
    """Elided where it can be."""
    return (HOP_LIMITS[value], b"") if value in HOP_LIMITS else (0, bytes((value,)))


def extension(identifier: int, trim: "Trim | None" = None) -> Compress:
    """An extension header with a length octet under LOWPAN_NHC; ``trim`` elides padding at its end."""

    def compress(writing: Writing, at: int) -> Chained | None:
        packet = writing.packet
        if at + 8 > len(packet):
            return None
        end = at + 8 * (packet[at + 1] + 1)
        contents = packet[at + 2 : end]
        if trim is not None:
            contents = trim(contents)
        if end > len(packet) or len(contents) > 255:
            return None
        return chained(writing, identifier, packet[at], bytes((len(contents),)) + contents, end)

    return compress


def chained(writing: Writing, identifier: int, announced: int, octets: bytes, end: int) -> Chained:
    """An extension header and what follows it, compressed where it can be."""
    inner = next_header(writing, announced, end)
    dispatch = 0xE0 | identifier << 1 | (inner is not None)
    if inner is None:
        return Chained(bytes((dispatch, announced)) + octets, end)
    return Chained(bytes((dispatch,)) + octets + inner.octets, inner.end)


def fragment(octet: int | None = None) -> Compress:
    """The Fragment header; ``octet`` is what stands for its reserved one, which goes as it is for ``None``."""

    def compress(writing: Writing, at: int) -> Chained | None:
        packet = writing.packet
        if at + 8 > len(packet):
            return None
        reserved = packet[at + 1] if octet is None else octet
        return chained(writing, 2, packet[at], bytes((reserved,)) + packet[at + 2 : at + 8], at + 8)

    return compress


def tunnel(writing: Writing, at: int) -> Chained | None:
    """An IPv6 header inside."""
    if at + 40 > len(writing.packet):
        return None
    inner = ipv6(writing, at, writing.ipv6_at)
    return Chained(b"\xee" + inner.octets, inner.end)


def udp(writing: Writing, at: int) -> Chained | None:
    """RFC 6282 section 4.3.3, the checksum in line. A length that is not that of the rest could not be elided."""
    said = int.from_bytes(writing.packet[at + 4 : at + 6], "big")
    return udp_of_any_length(writing, at) if said == len(writing.packet) - at else None


def udp_of_any_length(writing: Writing, at: int) -> Chained | None:
    """The same by a sender that does not look at the length."""
    packet = writing.packet
    if at + 8 > len(packet):
        return None
    source, destination = int.from_bytes(packet[at : at + 2], "big"), int.from_bytes(packet[at + 2 : at + 4], "big")
    form, ports = next(
        (form, ports) for form in writing.rules.ports if (ports := PORTS[form](source, destination)) is not None
    )
    return Chained(bytes((0xF0 | form,)) + ports + packet[at + 6 : at + 8], at + 8)


PORTS: dict[int, Callable[[int, int], bytes | None]] = {
    0: lambda source, destination: source.to_bytes(2, "big") + destination.to_bytes(2, "big"),
    1: lambda source, destination: (
        source.to_bytes(2, "big") + bytes((destination & 0xFF,)) if destination >> 8 == 0xF0 else None
    ),
    2: lambda source, destination: (
        bytes((source & 0xFF,)) + destination.to_bytes(2, "big") if source >> 8 == 0xF0 else None
    ),
    3: lambda source, destination: (
        bytes(((source & 15) << 4 | destination & 15,)) if source >> 4 == destination >> 4 == 0xF0B else None
    ),
}
"""By P: the ports in line, or ``None`` where the form does not have them."""

PORT_FORMS = (3, 2, 1, 0)
"""The shortest first."""


class Trim:
    """Elides padding at the end of an options header: :meth:`__call__` takes and gives what follows the length."""

    def __init__(self, longest: int = 7) -> None:
        self.longest = longest

    def __call__(self, contents: bytes) -> bytes:
        """Without the last option, where it is padding of at most ``longest`` octets."""
        position = last = 0
        while position < len(contents):
            last = position
            if contents[position]:
                position += 2 + (contents[position + 1] if position + 1 < len(contents) else 0)
            else:
                position += 1
        padding = position == len(contents) > 0 and contents[last] <= 1
        return contents[:last] if padding and len(contents) - last <= self.longest else contents
