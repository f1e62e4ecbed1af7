"""What several stacks leave out: dispatches, LOWPAN_NHC but for UDP, elided checksums."""

from p6lowpan.interop.receiving.next_headers import NEXT_HEADERS
from p6lowpan.interop.receiving.reading import NextHeader
from p6lowpan.interop.receiving.steps import Drop, nothing
from p6lowpan.interop.stack import Quirk
from p6lowpan.wire.sixlowpan.dispatch import Dispatch

CHECKSUM_IN_LINE = Quirk(
    "a UDP checksum must be in line",
    ("udp/0-1633-35/0/elided",),
    receives={"elided_checksum": Drop("the UDP checksum is elided")},
    clause="RFC 6282 4.3.2",
)


def no_mesh(*evidence: str) -> Quirk:
    """Neither of the headers below IP that RFC 4944 has, nor RFC 8025."""
    unknown = (Dispatch.MESH, Dispatch.BROADCAST, Dispatch.PAGE_SWITCH)
    return Quirk(
        "there is no mesh and no broadcast header, nor another page",
        evidence,
        receives={"dispatches": dict.fromkeys(unknown, Drop("the dispatch is not known"))},
        clause="RFC 4944 5.2",
    )


def only_udp(*evidence: str) -> Quirk:
    """No extension header and no inner packet is compressed, or understood so."""
    unknown = (*NEXT_HEADERS, NextHeader.IPV6, NextHeader.RESERVED_5, NextHeader.RESERVED_6)
    return Quirk(
        "of LOWPAN_NHC only UDP is known, both ways",
        evidence,
        receives={"next_headers": dict.fromkeys(unknown, Drop("the LOWPAN_NHC is not known"))},
        sends={"next_headers": dict.fromkeys((*NEXT_HEADERS.values(), 41), nothing)},
        clause="RFC 6282 4.2",
    )
