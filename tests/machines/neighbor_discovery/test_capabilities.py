"""What a node can do, said and heard: RFC 8505 sections 4.3 and 6.1, draft-ayers-low-power-interop-01 section 6.2."""

import pytest

from p6lowpan.capability import profile as profiles
from p6lowpan.machines.neighbor_discovery.capabilities import capability_options
from p6lowpan.machines.neighbor_discovery.configuration import Advertise, AdvertisedPrefix, Configuration, Mode, Role
from p6lowpan.machines.neighbor_discovery.outputs import Emit, LevelAdvertised
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of, with_level
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.registry import MessageType
from properties.neighbors import (
    MINUTE,
    MY_LINK,
    MY_LL,
    PREFIX,
    ROUTER_LL,
    SECOND,
    STRANGER,
    STRANGER_GLOBAL,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    advertisement,
    answered,
    discovery,
    messages,
    named,
    of,
    pio,
    reasons,
    registering,
    registration,
    said,
)

RS, RA = MessageType.ROUTER_SOLICITATION, MessageType.ROUTER_ADVERTISEMENT
NS, NA = MessageType.NEIGHBOR_SOLICITATION, MessageType.NEIGHBOR_ADVERTISEMENT
FLEX = 0xF0F0F000


def configuration(level=None, flex=None, role=Role.ROUTER, **changes):
    profile = profiles.of_flex(flex) if flex is not None else None if level is None else profiles.of_level(level)
    return Configuration(**{"role": role, "extended": MY_LINK, "profile": profile, **changes})


def shown(configured, message):
    options = capability_options(configured, message)
    levels = [level_of(one) for one in options if isinstance(one, CapabilityIndication)]
    flex = [one.features for one in options if isinstance(one, FlexCapability)]
    return levels, flex


@pytest.mark.parametrize("level", range(7))
@pytest.mark.parametrize("message", [RS, NS, NA])
def test_every_level_is_said_when_a_node_asks_for_routers_registers_and_answers(level, message):
    assert shown(configuration(level), message) == ([level], [])


@pytest.mark.parametrize("level", range(7))
def test_a_router_says_its_level_only_where_it_is_above_what_every_router_has(level):
    assert shown(configuration(level), RA) == ([6 if level == 6 else None], [])


@pytest.mark.parametrize("message", [RS, RA, NS, NA])
def test_flex_is_said_in_every_message(message):
    assert shown(configuration(flex=FLEX), message)[1] == [FLEX]


@pytest.mark.parametrize(
    ("advertise", "secured", "allowed"),
    [
        (Advertise.ALWAYS, False, True),
        (Advertise.SECURED, False, False),
        (Advertise.SECURED, True, True),
        (Advertise.NEVER, True, False),
    ],
)
def test_what_a_node_can_do_is_said_only_where_that_is_allowed(advertise, secured, allowed):
    """Draft section 10: it leaks the kind of device."""
    allowing = {"advertise": advertise, "link_secured": secured}
    for message in (RS, NS, NA):
        expected = [5] if allowed else [None] if message is RS else []
        assert shown(configuration(5, **allowing), message)[0] == expected
    assert shown(configuration(flex=FLEX, **allowing), NA)[1] == ([FLEX] if allowed else [])


@pytest.mark.parametrize("message", [NS, NA])
def test_a_stock_node_spends_no_octets_on_it(message):
    assert capability_options(configuration(), message) == ()


def test_a_node_of_rfc_6775_alone_says_nothing_in_any_message():
    for message in (RS, RA, NS, NA):
        assert capability_options(configuration(extended_registration=False), message) == ()


def test_on_a_regular_link_only_a_profile_is_shown():
    for message in (RS, RA, NS, NA):
        assert capability_options(configuration(mode=Mode.REGULAR), message) == ()
    assert shown(configuration(4, mode=Mode.REGULAR), NA) == ([4], [])


def flags(role, message, **changes):
    (option,) = capability_options(configuration(role=role), message, **changes)
    names = ("extended_duplicate_messages", "router", "border_router", "routing_registrar", "extended_registration")
    return {name for name in names if getattr(option, name)}


def test_the_flags_of_rfc_8505_say_which_part_a_node_has():
    """RFC 8505 sections 4.3 and 6.1; D "is valid in RA messages but not in RS messages"."""
    assert flags(Role.HOST, RS) == set()
    assert flags(Role.ROUTER, RS, border_router_extended=True) == {"router", "extended_registration"}
    assert flags(Role.ROUTER, RA) == {"router", "extended_registration"}
    knows = flags(Role.ROUTER, RA, border_router_extended=True)
    assert knows == {"router", "extended_registration", "extended_duplicate_messages"}
    everything = {"router", "border_router", "extended_registration", "extended_duplicate_messages"}
    assert flags(Role.BORDER_ROUTER, RA, border_router_extended=True) == everything


@pytest.mark.parametrize(("level", "generic"), [(5, 0), (6, 1)])
def test_generic_compression_is_said_in_the_flag_of_rfc_7400(level, generic):
    (option,) = capability_options(configuration(level), RS)
    assert option.generic_compression == generic


