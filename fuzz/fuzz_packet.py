"""Any octets as an IPv6 packet: the walk along its headers and its layers never raise, and miss or add no octet.

Seeds: the packets of the vectors.
"""

from collections.abc import Iterator

from fuzz.inputs import inside
from fuzz.vectors import packets
from p6lowpan.wire.dissect import packet_layers
from p6lowpan.wire.ipv6.chain import checksum_addresses, encode, walk
from p6lowpan.wire.layers import fields_of


def seeds() -> Iterator[bytes]:
    """Every packet of the vectors."""
    yield from packets()


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    chain = walk(octets)
    assert encode(chain) == octets
    assert chain.error is None or inside(chain.error, octets)
    checksum_addresses(chain.headers)
    end = 0
    for layer in packet_layers(octets):
        assert layer.start == end
        end = layer.end
        assert (layer.header.encode() if layer.header else layer.raw) == octets[layer.start : layer.end]
        assert layer.error is None or inside(layer.error, octets)
        list(fields_of(layer))
    assert end == len(octets)
