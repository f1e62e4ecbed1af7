import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.simulator.links import LinkQuality
from p6lowpan.simulator.topology import (
    Edge,
    Position,
    Topology,
    from_pairs,
    from_positions,
    full,
    grid,
    line,
    random_disc,
    star,
)


def test_in_a_line_each_hears_the_one_before_and_the_one_behind():
    assert line(4).neighbors == ((1,), (0, 2), (1, 3), (2,))
    assert line(1).neighbors == ((),)


def test_in_a_star_the_leaves_hear_the_middle_alone():
    assert star(3).neighbors == ((1, 2, 3), (0,), (0,), (0,))
    assert star(0).neighbors == ((),)


def test_in_a_grid_each_hears_the_ones_beside_above_and_below():
    assert grid(3, 2).neighbors == ((1, 3), (0, 2, 4), (1, 5), (0, 4), (1, 3, 5), (2, 4))


def test_a_full_network_has_every_link():
    assert full(3).neighbors == ((1, 2), (0, 2), (0, 1))


def test_links_from_positions_are_those_within_reach():
    places = [Position(0, 0), Position(3, 4), Position(3, 4.1), Position(-5, 0)]
    assert from_positions(places, 5).neighbors == ((1, 3), (0, 2), (1,), (0,))


def test_the_squares_find_the_same_links_as_comparing_everybody_with_everybody():
    topology = random_disc(60, 40, 15, seed=3)
    places = topology.positions
    expected = tuple(
        tuple(
            other
            for other in range(60)
            if other != number
            and (places[other].x - places[number].x) ** 2 + (places[other].y - places[number].y) ** 2 <= 15**2
        )
        for number in range(60)
    )
    assert topology.neighbors == expected


def test_a_random_disc_is_the_same_for_the_same_seed_connected_and_round():
    one, same, other = (random_disc(30, 20, 12, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert one.is_connected
    assert one.positions[0] == Position(0, 0)
    assert all(place.x**2 + place.y**2 <= 400 for place in one.positions)


def test_a_disc_too_large_for_its_stations_is_refused():
    with pytest.raises(UsageError, match="do not form a network"):
        random_disc(3, 10_000, 1, seed=1)


def test_links_are_taken_from_data_with_their_quality():
    bad = LinkQuality(loss=0.5)
    topology = from_pairs(["border", "leaf"], [("border", "leaf")], bad)
    assert topology.edges == (Edge(0, 1, bad), Edge(1, 0, bad))


def test_a_station_out_of_reach_is_noticed():
    assert not from_pairs(["a", "b", "c"], [("a", "b")]).is_connected
    assert Topology((), ()).is_connected


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Topology(("a", "a"), ()), "same name"),
        (lambda: Topology(("a",), (Edge(0, 1),)), "no link from station 0 to station 1"),
        (lambda: Topology(("a", "b"), (Edge(1, 1),)), "no link"),
        (lambda: Topology(("a", "b"), (Edge(0, 1), Edge(0, 1))), "twice"),
        (lambda: Topology(("a", "b"), (), (Position(0, 0),)), "1 positions for 2"),
        (lambda: from_pairs(["a"], [("a", "z")]), "no station z"),
        (lambda: from_positions([], 0), "further than 0"),
        (lambda: grid(0, 1), "no grid"),
        (lambda: star(-1), "no star"),
        (lambda: random_disc(0, 1, 1, 1), "do not fill"),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(UsageError, match=message):
        make()
