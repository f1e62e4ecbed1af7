"""What 6LoWPAN Routing Headers stand for, put back: RFC 8138 sections 3 to 7, and appendices A.1 and A.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.sixlowpan.routed_packet import Dodag, Dodags, put_back
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

DODAG: Dodags = {None: Dodag(ROOT), 0: Dodag(ROOT)}


def expand(headers: list[Header], inner: bytes, root: bytes | None = None) -> bytes:
    """The packet, where everything is known that it takes."""
    routed = put_back(headers, inner, {None: Dodag(root), 0: Dodag(root)})
    if routed.unknown is not None:
        raise routed.unknown
    return routed.octets


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
    assert caught.value.reason is Reason.NO_ROOT
    assert expand(headers, inner, ROOT)


@pytest.mark.parametrize(
    ("headers", "inner", "reason", "offset"),
    [
        ([RPI, RPI], ipv6(ONE, FINAL, 58, MESSAGE), Reason.BAD_ORDER, 3),
        ([RPI], ipv6(ONE, FINAL, 0, bytes.fromhex("3aff0104") + bytes(2044) + MESSAGE), Reason.TOO_BIG, 0),
        ([RPI], ipv6(ONE, FINAL, 0, bytes.fromhex("3a0101040000")), Reason.TRUNCATED, 0),
        ([RPI], ipv6(ONE, FINAL, 0, b"\x3a"), Reason.TRUNCATED, 0),
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


def test_an_inner_packet_without_a_whole_header_is_malformed() -> None:
    with pytest.raises(Malformed) as caught:
        put_back([RPI], bytes(39))
    assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, 39)


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


# --- beside Hop-by-Hop options that are there already ----------------------------------------------------------------

MPL_OPTIONS = bytes.fromhex("3a00" + "6d02" + "0007" + "0100")
"""A Hop-by-Hop Options header with an MPL option (RFC 7731) and its padding."""


def test_the_rpl_option_goes_in_front_of_others_and_keeps_their_alignment() -> None:
    inner = ipv6(ONE, FINAL, 0, MPL_OPTIONS + MESSAGE)
    options = bytes.fromhex("3a01") + RPL_OPTION + bytes.fromhex("0100") + MPL_OPTIONS[2:]
    assert expand(headers_of(RPI), inner) == ipv6(ONE, FINAL, 0, options + MESSAGE)


def test_a_route_goes_behind_the_options_that_are_there() -> None:
    inner = ipv6(ROOT, FINAL, 0, MPL_OPTIONS + MESSAGE)
    source_route = bytes.fromhex("3a" + "01" + "03" + "01" + "ee600000" + "5555" + "000000000000")
    behind = b"\x2b" + MPL_OPTIONS[1:] + source_route + MESSAGE
    assert expand(headers_of(*source_routes([ONE], ROOT)), inner) == ipv6(ROOT, ONE, 0, behind)


# --- what is known of the DODAG --------------------------------------------------------------------------------------


def test_the_option_has_the_type_that_the_dodag_uses() -> None:
    """RFC 9008 section 4.3: a node "MUST decompress using the RPI Option Type that is currently active"."""
    inner = ipv6(ONE, FINAL, 58, MESSAGE)
    packet = put_back(headers_of(RPI), inner, {0: Dodag(option_type=0x23)}).octets
    assert packet == ipv6(ONE, FINAL, 0, b"\x3a\x00\x23" + RPL_OPTION[1:] + MESSAGE)


def test_the_root_is_that_of_the_instance_that_the_packet_names() -> None:
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    dodags = {3: Dodag(ROOT), 4: Dodag(OUTSIDE), None: Dodag(ONE)}
    for instance in (3, 4):
        headers = headers_of(rpl_information(instance, 0, down=True), IpInIp(hop_limit=9))
        assert put_back(headers, inner, dodags).octets[8:24] == dodags[instance].root
    assert put_back([IpInIp(hop_limit=9)], inner, dodags).octets[8:24] == ONE


def test_where_the_root_is_not_known_what_is_inside_can_be_handed_on() -> None:
    inner = ipv6(ONE, OUTSIDE, 58, MESSAGE)
    headers = headers_of(RPI, IpInIp(hop_limit=63, encapsulator=ONE[14:]), rpl_information(0, 0x0300))
    routed = put_back(headers, inner)
    assert routed.unknown is not None
    assert routed.unknown.detail == (
        "the address of the encapsulator is told by that of the root of instance 0, which is not known"
    )
    assert routed.packet == expand(headers_of(rpl_information(0, 0x0300)), inner)
    assert len(routed.octets) == len(put_back(headers, inner, DODAG).octets)
    assert routed.octets[8:24] == bytes(14) + ONE[14:]
    known = put_back(headers, inner, DODAG)
    assert known.packet == known.octets


def test_each_header_knows_what_it_stands_for() -> None:
    inner = ipv6(OUTSIDE, FINAL, 58, MESSAGE)
    unknown = ElectiveRoutingHeader(type=9, contents=b"abc")
    routes = source_routes([ONE, TWO], ROOT)
    routed = put_back(headers_of(*routes, unknown, RPI_DOWN, IpInIp(hop_limit=64), RPI), inner, DODAG)
    assert routed.spans == {0: (48, 64), 2: (40, 48), 3: (0, 40), 4: (104, 112)}
    assert (routed.inner, routed.inserted, routed.added) == (64, 8, 72)
    assert [routed.place(octet) for octet in (0, 39, 40)] == [64, 103, 112]
    assert routed.octets[routed.place(40) :] == MESSAGE
    single = put_back(headers_of(*source_routes([ONE], ROOT), IpInIp(hop_limit=64)), inner, DODAG)
    assert single.spans == {0: (24, 40), 1: (0, 40)}


ROUTED = st.lists(
    st.one_of(
        st.builds(IpInIp, hop_limit=st.integers(0, 255), encapsulator=st.sampled_from([b"", ONE[14:], ONE])),
        st.builds(ElectiveRoutingHeader, type=st.integers(7, 255), contents=st.binary(max_size=4)),
        st.builds(rpl_information, st.integers(0, 3), st.integers(0, 65535), down=st.booleans()),
        st.lists(st.sampled_from([ONE, TWO, THREE, FOUR, FINAL, OUTSIDE]), min_size=1, max_size=4).map(
            lambda path: source_routes(path, ROOT)[0]
        ),
    ),
    max_size=6,
)


@given(ROUTED, st.sampled_from([b"", MPL_OPTIONS]))
def test_whatever_is_put_back_is_a_chain_of_headers_with_right_lengths(headers: list[Header], options: bytes) -> None:
    inner = ipv6(ROOT, FINAL, 0 if options else 58, options + MESSAGE)
    try:
        routed = put_back(headers_of(*headers), inner, DODAG)
    except Malformed as error:
        refused = error.reason
        assert refused is Reason.BAD_ORDER
        return
    chain = walk(routed.packet)
    assert chain.error is None
    assert (chain.protocol, chain.payload) == (58, MESSAGE)
    assert b"".join(header.encode() for header in chain.headers) + MESSAGE == routed.packet
    assert len(routed.octets) == len(inner) + routed.added
