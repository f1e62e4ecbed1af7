"""A neighbour packed: what comes back, and that a node which holds no more than that decides the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature, lowest_level
from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.profile import RFC6282, level_features, of_flex, of_level
from p6lowpan.machines.adaptation.discovery import Levels, Neighbor
from p6lowpan.machines.adaptation.neighbor_entry import FlexEntry, KeptDatagram, LinearEntry, pack, unpack
from p6lowpan.machines.adaptation.news import How, Learned
from p6lowpan.wire.address import LinkAddress

PEER = LinkAddress(bytes(7) + b"\1")
SPECTRUM = sorted(level_features(6), key=lambda feature: feature.value.name)
WITH_BIT = [feature for feature in Feature if feature.flex_bit is not None]

addresses = st.binary(min_size=8, max_size=8) | st.binary(min_size=2, max_size=2)
slots = st.none() | st.integers(0, 6)
levels = st.none() | st.integers(0, 6).map(of_level)
sets_of_a_level = st.just(frozenset()) | st.integers(0, 6).map(level_features)
fields = st.none() | st.integers(0, 2**32 - 1).map(of_flex)
some_features = st.frozensets(st.sampled_from(SPECTRUM))


def whole_bits(features):
    """With every feature all others of its bit."""
    bits = {feature.flex_bit for feature in features}
    return frozenset(feature for feature in WITH_BIT if feature.flex_bit in bits)


sets_of_bits = st.frozensets(st.sampled_from(WITH_BIT)).map(whole_bits)


def neighbors(profiles, sets):
    how = st.none() | st.sampled_from(How)
    return st.builds(Neighbor, profile=profiles, how=how, is_router=st.booleans(), proven=sets, last_sent=sets)


@given(addresses, neighbors(levels, sets_of_a_level), slots)
def test_an_entry_of_the_linear_spectrum_comes_back(address, neighbor, kept):
    packed = pack(address, neighbor, kept)
    assert unpack(packed) == (address, neighbor, kept)
    assert len(packed) == 10


@given(addresses, neighbors(fields, sets_of_bits), slots)
def test_an_entry_of_flex_comes_back(address, neighbor, kept):
    packed = pack(address, neighbor, kept, flex=True)
    assert unpack(packed, flex=True) == (address, neighbor, kept)
    assert len(packed) == 21


@given(st.binary(max_size=24))
def test_octets_are_an_entry_and_come_back_or_are_too_few(octets):
    for flex, kind in ((False, LinearEntry), (True, FlexEntry)):
        try:
            entry, rest = kind.decode(octets)
        except Malformed:
            assert len(octets) < (21 if flex else 10)
            continue
        assert entry.encode() + rest == octets
        assert isinstance(unpack(octets, flex=flex)[1], Neighbor)


@given(some_features, st.integers(0, 6))
def test_a_level_stands_for_a_set_wherever_an_error_is_judged(features, announced):
    assert (features <= level_features(announced)) == (lowest_level(features) <= announced)


@given(st.integers(0, 6), st.lists(some_features, max_size=12))
def test_a_node_that_holds_packed_entries_learns_the_same_of_a_neighbor_that_complains_as_it_should(true, datagrams):
    loose, tight = Levels(of_level(6), P6LOWPAN), Levels(of_level(6), P6LOWPAN)
    for number, wanted in enumerate(datagrams):
        now = number * P6LOWPAN.discovery_wait_us
        features = (wanted & loose.sending_profile(PEER).sends) or frozenset({Feature.UNCOMPRESSED_IPV6})
        complains = not features <= level_features(true)
        learned = []
        for node in (loose, tight):
            node.expire(now)
            node.sent(now, PEER, features, b"packet")
            repack(node.neighbors[PEER]) if node is tight else None
            news = node.error_received(PEER, of_level(true), secured=False) if complains else None
            learned.append(news and (type(news), news.profile.level, news.again))
        assert learned[0] == learned[1]
        assert learned[0] is None or learned[0] == (Learned, true, (b"packet",))
        assert loose.known(PEER) == tight.known(PEER)
        assert loose.sending_profile(PEER).sends <= tight.sending_profile(PEER).sends <= of_level(6).sends


def repack(neighbor):
    """Let a neighbour be only what its octets say; the kept datagram is in the pool."""
    _, packed, _ = unpack(pack(PEER, neighbor))
    neighbor.profile, neighbor.how, neighbor.is_router = packed.profile, packed.how, packed.is_router
    neighbor.proven, neighbor.last_sent = packed.proven, packed.last_sent


@pytest.mark.parametrize(
    ("address", "neighbor", "kept", "flex"),
    [
        (b"", Neighbor(), None, False),
        (PEER, Neighbor(), 7, False),
        (PEER, Neighbor(profile=of_flex(0)), None, False),
        (PEER, Neighbor(profile=of_level(0)), None, True),
        (PEER, Neighbor(profile=RFC6282), None, False),
        (PEER, Neighbor(last_sent=frozenset({Feature.HC1})), None, False),
    ],
)
def test_what_an_entry_cannot_hold_is_refused(address, neighbor, kept, flex):
    with pytest.raises(UsageError):
        pack(LinkAddress(address), neighbor, kept, flex=flex)


def test_an_entry_can_name_every_datagram_that_a_node_keeps():
    for kept in range(P6LOWPAN.discovery_datagrams):
        assert unpack(pack(PEER, Neighbor(), kept))[2] == kept


def test_a_datagram_of_the_pool_costs_six_octets_more_than_it_has():
    assert len(KeptDatagram(octets=1280, until_ms=0).encode()) == 6
