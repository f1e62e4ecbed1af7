"""What a LoWPAN makes of the neighbor cache: RFC 6775 sections 3.5, 5.6 and 6."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.cache import NeighborCache, address_in_identifier
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.crowd import Group
from p6lowpan.machines.neighbor_discovery.entry import Kind, Registration
from p6lowpan.machines.neighbor_discovery.outputs import Emit, Resolved, Unreachable
from p6lowpan.machines.neighbor_discovery.policy import FIRST_COME
from p6lowpan.machines.neighbor_discovery.reachability import Event, State
from p6lowpan.wire.address import link_local, parse_ipv6
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from properties.neighbors import (
    MINUTE,
    MY_LL,
    ROUTER_LL,
    SECOND,
    SHORT,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    discovery,
    limited,
    link,
    messages,
    named,
    named_target,
    of,
    reasons,
)

FIRST_PROBE_DELAY, RETRANSMISSION, REACHABLE = 5 * SECOND, 1 * SECOND, 15 * SECOND  # chance that is 0 halves the last


def router(**changes):
    """A router in a LoWPAN that asks for other routers' addresses."""
    play = Playbook(discovery(Role.BORDER_ROUTER, **changes))
    play.start()
    return play


def advertise(play, solicited=1, override=1, number=4, target=STRANGER_GLOBAL, with_link_address=True):
    options = (named_target(number),) if with_link_address else ()
    message = NeighborAdvertisement(solicited=solicited, override=override, target=target, options=options)
    return play.hear(message, source=STRANGER_LL)


@pytest.mark.parametrize("link_address", [STRANGER_LINK, SHORT])
def test_a_link_local_neighbor_is_not_asked_for(link_address):
    """RFC 6775 section 5.6: "address resolution is not performed"."""
    play = Playbook(discovery())
    next_hop = link_local(link_address)
    assert play.resolve(next_hop, b"one") == (Resolved(next_hop, link_address, (b"one",)),)
    assert len(play.node.cache) == 0
    assert address_in_identifier(next_hop) == link_address


@pytest.mark.parametrize("text", ["fe80::ff:fe00:ffff", "fe80::ff:fe00:8001", "fe80::200:0:0:0"])
def test_an_identifier_that_names_a_group_or_nobody_is_unreachable(text):
    (output,) = Playbook(discovery()).resolve(parse_ipv6(text), b"one")
    assert output == Unreachable(parse_ipv6(text), (b"one",), Reason.NEIGHBOR_UNREACHABLE)


def test_a_packet_for_our_own_link_layer_address_is_unreachable():
    assert of(Playbook(discovery()).resolve(MY_LL), Unreachable)


def test_a_host_never_multicasts_a_neighbor_solicitation():
    """RFC 6775 section 5.1."""
    (output,) = Playbook(discovery()).resolve(STRANGER_GLOBAL, b"one")
    assert output == Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_UNREACHABLE)


def test_a_router_asks_for_another_router():
    """RFC 6775 section 6.5.5: "routers MAY multicast NSs for other routers"."""
    play = router()
    assert len(messages(play.resolve(STRANGER_GLOBAL), NeighborSolicitation)) == 1
    assert of(advertise(play), Resolved)


def test_what_a_link_local_address_says_itself_takes_no_place():
    """RFC 6775 section 5.7."""
    play = router()
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(4),)), source=STRANGER_LL)
    assert play.node.cache.get(STRANGER_LL) is None
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(5),)), source=STRANGER_LL)
    assert play.node.cache.get(STRANGER_LL).link_address == link(5)


# --- kinds and places ------------------------------------------------------------------------------------------------


def registered(play, number, is_tentative=False):
    address = link_local(link(number))
    assert play.node.cache.make_room(address, Group.REGISTERED) is not None
    held = Registration(link(number), 240, 60, play.now + MINUTE, is_tentative, reachability_requested=True)
    play.node.cache.register(play.now, address, link(number), held)
    return play.node.cache.get(address)


def test_an_entry_is_of_the_kind_that_its_registration_makes_it():
    play = router()
    assert registered(play, 20).kind is Kind.REGISTERED
    assert registered(play, 21, is_tentative=True).kind is Kind.TENTATIVE
    play.resolve(STRANGER_GLOBAL)
    assert play.node.cache.get(STRANGER_GLOBAL).kind is Kind.GARBAGE_COLLECTIBLE


def test_a_tentative_entry_serves_nobody():
    """RFC 6775 section 6.5.4: "Tentative NCEs MUST NOT be used to determine on-link status"."""
    play = router()
    held = Registration(link(4), 240, 60, play.now + MINUTE, is_tentative=True, reachability_requested=True)
    play.node.cache.register(play.now, STRANGER_GLOBAL, STRANGER_LINK, held)
    assert play.resolve(STRANGER_GLOBAL, b"one") == (
        Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_UNREACHABLE),
    )


