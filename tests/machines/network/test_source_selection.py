"""Source address selection: the examples of RFC 6724 section 10.1 that one interface can have, and its rules."""

import pytest

from p6lowpan.machines.network.addresses import AddressState, OwnAddress
from p6lowpan.machines.network.source_selection import select_source
from p6lowpan.wire.address import parse_ipv6

PREFERRED, DEPRECATED, TENTATIVE = AddressState.PREFERRED, AddressState.DEPRECATED, AddressState.TENTATIVE


def chosen(destination, *candidates):
    """The text of the chosen one. A candidate is a text, or one with its state."""
    pairs = [(each, PREFERRED) if isinstance(each, str) else each for each in candidates]
    own = [OwnAddress(parse_ipv6(text), state) for text, state in pairs]
    source = select_source(own, parse_ipv6(destination))
    return next((text for text, _ in pairs if source == parse_ipv6(text)), None)


@pytest.mark.parametrize(
    ("destination", "candidates", "expected"),
    [  # RFC 6724 section 10.1
        ("2001:db8:1::1", ("2001:db8:3::1", "fe80::1"), "2001:db8:3::1"),
        ("ff05::1", ("2001:db8:3::1", "fe80::1"), "2001:db8:3::1"),
        ("2001:db8:1::1", (("2001:db8:1::1", DEPRECATED), "2001:db8:2::1"), "2001:db8:1::1"),
        ("fe80::1", (("fe80::2", DEPRECATED), "2001:db8:1::1"), "fe80::2"),
        ("2001:db8:1::1", ("2001:db8:1::2", "2001:db8:3::2"), "2001:db8:1::2"),
    ],
)
def test_the_examples_of_the_rfc_come_out_in_any_order(destination, candidates, expected):
    assert chosen(destination, *candidates) == chosen(destination, *reversed(candidates)) == expected


def test_a_link_local_destination_gets_a_link_local_source():
    assert chosen("fe80::9", "2001:db8::1", "fe80::1") == "fe80::1"
    assert chosen("ff02::1", "2001:db8::1", "fe80::1") == "fe80::1"
    assert chosen("ff01::1", "2001:db8::1", "fe80::1") == "fe80::1"


def test_a_group_that_reaches_beyond_the_link_gets_a_source_that_does_too():
    assert chosen("ff03::1", "fe80::1", "2001:db8::1") == "2001:db8::1"


def test_an_address_that_does_not_reach_is_better_than_none():
    assert chosen("2001:db8::9", "fe80::1") == "fe80::1"


def test_a_deprecated_address_is_used_where_no_other_of_its_scope_is_left():
    assert chosen("2001:db8::9", ("2001:db8::1", DEPRECATED), "2001:db8:5::1") == "2001:db8:5::1"
    assert chosen("2001:db8::9", ("2001:db8::1", DEPRECATED), "fe80::1") == "2001:db8::1"


def test_a_tentative_address_is_never_a_source():
    assert chosen("fe80::9", ("fe80::1", TENTATIVE)) is None
    assert chosen("fe80::1", ("fe80::1", TENTATIVE), "2001:db8::1") == "2001:db8::1"


def test_without_an_address_there_is_no_source():
    assert chosen("fe80::9") is None


def test_octets_in_common_behind_the_prefix_count_for_nothing():
    # RFC 6724 section 2.2: the common prefix is no longer than the source's own prefix
    assert chosen("2001:db8::1:2:3:5", "2001:db8::9", "2001:db8::1:2:3:4") == "2001:db8::9"


def test_a_unique_local_destination_prefers_the_unique_local_source():
    assert chosen("fd00:1::9", "2001:db8::1", "fd00:1::1") == "fd00:1::1"
