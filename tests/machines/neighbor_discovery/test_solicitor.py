"""When a host asks for routers: RFC 6775 section 5.3, RFC 4861 section 6.3.7."""

import itertools

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Mode
from p6lowpan.machines.neighbor_discovery.outputs import Emit, RouterLost
from p6lowpan.wire.address import ALL_ROUTERS, UNSPECIFIED
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import RouterSolicitation
from properties.neighbors import (
    MINUTE,
    MY_LINK,
    MY_LL,
    OTHER_ROUTER_LL,
    ROUTER_LINK,
    ROUTER_LL,
    SECOND,
    Playbook,
    advertisement,
    answered,
    context_option,
    discovery,
    messages,
    of,
    option,
    pio,
    registering,
    said,
)


def started(**changes):
    play = Playbook(discovery(**changes))
    play.start()
    return play


def moments(play, duration):
    """When solicitations went out, in seconds from now, and to whom."""
    begin, found = play.now, []
    while play.node.deadline is not None and play.node.deadline <= begin + duration:
        for emitted in of(play.wait(play.node.deadline - play.now), Emit):
            if isinstance(said(emitted), RouterSolicitation):
                found.append(((play.now - begin) // SECOND, emitted.destination))
    play.now = begin + duration
    return found


def test_a_host_asks_for_routers_when_it_comes():
    (asked,) = of(started().wait(0), Emit)
    assert (asked.source, asked.destination, asked.hop_limit) == (MY_LL, ALL_ROUTERS, 255)
    assert asked.link_destination is None
    assert option(said(asked), SourceLinkLayerAddress).address[:8] == MY_LINK


def test_a_host_asks_three_times_ten_seconds_apart_and_then_ever_more_slowly_up_to_a_minute():
    seconds = [moment for moment, _ in moments(started(), 400 * SECOND)]
    assert seconds == [0, 10, 20, 30, 50, 90, 150, 210, 270, 330, 390]


def test_not_all_hosts_ask_at_once():
    class Late:
        def below(self, n):
            return n - 1

    play = started()
    play.node.interface.chance = Late()
    play.node.host.solicitor.stop()
    play.node.host.solicitor.need_router(play.now)
    assert not play.wait(SECOND - 1)
    assert len(messages(play.wait(1), RouterSolicitation)) == 1


def test_an_advertisement_ends_the_asking():
    play = started()
    play.wait(SECOND)
    play.hear(advertisement(), ROUTER_LL)
    assert moments(play, 15 * MINUTE) == []


def test_an_advertisement_of_who_is_no_default_router_does_not():
    play = started()
    play.wait(SECOND)
    play.hear(advertisement(lifetime=0), ROUTER_LL)
    assert len(moments(play, 30 * SECOND)) == 3


@pytest.mark.parametrize(
    ("announced", "first"),
    [
        (advertisement(pio(valid=40, autonomous=0)), 30),
        (advertisement(context_option(minutes=1), pio(valid=120, autonomous=0)), 45),
    ],
    ids=["prefix lifetime", "context lifetime"],
)
def test_before_a_lifetime_ends_the_router_is_asked_and_then_everybody(announced, first):
    """RFC 6775 section 5.4.3: "unicast one or more RSs to the router well before the shortest of those lifetimes"."""
    play = started()
    play.hear(announced, ROUTER_LL)
    asked = [(first, ROUTER_LL), (first + 10, ROUTER_LL), (first + 20, ROUTER_LL)]
    asked += [(first + after, ALL_ROUTERS) for after in (30, 40, 50, 60, 80)]
    assert moments(play, (first + 100) * SECOND) == asked


def test_the_router_is_asked_at_its_link_layer_address():
    play = started()
    play.hear(advertisement(lifetime=40), ROUTER_LL)
    asked = next(one for one in of(play.wait(31 * SECOND), Emit) if isinstance(said(one), RouterSolicitation))
    assert asked.link_destination == ROUTER_LINK


def test_an_answer_to_the_refresh_ends_it_until_the_new_lifetime_nears_its_end():
    play = started()
    play.hear(advertisement(lifetime=40), ROUTER_LL)
    assert moments(play, 35 * SECOND) == [(30, ROUTER_LL)]
    play.hear(advertisement(lifetime=400), ROUTER_LL)
    assert moments(play, 305 * SECOND) == [(300, ROUTER_LL)]


def test_another_router_does_not_answer_for_the_one_that_was_asked():
    play = started()
    play.hear(advertisement(lifetime=100), ROUTER_LL)
    assert moments(play, 76 * SECOND) == [(75, ROUTER_LL)]
    play.hear(advertisement(number=3, lifetime=1000), OTHER_ROUTER_LL)
    assert moments(play, 10 * SECOND) == [(9, ROUTER_LL)]


def test_a_host_whose_routers_are_gone_asks_everybody():
    play = started()
    play.hear(advertisement(lifetime=20), ROUTER_LL)
    outputs = play.wait(30 * SECOND)
    assert of(outputs, RouterLost) == [RouterLost(ROUTER_LL, Reason.LIFETIME_ENDED)]
    assert [one.destination for one in of(outputs, Emit)] == [ROUTER_LL, ALL_ROUTERS]  # at 15 s, and 10 s later


def test_no_advertisement_however_short_its_lifetime_makes_a_host_ask_more_often():
    play = started()
    seconds = []
    for _ in range(60):
        play.hear(advertisement(pio(valid=1), lifetime=1), ROUTER_LL)
        seconds += [
            play.now // SECOND for one in of(play.wait(SECOND), Emit) if isinstance(said(one), RouterSolicitation)
        ]
    assert len(seconds) <= 7
    assert all(after - before >= 10 for before, after in itertools.pairwise(seconds))


def test_a_host_that_has_left_asks_nobody():
    play = started()
    play.node.leave(play.now)
    assert moments(play, 5 * MINUTE) == []


def test_on_a_regular_link_a_host_asks_three_times_four_seconds_apart_and_is_silent():
    play = started(mode=Mode.REGULAR)
    assert [moment for moment, _ in moments(play, 60 * SECOND)] == [0, 4, 8]


def test_on_a_regular_link_a_host_without_an_address_says_nothing_of_itself():
    (asked,) = [
        one for one in of(started(mode=Mode.REGULAR).wait(0), Emit) if isinstance(said(one), RouterSolicitation)
    ]
    assert asked.source == UNSPECIFIED
    assert not any(isinstance(one, SourceLinkLayerAddress) for one in said(asked).options)


def test_a_host_that_every_router_refuses_asks_ever_more_slowly_all_the_same():
    play = started()
    times = []
    while play.now < 20 * MINUTE:
        for emitted in of(play.wait(SECOND), Emit):
            message = said(emitted)
            if isinstance(message, RouterSolicitation):
                times.append(play.now // SECOND)
                for asked in registering(play.hear(advertisement(pio()), ROUTER_LL)):
                    play.hear(answered(asked, status=2), ROUTER_LL, MY_LL)
    assert 20 <= len(times) <= 26
    assert times[-1] - times[-2] == 60
