"""TinyOS: blip with lib6lowpan, compiled as for a mote, without LIB6LOWPAN_FULL."""

from collections.abc import Callable
from dataclasses import replace

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.quirks import addresses, extensions, lacking
from p6lowpan.interop.quirks.appending import Appending
from p6lowpan.interop.receiving import completion, front
from p6lowpan.interop.receiving import compression as restored
from p6lowpan.interop.receiving.next_headers import IPV6, NEXT_HEADERS, UDP, extension
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import addresses as forms
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Compress, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.address import LINK_LOCAL_PREFIX
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts, masked
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

EUI64 = 8
IPV6_HEADER = 40
FRAGMENT_HEADER = 5
ENTRIES, HEAP, SINGLE_FRAME, OVERHEAD = 3, 1500, 220, 2
STATEFUL = (0b101, 0b110, 0b111)
OPTIONS = (0, 60)


def _context_0_is_64(contexts: Contexts) -> Contexts:
    return {0: Context(0, masked(contexts[0].prefix, 64), 64)} if 0 in contexts else {}


def _zeros_if_unknown(reading: Reading, identifier: int) -> Context:
    return reading.contexts.get(identifier, Context(identifier, bytes(16), 0))


def _prefix_and_identifier(context: Context, identifier: bytes) -> bytes:
    return context.prefix[:8] + identifier


def _last_16_bits_after(reading: Reading, end: End) -> bytes:
    """A context and 16 bits in line: nothing but the last two octets is written over the context."""
    context = reading.rules.context(reading, reading.encoding.identifiers[end])
    return context.prefix[:14] + reading.take(2)


def _elided_after(reading: Reading, end: End) -> bytes:
    """A context and nothing in line: what is free of the context decides how much of the address is taken."""
    context = reading.rules.context(reading, reading.encoding.identifiers[end])
    address, identifier = reading.node.address(end), reading.rules.identifier(reading, end)
    if context.length <= 64 and len(address) == EUI64:
        return context.prefix[:8] + identifier
    return context.prefix[:8] + bytes(6) + address[-2:] if context.length <= 112 else context.prefix


def _is_stateful(reading: Reading) -> bool:
    return reading.encoding.source_mode in STATEFUL or reading.encoding.destination_mode in STATEFUL


def _sum_udp_anew(reading: Reading) -> None:
    """The checksum of UDP right behind the IPv6 header: of what is there, and zeros for the rest."""
    out = reading.out
    size = len(out) if reading.fragment is None else reading.fragment.size
    segment = bytes(out[40:46]) + b"\0\0" + bytes(out[48:]) + bytes(size - len(out))
    out[46:48] = transport_checksum(bytes(out[8:24]), bytes(out[24:40]), UDP, segment).to_bytes(2, "big")


def _is_udp_under_context(reading: Reading) -> bool:
    return _is_stateful(reading) and reading.out[6] == UDP


def _summed_anew(reading: Reading) -> None:
    """With a context, UDP under LOWPAN_NHC right behind the IPv6 header gets another checksum."""
    restored.lengths(reading)
    if _is_udp_under_context(reading) and reading.encoding.nh:
        _sum_udp_anew(reading)


def _payload_behind(reading: Reading) -> bool:
    """An unknown LOWPAN_NHC: skipped, the Next Header stays 0, and the payload follows."""
    reading.take(1)
    return False


def _fits_datagram(reading: Reading) -> None:
    """The first fragment holds no more than the datagram has."""
    if reading.fragment is not None and len(reading.out) + reading.left > reading.fragment.size:
        raise Dropped("a first fragment of more octets than its datagram")


def _appended(reading: Reading) -> None:
    """FRAGN; without its last octet, what is left is less than nothing."""
    if reading.left == FRAGMENT_HEADER - 1:
        raise Crashed("a negative length: a fragment header that is cut")
    front.subsequent_fragment(reading)


