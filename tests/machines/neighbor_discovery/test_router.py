"""A router's advertisements: RFC 4861 section 6.2, RFC 6775 sections 6.3, 6.4 and 8.1."""

import itertools

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import AdvertisedPrefix, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit
from p6lowpan.wire.address import ALL_NODES, ALL_ROUTERS, UNSPECIFIED, LinkAddress
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.neighbor_discovery import RouterAdvertisement, RouterSolicitation
from p6lowpan.wire.ipv6.router_options import PrefixInformation
from p6lowpan.wire.sixlowpan.contexts import Context
from properties.neighbors import (
    BORDER,
    MINUTE,
    MY_GLOBAL,
    MY_LINK,
    MY_LL,
    OTHER_PREFIX,
    OTHER_ROUTER_LL,
    PREFIX,
    ROUTER_LL,
    SECOND,
    SHORT,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    abro,
    advertisement,
    answered,
    context_option,
    discovery,
    limited,
    messages,
    named,
    of,
    option,
    pio,
    reasons,
    registering,
    said,
)

ASKED = RouterSolicitation(options=(named(4),))
CONTEXT = Context(2, PREFIX, 64)


def border(**changes):
    """A border router whose first words are over."""
    prefixes = (AdvertisedPrefix(PREFIX),)
    play = Playbook(discovery(Role.BORDER_ROUTER, **{"prefixes": prefixes, "contexts": (CONTEXT,), **changes}))
    play.start()
    play.wait(MINUTE)
    return play


def middle(*options, version=1, **changes):
    """A router that has its information, and its address, from another."""
    play = Playbook(discovery(Role.ROUTER, **changes))
    play.start()
    waiting = registering(play.hear(advertisement(*options, pio(), abro(version)), ROUTER_LL))
    for asked in waiting:
        waiting += registering(play.hear(answered(asked), ROUTER_LL, asked.source))
    return play


def advertised(play, duration=2 * SECOND):
    return [one for one in of(play.wait(duration), Emit) if isinstance(said(one), RouterAdvertisement)]


def options(emitted, kind):
    return [one for one in said(emitted).options if isinstance(one, kind)]


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_solicitation_is_answered_by_unicast():
    """LPND 1.3.1, 1.3.2a, 1.3.10, 1.3.11."""
    play = border()
    play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    (told,) = advertised(play)
    assert (told.source, told.destination, told.link_destination) == (MY_LL, STRANGER_LL, STRANGER_LINK)
    assert told.hop_limit == 255
    assert options(told, SourceLinkLayerAddress) == [named(MY_LINK)]
    assert [one.prefix for one in options(told, PrefixInformation)] == [PREFIX]
    assert [one.context_identifier for one in options(told, LowpanContext)] == [2]
    assert [one.border_router for one in options(told, AuthoritativeBorderRouter)] == [MY_GLOBAL]


def test_no_prefix_of_a_lowpan_is_on_link_and_no_mtu_is_set():
    """RFC 6775 section 6.1."""
    play = border()
    play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    (told,) = advertised(play)
    (prefix,) = options(told, PrefixInformation)
    assert (prefix.on_link, prefix.autonomous, prefix.valid_lifetime_seconds) == (0, 1, 2_592_000)
    assert said(told).router_lifetime_seconds == 1800
    assert {one.LAYER for one in said(told).options} == {
        "nd-option-prefix-information",
        "nd-option-lowpan-context",
        "nd-option-authoritative-border-router",
        "nd-option-source-link-layer-address",
        "nd-option-lowpan-capability-indication",
    }


def test_the_answer_goes_to_the_link_layer_address_that_was_named():
    play = border()
    play.hear(RouterSolicitation(options=(named(SHORT),)), STRANGER_LL, ALL_ROUTERS)
    assert advertised(play)[0].link_destination == SHORT


