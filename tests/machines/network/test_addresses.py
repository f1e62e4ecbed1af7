"""The table of own addresses, against RFC 4862 sections 2 and 5.5 and RFC 4291 section 2.8."""

import copy
from itertools import product

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.addresses import TABLE, Addresses, AddressEvent, AddressState
from p6lowpan.machines.network.outputs import AddressAssigned, AddressLost
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import parse_ipv6
from properties.network import limited

ONE, TWO, THREE = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3))
SECOND = 1_000_000
TENTATIVE, PREFERRED, DEPRECATED = AddressState.TENTATIVE, AddressState.PREFERRED, AddressState.DEPRECATED


@pytest.fixture
def addresses() -> Addresses:
    return Addresses(is_router=False, limits=P6LOWPAN)


def test_every_event_has_a_row_in_every_state():
    assert set(TABLE) == set(product(AddressState, AddressEvent))


def test_a_tentative_address_is_ours_only_when_it_is_confirmed(addresses):
    assert addresses.assign(0, ONE) == ()
    assert (addresses.state_of(0, ONE), addresses.is_ours(0, ONE)) == (TENTATIVE, False)
    assert addresses.confirm(1, ONE) == (AddressAssigned(ONE),)
    assert (addresses.state_of(1, ONE), addresses.is_ours(1, ONE)) == (PREFERRED, True)
    assert addresses.confirm(2, ONE) == ()


def test_an_address_that_nobody_else_can_have_is_ours_at_once(addresses):
    assert addresses.assign(0, ONE, PREFERRED) == (AddressAssigned(ONE),)


def test_a_refused_address_is_gone(addresses):
    addresses.assign(0, ONE)
    assert addresses.remove(ONE, Reason.DUPLICATE_ADDRESS) == (AddressLost(ONE, Reason.DUPLICATE_ADDRESS),)
    assert addresses.remove(ONE, Reason.DUPLICATE_ADDRESS) == ()
    assert addresses.state_of(0, ONE) is None


def test_an_address_is_deprecated_when_its_preferred_lifetime_ends_and_lost_when_the_valid_one_does(addresses):
    addresses.assign(0, ONE, PREFERRED, preferred_us=10 * SECOND, valid_us=20 * SECOND)
    assert addresses.state_of(10 * SECOND - 1, ONE) is PREFERRED
    assert addresses.state_of(10 * SECOND, ONE) is DEPRECATED
    assert addresses.is_ours(20 * SECOND - 1, ONE)
    assert addresses.state_of(20 * SECOND, ONE) is None
    assert addresses.deadline == 20 * SECOND
    assert addresses.expire(20 * SECOND - 1) == ()
    assert addresses.expire(20 * SECOND) == (AddressLost(ONE, Reason.LIFETIME_ENDED),)
    assert addresses.deadline is None


def test_a_renewed_address_is_preferred_again_and_keeps_what_is_known_of_it(addresses):
    addresses.assign(0, ONE, PREFERRED, preferred_us=SECOND)
    addresses.assign(0, TWO, preferred_us=SECOND)
    for address in (ONE, TWO):
        assert addresses.assign(5 * SECOND, address, TENTATIVE, preferred_us=SECOND) == ()
    assert addresses.state_of(5 * SECOND, ONE) is PREFERRED
    assert addresses.state_of(5 * SECOND, TWO) is TENTATIVE
    assert addresses.state_of(6 * SECOND, ONE) is DEPRECATED


def test_a_valid_lifetime_of_zero_takes_an_address_away(addresses):
    addresses.assign(0, ONE, PREFERRED)
    assert addresses.assign(1, ONE, valid_us=0) == (AddressLost(ONE, Reason.LIFETIME_ENDED),)


def test_a_tentative_address_can_outlive_its_preference_and_is_deprecated_once_confirmed(addresses):
    addresses.assign(0, ONE, preferred_us=SECOND)
    assert addresses.state_of(2 * SECOND, ONE) is TENTATIVE
    addresses.confirm(2 * SECOND, ONE)
    assert addresses.state_of(2 * SECOND, ONE) is DEPRECATED


