"""Any octets: expand(compress(x)) == x; and as byte code of RFC 7400: octets within the limit, or Malformed.

Seeds: the packets of the vectors behind their headers, and their byte code.
"""

from collections.abc import Iterator

from fuzz.inputs import inside
from fuzz.vectors import packets
from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.sixlowpan import ghc

PREFIX = ghc.dictionary(bytes.fromhex("fe80000000000000021234fffe567801"), bytes.fromhex("ff02" + "00" * 13 + "1a"))
LONGEST = 200
"""Octets to compress: the search takes milliseconds for each hundred."""


def seeds() -> Iterator[bytes]:
    """Octets worth compressing, and code worth running."""
    for packet in packets():
        payload = packet[40 : 40 + LONGEST]
        yield payload
        yield ghc.compress(payload, PREFIX)


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    for limit in (0, 40, 1280):
        try:
            assert len(ghc.expand(octets, PREFIX, limit)) <= limit
        except Malformed as error:
            assert inside(error, octets)
    short = octets[:LONGEST]
    assert ghc.expand(ghc.compress(short, PREFIX), PREFIX, len(short)) == short
