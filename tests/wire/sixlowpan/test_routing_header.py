"""The 6LoWPAN Routing Headers: RFC 8138 sections 4 to 7."""

from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.routing_expansion import coalesce, expand_route
from p6lowpan.wire.sixlowpan.routing_header import (
    ROUTING_HEADERS,
    CriticalRoutingHeader,
    ElectiveRoutingHeader,
    Hop1,
    Hop2,
    Hop4,
    Hop8,
    Hop16,
    IpInIp,
    RplInformation,
    SourceRoute,
    ip_in_ip,
    rpl_information,
    source_routes,
)

ROOT = bytes.fromhex("20010db8000000000000000000000001")


def node(number: int) -> bytes:
    """An address of the root's /112 prefix, as in the figures of appendix A."""
    return ROOT[:14] + number.to_bytes(2, "big")


VECTORS = {
    "figure 10: the most compressed RPI-6LoRH": (rpl_information(0, 0x0200), "830502"),
    "figure 11: eliding the RPLInstanceID": (rpl_information(0, 0x0203), "82050203"),
    "figure 12: compressing SenderRank": (rpl_information(7, 0x0200), "81050702"),
    "figure 13: the least compressed form": (rpl_information(7, 0x0203), "8005070203"),
    "O": (rpl_information(0, 0, down=True), "930500"),
    "R": (rpl_information(0, 0, rank_error=True), "8b0500"),
    "F": (rpl_information(0, 0, forwarding_error=True), "870500"),
    "an instance 0 that was not elided": (
        RplInformation(instance_elided=0, rank_compressed=1, instance=0, rank_high=1),
        "81050001",
    ),
    "figure 14: the encapsulator elided": (IpInIp(hop_limit=64), "a10640"),
    'section 7: "a Length of 3 indicates that the Encapsulator Address is compressed to 2 bytes"': (
        IpInIp(hop_limit=64, encapsulator=b"\xaa\xbb"),
        "a30640aabb",
    ),
    "the encapsulator in full": (IpInIp(hop_limit=1, encapsulator=ROOT), "b10601" + ROOT.hex()),
    "figure 7, type 0": (SourceRoute(type=0, hops=(Hop1(address=b"\1"), Hop1(address=b"\2"))), "81000102"),
    "figure 7, type 1": (SourceRoute(type=1, hops=(Hop2(address=b"\1\2"),)), "80010102"),
    "figure 7, type 2": (SourceRoute(type=2, hops=(Hop4(address=b"\1\2\3\4"),)), "800201020304"),
    "figure 7, type 3": (SourceRoute(type=3, hops=(Hop8(address=ROOT[:8]),)), "8003" + ROOT[:8].hex()),
    "figure 7, type 4": (SourceRoute(type=4, hops=(Hop16(address=ROOT),)), "8004" + ROOT.hex()),
    'section 5.1: "the maximum that can be encoded is 32 hops"': (
        SourceRoute(type=0, hops=(Hop1(address=b"\7"),) * 32),
        "9f00" + "07" * 32,
    ),
    "section 4.1: an elective type that nobody knows": (ElectiveRoutingHeader(type=9, contents=b"abc"), "a309616263"),
    "an elective type 5 is not the critical one": (ElectiveRoutingHeader(type=5, contents=b""), "a005"),
}
EACH_VECTOR = pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)


@EACH_VECTOR
def test_a_header_goes_both_ways(value: Header, octets: str, goes_both_ways: Any, stands_hostile_octets: Any) -> None:
    goes_both_ways(ROUTING_HEADERS.decode, value, bytes.fromhex(octets))
    assert stands_hostile_octets(ROUTING_HEADERS.decode, bytes.fromhex(octets))


