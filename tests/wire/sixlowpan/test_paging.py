"""The paging dispatch: RFC 8025 section 3."""

from typing import Any

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.paging import PageSwitch


@pytest.mark.parametrize("page", range(16))
def test_a_page_switch_is_one_octet(page: int, goes_both_ways: Any) -> None:
    goes_both_ways(PageSwitch.decode, PageSwitch(page=page), bytes((0xF0 | page,)))


@pytest.mark.parametrize(
    ("octets", "reason"), [("", Reason.TRUNCATED), ("71", Reason.FIXED_VALUE), ("e1", Reason.FIXED_VALUE)]
)
def test_another_octet_is_no_page_switch(octets: str, reason: Reason) -> None:
    with pytest.raises(Malformed) as caught:
        PageSwitch.decode(bytes.fromhex(octets))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (0, "the page of RFC 4944"),
        (1, "6LoWPAN Routing Headers and LOWPAN_IPHC"),
        (2, "not assigned"),
        (15, "for experiments"),
    ],
)
def test_a_page_is_told_in_words(page: int, words: str) -> None:
    assert PageSwitch(page=page).layout()[1].meaning == words