@pytest.mark.parametrize("options_", [(), (named(MY_LINK),), (named(LinkAddress(b"\xff\xff")),)])
def test_where_none_is_named_that_one_can_have_it_goes_to_the_sender_of_the_frame(options_):
    """LPND 1.3.2b."""
    play = border()
    play.hear(RouterSolicitation(options=options_), STRANGER_LL, ALL_ROUTERS)
    assert advertised(play)[0].link_destination == STRANGER_LINK


def test_a_solicitation_makes_no_entry():
    """RFC 6775 section 6.3."""
    play = border()
    play.hear(RouterSolicitation(options=(named(77),)), STRANGER_LL, ALL_ROUTERS)
    advertised(play)
    assert len(play.node.cache) == 0


def test_a_solicitation_from_nowhere_is_not_answered_and_makes_no_entry():
    """LPND 1.3.2c; RFC 6775 section 5.3: "An unspecified source address MUST NOT be used"."""
    play = border()
    assert reasons(play.hear(RouterSolicitation(), UNSPECIFIED, ALL_ROUTERS)) == [Reason.BAD_SOURCE]
    assert advertised(play) == []
    assert len(play.node.cache) == 0


def test_the_answer_comes_within_two_seconds_at_a_time_of_chance():
    class Fixed:
        def below(self, n):
            assert n == 2 * SECOND + 1
            return 1_234_567

    play = border()
    play.node.interface.chance = Fixed()
    play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    assert advertised(play, 1_234_566) == []
    assert len(advertised(play, 1)) == 1


def test_who_asks_twice_before_the_answer_gets_one():
    play = border()
    for _ in range(5):
        play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    assert len(advertised(play)) == 1


def test_a_flood_of_solicitations_is_bounded():
    play = border(limits=limited(pending_advertisements=3))
    outputs = []
    for number in range(20, 30):
        outputs += play.hear(ASKED, STRANGER_LL[:15] + bytes([number]), ALL_ROUTERS)
    assert reasons(outputs) == [Reason.ADVERTISEMENTS_FULL] * 7
    assert len(advertised(play)) == 3


# --- to everybody ----------------------------------------------------------------------------------------------------


