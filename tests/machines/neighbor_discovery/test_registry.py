"""The border router's table of who has which address: RFC 6775 section 8.2.4, RFC 8505 section 5.7."""

import pytest

from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.registry import Departure, Record, Registry, Request
from p6lowpan.machines.neighbor_discovery.statuses import Status
from properties.neighbors import MINUTE, OTHER_PREFIX, PREFIX, SECOND, address, discovery, limited, link

HERE, THERE = address(PREFIX, 2), address(PREFIX, 3)
WANTED = address(PREFIX, 50)


def registry(*prefixes, **limits):
    announced = tuple(map(AdvertisedPrefix, prefixes or (PREFIX,)))
    node = discovery(Role.BORDER_ROUTER, prefixes=announced, limits=limited(**limits))
    node.start(0)
    return Registry(node.interface)


def request(number=50, tid=240, minutes=60, wanted=WANTED):
    return Request(wanted, link(number), tid, minutes)


def ask(table, now=0, registrar=HERE, **fields):
    return table.request(now, registrar, request(**fields))


def test_whoever_comes_first_has_the_address():
    table = registry()
    assert ask(table) == Status.SUCCESS
    assert table.get(WANTED) == Record(link(50), 240, 60 * MINUTE, (HERE,))
    assert ask(table, number=51) == Status.DUPLICATE_ADDRESS
    assert ask(table) == Status.SUCCESS


def test_an_address_of_the_border_router_s_own_is_taken():
    assert ask(registry(), wanted=address(PREFIX, 1)) == Status.DUPLICATE_ADDRESS


def test_an_address_of_another_prefix_is_not_of_this_network():
    wanted = address(OTHER_PREFIX, 50)
    assert ask(registry(), wanted=wanted) == Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT


def test_a_border_router_that_never_had_a_prefix_cannot_tell():
    node = discovery(Role.BORDER_ROUTER)
    node.start(0)
    assert ask(Registry(node.interface), wanted=address(OTHER_PREFIX, 50)) == Status.SUCCESS


def test_who_has_an_address_of_a_prefix_that_is_served_no_more_has_it_no_more():
    table = registry(PREFIX, OTHER_PREFIX)
    ask(table)
    ask(table, wanted=address(OTHER_PREFIX, 50))
    table.serve((AdvertisedPrefix(OTHER_PREFIX),))
    assert table.addresses() == (address(OTHER_PREFIX, 50),)
    table.serve(())
    assert table.addresses() == ()
    assert ask(table) == Status.REGISTERED_ADDRESS_TOPOLOGICALLY_INCORRECT


def test_a_record_ends_silently_with_its_lifetime():
    table = registry()
    ask(table, minutes=1)
    assert table.deadline == MINUTE
    table.tick(MINUTE - 1)
    assert len(table) == 1
    table.tick(MINUTE)
    assert (len(table), table.deadline) == (0, None)


@pytest.mark.parametrize(
    ("known", "wanted", "status"),
    [(240, 241, 0), (240, 240, 0), (241, 240, 3), (5, 250, 3), (None, 240, 0), (None, None, 0), (240, None, 3)],
)
def test_an_older_transaction_never_replaces_a_newer_one(known, wanted, status):
    """RFC 8505 section 5.7; section 6.3: without a transaction "cannot be compared with an updated one for recency"."""
    table = registry()
    ask(table, tid=known)
    assert ask(table, tid=wanted) == status


def departures(table, now):
    return [(one.registrar, one.transaction) for one in table.tick(now)]


def test_a_newer_transaction_from_another_router_is_a_movement_of_which_the_one_before_hears_after_a_moment():
    table = registry()
    ask(table)
    assert ask(table, now=SECOND, registrar=THERE, tid=241) == Status.SUCCESS
    assert table.get(WANTED).registrars == (THERE,)
    assert table.deadline == 6 * SECOND
    assert table.tick(6 * SECOND - 1) == ()
    assert table.tick(6 * SECOND) == (Departure(HERE, WANTED, link(50), 241),)
    assert table.tick(60 * SECOND) == ()


def test_a_node_that_renews_at_all_its_routers_has_moved_away_from_none():
    table = registry()
    ask(table)
    ask(table, registrar=THERE)
    ask(table, now=SECOND, tid=241)
    ask(table, now=2 * SECOND, registrar=THERE, tid=241)
    assert table.get(WANTED).registrars == (HERE, THERE)
    assert departures(table, MINUTE) == []


