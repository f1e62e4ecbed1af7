"""The "class unsupported" error of Principled 6LoWPAN."""

import pytest

from p6lowpan.capability import profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ipv6.p6lowpan import (
    CLASS_UNSUPPORTED_TYPE,
    FLEX_CODE,
    ClassUnsupported,
    class_unsupported,
    is_class_unsupported,
)

FIELD = profile.flex_field(profile.level_features(4))
VECTORS = {
    f"level {level}": (ClassUnsupported(code=level, checksum=0xABCD), f"64{level:02x}abcd") for level in range(7)
}
VECTORS["FLEX"] = (ClassUnsupported(code=FLEX_CODE, flex=FIELD), f"64800000 {FIELD:08x}")


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_the_error_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(ClassUnsupported, value, octets)
    leaves_the_rest(ClassUnsupported, octets)
    assert is_class_unsupported(bytes.fromhex(octets))


def test_the_error_has_four_octets_and_with_flex_eight():
    assert len(class_unsupported(profile.of_level(3)).encode()) == 4
    assert len(class_unsupported(profile.of_flex(FIELD)).encode()) == 8


@pytest.mark.parametrize("code", [7, 0x7F, 0x81, 0xFF])
def test_a_code_that_is_no_level_is_refused(refuses, code):
    error = refuses(ClassUnsupported, f"64{code:02x}0000")
    assert (error.offset, error.reason) == (1, Reason.BAD_VALUE)


@pytest.mark.parametrize("receiver", [*profile.LEVELS, profile.of_flex(FIELD)], ids=lambda each: each.name)
def test_the_error_announces_what_the_receiver_can_do(receiver):
    said = ClassUnsupported.decode_all(class_unsupported(receiver).encode()).profile
    assert said == receiver


def test_a_stack_outside_the_spectrum_has_nothing_to_announce():
    with pytest.raises(UsageError, match="rfc6282"):
        class_unsupported(profile.RFC6282)


def test_the_type_is_the_callers_choice_until_one_is_assigned():
    assert CLASS_UNSUPPORTED_TYPE == 100
    assert class_unsupported(profile.of_level(0), 101).encode() == bytes.fromhex("65000000")


@pytest.mark.parametrize(
    "build",
    [
        lambda: ClassUnsupported(code=7),
        lambda: ClassUnsupported(code=FLEX_CODE),
        lambda: ClassUnsupported(code=1, flex=0),
    ],
)
def test_an_error_that_cannot_exist_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()


def test_the_code_is_said_in_words(words):
    assert words(ClassUnsupported(code=5), "code") == "I am of level 5"
    flexible = ClassUnsupported(code=FLEX_CODE, flex=FIELD)
    assert words(flexible, "code") == "a FLEX bitfield follows"
    assert words(flexible, "flex") == f"{len(profile.level_features(4))} features"
