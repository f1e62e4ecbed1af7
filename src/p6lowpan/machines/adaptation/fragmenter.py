"""Splitting one datagram into link fragments, RFC 4944 section 5.3.

Offsets and sizes count octets of the uncompressed datagram, while what fills a frame is compressed: the first fragment
holds the compressed headers, which stand for ``covered`` octets, and as many octets behind them as keep the fragment a
multiple of 8 in uncompressed octets. Each fragment costs a header and nothing else, so filling every frame as far as
that rule allows makes the fewest octets in all. What compressed headers look like is the compressor's business.
"""

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.fragment import LARGEST_DATAGRAM, OFFSET_UNIT, FirstFragment, SubsequentFragment

FIRST_HEADER_OCTETS = 4
SUBSEQUENT_HEADER_OCTETS = 5


class CannotFragment(UsageError):
    """The datagram cannot be split so: ``reason`` is TOO_BIG for one that no size field holds, and NO_ROOM where the
    frames are too short, which fewer compressed headers may help."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def fragment(compressed_first: bytes, covered: int, datagram: bytes, mtu: int, tag: int) -> tuple[bytes, ...]:
    """The frames' 6LoWPAN octets, each at most ``mtu``, in order; a single unfragmented one where that is enough.

    ``compressed_first`` begins with its dispatch and stands for the first ``covered`` octets of ``datagram``; the
    rest is carried as it is. Raises :class:`CannotFragment`, and :class:`UsageError` for a ``covered`` or ``tag`` that
    cannot be.
    """
    if not 0 <= covered <= len(datagram):
        raise UsageError(f"headers for {covered} octets of a datagram of {len(datagram)}")
    if not 0 <= tag <= 0xFFFF:
        raise UsageError(f"datagram tag {tag} does not exist: 0 to {0xFFFF}")
    whole = compressed_first + datagram[covered:]
    if len(whole) <= mtu:
        return (whole,)
    size = len(datagram)
    if size > LARGEST_DATAGRAM:
        raise CannotFragment(Reason.TOO_BIG, f"datagram of {size} octets: datagram_size holds {LARGEST_DATAGRAM}")
    end = _end_of_first(len(compressed_first), covered, mtu)
    first = FirstFragment(datagram_size=size, datagram_tag=tag)
    return (first.encode() + compressed_first + datagram[covered:end], *_subsequent(datagram, end, mtu, tag))


def _end_of_first(compressed: int, covered: int, mtu: int) -> int:
    """How many octets of the datagram the first fragment stands for: the largest multiple of 8 that fits."""
    room = mtu - FIRST_HEADER_OCTETS - compressed
    end = (covered + room) // OFFSET_UNIT * OFFSET_UNIT
    if end < max(covered, OFFSET_UNIT):
        raise CannotFragment(
            Reason.NO_ROOM,
            f"a first fragment of {mtu} octets has {room} left behind {compressed} of compressed headers, which stand"
            f" for {covered}: no multiple of {OFFSET_UNIT} can be reached",
        )
    return end


def _subsequent(datagram: bytes, start: int, mtu: int, tag: int) -> tuple[bytes, ...]:
    """Everything from octet ``start`` on; only the last fragment need not be a multiple of 8."""
    room = mtu - SUBSEQUENT_HEADER_OCTETS
    if room < min(OFFSET_UNIT, len(datagram) - start):
        raise CannotFragment(Reason.NO_ROOM, f"a fragment of {mtu} octets has {room} left behind its header")
    frames = []
    while start < len(datagram):
        left = len(datagram) - start
        length = left if left <= room else room // OFFSET_UNIT * OFFSET_UNIT
        header = SubsequentFragment(datagram_size=len(datagram), datagram_tag=tag, datagram_offset=start // OFFSET_UNIT)
        frames.append(header.encode() + datagram[start : start + length])
        start += length
    return tuple(frames)
