"""The description language: every annotation in both directions, cut at every octet, and refused when wrong."""

import dataclasses
from enum import IntEnum
from typing import Annotated, ClassVar

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire import compilation
from p6lowpan.wire.description import (
    AUTO,
    U8,
    U16,
    U32,
    Bits,
    Check,
    Computed,
    Each,
    Fixed,
    Header,
    Meaning,
    Nested,
    Octets,
    Rest,
    When,
    wire,
)


class Colour(IntEnum):
    DARK_RED = 1


@wire("small")
class Small(Header):
    first: Annotated[int, Bits(3), Meaning({1: "one"})]
    second: Annotated[int, Bits(5), Meaning(Colour)] = 0
    third: U16 = 0


@wire("little")
class Little(Header):
    low: Annotated[int, Bits(3, little=True)]
    high: Annotated[int, Bits(13, little=True)]
    big: U8 = 0


@wire("long")
class Long(Header):
    words: Annotated[int, Bits(40)]
    more: Annotated[int, Bits(40)]
    flag: Annotated[int, Bits(1)]
    rest_of_octet: Annotated[int, Bits(7)]


@wire("bytes")
class Strings(Header):
    size: U8
    reversed: Annotated[bytes, Octets(2, reverse=True)]
    counted: Annotated[bytes, Octets("size - 2")]
    body: Annotated[bytes, Octets(leave="size")]
    trailer: Annotated[bytes, Octets("size"), Meaning(bytes.hex)]


@wire("item")
class Item(Header):
    kind: U8
    length: Annotated[int, Bits(8), Computed("len(octets)")] = AUTO
    octets: Annotated[bytes, Octets("length")] = b""


KINDS = {0: None, 1: Small, 2: Item}


@wire("holder")
class Holder(Header):
    which: U8
    inner: Annotated[Header | None, Nested("KINDS.get(which, Item)")]
    after: U8 = 7


@wire("sized")
class Sized(Header):
    length: Annotated[int, Bits(8), Computed("len(inner.encode())")] = AUTO
    inner: Annotated[Item, Nested("Item", size="length")]
    after: U8 = 7


@wire("list")
class List(Header):
    before: U8 = 0
    items: Annotated[tuple[Item, ...], Each("Item")] = ()


@wire("sized-list")
class SizedList(Header):
    length: Annotated[int, Bits(8), Computed("octets_in(items)")] = AUTO
    items: Annotated[tuple[Item, ...], Each("Item", size="length")] = ()
    after: U8 = 9


@wire("counted-list")
class CountedList(Header):
    count: Annotated[int, Bits(8), Computed("len(items)")] = AUTO
    items: Annotated[tuple[Item, ...], Each("Item", count="count")] = ()
    after: U8 = 9


@wire("ended-list")
class EndedList(Header):
    items: Annotated[tuple[Item, ...], Each("Item", until=lambda item: item.kind == 0)]
    after: Rest = b""


@wire("list-with-trailer")
class TrailedList(Header):
    items: Annotated[tuple[Item, ...], Each("Item", leave=2)]
    trailer: U16


@wire("header-with-trailer")
class TrailedHeader(Header):
    size: U8
    inner: Annotated[List, Nested("List", leave="size")]
    trailer: Annotated[bytes, Octets("size")] = b""


@wire("conditional")
class Conditional(Header):
    flag: Annotated[int, Bits(1)]
    reserved: Annotated[int, Bits(7)] = 0
    wide: Annotated[int | None, Bits(4), When("flag")] = None
    narrow: Annotated[int | None, Bits(4), When("flag")] = None
    text: Annotated[bytes | None, Octets(2), When("flag and wide > 7")] = None


@wire("ragged")
class Ragged(Header):
    wide_given: Annotated[int, Bits(4)]
    short_given: Annotated[int, Bits(4)]
    wide: Annotated[int | None, Bits(8), When("wide_given")] = None
    wider: Annotated[int | None, Bits(20), When("wide_given")] = None
    short: Annotated[int | None, Bits(4), When("short_given")] = None
    marker: Annotated[int, Bits(8), Fixed()] = 0x5A
    padding: Annotated[int | None, Bits(4), When("bool(wide_given) != bool(short_given)")] = None


