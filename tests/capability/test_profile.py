"""Profiles: levels, FLEX bitfields, plain RFC 6282."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import HIGHEST_LEVEL, Feature
from p6lowpan.capability.profile import (
    LEVELS,
    NEVER_CHOSEN,
    RFC6282,
    by_name,
    flex_field,
    level_features,
    of_flex,
    of_level,
    takes,
)

ANY_FEATURES = st.frozensets(st.sampled_from(sorted(Feature, key=lambda feature: feature.name)))


def test_each_level_is_a_strict_superset_of_the_one_below():
    assert all(low.receives < high.receives for low, high in pairwise(LEVELS))
    assert len(LEVELS) == HIGHEST_LEVEL + 1


def test_a_level_sends_what_it_receives():
    assert all(level.sends == level.receives for level in LEVELS)


def test_a_level_lacks_exactly_what_it_does_not_receive():
    wanted = frozenset({Feature.IPHC, Feature.NHC_UDP, Feature.HC1})
    assert of_level(1).unsupported(wanted) == {Feature.NHC_UDP, Feature.HC1}
    assert RFC6282.unsupported(wanted) == frozenset()


@given(ANY_FEATURES)
def test_the_level_that_takes_features_receives_them_all_and_the_one_below_does_not(features):
    level = takes(features, 0)
    if level is None:
        assert not features <= level_features(HIGHEST_LEVEL)
    else:
        assert features <= of_level(level).receives
        assert level == 0 or not features <= of_level(level - 1).receives


def test_no_level_takes_more_growth_than_the_bound():
    bound = limits.P6LOWPAN.header_growth_octets
    assert takes(frozenset(), bound) == 0
    assert takes(frozenset(), bound + 1) is None


@given(st.integers(0, (1 << 32) - 1))
def test_a_flex_field_reads_back_but_for_reserved_bits(field):
    always = 0b11 << 30  # level 0: uncompressed IPv6 and fragmentation
    assert flex_field(of_flex(field).receives) == field >> 6 << 6 | always


def test_flex_bits_count_from_the_most_significant():
    assert flex_field(frozenset({Feature.UNCOMPRESSED_IPV6})) == 0x8000_0000
    assert flex_field(frozenset({Feature.GHC_UDP})) == 0x0000_0040
    assert flex_field(frozenset({Feature.HC1})) == 0


def test_features_of_one_flex_bit_come_together():
    assert of_flex(0x40).receives == {
        Feature.UNCOMPRESSED_IPV6, Feature.FRAGMENTATION,
        Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION,
    }  # fmt: skip


@pytest.mark.parametrize("field", [-1, 1 << 32])
def test_a_flex_field_has_32_bits(field):
    with pytest.raises(UsageError, match="32 bits"):
        of_flex(field)


def test_plain_rfc6282_understands_all_and_sends_what_all_understand():
    assert RFC6282.receives == frozenset(Feature)
    assert RFC6282.receives - RFC6282.sends == NEVER_CHOSEN


@pytest.mark.parametrize("profile", [*LEVELS, RFC6282, of_flex(0xE000_0000)], ids=lambda profile: profile.name)
def test_a_profile_is_found_by_its_name(profile):
    assert by_name(profile.name) == profile


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("level-7", "0 to 6"),
        ("level--1", "0 to 6"),
        ("level-x", "invalid literal"),
        ("level:3x", "invalid literal"),
        ("flex:12", "unknown profile"),
        ("flex:zzzzzzzz", "invalid literal"),
        ("", "unknown profile"),
        ("contiki", "unknown profile"),
    ],
)
def test_an_unknown_name_is_refused_with_what_there_is(name, complaint):
    with pytest.raises(UsageError, match=complaint):
        by_name(name)


def test_what_is_never_chosen_goes_only_to_those_who_send_it():
    generic = NEVER_CHOSEN & of_level(6).sends
    assert generic
    assert not of_level(6).within(RFC6282).sends & NEVER_CHOSEN
    assert of_level(6).within(of_level(6)).sends == of_level(6).sends
    assert of_level(6).within(of_flex(flex_field(generic))).sends >= generic


def test_levels_and_flex_fields_are_profiles_of_p6lowpan_and_others_are_not():
    assert all(level.is_principled for level in (*LEVELS, of_flex(0)))
    assert not RFC6282.is_principled
