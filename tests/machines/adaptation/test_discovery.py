"""Discovery of levels: what is sent before and after something is known, and what an error may change."""

import copy

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import level_features, of_flex, of_level
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.stacks import PROFILES
from p6lowpan.machines.adaptation.discovery import Levels, Policy
from p6lowpan.machines.adaptation.news import Contradicted, How, Learned
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress

PEER = LinkAddress(bytes.fromhex("0212345678abcd02"))
OTHER = LinkAddress(bytes.fromhex("0212345678abcd03"))
UDP = frozenset({Feature.IPHC, Feature.STATELESS_UNICAST, Feature.NHC_UDP})
WAIT = P6LOWPAN.discovery_wait_us


def levels(own: int = 5, policy: Policy = Policy.OPTIMISTIC, **more: object) -> Levels:
    return Levels(of_level(own), P6LOWPAN, policy, **more)  # type: ignore[arg-type]  # keywords of the test's own


@pytest.mark.parametrize("own", range(7))
@pytest.mark.parametrize("theirs", range(7))
def test_two_levels_meet_at_the_lower_one(own: int, theirs: int) -> None:
    table = levels(own)
    table.advertised(PEER, of_level(theirs), secured=False)
    assert table.sending_profile(PEER).sends == level_features(min(own, theirs))


@pytest.mark.parametrize(
    ("policy", "is_router", "level"),
    [
        (Policy.OPTIMISTIC, False, 6),
        (Policy.CONSERVATIVE, True, 0),
        (Policy.ROUTERS_ARE_5, True, 5),
        (Policy.ROUTERS_ARE_5, False, 0),
    ],
)
def test_the_policy_decides_before_anything_is_known(policy: Policy, is_router: bool, level: int) -> None:
    table = levels(6, policy)
    table.heard(PEER, is_router)
    assert table.sending_profile(PEER).sends == level_features(level)


def test_multicast_goes_at_level_0_while_any_neighbor_is_unknown() -> None:
    table = levels()
    assert table.everybody().profile.sends == level_features(0)
    table.advertised(PEER, of_level(4), secured=False)
    assert table.everybody().profile.sends == level_features(4)
    table.heard(OTHER)
    assert table.everybody().profile.sends == level_features(0)
    table.advertised(OTHER, of_level(2), secured=False)
    assert table.everybody().profile.sends == level_features(2)


def test_router_solicitations_go_at_level_5_at_most() -> None:
    assert levels(6).routers().profile.sends == level_features(5)
    assert levels(3).routers().profile.sends == level_features(3)


def test_a_pinned_neighbor_gets_what_its_profile_receives() -> None:
    table = levels(6, pinned={PEER: PROFILES["contiki-ng"]})
    assert table.known(PEER) == (PROFILES["contiki-ng"], How.CONFIGURED)
    assert table.sending_profile(PEER).sends <= PROFILES["contiki-ng"].receives
    table.sent(0, PEER, UDP, b"one")
    contradicted = Contradicted(PEER, PROFILES["contiki-ng"], of_level(0))
    assert table.error_received(PEER, of_level(0), secured=True) == contradicted
    assert table.known(PEER) == (PROFILES["contiki-ng"], How.CONFIGURED)
    assert table.announced(PEER) == of_level(0)
    ignored = table.error_received(PEER, of_level(0), secured=True)
    assert isinstance(ignored, Dropped)
    assert ignored.reason is Reason.STALE


def test_a_pinned_neighbor_that_says_that_it_takes_less_is_told_of_once_and_what_is_configured_holds() -> None:
    table = levels(6, pinned={PEER: of_level(3)})
    assert table.announced(PEER) is None
    assert table.advertised(PEER, of_level(5), secured=True) is None
    assert table.announced(PEER) == of_level(5)
    contradicted = Contradicted(PEER, of_level(3), of_level(2))
    assert table.advertised(PEER, of_level(2), secured=True) == contradicted
    assert table.advertised(PEER, of_level(2), secured=True) is None
    assert table.known(PEER) == (of_level(3), How.CONFIGURED)
    assert table.pin(PEER, of_level(1)) is None
    assert table.pin(PEER, of_level(3)) == contradicted
    assert table.pin(PEER, None) is None
    assert (table.known(PEER), table.announced(PEER)) == ((of_level(2), How.ADVERTISEMENT), None)