def test_an_address_can_be_deprecated_and_preferred_again(addresses):
    addresses.assign(0, ONE, PREFERRED)
    addresses.deprecate(1, ONE)
    assert addresses.state_of(1, ONE) is DEPRECATED
    addresses.confirm(2, ONE)
    assert addresses.state_of(2, ONE) is PREFERRED


def test_what_happens_to_an_address_that_is_not_ours_is_reported(addresses):
    (dropped,) = addresses.confirm(0, ONE)
    assert (type(dropped), dropped.reason) == (Dropped, Reason.UNEXPECTED)
    addresses.assign(0, TWO, valid_us=5)
    (lost_or_dropped,) = addresses.confirm(5, TWO)
    assert lost_or_dropped.reason is Reason.UNEXPECTED


@pytest.mark.parametrize("text", ["::", "::1", "ff02::1"])
def test_what_nobody_can_have_for_himself_is_not_ours(addresses, text):
    (dropped,) = addresses.assign(0, parse_ipv6(text))
    assert dropped.reason is Reason.BAD_VALUE
    assert addresses.own(0) == ()


def test_octets_that_are_no_address_are_refused(addresses):
    with pytest.raises(UsageError):
        addresses.assign(0, b"\xfe\x80")


def test_the_table_holds_its_bound_and_not_one_more():
    addresses = Addresses(is_router=False, limits=limited(own_addresses=2))
    addresses.assign(0, ONE, PREFERRED)
    addresses.assign(0, TWO, valid_us=10)
    (dropped,) = addresses.assign(0, THREE)
    assert (dropped.reason, len(addresses.own(0))) == (Reason.OWN_ADDRESSES_FULL, 2)
    assert addresses.assign(1, ONE) == ()  # renewing needs no room
    assert addresses.assign(10, THREE) == (AddressLost(TWO, Reason.LIFETIME_ENDED),)  # what has ended makes some


def test_every_node_is_in_the_groups_of_rfc_4291(addresses):
    router = Addresses(is_router=True, limits=P6LOWPAN)
    groups = [parse_ipv6(text) for text in ("ff02::1", "ff02::2", "ff05::2", "ff02::3")]
    assert [addresses.is_joined(0, group) for group in groups] == [True, False, False, False]
    assert [router.is_joined(0, group) for group in groups] == [True, True, True, False]


def test_whoever_has_an_address_is_in_its_solicited_node_group_even_before_it_is_confirmed(addresses):
    group = parse_ipv6("ff02::1:ff0b:cd01")
    assert not addresses.is_joined(0, group)
    addresses.assign(0, parse_ipv6("2001:db8::780b:cd01"), valid_us=10)
    assert addresses.is_joined(9, group)
    assert not addresses.is_joined(10, group)
    assert not addresses.is_joined(0, parse_ipv6("ff02::1:ff0b:cd02"))


def test_groups_are_joined_and_left_within_their_bound():
    addresses = Addresses(is_router=False, limits=limited(joined_groups=1))
    one, two = parse_ipv6("ff05::1"), parse_ipv6("ff05::2")
    assert addresses.join(one) == addresses.join(one) == ()
    (dropped,) = addresses.join(two)
    assert (dropped.reason, addresses.groups) == (Reason.GROUPS_FULL, (one,))
    addresses.leave(one)
    addresses.leave(one)
    assert addresses.join(two) == ()
    assert (addresses.is_joined(0, one), addresses.is_joined(0, two)) == (False, True)


def test_only_a_multicast_address_is_a_group(addresses):
    with pytest.raises(UsageError):
        addresses.join(ONE)


def test_a_copy_is_independent_of_its_original(addresses):
    addresses.assign(0, ONE)
    other = copy.deepcopy(addresses)
    other.confirm(0, ONE)
    assert addresses.state_of(0, ONE) is TENTATIVE
