"""Fragmentation headers: RFC 4944 section 5.3, figures 4 and 5."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.fragment import LARGEST_DATAGRAM, FirstFragment, SubsequentFragment

VECTORS = [
    (FirstFragment(datagram_size=1280, datagram_tag=0x1234), "c5001234", 0),
    (FirstFragment(datagram_size=LARGEST_DATAGRAM, datagram_tag=0xFFFF), "c7ffffff", 0),
    (SubsequentFragment(datagram_size=1280, datagram_tag=0x1234, datagram_offset=12), "e50012340c", 96),
    (SubsequentFragment(datagram_size=1, datagram_tag=0, datagram_offset=255), "e0010000ff", 2040),
]


@pytest.mark.parametrize(("value", "octets", "offset"), VECTORS)
def test_a_header_goes_both_ways(
    value: Any, octets: str, offset: int, goes_both_ways: Any, stands_hostile_octets: Any
) -> None:
    goes_both_ways(type(value).decode, value, bytes.fromhex(octets))
    assert value.offset == offset
    assert stands_hostile_octets(type(value).decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("value", "octets", "offset"), VECTORS)
def test_a_header_cut_off_anywhere_is_truncated(value: Any, octets: str, offset: int) -> None:
    for end in range(len(octets) // 2):
        with pytest.raises(Malformed) as caught:
            type(value).decode(bytes.fromhex(octets)[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@pytest.mark.parametrize(("kind", "octets"), [(FirstFragment, "c0001234"), (SubsequentFragment, "e000123401")])
def test_a_datagram_of_no_octets_is_malformed(kind: Any, octets: str) -> None:
    with pytest.raises(Malformed) as caught:
        kind.decode(bytes.fromhex(octets))
    assert (caught.value.reason, caught.value.offset) == (Reason.BAD_VALUE, 0)
    with pytest.raises(UsageError):
        FirstFragment(datagram_size=0, datagram_tag=1)


@pytest.mark.parametrize("size", [-1, LARGEST_DATAGRAM + 1])
def test_a_size_that_does_not_fit_is_refused(size: int) -> None:
    with pytest.raises(UsageError):
        SubsequentFragment(datagram_size=size, datagram_tag=1, datagram_offset=1)


@given(st.integers(1, LARGEST_DATAGRAM), st.integers(0, 0xFFFF), st.integers(0, 255))
def test_every_value_comes_back(size: int, tag: int, offset: int) -> None:
    first = FirstFragment(datagram_size=size, datagram_tag=tag)
    assert FirstFragment.decode_all(first.encode()) == first
    next_one = SubsequentFragment(datagram_size=size, datagram_tag=tag, datagram_offset=offset)
    assert SubsequentFragment.decode_all(next_one.encode()) == next_one


def test_the_words_tell_the_offset_in_octets() -> None:
    header = SubsequentFragment(datagram_size=200, datagram_tag=1, datagram_offset=12)
    assert header.layout()[-1].meaning == "from octet 96"
