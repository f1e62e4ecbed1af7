"""Profiles of real stacks, from the measured table."""

import pytest

from p6lowpan.capability import named
from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import RFC6282, of_flex, of_level
from p6lowpan.capability.stacks import PROFILES, STACKS, TABLE


def test_every_row_has_a_cell_for_every_stack() -> None:
    for line in TABLE.strip().splitlines():
        assert len(line.split()) == 1 + len(STACKS), line


def test_every_stack_takes_compressed_ipv6() -> None:
    assert all({Feature.IPHC, Feature.HOP_LIMIT} <= profile.receives for profile in PROFILES.values())


def test_the_stacks_that_refuse_uncompressed_ipv6_are_those_that_were_measured_to() -> None:
    refusing = {name for name, profile in PROFILES.items() if Feature.UNCOMPRESSED_IPV6 not in profile.receives}
    assert refusing == {"openthread", "wisun-wsrd", "smoltcp", "tock", "linux"}


def test_no_stack_is_sent_what_it_does_not_receive() -> None:
    for profile in PROFILES.values():
        toward = named.toward(profile)
        assert toward.sends <= profile.receives
        assert toward.sends <= RFC6282.sends


def test_a_level_is_sent_all_that_it_has() -> None:
    assert named.toward(of_level(6)) == of_level(6)
    assert named.toward(of_flex(0xC0000000)).sends == of_level(0).sends


def test_names_of_stacks_and_of_levels_are_found() -> None:
    assert named.by_name("riot") is PROFILES["riot"]
    assert named.by_name("level-3").level == 3
    with pytest.raises(UsageError, match="unknown profile 'zigbee'"):
        named.by_name("zigbee")
