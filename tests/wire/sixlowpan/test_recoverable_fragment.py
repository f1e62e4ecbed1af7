"""RFRAG and its acknowledgment: RFC 8931 section 5."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    FULL_BITMAP,
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
    bitmap_of,
    sequences_of,
)

FIGURE_3 = tuple(sequence for sequence in range(21) if sequence not in (1, 2, 16))
"""RFC 8931 section 5.2: "all fragments from Sequence 0 to 20 were received, except for fragments 1, 2, and 16"."""

VECTORS = [  # bits of figures 1 and 4
    (RecoverableFragment(datagram_tag=5, sequence=0, fragment_size=96, datagram_size=0x0500), "e80500600500"),
    (
        RecoverableFragment(
            explicit_congestion=1, datagram_tag=0xFF, ack_request=1, sequence=31, fragment_size=1023, fragment_offset=1
        ),
        "e9ffffff0001",
    ),
    (RecoverableFragment(datagram_tag=5, sequence=3, fragment_size=1, fragment_offset=0x60), "e8050c010060"),
    (RecoverableFragmentAcknowledgment(datagram_tag=5, bitmap=bitmap_of(FIGURE_3)), "ea059fff7800"),
    (RecoverableFragmentAcknowledgment(congestion_echo=1, datagram_tag=5, bitmap=FULL_BITMAP), "eb05ffffffff"),
]


@pytest.mark.parametrize(("value", "octets"), VECTORS)
def test_a_header_goes_both_ways(value: Any, octets: str, goes_both_ways: Any, stands_hostile_octets: Any) -> None:
    goes_both_ways(type(value).decode, value, bytes.fromhex(octets))
    assert stands_hostile_octets(type(value).decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("value", "octets"), VECTORS)
def test_a_header_cut_off_anywhere_is_truncated(value: Any, octets: str) -> None:
    for end in range(len(octets) // 2):
        with pytest.raises(Malformed) as caught:
            type(value).decode(bytes.fromhex(octets)[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


def test_the_first_fragment_carries_a_size_and_the_others_an_offset() -> None:
    first, other = (
        RecoverableFragment.decode_all(bytes.fromhex(octets)) for octets in ("e80500600500", "e80504600500")
    )
    assert (first.datagram_size, first.fragment_offset) == (0x500, None)
    assert (other.datagram_size, other.fragment_offset) == (None, 0x500)


@pytest.mark.parametrize(("octets", "abort"), [("e80500600000", True), ("e80504600000", True), ("e80504600001", False)])
def test_an_offset_of_zero_aborts(octets: str, abort: bool) -> None:
    header = RecoverableFragment.decode_all(bytes.fromhex(octets))
    assert header.is_abort is abort
    assert (header.layout()[-1].meaning == "abort") is abort


def test_a_size_in_another_than_the_first_fragment_is_refused() -> None:
    with pytest.raises(UsageError):
        RecoverableFragment(datagram_tag=1, sequence=1, fragment_size=8, datagram_size=100)
    with pytest.raises(UsageError):
        RecoverableFragment(datagram_tag=1, sequence=0, fragment_size=8, fragment_offset=100)


@given(st.frozensets(st.integers(0, 31)))
def test_a_bitmap_is_the_set_of_its_sequences(sequences: frozenset[int]) -> None:
    assert frozenset(sequences_of(bitmap_of(sequences))) == sequences


@pytest.mark.parametrize("sequence", [-1, 32])
def test_a_sequence_beyond_the_bitmap_is_refused(sequence: int) -> None:
    with pytest.raises(UsageError):
        bitmap_of([sequence])


@pytest.mark.parametrize(
    ("bitmap", "words"), [(0, "aborted"), (FULL_BITMAP, "all fragments received"), (1 << 31 | 1 << 29, "received 0, 2")]
)
def test_a_bitmap_is_told_in_words(bitmap: int, words: str) -> None:
    assert RecoverableFragmentAcknowledgment(datagram_tag=0, bitmap=bitmap).layout()[-1].meaning == words
