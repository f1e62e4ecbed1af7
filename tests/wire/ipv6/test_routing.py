"""Routing headers, and the addresses of a RPL source route."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.routing import (
    ROUTES,
    HomeAddressRoute,
    RplSourceRoute,
    SegmentRoutingHeader,
    SourceRouteType0,
    UnknownRoute,
    expand_addresses,
    final_destination,
    shared_octets,
    source_route,
)

ONE, TWO, THREE, FOUR = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3, 4))
FAR = parse_ipv6("fd00::5")

VECTORS = {
    "type 0, RFC 2460 section 4.4": (
        SourceRouteType0(next_header=17, segments_left=1, addresses=entries([ONE, TWO])),
        f"11 04 00 01 00000000 {ONE.hex()} {TWO.hex()}",
    ),
    "type 0 without addresses": (SourceRouteType0(next_header=17, segments_left=0, addresses=()), "11000000 00000000"),
    "type 2, RFC 6275 section 6.4.1": (
        HomeAddressRoute(next_header=17, home_address=ONE),
        f"11 02 02 01 00000000 {ONE.hex()}",
    ),
    "RPL, RFC 6554 section 3, whole addresses": (
        RplSourceRoute(next_header=17, segments_left=2, addresses=TWO + THREE),
        f"11 04 03 02 00000000 {TWO.hex()} {THREE.hex()}",
    ),
    "RPL, one octet an address and padding": (
        RplSourceRoute(
            next_header=17, segments_left=3, elided=15, elided_last=15, pad=5, addresses=b"\2\3\4", padding=bytes(5)
        ),
        "11 01 03 03 ff 50 0000 020304 0000000000",
    ),
    "RPL, the last address whole, reserved bits and padding kept": (
        RplSourceRoute(
            next_header=17, segments_left=1, elided=14, elided_last=0, pad=6, reserved=1,
            addresses=b"\0\2" + FAR, padding=b"sixoct",
        ),
        f"11 03 03 01 e0 60 0001 0002 {FAR.hex()} 7369786f6374",
    ),
    "RPL without addresses": (RplSourceRoute(next_header=17, segments_left=0, addresses=b""), "11000300 00000000"),
    "segment routing, RFC 8754 section 2": (
        SegmentRoutingHeader(next_header=41, segments_left=1, last_entry=0, flags=0, tag=7, content=ONE),
        f"29 02 04 01 00 00 0007 {ONE.hex()}",
    ),
    "a type that nobody knows": (
        UnknownRoute(next_header=59, routing_type=253, segments_left=9, content=bytes(range(12))),
        "3b 01 fd 09 000102030405060708090a0b",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_a_route_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(ROUTES, value, octets)
    leaves_the_rest(ROUTES, octets)


@pytest.mark.parametrize(
    ("octets", "what"),
    [
        ("11 01 00 00 00000000 0000000000000000", "half an address in type 0"),
        ("11 01 02 00 00000000 0000000000000000", "half an address in type 2"),
        ("11 01 03 01 00 00 0000 0000000000000000", "half an address in a RPL route"),
        ("11 01 03 01 cc 10 0000 0000000000000000", "seven octets of addresses of four"),
        ("11 01 03 01 f0 00 0000 0000000000000000", "no room for a last address of 16 octets"),
        ("11 00 03 00 00 50 0000", "more padding than header"),
    ],
)
def test_a_route_that_holds_no_whole_number_of_addresses_is_refused(refuses, octets, what):
    assert refuses(ROUTES, octets).reason in (Reason.BAD_LENGTH, Reason.TRUNCATED), what


def test_elided_octets_come_from_the_destination():
    route = RplSourceRoute(
        next_header=17, segments_left=3, elided=15, elided_last=14, pad=4, addresses=b"\2\3\0\4", padding=bytes(4)
    )
    assert expand_addresses(route, ONE) == (TWO, THREE, FOUR)


def test_a_route_without_addresses_expands_to_none():
    assert expand_addresses(RplSourceRoute(next_header=17, segments_left=0, addresses=b""), ONE) == ()


def test_the_smallest_route_elides_what_all_addresses_share():
    route = source_route(17, [ONE, TWO, THREE, FOUR])
    assert (route.elided, route.elided_last, route.pad, len(route.encode())) == (15, 15, 5, 16)
    assert route.segments_left == 3
    assert expand_addresses(route, ONE) == (TWO, THREE, FOUR)


def test_a_last_address_elsewhere_costs_only_itself():
    route = source_route(17, [ONE, TWO, THREE, FAR])
    assert (route.elided, route.elided_last, route.addresses) == (15, 0, b"\2\3" + FAR)


def test_the_last_address_leaves_out_only_what_every_hop_can_put_back():
    """The last address shares 15 octets with the first destination and none with the hop between."""
    route = source_route(17, [ONE, FAR, TWO])
    assert (route.elided, route.elided_last) == (0, 0)


def test_segments_left_may_be_what_remains_on_the_way():
    assert source_route(17, [ONE, TWO], segments_left=0).segments_left == 0


@pytest.mark.parametrize("path", [[], [ONE], [ONE, b"short"], [ONE, *[TWO, FAR] * 64]])
def test_a_path_that_fits_no_header_is_refused(path):
    with pytest.raises(UsageError):
        source_route(17, path)


@given(
    st.integers(0, 15).flatmap(
        lambda shared: st.tuples(
            st.binary(min_size=shared, max_size=shared),
            st.lists(st.binary(min_size=16 - shared, max_size=16 - shared), min_size=2, max_size=5, unique=True),
        )
    )
)
def test_any_path_is_walked_to_its_end_with_the_elision_of_the_first_hop(drawn):
    prefix, suffixes = drawn
    path = [prefix + suffix for suffix in suffixes]
    route, destination = source_route(17, path), path[0]
    assert ROUTES.decode(route.encode()) == (route, b"")
    for hop in path[1:]:
        addresses = list(expand_addresses(route, destination))
        index = len(addresses) - route.segments_left
        assert final_destination(route, destination) == path[-1]
        addresses[index], destination = destination, addresses[index]
        assert destination == hop
        last = index == len(addresses) - 1
        elided = b"".join(each[route.elided :] for each in addresses[:-1]) + addresses[-1][route.elided_last :]
        route = RplSourceRoute(
            next_header=17, segments_left=route.segments_left - 1, elided=route.elided,
            elided_last=route.elided_last, pad=route.pad, addresses=elided, padding=route.padding,
        )  # fmt: skip
        if not last:
            assert expand_addresses(route, destination) == tuple(addresses)


@pytest.mark.parametrize(
    ("route", "final"),
    [
        (SourceRouteType0(next_header=17, segments_left=2, addresses=entries([TWO, THREE])), THREE),
        (SourceRouteType0(next_header=17, segments_left=0, addresses=entries([TWO, THREE])), ONE),
        (SourceRouteType0(next_header=17, segments_left=1, addresses=()), ONE),
        (HomeAddressRoute(next_header=17, home_address=TWO), TWO),
        (HomeAddressRoute(next_header=17, segments_left=0, home_address=TWO), ONE),
        (source_route(17, [ONE, TWO, FAR]), FAR),
        (source_route(17, [ONE, TWO, FAR], segments_left=0), ONE),
        (SegmentRoutingHeader(next_header=41, segments_left=1, last_entry=1, content=FOUR + TWO), FOUR),
        (SegmentRoutingHeader(next_header=41, segments_left=1, last_entry=0, content=b""), ONE),
        (UnknownRoute(next_header=59, routing_type=9, segments_left=1, content=bytes(4)), ONE),
    ],
)
def test_a_packet_ends_up_where_its_last_segment_says(route, final):
    assert final_destination(route, ONE) == final


def test_shared_octets_are_fifteen_at_most():
    assert shared_octets([ONE, ONE]) == 15
    assert shared_octets([ONE, TWO]) == 15
    assert shared_octets([ONE, FAR]) == 0


def test_fields_are_said_in_words(words):
    assert words(source_route(17, [ONE, TWO]), "routing_type") == "RPL source route"
