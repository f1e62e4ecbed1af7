"""The parts of what 6LoWPAN Routing Headers stand for: RFC 8138 sections 3 to 7 and appendix A.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.routing_expansion import (
    coalesce,
    expand_route,
    hop_by_hop,
    pop,
    routing_header,
)
from p6lowpan.wire.sixlowpan.routing_header import (
    SourceRoute,
    rpl_information,
    source_routes,
)

ROOT = bytes.fromhex("20010db8000000000000000000000001")
OUTSIDE = bytes.fromhex("20010db8ffff00000000000000000099")
RPI = rpl_information(0, 0x0200)


# --- appendix A.3 ----------------------------------------------------------------------------------------------------

A, B, C, D = "AAAA" * 4, "BBBB", "CCCC" * 2, "DDDD" * 2
LIFE_CYCLE = [  # the SRH-6LoRH of figures 22 to 25, as received by nodes A to D, and what is left behind the last
    ["8003" + A, "8001" + B, "8102" + C + D],
    ["8003" + A[:12] + B, "8102" + C + D],
    ["8003" + A[:8] + C, "8002" + D],
    ["8003" + A[:8] + D],
    [],
]


@pytest.mark.parametrize("router", range(4))
def test_figures_22_to_25_a_router_pops_its_hop(router: int) -> None:
    received, sent = (
        tuple(SourceRoute.decode_all(bytes.fromhex(octets)) for octets in LIFE_CYCLE[node_])
        for node_ in (router, router + 1)
    )
    assert pop(received) == sent


def test_a_pop_keeps_every_address_of_the_rest_of_the_path() -> None:
    reference = bytes(range(16))
    routes = tuple(SourceRoute.decode_all(bytes.fromhex(octets)) for octets in LIFE_CYCLE[0])
    path = expand_route(routes, reference)
    assert [address.hex() for address in path] == [
        "0001020304050607" + "aaaaaaaaaaaaaaaa",
        "0001020304050607" + "aaaaaaaaaaaabbbb",
        "0001020304050607" + "aaaaaaaacccccccc",
        "0001020304050607" + "aaaaaaaadddddddd",
    ]
    for popped in range(1, 5):
        routes = pop(routes)
        assert expand_route(routes, reference) == path[popped:]


ADDRESSES = st.tuples(st.sampled_from([0, 8, 12, 14, 15]), st.binary(min_size=16, max_size=16)).map(
    lambda drawn: ROOT[: drawn[0]] + drawn[1][drawn[0] :]
)


@given(st.lists(ADDRESSES, min_size=1, max_size=6))
def test_any_path_survives_its_pops(path: list[bytes]) -> None:
    routes = source_routes(path, ROOT)
    for popped in range(1, len(path) + 1):
        routes = pop(routes)
        assert expand_route(routes, ROOT) == tuple(path[popped:])


def test_there_is_nothing_to_pop_without_a_route() -> None:
    with pytest.raises(UsageError):
        pop(())


# --- the parts -------------------------------------------------------------------------------------------------------


def test_figure_5_a_compressed_address_replaces_the_end_of_the_reference() -> None:
    assert coalesce(b"RRRRRRRRRR", b"CCC") == b"RRRRRRRCCC"
    assert coalesce(b"RR", b"CC") == b"CC"
    assert coalesce(b"RR", b"") == b"RR"
    with pytest.raises(UsageError):
        coalesce(b"RR", b"CCC")


@pytest.mark.parametrize(
    ("header", "octets"),
    [
        (rpl_information(7, 0x0203), "3a00" + "6304" + "00" + "07" + "0203"),
        (rpl_information(0, 0, down=True), "3a00" + "6304" + "80" + "00" + "0000"),
        (rpl_information(0, 0, rank_error=True), "3a00" + "6304" + "40" + "00" + "0000"),
        (rpl_information(0, 0, forwarding_error=True), "3a00" + "6304" + "20" + "00" + "0000"),
    ],
)
def test_the_hop_by_hop_header_of_rfc_6553(header: Header, octets: str) -> None:
    assert isinstance(header, type(RPI))
    assert hop_by_hop(header, 58).hex() == octets
    assert hop_by_hop(header, 58, option_type=0x23).hex() == octets.replace("6304", "2304", 1)


def expanded_source_route(octets: bytes, destination: bytes) -> list[bytes]:
    """RFC 6554 section 4.2: the path that routers follow, each swapping the destination with the next address."""
    elided, elided_of_last, padding = octets[4] >> 4, octets[4] & 15, octets[5] >> 4
    count = ((octets[1] * 8) - padding - (16 - elided_of_last)) // (16 - elided) + 1
    assert count == octets[3]
    path = []
    for index in range(count):
        kept = elided if index < count - 1 else elided_of_last
        start = 8 + index * (16 - elided)
        destination = destination[:kept] + octets[start : start + 16 - kept]
        path.append(destination)
    return path


@given(st.lists(ADDRESSES, min_size=2, max_size=8))
def test_every_router_finds_the_next_address_in_the_source_routing_header(path: list[bytes]) -> None:
    octets = routing_header(path[1:], path[0], 17)
    assert (octets[0], octets[2], len(octets)) == (17, 3, 8 + 8 * octets[1])
    assert expanded_source_route(octets, path[0]) == path[1:]


def test_a_source_routing_header_with_nothing_elided_needs_no_padding() -> None:
    octets = routing_header([bytes(16), OUTSIDE], ROOT, 17)
    assert octets == bytes.fromhex("11" + "04" + "03" + "02" + "00000000") + bytes(16) + OUTSIDE