def seconds(play, duration):
    begin, found = play.now, []
    while play.node.deadline is not None and play.node.deadline <= begin + duration:
        for emitted in advertised(play, play.node.deadline - play.now):
            found.append(((play.now - begin) // SECOND, emitted.destination))
    return found


def test_a_border_router_tells_everybody_three_times_when_it_comes_and_then_nobody_unasked():
    """RFC 6775 section 6.4."""
    play = Playbook(discovery(Role.BORDER_ROUTER, prefixes=(AdvertisedPrefix(PREFIX),)))
    play.start()
    assert seconds(play, 600 * SECOND) == [(0, ALL_NODES), (16, ALL_NODES), (32, ALL_NODES)]


def test_that_can_be_switched_off():
    play = Playbook(discovery(Role.BORDER_ROUTER, multicasts_updates=False))
    play.start()
    assert seconds(play, 600 * SECOND) == []


def test_new_information_is_told_everybody_three_times():
    """RFC 6775 section 8.1.5: "send up to three RA messages"."""
    play = middle()
    assert [moment for moment, _ in seconds(play, 5 * MINUTE)] == [0, 16, 32]
    play.hear(advertisement(pio(), abro(1)), ROUTER_LL)
    assert seconds(play, 5 * MINUTE) == []
    play.hear(advertisement(pio(), abro(2)), ROUTER_LL)
    assert len(seconds(play, 5 * MINUTE)) == 3


def test_what_is_told_to_everybody_is_ten_seconds_apart():
    """RFC 6775 section 9: MIN_DELAY_BETWEEN_RAS."""
    play = middle()
    told = []
    for version in range(2, 40):
        play.hear(advertisement(pio(), abro(version)), ROUTER_LL)
        begin = play.now
        told += [begin // SECOND + moment for moment, _ in seconds(play, SECOND)]
        play.now = begin + SECOND
    assert len(told) >= 3
    assert all(after - before >= 10 for before, after in itertools.pairwise(told))


# --- what a router in the middle passes on ---------------------------------------------------------------------------


def test_a_router_without_information_is_none_yet():
    """RFC 6775 section 6.2."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    assert reasons(play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)) == [Reason.NOT_FOR_US]


def test_a_router_without_a_global_address_is_none_yet():
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    play.hear(advertisement(pio(), abro()), ROUTER_LL)
    assert reasons(play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)) == [Reason.NOT_FOR_US]


def test_an_advertisement_that_names_no_border_router_is_nothing_to_a_router():
    """RFC 6775 section 8.1.3."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    assert reasons(play.hear(advertisement(pio()), ROUTER_LL)) == [Reason.OPTION_MISSING]
    assert len(play.node.host.routers) == 0


def answer_of(play):
    play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    return [one for one in advertised(play) if one.destination == STRANGER_LL]


def test_what_a_border_router_announced_is_passed_on_with_its_name_unmodified():
    """LPND 1.4.1a, 1.4.1d."""
    play = middle(context_option(5), version=0x12345)
    (told,) = answer_of(play)
    assert options(told, AuthoritativeBorderRouter) == [abro(0x12345)]
    assert [one.prefix for one in options(told, PrefixInformation)] == [PREFIX]
    assert [one.context_identifier for one in options(told, LowpanContext)] == [5]


def test_two_border_routers_make_two_advertisements():
    """LPND 1.4.1b; RFC 6775 section 8.1.5."""
    play = middle()
    play.hear(advertisement(pio(OTHER_PREFIX), abro(7, OTHER_ROUTER_LL), number=3), OTHER_ROUTER_LL)
    told = answer_of(play)
    announced = [
        ([one.prefix for one in options(one_of, PrefixInformation)], options(one_of, AuthoritativeBorderRouter))
        for one_of in told
    ]
    assert announced == [([PREFIX], [abro(1)]), ([OTHER_PREFIX], [abro(7, OTHER_ROUTER_LL)])]


def test_a_newer_version_replaces_what_was_there():
    """LPND 1.4.1c."""
    play = middle(context_option(5))
    play.hear(advertisement(pio(OTHER_PREFIX), context_option(6), abro(2)), ROUTER_LL)
    (told,) = answer_of(play)
    assert [one.prefix for one in options(told, PrefixInformation)] == [OTHER_PREFIX]
    assert [one.context_identifier for one in options(told, LowpanContext)] == [6]
    assert options(told, AuthoritativeBorderRouter) == [abro(2)]


def test_an_older_version_is_ignored():
    """LPND 1.4.1e."""
    play = middle(version=5)
    outputs = play.hear(advertisement(pio(OTHER_PREFIX), abro(4)), ROUTER_LL)
    assert reasons(outputs) == [Reason.STALE_INFORMATION]
    (told,) = answer_of(play)
    assert [one.prefix for one in options(told, PrefixInformation)] == [PREFIX]


def test_the_same_version_prolongs_what_is_longer_and_shortens_nothing():
    play = middle()
    play.hear(advertisement(pio(valid=100_000), context_option(1, minutes=50), abro()), ROUTER_LL)
    play.hear(advertisement(pio(valid=1_000), context_option(1, minutes=5), abro(), number=3), OTHER_ROUTER_LL)
    (told,) = answer_of(play)
    assert options(told, PrefixInformation)[0].valid_lifetime_seconds == 100_000
    assert options(told, LowpanContext)[0].lifetime_minutes == 50


def test_lifetimes_run_while_they_are_passed_on():
    """RFC 6775 section 8.1.4: received with 10 minutes at T, sent at T+5 minutes with 5."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    waiting = registering(
        play.hear(advertisement(pio(valid=1200, preferred=400), context_option(1, minutes=10), abro()), ROUTER_LL)
    )
    play.hear(answered(waiting[0]), ROUTER_LL, MY_GLOBAL)
    play.wait(5 * MINUTE)
    (told,) = answer_of(play)
    (prefix,) = options(told, PrefixInformation)
    assert (prefix.valid_lifetime_seconds, prefix.preferred_lifetime_seconds) == (900, 100)
    assert options(told, LowpanContext)[0].lifetime_minutes == 5


def test_what_has_ended_is_not_passed_on():
    play = middle(context_option(1, minutes=2))
    play.wait(90 * SECOND)
    assert options(answer_of(play)[0], LowpanContext) == []  # less than a minute is left


def test_a_prefix_whose_lifetime_ended_is_not_passed_on():
    play = middle()
    play.hear(advertisement(pio(OTHER_PREFIX, valid=60), pio(), abro(2)), ROUTER_LL)
    play.wait(MINUTE)
    assert [one.prefix for one in options(answer_of(play)[0], PrefixInformation)] == [PREFIX]


def test_what_was_withdrawn_is_passed_on_as_withdrawn():
    play = middle()
    play.hear(advertisement(pio(), pio(OTHER_PREFIX, valid=0), context_option(3, minutes=0), abro(2)), ROUTER_LL)
    (told,) = answer_of(play)
    assert [(one.prefix, one.valid_lifetime_seconds > 0) for one in options(told, PrefixInformation)] == [
        (PREFIX, True),
        (OTHER_PREFIX, False),
    ]
    assert [one.lifetime_minutes for one in options(told, LowpanContext)] == [0]


def test_everything_of_a_border_router_goes_when_its_lifetime_ends():
    """RFC 6775 section 6.3: "all information related to that 6LBR MUST be removed"."""
    play = Playbook(discovery(Role.ROUTER))
    play.start()
    waiting = registering(play.hear(advertisement(pio(), abro(1, BORDER, minutes=2)), ROUTER_LL))
    play.hear(answered(waiting[0]), ROUTER_LL, MY_GLOBAL)
    play.wait(2 * MINUTE - 2 * SECOND)
    assert len(answer_of(play)) == 1
    assert reasons(play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)) == [Reason.NOT_FOR_US]


def test_the_border_routers_that_are_remembered_are_bounded():
    play = middle(limits=limited(border_routers=1))
    outputs = play.hear(advertisement(abro(1, OTHER_ROUTER_LL)), ROUTER_LL)
    assert reasons(outputs) == [Reason.BORDER_ROUTERS_FULL]
    assert len(play.node.information.sets) == 1


def test_the_prefixes_of_a_border_router_are_bounded_and_none_is_on_link():
    play = middle(limits=limited(prefixes=1))
    known = play.node.information.sets[0]
    outputs = play.hear(advertisement(pio(OTHER_PREFIX), pio(on_link=1), abro()), ROUTER_LL)
    assert Reason.PREFIXES_FULL in reasons(outputs)
    assert Reason.BAD_VALUE in reasons(outputs)
    assert len(known.prefixes) == 1


@pytest.mark.parametrize(("has_router", "preference"), [(True, 0), (False, 3)])
def test_a_router_says_how_good_a_way_it_is(has_router, preference):
    """RFC 6775 section 6: medium with a route to a border router, low without."""
    play = middle()
    if not has_router:
        play.hear(advertisement(abro(), lifetime=0), ROUTER_LL)
    assert said(answer_of(play)[0]).preference == preference


def test_a_border_router_says_that_it_is_the_best():
    play = border()
    play.hear(ASKED, STRANGER_LL, ALL_ROUTERS)
    assert said(advertised(play)[0]).preference == 1


def test_a_router_with_given_prefixes_needs_no_border_router():
    play = Playbook(discovery(Role.ROUTER, prefixes=(AdvertisedPrefix(PREFIX),)))
    play.start()
    (told, *_) = messages(play.wait(2 * SECOND), RouterAdvertisement)
    assert option(told, PrefixInformation).prefix == PREFIX
    assert play.state(MY_GLOBAL) == "PREFERRED"