@EACH_VECTOR
def test_a_header_cut_off_anywhere_is_truncated(value: Header, octets: str) -> None:
    for end in range(len(octets) // 2):
        with pytest.raises(Malformed) as caught:
            ROUTING_HEADERS.decode(bytes.fromhex(octets)[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


def test_a_critical_header_of_unknown_type_keeps_what_follows() -> None:
    octets = bytes.fromhex("9f06" + "7a330102")
    header, rest = ROUTING_HEADERS.decode(octets)
    assert (header, rest) == (CriticalRoutingHeader(extension=31, type=6, contents=octets[2:]), b"")
    assert header.encode() == octets


@pytest.mark.parametrize(
    ("octets", "reason", "offset"),
    [
        ("a006" + "40", Reason.BAD_LENGTH, 3),  # "MUST be at least 1, to indicate a Hop Limit"
        ("b206" + "40" + "00" * 17, Reason.BAD_LENGTH, 0),
        ("7b33", Reason.FIXED_VALUE, 0),
        ("c105", Reason.FIXED_VALUE, 0),
    ],
)
def test_what_is_no_routing_header_is_malformed(octets: str, reason: Reason, offset: int) -> None:
    with pytest.raises(Malformed) as caught:
        ROUTING_HEADERS.decode(bytes.fromhex(octets) + bytes(40))
    assert (caught.value.reason, caught.value.offset) == (reason, offset)


def test_a_source_route_of_another_type_is_no_source_route() -> None:
    with pytest.raises(Malformed) as caught:
        SourceRoute.decode(bytes.fromhex("8005") + bytes(16))
    assert (caught.value.reason, caught.value.offset) == (Reason.BAD_VALUE, 1)


@pytest.mark.parametrize("hops", [(Hop1(address=b"\1"), Hop2(address=b"\1\2")), (), (Hop2(address=b"\1\2"),) * 33])
def test_hops_that_are_not_of_the_type_or_too_many_are_refused(hops: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError):
        SourceRoute(type=1, hops=hops)


@pytest.mark.parametrize(("instance", "rank"), list(product((0, 1, 255), (0, 1, 255, 256, 0x0280, 0xFF00, 0xFFFF))))
def test_rpl_information_is_told_whatever_its_form(instance: int, rank: int) -> None:
    header = rpl_information(instance, rank)
    assert (header.rpl_instance, header.sender_rank) == (instance, rank)
    assert len(header.encode()) == 3 + (instance != 0) + (rank % 256 != 0)


def test_the_words_tell_what_the_bits_say() -> None:
    words = {span.name: span.meaning for span in rpl_information(0, 0x0300, down=True).layout()}
    assert (words["down"], words["instance_elided"], words["rank_high"]) == ("downwards", "instance 0", "rank 768")
    route = SourceRoute(type=1, hops=(Hop2(address=b"\1\2"),))
    assert {span.name: span.meaning for span in route.layout()}["type"] == "SRH-6LoRH, 2 octets a hop"
    assert route.hops[0].layout()[0].meaning == "the last 16 bits"


# --- the shortest headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encapsulator", "carried"),
    [(ROOT, 0), (node(2), 1), (node(0x0201), 2), (bytes(16), 16), (b"\x20" + bytes(15), 15)],
)
def test_of_an_encapsulator_only_what_differs_from_the_root_is_sent(encapsulator: bytes, carried: int) -> None:
    header = ip_in_ip(64, encapsulator, ROOT)
    assert len(header.encapsulator) == carried
    assert coalesce(ROOT, header.encapsulator) == encapsulator


def test_figure_21_needs_ten_octets_for_four_hops() -> None:
    """RFC 8138 appendix A.2: "The Size of 3 indicates 4 hops, resulting in an SRH-6LoRH of 10 bytes"."""
    (route,) = source_routes([node(0x1111), node(0x2222), node(0x3333), node(0x4444)], ROOT)
    assert route.encode().hex() == "8301" + "1111222233334444"


@pytest.mark.parametrize(
    ("path", "octets"),
    [
        ([], []),
        ([ROOT], ["8000" + "01"]),
        ([node(2), node(0x0302), node(0x0304)], ["8201" + "000203020304"]),  # one header of 2 octets a hop
        ([node(hop) for hop in range(2, 7)] + [node(0x0702)], ["8400" + "0203040506", "8001" + "0702"]),
        ([node(2)] * 33, ["9f00" + "02" * 32, "8000" + "02"]),
        ([node(2), bytes(15) + b"\1"], ["8000" + "02", "8004" + "00" * 15 + "01"]),
    ],
)
def test_a_path_takes_the_fewest_octets(path: list[bytes], octets: list[str]) -> None:
    shared = sorted(route.encode().hex() for route in source_routes(path, ROOT))
    assert sum(map(len, shared)) == sum(map(len, octets))
    assert expand_route(source_routes(path, ROOT), ROOT) == tuple(path)


ADDRESSES = st.tuples(st.sampled_from([0, 8, 12, 14, 15]), st.binary(min_size=16, max_size=16)).map(
    lambda drawn: ROOT[: drawn[0]] + drawn[1][drawn[0] :]
)


def _fewest_octets(path: list[bytes]) -> int:
    """Every way to give the hops types, with a header where the type changes."""
    needed = [
        next(kind for kind in range(5) if before[: 16 - (1 << kind)] == after[: 16 - (1 << kind)])
        for before, after in pairwise([ROOT, *path])
    ]
    return min(
        sum(1 << kind for kind in kinds) + 2 * (1 + sum(one != other for one, other in pairwise(kinds)))
        for kinds in product(range(5), repeat=len(path))
        if all(kind >= least for kind, least in zip(kinds, needed, strict=True))
    )


@given(st.lists(ADDRESSES, min_size=1, max_size=4))
def test_no_types_give_fewer_octets(path: list[bytes]) -> None:
    routes = source_routes(path, ROOT)
    assert expand_route(routes, ROOT) == tuple(path)
    assert sum(len(route.encode()) for route in routes) == _fewest_octets(path)
