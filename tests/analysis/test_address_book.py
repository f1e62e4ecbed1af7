"""Which EUI-64 a short address stands for."""

import pytest

from analysis.laboratory import ALICE, BOB, CAROL, PAN
from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.wire.address import LinkAddress

SHORT, OTHER = LinkAddress(b"\x0a\x0b"), LinkAddress(b"\x0c\x0d")


def numbered(number: int) -> LinkAddress:
    return LinkAddress(number.to_bytes(8, "big"))


def test_an_extended_address_is_its_own_answer() -> None:
    assert AddressBook().extended(PAN, ALICE) == ALICE


def test_what_was_learned_holds_in_its_pan_alone() -> None:
    book = AddressBook()
    assert book.learn(PAN, SHORT, ALICE)
    assert not book.learn(PAN, SHORT, ALICE)
    assert book.extended(PAN, SHORT) == ALICE
    assert book.short(PAN, ALICE) == SHORT
    assert book.extended(0x1234, SHORT) is None
    assert book.short(0x1234, ALICE) is None


def test_what_was_given_holds_in_every_pan_until_the_capture_says_otherwise() -> None:
    book = AddressBook({SHORT: ALICE})
    assert book.extended(1, SHORT) == book.extended(2, SHORT) == ALICE
    book.learn(1, SHORT, BOB)
    assert book.extended(1, SHORT) == BOB
    assert book.extended(2, SHORT) == ALICE


@pytest.mark.parametrize(("short", "extended"), [(ALICE, BOB), (SHORT, OTHER), (b"", ALICE), (SHORT, b"")])
def test_only_a_short_and_an_extended_address_make_a_pair(short: bytes, extended: bytes) -> None:
    book = AddressBook()
    assert not book.learn(PAN, LinkAddress(short), LinkAddress(extended))
    assert list(book.candidates()) == []


def test_candidates_are_the_given_ones_and_then_the_latest_seen() -> None:
    book = AddressBook({SHORT: CAROL})
    book.see(ALICE)
    book.see(BOB)
    book.see(CAROL)
    book.see(ALICE)
    assert list(book.candidates()) == [CAROL, BOB, ALICE]
    assert book.news == 3


def test_a_learned_address_is_a_candidate_for_other_short_ones() -> None:
    book = AddressBook()
    book.learn(PAN, SHORT, ALICE)
    assert list(book.candidates()) == [ALICE]


@pytest.mark.parametrize(("count", "first_is_known"), [(3, True), (4, False)])
def test_one_address_past_the_bounds_pushes_out_the_oldest(count: int, first_is_known: bool) -> None:
    book = AddressBook(most_learned=3, most_seen=3)
    for number in range(count):
        book.learn(PAN, LinkAddress(number.to_bytes(2, "big")), numbered(number))
    assert (book.extended(PAN, LinkAddress(b"\0\0")) == numbered(0)) is first_is_known
    assert (book.short(PAN, numbered(0)) is not None) is first_is_known
    assert (numbered(0) in book.candidates()) is first_is_known
    assert len(list(book.candidates())) == 3
