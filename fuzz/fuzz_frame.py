"""Any octets as a MAC frame: a value or Malformed at one of them, and encode(decode(x)) == x; its layers never raise.

With a frame check sequence of 0, 2 and 4 octets (IEEE 802.15.4-2015 section 7.2). Seeds: the frames of the captures.
"""

from collections.abc import Iterator

from fuzz.inputs import inside
from fuzz.vectors import captured_frames
from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.dissect import frame_layers
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame_check import frame_check_holds, with_frame_check
from p6lowpan.wire.layers import fields_of


def seeds() -> Iterator[bytes]:
    """Every captured frame, with its frame check sequence."""
    for captured in captured_frames():
        yield captured.octets


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    for size in (0, 2, 4):
        for layer in frame_layers(octets, size):
            list(fields_of(layer))
        try:
            frame, sequence = decode_frame(octets, size)
        except Malformed as error:
            assert inside(error, octets)
            continue
        assert frame.encode() + sequence == octets
        assert frame_check_holds(with_frame_check(octets, size), size)
