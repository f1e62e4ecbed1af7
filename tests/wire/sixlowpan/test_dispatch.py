"""The dispatch registry: RFC 4944 section 5.1 and the RFCs that filled it."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.dispatch import ALL_PAGES, ROWS, Dispatch, dispatch_of

PAGE_0 = {
    Dispatch.ESCAPE: range(0x40, 0x41),
    Dispatch.IPV6: range(0x41, 0x42),
    Dispatch.HC1: range(0x42, 0x43),
    Dispatch.DEPTH_FIRST_FORWARDING: range(0x43, 0x44),
    Dispatch.BROADCAST: range(0x50, 0x51),
    Dispatch.IPHC: range(0x60, 0x80),
    Dispatch.MESH: range(0x80, 0xC0),
    Dispatch.FIRST_FRAGMENT: range(0xC0, 0xC8),
    Dispatch.SUBSEQUENT_FRAGMENT: range(0xE0, 0xE8),
    Dispatch.RECOVERABLE_FRAGMENT: range(0xE8, 0xEA),
    Dispatch.RECOVERABLE_FRAGMENT_ACKNOWLEDGMENT: range(0xEA, 0xEC),
    Dispatch.PAGE_SWITCH: range(0xF0, 0x100),
}
PAGE_1 = {
    Dispatch.IPHC: range(0x60, 0x80),
    Dispatch.CRITICAL_ROUTING_HEADER: range(0x80, 0xA0),
    Dispatch.ELECTIVE_ROUTING_HEADER: range(0xA0, 0xC0),
    Dispatch.PAGE_SWITCH: range(0xF0, 0x100),
}


@pytest.mark.parametrize(
    ("page", "assigned"), [(0, PAGE_0), (1, PAGE_1), (2, {Dispatch.PAGE_SWITCH: range(0xF0, 0x100)})]
)
def test_every_octet_of_a_page_is_what_the_registry_says(page: int, assigned: dict[Dispatch, range]) -> None:
    expected = {octet: dispatch for dispatch, octets in assigned.items() for octet in octets}
    for octet in range(0x40 if page == 0 else 0, 256):
        if octet in expected:
            assert dispatch_of(octet, page).dispatch is expected[octet], f"{octet:#04x}"
            continue
        with pytest.raises(Malformed) as caught:
            dispatch_of(octet, page)
        assert caught.value.reason is Reason.UNKNOWN_DISPATCH, f"{octet:#04x}"


@pytest.mark.parametrize("octet", [0x00, 0x15, 0x3F])
def test_two_leading_zero_bits_are_another_protocol(octet: int) -> None:
    with pytest.raises(Malformed) as caught:
        dispatch_of(octet)
    assert caught.value.reason is Reason.NOT_A_LOWPAN_FRAME


def test_the_page_for_experiments_says_so() -> None:
    with pytest.raises(Malformed, match="reserved for experiments"):
        dispatch_of(0x61, 15)
    with pytest.raises(Malformed, match="not assigned"):
        dispatch_of(0x61, 14)


@pytest.mark.parametrize("page", [-1, 16])
def test_there_are_sixteen_pages(page: int) -> None:
    with pytest.raises(UsageError):
        dispatch_of(0x41, page)


@pytest.mark.parametrize("page", ALL_PAGES)
def test_the_patterns_of_a_page_do_not_overlap(page: int) -> None:
    rows = [row for row in ROWS if page in row.pages]
    for octet in range(256):
        assert sum(row.claims(octet) for row in rows) <= 1, f"{octet:#04x}"


def test_every_dispatch_has_a_row_with_its_words() -> None:
    assert {row.dispatch for row in ROWS} == set(Dispatch)
    assert all(len(row.pattern) == 8 and row.meaning and row.section.startswith("RFC ") for row in ROWS)