def test_a_registered_neighbor_that_does_not_answer_stays_and_is_probed_again_when_it_is_needed():
    """RFC 6775 section 6: "the NCE SHOULD NOT be deleted"."""
    play = router()
    entry = registered(play, 20)
    play.resolve(entry.address)
    outputs = play.wait(FIRST_PROBE_DELAY + 3 * RETRANSMISSION)
    assert of(outputs, Unreachable)
    assert play.node.cache.get(entry.address).state is State.UNREACHABLE
    outputs = play.resolve(entry.address, b"again")
    assert of(outputs, Resolved) == [Resolved(entry.address, link(20), (b"again",))]
    assert len(messages(outputs, NeighborSolicitation)) == 1
    assert entry.state is State.PROBE


def test_a_renewed_registration_makes_the_entry_stale():
    """RFC 6775 section 6: "A renewed ARO should mark the cache entry as STALE"."""
    play = router()
    entry = registered(play, 20)
    play.node.confirm_reachable(play.now, entry.address)
    assert entry.state is State.REACHABLE
    assert registered(play, 20) is entry
    assert entry.state is State.STALE


def test_what_a_registration_says_is_not_changed_by_messages_without_one():
    """RFC 6775 section 6.3: "the router MUST NOT modify an existing NCE based on the SLLAO from the RS"."""
    play = router()
    entry = registered(play, 4)
    play.hear(NeighborSolicitation(target=MY_LL, options=(named(5),)), source=STRANGER_LL)
    advertise(play, number=5, target=STRANGER_LL)
    assert (entry.link_address, entry.state) == (STRANGER_LINK, State.STALE)


def test_the_cache_never_outgrows_its_bound_and_says_who_went():
    limits = limited(neighbors=4, neighbors_for_routers=1, neighbors_for_registered=1)
    play = router(limits=limits)
    outputs = []
    for number in range(50, 60):
        play.now += 1
        outputs += play.hear(
            NeighborSolicitation(target=MY_LL, options=(named(100 + number),)), source=ROUTER_LL[:15] + bytes([number])
        )
        assert len(play.node.cache) <= 2
    assert reasons(outputs) == [Reason.NEIGHBOR_CACHE_FULL] * 8
    assert play.node.cache.evictions == {Group.OTHER: 8}


def test_a_packet_that_finds_no_place_for_its_neighbor_comes_back():
    limits = limited(neighbors=2, neighbors_for_routers=1, neighbors_for_registered=1)
    play = router(limits=limits)
    (output,) = play.resolve(STRANGER_GLOBAL, b"one")
    assert output == Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_CACHE_FULL)
    assert play.node.cache.refusals == {Group.OTHER: 1}


def test_the_packets_of_an_entry_that_must_go_come_back():
    limits = limited(neighbors=3, neighbors_for_routers=1, neighbors_for_registered=1)
    play = router(limits=limits)
    play.resolve(STRANGER_GLOBAL, b"one")
    outputs = play.resolve(parse_ipv6("2001:db8:1::77"), b"two")
    assert of(outputs, Unreachable) == [Unreachable(STRANGER_GLOBAL, (b"one",), Reason.NEIGHBOR_CACHE_FULL)]


def test_a_policy_can_be_chosen():
    play = router(limits=limited(neighbors=1), policy=FIRST_COME)
    play.resolve(STRANGER_GLOBAL)
    assert of(play.resolve(parse_ipv6("2001:db8:1::77"), b"two"), Unreachable)


def test_who_finds_no_place_is_not_remembered():
    play = router(limits=limited(neighbors=1), policy=FIRST_COME)
    for number in (50, 51):
        message = NeighborSolicitation(target=MY_LL, options=(named(100 + number),))
        outputs = play.hear(message, source=ROUTER_LL[:15] + bytes([number]))
        assert len(messages(outputs, NeighborAdvertisement)) == 1
    assert reasons(outputs) == [Reason.NEIGHBOR_CACHE_FULL]
    assert len(play.node.cache) == 1


def test_a_link_layer_address_of_another_kind_of_link_is_none():
    """RFC 4944 section 8: six octets that are no short address and its padding are an Ethernet address."""
    play = router()
    option_ = SourceLinkLayerAddress(address=bytes.fromhex("0a0b0c0d0e0f"))
    outputs = play.hear(NeighborSolicitation(target=MY_LL, options=(option_,)), source=STRANGER_LL)
    (answer,) = of(outputs, Emit)
    assert answer.link_destination == STRANGER_LINK
    assert len(play.node.cache) == 0
    play.resolve(STRANGER_GLOBAL)
    named_ = TargetLinkLayerAddress(address=bytes.fromhex("0a0b0c0d0e0f"))
    play.hear(NeighborAdvertisement(solicited=1, target=STRANGER_GLOBAL, options=(named_,)), source=STRANGER_LL)
    assert play.node.cache.get(STRANGER_GLOBAL).state is State.INCOMPLETE


def test_what_the_table_does_not_name_changes_nothing():
    play = router()
    play.resolve(STRANGER_GLOBAL)
    entry = play.node.cache.get(STRANGER_GLOBAL)
    assert play.node.cache.happened(play.now, entry, Event.FAILED) == ()
    assert entry.state is State.INCOMPLETE


def test_an_empty_cache_waits_for_nothing():
    assert NeighborCache(discovery().interface, FIRST_COME).deadline is None