def test_a_router_that_gave_the_address_back_need_not_be_told():
    table = registry()
    ask(table)
    ask(table, now=SECOND, tid=241, minutes=0)
    ask(table, now=2 * SECOND, registrar=THERE, tid=242)
    assert departures(table, MINUTE) == []


def test_a_node_that_moves_quickly_leaves_word_at_every_router():
    table = registry()
    for number in range(3):
        ask(table, now=number * SECOND, registrar=address(PREFIX, 60 + number), tid=240 + number)
    assert departures(table, MINUTE) == [(address(PREFIX, 60), 242), (address(PREFIX, 61), 242)]


def test_a_node_of_rfc_6775_leaves_no_word():
    table = registry()
    ask(table, tid=None)
    ask(table, registrar=THERE, tid=None)
    assert departures(table, MINUTE) == []


def test_the_same_transaction_from_another_router_is_the_same_node_at_both():
    """RFC 8505 section 5.2: "to determine whether the registrations are identical"."""
    table = registry()
    ask(table)
    assert ask(table, registrar=THERE) == Status.SUCCESS
    assert table.get(WANTED).registrars == (HERE, THERE)


def test_an_address_at_two_routers_stays_until_both_gave_it_back():
    table = registry()
    ask(table)
    ask(table, registrar=THERE)
    assert ask(table, minutes=0) == 0
    assert not table.get(WANTED).is_given_back
    ask(table, registrar=THERE, minutes=0)
    assert table.get(WANTED).is_given_back


def test_the_routers_of_a_node_are_bounded():
    table = registry(default_routers=2)
    for number in range(60, 70):
        ask(table, registrar=address(PREFIX, number))
    assert table.get(WANTED).registrars == (address(PREFIX, 68), address(PREFIX, 69))


def test_what_was_given_back_is_kept_a_moment_more():
    """RFC 8505 section 5.7: "the 6LBR SHOULD keep its NCE in a DELAY state"."""
    table = registry()
    ask(table)
    assert ask(table, now=SECOND, tid=241, minutes=0) == 0
    assert ask(table, now=2 * SECOND, number=51) == 1
    table.tick(6 * SECOND - 1)
    assert len(table) == 1
    table.tick(6 * SECOND)
    assert len(table) == 0


def test_a_node_that_moves_finds_its_address_again():
    table = registry()
    ask(table)
    ask(table, now=SECOND, tid=241, minutes=0)
    assert ask(table, now=2 * SECOND, registrar=THERE, tid=242) == Status.SUCCESS
    table.tick(10 * SECOND)
    assert table.get(WANTED) == Record(link(50), 242, 2 * SECOND + 60 * MINUTE, (THERE,))


def test_an_older_transaction_gives_nothing_back():
    table = registry()
    ask(table, tid=241)
    assert ask(table, tid=240, minutes=0) == Status.MOVED
    assert not table.get(WANTED).is_given_back


def test_a_node_of_rfc_6775_gives_back_at_once():
    table = registry()
    ask(table, tid=None)
    assert ask(table, tid=None, minutes=0) == 0
    assert len(table) == 0


def test_who_gives_back_what_nobody_has_is_told_that_it_is_done():
    table = registry()
    assert ask(table, minutes=0) == 0
    assert len(table) == 0


def test_a_full_registry_says_so_to_each_in_its_words():
    """RFC 8505 section 5.7: "6LBR Registry Saturated"; RFC 6775 knows only "Neighbor Cache Full"."""
    table = registry(bindings=2)
    for number in (60, 61):
        assert ask(table, number=number, wanted=address(PREFIX, number)) == 0
    assert ask(table) == Status.REGISTRY_SATURATED
    assert ask(table, tid=None) == Status.NEIGHBOR_CACHE_FULL
    assert ask(table, number=60, wanted=address(PREFIX, 60), tid=241) == 0
    assert (len(table), table.refusals) == (2, 2)


def test_what_was_given_back_makes_room_first():
    table = registry(bindings=2)
    for number in (60, 61):
        ask(table, number=number, wanted=address(PREFIX, number))
    ask(table, number=60, wanted=address(PREFIX, 60), minutes=0)
    assert ask(table) == 0
    assert table.get(address(PREFIX, 60)) is None
    assert len(table) == 2
