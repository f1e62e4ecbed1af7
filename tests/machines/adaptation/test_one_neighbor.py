"""A neighbour with two link-layer addresses is one: what is learned under either counts for both."""

import itertools

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import level_features, of_level
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.machines.adaptation.discovery import KnownLevel, Levels, Policy
from p6lowpan.machines.adaptation.news import How, Learned
from p6lowpan.machines.link.identities import Identities
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress

SHORT, LONG = LinkAddress(bytes.fromhex("0a0b")), LinkAddress(bytes.fromhex("0212345678abcd02"))
OTHER = LinkAddress(bytes.fromhex("0212345678abcd03"))
UDP = frozenset({Feature.IPHC, Feature.STATELESS_UNICAST, Feature.NHC_UDP})
WAIT = P6LOWPAN.discovery_wait_us
WAYS = list(itertools.permutations((SHORT, LONG)))


class Known:
    """Levels, and who is who."""

    def __init__(self, **more) -> None:
        self.identities = Identities(4)
        self.levels = Levels(of_level(5), P6LOWPAN, Policy.OPTIMISTIC, identities=self.identities, **more)

    def identify(self, short=SHORT, extended=LONG) -> Levels:
        self.levels.identified(short, extended)
        self.identities.learn(short, extended)
        return self.levels


@pytest.mark.parametrize(("heard", "asked"), WAYS)
def test_a_level_that_is_learned_under_one_address_counts_under_the_other(heard, asked):
    levels = Known().identify()
    levels.advertised(heard, of_level(2), secured=False)
    assert levels.known(asked) == (of_level(2), How.ADVERTISEMENT)
    assert levels.sending_profile(asked).sends == level_features(2)
    assert tuple(levels.neighbors) == (LONG,)


@pytest.mark.parametrize(("sent_to", "complains"), WAYS)
def test_an_error_from_one_address_is_about_what_was_sent_to_the_other(sent_to, complains):
    levels = Known().identify()
    levels.sent(0, sent_to, UDP, b"kept")
    learned = levels.error_received(complains, of_level(0), secured=False)
    assert isinstance(learned, Learned)
    assert learned.again == (b"kept",)
    assert levels.known(sent_to) == (of_level(0), How.ERROR)


@pytest.mark.parametrize(("sent_to", "lost"), WAYS)
def test_what_was_not_delivered_to_one_address_proves_nothing_for_either(sent_to, lost):
    levels = Known().identify()
    levels.sent(0, sent_to, UDP, b"lost")
    levels.undelivered(lost, b"lost")
    levels.expire(WAIT)
    assert not levels.neighbors[LONG].proven


def test_what_was_known_of_two_neighbors_that_turn_out_to_be_one_is_kept():
    known = Known()
    known.levels.advertised(SHORT, of_level(3), secured=False)
    known.levels.heard(SHORT, is_router=True)
    known.levels.heard(LONG)
    known.levels.touched.take()
    levels = known.identify()
    assert levels.known(LONG) == levels.known(SHORT) == (of_level(3), How.ADVERTISEMENT)
    assert levels.known_level(LONG) == KnownLevel(LONG, of_level(3), How.ADVERTISEMENT, is_router=True)
    assert levels.known_level(SHORT) is None
    assert set(levels.touched.take()) == {SHORT, LONG}
    assert levels.everybody().profile.sends == level_features(3)


def test_what_is_known_under_the_eui64_is_not_changed_by_what_was_known_under_the_short_address():
    known = Known()
    known.levels.advertised(SHORT, of_level(1), secured=False)
    known.levels.advertised(LONG, of_level(4), secured=False)
    levels = known.identify()
    assert levels.known(SHORT) == (of_level(4), How.ADVERTISEMENT)
    assert levels.everybody().profile.sends == level_features(4)


def test_a_datagram_that_waits_for_an_error_is_still_sent_again():
    known = Known()
    known.levels.sent(0, SHORT, UDP, b"kept")
    learned = known.identify().error_received(LONG, of_level(0), secured=False)
    assert isinstance(learned, Learned)
    assert learned.again == (b"kept",)


def test_silence_about_it_still_proves_its_features():
    known = Known()
    known.levels.sent(0, SHORT, UDP, b"kept")
    levels = known.identify()
    assert levels.deadline == WAIT
    levels.expire(WAIT)
    assert levels.neighbors[LONG].proven == UDP
    assert levels.deadline is None


def test_a_profile_that_is_configured_for_the_short_address_is_the_neighbor_s():
    levels = Known(pinned={SHORT: PROFILES["linux"]}).identify()
    assert levels.known(LONG) == levels.known(SHORT) == (PROFILES["linux"], How.CONFIGURED)
    levels.pin(SHORT, None)
    assert levels.known(LONG) == (None, None)


def test_a_profile_that_is_configured_for_the_eui64_counts_more():
    levels = Known(pinned={SHORT: PROFILES["linux"], LONG: of_level(1)}).identify()
    assert levels.known(SHORT) == (of_level(1), How.CONFIGURED)


def test_a_short_address_that_somebody_else_has_now_says_nothing_of_who_had_it():
    known = Known()
    levels = known.identify()
    levels.advertised(SHORT, of_level(2), secured=False)
    known.identify(SHORT, OTHER)
    assert levels.known(SHORT) == (None, None)
    assert levels.known(LONG)[0] == of_level(2)
    assert isinstance(levels.error_received(SHORT, of_level(0), secured=False), Dropped)  # nothing was sent to it
