"""A router on a link whose neighbors know no RFC 6775: RFC 4861 section 6.2."""

from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Mode, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit, PrefixLearned
from p6lowpan.machines.neighbor_discovery.reachability import State
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, UNSPECIFIED
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from properties.neighbors import (
    MINUTE,
    OTHER_PREFIX,
    PREFIX,
    ROUTER_LL,
    SECOND,
    STRANGER_LL,
    Playbook,
    advertisement,
    discovery,
    link,
    named,
    of,
    pio,
    said,
)


def advertised(play, duration=2 * SECOND):
    return [one for one in of(play.wait(duration), Emit) if isinstance(said(one), RouterAdvertisement)]


def options(emitted, kind):
    return [one for one in said(emitted).options if isinstance(one, kind)]


def seconds(play, duration):
    begin, found = play.now, []
    while play.node.deadline is not None and play.node.deadline <= begin + duration:
        for emitted in advertised(play, play.node.deadline - play.now):
            found.append(((play.now - begin) // SECOND, emitted.destination))
    return found


def regular(**changes):
    prefixes = (AdvertisedPrefix(PREFIX, on_link=True),)
    play = Playbook(discovery(Role.ROUTER, mode=Mode.REGULAR, prefixes=prefixes, **changes))
    play.start()
    return play


def test_a_regular_router_tells_everybody_again_and_again():
    """RFC 4861 section 6.2.4; chance that is 0 makes the interval a third of the longest."""
    told = seconds(regular(), 500 * SECOND)
    assert [moment for moment, _ in told] == [0, 16, 32, 232, 432]
    assert {destination for _, destination in told} == {ALL_NODES}


def test_a_regular_prefix_is_on_link():
    play = regular()
    told = advertised(play, SECOND)[0]
    assert options(told, PrefixInformation)[0].on_link == 1
    assert options(told, AuthoritativeBorderRouter) == []


def test_a_regular_router_finds_its_own_prefixes_on_its_link():
    prefixes = (AdvertisedPrefix(PREFIX, on_link=True), AdvertisedPrefix(OTHER_PREFIX))
    started = Playbook(discovery(Role.ROUTER, mode=Mode.REGULAR, prefixes=prefixes)).start()
    assert of(started, PrefixLearned) == [PrefixLearned(PREFIX, 64, True)]


def test_on_a_regular_link_a_solicitation_from_nowhere_is_answered_to_everybody():
    play = regular()
    play.wait(MINUTE)
    play.hear(RouterSolicitation(), UNSPECIFIED, ALL_ROUTERS)
    assert [one.destination for one in advertised(play)] == [ALL_NODES]


def test_on_a_regular_link_a_solicitation_teaches_where_its_sender_is():
    """RFC 4861 section 6.2.6."""
    play = regular()
    play.hear(RouterSolicitation(options=(named(77),)), STRANGER_LL, ALL_ROUTERS)
    entry = play.node.cache.get(STRANGER_LL)
    assert (entry.link_address, entry.state, entry.is_router) == (link(77), State.STALE, False)


def test_a_regular_router_learns_nothing_to_pass_on():
    play = regular()
    play.hear(advertisement(pio(OTHER_PREFIX)), ROUTER_LL)
    assert play.node.information.sets == ()
