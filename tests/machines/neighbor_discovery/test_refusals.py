"""Registrations that are refused, and how: RFC 6775 sections 6.5.1 and 6.5.2, RFC 8505 table 1."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.entry import Kind
from p6lowpan.machines.neighbor_discovery.outputs import NeighborDeregistered, NeighborRegistered
from p6lowpan.machines.neighbor_discovery.policy import reclaiming
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import link_local
from properties.neighbors import (
    MINUTE,
    MY_GLOBAL,
    MY_LL,
    OTHER_PREFIX,
    PREFIX,
    SECOND,
    SHORT,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    address,
    limited,
    link,
    of,
    reasons,
)
from properties.registrations import aro, earo, registrar, statuses, told

SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")


def test_another_node_s_address_is_a_duplicate_and_the_refusal_goes_to_the_link_local_address_of_its_verifier():
    """LPND 1.3.4c, 1.3.5a; RFC 6775 section 6.5.2: "the L2 destination address [...] will be the 64-bit unique
    address"."""
    play = registrar()
    aro(play, SHORT_GLOBAL, under=SHORT)
    outputs = aro(play, SHORT_GLOBAL, number=77, under=SHORT, minutes=33, frm=SHORT)
    emitted, refused = told(outputs)
    assert (refused.status, refused.lifetime_minutes, refused.ownership_verifier) == (1, 33, link(77))
    assert (emitted.destination, emitted.link_destination) == (link_local(link(77)), link(77))
    assert play.node.cache.get(SHORT_GLOBAL).registration.verifier == STRANGER_LINK


def test_a_refusal_of_rfc_8505_goes_where_the_registration_came_from():
    play = registrar()
    earo(play)
    emitted, refused = told(earo(play, number=77))
    assert refused.status == 1
    assert (emitted.destination, emitted.link_destination) == (link_local(link(77)), link(77))


@pytest.mark.parametrize("own", [MY_GLOBAL, MY_LL])
def test_nobody_registers_an_address_of_ours(own):
    play = registrar()
    assert statuses(aro(play, own, number=77)) == [1]


def test_a_stranger_s_prefix_is_topologically_incorrect():
    """RFC 8505 table 1, status 8."""
    assert statuses(earo(registrar(), address(OTHER_PREFIX, STRANGER))) == [8]


def test_the_source_of_a_registration_of_rfc_8505_is_link_local():
    """RFC 8505 table 1, status 7."""
    assert statuses(earo(registrar(), source=address(PREFIX, 50))) == [7]


def test_the_source_of_a_registration_is_nobody_else_s():
    """RFC 8505 table 1, status 6."""
    play = registrar()
    earo(play, STRANGER_LL)
    outputs = earo(play, address(PREFIX, 77), number=77, source=STRANGER_LL)
    emitted, refused = told(outputs)
    assert refused.status == 6
    assert emitted.link_destination == link(77)
    assert statuses(earo(play, address(PREFIX, 77), number=77, source=MY_LL)) == [6]


@pytest.mark.parametrize(
    ("known", "wanted", "status"),
    [
        *((240, 241, 0), (240, 240, 0), (241, 240, 3), (250, 5, 0), (5, 250, 3)),
        *((240, 5, 3), (5, 240, 0), (127, 0, 0), (0, 127, 3), (10, 60, 0)),
    ],
)
def test_an_older_transaction_is_refused(known, wanted, status):
    """RFC 8505 table 1, status 3; the last pair cannot be compared, and the node is there and asks."""
    play = registrar()
    earo(play, tid=known)
    assert statuses(earo(play, tid=wanted)) == [status]


def test_an_older_transaction_does_not_end_a_registration():
    play = registrar()
    earo(play, tid=241)
    assert statuses(earo(play, tid=240, minutes=0)) == [3]
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.REGISTERED


def test_what_was_registered_with_a_transaction_is_not_changed_without_one():
    """RFC 8505 section 6.3: "would be an attack vector"."""
    play = registrar()
    earo(play)
    assert statuses(aro(play)) == [3]
    assert statuses(aro(play, minutes=0)) == [3]


def test_who_had_no_transaction_may_have_one_later():
    play = registrar()
    aro(play)
    assert statuses(earo(play)) == [0]


def test_a_registration_that_finds_no_room_is_told_so():
    """RFC 6775 section 6.5.3, RFC 8505 section 5.7: status 2."""
    play = registrar(limits=limited(neighbors=6, neighbors_for_routers=2, neighbors_for_registered=2))
    outputs = []
    for number in range(20, 30):
        outputs.append(earo(play, address(PREFIX, number), number=number))
    assert [statuses(one) for one in outputs] == [[0]] * 4 + [[2]] * 6
    flat = [one for some in outputs for one in some]
    assert len(of(flat, NeighborRegistered)) == 4
    assert reasons(flat) == [Reason.NEIGHBOR_CACHE_FULL] * 6
    assert len(play.node.cache) == 4
    assert play.node.border_router.registry.get(address(PREFIX, 25)) is None


@pytest.mark.parametrize(("register", "status"), [(earo, 9), (aro, 2)])
def test_a_registry_without_room_says_so_in_the_words_of_who_asks(register, status):
    play = registrar(limits=limited(bindings=1))
    assert statuses(register(play, address(PREFIX, 20), number=20)) == [0]
    outputs = register(play, address(PREFIX, 21), number=21)
    assert statuses(outputs) == [status]
    assert reasons(outputs) == [Reason.BINDINGS_FULL]
    assert play.node.cache.get(address(PREFIX, 21)) is None


def test_a_flood_of_registrations_changes_nothing_for_those_who_were_there():
    """N children more than the quota: exactly the quota is accepted, the rest are told, and nobody flaps."""
    play = registrar(limits=limited(neighbors=8, neighbors_for_routers=2, neighbors_for_registered=4))
    for number in range(20, 26):
        earo(play, address(PREFIX, number), number=number)
    for minute in range(60):
        for number in range(20, 26):
            assert statuses(earo(play, address(PREFIX, number), number=number, tid=minute % 120, minutes=5)) == [0]
        for number in range(100, 110):
            assert statuses(earo(play, address(PREFIX, number), number=number)) == [2]
        assert not of(play.wait(MINUTE), NeighborDeregistered)
    assert sum(play.node.cache.evictions.values()) == 0


def test_a_place_that_becomes_free_is_given_to_the_next():
    play = registrar(limits=limited(neighbors=3, neighbors_for_routers=1, neighbors_for_registered=1))
    for number in (20, 21):
        assert statuses(earo(play, address(PREFIX, number), number=number)) == [0]
    assert statuses(earo(play, address(PREFIX, 22), number=22)) == [2]
    earo(play, address(PREFIX, 20), number=20, tid=241, minutes=0)
    assert statuses(earo(play, address(PREFIX, 22), number=22)) == [0]


def test_the_policy_that_reclaims_gives_the_place_of_who_does_not_answer():
    limits = limited(neighbors=2, neighbors_for_routers=1, neighbors_for_registered=1)
    play = registrar(limits=limits, policy=reclaiming(limits))
    earo(play, address(PREFIX, 20), number=20)
    assert statuses(earo(play, address(PREFIX, 21), number=21)) == [2]
    play.resolve(address(PREFIX, 20))
    play.wait(10 * SECOND)
    assert play.node.cache.get(address(PREFIX, 20)).state is State.UNREACHABLE
    assert statuses(earo(play, address(PREFIX, 21), number=21)) == [0]
