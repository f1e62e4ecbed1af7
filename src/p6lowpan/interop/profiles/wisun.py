"""wisun-br-linux: wsbrd, a border router with a trimmed Nanostack, and wsrd, a router with code of its own."""

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.profiles import nanostack as original
from p6lowpan.interop.quirks import lacking, nanostack
from p6lowpan.interop.quirks.holes import HolesInUnits, first_at_offset_0
from p6lowpan.interop.receiving import completion, next_headers
from p6lowpan.interop.receiving.reading import NextHeader, Reading
from p6lowpan.interop.receiving.reassembly import Overlap, Rules, Slots
from p6lowpan.interop.receiving.steps import Drop
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.addresses import UNICAST, whole_group
from p6lowpan.interop.sending.writing import Carried, Chained, Form, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

VERSION = "wisun-br-linux b0ff1b6e, 2026-07 (2.10.2)"
STATEFUL = Drop("stateful compression is not supported")
SOURCES = (0b100, 0b101, 0b110, 0b111)
DESTINATIONS = (0b101, 0b110, 0b111, 0b1100)


def _no_contexts(_contexts: Contexts) -> Contexts:
    return {}


def _names_none(reading: Reading) -> None:
    if reading.encoding.cid:
        STATEFUL(reading)


def _no_short_address(writing: Writing) -> None:
    sending_rules.admits(writing)
    _long_source(writing)


def _long_source(writing: Writing) -> None:
    if len(writing.node.link.source) == 2:
        raise Refused("a node without a short address")


def _compressed_from_long(writing: Writing) -> Chained:
    _long_source(writing)
    return nanostack.compressed(writing)


STATELESS = Quirk(
    "there are no contexts: a frame that names or uses one is dropped, also the unspecified source",
    ("addr/e/full/c0-64", "addr/e/full/m-c1", "addr/e/unspec/ll64", "tunnel/udp-inline", "E:addr/e/full/c0-64"),
    receives={
        "named_contexts": _names_none,
        "sources": dict.fromkeys(SOURCES, STATEFUL),
        "destinations": dict.fromkeys(DESTINATIONS, STATEFUL),
    },
    sends={"installed": _no_contexts},
    clause="RFC 6282 3.1.1",
)
NO_MESH = lacking.no_mesh("mesh/deep", "mesh/frag", "bc0/mesh")

WSBRD = Stack(
    "wisun-wsbrd",
    VERSION,
    (
        original.MOBILITY,
        original.PADDING,
        original.CHECKSUM,
        original.FRAGMENT_HEADER,
        original.LENGTHS,
        original.FIRST_FRAME,
        original.TAG,
        original.ADDRESSES,
        STATELESS,
        NO_MESH,
        Quirk(
            f"{original.REASSEMBLIES} datagrams at a time; a fragment that is partly there already begins its datagram"
            " anew, FRAGN with offset 0 is a first fragment, and one of no multiple of 8 octets is dropped",
            ("s:d-frag-overlap", "frag/plain/576/dup"),
            receives={
                "reassembly": lambda: HolesInUnits(Rules(slots=original.REASSEMBLIES)),
                "dispatches": {Dispatch.SUBSEQUENT_FRAGMENT: first_at_offset_0},
            },
        ),
        Quirk(
            "it has no short address to send from",
            ("E:addr/s/full/ll64", "E:addr/s/full/ll0"),
            sends={"packet": _compressed_from_long},
        ),
        Quirk(
            "the unspecified source is elided, though its own receiver drops that",
            ("E:addr/e/unspec/ll64", "s:e-unspec"),
            sends={"sources": nanostack.SOURCES, "destinations": (nanostack.cheapest,)},
        ),
    ),
    Bounds(original.REASSEMBLIES, reassembly_seconds=5, contexts=0, received_octets=2047, sent_octets=2047),
)


def _long_addresses(reading: Reading) -> None:
    if {len(reading.node.link.source), len(reading.node.link.destination)} != {8}:
        raise Dropped("a frame from or to a short address")


def _last_fragment_header(reading: Reading) -> bool:
    """A Fragment header, behind which nothing is compressed."""
    if next_headers.fragment(reading):
        raise Dropped("a compressed header behind the Fragment header")
    return False


IPV6, UDP, FRAGMENT = 41, 17, 44
EXTENSIONS = {0, 43, 60, 135}
CRASHES = {IPV6, 0}
UNKNOWN_LENGTH = 0xFFFF


def _header_octets(packet: bytearray, kind: int, at: int) -> int:
    """The length of the header that begins here; more than there is where it is cut."""
    if kind in EXTENSIONS:
        return 8 * (packet[at + 1] + 1) if at + 1 < len(packet) else 8
    return 40 if kind == IPV6 else 8


