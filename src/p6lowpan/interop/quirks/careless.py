"""Receivers that do not look where a frame or a packet ends, or what became of its headers."""

from p6lowpan.interop.outcomes import Dropped, HandsUp
from p6lowpan.interop.receiving import addresses, compression
from p6lowpan.interop.receiving.reading import Reading
from p6lowpan.wire.sixlowpan.contexts import Context


def zeros_behind_the_end(reading: Reading, count: int) -> bytes:
    """What the buffer holds behind the frame."""
    octets = reading.rest if reading.left > 0 else b""
    reading.at += count
    return octets + bytes(count - len(octets))


def not_past_the_end(reading: Reading) -> None:
    """Only when its headers are restored the stack finds out that it has read on behind the end."""
    if reading.left < 0:
        raise Dropped("the headers are longer than the frame")


def expand_marked(reading: Reading) -> None:
    """Remembers where LOWPAN_IPHC began."""
    reading.notes["began"] = reading.at
    compression.expand(reading)


def raw(reading: Reading) -> bytes:
    """The frame from its LOWPAN_IPHC on."""
    began: int = reading.notes["began"]
    return reading.octets[began:]


def raw_without_context(reading: Reading, identifier: int) -> Context:
    """Without the context the frame goes up as if it were the packet."""
    if identifier not in reading.contexts:
        raise HandsUp(raw(reading))
    return addresses.context(reading, identifier)
