"""A link whose neighbors know no RFC 6775: duplicate detection (RFC 4862 section 5.4), prefixes that are on-link."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.neighbor_discovery.configuration import Mode, Role
from p6lowpan.machines.neighbor_discovery.outputs import (
    AddressConfirmed,
    AddressFormed,
    AddressRefused,
    Emit,
    PrefixLearned,
    Resolved,
)
from p6lowpan.wire.address import ALL_NODES, UNSPECIFIED, link_local, parse_ipv6
from p6lowpan.wire.ipv6.link_layer_options import TargetLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation, RouterSolicitation
from properties.neighbors import (
    MINUTE,
    MY_GLOBAL,
    MY_LINK,
    MY_LL,
    PREFIX,
    ROUTER_LL,
    SECOND,
    SHORT,
    STRANGER_LINK,
    STRANGER_LL,
    Playbook,
    advertisement,
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

GROUP = parse_ipv6("ff02::1:ff00:1")  # of both our link-local and our global address


def started(**changes):
    play = Playbook(discovery(mode=Mode.REGULAR, **changes))
    play.start()
    return play


def test_a_link_local_address_is_asked_for_and_ours_when_nobody_answers():
    play = Playbook(discovery(mode=Mode.REGULAR, short=SHORT))
    outputs = play.start()
    assert [one.address for one in of(outputs, AddressFormed)] == [MY_LL, link_local(SHORT)]
    assert of(outputs, AddressConfirmed) == []
    probes = [one for one in of(play.wait(0), Emit) if isinstance(said(one), NeighborSolicitation)]
    assert [(one.source, one.destination, said(one).target) for one in probes] == [
        (UNSPECIFIED, GROUP, MY_LL),
        (UNSPECIFIED, parse_ipv6("ff02::1:ff00:a0b"), link_local(SHORT)),
    ]
    assert all(said(one).options == () for one in probes)
    assert of(play.wait(SECOND - 1), AddressConfirmed) == []
    assert [one.address for one in of(play.wait(1), AddressConfirmed)] == [MY_LL, link_local(SHORT)]


def test_the_first_question_comes_after_a_moment_of_chance():
    class Late:
        def below(self, n):
            return n - 1

    node = discovery(mode=Mode.REGULAR)
    node.interface.chance = Late()
    play = Playbook(node)
    play.start()
    assert not messages(play.wait(SECOND - 1), NeighborSolicitation)
    assert len(messages(play.wait(1), NeighborSolicitation)) == 1


def test_more_questions_can_be_asked():
    play = started(limits=limited(duplicate_probes=3))
    outputs = play.wait(3 * SECOND)
    assert len(messages(outputs, NeighborSolicitation)) == 3
    assert of(outputs, AddressConfirmed)


@pytest.mark.parametrize(
    ("message", "source", "destination"),
    [
        (NeighborAdvertisement(override=1, target=MY_LL), STRANGER_LL, ALL_NODES),
        (NeighborSolicitation(target=MY_LL), UNSPECIFIED, GROUP),
    ],
    ids=["somebody has it", "somebody else wants it"],
)
def test_an_address_that_is_another_s_is_given_up(message, source, destination):
    play = started()
    play.wait(0)
    assert of(play.hear(message, source, destination), AddressRefused) == [AddressRefused(MY_LL, None)]
    assert of(play.wait(MINUTE), AddressConfirmed) == []


def test_who_only_resolves_a_tentative_address_does_not_take_it():
    """RFC 4862 section 5.4.3: "the solicitation's sender is performing address resolution"; silently ignored."""
    play = started()
    asked = NeighborSolicitation(target=MY_LL, options=(named(4),))
    assert reasons(play.hear(asked, STRANGER_LL, GROUP)) == [Reason.NOT_FOR_US]
    assert of(play.wait(2 * SECOND), AddressConfirmed)


def test_who_wants_an_address_of_ours_hears_from_us():
    play = started()
    play.wait(MINUTE)
    (told,) = of(play.hear(NeighborSolicitation(target=MY_LL), UNSPECIFIED, GROUP), Emit)
    answer = said(told)
    assert (told.destination, answer.solicited, answer.override) == (ALL_NODES, 0, 1)
    assert option(answer, TargetLinkLayerAddress).address[:8] == MY_LINK


def test_a_prefix_that_is_on_link_says_who_is_a_neighbor_and_its_address_is_asked_for():
    play = started()
    play.wait(MINUTE)
    outputs = play.hear(advertisement(pio(on_link=1)), ROUTER_LL)
    assert of(outputs, PrefixLearned) == [PrefixLearned(PREFIX, 64, on_link=True)]
    assert not registering(outputs)
    assert of(play.wait(SECOND), AddressConfirmed) == [AddressConfirmed(MY_GLOBAL)]


def test_a_prefix_becomes_on_link_when_somebody_says_so():
    play = started()
    assert of(play.hear(advertisement(pio()), ROUTER_LL), PrefixLearned) == [PrefixLearned(PREFIX, 64, on_link=False)]
    outputs = play.hear(advertisement(pio(on_link=1)), ROUTER_LL)
    assert of(outputs, PrefixLearned) == [PrefixLearned(PREFIX, 64, on_link=True)]
    assert of(play.hear(advertisement(pio()), ROUTER_LL), PrefixLearned) == []


def test_a_duplicate_of_a_formed_address_is_not_asked_for_again():
    play = started()
    play.wait(MINUTE)
    play.hear(advertisement(pio()), ROUTER_LL)
    play.hear(NeighborAdvertisement(target=MY_GLOBAL), STRANGER_LL, ALL_NODES)
    play.hear(advertisement(pio()), ROUTER_LL)
    assert not messages(play.wait(MINUTE), NeighborSolicitation)
    assert play.state(MY_GLOBAL) == "REFUSED"


def test_an_address_whose_prefix_ended_meanwhile_is_not_confirmed():
    play = started(limits=limited(duplicate_probes=5))
    play.wait(MINUTE)
    play.hear(advertisement(pio(valid=2)), ROUTER_LL)
    assert of(play.wait(MINUTE), AddressConfirmed) == []


def test_a_link_local_neighbor_is_asked_for_like_any_other():
    play = started()
    play.wait(MINUTE)
    assert len(messages(play.resolve(STRANGER_LL, b"one"), NeighborSolicitation)) == 1
    answer = NeighborAdvertisement(
        solicited=1, override=1, target=STRANGER_LL, options=(TargetLinkLayerAddress(address=STRANGER_LINK + bytes(6)),)
    )
    assert of(play.hear(answer, STRANGER_LL), Resolved) == [Resolved(STRANGER_LL, STRANGER_LINK, (b"one",))]


def test_an_address_of_ours_that_another_advertises_is_reported():
    play = started()
    play.wait(MINUTE)
    outputs = play.hear(NeighborAdvertisement(target=MY_LL), STRANGER_LL, ALL_NODES)
    assert reasons(outputs) == [Reason.DUPLICATE_ADDRESS]
    assert play.state(MY_LL) == "PREFERRED"


def test_a_router_s_own_addresses_are_asked_for_too():
    play = started(role=Role.ROUTER, addresses=(parse_ipv6("2001:db8:1::77"),))
    probes = [said(one).target for one in of(play.wait(0), Emit) if isinstance(said(one), NeighborSolicitation)]
    assert probes == [MY_LL, parse_ipv6("2001:db8:1::77")]


def test_a_solicitation_of_routers_names_us_once_our_address_is_ours():
    play = started()
    asked = [one for one in of(play.wait(10 * SECOND), Emit) if isinstance(said(one), RouterSolicitation)]
    assert [one.source for one in asked] == [UNSPECIFIED, MY_LL, MY_LL]
    assert [any(hasattr(one_of, "address") for one_of in said(one).options) for one in asked] == [False, True, True]
