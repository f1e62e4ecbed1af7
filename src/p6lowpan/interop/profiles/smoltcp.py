"""smoltcp: its 802.15.4 interface with default features, and with all that belongs to 6LoWPAN turned on."""

from collections.abc import Callable
from dataclasses import replace

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.quirks import contexts
from p6lowpan.interop.quirks.segments import Segments
from p6lowpan.interop.receiving import addresses
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, UDP, extension
from p6lowpan.interop.receiving.reading import AddressStep, NextHeader, NextHeaderStep, Reading, TrafficStep
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import addresses as forms
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending import rules as sending_rules
from p6lowpan.interop.sending.fragmentation import fragments
from p6lowpan.interop.sending.writing import Carried, Chained, Writing
from p6lowpan.interop.stack import Bounds, Quirk, Stack
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

TCP, ICMPV6, HOP_BY_HOP, ROUTING = 6, 58, 0, 43
KNOWN_MESSAGES = frozenset((1, 2, 3, 4, *range(128, 138), 143))
BUFFER = 1500
RUNS = 4
TAG = 0xAE22  # of a random number generator that always begins alike
EXTENSIONS = {
    **NEXT_HEADERS,
    **dict.fromkeys((NextHeader.MOBILITY, NextHeader.RESERVED_5, NextHeader.RESERVED_6, NextHeader.IPV6), 0),
}
"""What a compressed extension header is announced as."""


def _list_of(count: int) -> Callable[[Contexts], Contexts]:
    """Contexts in a list by identifier: a gap is a prefix of zeros, and there are ``count`` at most."""

    def installed(given: Contexts) -> Contexts:
        known = {identifier: context for identifier, context in given.items() if identifier < count}
        return contexts.zero_64(max(known, default=-1) + 1)(known)

    return installed


def _named(step: AddressStep) -> AddressStep:
    def named(reading: Reading, end: End) -> bytes:
        if not reading.encoding.cid:
            raise Dropped("a context that is not named")
        return step(reading, end)

    return named


NAMED: dict[int, AddressStep] = {
    0b101: _named(addresses.stateful_64),
    0b110: _named(addresses.stateful_16),
    0b111: _named(addresses.stateful_0),
}


def _skipped(octets: int) -> TrafficStep:
    def traffic(reading: Reading) -> tuple[int, int]:
        reading.take(octets)
        return 0, 0

    return traffic


def _checksum_thrown_away(reading: Reading) -> int:
    reading.take(2)
    return 0


def _destination_from_source(reading: Reading) -> tuple[int, int]:
    """P=01: the octet of the destination port is looked for in that of the source port."""
    source = reading.take_number(2)
    reading.take(1)
    return source, 0xF000 | source >> 8


def _destination_plus_octet(reading: Reading) -> tuple[int, int]:
    """P=11: the destination port takes the whole octet, not its lower half."""
    octet = reading.take(1)[0]
    return 0xF0B0 | octet >> 4, 0xF0B0 + octet


