"""Fragments that can be recovered: RFRAG and its acknowledgment (RFC 8931 section 5).

Unlike the fragments of RFC 4944, sizes and offsets count octets of the *compressed* datagram. A router that forwards
them without reassembly (the virtual reassembly buffers of RFC 8930) swaps nothing here but the tag.
"""

from collections.abc import Iterable
from typing import Annotated

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.description import U8, Bits, Fixed, Header, Meaning, When, wire

SEQUENCES = 32
FULL_BITMAP = 0xFFFFFFFF
"""Section 5.2: every fragment was received, whatever their number."""

NULL_BITMAP = 0
"""Section 5.2: the fragmentation process is aborted."""

CONGESTION_WORDS = {0: "no congestion", 1: "congestion experienced"}
REQUEST_WORDS = {0: "no acknowledgment requested", 1: "acknowledgment requested"}


def bitmap_of(sequences: Iterable[int]) -> int:
    """The bitmap with the bits of ``sequences`` set; sequence 0 is the most significant. Raises :class:`UsageError`."""
    bitmap = 0
    for sequence in sequences:
        if not 0 <= sequence < SEQUENCES:
            raise UsageError(f"there is no fragment {sequence}: 0 to {SEQUENCES - 1}")
        bitmap |= 1 << (SEQUENCES - 1 - sequence)
    return bitmap


def sequences_of(bitmap: int) -> tuple[int, ...]:
    """The fragments that a bitmap acknowledges."""
    return tuple(sequence for sequence in range(SEQUENCES) if bitmap >> (SEQUENCES - 1 - sequence) & 1)


def _bitmap_words(bitmap: int) -> str:
    if bitmap == NULL_BITMAP:
        return "aborted"
    if bitmap == FULL_BITMAP:
        return "all fragments received"
    return "received " + ", ".join(str(sequence) for sequence in sequences_of(bitmap))


def _sequence_words(sequence: int) -> str:
    return "" if sequence else "first fragment"


def _abort_words(value: int) -> str:
    return "" if value else "abort"


@wire("rfrag")
class RecoverableFragment(Header):
    """RFC 8931 section 5.1. The last 16 bits are the datagram's size in the first fragment (sequence 0), and in any
    other the offset of the fragment. A value of 0 there aborts the datagram."""

    dispatch: Annotated[int, Bits(7), Fixed()] = 0b1110100
    explicit_congestion: Annotated[int, Bits(1), Meaning(CONGESTION_WORDS)] = 0
    datagram_tag: U8
    ack_request: Annotated[int, Bits(1), Meaning(REQUEST_WORDS)] = 0
    sequence: Annotated[int, Bits(5), Meaning(_sequence_words)]
    fragment_size: Annotated[int, Bits(10)]
    datagram_size: Annotated[int | None, Bits(16), When("sequence == 0"), Meaning(_abort_words)] = None
    fragment_offset: Annotated[int | None, Bits(16), When("sequence != 0"), Meaning(_abort_words)] = None

    @property
    def is_abort(self) -> bool:
        """Whether the fragment asks everyone to forget the datagram."""
        return not (self.datagram_size or self.fragment_offset)

    @property
    def offset(self) -> int:
        """Where the fragment lies in the compressed datagram, in octets."""
        return self.fragment_offset or 0


@wire("rfrag_ack")
class RecoverableFragmentAcknowledgment(Header):
    """RFC 8931 section 5.2: which fragments were received. It travels alone, without payload."""

    dispatch: Annotated[int, Bits(7), Fixed()] = 0b1110101
    congestion_echo: Annotated[int, Bits(1), Meaning(CONGESTION_WORDS)] = 0
    datagram_tag: U8
    bitmap: Annotated[int, Bits(32), Meaning(_bitmap_words)]