def _sets_pointer(reading: Reading) -> None:
    """The place of UDP, where it was under LOWPAN_NHC."""
    _fits_datagram(reading)
    if _is_udp_under_context(reading) and not reading.encoding.nh:
        raise Crashed("an unset pointer: UDP in line behind an address with a context")


def _with_ipv6_header(reading: Reading) -> None:
    """An uncompressed packet: there must be an IPv6 header."""
    reading.take(1)
    if reading.left < IPV6_HEADER:
        raise Dropped("an IPv6 header that is cut")
    _fits_datagram(reading)
    reading.out += reading.take(reading.left)


def _length_counted(reading: Reading, packet: bytes) -> bytes:
    """Whatever the packet says of its length; nothing else is looked at."""
    packet = completion.summed(reading, packet)
    return packet[:4] + (len(packet) - IPV6_HEADER & 0xFFFF).to_bytes(2, "big") + packet[6:]


def _refuses(why: str) -> Callable[[Writing, int], Chained]:
    def refuse(_writing: Writing, _at: int) -> Chained:
        raise Refused(why)

    return refuse


def _zeros_and_16_bits(writing: Writing, end: End) -> Carried | None:
    """0000:0000:0000:XXXX behind fe80::/64 or the context."""
    address = writing.address(end)
    if any(address[8:14]):
        return None
    if address[:8] == LINK_LOCAL_PREFIX:
        return Carried(0, 2, address[14:])
    known = writing.rules.context(writing, address)
    return Carried(1, 2, address[14:], known.identifier) if known else None


def _stateful_0_of_eui64(writing: Writing, end: End) -> Carried | None:
    return forms.stateful_0(writing, end) if len(writing.node.address(end)) == EUI64 else None


ADDRESS_FORMS = (
    _zeros_and_16_bits,
    forms.link_local_0,
    forms.link_local_64,
    _stateful_0_of_eui64,
    forms.stateful_64,
    forms.unspecified,
    forms.whole,
)


def _without_padding(packet: bytes, at: int) -> int:
    """How many octets of an options header stand before the padding at its end; options that do not end where it
    does, or cannot be read, are refused."""
    length = 8 * (packet[at + 1] + 1)
    position = kept = 2
    while position < length:
        option = packet[at + position : at + position + 2]
        if len(option) < 2:
            raise Refused("options that are cut")
        position += 2 + option[1] if option[0] else 1
        kept = position if option[0] > 1 else kept
    if position != length:
        raise Refused("options that do not end where their header does")
    return kept


def _extension(identifier: int, number: int) -> Compress:
    """An extension header; what was needed of the frame and what was written is noted for :func:`_that_had_room`."""

    def compress(writing: Writing, at: int) -> Chained:
        packet = writing.packet
        if at + 2 > len(packet):
            raise Refused("an extension header that is cut")
        end = at + 8 * (packet[at + 1] + 1)
        kept = (_without_padding(packet, at) if number in OPTIONS else end - at) & 0xFF
        if kept < 2 or at + kept > len(packet):
            raise Refused("an extension header that is cut, or of a length that no octet holds")
        inline = 0 if packet[at] in writing.rules.next_headers else 1
        writing.notes.setdefault("needs", []).append((packet[at + 1], kept + inline))
        contents = packet[at + 2 : at + kept]
        return compression.chained(writing, identifier, packet[at], bytes((kept - 2,)) + contents, end)

    return compress


def _udp(writing: Writing, at: int) -> Chained:
    chained = compression.udp(writing, at)
    if chained is None:
        raise Refused("a UDP header that is cut")
    writing.notes.setdefault("needs", []).append((len(chained.octets), len(chained.octets)))
    return chained


def _that_had_room(writing: Writing) -> Chained:
    """An extension header asks for as many octets of room as it has units of 8: so it may go past the end of the
    frame, and whatever follows does not ask any more."""
    chained = compression.compressed(writing)
    needs = writing.notes.get("needs", [])
    room = writing.mtu - len(chained.octets) + sum(written for _, written in needs)
    for need, written in needs:
        if 0 <= room < need:
            raise Refused("no room in the frame for the next header")
        room -= written
    return chained


