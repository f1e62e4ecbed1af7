"""A host and what routers tell it: RFC 6775 section 5, RFC 4861 section 6.3, RFC 4862 section 5.5."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressFormed,
    ContextLearned,
    Emit,
    HopLimitLearned,
    PrefixLearned,
    Resolved,
    RouterLearned,
    RouterLost,
    Unreachable,
)
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, LinkAddress, link_local, parse_ipv6
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import UnknownOption
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    BORDER,
    ME,
    MINUTE,
    MY_GLOBAL,
    MY_LINK,
    MY_LL,
    OTHER_PREFIX,
    OTHER_ROUTER_LINK,
    OTHER_ROUTER_LL,
    PREFIX,
    ROUTER_LINK,
    ROUTER_LL,
    SECOND,
    SHORT,
    STRANGER_LL,
    Playbook,
    abro,
    address,
    advertisement,
    answered,
    context_option,
    discovery,
    limited,
    link,
    messages,
    named,
    of,
    pio,
    reasons,
    registering,
    registration,
    said,
)
from properties.registrations import grant, registered

HOUR = 60 * MINUTE
MY_SHORT_GLOBAL = PREFIX[:8] + bytes.fromhex("000000fffe000a0b")


def started(**changes):
    play = Playbook(discovery(**changes))
    play.start()
    return play


# --- the beginning ---------------------------------------------------------------------------------------------------


def test_a_host_has_a_link_local_address_at_once():
    """RFC 6775 section 5.2: formed from the EUI-64, and nobody need be asked."""
    play = Playbook(discovery(short=SHORT))
    outputs = play.start()
    mine = [MY_LL, link_local(SHORT)]
    assert [one.address for one in of(outputs, AddressFormed)] == mine
    assert [one.address for one in of(outputs, AddressConfirmed)] == mine
    assert [one.link_address for one in of(outputs, AddressFormed)] == [MY_LINK, SHORT]


def test_an_early_wake_does_nothing():
    play = started()
    play.hear(advertisement(lifetime=100), ROUTER_LL)
    assert play.node.tick(play.now + 1) == ()


# --- routers ---------------------------------------------------------------------------------------------------------


def test_a_router_with_a_lifetime_becomes_a_default_router():
    play = started()
    assert of(play.hear(advertisement(), ROUTER_LL), RouterLearned) == [RouterLearned(ROUTER_LL, ROUTER_LINK, 0)]
    assert of(play.hear(advertisement(), ROUTER_LL), RouterLearned) == []
    assert play.node.cache.get(ROUTER_LL).state is State.STALE


def test_packets_for_the_router_go_to_the_link_layer_address_that_it_named():
    play = started()
    play.hear(RouterAdvertisement(router_lifetime_seconds=9, options=(named(SHORT),)), ROUTER_LL)
    assert of(play.resolve(ROUTER_LL, b"one"), Resolved) == [Resolved(ROUTER_LL, SHORT, (b"one",))]


def test_a_router_that_names_no_link_layer_address_has_that_of_its_frames():
    play = started()
    play.hear(RouterAdvertisement(router_lifetime_seconds=9), ROUTER_LL)
    assert play.node.host.routers.get(ROUTER_LL).link_address == ROUTER_LINK


@pytest.mark.parametrize(
    "claimed", [MY_LINK, LinkAddress(b"\xff\xff"), LinkAddress(b"\x80\x01"), LinkAddress(bytes(8))]
)
def test_a_router_with_a_link_layer_address_that_it_cannot_have_is_not_believed(claimed):
    play = started()
    outputs = play.hear(RouterAdvertisement(router_lifetime_seconds=9, options=(named(claimed),)), ROUTER_LL)
    assert reasons(outputs) == [Reason.BAD_VALUE]
    assert len(play.node.host.routers) == 0


def test_a_router_under_our_own_address_is_not_believed():
    play = started()
    outputs = play.hear(advertisement(), MY_LL, ALL_NODES, frm=link(77))
    assert reasons(outputs) == [Reason.BAD_SOURCE]


def test_a_lifetime_of_zero_takes_the_router_away():
    play = started()
    play.hear(advertisement(), ROUTER_LL)
    outputs = play.hear(advertisement(lifetime=0), ROUTER_LL)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.WITHDRAWN)]


def test_a_neighbor_that_says_it_is_no_router_any_more_is_none():
    """RFC 4861 section 7.2.5."""
    play = started()
    play.hear(advertisement(), ROUTER_LL)
    outputs = play.hear(NeighborAdvertisement(router=0, override=1, target=ROUTER_LL), ROUTER_LL)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.WITHDRAWN)]


def test_a_better_router_takes_the_place_of_a_worse_one_where_the_list_is_full():
    play = started(limits=limited(default_routers=2))
    play.hear(advertisement(preference=3), ROUTER_LL)
    play.hear(advertisement(number=3), OTHER_ROUTER_LL)
    low = play.hear(advertisement(number=4, preference=3), STRANGER_LL)
    assert reasons(low) == [Reason.DEFAULT_ROUTERS_FULL]
    high = play.hear(advertisement(number=4, preference=1), STRANGER_LL)
    assert of(high, RouterLost) == [RouterLost(ROUTER_LL, Reason.DEFAULT_ROUTERS_FULL)]
    assert [router.address for router in play.node.host.routers.best_first] == [STRANGER_LL, OTHER_ROUTER_LL]


def test_a_default_router_that_does_not_answer_is_given_up_and_others_are_looked_for():
    """LPND ND_03: a host's unreachability detection."""
    play, _ = registered(pio())
    play.resolve(ROUTER_LL)
    play.wait(MINUTE)
    play.resolve(ROUTER_LL, b"lost")
    outputs = play.wait(5 * SECOND + 3 * SECOND)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.NEIGHBOR_UNREACHABLE)]
    assert len(messages(outputs, NeighborSolicitation)) == 3
    asked = [one for one in of(play.wait(10 * SECOND), Emit) if isinstance(said(one), RouterSolicitation)]
    assert [one.destination for one in asked] == [ALL_ROUTERS]