@wire("uneven")
class Uneven(Header):
    flag: U8
    bits: Annotated[int | None, Bits(4), When("flag")] = None
    other: Annotated[int | None, Bits(4), When("flag > 1")] = None


@wire("fixed")
class FixedFields(Header):
    before: U16 = 0
    version: Annotated[int, Bits(4), Fixed()] = 6
    other: Annotated[int, Bits(4)] = 0
    magic: Annotated[bytes, Octets(3), Fixed()] = b"EX\x02"


@wire("checked")
class Checked(Header):
    before: U8 = 0
    prefix_length: U8 = 0
    after: U8 = 0

    CHECKS: ClassVar = (
        Check("prefix_length <= 128", "prefix_length", Reason.BAD_VALUE, "a prefix has at most 128 bits"),
    )


def of_sixteen(octets):
    """Words for 16 octets, and no words for others."""
    return {16: "whole"}[len(octets)]


@wire("worded")
class Worded(Header):
    CHECKS: ClassVar = (Check("len(body) == 16", "body", Reason.BAD_LENGTH, "16 octets"),)
    size: U16
    body: Annotated[bytes, Octets("size"), Meaning(of_sixteen)]


@wire("padded")
class Padded(Header):
    units: Annotated[int, Bits(8), Computed("(len(text) + padding_octets) // 8")] = AUTO
    padding_octets: Annotated[int, Bits(8), Computed("-len(text) % 8")] = AUTO
    text: Rest


def short_only(text: bytes) -> str:
    return str([0, 1][len(text)])


@wire("meaningful")
class Meaningful(Header):
    CHECKS = (Check("len(text) <= 1", "text", Reason.BAD_LENGTH, "one octet at most"),)
    before: U8
    text: Annotated[bytes, Octets(), Meaning(short_only)]


@wire("nothing")
class Nothing(Header):
    """A header of no octets."""


@wire("nothings")
class Nothings(Header):
    items: Annotated[tuple[Nothing, ...], Each("Nothing")] = ()


ONE, TWO = Item(kind=1, octets=b"ab"), Item(kind=2)

VECTORS = [
    (Small(first=0b101, second=0b00011, third=0x1234), "a31234"),
    (Little(low=0b101, high=1, big=0xFF), "0d00ff"),
    (Long(words=1, more=2, flag=1, rest_of_octet=3), "0000000001000000000283"),
    (Strings(size=3, reversed=b"\x01\x02", counted=b"\x03", body=b"", trailer=b"\x04\x05\x06"), "03020103040506"),
    (Strings(size=2, reversed=b"\x01\x02", counted=b"", body=b"\x09", trailer=b"\x04\x05"), "020201090405"),
    (Holder(which=0, inner=None), "0007"),
    (Holder(which=1, inner=Small(first=1)), "0120000007"),
    (Holder(which=9, inner=ONE, after=8), "090102616208"),
    (Sized(inner=ONE), "040102616207"),
    (List(items=(ONE, TWO)), "00010261620200"),
    (List(), "00"),
    (SizedList(items=(TWO, ONE)), "06020001026162" + "09"),
    (CountedList(items=(TWO, ONE)), "02020001026162" + "09"),
    (EndedList(items=(ONE, Item(kind=0)), after=b"xyz"), "010261620000" + "78797a"),
    (TrailedList(items=(ONE,), trailer=0xFFFE), "01026162fffe"),
    (TrailedHeader(size=3, inner=List(items=(ONE,)), trailer=b"\0\0\0"), "030001026162000000"),
    (TrailedHeader(size=0, inner=List()), "0000"),
    (Conditional(flag=0), "00"),
    (Conditional(flag=1, wide=1, narrow=2), "8012"),
    (Conditional(flag=1, wide=8, narrow=2, text=b"hi"), "80826869"),
    (Ragged(wide_given=0, short_given=0), "005a"),
    (Ragged(wide_given=1, short_given=0, wide=0x12, wider=0x34567, padding=0), "10" + "12345675a0"),
    (Ragged(wide_given=1, short_given=1, wide=0x12, wider=0x34567, short=8), "11" + "123456785a"),
    (Ragged(wide_given=0, short_given=1, short=8, padding=0xF), "01" + "85af"),
    (FixedFields(before=1), "000160455802"),
    (Checked(prefix_length=128), "008000"),
    (Nothing(), ""),
]
EACH_VECTOR = pytest.mark.parametrize(("value", "octets"), [(value, bytes.fromhex(text)) for value, text in VECTORS])
OPEN_ENDED = (List, EndedList, Strings, TrailedList, TrailedHeader)