def _length_in_units(header: bytes) -> bytes:
    """The length octet is that of the compressed form, in whole units of 8 octets; nothing is filled up."""
    return header[:1] + bytes(((len(header) - 2) // 8,)) + header[2:]


def _extension(number: int) -> NextHeaderStep:
    """An extension header that must end where the frame ends, or before."""
    restore = extension(number, _length_in_units)

    def within_frame(reading: Reading) -> bool:
        length_at = reading.at + (1 if reading.octets[reading.at] & 1 else 2)
        length = int.from_bytes(reading.octets[length_at : length_at + 1], "big")
        if length_at < len(reading.octets) < length_at + 1 + length:
            raise Crashed("a slice out of range: an extension header longer than the frame")
        return restore(reading)

    return within_frame


def _known_transport(reading: Reading) -> None:
    """The chain of compressed headers ends with a transport that the stack knows, and the buffer holds all of it."""
    if reading.out[reading.next_header_at] not in (TCP, UDP, ICMPV6):
        raise Dropped("a next header in line that is not TCP, UDP or ICMPv6")
    room = BUFFER if reading.fragment is None else reading.fragment.size
    if len(reading.out) + reading.left > room:
        raise Dropped("more octets than the datagram has")


def _destination_in_full(writing: Writing, end: End) -> Carried:
    """A group's 16 octets, but under DAM=11, which means one."""
    return Carried(0, 3, writing.address(end), None, 1)


def _transport(writing: Writing, number: int, at: int) -> None:
    """Raises where the stack has no form for what is to be sent."""
    payload = writing.packet[at:]
    if number == UDP:
        if len(payload) < 8 or payload[2:4] == b"\0\0":
            raise Refused("UDP that is cut, or goes to port 0")
    elif number != ICMPV6 or len(payload) < 4 or payload[0] not in KNOWN_MESSAGES:
        raise Refused(f"next header {number}, or a message that is not known")


def _only_transport(writing: Writing) -> None:
    sending_rules.admits(writing)
    _transport(writing, writing.packet[6], 40)


def _transport_behind_extensions(writing: Writing) -> None:
    """Options for each hop and a routing header may stand before, in this order."""
    sending_rules.admits(writing)
    packet, number, at = writing.packet, writing.packet[6], 40
    for extension_header in (HOP_BY_HOP, ROUTING):
        if number == extension_header:
            if at + 8 > len(packet):
                raise Refused("an extension header that is cut")
            number, at = packet[at], at + 8 * (packet[at + 1] + 1)
    _transport(writing, number, at)


def _udp(writing: Writing, at: int) -> Chained | None:
    """P=11: the two halves of the octet are joined by AND where OR belongs, which leaves nothing."""
    chained = compression.udp(writing, at)
    if chained is None or chained.octets[0] != 0xF3:
        return chained
    return Chained(b"\xf3\0" + chained.octets[2:], chained.end)


def _frames(writing: Writing, headers: Chained) -> list[bytes]:
    whole = headers.octets + writing.packet[headers.end :]
    if len(whole) <= writing.mtu:
        return [whole]
    if len(whole) > BUFFER:
        raise Refused(f"the fragmentation buffer has {BUFFER} octets")
    return fragments(writing, headers, writing.mtu, last_in_units=True)


ONE_DATAGRAM = Quirk(
    "1 datagram at a time, which any fragment begins and which is kept while it is not whole, of 4 separate"
    " runs of octets at most; later octets come over earlier ones",
    ("R:rnd/20261121/150", "s:d-frag300-dup2", "s:d-frag-interleaved"),
    receives={"reassembly": lambda: Segments(1, RUNS)},
)

FOUR_CONTEXTS = Quirk(
    "4 contexts in a list, each a /64; a gap is a prefix of zeros",
    ("addr/e/c9-64/full", "addr/e/c5-64/full"),
    receives={"installed": _list_of(4)},
)

NO_EXTENSIONS = Quirk(
    "there is a form for UDP, but not to port 0, and for the messages of ICMPv6 that are known; not for"
    " extension headers",
    ("E:udp/0-0", "E:udp/1633-0", "E:ext/0-6-1e"),
    sends={"admits": _only_transport},
)

SMOLTCP = Stack(
    "smoltcp",
    "commit 5393f885, 2026-08",
    (
        Quirk(
            "there is nothing but LOWPAN_IPHC and fragments: no uncompressed packet, also in a first fragment, no mesh"
            " and no broadcast header, nor another page",
            ("plain/1", "frag/plain/576/inorder", "mesh/deep", "bc0/mesh"),
            receives={
                "dispatches": dict.fromkeys(
                    (Dispatch.IPV6, Dispatch.MESH, Dispatch.BROADCAST, Dispatch.PAGE_SWITCH),
                    Drop("the dispatch is not known"),
                )
            },
            clause="RFC 4944 5.1",
        ),
        ONE_DATAGRAM,
        Quirk(
            "traffic class and flow label are lost, both ways",
            ("tf/tf-full/hl64", "E:tf/1-fffff-64"),
            receives={"traffic": {0: _skipped(4), 1: _skipped(3), 2: _skipped(1)}},
            sends={"traffic": lambda _traffic_class, _flow_label: (3, b"")},
            clause="RFC 6282 3.2.1",
        ),
        Quirk(
            "context 0 must be named as any other",
            ("addr/e/c0-0/ll64", "addr/e/c0-64/full"),
            receives={"sources": NAMED, "destinations": NAMED},
            clause="RFC 6282 3.1.1",
        ),
        FOUR_CONTEXTS,
        Quirk(
            "behind a context 16 bits stand for the identifier 0000:0000:0000:XXXX",
            ("addr/s/c1-16/ll0",),
            receives={"short_identifier_in_context": bytes(6)},
            clause="RFC 6282 3.1.1",
        ),
        Quirk(
            "there are no groups with a context",
            ("addr/e/full/m-c1",),
            receives={"destinations": {0b1100: Drop("a group with a context")}},
            clause="RFC 6282 3.2.4",
        ),
        Quirk(
            "the checksum of compressed UDP is thrown away, and 0 handed up",
            ("udp/0-1633-35/1/sum", "udp/0-1633-35/0/elided"),
            receives={"checksum": _checksum_thrown_away, "elided_checksum": nothing},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "the short forms of the destination port are read from the wrong octet, or with too many bits; both ports"
            " in one octet are sent as 0",
            ("udp/1-4d2-f012/1/sum", "udp/3-f0b7-f0b7/1/elided", "E:udp/f0b0-f0b1"),
            receives={"ports": {1: _destination_from_source, 3: _destination_plus_octet}},
            sends={"next_headers": {UDP: _udp}},
            clause="RFC 6282 4.3.3",
        ),
        Quirk(
            "all compressed extension headers are read as if they had a length, which is rounded down and not filled"
            " up; those that are not known, and a tunnelled IPv6 header, are announced as 0; longer than the frame,"
            " they end the stack",
            ("ext/0/pad-elided3", "ext/44/nhc", "ext/135/inline", "tunnel/udp-inline", "R:mut/20261121/9"),
            receives={"next_headers": {kind: _extension(number) for kind, number in EXTENSIONS.items()}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "of the next headers in line only TCP, UDP and ICMPv6 are taken",
            ("R:rnd/20261121/0", "bad/nhc-ea", "s:d-ip6-inline41", "s:d-nhc-mob"),
            receives={"headers_done": _known_transport},
            clause="RFC 6282 3.2",
        ),
        Quirk(
            "no contexts are used on sending",
            ("E:addr/e/c0-64/full",),
            sends={"installed": lambda _contexts: {}},
        ),
        Quirk(
            "a group that needs all its 16 octets is sent with the mode of one octet",
            ("E:addr/e/full/m-full", "E:addr/e/full/m-c1"),
            sends={"groups": (*forms.GROUPS[:3], _destination_in_full)},
            clause="RFC 6282 3.2.4",
        ),
        NO_EXTENSIONS,
        Quirk(
            "the last fragment, too, is no longer than whole units of 8 octets; compressed datagrams are of 1500 octets"
            " at most",
            ("E:size/512", "s:e-size1500"),
            sends={"frames": _frames, "tag": TAG},
        ),
    ),
    Bounds(reassemblies=1, reassembly_seconds=60, contexts=4, sent_octets=BUFFER),
)

SMOLTCP_FULL = replace(
    SMOLTCP.without(ONE_DATAGRAM, FOUR_CONTEXTS, NO_EXTENSIONS).with_quirks(
        Quirk(
            "4 datagrams at a time, each of 4 separate runs of octets at most; later octets come over earlier ones",
            ("s:d-frag-interleaved",),
            receives={"reassembly": lambda: Segments(4, RUNS)},
        ),
        Quirk(
            "16 contexts in a list, each a /64; a gap is a prefix of zeros",
            ("addr/e/c9-64/full", "bad/nocontext"),
            receives={"installed": _list_of(16)},
        ),
        Quirk(
            "options for each hop and a routing header are sent, compressed; else there is a form for UDP, but not to"
            " port 0, and for the messages of ICMPv6 that are known",
            ("E:ext/0-6-1e", "E:ext/60-14-01", "E:udp/0-0"),
            sends={
                "admits": _transport_behind_extensions,
                "next_headers": {HOP_BY_HOP: compression.extension(0), ROUTING: compression.extension(1)},
            },
        ),
        name="smoltcp-full",
        version=f"{SMOLTCP.version}; hop-by-hop options, routing, RPL; 16 contexts, 4 reassemblies",
    ),
    bounds=Bounds(reassemblies=4, reassembly_seconds=60, contexts=16, sent_octets=BUFFER),
)
