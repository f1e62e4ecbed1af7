import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.simulator.links import PERFECT, LinkQuality, Links


def heard_by(links, sender):
    return [link.receiver for link in links.heard_by[sender]]


def of(count):
    links = Links()
    for number in range(count):
        assert links.add() == number
    for one in range(count):
        for other in range(count):
            if one != other:
                links.set(one, other, PERFECT)
    return links


def test_a_link_has_one_direction_and_can_be_changed_and_taken_away():
    links = of(2)
    links.set(0, 1, LinkQuality(loss=0.25))
    assert (links.quality(0, 1), links.quality(1, 0)) == (LinkQuality(loss=0.25), PERFECT)
    assert links.heard_by[0][0].loss == 250_000
    links.set(0, 1, None)
    assert (heard_by(links, 0), heard_by(links, 1)) == ([], [0])
    assert links.quality(0, 1) is None


def test_separated_sets_do_not_hear_each_other_until_they_rejoin():
    links = of(4)
    separation = (frozenset({0, 1}), frozenset({2}))
    links.separate(separation)
    assert [heard_by(links, number) for number in range(4)] == [[1, 3], [0, 3], [3], [0, 1, 2]]
    links.rejoin(separation)
    assert [heard_by(links, number) for number in range(4)] == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


def test_of_two_separations_the_one_that_remains_counts():
    links = of(3)
    first, second = (frozenset({0}), frozenset({1, 2})), (frozenset({0}), frozenset({1}))
    links.separate(first)
    links.separate(second)
    links.rejoin(first)
    assert [heard_by(links, number) for number in range(3)] == [[2], [2], [0, 1]]


def test_a_link_made_during_a_separation_waits_for_its_end():
    links = of(2)
    separation = (frozenset({0}), frozenset({1}))
    links.separate(separation)
    links.set(0, 1, LinkQuality(loss=1))
    assert heard_by(links, 0) == []
    links.rejoin(separation)
    assert heard_by(links, 0) == [1]


@pytest.mark.parametrize(("sender", "receiver"), [(0, 0), (0, 2), (-1, 0)])
def test_a_link_needs_two_stations_that_are_there(sender, receiver):
    with pytest.raises(UsageError, match="no link from station"):
        of(2).set(sender, receiver, PERFECT)


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": -0.1},
        {"loss": 1.1},
        {"corruption": 2},
        {"duplication": float("nan")},
        {"reordering": -1},
        {"delay_us": -1},
        {"jitter_us": -1},
        {"held_back_us": -1},
        {"indication": 256},
    ],
)
def test_a_quality_that_cannot_be_is_refused(changes):
    with pytest.raises(UsageError):
        LinkQuality(**changes)
