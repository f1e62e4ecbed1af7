"""What 6LoWPAN Routing Headers stand for: RFC 8138 sections 3 to 7, and every example of its appendix A."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.routing_expansion import (
    coalesce,
    expand,
    expand_route,
    hop_by_hop,
    pop,
    routing_header,
)
from p6lowpan.wire.sixlowpan.routing_header import (
    ROUTING_HEADERS,
    CriticalRoutingHeader,
    ElectiveRoutingHeader,
    Hop2,
    IpInIp,
    SourceRoute,
    rpl_information,
    source_routes,
)

ROOT = bytes.fromhex("20010db8000000000000000000000001")
OUTSIDE = bytes.fromhex("20010db8ffff00000000000000000099")


def node(number: int) -> bytes:
    """An address of the root's /112 prefix: "all addresses in the DODAG are assigned from the same /112 prefix"."""
    return ROOT[:14] + number.to_bytes(2, "big")


ONE, TWO, THREE, FOUR, FINAL = (node(number) for number in (0x1111, 0x2222, 0x3333, 0x4444, 0x5555))
MESSAGE = bytes.fromhex("8000beef12345678")


def ipv6(source: bytes, destination: bytes, next_header: int, payload: bytes, hop_limit: int = 64) -> bytes:
    """An IPv6 packet."""
    return (
        bytes.fromhex("60000000")
        + len(payload).to_bytes(2, "big")
        + bytes((next_header, hop_limit))
        + source
        + destination
        + payload
    )


def headers_of(*headers: Header) -> list[Header]:
    """The headers as they come out of their octets."""
    octets, decoded = b"".join(header.encode() for header in headers), []
    while octets:
        header, octets = ROUTING_HEADERS.decode(octets)
        decoded.append(header)
    return decoded


RPI = rpl_information(0, 0x0200)
RPL_OPTION = bytes.fromhex("6304" + "00" + "00" + "0200")
RPI_DOWN = rpl_information(0, 0x0100, down=True)
RPL_OPTION_DOWN = bytes.fromhex("6304" + "80" + "00" + "0100")

# --- appendix A.1 ----------------------------------------------------------------------------------------------------


def test_figures_16_and_17_an_rpi_becomes_a_hop_by_hop_option() -> None:
    inner = ipv6(ONE, FINAL, 58, MESSAGE)
    expected = ipv6(ONE, FINAL, 0, b"\x3a\x00" + RPL_OPTION + MESSAGE)
    assert expand(headers_of(RPI), inner) == expected


def test_figure_15_up_to_the_root_behind_an_outer_header() -> None:
    """ "the destination address in the IP-in-IP header is implicitly the root in the RPL graph for packets going
    upwards" (section 7); the encapsulator is a router, compressed against the root."""
    inner = ipv6(ONE, OUTSIDE, 58, MESSAGE)
    expected = ipv6(ONE, ROOT, 0, b"\x29\x00" + RPL_OPTION + inner, hop_limit=63)
    assert expand(headers_of(RPI, IpInIp(hop_limit=63, encapsulator=ONE[14:])), inner, ROOT) == expected


def test_figure_19_the_root_inserts_an_rpi_in_storing_mode() -> None:
    """ "it is the destination address in the LOWPAN_IPHC for packets going downwards"."""
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    expected = ipv6(ROOT, FINAL, 0, b"\x29\x00" + RPL_OPTION_DOWN + inner, hop_limit=64)
    assert expand(headers_of(RPI_DOWN, IpInIp(hop_limit=64)), inner, ROOT) == expected


# --- appendix A.2 ----------------------------------------------------------------------------------------------------


def test_figure_20_a_downward_packet_in_non_storing_mode() -> None:
    """The first hop is the destination of the outer header, the others are in its source routing header."""
    (route,) = source_routes([ONE, TWO, THREE], ROOT)
    assert route.encode() == bytes.fromhex("8201" + "111122223333")
    assert len(route.encode()) == 8, "8 bytes in the figure"
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    source_route = bytes.fromhex("29" + "01" + "03" + "02" + "ee400000" + "22223333" + "00000000")
    hop = b"\x2b\x00" + RPL_OPTION_DOWN
    expected = ipv6(ROOT, ONE, 0, hop + source_route + inner, hop_limit=64)
    assert expand(headers_of(route, RPI_DOWN, IpInIp(hop_limit=64)), inner, ROOT) == expected


def test_figure_21_a_packet_of_the_root_itself() -> None:
    """ "the last 3 hops are encoded in a Routing Header Type 3 (SRH) and the first hop is the destination": here the
    fourth is not the final destination, which follows as the last segment."""
    inner = ipv6(ROOT, FINAL, 58, MESSAGE)
    source_route = bytes.fromhex("3a" + "01" + "03" + "04" + "ee000000" + "2222333344445555")
    expected = ipv6(ROOT, ONE, 43, source_route + MESSAGE)
    assert expand(headers_of(*source_routes([ONE, TWO, THREE, FOUR], ROOT)), inner) == expected


