"""Addresses: every row of (SAC, SAM) with every row of (M, DAC, DAM), over links of every kind; contexts of every
number and many lengths; what is reserved; what is not there."""

from collections.abc import Iterator
from itertools import product

from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case, Fault
from p6lowpan.interop.conformance.packets import LINKS, LONG, context, with_prefix
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, UNSPECIFIED, Link, LinkAddress, interface_identifier
from p6lowpan.wire.sixlowpan.address_modes import DESTINATION, DESTINATION_MODES, SOURCE, SOURCE_MODES, AddressMode
from p6lowpan.wire.sixlowpan.contexts import IDENTIFIERS, Context

SECTION = "RFC 6282 3.1.1"
GLOBAL = bytes.fromhex("20010db81234567889abcdef02468ace"), bytes.fromhex("20010db8fedcba9876543210fdb97531")
IDENTIFIER = bytes.fromhex("a1b2c3d4e5f60718"), bytes.fromhex("8170605040302011")
SHORT = bytes.fromhex("5e6f"), bytes.fromhex("7a8b")
CONTEXT = context(0, "20010db800010002", 64)
GROUPS = {
    0b1011: "ff02000000000000000000000000001a",
    0b1010: "ff0500000000000000000000005566aa",
    0b1001: "ff0e000000000000000000e1d2c3b4a5",
    0b1000: "ff3e0030fd112233445566778899aabb",
}
"""A group for each stateless row of multicast: one that no shorter row could carry."""

LENGTHS = (0, 1, 7, 8, 16, 31, 32, 33, 47, 48, 56, 63, 64, 65, 71, 72, 80, 96, 104, 111, 112, 113, 120, 127, 128)
LONG_PREFIX = "2a01f3c59b87d6e4c1a2b3c4d5e6f708"


def key(row: AddressMode) -> int:
    """The row's place in its table."""
    return row.multicast << 3 | row.stateful << 2 | row.mode


def name_of(row: AddressMode, of_source: bool) -> str:
    """``sac0-sam3``, ``m0-dac1-dam2``."""
    if of_source:
        return f"sac{row.stateful:d}-sam{row.mode}"
    return f"m{row.multicast:d}-dac{row.stateful:d}-dam{row.mode}"


def unicast(row: AddressMode, end: int, link_address: LinkAddress, prefix: Context) -> bytes:
    """An address that the row carries: for end 0 (source) or 1 (destination)."""
    if row.octets == 16:
        return GLOBAL[end]
    inline = {8: IDENTIFIER[end], 2: packets.short_identifier(SHORT[end])}
    identifier = inline.get(row.octets) or interface_identifier(link_address)
    return with_prefix(prefix, identifier) if row.stateful else LINK_LOCAL_PREFIX + identifier


def group(prefix: Context) -> bytes:
    """A unicast-prefix-based group, RFC 3306: its prefix length is that of the context."""
    return bytes.fromhex("ff3500") + bytes((prefix.length,)) + prefix.prefix[:8] + bytes.fromhex("8badf00d")


def source_of(row: AddressMode, link: Link, prefix: Context) -> bytes:
    """A source that the row carries."""
    if Feature.UNSPECIFIED_SOURCE in row.features:
        return UNSPECIFIED
    return unicast(row, 0, link.source, prefix)


def destination_of(row: AddressMode, link: Link, prefix: Context) -> bytes:
    """A destination that the row carries."""
    if not row.multicast:
        return unicast(row, 1, link.destination, prefix)
    return group(prefix) if row.stateful else bytes.fromhex(GROUPS[key(row)])


def cases() -> Iterator[Case]:
    """Everything about addresses."""
    yield from _every_pair()
    yield from _context_identifiers()
    yield from _context_lengths()
    yield from _reserved()
    yield from _missing()


def _every_pair() -> Iterator[Case]:
    for (bits, link), source, destination in product(LINKS.items(), SOURCE_MODES, DESTINATION_MODES):
        packet = packets.packet(
            source_of(source, link, CONTEXT), destination_of(destination, link, CONTEXT), packets.udp()
        )
        row = f"{name_of(source, True)}/{name_of(destination, False)}"
        yield writer.framed(
            f"address/{bits}/{row}",
            f"source and destination as {row.replace('/', ' and ')}, {bits} bits of link-layer address",
            SECTION,
            link,
            packet,
            writer.iphc(packet, link, source, destination),
            contexts=(CONTEXT,) if source.in_context or destination.in_context else (),
        )


