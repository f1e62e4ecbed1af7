"""Formats told apart by what they begin with."""

from dataclasses import replace
from typing import Annotated

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import U8, Bits, Check, Fixed, Header, Octets, Rest, wire
from p6lowpan.wire.family import Family


@wire("one")
class One(Header):
    kind: Annotated[int, Bits(8), Fixed()] = 1
    value: U8 = 0


@wire("unknown")
class Unknown(Header):
    kind: U8
    octets: Rest = b""


FAMILY = Family("family", {1: One}, Unknown)
LATE = Family("late", {1: One}, Unknown, key=lambda octets: octets[1], key_octets=2)


def test_a_member_is_found_by_its_number():
    assert FAMILY.decode(b"\1\7rest") == (One(value=7), b"rest")


def test_what_no_member_claims_keeps_its_octets():
    assert FAMILY.decode(b"\2abc") == (Unknown(kind=2, octets=b"abc"), b"")


def test_octets_too_few_to_tell_are_truncated():
    with pytest.raises(Malformed) as caught:
        LATE.decode(b"\1")
    assert (caught.value.layer, caught.value.offset, caught.value.reason) == ("late", 1, Reason.TRUNCATED)


def test_no_octets_are_truncated():
    with pytest.raises(Malformed, match="needs 1 octets"):
        FAMILY.decode(b"")


def test_the_number_may_lie_behind_the_first_octet():
    assert LATE.decode(b"\2\2")[0] == Unknown(kind=2, octets=b"\2")


def test_a_member_may_be_another_family():
    inner = Family("inner", {1: One}, Unknown, key=lambda octets: octets[0] & 1)
    outer = Family("outer", {2: inner}, Unknown, key=len)
    assert outer.decode(b"\1\7") == (One(value=7), b"")
    assert outer.decode(b"\2\7") == (Unknown(kind=2, octets=b"\7"), b"")
    assert outer.decode(b"\1\7x") == (Unknown(kind=1, octets=b"\7x"), b"")


@wire("checked")
class Checked(Header):
    CHECKS = (Check("value", "value", Reason.BAD_VALUE, "no zero"),)
    kind: Annotated[int, Bits(8), Fixed()] = 1
    value: U8 = 0


@wire("invalid")
class Invalid(Header):
    kind: U8
    octets: Annotated[bytes, Octets("2")]


def test_what_its_member_refuses_may_be_kept_as_invalid():
    lenient = replace(FAMILY, invalid=Invalid, members={1: Checked})
    assert lenient.decode(b"\1\7rest") == (Checked(value=7), b"rest")
    assert lenient.decode(b"\1\0rest") == (Invalid(kind=1, octets=b"\0r"), b"est")
    assert lenient.decode(b"\2ab") == (Unknown(kind=2, octets=b"ab"), b"")


def test_what_is_not_even_invalid_is_refused_as_its_member_says():
    with pytest.raises(Malformed) as caught:
        replace(FAMILY, invalid=Invalid).decode(b"\1")
    assert caught.value.layer == "one"