def test_a_last_hop_that_is_the_final_destination_is_not_repeated() -> None:
    inner = ipv6(ROOT, FINAL, 58, MESSAGE)
    source_route = bytes.fromhex("3a" + "01" + "03" + "02" + "ee400000" + "22225555" + "00000000")
    expected = ipv6(ROOT, ONE, 43, source_route + MESSAGE)
    assert expand(headers_of(*source_routes([ONE, TWO, FINAL], ROOT)), inner) == expected
    assert expand(headers_of(*source_routes([FINAL], ROOT)), inner) == inner


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


# --- the whole packet ------------------------------------------------------------------------------------------------


def test_nested_encapsulations_come_outermost_first() -> None:
    """Section 3.2.2: "the first IP-in-IP encapsulation, with all its chain of headers, is encoded first"."""
    inner = ipv6(ROOT, FINAL, 58, MESSAGE)
    innermost = ipv6(ROOT, FINAL, 0, b"\x3a\x00" + RPL_OPTION + MESSAGE)
    middle = ipv6(ONE, FINAL, 0, b"\x29\x00" + RPL_OPTION_DOWN + innermost, hop_limit=7)
    outermost = ipv6(OUTSIDE, TWO, 41, middle, hop_limit=8)
    headers = headers_of(
        *source_routes([TWO], OUTSIDE),
        IpInIp(hop_limit=8, encapsulator=OUTSIDE),
        RPI_DOWN,
        IpInIp(hop_limit=7, encapsulator=ONE[14:]),
        RPI,
    )
    assert expand(headers, inner, ROOT) == outermost


def test_an_elective_header_that_nobody_knows_is_skipped() -> None:
    inner = ipv6(ONE, FINAL, 58, MESSAGE)
    unknown = ElectiveRoutingHeader(type=9, contents=b"abc")
    assert expand(headers_of(unknown, RPI, unknown), inner) == expand(headers_of(RPI), inner)


def test_what_the_root_encapsulates_without_rpi_goes_down_and_the_rest_up() -> None:
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    assert expand(headers_of(IpInIp(hop_limit=9)), inner, ROOT) == ipv6(ROOT, FINAL, 41, inner, 9)
    headers = headers_of(IpInIp(hop_limit=9, encapsulator=ONE))
    assert expand(headers, inner, ROOT) == ipv6(ONE, ROOT, 41, inner, 9)


def test_a_first_fragment_keeps_the_lengths_of_the_whole() -> None:
    whole = ipv6(OUTSIDE, FINAL, 58, MESSAGE * 20)
    headers = headers_of(*source_routes([ONE, TWO], ROOT), RPI_DOWN, IpInIp(hop_limit=64))
    assert expand(headers, whole, ROOT).startswith(expand(headers, whole[:48], ROOT))


@pytest.mark.parametrize(
    ("headers", "root"),
    [
        ([IpInIp(hop_limit=1)], None),
        ([IpInIp(hop_limit=1, encapsulator=b"\1\2")], None),
        ([RPI, IpInIp(hop_limit=1, encapsulator=ONE)], None),
    ],
)
def test_without_the_roots_address_what_leans_on_it_is_not_expanded(headers: list[Header], root: bytes | None) -> None:
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    with pytest.raises(Malformed) as caught:
        expand(headers, inner, root)
    assert caught.value.reason is Reason.NO_CONTEXT
    assert expand(headers, inner, ROOT)


@pytest.mark.parametrize(
    ("headers", "inner", "reason", "offset"),
    [
        ([RPI, RPI], ipv6(ONE, FINAL, 58, MESSAGE), Reason.BAD_ORDER, 3),
        ([RPI], ipv6(ONE, FINAL, 0, bytes.fromhex("3a00010400000000") + MESSAGE), Reason.UNSUPPORTED, 0),
        (
            [RPI, CriticalRoutingHeader(extension=0, type=6, contents=b"")],
            ipv6(ONE, FINAL, 58, MESSAGE),
            Reason.UNSUPPORTED,
            3,
        ),
        ([RPI], ipv6(ONE, FINAL, 58, bytes(65535)), Reason.TOO_BIG, 0),
        ([IpInIp(hop_limit=1)], ipv6(ONE, FINAL, 58, bytes(65535)), Reason.TOO_BIG, 0),
        (
            [SourceRoute(type=1, hops=(Hop2(address=b"\1\1"),) * 32)] * 4,
            ipv6(ONE, FINAL, 58, MESSAGE),
            Reason.TOO_BIG,
            0,
        ),
    ],
)
def test_what_has_no_uncompressed_form_is_malformed(
    headers: list[Header], inner: bytes, reason: Reason, offset: int
) -> None:
    with pytest.raises(Malformed) as caught:
        expand(headers, inner, ROOT)
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_an_inner_packet_without_a_whole_header_is_refused() -> None:
    with pytest.raises(UsageError):
        expand([RPI], bytes(39))


@given(st.binary(max_size=60), st.binary(min_size=40, max_size=60))
def test_any_headers_before_any_packet_expand_or_are_malformed(octets: bytes, inner: bytes) -> None:
    headers: list[Header] = []
    refused = None
    try:
        while octets and len(headers) < 8:
            header, octets = ROUTING_HEADERS.decode(bytes((0x80 | octets[0] & 0x3F,)) + octets[1:])
            headers.append(header)
        packet = expand(headers, inner, ROOT)
    except Malformed as error:
        refused, packet = error, b""
    assert refused is not None or (len(packet) >= len(inner) and packet.endswith(inner[40:]))