@EACH_VECTOR
def test_a_value_encodes_to_its_octets(value, octets):
    assert value.encode() == octets


@EACH_VECTOR
def test_octets_decode_to_their_value(value, octets):
    assert type(value).decode(octets) == (value, b"")


@EACH_VECTOR
def test_what_follows_a_header_is_given_back(value, octets):
    if not isinstance(value, OPEN_ENDED):
        assert type(value).decode(octets + b"more") == (value, b"more")


@EACH_VECTOR
def test_a_header_cut_anywhere_is_truncated_at_the_cut(value, octets):
    for end in range(len(octets)):
        if not isinstance(value, OPEN_ENDED):
            with pytest.raises(Malformed) as caught:
                type(value).decode(octets[:end])
            assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@EACH_VECTOR
def test_the_layout_tiles_the_octets(value, octets):
    ends = [0]
    for span in value.layout():
        assert span.start_bit == ends[-1]
        assert getattr(value, span.name) == span.value
        ends.append(span.start_bit + span.bits)
    assert ends[-1] == 8 * len(octets)


def test_a_span_counts_octets_that_it_touches():
    spans = {span.name: (span.start, span.end) for span in Small(first=1).layout()}
    assert spans == {"first": (0, 1), "second": (0, 1), "third": (1, 3)}


def test_absent_fields_have_no_span():
    assert [span.name for span in Conditional(flag=0).layout()] == ["flag", "reserved"]


def test_meanings_come_from_mappings_enums_and_functions():
    assert [span.meaning for span in Small(first=1, second=1).layout()] == ["one", "dark red", ""]
    assert [span.meaning for span in Small(first=2, second=2).layout()] == ["not assigned", "not assigned", ""]
    strings = Strings(size=2, reversed=b"12", counted=b"", body=b"", trailer=b"\xab\xcd")
    assert strings.layout()[-1].meaning == "abcd"


# --- what octets may be guilty of ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "octets", "reason", "offset"),
    [
        pytest.param(FixedFields, "000170455802", Reason.FIXED_VALUE, 2, id="a fixed bit field"),
        pytest.param(FixedFields, "000160455803", Reason.FIXED_VALUE, 3, id="fixed octets"),
        pytest.param(Ragged, "0185bf", Reason.FIXED_VALUE, 1, id="fixed bits that begin inside an octet"),
        pytest.param(Checked, "008100", Reason.BAD_VALUE, 1, id="a check, at its field"),
        pytest.param(Strings, "0102010304", Reason.BAD_LENGTH, 3, id="a negative size"),
        pytest.param(Strings, "0302010304", Reason.TRUNCATED, 5, id="no room for what follows the body"),
        pytest.param(Holder, "0902ff00", Reason.TRUNCATED, 4, id="inside a nested header"),
        pytest.param(Sized, "05010161620007", Reason.TRAILING, 4, id="octets left in a sized header"),
        pytest.param(Sized, "03010261620007", Reason.TRUNCATED, 4, id="a sized header that needs more"),
        pytest.param(List, "000100020300", Reason.TRUNCATED, 6, id="inside the second of a list"),
        pytest.param(SizedList, "03020001" + "0009", Reason.TRUNCATED, 4, id="a list whose size cuts an element"),
        pytest.param(CountedList, "020200", Reason.TRUNCATED, 3, id="a list with fewer elements than counted"),
        pytest.param(TrailedList, "01", Reason.TRUNCATED, 1, id="a list with no room for its trailer"),
        pytest.param(TrailedHeader, "030000", Reason.TRUNCATED, 3, id="a header with no room for its trailer"),
        pytest.param(Nothings, "00", Reason.BAD_LENGTH, 0, id="an element of no octets"),
    ],
)
def test_wrong_octets_are_malformed_with_reason_and_offset(header, octets, reason, offset):
    with pytest.raises(Malformed) as caught:
        header.decode(bytes.fromhex(octets))
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_a_value_that_fails_a_check_is_not_asked_what_it_means():
    with pytest.raises(Malformed) as caught:
        Worded.decode(b"\0\1x")
    assert (caught.value.offset, caught.value.reason) == (2, Reason.BAD_LENGTH)