# --- on the way ------------------------------------------------------------------------------------------------------


def level_in(message):
    return [level_of(one) for one in message.options if isinstance(one, CapabilityIndication)]


def test_a_host_says_its_level_when_it_comes_and_when_it_registers():
    play = Playbook(discovery(profile=profiles.of_level(4)))
    play.start()
    (asked,) = messages(play.wait(SECOND), RouterSolicitation)
    assert level_in(asked) == [4]
    (registered,) = registering(play.hear(advertisement(pio()), ROUTER_LL))
    assert level_in(said(registered)) == [4]


def test_a_question_that_registers_nothing_says_no_level():
    play = Playbook(discovery(profile=profiles.of_level(4)))
    play.start()
    play.hear(advertisement(), ROUTER_LL)
    play.resolve(ROUTER_LL)
    (asked,) = messages(play.wait(5 * SECOND), NeighborSolicitation)
    assert level_in(asked) == []


def test_a_router_answers_with_its_level():
    router = discovery(Role.BORDER_ROUTER, profile=profiles.of_level(5), prefixes=(AdvertisedPrefix(PREFIX),))
    play = Playbook(router)
    play.start()
    play.wait(MINUTE)
    asked = NeighborSolicitation(target=STRANGER_GLOBAL, options=(named(STRANGER), registration(tid=240)))
    (told,) = messages(play.hear(asked, STRANGER_LL), NeighborAdvertisement)
    assert level_in(told) == [5]
    play.hear(RouterSolicitation(options=(named(STRANGER),)), STRANGER_LL)
    (advertised,) = messages(play.wait(SECOND), RouterAdvertisement)
    assert level_in(advertised) == [None]


# --- heard -----------------------------------------------------------------------------------------------------------


def heard(*options, frm=STRANGER_LINK, secured=False, message=None, hop_limit=255):
    play = Playbook(discovery())
    play.start()
    message = message or NeighborSolicitation(target=MY_LL, options=options)
    return play.hear(message, STRANGER_LL, frm=frm, secured=secured, hop_limit=hop_limit)


@pytest.mark.parametrize("secured", [False, True])
@pytest.mark.parametrize("level", range(7))
def test_a_level_is_reported_with_who_said_it_and_whether_that_was_secured(level, secured):
    option = with_level(CapabilityIndication(), level)
    reported = of(heard(option, secured=secured), LevelAdvertised)
    assert reported == [LevelAdvertised(STRANGER_LINK, level, None, secured)]
    assert reported[0].profile == profiles.of_level(level)


def test_a_flex_bitfield_is_reported():
    (reported,) = of(heard(FlexCapability(features=FLEX)), LevelAdvertised)
    assert (reported.level, reported.flex, reported.profile) == (None, FLEX, profiles.of_flex(FLEX))


def test_both_are_reported_together_and_flex_goes_first():
    option = with_level(CapabilityIndication(extension=bytes(8)), 2)
    (reported,) = of(heard(option, FlexCapability(features=FLEX)), LevelAdvertised)
    assert (reported.level, reported.flex, reported.profile) == (2, FLEX, profiles.of_flex(FLEX))


def test_an_option_without_a_level_says_nothing_of_one():
    assert of(heard(CapabilityIndication(generic_compression=1)), LevelAdvertised) == []


def test_seven_is_no_level():
    assert of(heard(CapabilityIndication(experiments=0b11110000)), LevelAdvertised) == []


@pytest.mark.parametrize("sender", [LinkAddress(b""), BROADCAST])
def test_who_cannot_be_told_from_others_says_nothing(sender):
    assert of(heard(with_level(CapabilityIndication(), 3), frm=sender), LevelAdvertised) == []


def test_nobody_off_the_link_says_a_level():
    outputs = heard(with_level(CapabilityIndication(), 0), hop_limit=254)
    assert of(outputs, LevelAdvertised) == []
    assert reasons(outputs)


@pytest.mark.parametrize(
    "message",
    [
        RouterSolicitation(options=(named(STRANGER), with_level(CapabilityIndication(), 3))),
        advertisement(with_level(CapabilityIndication(), 3), number=STRANGER),
        NeighborAdvertisement(target=STRANGER_LL, options=(with_level(CapabilityIndication(), 3),)),
    ],
    ids=["router solicitation", "router advertisement", "neighbor advertisement"],
)
def test_a_level_is_heard_in_every_message_whatever_becomes_of_it(message):
    assert of(heard(message=message), LevelAdvertised) == [LevelAdvertised(STRANGER_LINK, 3, None, False)]


def test_the_answer_to_a_registration_teaches_the_router_s_level():
    play = Playbook(discovery())
    play.start()
    (asked,) = registering(play.hear(advertisement(pio()), ROUTER_LL))

    answer = answered(asked)
    more = NeighborAdvertisement(
        router=1, solicited=1, target=answer.target, options=(*answer.options, with_level(CapabilityIndication(), 6))
    )
    outputs = play.hear(more, ROUTER_LL, asked.source)
    assert [one.level for one in of(outputs, LevelAdvertised)] == [6]
    assert not of(outputs, Emit)