def _lengths_written(reading: Reading, packet: bytes) -> bytes:
    """Every IPv6 and UDP header of the packet is told its length, whether it was compressed or in line. A UDP header
    in line that said 0xffff is taken for one whose checksum was elided."""
    out, kind, at, ipv6_at = bytearray(packet), IPV6, 0, 0
    while kind in EXTENSIONS or kind in (IPV6, UDP, FRAGMENT):
        end = at + _header_octets(out, kind, at)
        if end > len(out):
            if kind in CRASHES and at and reading.fragment is None:
                raise Crashed("an abort: a header in line is cut")
            break
        if kind == UDP:
            if int.from_bytes(out[at + 4 : at + 6], "big") == UNKNOWN_LENGTH and not reading.unsummed:
                reading.unsummed.append((ipv6_at, at))
            out[at + 4 : at + 6] = (len(out) - at & 0xFFFF).to_bytes(2, "big")
            break
        if kind == IPV6:
            out[at + 4 : at + 6] = (len(out) - end & 0xFFFF).to_bytes(2, "big")
            ipv6_at = at
        kind, at = out[at + 6 if kind == IPV6 else at], end
    return _summed(reading, bytes(out))


def _summed(reading: Reading, packet: bytes) -> bytes:
    """An odd UDP length: the checksum is computed without the last octet."""
    odd = bool(reading.unsummed) and (len(packet) - reading.unsummed[0][1]) % 2
    if not odd:
        return completion.finished(reading, packet)
    return completion.finished(reading, packet[:-1] + b"\0")[:-1] + packet[-1:]


def _group(zeros: int, mode: int, octets: int, prefix: bytes = b"\xff") -> Form:
    """A form of groups that is taken where only ``zeros`` octets behind the second are zero."""

    def carried(writing: Writing, end: End) -> Carried | None:
        address = writing.address(end)
        if any(address[2 : 2 + zeros]) or not address.startswith(prefix):
            return None
        inline = address[16 - octets :] if mode == 3 else address[1:2] + address[17 - octets :]
        return Carried(0, mode, inline, None, 1)

    return carried


def _fragment_then_in_line(writing: Writing, at: int) -> Chained | None:
    """A Fragment header, and what follows as it is."""
    packet = writing.packet
    return Chained(b"\xe4" + packet[at : at + 8], at + 8) if at + 8 <= len(packet) else None


def _whole(writing: Writing, headers: Chained) -> list[bytes]:
    """One frame, however large."""
    return [headers.octets + writing.packet[headers.end :]]


def _udp(writing: Writing, at: int) -> Chained | None:
    """A UDP header that is longer than the packet ends the stack."""
    said = int.from_bytes(writing.packet[at + 4 : at + 6], "big")
    if said > len(writing.packet) - at:
        raise Crashed("an abort: a UDP length past the packet's end")
    return compression.udp(writing, at)


WSRD = Stack(
    "wisun-wsrd",
    VERSION,
    (
        STATELESS,
        NO_MESH,
        Quirk(
            "an uncompressed packet is dropped, also in fragments",
            ("plain/1", "frag/plain/576/inorder"),
            receives={"dispatches": {Dispatch.IPV6: Drop("dispatch 0x41 is not supported")}},
            clause="RFC 4944 5.1",
        ),
        Quirk(
            "there are no short addresses",
            ("addr/s/full/ll64", "addr/x/full/full", "E:addr/s/full/ll64"),
            receives={"admits": _long_addresses},
            sends={"admits": _no_short_address},
        ),
        Quirk(
            "fragments may overlap",
            ("s:d-frag-overlap",),
            receives={"reassembly": lambda: Slots(Rules(other_duplicate=Overlap.OVERWRITE, overlap=Overlap.OVERWRITE))},
        ),
        Quirk(
            "behind a compressed Fragment header everything is in line",
            ("ext/44/nhc", "ext/44/inline", "E:ext/44"),
            receives={"next_headers": {NextHeader.FRAGMENT: _last_fragment_header}},
            sends={"next_headers": {FRAGMENT: _fragment_then_in_line}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "lengths of IPv6 and UDP headers in line are written anew; UDP lengths of 0xffff are taken for an elided"
            " checksum; one octet too few is summed where the length is odd, and a header in line that is cut aborts",
            ("udp/0-1633-35/1/elided", "udp/0-1633-35/17/elided"),
            receives={"finished": _lengths_written},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "of a group the forms are tried with two octets too few compared: two octets are lost",
            ("E:addr/e/full/m48", "E:addr/e/ll64/m48"),
            sends={
                "groups": (
                    _group(11, 3, 1, b"\xff\x02"),
                    _group(9, 2, 4),
                    _group(7, 1, 6),
                    whole_group,
                )
            },
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "no padding is elided, nor is the unspecified source",
            ("E:ext/0-6-1e", "E:ext/60-14-01", "E:addr/e/unspec/ll64"),
            sends={
                "next_headers": {0: compression.extension(0), 60: compression.extension(3)},
                "sources": UNICAST,
            },
        ),
        Quirk(
            "nothing is ever fragmented",
            ("E:size/1280", "E:size/512"),
            sends={"frames": _whole},
            clause="RFC 4944 5.3",
        ),
        Quirk("a UDP length past the packet's end aborts", ("s:e-udplen",), sends={"next_headers": {UDP: _udp}}),
    ),
    Bounds(contexts=0, received_octets=2047),
)