def _context_identifiers() -> Iterator[Case]:
    """Every identifier at either end, with all sixteen contexts known."""
    known = tuple(context(number, f"20010db8{number:04x}{0xFFFF - number:04x}", 64) for number in range(IDENTIFIERS))
    source, destination = SOURCE[0b101], DESTINATION[0b0101]
    for number in range(IDENTIFIERS):
        ends = number, IDENTIFIERS - 1 - number
        packet = packets.packet(
            source_of(source, LONG, known[ends[0]]), destination_of(destination, LONG, known[ends[1]]), packets.udp()
        )
        yield writer.framed(
            f"context/identifier/{ends[0]}-{ends[1]}",
            f"source from context {ends[0]}, destination from context {ends[1]}",
            "RFC 6282 3.1.2",
            LONG,
            packet,
            writer.iphc(packet, LONG, source, destination, identifiers=ends),
            contexts=known,
        )
    packet = packets.packet(
        source_of(source, LONG, known[0]), destination_of(destination, LONG, known[0]), packets.udp()
    )
    about = "the octet of context identifiers where it was not needed: both are 0"
    written = writer.iphc(packet, LONG, source, destination, identifiers=(0, 0))
    yield writer.framed("context/identifier/0-0", about, "RFC 6282 3.1.2", LONG, packet, written, contexts=known)


def _context_lengths() -> Iterator[Case]:
    """Prefixes that end before, at and behind bit 64, against identifiers of every form."""
    for length in LENGTHS:
        prefix = context(0, LONG_PREFIX, length)
        pairs = [(SOURCE[0b100 | mode], DESTINATION[0b0100 | mode]) for mode in (1, 2, 3)]
        for source, destination in (*pairs, (SOURCE[0b011], DESTINATION[0b1100])):
            packet = packets.packet(
                source_of(source, LONG, prefix), destination_of(destination, LONG, prefix), packets.udp()
            )
            yield writer.framed(
                f"context/length/{length}/{name_of(destination, False)}",
                f"a prefix of {length} bits, {8 * destination.octets} bits in line",
                SECTION,
                LONG,
                packet,
                writer.iphc(packet, LONG, source, destination),
                contexts=(prefix,),
                disputed=destination.multicast and length > 64,
            )


def _reserved() -> Iterator[Case]:
    """Combinations of M, DAC and DAM that no row has."""
    packet = packets.packet(GLOBAL[0], GLOBAL[1], packets.udp())
    written = writer.iphc(packet, LONG, SOURCE[0], DESTINATION[0])
    for reserved in sorted(set(range(16)) - set(DESTINATION)):
        octets = written.octets[:1] + bytes((written.octets[1] & 0xF0 | reserved,)) + written.octets[2:]
        m, dac, dam = reserved >> 3, reserved >> 2 & 1, reserved & 3
        yield Case(
            name=f"address/reserved/m{m}-dac{dac}-dam{dam}",
            about=f"M={m}, DAC={dac}, DAM={dam:02b} is reserved",
            section=SECTION,
            link=LONG,
            frames=(octets + packet[40:],),
            packets=(),
            features=written.features,
            contexts=(CONTEXT,),
            fault=Fault(Reason.RESERVED, 1),
        )


def _missing() -> Iterator[Case]:
    """A context or a link-layer address that is not there."""
    other = context(3, "20010db800030000", 64)
    of_source = [(name_of(row, True), row, DESTINATION[0]) for row in SOURCE_MODES if row.in_context]
    of_destination = [(name_of(row, False), SOURCE[0], row) for row in DESTINATION_MODES if row.in_context]
    for name, source, destination in (*of_source, *of_destination):
        packet = packets.packet(
            source_of(source, LONG, CONTEXT), destination_of(destination, LONG, CONTEXT), packets.udp()
        )
        written = writer.iphc(packet, LONG, source, destination)
        yield Case(
            name=f"context/missing/{name}",
            about="context 0 is asked for, and only context 3 is known",
            section="RFC 6282 3.1.2",
            link=LONG,
            frames=(written.octets + packet[40:],),
            packets=(),
            features=written.features,
            contexts=(other,),
            fault=Fault(Reason.NO_CONTEXT, 1),
            meant=packet,
        )
    packet = packets.packet(packets.link_local_of(LONG.source), GLOBAL[1], packets.udp())
    written = writer.iphc(packet, LONG, SOURCE[0b011], DESTINATION[0])
    yield Case(
        name="address/no-link-address",
        about="the source is to come from a link-layer address that the frame does not have",
        section="RFC 6282 3.2.2",
        link=Link(LinkAddress(b""), LONG.destination),
        frames=(written.octets + packet[40:],),
        packets=(),
        features=written.features,
        fault=Fault(Reason.NO_LINK_ADDRESS, 1),
    )
