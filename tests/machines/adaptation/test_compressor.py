"""The smallest encoding within the receiver's bounds."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282, Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation import choices
from p6lowpan.machines.adaptation.choices import Choice, Ends
from p6lowpan.machines.adaptation.compressor import Compressed, candidates, segments
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link, LinkAddress
from properties.building import LINK_LOCAL_ALICE, checksum, extension, ipv6, udp
from properties.packets import Case, cases

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
PAD = bytes.fromhex("010400000000")
PORTS = (0xF0B3, 0xF0BA)
CHAIN = [0, 60, 43, 44, 60, 135]


def chained(numbers: Iterable[int], last: int = 59, payload: bytes = b"") -> bytes:
    """A packet with the extension headers of ``numbers``, each of 8 octets that cannot be made fewer."""
    numbers = list(numbers)
    octets = payload
    for number, following in zip(reversed(numbers), [last, *reversed(numbers[1:])], strict=True):
        contents = bytes.fromhex("1e0401020304") if number in (0, 60) else bytes.fromhex("000000000001")
        octets = bytes((following, 0)) + contents + octets
    return ipv6(numbers[0] if numbers else last, octets)


def found(packet: bytes, profile: Profile = RFC6282, elide_checksum: bool = False) -> list[Compressed]:
    return candidates(packet, LINK, {}, profile, elide_checksum)


def depths(packet: bytes, profile: Profile) -> list[int]:
    """How many octets of the packet each candidate covers."""
    return sorted(candidate.covered for candidate in found(packet, profile))


# --- the chain of headers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "chain"),
    [
        (ipv6(59, b"!"), [(41, 0, 40)]),
        (ipv6(17, udp(b"!")), [(41, 0, 40), (17, 40, 48)]),
        (ipv6(17, udp(b"!")[:-1]), [(41, 0, 40)]),  # a UDP length that is not what is left
        (ipv6(17, b"\0" * 7), [(41, 0, 40)]),
        (ipv6(58, b"\x80\0\0\0"), [(41, 0, 40), (58, 40, 40)]),
        (ipv6(58, b"\x80\0\0"), [(41, 0, 40)]),
        (ipv6(6, bytes(20)), [(41, 0, 40)]),
        (ipv6(51, extension(17, PAD) + udp(b"")), [(41, 0, 40)]),
        (ipv6(0, extension(17, PAD) + udp(b"")), [(41, 0, 40), (0, 40, 48), (17, 48, 56)]),
        (ipv6(0, extension(17, PAD)[:7]), [(41, 0, 40)]),
        (ipv6(0, b"\x3b\1" + PAD), [(41, 0, 40)]),  # longer than the packet
        (ipv6(44, bytes.fromhex("1100000011111111") + udp(b"")), [(41, 0, 40), (44, 40, 48), (17, 48, 56)]),
        (ipv6(44, bytes.fromhex("1100000111111111") + udp(b"!")[:-1]), [(41, 0, 40), (44, 40, 48)]),
        (ipv6(44, bytes.fromhex("1100000911111111") + udp(b"")), [(41, 0, 40), (44, 40, 48)]),
        (ipv6(41, ipv6(17, udp(b""))), [(41, 0, 40), (41, 40, 80), (17, 80, 88)]),
        (ipv6(41, ipv6(17, udp(b"")) + b"!"), [(41, 0, 40)]),
        (ipv6(41, b"\x45" + ipv6(59, b"")[1:]), [(41, 0, 40)]),
        (ipv6(41, ipv6(59, b"")[:39]), [(41, 0, 40)]),
    ],
)
def test_the_chain_holds_the_headers_that_lowpan_nhc_knows_and_can_restore(
    packet: bytes, chain: list[tuple[int, int, int]]
) -> None:
    assert [(segment.protocol, segment.start, segment.end) for segment in segments(packet)] == chain


@pytest.mark.parametrize(
    "packet",
    [b"", bytes(40), ipv6(59, b"")[:39], b"\x45" + ipv6(59, b"")[1:], ipv6(59, b"!")[:-1], ipv6(59, b"") + b"!"],
)
def test_what_is_no_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(UsageError):
        segments(packet)


# --- candidates ------------------------------------------------------------------------------------------------------


def test_every_first_part_of_the_chain_is_a_candidate_and_so_is_the_whole_packet() -> None:
    packet = chained([0, 43], 17, udp(b"!"))
    assert depths(packet, RFC6282) == [0, 40, 48, 56, 64]
    sizes = [len(candidate.octets) - candidate.covered for candidate in found(packet)]
    assert sizes == sorted(sizes)
    assert {candidate.header_end for candidate in found(packet)} == {64}


@pytest.mark.parametrize(
    ("level", "covered"),
    [(0, [0]), (1, [0, 40]), (3, [0, 40]), (4, [0, 40]), (5, [0, 40, 48, 56, 64]), (6, [0, 40, 48, 56, 64])],
)
def test_a_level_compresses_the_headers_that_it_has(level: int, covered: list[int]) -> None:
    assert sorted(set(depths(chained([0, 43], 17, udp(b"!")), LEVELS[level]))) == covered


def test_extension_headers_in_line_keep_udp_in_line() -> None:
    """RFC 6282 section 4.2: "the immediately preceding header must be encoded using either" of the two."""
    no_routing = replace(RFC6282, sends=RFC6282.sends - {Feature.NHC_ROUTING})
    assert depths(chained([0, 43], 17, udp(b"!")), no_routing) == [0, 40, 48]


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_four_extension_headers_are_compressed_and_a_fifth_is_carried_as_it_is() -> None:
    assert max(depths(chained(CHAIN[:4], 17, udp(b"")), LEVELS[5])) == 40 + 4 * 8 + 8
    assert max(depths(chained(CHAIN[:5], 17, udp(b"")), LEVELS[5])) == 40 + 4 * 8
    assert max(depths(chained(CHAIN[:5], 17, udp(b"")), RFC6282)) == 40 + 5 * 8 + 8
    assert max(depths(chained([60] * 16, 17, udp(b"")), RFC6282)) == 40 + 16 * 8 + 8
    assert max(depths(chained([60] * 17, 17, udp(b"")), RFC6282)) == 40 + 16 * 8


@pytest.mark.parametrize(
    ("numbers", "compressed"), [((43, 0), 1), ((0, 43, 60, 43), 3), ((135, 60), 1), ((60, 60, 60), 2)]
)
def test_extension_headers_out_of_order_are_carried_as_they_are(numbers: tuple[int, ...], compressed: int) -> None:
    packet = chained(numbers, 17, udp(b""))
    assert max(depths(packet, LEVELS[5])) == 40 + 8 * compressed
    assert max(depths(packet, RFC6282)) == 40 + 8 * len(numbers) + 8


@pytest.mark.parametrize(("depth", "covered"), [(0, 40), (1, 80), (4, 200), (5, 200)])
def test_compressed_headers_inside_keep_their_depth(depth: int, covered: int) -> None:
    packet = ipv6(59, b"!")
    for _ in range(depth):
        packet = ipv6(41, packet)
    assert max(depths(packet, RFC6282)) == covered
    assert max(depths(packet, LEVELS[5])) == 40


def growing(pads: tuple[int, int]) -> bytes:
    """Hop-by-hop and destination options that grow by ``pads``, behind them UDP on short ports, which grows by 4."""
    options = [
        extension(following, b"\x1e" + bytes((12 - pad,)) + b"\5" * (12 - pad) + padding(pad))
        for pad, following in zip(pads, (60, 17), strict=True)
    ]
    return ipv6(0, b"".join(options) + udp(b"!", *PORTS))


def padding(octets: int) -> bytes:
    return b"" if not octets else b"\0" if octets == 1 else bytes((1, octets - 2)) + bytes(octets - 2)


def test_headers_grow_up_to_the_bound_and_no_further() -> None:
    at_the_bound, one_more = growing((7, 2)), growing((7, 3))
    for profile in (LEVELS[5], RFC6282):
        assert found(at_the_bound, profile)[0].growth == 51
    assert found(one_more, RFC6282)[0].growth == 52
    best = found(one_more, LEVELS[5])[0]
    assert best.growth == 51
    assert len(best.octets) == len(found(one_more, RFC6282)[0].octets) + 1


@pytest.mark.parametrize("bound", range(0, 60))
def test_nothing_smaller_keeps_the_bound(bound: int) -> None:
    packet = growing((7, 3))
    profile = replace(LEVELS[5], limits=replace(limits.P6LOWPAN, header_growth_octets=bound))
    sizes = {candidate.covered: len(candidate.octets) for candidate in found(packet, profile)}
    ends = Ends(LINK.source, LINK.destination, LINK.source_identifier, LINK.destination_identifier)
    outer = choices.ipv6_rows(packet[:40], ends, {}, profile.sends)
    rows = [
        lambda nh: choices.ipv6_choices(outer, profile.sends, None if nh else 0),
        lambda nh: choices.extension_choices(0, packet[40:56], None if nh else 60),
        lambda nh: choices.extension_choices(60, packet[56:72], None if nh else 17),
        lambda nh: choices.udp_choices(packet[72:], False),
    ]
    best = {0: 1}
    for depth in range(1, 5):
        ways = product(*(list(row(number < depth - 1)) for number, row in enumerate(rows[:depth])))
        within = [way for way in ways if max(accumulate(choice.growth for choice in way)) <= bound]
        if within:
            best[40 + 16 * min(depth - 1, 2) + 8 * (depth == 4)] = min(map(octets_of, within))
    assert sizes == best
    assert all(candidate.growth <= bound for candidate in found(packet, profile))


def octets_of(way: tuple[Choice, ...]) -> int:
    return sum(len(choice.octets) for choice in way)


@given(cases(longest=30), st.integers(0, 60))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_candidate_keeps_the_bound_and_comes_back(case: Case, bound: int) -> None:
    profile = replace(RFC6282, limits=replace(limits.RFC6282, header_growth_octets=bound))
    for candidate in candidates(case.packet, case.link, case.contexts, profile):
        assert candidate.growth <= bound
        frame = candidate.octets + case.packet[candidate.covered :]
        received = Receiver(profile).receive(0, frame, case.link, case.contexts)
        assert [packet.octets for packet in received.packets] == [case.packet]
        assert (received.growth, received.features) == (candidate.growth, candidate.features)


# --- UDP checksums ---------------------------------------------------------------------------------------------------

ELIDING = replace(RFC6282, sends=RFC6282.receives - {Feature.GHC_UDP, Feature.GHC_EXTENSION})


def summed(payload: bytes, destination: str = "fe80::12:3456:78ab:cd02") -> bytes:
    return udp(payload, *PORTS, checksum(LINK_LOCAL_ALICE, destination, 17, udp(payload, *PORTS, 0)))


def test_a_checksum_is_elided_where_both_application_and_profile_allow_it() -> None:
    packet = ipv6(17, summed(b"octets"))
    for profile, allowed, elided in ((ELIDING, True, 2), (ELIDING, False, 0), (RFC6282, True, 0)):
        best = found(packet, profile, allowed)[0]
        assert len(best.octets) == 2 + 4 - elided
        assert (Feature.NHC_UDP_CHECKSUM_ELIDED in best.features) == bool(elided)


def test_an_elided_checksum_behind_a_source_route_comes_back() -> None:
    route = bytes.fromhex("030188000000") + bytes(range(8))
    packet = ipv6(43, extension(17, route) + summed(b"octets", "fe80::1:203:405:607"))
    sent = send(packet, LINK, {}, ELIDING, 102, 1, elide_checksum=True)
    assert Feature.NHC_UDP_CHECKSUM_ELIDED in sent.features
    (received,) = Receiver(RFC6282).receive(0, sent.frames[0], LINK, {}).packets
    assert received.octets == packet


@pytest.mark.parametrize("destination", ["fe80::12:3456:78ab:cd02", "::1"])
def test_a_wrong_checksum_is_not_elided(destination: str) -> None:
    """RFC 6282 section 4.3.2: "If verification of the UDP Checksum fails, the compressor MUST drop the packet"."""
    packet = ipv6(17, summed(b"octets")[:-1] + b"!")
    with pytest.raises(Malformed) as caught:
        found(packet, ELIDING, True)
    assert (caught.value.reason, caught.value.offset) == (Reason.BAD_CHECKSUM, 46)
    assert found(packet, ELIDING)[0].octets == found(packet)[0].octets


def test_a_checksum_that_is_not_there_stays_so() -> None:
    """A receiver would compute one."""
    packet = ipv6(17, udp(b"octets", *PORTS, 0))
    assert found(packet, ELIDING, True)[0].octets[-2:] == bytes(2)


def test_nothing_is_elided_where_there_is_no_udp() -> None:
    assert found(ipv6(59, b"!"), ELIDING, True) == found(ipv6(59, b"!"), ELIDING)


# --- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "octets"), [(0, 1 + 48), (1, 2 + 4 + 1 + 1 + 8), (2, 16), (3, 3 + 8), (4, 2 + 4), (5, 6), (6, 6)]
)
def test_each_level_saves_what_it_adds(level: int, octets: int) -> None:
    packet = ipv6(17, udp(b"", *PORTS))
    assert len(found(packet, LEVELS[level])[0].octets) + len(packet) - found(packet, LEVELS[level])[0].covered == octets


def test_generic_compression_is_used_where_it_saves_octets() -> None:
    zeros = found(ipv6(17, udp(bytes(40), *PORTS)), LEVELS[6])[0]
    assert Feature.GHC_UDP in zeros.features
    assert len(zeros.octets) == 2 + 4 + 3
    noise = found(ipv6(17, udp(bytes(range(1, 41)), *PORTS)), LEVELS[6])[0]
    assert Feature.GHC_UDP not in noise.features


def test_nothing_inside_is_elided_for_a_group_around() -> None:
    """A multicast address has no interface identifier, and decoders differ on what would be copied from it."""
    inner = ipv6(59, b"", LINK_LOCAL_ALICE, "fe80::1:2:3:4")
    around_group, around_node = (
        ipv6(41, inner, destination="ff05::1:2:3:4"),
        ipv6(41, inner, destination="fe80::1:2:3:4"),
    )
    assert len(found(around_group)[0].octets) == 2 + 16 + 1 + 3 + 8
    assert len(found(around_node)[0].octets) == 2 + 8 + 1 + 3


def test_within_a_bound_on_growth_generic_compression_still_saves_what_it_can() -> None:
    """It does not count as growth: of two choices that grow alike, the smaller one is taken."""
    packet = ipv6(17, udp(bytes(40), *PORTS))
    within = replace(LEVELS[6], limits=replace(limits.P6LOWPAN, header_growth_octets=40))
    best = found(packet, within)[0]
    assert Feature.GHC_UDP in best.features
    assert best.growth == 40
    assert len(best.octets) == 2 + 4 + 3 + 2
