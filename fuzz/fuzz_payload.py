"""Any octets as a 6LoWPAN payload, under any addresses and contexts: a value or Malformed; headers encode as they came.

The headers as decoded, and what stands behind them, are the octets of the payload again; what the headers grow by keeps
the limit of the profile. Seeds: the frames of the vectors.
"""

from collections.abc import Iterator

from fuzz.inputs import Chooser, contexts_input, inside, link_input, profile_input
from fuzz.vectors import frame_vectors
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.profile import ANALYSIS
from p6lowpan.wire.dissect import payload_layers
from p6lowpan.wire.layers import fields_of
from p6lowpan.wire.sixlowpan.payload import Payload, decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of


def seeds() -> Iterator[bytes]:
    """Every frame of the vectors by itself."""
    for vector in frame_vectors():
        chosen = profile_input(ANALYSIS) + link_input(vector.link) + contexts_input(vector.contexts)
        for frame in vector.frames:
            yield chosen + frame


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    chooser = Chooser(octets)
    limits, link, contexts = chooser.profile().limits, chooser.link(), chooser.contexts()
    try:
        payload = decode_payload(chooser.rest, link, contexts, limits)
    except Malformed as error:
        assert inside(error, chooser.rest)
        check_layers(chooser.rest, None)
        return
    assert encoded(payload) == chooser.rest
    assert payload.expanded is None or payload.expanded.growth <= limits.header_growth_octets
    features_of(payload)
    check_layers(chooser.rest, payload)


def check_layers(octets: bytes, payload: Payload | None) -> None:
    """The layers of a payload, read or not, miss and add no octet."""
    end = 0
    for layer in payload_layers(octets, 0, payload):
        assert layer.start == end
        end = layer.end
        assert (layer.header.encode() if layer.header else layer.raw) == octets[layer.start : layer.end]
        list(fields_of(layer))
    assert end == len(octets)


def encoded(payload: Payload) -> bytes:
    """The octets that a payload came from, put together again."""
    front = b"".join([placed.header.encode() for placed in payload.stack.headers])
    if payload.expanded is None:
        return front + payload.raw
    compressed = b"".join([part.header.encode() for part in payload.expanded.parts])
    return front + compressed + payload.expanded.octets[payload.expanded.header_octets :]
