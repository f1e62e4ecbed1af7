"""UDP under LOWPAN_NHC: the four forms of ports at their edges, checksums in line and left out."""

from collections.abc import Iterator
from itertools import product

from p6lowpan.interop.conformance import packets, writer
from p6lowpan.interop.conformance.case import Case
from p6lowpan.interop.conformance.packets import LONG
from p6lowpan.wire.sixlowpan.next_header_compression import PORT_FORMS

SECTION = "RFC 6282 4.3.3"
ENDS = packets.link_local_of(LONG.source), packets.link_local_of(LONG.destination)
ANY_PORT = (0, 53, 5683, 0xEFFF, 0xF000, 0xF0AF, 0xF0B0, 0xF0BF, 0xF0C0, 0xF0FF, 0xF100, 0xFFFF)
SHORT_PORT = (0xF000, 0xF001, 0xF0AF, 0xF0B0, 0xF0BF, 0xF0C0, 0xF0FF)
NIBBLE_PORT = (0xF0B0, 0xF0B1, 0xF0B7, 0xF0BF)
EDGES = (
    ((5683, 0), (0, 5683), (0xFFFF, 0xFFFF), (0xF0B0, 0xF0BF), (0xEFFF, 0xF100), (0xF0C0, 0xF0AF)),
    tuple(product((0, 5683, 0xF0B3, 0xFFFF), SHORT_PORT)),
    tuple(product(SHORT_PORT, (0, 5683, 0xF0B3, 0xFFFF))),
    tuple(product(NIBBLE_PORT, NIBBLE_PORT)),
)
"""By P: source and destination ports that the form can carry."""


def cases() -> Iterator[Case]:
    """Everything about UDP."""
    for mode, edges in enumerate(EDGES):
        for ports in edges:
            yield _case(mode, *ports, packets.PROBE, f"udp/p{mode}/{ports[0]:04x}-{ports[1]:04x}")
    for pair in product(ANY_PORT, ANY_PORT):
        if pair not in EDGES[0]:
            yield _case(0, *pair, packets.PROBE, f"udp/p0/{pair[0]:04x}-{pair[1]:04x}")
    for octets in (0, 1, 2, 7, 50):
        yield _case(3, 0xF0B1, 0xF0B2, packets.pattern(octets), f"udp/data/{octets}")
    yield _case(3, 0xF0B1, 0xF0B2, _that_sums_to_zero(), "udp/checksum/ffff")
    for mode in range(len(PORT_FORMS)):
        yield _case(mode, *EDGES[mode][0], packets.pattern(5), f"udp/checksum/elided/p{mode}", elided=True)
        yield _case(mode, *EDGES[mode][0], packets.pattern(12), f"udp/checksum/elided/p{mode}/even", elided=True)


def _case(mode: int, source: int, destination: int, data: bytes, name: str, elided: bool = False) -> Case:
    packet = packets.packet(*ENDS, packets.udp(source, destination, data), hop_limit=64)
    written = writer.iphc(packet, LONG, tf=3, nh=1, hlim=2) + writer.udp(packet, 40, mode, elided)
    about = f"P={mode:02b} for ports {source:#06x} and {destination:#06x}, {len(data)} octets of data"
    return writer.framed(
        name,
        about + (", the checksum left out" if elided else ""),
        "RFC 6282 4.3.2" if elided else SECTION,
        LONG,
        packet,
        written,
        sends=not elided,
    )


def _that_sums_to_zero() -> bytes:
    """Data for which the checksum computes to zero, which UDP sends as ffff (RFC 8200 section 8.1)."""
    without = packets.packet(*ENDS, packets.udp(0xF0B1, 0xF0B2, bytes(2)))
    return without[46:48]
