"""Whose short address it is: under security told in secured frames from an EUI-64, and believed there alone."""

import pytest

from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.outputs import ShortAddressLearned
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation, RouterSolicitation
from properties.neighbors import (
    MY_LL,
    SHORT,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    discovery,
    named,
    of,
    registration,
)


def heard(named_address, *, secured=True, frm=STRANGER_LINK, message=None, demanded=True):
    play = Playbook(discovery(Role.ROUTER, short=LinkAddress(b"\x0c\x0c"), link_secured=demanded))
    play.start()
    message = message or NeighborSolicitation(
        target=STRANGER_GLOBAL, options=(named(named_address), registration(tid=1))
    )
    return of(play.hear(message, STRANGER_LL, frm=frm, secured=secured), ShortAddressLearned)


def test_who_registers_a_short_address_from_its_eui64_says_whose_it_is():
    assert heard(SHORT) == [ShortAddressLearned(SHORT, STRANGER_LINK)]


@pytest.mark.parametrize("kind", [RouterSolicitation, NeighborSolicitation])
def test_other_solicitations_say_it_as_well(kind):
    target = {"target": MY_LL} if kind is NeighborSolicitation else {}
    assert heard(SHORT, message=kind(options=(named(SHORT),), **target)) == [ShortAddressLearned(SHORT, STRANGER_LINK)]


@pytest.mark.parametrize(
    ("named_address", "secured", "frm"),
    [
        (SHORT, False, STRANGER_LINK),  # anybody could say so
        (STRANGER, True, STRANGER_LINK),  # no short address
        (SHORT, True, SHORT),  # no EUI-64: who opened this frame knew it
        (BROADCAST, True, STRANGER_LINK),  # nobody's own address
        (b"\x0c\x0c", True, STRANGER_LINK),  # ours
    ],
    ids=["unsecured", "long", "from-short", "broadcast", "ours"],
)
def test_anything_less_is_not_believed(named_address, secured, frm):
    assert heard(named_address, secured=secured, frm=frm) == []


@pytest.mark.parametrize(
    ("named_address", "frm"),
    [(SHORT, STRANGER_LINK), (STRANGER_LINK, SHORT), (SHORT, SHORT)],
    ids=["names its short one", "names its EUI-64", "registers with its EUI-64"],
)
def test_where_no_security_is_demanded_both_addresses_in_one_message_are_one_neighbor_s(named_address, frm):
    assert heard(named_address, secured=False, frm=frm, demanded=False) == [ShortAddressLearned(SHORT, STRANGER_LINK)]


@pytest.mark.parametrize("frm", [STRANGER_LINK, SHORT], ids=["extended", "short"])
def test_one_address_alone_says_nothing(frm):
    message = RouterSolicitation(options=(named(frm),))
    assert heard(frm, secured=False, frm=frm, message=message, demanded=False) == []


def test_from_a_short_address_nobody_registers_with_less_than_an_eui64():
    message = NeighborSolicitation(
        target=STRANGER_GLOBAL, options=(named(SHORT), registration(tid=1, length=3, ownership_verifier=bytes(16)))
    )
    assert heard(SHORT, secured=False, frm=SHORT, message=message, demanded=False) == []