def _frames(buffers: int) -> Callable[[Writing, Chained], list[bytes]]:
    """Fragments, as long as there is a buffer for each and one more."""

    def frames(writing: Writing, headers: Chained) -> list[bytes]:
        room, rest = writing.mtu - len(headers.octets), writing.packet[headers.end :]
        if room < 0 or len(rest) <= room:
            return [headers.octets + rest]
        out = fragments(writing, headers, writing.mtu)
        if len(out) >= buffers:
            raise Refused(f"{len(out)} fragments, and {buffers} buffers")
        return out

    return frames


UNSET_POINTER = Quirk(
    "for that checksum of UDP in line, a pointer is used that was never set",
    ("addr/e/c0-64/full", "R:rnd/20261121/3", "R:rnd/20261121/20"),
    receives={"headers_done": _sets_pointer},
)

ONE_CONTEXT = Quirk(
    "the only context is 0, the /64 of the node",
    ("R:rnd/20261121/6", "E:addr/e/full/c1-64"),
    receives={"installed": _context_0_is_64},
    sends={"installed": _context_0_is_64},
)

TWELVE_BUFFERS = Quirk(
    "12 fragment buffers, of which one stays free; tags begin with 0",
    ("E:size/512", "E:size/1280", "s:e-size1000", "s:e-size1100"),
    sends={"frames": _frames(12), "tag": 0},
)

