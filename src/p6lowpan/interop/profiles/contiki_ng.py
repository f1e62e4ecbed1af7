"""Contiki-NG: release 5.0, and release 4.2."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from p6lowpan.interop.node import End, Node
from p6lowpan.interop.outcomes import Dropped, HandsUp, Refused
from p6lowpan.interop.profiles import contiki
from p6lowpan.interop.quirks import addresses, careless, extensions
from p6lowpan.interop.quirks.pool import Pool, PoolRules
from p6lowpan.interop.receiving import addresses as receiving_addresses
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, extension
from p6lowpan.interop.receiving.reading import NextHeader, NextHeaderStep, Reading
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.sending import addresses as sending_addresses
from p6lowpan.interop.sending import compression
from p6lowpan.interop.sending.writing import Chained, Compress, Writing
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

HIGHEST_PAGE = 1
UNCOUNTED = 255  # the length octet of a header shorter than 8 octets: no units, less one
LEAST_ROOM = 40  # octets of a frame: LOWPAN_IPHC at its longest
KNOWN = (NextHeader.HOP_BY_HOP, NextHeader.ROUTING, NextHeader.FRAGMENT, NextHeader.DESTINATION_OPTIONS)
UNKNOWN = (NextHeader.MOBILITY, NextHeader.RESERVED_5, NextHeader.RESERVED_6, NextHeader.IPV6)


def _page(reading: Reading) -> None:
    """One switch to page 0 or 1, which are the same."""
    if reading.take(1)[0] & 15 > HIGHEST_PAGE or "paged" in reading.notes:
        raise Dropped("a page that is not supported")
    reading.notes["paged"] = True


def _both_short(node: Node) -> bool:
    """Then the stack was built with link-layer addresses of 16 bits."""
    return len(node.link.source) == len(node.link.destination) == 2


def _identifier(reading: Reading, end: End) -> bytes:
    if _both_short(reading.node):
        return receiving_addresses.identifier(reading, end)
    return addresses.identifier_filled(reading, end)


def _sent_identifier(writing: Writing, end: End) -> bytes | None:
    if _both_short(writing.node):
        return sending_addresses.identifier(writing, end)
    return addresses.sent_identifier_filled(writing, end)


def _sent_identifier_of_64_bits(writing: Writing, end: End) -> bytes | None:
    return None if _both_short(writing.node) else addresses.sent_identifier_filled(writing, end)


def _one_octet_more(reading: Reading) -> None:
    """Something must follow the headers, but for UDP."""
    udp = len(reading.lengths) > 1
    if not reading.left and not udp:
        raise Dropped("nothing behind the compressed headers")


def _extension_or_none(next_header: int) -> NextHeaderStep:
    """An extension header; one shorter than 8 octets is written and not counted.

    What would follow it is written 2048 octets on, out of sight: the short header shows where it would have stood.
    """
    restore = extension(next_header, _short_ones_too)

    def step(reading: Reading) -> bool:
        start = len(reading.out)
        more = restore(reading)
        if reading.out[start + 1] == UNCOUNTED:
            reading.notes.setdefault("lost_from", start + 8)
            reading.notes["uncounted"] = reading.notes.get("uncounted", 0) + 8
        return more

    return step


def _short_ones_too(header: bytes) -> bytes:
    if len(header) < 8:
        return header[:1] + bytes((UNCOUNTED,)) + header[2:] + bytes(8 - len(header))
    return extensions.whole_units(header)


def _drop_uncounted(reading: Reading) -> None:
    """What was written out of sight shows as zeros, where something counted."""
    if "lost_from" in reading.notes:
        lost = reading.notes["lost_from"]
        reading.out[lost:] = bytes(len(reading.out) - lost)
        del reading.out[len(reading.out) - reading.notes["uncounted"] :]
        del reading.lengths[1:]


def _counted_in_octets(reading: Reading) -> None:
    """How long the headers are, compressed and restored, is counted in one octet each."""
    _drop_uncounted(reading)
    reading.at &= 0xFF
    del reading.out[len(reading.out) & 0xFF :]
    careless.not_past_the_end(reading)
    if not reading.out and not reading.left:
        raise Dropped("nothing is left of it")


def _raw_behind_headers(reading: Reading) -> bool:
    """The frame from its LOWPAN_IPHC on goes up behind the headers, whose length nobody has filled in."""
    _drop_uncounted(reading)
    raise HandsUp(bytes(reading.out) + careless.raw(reading))


def _headers_must_fit(writing: Writing) -> Chained:
    """Into the frame, with an octet to spare."""
    if writing.mtu <= LEAST_ROOM:
        raise Refused("no room for LOWPAN_IPHC")
    headers = compression.compressed(writing)
    if headers.end > 40 and len(headers.octets) >= writing.mtu:
        raise Refused("the compressed headers do not fit the frame")
    return headers


def _noticed(_writing: Writing, _at: int) -> None:
    """A header is cut, and the sender sees it."""
    raise Refused("the packet is shorter than its headers")


def _extension(identifier: int, cut: Callable[[Writing, int], None]) -> Compress:
    """Any of the four extension headers: octet 1 is its length. It must fit the frame, which is seen first."""
    compress = contiki.whole_or(compression.extension(identifier), cut)

    def step(writing: Writing, at: int) -> Chained | None:
        length = int.from_bytes(writing.packet[at + 1 : at + 2], "big")
        if 2 + at - 40 + 8 * (length + 1) >= writing.mtu:
            raise Refused("an extension header that does not fit the frame")
        return compress(writing, at)

    return step


def _sends(cut: Callable[[Writing, int], None]) -> Mapping[int, Compress]:
    """All but mobility and tunnels are compressed."""
    shown = {0: _extension(0, cut), 43: _extension(1, cut), 44: _extension(2, cut), 60: _extension(3, cut)}
    return {**shown, 17: contiki.whole_or(compression.udp, cut), 41: nothing, 135: nothing}


PAGES = Quirk(
    "pages 0 and 1 are the same, and are switched to once",
    ("s:page1", "s:6lorh-rpi"),
    receives={"dispatches": {Dispatch.PAGE_SWITCH: _page}},
)
HEADERS_FIT = Quirk(
    "the compressed headers must fit the frame, with an octet to spare",
    ("s:e-hdr-past",),
    sends={"packet": _headers_must_fit},
)
COMMON = (*contiki.COMMON, PAGES, HEADERS_FIT)

CONTIKI_NG = Stack(
    "contiki-ng",
    "release 5.0",
    (
        *COMMON,
        Quirk(
            "a short link-layer address beside an EUI-64 is taken for the beginning of one",
            ("addr/x/ll0/full",),
            receives={"identifier": _identifier},
            sends={"identifier": _sent_identifier},
            clause="RFC 6282 3.2.2",
        ),
        Quirk(
            "extension headers are cut to whole units of 8 octets; shorter ones are dropped",
            ("ext/0/pad-elided3", "s:ext-pad-elided16", "ext/44/nhc"),
            receives={"next_headers": {kind: extension(NEXT_HEADERS[kind], extensions.whole_units) for kind in KNOWN}},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "mobility and tunnels are dropped",
            ("ext/135/inline", "tunnel/udp-inline", "bad/nhc-ea"),
            receives={"next_headers": dict.fromkeys(UNKNOWN, Drop("an extension header that is not supported"))},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "something must follow compressed headers other than UDP",
            ("s:hdr-only", "s:ext-last", "s:hdr-past-1"),
            receives={"headers_done": _one_octet_more},
        ),
        Quirk(
            f"{contiki.POOL.says}; a first fragment of more than 148 octets, restored, is dropped, and so are a later"
            " one of more than 110, and a datagram of a size that cannot be",
            (*contiki.POOL.evidence, "s:growth-104", "s:growth44-104"),
            receives={"reassembly": lambda: Pool(PoolRules(careful=True))},
            clause="RFC 4944 5.3",
        ),
        Quirk(
            "of the extension headers mobility is not compressed, nor are tunnels; padding is never elided, and the"
            " octet behind the Fragment header's Next Header is a length",
            ("E:ext/0-6-1e", "E:ext/44", "s:e-tunnel"),
            sends={"next_headers": _sends(_noticed)},
            clause="RFC 6282 4.2",
        ),
    ),
    replace(contiki.BOUNDS, reassembly_seconds=8),
)
"""The target native."""

CONTIKI_NG_4_2 = Stack(
    "contiki-ng-4.2",
    "release 4.2",
    (
        *COMMON,
        contiki.POOL,
        contiki.READS_ON,
        contiki.RAW_WITHOUT_CONTEXT,
        Quirk(
            "a short link-layer address beside an EUI-64 is taken for the beginning of one; between two short ones the"
            " identifier goes in line with 16 bits",
            ("addr/x/ll0/full", "E:addr/s/ll0/ll0"),
            receives={"identifier": _identifier},
            sends={"identifier": _sent_identifier_of_64_bits},
            clause="RFC 6282 3.2.2",
        ),
        Quirk(
            "extension headers are cut to whole units of 8 octets; shorter ones are written and not counted",
            ("ext/0/pad-elided3", "ext/44/nhc"),
            receives={
                "next_headers": {kind: _extension_or_none(NEXT_HEADERS[kind]) for kind in KNOWN},
                "headers_done": _counted_in_octets,
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "mobility and tunnels make the whole frame the payload",
            ("ext/135/inline", "tunnel/udp-inline", "bad/nhc-ea", "bad/tunnel-deep"),
            receives={
                "dispatches": {Dispatch.IPHC: careless.expand_marked},
                "next_headers": dict.fromkeys(UNKNOWN, _raw_behind_headers),
            },
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "of the extension headers mobility is not compressed, nor are tunnels; padding is never elided, and the"
            " octet behind the Fragment header's Next Header is a length; what is cut ends the sender",
            ("E:ext/0-6-1e", "E:ext/44", "s:e-tunnel"),
            sends={"next_headers": _sends(contiki.copies_fewer_than_none)},
            clause="RFC 6282 4.2",
        ),
    ),
    replace(contiki.BOUNDS, reassembly_seconds=8),
)
"""The target native; the release that the drafts modified."""