def test_the_place_of_a_field_counts_what_is_before_it():
    assert [Small(first=1).offset_of(name) for name in ("first", "second", "third")] == [0, 0, 1]
    assert Conditional(flag=1, wide=8, narrow=2, text=b"hi").offset_of("text") == 2


def test_a_meaning_is_not_asked_for_a_value_that_fails_its_check():
    with pytest.raises(Malformed, match="one octet at most") as caught:
        Meaningful.decode(b"\1too long")
    assert caught.value.offset == 1


def test_a_malformed_inner_header_keeps_its_own_layer():
    with pytest.raises(Malformed) as caught:
        Holder.decode(bytes.fromhex("0902ff00"))
    assert caught.value.layer == "item"


def test_a_list_ends_at_the_octets_even_without_its_last_element():
    assert EndedList.decode(bytes.fromhex("01026162"))[0] == EndedList(items=(ONE,))


def test_decode_all_refuses_octets_that_are_left_over():
    with pytest.raises(Malformed) as caught:
        Small.decode_all(bytes.fromhex("a3123400"))
    assert (caught.value.reason, caught.value.offset) == (Reason.TRAILING, 3)


def test_decode_all_takes_exactly_one_header():
    assert Small.decode_all(bytes.fromhex("200000")) == Small(first=1)


# --- what a caller may be guilty of ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        pytest.param(lambda: Small(first=8), "Small.first is 8: must be 0 to 7", id="too wide"),
        pytest.param(lambda: Small(first=-1), "must be 0 to 7", id="negative"),
        pytest.param(lambda: Small(first=b"1"), "must be 0 to 7", id="no integer"),
        pytest.param(lambda: Small(first=None), "must be 0 to 7", id="nothing where something is sent"),
        pytest.param(lambda: Item(kind=1, length=3, octets=b"ab"), "must be bytes, 3 of them", id="another length"),
        pytest.param(lambda: Item(kind=1, length=2, octets="ab"), "must be bytes", id="text for octets"),
        pytest.param(lambda: EndedList(items=(), after="x"), "must be bytes", id="text for the rest"),
        pytest.param(lambda: Conditional(flag=0, wide=1), "must be None here", id="a field that is not sent"),
        pytest.param(lambda: Conditional(flag=1, narrow=1), "must be 0 to 15", id="a field that is missing"),
        pytest.param(lambda: FixedFields(version=4), "must be 6", id="another value of a fixed field"),
        pytest.param(lambda: Checked(prefix_length=129), "at most 128 bits", id="a check"),
        pytest.param(lambda: Holder(which=0, inner=ONE), "if and only if", id="a header where none is sent"),
        pytest.param(lambda: Holder(which=1, inner=None), "if and only if", id="no header where one is sent"),
        pytest.param(lambda: Sized(length=3, inner=ONE), "must fill octets: 3", id="a header of another size"),
        pytest.param(lambda: List(items=[ONE]), "must be a tuple", id="a list for a tuple"),
        pytest.param(lambda: SizedList(length=1, items=(ONE,)), "must fill octets: 1", id="a list of another size"),
        pytest.param(lambda: CountedList(count=2, items=(ONE,)), "must hold elements: 2", id="a wrong count"),
        pytest.param(lambda: EndedList(items=(Item(kind=0), ONE)), "goes on behind its end", id="an early end"),
    ],
)
def test_a_value_that_cannot_exist_is_refused(build, complaint):
    with pytest.raises(UsageError, match=complaint):
        build()