TINYOS = Stack(
    "tinyos",
    "tinyos-main c4fcab72, 2021-04",
    (
        lacking.no_mesh("mesh/deep", "bc0/mesh"),
        Quirk(
            "fragments are appended in the order in which they come, whatever their offsets say, and are told apart by"
            " source and tag alone; one before the first, or one too many, ends its datagram. 3 datagrams, and a heap"
            " of 1500 octets",
            ("frag/iphc/200/reverse", "frag/plain/200/dup", "s:d-frag300-swap23", "s:d-frag300-dup2"),
            receives={
                "reassembly": lambda: Appending(ENTRIES, HEAP, SINGLE_FRAME, OVERHEAD),
                "headers_done": _fits_datagram,
                "dispatches": {Dispatch.SUBSEQUENT_FRAGMENT: _appended},
            },
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "the packet is not looked at; its Payload Length becomes what there is (read, not measured)",
            ("plain/1",),
            receives={"finished": _length_counted, "dispatches": {Dispatch.IPV6: _with_ipv6_header}},
        ),
        Quirk(
            "16 bits stand for the identifier 0000:0000:0000:XXXX, both ways",
            ("addr/e/ll16/ll16", "E:addr/e/ll16/ll16", "s:d-ll-16", "s:e-ll-iid1"),
            receives={"short_identifier": bytes(6)},
            sends={"sources": ADDRESS_FORMS, "destinations": ADDRESS_FORMS},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "the same behind a context, also for the elided identifier of a short address; the bits of a context past"
            " 64 do not count over those in line",
            ("R:rnd/20261121/2", "R:rnd/20261121/13", "s:d-ctx0-short-elided"),
            receives={
                "sources": {0b110: _last_16_bits_after, 0b111: _elided_after},
                "destinations": {0b110: _last_16_bits_after, 0b111: _elided_after},
                "join": _prefix_and_identifier,
            },
            clause="RFC 6282 3.2.2",
        ),
        Quirk(
            "an unknown context is a prefix of zeros, and a reserved mode of a unicast destination the address ::",
            ("bad/nocontext", "R:rnd/20261121/4", "s:d-ctx5-unknown"),
            receives={"context": _zeros_if_unknown, "destinations": {0b100: addresses.left_unspecified}},
            clause="RFC 6282 3.1.1",
        ),
        ONE_CONTEXT,
        Quirk(
            "there are no groups with a context",
            ("addr/e/full/m-c1", "addr/e/ll64/m-c0"),
            receives={"destinations": {0b1100: Drop("a group with a context")}},
            sends={"groups": (*forms.GROUPS[:3], forms.whole_group)},
            clause="RFC 6282 3.2.4",
        ),
        Quirk(
            "with a context, UDP under LOWPAN_NHC right behind the IPv6 header gets another checksum, computed over the"
            " first fragment and zeros",
            ("R:rnd/20261121/2", "s:d-udpctx-badck", "s:d-frag-ctx-udp"),
            receives={"lengths": _summed_anew},
        ),
        UNSET_POINTER,
        Quirk(
            "an elided UDP checksum stays 0",
            ("udp/0-1633-35/0/elided",),
            receives={"elided_checksum": nothing},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "an unknown LOWPAN_NHC is skipped, Next Header 0, and the payload follows",
            ("ghc/udp/zeros", "bad/nhc-00", "bad/nhc-c0", "bad/nhc-f8"),
            receives={
                "unknown_next_header": _payload_behind,
                "next_headers": dict.fromkeys(
                    (NextHeader.RESERVED_5, NextHeader.RESERVED_6), Drop("an extension header that nobody assigned")
                ),
            },
            clause="RFC 6282 4",
        ),
        Quirk(
            "a tunnelled IPv6 header is read as an extension header, and refused on sending",
            ("tunnel/udp-inline", "bad/tunnel-deep", "s:e-ip6inip6"),
            receives={"next_headers": {NextHeader.IPV6: extension(IPV6, extensions.length_rounded_up)}},
            sends={"next_headers": {IPV6: _refuses("a tunnelled IPv6 header")}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "the reserved octet of a compressed Fragment header is taken for its length, and sent as 6; what is short"
            " of a unit of 8 octets is not filled up but in options headers",
            ("ext/44/nhc", "E:ext/44", "s:d-nhc-frag"),
            receives={
                "next_headers": {
                    kind: extension(NEXT_HEADERS[kind], extensions.length_rounded_up)
                    for kind in (NextHeader.ROUTING, NextHeader.FRAGMENT, NextHeader.MOBILITY)
                }
            },
            sends={"next_headers": {44: _extension(2, 44)}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "all padding at the end of an options header is elided, however long; a receiver puts fewer octets back",
            ("E:ext/60-14-01",),
            sends={
                "next_headers": {
                    0: _extension(0, 0),
                    43: _extension(1, 43),
                    60: _extension(3, 60),
                    135: _extension(4, 135),
                }
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "an extension header longer than the frame is written past its end; what cannot be read is refused",
            ("s:e-bigdst", "s:e-hugehbh"),
            sends={"packet": _that_had_room, "next_headers": {UDP: _udp}},
        ),
        Quirk("ports are sent in full", ("E:udp/f0b0-f0b1",), sends={"ports": (0,)}),
        TWELVE_BUFFERS,
    ),
    Bounds(reassemblies=ENTRIES, contexts=1, received_octets=HEAP - 2 * OVERHEAD),
)

TINYOS_FIX = TINYOS.without(UNSET_POINTER).with_quirks(
    name="tinyos-fix", version=f"{TINYOS.version}, the unset pointer guarded"
)

TINYOS_FIX_LIBCTX = replace(
    TINYOS_FIX.without(ONE_CONTEXT, TWELVE_BUFFERS).with_quirks(
        Quirk(
            "every context is served on receive, at its own length, and on sending the first 64 bits of context 0",
            ("E:addr/e/full/c1-64",),
            sends={"installed": _context_0_is_64},
        ),
        Quirk(
            "64 fragment buffers, of which one stays free; tags begin with 0",
            ("E:size/512",),
            sends={"frames": _frames(64), "tag": 0},
        ),
        name="tinyos-fix-libctx",
        version=f"{TINYOS_FIX.version}, contexts by the library, 64 fragment buffers",
    ),
    bounds=replace(TINYOS.bounds, contexts=16),
)