def test_a_router_that_registered_with_us_is_no_way_out():
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    play.hear(advertisement(pio(), abro()), ROUTER_LL)
    grant(play, ())
    play.node.interface.confirm(0, play.node.interface.addresses[MY_GLOBAL])
    asked = NeighborSolicitation(target=OTHER_ROUTER_LL, options=(named(3), registration(3, tid=240)))
    play.hear(asked, OTHER_ROUTER_LL)
    outputs = play.hear(advertisement(abro(), number=3), OTHER_ROUTER_LL)
    assert reasons(outputs) == [Reason.NOT_FOR_US]
    assert play.node.host.routers.get(OTHER_ROUTER_LL) is None


# --- what routers set ------------------------------------------------------------------------------------------------


def test_the_hop_limit_is_handed_on_once():
    play = started()
    assert of(play.hear(advertisement(hop_limit=42), ROUTER_LL), HopLimitLearned) == [HopLimitLearned(42)]
    assert of(play.hear(advertisement(hop_limit=42), ROUTER_LL), HopLimitLearned) == []
    assert of(play.hear(advertisement(hop_limit=0), ROUTER_LL), HopLimitLearned) == []


def test_times_that_a_router_sets_are_used():
    play = started()
    play.hear(advertisement(reachable_time_ms=60_000, retransmission_timer_ms=2_000), ROUTER_LL)
    assert play.node.interface.reachable_us() == 30 * SECOND  # half of it, where chance says 0
    assert play.node.interface.retransmission_us == 2 * SECOND
    play.hear(advertisement(), ROUTER_LL)
    assert play.node.interface.retransmission_us == 2 * SECOND


def test_nobody_makes_us_solicit_without_a_pause():
    play = started()
    play.hear(advertisement(retransmission_timer_ms=1), ROUTER_LL)
    assert play.node.interface.retransmission_us == 100_000


# --- contexts and border routers -------------------------------------------------------------------------------------


def test_contexts_are_handed_on_with_their_lifetime_and_the_router_s():
    play = started()
    outputs = play.hear(advertisement(context_option(3, minutes=7), lifetime=900), ROUTER_LL)
    assert of(outputs, ContextLearned) == [ContextLearned(Context(3, PREFIX, 64), 7, 900)]


def test_a_context_that_must_not_compress_and_one_that_is_withdrawn_are_handed_on_too():
    """LPND 1.1.5d, 1.1.11c."""
    outputs = started().hear(advertisement(context_option(1, compress=0), context_option(2, minutes=0)), ROUTER_LL)
    learned = of(outputs, ContextLearned)
    assert [(one.context.identifier, one.context.compress, one.lifetime_minutes) for one in learned] == [
        (1, False, 100),
        (2, True, 0),
    ]


def test_octets_past_a_context_s_length_do_not_count():
    option = context_option(1)
    longer = option.__class__(
        context_length=32, compress=1, context_identifier=1, lifetime_minutes=1, prefix=PREFIX[:8]
    )
    (learned,) = of(started().hear(advertisement(longer), ROUTER_LL), ContextLearned)
    assert learned.context.prefix == parse_ipv6("2001:db8::")


def test_an_older_version_of_a_border_router_s_information_is_ignored_and_its_relay_is_not():
    play = started()
    play.hear(advertisement(pio(), abro(5)), ROUTER_LL)
    outputs = play.hear(advertisement(pio(OTHER_PREFIX), context_option(), abro(4), number=3), OTHER_ROUTER_LL)
    assert reasons(outputs) == [Reason.STALE_INFORMATION]
    assert not of(outputs, ContextLearned)
    assert not of(outputs, PrefixLearned)
    assert of(outputs, RouterLearned) == [RouterLearned(OTHER_ROUTER_LL, OTHER_ROUTER_LINK, 0)]