def test_a_computed_field_is_filled_in_only_when_left_open():
    assert Item(kind=1, octets=b"abc").length == 3
    assert dataclasses.replace(Item(kind=1, octets=b"abc"), length=AUTO, octets=b"").length == 0


def test_a_computed_field_may_name_a_later_computed_field():
    assert (Padded(text=b"abc").units, Padded(text=b"abc").padding_octets) == (1, 5)


def test_computed_fields_must_not_wait_for_one_another():
    @wire("circle")
    class Circle(Header):
        one: Annotated[int, Bits(8), Computed("two")] = AUTO
        two: Annotated[int, Bits(8), Computed("one")] = AUTO

    with pytest.raises(TypeError, match="wait for one another"):
        Circle()


def test_fields_are_named_when_building():
    with pytest.raises(TypeError):
        Small(1)


def test_values_compare_by_content_and_do_not_change():
    assert Small(first=1) == Small.decode(b"\x20\0\0")[0]
    assert hash(Small(first=1)) == hash(Small(first=1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        Small(first=1).first = 2
    assert not hasattr(Small(first=1), "__dict__")


# --- what an author of a description may be guilty of ----------------------------------------------------------------


def test_bits_must_fill_octets():
    @wire("odd")
    class Odd(Header):
        bits: Annotated[int, Bits(3)]
        octets: Rest

    with pytest.raises(TypeError, match="do not fill whole octets"):
        Odd.decode(b"\0")
    with pytest.raises(TypeError, match="do not fill whole octets"):
        compilation.compile_all(Odd)


def test_bits_that_share_octets_across_conditions_must_fill_them():
    with pytest.raises(TypeError, match="4 bits are missing"):
        Uneven(flag=1, bits=1).encode()
    with pytest.raises(TypeError, match="4 bits are missing"):
        Uneven.decode(bytes.fromhex("0110"))


def test_a_field_needs_a_width():
    with pytest.raises(TypeError, match="no wire width"):

        @wire("bare")
        class Bare(Header):
            field: int


def test_a_header_without_a_description_cannot_be_used():
    class Undescribed(Header):
        pass

    with pytest.raises(TypeError, match="no @wire description"):
        Undescribed.decode(b"")
    with pytest.raises(TypeError, match="no @wire description"):
        Undescribed().encode()


def test_an_annotation_may_be_refined_by_a_later_one():
    @wire("refined")
    class Refined(Header):
        wide: Annotated[U32, Bits(16)]

    assert Refined(wide=1).encode() == b"\0\1"


@wire("nothing")
class Nothing(Header):
    """Without a field."""


@wire("another")
class Another(Header):
    """As many fields as :class:`Small`, of the same names and widths."""

    first: Annotated[int, Bits(1)]
    second: Annotated[int, Bits(1)]
    third: Annotated[int, Bits(6)] = 0


def test_values_compare_by_class_and_content():
    one, same, other = Small(first=1), Small(first=1), Small(first=0)
    assert one == same != other
    assert hash(one) == hash(same) != hash(other)
    assert one != Another(first=1, second=one.second, third=one.third)
    assert Nothing() == Nothing() != one
    assert len({one, same, other, Nothing(), Nothing()}) == 3


def test_a_value_shows_its_fields():
    assert repr(Small(first=1, second=1)) == f"Small(first=1, second=1, third={Small(first=1).third})"
    assert repr(Nothing()) == "Nothing()"
