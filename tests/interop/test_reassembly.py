"""What reassemblers differ in, rule by rule."""

import pytest

from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.receiving.reassembly import Overlap, Piece, Rules, Slots
from p6lowpan.wire.address import Link, LinkAddress

LINK = Link(LinkAddress(b"\x00\x01"), LinkAddress(b"\x00\x02"))
WHOLE = bytes(range(24))


def _piece(start: int, end: int, octets: bytes = WHOLE, tag: int = 1) -> Piece:
    return Piece(24, tag, start, first=start == 0, octets=octets[start:end], reading=start or None)


FIRST, MIDDLE, LAST = (0, 8), (8, 16), (16, 24)


def _came_out(rules: Rules, *pieces: Piece) -> list[bytes]:
    slots, out = Slots(rules), []
    for piece in pieces:
        try:
            out += [octets for octets, _ in slots.add(LINK, piece)]
        except Dropped:
            continue
    return out


def _of(*ranges: tuple[int, int]) -> list[Piece]:
    return [_piece(*each) for each in ranges]


def test_any_order_does_unless_a_rule_forbids_it() -> None:
    assert _came_out(Rules(), *_of(LAST, FIRST, MIDDLE)) == [WHOLE]
    assert _came_out(Rules(first_fragment_first=True), *_of(LAST, FIRST, MIDDLE)) == []
    assert _came_out(Rules(first_fragment_first=True), *_of(FIRST, LAST, MIDDLE)) == [WHOLE]
    assert _came_out(Rules(ascending=True), *_of(FIRST, LAST, MIDDLE)) == []
    assert _came_out(Rules(ascending=True), *_of(FIRST, MIDDLE, LAST)) == [WHOLE]


def test_a_duplicate_does_what_the_rule_says() -> None:
    twice = _of(FIRST, MIDDLE, MIDDLE, LAST)
    assert _came_out(Rules(), *twice) == [WHOLE]
    assert _came_out(Rules(duplicate=Overlap.RESTART), *twice) == []
    assert _came_out(Rules(duplicate=Overlap.DROP_DATAGRAM), *twice) == []
    assert _came_out(Rules(duplicate=Overlap.COUNT_TWICE), *twice) == [WHOLE[:16] + bytes(8)]
    assert _came_out(Rules(first_opens_anew=True, ascending=True), *_of(FIRST, FIRST, MIDDLE, LAST)) == [WHOLE]
    with pytest.raises(Crashed):
        _came_out(Rules(duplicate=Overlap.CRASH), *twice)


def test_other_octets_in_the_same_place_are_another_rule() -> None:
    pieces = [_piece(*FIRST), _piece(*MIDDLE), _piece(*MIDDLE, octets=bytes(24)), _piece(*LAST)]
    assert _came_out(Rules(), *pieces, _piece(*FIRST)) == [WHOLE[:8] + bytes(8) + WHOLE[16:]]
    assert _came_out(Rules(other_duplicate=Overlap.IGNORE), *pieces) == [WHOLE]


def test_an_overlap_does_what_the_rule_says() -> None:
    pieces = [_piece(*FIRST), _piece(0, 16), _piece(*LAST)]
    assert _came_out(Rules(), *pieces) == [WHOLE]
    assert _came_out(Rules(overlap=Overlap.OVERWRITE), *pieces) == [WHOLE]
    assert _came_out(Rules(overlap=Overlap.IGNORE), *pieces) == []
    assert _came_out(Rules(overlap=Overlap.DROP_DATAGRAM), *pieces) == []


def test_slots_are_bounded_and_the_oldest_may_go() -> None:
    others = [_piece(*FIRST, tag=2), *_of(FIRST, MIDDLE, LAST), _piece(8, 24, tag=2)]
    assert _came_out(Rules(slots=2), *others) == [WHOLE, WHOLE]
    assert _came_out(Rules(slots=1), *others) == [WHOLE]
    assert _came_out(Rules(slots=1, replaces_oldest=True), *others) == [WHOLE]
    assert _came_out(Rules(slots=1), _piece(*FIRST, tag=2), *_of(FIRST, MIDDLE, LAST)) == []
    assert _came_out(Rules(slots=1, replaces_oldest=True), _piece(*FIRST, tag=2), *_of(FIRST, MIDDLE, LAST)) == [WHOLE]


def test_a_datagram_in_one_fragment_and_one_in_too_many() -> None:
    assert _came_out(Rules(), _piece(0, 24)) == [WHOLE]
    assert _came_out(Rules(alone=False), _piece(0, 24)) == []
    assert _came_out(Rules(most_fragments=2), *_of(FIRST, MIDDLE, LAST)) == []


def test_octets_past_the_end_are_refused_or_cut_off() -> None:
    long = [*_of(FIRST, MIDDLE), Piece(24, 1, 16, first=False, octets=bytes(range(16, 40)))]
    assert _came_out(Rules(), *long) == []
    assert _came_out(Rules(past_end=Overlap.OVERWRITE), *long) == [WHOLE]


def test_a_length_that_is_no_multiple_of_eight_is_refused_where_a_rule_says_so() -> None:
    odd = [_piece(*FIRST), _piece(8, 15), _piece(15, 24)]
    assert _came_out(Rules(), *odd) == [WHOLE]
    assert _came_out(Rules(not_multiple_of_eight=Overlap.DROP_DATAGRAM), *odd) == []


def test_a_first_fragment_that_failed_may_take_its_datagram_along() -> None:
    for rules, expected in ((Rules(), [WHOLE]), (Rules(forgets_failed=True), [])):
        slots = Slots(rules)
        slots.add(LINK, _piece(*LAST))
        slots.failed(LINK, _piece(*FIRST))
        slots.failed(LINK, None)
        assert slots.add(LINK, _piece(*FIRST)) == []
        assert [octets for octets, _ in slots.add(LINK, _piece(*MIDDLE))] == expected
