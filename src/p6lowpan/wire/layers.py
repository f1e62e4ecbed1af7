"""A layer: a header, or octets that no header reads, at its place in a frame or in a packet.

What :mod:`p6lowpan.wire.dissect` finds and everything that shows octets walks along: :func:`fields_of` goes through the
fields of a layer, and those of the headers inside it, with their bit spans and their meaning.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.description import Header


class Octets(StrEnum):
    """Which octets the span of a layer counts in."""

    FRAME = "frame"  # the captured frame; where it was encrypted, the plain octets in its place
    PACKET = "packet"  # the IPv6 packet, after decompression and reassembly


class Raw(StrEnum):
    """What octets are that no header reads. The value is the layer's name."""

    DATA = "data"
    IN_LINE = "in-line"  # octets of the IPv6 packet, carried as they are
    FRAGMENT = "fragment-data"
    PAYLOAD = "payload"  # of the upper layer
    ENCRYPTED = "encrypted"
    INTEGRITY_CODE = "integrity-code"
    FRAME_CHECK = "frame-check"


@dataclass(frozen=True, slots=True)
class Layer:
    """A header, or ``raw`` octets, and where they lie.

    ``error`` says why the octets could not be read, or what is wrong with a header that could. ``stands_for`` are the
    octets of the IPv6 packet (first, and one past the last) that a layer of a frame becomes.
    """

    octets: Octets
    start: int
    end: int
    header: Header | None = None
    raw: bytes = b""
    kind: Raw = Raw.DATA
    error: Malformed | None = None
    stands_for: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The layer's stable name."""
        return self.header.LAYER if self.header is not None else self.kind.value


class FieldLine(NamedTuple):
    """One field of a layer. ``depth`` counts the headers around it; bits count from the first of :class:`Octets`.

    A field that holds headers has their layer's name as ``value``, one line for each, and ``header``.
    """

    depth: int
    name: str
    start_bit: int
    bits: int
    value: object
    meaning: str
    header: Header | None = None


def fields_of(layer: Layer) -> Iterator[FieldLine]:
    """Every field of a layer that takes octets, nested headers opened, in wire order.

    What lies behind the layer's end belongs to the layers that follow: the payload of a MAC frame.
    """
    if layer.header is not None:
        end = layer.end * 8
        for line in _fields(layer.header, layer.start * 8, 0):
            if line.start_bit >= end:
                break
            yield line


def _fields(header: Header, first_bit: int, depth: int) -> Iterator[FieldLine]:
    for span in header.layout():
        start = first_bit + span.start_bit
        if not span.bits:
            continue
        if not isinstance(span.value, Header | tuple):
            yield FieldLine(depth, span.name, start, span.bits, span.value, span.meaning)
            continue
        for item in span.value if isinstance(span.value, tuple) else (span.value,):
            bits = 8 * len(item.encode())
            yield FieldLine(depth, span.name, start, bits, item.LAYER, span.meaning, item)
            yield from _fields(item, start, depth + 1)
            start += bits


def raw_layer(octets: Octets, start: int, raw: bytes, kind: Raw = Raw.DATA, error: Malformed | None = None) -> Layer:
    """Octets that no header reads; the offset of ``error`` counts from ``start``."""
    return Layer(octets, start, start + len(raw), None, raw, kind, error and error.shifted(start))


def filled(layers: Iterable[Layer], octets: bytes) -> tuple[Layer, ...]:
    """``layers`` in their order, and a layer of raw octets wherever none of them covers ``octets``."""
    whole: list[Layer] = []
    reached = 0
    for layer in sorted(layers, key=lambda layer: (layer.start, layer.end)):
        if layer.start > reached:
            whole.append(raw_layer(layer.octets, reached, octets[reached : layer.start]))
        whole.append(layer)
        reached = max(reached, layer.end)
    if reached < len(octets):
        whole.append(raw_layer(Octets.FRAME, reached, octets[reached:]))
    return tuple(whole)
