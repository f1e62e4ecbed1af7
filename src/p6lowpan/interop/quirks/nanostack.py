"""What Nanostack and the border router that was made from it do alike, in both directions."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Dropped, Refused
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.interop.sending import addresses, compression
from p6lowpan.interop.sending.compression import Trim
from p6lowpan.interop.sending.writing import Carried, Chained, Compress, Form, Writing
from p6lowpan.wire.address import LINK_LOCAL_PREFIX, SHORT_IDENTIFIER
from p6lowpan.wire.sixlowpan.contexts import Context

IPV6_OCTETS, UDP_OCTETS, EXTENSION_OCTETS = 40, 8, 8
SHORTEST_FRAME = 4
LARGEST_SHORT = 0xFFFD
NO_SHORT = b"\xff\xff"


def admits(reading: Reading) -> None:
    """Both addresses, a source that may be one, and four octets."""
    source, destination = bytes(reading.node.link.source), bytes(reading.node.link.destination)
    if not source or not destination:
        raise Dropped("a frame without addresses")
    if source == NO_SHORT or (len(destination) == 2 and int.from_bytes(source[:2], "big") > LARGEST_SHORT):
        raise Dropped("a source that is no address")
    if reading.left < SHORTEST_FRAME:
        raise Dropped(f"fewer than {SHORTEST_FRAME} octets")


LINK_LOCAL = Context(0, LINK_LOCAL_PREFIX + bytes(8), 64)  # as a context of its own, which needs no identifier
MODES = {0: 3, 2: 2, 8: 1, 16: 0}
"""SAM and DAM by the octets in line."""


def _inline_octets(known: Context, identifier: bytes, address: bytes) -> int:
    """How many octets of an address must be in line behind a context."""
    if addresses.makes(known, identifier, address):
        return 0
    if addresses.makes(known, SHORT_IDENTIFIER + address[14:], address):
        return 2
    return 8 if addresses.makes(known, address[8:], address) else 16


def cheapest(writing: Writing, end: End) -> Carried:
    """The fewest octets in line: stateless before stateful; of equal contexts the longest, but context 0 first."""
    address, identifier = writing.address(end), writing.rules.identifier(writing, end)
    if identifier is None:
        raise Refused("no link-layer address")
    chosen, octets = None, _inline_octets(LINK_LOCAL, identifier, address)
    for known in sorted(writing.contexts.values(), key=lambda known: -known.length):
        needed = _inline_octets(known, identifier, address)
        spares_octet = needed == octets and chosen is not None and known.identifier == 0
        if needed < octets or spares_octet:
            chosen, octets = known, needed
    inline = address[16 - octets :]
    if chosen is None:
        return Carried(0, MODES[octets], inline)
    return Carried(1, MODES[octets], inline, chosen.identifier)


def _unspecified(writing: Writing, end: End) -> Carried | None:
    """``::``, unless a context does as well."""
    return addresses.unspecified(writing, end) if cheapest(writing, end).mode != MODES[0] else None


SOURCES: tuple[Form, ...] = (_unspecified, cheapest)


ALL_PADDING = Trim(256)
"""The last option goes whenever it is padding."""


def extension(identifier: int, trim: Trim | None = None) -> Compress:
    """An extension header of fewer than 256 octets."""
    right = compression.extension(identifier, trim)

    def compress(writing: Writing, at: int) -> Chained | None:
        length = writing.packet[at + 1] if at + EXTENSION_OCTETS <= len(writing.packet) else 0
        return None if 8 * (length + 1) > 255 else right(writing, at)

    return compress


def first_fragment(writing: Writing, at: int) -> Chained | None:
    """A Fragment header with offset 0."""
    offset = int.from_bytes(writing.packet[at + 2 : at + 4], "big") >> 3
    return None if offset else compression.fragment()(writing, at)


def tunnel(writing: Writing, at: int) -> Chained | None:
    """An IPv6 header inside, as long as it says."""
    return compression.tunnel(writing, at) if _has_its_length(writing.packet, at) else None


def _has_its_length(packet: bytes, at: int) -> bool:
    """Whether an IPv6 header says that it goes to the packet's end."""
    left = len(packet) - at - IPV6_OCTETS
    return left >= 0 and packet[at] >> 4 == 6 and int.from_bytes(packet[at + 4 : at + 6], "big") == left


def udp(writing: Writing, at: int) -> Chained | None:
    """A UDP header that says that it goes to the packet's end. All ports but the shortest ask for an octet more."""
    left = len(writing.packet) - at
    if left < UDP_OCTETS or int.from_bytes(writing.packet[at + 4 : at + 6], "big") != left:
        return None
    chained = compression.udp(writing, at)
    writing.notes["asks"] = chained is not None and len(chained.octets) > 4
    return chained


def compressed(writing: Writing) -> Chained:
    """As many headers as fit into a first fragment; none where the length is wrong or they do not fit at all."""
    whole = Chained(b"\x41", 0)
    if not _has_its_length(writing.packet, 0):
        return whole
    space, most = min(writing.mtu - 4, len(writing.packet)), writing.most_headers
    while most >= 0:
        writing.depth, writing.most_headers, writing.notes["asks"] = 0, most, False
        headers = compression.compressed(writing)
        if len(headers.octets) + writing.notes["asks"] <= space:
            return headers
        most = min(most, writing.depth) - 1
    return whole
