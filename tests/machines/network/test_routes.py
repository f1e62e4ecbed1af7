"""The routing table: longest prefix, kinds, preferences, lifetimes and bounds."""

import copy

import pytest

from p6lowpan.capability.limits import P6LOWPAN
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.routes import Routes, prefix_of
from p6lowpan.wire.address import parse_ipv6
from properties.network import limited

A, B, C = (parse_ipv6(f"fe80::{name}") for name in "abc")
ANY = parse_ipv6("2001:db8:7::1")


def prefix(text):
    return parse_ipv6(text)


@pytest.fixture
def routes() -> Routes:
    return Routes(P6LOWPAN)


def test_without_routes_only_the_link_itself_can_be_reached(routes):
    assert routes.next_hop(0, ANY) is None
    assert routes.next_hop(0, A) == A
    assert routes.next_hop(0, parse_ipv6("ff05::1")) == parse_ipv6("ff05::1")
    assert (routes.is_on_link(0, A), routes.is_on_link(0, ANY), routes.is_on_link(0, parse_ipv6("ff02::1"))) == (
        True,
        False,
        False,
    )


def test_the_longest_prefix_wins_in_any_order(routes):
    entries = [(48, A), (64, B), (0, C), (128, A)]
    for length, hop in entries:
        routes.add_static(0, prefix("2001:db8:7::1" if length == 128 else "2001:db8:7::"), length, hop)
    assert routes.next_hop(0, ANY) == A
    assert routes.next_hop(0, parse_ipv6("2001:db8:7::2")) == B
    assert routes.next_hop(0, parse_ipv6("2001:db8:7:1::2")) == A
    assert routes.next_hop(0, parse_ipv6("2001:db9::")) == C


def test_of_equal_prefixes_the_link_goes_before_a_static_route_and_that_before_a_default_router(routes):
    routes.add_default_router(0, A, preference=1)
    assert routes.next_hop(0, ANY) == A
    routes.add_static(0, prefix("::"), 0, B)
    assert routes.next_hop(0, ANY) == B
    routes.add_on_link(0, prefix("::"), 0)
    assert routes.next_hop(0, ANY) == ANY
    assert routes.is_on_link(0, ANY)


def test_the_preferred_default_router_is_used_and_of_equals_the_first(routes):
    for router, preference in ((A, 0), (B, 0), (C, -1)):
        routes.add_default_router(0, router, preference=preference)
    assert routes.next_hop(0, ANY) == A
    routes.add_default_router(0, C, preference=1)
    assert routes.next_hop(0, ANY) == C
    routes.remove_default_router(C)
    routes.remove_default_router(A)
    assert routes.next_hop(0, ANY) == B


def test_a_route_is_not_used_from_the_moment_on_which_it_ends(routes):
    routes.add_default_router(0, A, lifetime_us=10)
    routes.add_on_link(0, prefix("2001:db8:7::"), 64, lifetime_us=5)
    assert routes.deadline == 5
    assert [routes.next_hop(now, ANY) for now in (4, 5, 9, 10)] == [ANY, A, A, None]
    routes.expire(5)
    assert (len(routes.rows), routes.deadline) == (1, 10)


def test_a_renewed_route_lasts_longer_and_takes_no_more_room():
    routes = Routes(limited(default_routers=1))
    assert routes.add_default_router(0, A, lifetime_us=10) == ()
    assert routes.add_default_router(5, A, lifetime_us=10) == ()
    assert routes.next_hop(14, ANY) == A


def test_a_lifetime_of_zero_withdraws_a_route(routes):
    routes.add_default_router(0, A)
    assert routes.add_default_router(1, A, lifetime_us=0) == ()
    assert routes.add_default_router(1, B, lifetime_us=0) == ()
    assert routes.rows == ()


def test_each_kind_holds_its_bound_and_not_one_more_and_none_pushes_out_another():
    routes = Routes(limited(default_routers=1, static_routes=1, on_link_prefixes=1))
    added = [
        (routes.add_default_router, (A,), (B,)),
        (routes.add_static, (prefix("2001:db8:1::"), 64, A), (prefix("2001:db8:2::"), 64, A)),
        (routes.add_on_link, (prefix("2001:db8:3::"), 64), (prefix("2001:db8:4::"), 64)),
    ]
    for add, first, second in added:
        assert add(0, *first) == ()
        (dropped,) = add(0, *second)
        assert dropped.reason is Reason.ROUTES_FULL
    assert len(routes.rows) == 3


def test_what_was_removed_or_has_ended_makes_room():
    routes = Routes(limited(static_routes=1, on_link_prefixes=1))
    routes.add_static(0, prefix("2001:db8:1::"), 64, A)
    routes.remove_static(prefix("2001:db8:1::"), 64, A)
    assert routes.add_static(0, prefix("2001:db8:2::"), 64, A) == ()
    routes.add_on_link(0, prefix("2001:db8:3::"), 64, lifetime_us=1)
    assert routes.add_on_link(1, prefix("2001:db8:4::"), 64) == ()
    routes.remove_on_link(prefix("2001:db8:4::"), 64)
    routes.remove_on_link(prefix("2001:db8:4::"), 64)
    assert routes.add_on_link(1, prefix("2001:db8:5::"), 64) == ()


def test_bits_behind_the_prefix_count_for_nothing(routes):
    routes.add_static(0, parse_ipv6("2001:db8:1:2:ffff::1"), 60, A)
    assert routes.rows[0].prefix == parse_ipv6("2001:db8:1::")
    assert routes.next_hop(0, parse_ipv6("2001:db8:1:f::")) == A
    assert routes.next_hop(0, parse_ipv6("2001:db8:1:10::")) is None
    routes.remove_static(parse_ipv6("2001:db8:1:7::"), 60, A)
    assert routes.rows == ()


@pytest.mark.parametrize(
    ("text", "length", "hop"),
    [("2001:db8::", 129, A), ("ff05::", 16, A), ("fe80::", 64, A), ("2001:db8::", 64, b"\0" * 16), ("::", 0, b"\xfe")],
)
def test_there_is_no_route_to_a_group_or_the_link_nor_behind_nobody(routes, text, length, hop):
    (dropped,) = routes.add_static(0, prefix(text), length, hop)
    assert (dropped.reason, routes.rows) == (Reason.BAD_VALUE, ())


@pytest.mark.parametrize(("length", "text"), [(0, "::"), (1, "8000::"), (127, "ffff::fffe"), (128, "ffff::ffff")])
def test_a_prefix_is_cut_at_any_length(length, text):
    assert prefix_of(parse_ipv6("ffff::ffff"), length) == parse_ipv6(text)


def test_a_copied_table_is_independent(routes):
    other = copy.deepcopy(routes)
    other.add_default_router(0, A)
    assert routes.rows == ()