def test_the_version_is_the_border_router_s_own():
    play = started()
    play.hear(advertisement(abro(5)), ROUTER_LL)
    assert not reasons(play.hear(advertisement(context_option(), abro(1, ROUTER_LL)), ROUTER_LL))
    assert not reasons(play.hear(advertisement(context_option(), abro(0x10000)), ROUTER_LL))
    assert reasons(play.hear(advertisement(context_option(), abro(0xFFFF)), ROUTER_LL)) == [Reason.STALE_INFORMATION]


def test_a_version_is_forgotten_when_the_border_router_s_lifetime_ends():
    play = started()
    play.hear(advertisement(abro(5, BORDER, minutes=10)), ROUTER_LL)
    play.wait(10 * MINUTE - 1)
    assert reasons(play.hear(advertisement(abro(4)), ROUTER_LL)) == [Reason.STALE_INFORMATION]
    play.wait(1)
    assert reasons(play.hear(advertisement(abro(4)), ROUTER_LL)) == []


# --- next hops -------------------------------------------------------------------------------------------------------


def test_link_local_destinations_go_straight_to_their_link_layer_address():
    """LPND 1.1.9a, three peers."""
    play, _ = registered(pio())
    for number in (40, 41, 42):
        peer = link_local(link(number))
        assert play.resolve(peer, b"one") == (Resolved(peer, link(number), (b"one",)),)


def test_a_destination_of_our_own_prefix_is_no_neighbor():
    """LPND 1.1.9c: without the L flag nothing but link-local addresses is on-link, so the route is the router's."""
    play, outputs = registered(pio())
    assert not any(one.on_link for one in of(outputs, PrefixLearned))
    assert of(play.resolve(address(PREFIX, 40)), Unreachable)


def test_a_host_answers_whether_it_is_there():
    """The router's unreachability detection, LPND ND_04."""
    play, _ = registered(pio())
    asked = NeighborSolicitation(target=MY_GLOBAL, options=(named(2),))
    (told,) = of(play.hear(asked, ROUTER_LL, MY_GLOBAL), Emit)
    answer = said(told)
    assert (told.source, told.destination, told.link_destination) == (MY_GLOBAL, ROUTER_LL, ROUTER_LINK)
    assert (answer.router, answer.solicited, answer.override, answer.target) == (0, 1, 1, MY_GLOBAL)


def test_a_host_does_not_answer_for_an_address_that_is_not_its_own_yet():
    play = started()
    play.hear(advertisement(pio()), ROUTER_LL)
    assert reasons(play.hear(NeighborSolicitation(target=MY_GLOBAL), ROUTER_LL)) == [Reason.NOT_FOR_US]
    assert reasons(play.hear(NeighborSolicitation(target=STRANGER_LL), ROUTER_LL)) == [Reason.NOT_FOR_US]


def test_who_says_without_a_registration_that_our_address_is_his_is_not_believed():
    play, _ = registered(pio())
    outputs = play.hear(NeighborAdvertisement(override=1, target=MY_GLOBAL), STRANGER_LL, ALL_NODES)
    assert reasons(outputs) == [Reason.DUPLICATE_ADDRESS]
    assert play.state(MY_GLOBAL) == "PREFERRED"


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_host_that_leaves_gives_its_registrations_back():
    """LPND 1.1.6g."""
    play, _ = registered(pio(), pio(OTHER_PREFIX))
    given_back = registering(play.node.leave(play.now))
    assert [one.source for one in given_back] == [address(OTHER_PREFIX, ME), MY_GLOBAL]
    assert all(
        one.lifetime_minutes == 0
        for asked in given_back
        for one in said(asked).options
        if hasattr(one, "lifetime_minutes")
    )
    assert reasons(play.hear(advertisement(), ROUTER_LL)) == [Reason.NOT_FOR_US]


def test_what_is_given_back_is_repeated_until_the_router_answers():
    play, _ = registered(pio())
    (given_back,) = registering(play.node.leave(play.now))
    assert len(registering(play.wait(2 * SECOND))) == 1
    play.hear(answered(given_back), ROUTER_LL, given_back.source)
    assert play.wait(MINUTE) == ()


def test_options_that_nobody_knows_are_ignored():
    play = started()
    outputs = play.hear(advertisement(UnknownOption(type=200, data=bytes(6)), pio()), ROUTER_LL)
    assert len(of(outputs, AddressFormed)) == 1


def test_a_border_router_takes_no_advice():
    play = Playbook(discovery(Role.BORDER_ROUTER))
    play.start()
    assert reasons(play.hear(advertisement(pio()), ROUTER_LL)) == [Reason.NOT_FOR_US]


def test_a_host_does_not_advertise():
    play = started()
    asked = RouterSolicitation(options=(named(4),))
    assert reasons(play.hear(asked, STRANGER_LL, ALL_ROUTERS)) == [Reason.NOT_FOR_US]