# --- errors ----------------------------------------------------------------------------------------------------------


def test_multicast_uses_nothing_that_a_pinned_neighbor_cannot_take() -> None:
    table = levels(6, pinned={PEER: PROFILES["openthread"]})
    for _ in range(2):
        for profile in (table.everybody().profile, table.routers().profile):
            assert profile.sends
            assert profile.sends <= PROFILES["openthread"].receives
        table.heard(PEER)  # being there makes it no more unknown than it is


def test_a_neighbor_that_is_not_pinned_lowers_multicast_to_level_0_beside_one_that_is() -> None:
    table = levels(6, pinned={PEER: PROFILES["riot"]})
    assert Feature.IPHC in table.everybody().profile.sends
    table.heard(OTHER)
    assert table.everybody().profile.sends == level_features(0)
    table.advertised(OTHER, of_level(1), secured=False)
    assert table.everybody().profile.sends == level_features(1) & PROFILES["riot"].receives
    assert table.everybody().profile.limits == P6LOWPAN


def test_a_pinned_neighbor_that_shares_no_form_with_the_others_is_sent_to_alone() -> None:
    table = levels(6, pinned={PEER: PROFILES["linux"]})  # takes no uncompressed packet
    assert table.everybody().alone == table.routers().alone == ()
    table.advertised(OTHER, of_level(0), secured=False)
    assert table.everybody().profile.sends == level_features(0)
    assert table.everybody().alone == (PEER,)
    table.advertised(OTHER, of_level(1), secured=False)
    assert table.everybody().alone == ()
    assert Feature.UNCOMPRESSED_IPV6 not in table.everybody().profile.sends


def test_errors_are_for_neighbors_of_p6lowpan_or_unknown_ones() -> None:
    table = levels(pinned={PEER: PROFILES["riot"], OTHER: of_level(2)})
    assert not table.takes_errors(PEER)
    assert table.takes_errors(OTHER)
    assert table.takes_errors(LinkAddress(b"\2" * 8))


def test_an_error_lowers_the_level_and_gives_the_kept_packet_back() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    assert table.error_received(PEER, of_level(1), secured=False) == Learned(PEER, of_level(1), How.ERROR, (b"one",))
    assert table.sending_profile(PEER).sends == level_features(1)
    assert table.deadline is None


def test_an_advertisement_that_overtakes_the_error_gives_the_kept_packet_back() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"first")
    news = table.advertised(PEER, of_level(3), secured=False)
    assert isinstance(news, Learned)
    assert (news.how, news.again) == (How.ADVERTISEMENT, (b"first",))
    table.sent(0, PEER, level_features(3), b"first")
    late = table.error_received(PEER, of_level(3), secured=False)
    assert isinstance(late, Dropped)
    assert late.reason is Reason.STALE


def test_an_advertisement_of_all_that_was_sent_gives_nothing_back() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"first")
    news = table.advertised(PEER, of_level(4), secured=False)
    assert isinstance(news, Learned)
    assert news.again == ()


def test_an_error_from_a_neighbor_to_which_nothing_was_sent_is_ignored() -> None:
    table = levels()
    ignored = table.error_received(PEER, of_level(0), secured=False)
    assert isinstance(ignored, Dropped)
    assert ignored.reason is Reason.UNPROVOKED
    assert table.errors_ignored == 1


def test_an_error_about_less_than_what_was_sent_is_stale() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    ignored = table.error_received(PEER, of_level(4), secured=False)
    assert isinstance(ignored, Dropped)
    assert ignored.reason is Reason.STALE
    assert table.known(PEER) == (None, None)


def test_a_repeated_error_does_not_lower_twice() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    table.error_received(PEER, of_level(1), secured=False)
    table.sent(1, PEER, level_features(1), b"one")
    again = table.error_received(PEER, of_level(1), secured=False)
    assert isinstance(again, Dropped)
    assert again.reason is Reason.STALE


def test_an_unsecured_error_does_nothing_where_the_link_demands_security() -> None:
    table = levels(demands_security=True)
    table.sent(0, PEER, UDP, b"one")
    ignored = table.error_received(PEER, of_level(1), secured=False)
    assert isinstance(ignored, Dropped)
    assert ignored.reason is Reason.NOT_SECURED
    assert isinstance(table.error_received(PEER, of_level(1), secured=True), Learned)


