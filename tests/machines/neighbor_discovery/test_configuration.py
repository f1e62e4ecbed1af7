"""Who a node is to Neighbor Discovery, and who it cannot be."""

import pytest

from p6lowpan.capability import profile as profiles
from p6lowpan.capability.errors import UsageError
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Mode, Role
from p6lowpan.machines.neighbor_discovery.outputs import AddressConfirmed, AddressFormed
from p6lowpan.wire.address import LinkAddress, parse_ipv6
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import MY_LINK, PREFIX, SHORT, Playbook, discovery, of

IMPOSSIBLE = {
    "an EUI-64 of two octets": {"extended": SHORT},
    "a short address of eight octets": {"short": MY_LINK},
    "a verifier of nine octets": {"verifier": bytes(9)},
    "a group as an address": {"addresses": (parse_ipv6("ff02::1"),)},
    "contexts at a host": {"contexts": (Context(0, PREFIX, 64),)},
    "an on-link prefix in a LoWPAN": {"prefixes": (AdvertisedPrefix(PREFIX, on_link=True),)},
    "the link-local prefix": {"prefixes": (AdvertisedPrefix(parse_ipv6("fe80::")),)},
    "a registration that lasts no time": {"registration_lifetime_minutes": 0},
    "a registration that lasts too long": {"registration_lifetime_minutes": 0x10000},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_no_node_has(name):
    with pytest.raises(UsageError):
        Configuration(**{"role": Role.HOST, "extended": MY_LINK, **IMPOSSIBLE[name]})


def test_a_configuration_can_be_written_in_words():
    configured = Configuration(role=Role("border_router"), extended=MY_LINK, mode=Mode("6lowpan"))
    assert configured.is_router
    assert not Configuration(role=Role("host"), extended=MY_LINK, advertise=Advertise("secured")).is_router


def test_without_a_verifier_it_is_the_eui_64():
    assert Configuration(role=Role.HOST, extended=MY_LINK).ownership_verifier == MY_LINK
    assert Configuration(role=Role.HOST, extended=MY_LINK, verifier=bytes(16)).ownership_verifier == bytes(16)


def test_a_node_without_a_profile_shows_none():
    assert not Configuration(role=Role.HOST, extended=MY_LINK).shows_profile
    assert Configuration(role=Role.HOST, extended=MY_LINK, profile=profiles.of_level(0)).shows_profile


def test_a_given_address_belongs_to_the_link_layer_address_that_it_shows():
    given = parse_ipv6("2001:db8:1::ff:fe00:a0b"), parse_ipv6("2001:db8:1::77")
    play = Playbook(discovery(Role.ROUTER, short=SHORT, addresses=given))
    formed = {one.address: one.link_address for one in of(play.start(), AddressFormed)}
    assert [formed[one] for one in given] == [SHORT, MY_LINK]


def test_a_router_forms_addresses_from_prefixes_that_allow_it():
    prefixes = (
        AdvertisedPrefix(PREFIX, autonomous=False),
        AdvertisedPrefix(parse_ipv6("2001:db8:2::"), 48),
        AdvertisedPrefix(parse_ipv6("2001:db8:3::")),
    )
    play = Playbook(discovery(Role.BORDER_ROUTER, prefixes=prefixes))
    confirmed = [one.address for one in of(play.start(), AddressConfirmed)]
    assert [one[:8] for one in confirmed[1:]] == [parse_ipv6("2001:db8:3::")[:8]]


def test_a_link_address_is_what_it_says():
    assert Configuration(role=Role.HOST, extended=MY_LINK, short=LinkAddress(SHORT)).link_addresses == (MY_LINK, SHORT)
