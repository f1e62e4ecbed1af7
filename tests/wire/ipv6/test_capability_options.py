"""The 6LoWPAN Capability Indication Option with its P6LoWPAN level, and FLEX."""

import pytest

from p6lowpan.capability import profile
from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ipv6.capability_options import (
    LEVEL_FLAG,
    CapabilityIndication,
    FlexCapability,
    level_in,
    level_of,
    with_level,
)
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS

FIELD = profile.flex_field(profile.level_features(5))

VECTORS = {
    "nothing": (CapabilityIndication(), "2401 0000 00000000"),
    "G, RFC 7400 figure 5": (CapabilityIndication(generic_compression=1), "2401 0001 00000000"),
    "all that is assigned": (
        CapabilityIndication(
            any_address_registration=1, address_protection=1, extended_duplicate_messages=1, router=1, border_router=1,
            routing_registrar=1, extended_registration=1, generic_compression=1, prefix_registration=1,
        ),
        "2401 00ff 80000000",
    ),
    "all that is not": (CapabilityIndication(experiments=255, unassigned=2**31 - 1), "2401 ff00 7fffffff"),
    "level 5": (with_level(CapabilityIndication(router=1), 5), "2401 d010 00000000"),
    "a longer option, RFC 7400 section 3.4": (
        CapabilityIndication(extended_registration=1, extension=b"12345678"),
        "2402 0002 00000000 3132333435363738",
    ),
    "FLEX": (FlexCapability(features=FIELD), f"fd01 0000 {FIELD:08x}"),
    "FLEX, reserved octets kept": (FlexCapability(reserved=0xFFFF, features=0), "fd01 ffff 00000000"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    ("flag", "field"),
    [
        (8, "any_address_registration"),
        (9, "address_protection"),
        (10, "extended_duplicate_messages"),
        (11, "router"),
        (12, "border_router"),
        (13, "routing_registrar"),
        (14, "extended_registration"),
        (15, "generic_compression"),
        (16, "prefix_registration"),
    ],
)
def test_flags_are_numbered_from_the_octet_after_the_length(flag, field):
    """RFC 7400 section 3.4: "the 16th bit is flag number 0, the 31st bit (the G bit) is flag number 15"."""
    value = CapabilityIndication.decode_all(b"\x24\x01" + (1 << 47 - flag).to_bytes(6, "big"))
    assert value == CapabilityIndication(**{field: 1})
    assert value.flags == 1 << 47 - flag


@pytest.mark.parametrize("level", range(7))
def test_a_level_goes_into_the_experimental_flags_and_comes_back(words, level):
    option = with_level(CapabilityIndication(generic_compression=1, unassigned=3, extension=bytes(8)), level)
    assert level_of(option) == level
    assert option.generic_compression
    assert (option.unassigned, option.extension) == (3, bytes(8))
    assert option.flags >> 44 - LEVEL_FLAG & 0xF == 8 | level
    assert words(option, "experiments") == f"P6LoWPAN level {level}"


def test_a_level_can_be_changed_and_taken_back():
    option = CapabilityIndication(experiments=0x0F, router=1)
    assert level_of(option) is None
    assert with_level(with_level(option, 6), 2).experiments == 0xAF
    assert with_level(with_level(option, 6), None) == option


@pytest.mark.parametrize("flags", [0, 0x5 << 44, 0xF << 44, (1 << 44) - 1])
def test_without_the_first_flag_and_at_seven_no_level_is_given(words, flags):
    option = CapabilityIndication.decode_all(b"\x24\x01" + flags.to_bytes(6, "big"))
    assert level_in(flags) is None
    assert level_of(option) is None
    assert words(option, "experiments") == ""


@pytest.mark.parametrize("level", [-1, 7, 8])
def test_a_level_that_does_not_exist_is_not_announced(level):
    with pytest.raises(UsageError):
        with_level(CapabilityIndication(), level)


@pytest.mark.parametrize("level", range(7))
def test_flex_announces_the_features_of_a_profile(words, level):
    option = FlexCapability(features=profile.flex_field(profile.level_features(level)))
    announced = {feature for feature in profile.level_features(level) if feature.flex_bit is not None}
    assert profile.of_flex(option.features).receives == announced
    assert words(option, "features") == f"{len(announced)} features"
