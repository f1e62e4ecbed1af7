"""Wireshark's dissector, as tshark runs it: it shows packets, and sends none."""

from typing import NoReturn

from p6lowpan.interop.node import End
from p6lowpan.interop.outcomes import Refused
from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS, STEPS, extension, with_padding
from p6lowpan.interop.receiving.reading import NextHeader, NextHeaderStep, Reading
from p6lowpan.interop.sending.writing import Writing
from p6lowpan.interop.stack import Quirk, Stack
from p6lowpan.wire.sixlowpan.contexts import IDENTIFIERS, Context, Contexts

NO_NEXT_HEADER = 59
RESERVED = (NextHeader.RESERVED_5, NextHeader.RESERVED_6)


def _sends_nothing(_writing: Writing) -> NoReturn:
    """It only reads."""
    raise Refused("a dissector sends nothing")


def _elided_checksum(reading: Reading) -> None:
    """All ones where the checksum was."""
    reading.out[-2:] = b"\xff\xff"


def _all_known(contexts: Contexts) -> Contexts:
    """A context that was not announced has no prefix."""
    return {number: contexts.get(number, Context(number, bytes(16), 0)) for number in range(IDENTIFIERS)}


def _group_of_prefix(reading: Reading, end: End) -> bytes:
    """The length in the address is 64 at most."""
    context, inline = reading.rules.context(reading, reading.encoding.identifiers[end]), reading.take(6)
    return b"\xff" + inline[:2] + bytes((min(context.length, 64),)) + context.prefix[:8] + inline[2:]


def _nothing_more(reading: Reading) -> None:
    """Whatever is left is not shown."""
    reading.at = len(reading.octets)


def _unknown(reading: Reading) -> bool:
    """No next header, and nothing behind."""
    reading.announce(NO_NEXT_HEADER)
    _nothing_more(reading)
    return False


def _extension(kind: NextHeader) -> NextHeaderStep:
    """An extension header; behind one that says that nothing follows nothing is shown."""
    whole = extension(NEXT_HEADERS[kind], with_padding)

    def restore(reading: Reading) -> bool:
        at = len(reading.out)
        follows = whole(reading)
        if not follows and reading.out[at] == NO_NEXT_HEADER:
            _nothing_more(reading)
        return follows

    return restore


TSHARK = Stack(
    "tshark",
    "Wireshark 4.0.17, packet-6lowpan",
    (
        Quirk(
            "it sends nothing",
            ("s:packet-6lowpan is a dissector",),
            sends={"admits": _sends_nothing},
        ),
        Quirk(
            "an elided UDP checksum is shown as ffff",
            ("udp/0-1633-35/0/elided", "udp/0-1633-35/64/elided"),
            receives={"elided_checksum": _elided_checksum},
            clause="RFC 6282 4.3.2",
        ),
        Quirk(
            "an unknown LOWPAN_NHC, those of generic compression too, ends the packet: next header 59, no payload",
            ("bad/nhc-00", "ghc/udp/zeros"),
            receives={"unknown_next_header": _unknown},
            clause="RFC 6282 4",
        ),
        Quirk(
            "reserved extension headers are restored, announced as 59",
            ("bad/nhc-ea",),
            receives={"next_headers": dict.fromkeys(RESERVED, extension(NO_NEXT_HEADER))},
            clause="RFC 6282 4.2",
        ),
        Quirk(
            "a context that was not announced has a prefix of zeros",
            ("bad/nocontext",),
            receives={"installed": _all_known},
            clause="RFC 6282 3.1.2",
        ),
        Quirk(
            "the prefix length in a group of a prefix is 64 at most",
            ("R:rnd/20261121/71", "R:rnd/20261121/188"),
            receives={"destinations": {0b1100: _group_of_prefix}},
        ),
        Quirk(
            "what follows a compressed extension header whose next header is 59 is not shown, though lengths count it",
            ("R:rnd/20261121/55", "R:rnd/20261121/127"),
            receives={
                "next_headers": {
                    kind: _extension(kind) for kind in STEPS if kind in NEXT_HEADERS and kind is not NextHeader.FRAGMENT
                }
            },
            clause="RFC 6282 4.2",
        ),
    ),
)