def test_a_level_rises_only_by_neighbor_discovery() -> None:
    table = levels()
    table.advertised(PEER, of_level(1), secured=False)
    table.sent(0, PEER, level_features(1), b"one")
    assert isinstance(table.error_received(PEER, of_level(3), secured=False), Dropped)
    assert table.advertised(PEER, of_level(3), secured=False) == Learned(PEER, of_level(3), How.ADVERTISEMENT)
    assert table.advertised(PEER, of_level(3), secured=False) is None


# --- probation -------------------------------------------------------------------------------------------------------


def test_while_one_packet_is_on_probation_others_go_as_anyone_can_read_them() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    assert table.sending_profile(PEER).sends == level_features(0)
    table.sent(1, PEER, level_features(0), b"two")
    learned = table.error_received(PEER, of_level(0), secured=False)
    assert isinstance(learned, Learned)
    assert learned.again == (b"one",)


def test_at_most_so_many_packets_are_kept_and_nothing_new_is_tried_until_there_is_room() -> None:
    table = levels()
    peers = [LinkAddress(bytes(7) + bytes((number,))) for number in range(P6LOWPAN.discovery_datagrams + 1)]
    for peer in peers[:-1]:
        assert table.sending_profile(peer).sends == level_features(5)
        table.sent(0, peer, UDP, b"kept")
    assert table.waited_for_room == 0
    assert table.sending_profile(peers[-1]).sends == level_features(0)
    assert table.waited_for_room == 1
    table.sent(0, peers[-1], UDP, b"somebody sent it all the same")
    learned = table.error_received(peers[-1], of_level(0), secured=False)
    assert isinstance(learned, Learned)
    assert learned.again == ()
    table.sent(0, peers[0], UDP, b"in its place")
    table.expire(WAIT)
    assert table.sending_profile(peers[0]).sends == level_features(5)


def test_silence_proves_what_was_sent() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    assert table.deadline == WAIT
    table.expire(WAIT - 1)
    assert table.sending_profile(PEER).sends == level_features(0)
    table.expire(WAIT)
    assert table.deadline is None
    assert table.sending_profile(PEER).sends == level_features(5)
    table.sent(WAIT, PEER, UDP, b"two")
    assert table.deadline is None


def test_silence_proves_nothing_about_a_packet_that_the_link_did_not_bring_over() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    table.undelivered(OTHER, b"one")
    table.undelivered(PEER, b"another")
    assert table.deadline == WAIT
    table.undelivered(PEER, b"one")
    assert table.deadline is None
    table.sent(WAIT, PEER, UDP, b"two")
    assert table.deadline == 2 * WAIT
    news = table.error_received(PEER, of_level(0), secured=False)
    assert isinstance(news, Learned)
    assert news.again == (b"two",)


def test_a_feature_not_proven_yet_is_put_on_probation_again() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    table.expire(WAIT)
    table.sent(WAIT, PEER, UDP | {Feature.MESH_HEADER}, b"two")
    assert table.deadline == 2 * WAIT
    assert table.sending_profile(PEER).sends == UDP | level_features(0)


def test_at_most_so_many_neighbors_are_remembered() -> None:
    table = levels()
    for index in range(P6LOWPAN.discovery_neighbors):
        table.heard(LinkAddress(index.to_bytes(8, "big")))
    assert table.evicted == 0
    table.heard(PEER)
    assert table.evicted == 1


# --- FLEX ------------------------------------------------------------------------------------------------------------


def test_flex_nodes_use_what_both_have() -> None:
    table = Levels(of_flex(0xF000_0000), P6LOWPAN)
    table.sent(0, PEER, frozenset({Feature.IPHC, Feature.STATELESS_UNICAST}), b"one")
    learned = table.error_received(PEER, of_flex(0xE000_0000), secured=False)
    assert isinstance(learned, Learned)
    expected = {Feature.UNCOMPRESSED_IPV6, Feature.FRAGMENTATION, Feature.IPHC}
    assert table.sending_profile(PEER).sends == expected


def test_a_copy_goes_on_as_the_original_would() -> None:
    table = levels()
    table.sent(0, PEER, UDP, b"one")
    other = copy.deepcopy(table)
    other.expire(WAIT)
    table.expire(WAIT)
    assert other.sending_profile(PEER) == table.sending_profile(PEER)
    assert other.known(PEER) == table.known(PEER)
