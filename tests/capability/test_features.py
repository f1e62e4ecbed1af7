"""The table of features."""

import pytest

from p6lowpan.capability.features import (
    BY_NAME,
    FLEX_RESERVED_BITS,
    HIGHEST_LEVEL,
    Feature,
    lowest_level,
)


def test_names_are_the_members_in_small_letters():
    assert {feature.value.name: feature.name.lower() for feature in Feature} == {name: name for name in BY_NAME}


def test_flex_bits_are_the_first_26_without_a_gap():
    assert {feature.flex_bit for feature in Feature} - {None} == set(range(32 - FLEX_RESERVED_BITS))


def test_a_flex_bit_is_shared_only_by_generic_header_compression():
    by_bit = {}
    for feature in Feature:
        by_bit.setdefault(feature.flex_bit, []).append(feature)
    shared = [features for bit, features in by_bit.items() if bit is not None and len(features) > 1]
    assert shared == [[Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION]]


def test_every_level_adds_something():
    assert {feature.level for feature in Feature} - {None} == set(range(HIGHEST_LEVEL + 1))


def test_what_has_a_flex_bit_has_a_level():
    assert all(feature.level is not None for feature in Feature if feature.flex_bit is not None)


@pytest.mark.parametrize(
    ("features", "level"),
    [
        (set(), 0),
        ({Feature.FRAGMENTATION}, 0),
        ({Feature.IPHC, Feature.NHC_UDP}, 4),
        ({Feature.IPHC, Feature.GHC_UDP, Feature.FRAGMENTATION}, 6),
        ({Feature.IPHC, Feature.NHC_UDP_CHECKSUM_ELIDED}, None),
        ({Feature.HC1}, None),
    ],
)
def test_the_lowest_level_is_the_highest_of_the_features(features, level):
    assert lowest_level(frozenset(features)) == level
