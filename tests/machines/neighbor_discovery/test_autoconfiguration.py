"""Prefixes, and the addresses that a host forms from them: RFC 4861 section 6.3.4, RFC 4862 section 5.5."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressDeprecated,
    AddressFormed,
    AddressLost,
    PrefixLearned,
    PrefixLost,
)
from p6lowpan.wire.address import parse_ipv6
from properties.neighbors import (
    ME,
    MY_GLOBAL,
    MY_LINK,
    OTHER_PREFIX,
    PREFIX,
    ROUTER_LL,
    SECOND,
    SHORT,
    Playbook,
    address,
    advertisement,
    discovery,
    limited,
    of,
    pio,
    reasons,
    registering,
    said,
)
from properties.registrations import grant, registered

MY_SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")


def started(**changes):
    play = Playbook(discovery(**changes))
    play.start()
    return play


def test_a_prefix_makes_a_tentative_address_that_is_registered():
    """LPND 1.1.3a, 1.1.4a: PIO with A=1 and L=0, M=0."""
    play = started()
    outputs = play.hear(advertisement(pio()), ROUTER_LL)
    assert of(outputs, PrefixLearned) == [PrefixLearned(PREFIX, 64, on_link=False)]
    assert of(outputs, AddressFormed) == [AddressFormed(MY_GLOBAL, MY_LINK)]
    assert not of(outputs, AddressConfirmed)
    assert len(registering(outputs)) == 1
    assert play.state(MY_GLOBAL) == "TENTATIVE"


def test_an_address_whose_registration_is_granted_is_ours():
    """LPND 1.1.6b."""
    play, outputs = registered(pio())
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]
    assert play.state(MY_GLOBAL) == "PREFERRED"


def test_two_prefixes_make_two_addresses_and_two_registrations():
    """LPND 1.1.3c."""
    _, outputs = registered(pio(), pio(OTHER_PREFIX))
    confirmed = [one.address for one in of(outputs, AddressConfirmed)]
    assert confirmed == [MY_GLOBAL, address(OTHER_PREFIX, ME)]
    assert len(registering(outputs)) == 2


def test_a_short_address_makes_addresses_too():
    _play, outputs = registered(pio(), short=SHORT)
    assert [one.address for one in of(outputs, AddressConfirmed)] == [MY_GLOBAL, MY_SHORT_GLOBAL]


def test_where_addresses_are_managed_none_is_formed_from_a_short_address():
    """RFC 6775 section 5.4.1."""
    play = started(short=SHORT)
    outputs = play.hear(advertisement(pio(), managed_addresses=1), ROUTER_LL)
    assert [one.address for one in of(outputs, AddressFormed)] == [MY_GLOBAL]


@pytest.mark.parametrize(
    ("unusable", "reason"),
    [
        (pio(on_link=1), Reason.BAD_VALUE),  # RFC 6775 section 5.4: "MUST be ignored"
        (pio(autonomous=0), None),
        (pio(prefix_length=48), None),
        (pio(parse_ipv6("fe80::")), Reason.BAD_VALUE),
        (pio(parse_ipv6("ff02::")), Reason.BAD_VALUE),
        (pio(valid=10, preferred=11), Reason.BAD_VALUE),
        (pio(valid=0), None),
    ],
    ids=["on-link", "not autonomous", "48 bits", "link-local", "multicast", "preferred longer than valid", "withdrawn"],
)
def test_a_prefix_that_is_not_usable_makes_no_address_and_no_registration(unusable, reason):
    """LPND 1.1.3b."""
    play = started()
    outputs = play.hear(advertisement(unusable), ROUTER_LL)
    assert not of(outputs, AddressFormed)
    assert not registering(outputs)
    assert reasons(outputs) == ([reason] if reason else [])


def test_an_address_is_deprecated_when_its_preferred_lifetime_ends_and_lost_when_its_valid_one_does():
    """LPND 1.1.5b."""
    play, _ = registered(pio(valid=100, preferred=40))
    assert of(play.wait(40 * SECOND - 1), AddressDeprecated) == []
    assert of(play.wait(1), AddressDeprecated) == [AddressDeprecated(MY_GLOBAL)]
    assert play.node.interface.owns(MY_GLOBAL)
    outputs = play.wait(60 * SECOND)
    assert of(outputs, AddressLost) == [AddressLost(MY_GLOBAL)]
    assert of(outputs, PrefixLost) == [PrefixLost(PREFIX, 64)]
    assert play.state(MY_GLOBAL) is None


def test_a_lost_address_is_given_back_to_the_router():
    """RFC 8505 section 5.7: "A node that ceases to use an address SHOULD attempt to de-register"."""
    play, _ = registered(pio(valid=100))
    given_back = registering(play.wait(100 * SECOND))[-1]
    (ended,) = [one for one in said(given_back).options if hasattr(one, "lifetime_minutes")]
    assert (given_back.source, ended.lifetime_minutes) == (MY_GLOBAL, 0)


def test_a_deprecated_address_is_preferred_again_when_its_prefix_is():
    play, _ = registered(pio(valid=100, preferred=40))
    play.wait(50 * SECOND)
    outputs = play.hear(advertisement(pio(valid=100, preferred=100)), ROUTER_LL)
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_an_address_that_is_confirmed_too_late_is_deprecated_at_once():
    play = started()
    waiting = play.hear(advertisement(pio(valid=100, preferred=3)), ROUTER_LL)
    play.wait(5 * SECOND)
    outputs = grant(play, waiting)
    assert of(outputs, AddressDeprecated) == [AddressDeprecated(MY_GLOBAL)]


@pytest.mark.parametrize(
    ("left", "announced", "expected"),
    [  # RFC 4862 section 5.5.3 e, in seconds
        (1_000, 2_000, 2_000),  # longer than what is left
        (1_000, 500, 1_000),  # shorter, and little is left: ignored
        (100_000, 500, 7_200),  # shorter, and much is left: two hours
        (100_000, 8_000, 8_000),  # more than two hours: believed
        (0xFFFFFFFF, 500, 7_200),
        (1_000, 0xFFFFFFFF, None),
    ],
)
def test_nobody_shortens_the_life_of_an_address_to_less_than_two_hours(left, announced, expected):
    play = started()
    play.hear(advertisement(pio(valid=left)), ROUTER_LL)
    play.hear(advertisement(pio(valid=announced)), ROUTER_LL)
    own = play.node.interface.addresses[MY_GLOBAL]
    assert own.valid_until == (None if expected is None else expected * SECOND)


def test_a_prefix_that_is_withdrawn_is_lost():
    play = started()
    play.hear(advertisement(pio()), ROUTER_LL)
    assert of(play.hear(advertisement(pio(valid=0)), ROUTER_LL), PrefixLost) == [PrefixLost(PREFIX, 64)]


def test_the_prefix_list_is_bounded():
    play = started(limits=limited(prefixes=2))
    prefixes = [pio(parse_ipv6(f"2001:db8:{number}::"), autonomous=0) for number in (1, 2, 3)]
    assert reasons(play.hear(advertisement(*prefixes), ROUTER_LL)) == [Reason.PREFIXES_FULL]
    assert len(play.node.host.autoconfiguration.prefixes) == 2


def test_our_addresses_are_bounded():
    play = started(limits=limited(own_addresses=2))
    outputs = play.hear(advertisement(pio(), pio(OTHER_PREFIX)), ROUTER_LL)
    assert reasons(outputs) == [Reason.OWN_ADDRESSES_FULL]
    assert len(play.node.addresses) == 2


def test_a_given_address_is_registered_as_well():
    given = parse_ipv6("2001:db8:1::77")
    _play, outputs = registered(addresses=(given,))
    assert of(outputs, AddressConfirmed) == [AddressConfirmed(given)]
