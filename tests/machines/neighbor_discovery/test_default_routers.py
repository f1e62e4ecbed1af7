"""Routers that refused us: left alone for a while, as many as are remembered."""

from p6lowpan.machines.neighbor_discovery.default_routers import DefaultRouters
from properties.neighbors import address, discovery, limited

PREFIX = bytes.fromhex("fe80000000000000")
SECOND = 1_000_000


def test_a_router_that_refused_us_is_avoided_until_its_time_is_over():
    routers = DefaultRouters(discovery(limits=limited(refused_router_us=5 * SECOND)).interface)
    routers.avoid(SECOND, address(PREFIX, 2))
    assert routers.is_avoided(6 * SECOND - 1, address(PREFIX, 2))
    assert not routers.is_avoided(6 * SECOND, address(PREFIX, 2))
    assert not routers.is_avoided(SECOND, address(PREFIX, 3))


def test_of_more_routers_than_are_remembered_the_first_is_asked_again():
    routers = DefaultRouters(discovery(limits=limited(refused_routers=2)).interface)
    for number in (2, 3):
        routers.avoid(0, address(PREFIX, number))
    assert [routers.is_avoided(1, address(PREFIX, number)) for number in (2, 3)] == [True, True]
    routers.avoid(0, address(PREFIX, 4))
    assert [routers.is_avoided(1, address(PREFIX, number)) for number in (2, 3, 4)] == [False, True, True]
