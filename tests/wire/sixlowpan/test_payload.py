"""A MAC payload understood: whatever begins a datagram is expanded, whatever does not is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1
from p6lowpan.wire.sixlowpan.payload import Payload, check_packet, decode_payload
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch
from properties.building import ipv6, udp

LINK = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
TAIL = b"octets!!"
FIRST, SUBSEQUENT = "c038 0001", "e038 0001 06"
"""Fragments of a datagram of 56 octets, the second one from octet 48 on."""


def decoded(octets: str | bytes, link: Link = LINK) -> Payload:
    whole = bytes.fromhex(octets) if isinstance(octets, str) else octets
    return decode_payload(whole, link, {}, limits.RFC6282)


def refused(octets: str | bytes) -> tuple[str, Reason, int]:
    with pytest.raises(Malformed) as caught:
        decoded(octets)
    return caught.value.layer, caught.value.reason, caught.value.offset


def expanded(octets: bytes, link: Link = LINK) -> bytes:
    found = decoded(octets, link)
    assert found.expanded is not None
    assert found.raw == b""
    return found.expanded.octets


def test_an_uncompressed_packet_is_what_it_is() -> None:
    found = decoded(b"\x41" + ipv6(17, udp(TAIL)))
    assert found.expanded is not None
    assert found.expanded.octets == ipv6(17, udp(TAIL))
    assert (found.expanded.header_octets, found.expanded.growth) == (0, 0)
    (part,) = found.expanded.parts
    assert (part.header, part.start, part.end) == (UncompressedDispatch(), 0, 1)


def test_a_compressed_packet_is_expanded() -> None:
    assert expanded(bytes.fromhex("7e33 f0 1633 9c40 1234") + TAIL) == ipv6(17, udp(TAIL))


def test_lowpan_hc1_is_expanded_though_nobody_should_send_it() -> None:
    found = decoded(bytes.fromhex("42 fa 40") + udp(TAIL))
    assert found.expanded is not None
    assert found.expanded.octets == ipv6(17, udp(TAIL))
    assert (found.expanded.growth, found.expanded.header_octets) == (37, 40)
    assert isinstance(found.expanded.parts[0].header, HeaderCompression1)
    assert found.expanded.parts[0].end == 3


def test_lowpan_hc1_in_a_first_fragment_takes_its_length_from_there() -> None:
    assert expanded(bytes.fromhex(FIRST + "42 fa 40") + udp(TAIL)[:8])[4:6] == bytes((0, 16))
    assert refused("c020 0001 42 fa 40 00000000") == ("hc1", Reason.BAD_LENGTH, 4)


def test_mesh_ends_are_what_elided_identifiers_come_from() -> None:
    octets = bytes.fromhex("b5 0a0b 0c0d 7a33 3b")
    assert expanded(octets) == ipv6(59, b"", "fe80::ff:fe00:a0b", "fe80::ff:fe00:c0d")


def test_a_first_fragment_is_expanded_as_far_as_it_goes() -> None:
    assert expanded(bytes.fromhex(FIRST + "7e33 f0 1633 9c40 1234")) == ipv6(17, udp(TAIL))[:48]
    assert expanded(bytes.fromhex(FIRST + "41") + ipv6(17, udp(TAIL))[:16]) == ipv6(17, udp(TAIL))[:16]


def test_a_subsequent_fragment_is_kept_as_it_is() -> None:
    found = decoded(bytes.fromhex(SUBSEQUENT) + TAIL)
    assert (found.expanded, found.raw) == (None, TAIL)


@pytest.mark.parametrize(
    ("packet", "layer", "reason", "offset"),
    [
        (b"", "ipv6", Reason.TRUNCATED, 1),
        (ipv6(59, b"")[:39], "ipv6", Reason.TRUNCATED, 40),
        (b"\x45" + ipv6(59, b"")[1:], "ipv6", Reason.BAD_VALUE, 1),
        (ipv6(59, TAIL)[:-1], "ipv6", Reason.TRUNCATED, 48),
        (ipv6(59, TAIL) + b"!", "ipv6", Reason.TRAILING, 49),
    ],
)
def test_an_uncompressed_packet_must_be_one(packet: bytes, layer: str, reason: Reason, offset: int) -> None:
    assert refused(b"\x41" + packet) == (layer, reason, offset)
    with pytest.raises(Malformed) as caught:
        check_packet(packet)
    assert (caught.value.reason, caught.value.offset) == (reason, offset - 1)


def test_errors_count_from_the_first_octet_of_the_payload() -> None:
    assert refused("b5 0a0b 0c0d 7e33 f8") == ("nhc", Reason.UNKNOWN_NEXT_HEADER, 7)
    assert refused("b5 0a0b 0c0d 41 60") == ("ipv6", Reason.TRUNCATED, 7)
    assert refused("50 01 42 ff 40") == ("hc1", Reason.TRUNCATED, 5)


FRAMES = [
    bytes.fromhex("41") + ipv6(17, udp(TAIL)),
    bytes.fromhex("b5 0a0b 0c0d 50 01 c038 0001 7e33 f0 1633 9c40 1234") + TAIL,
    bytes.fromhex("42 fb e0 40 3b 3a 1234") + TAIL,
    bytes.fromhex(SUBSEQUENT) + TAIL,
]


def stands(octets: bytes) -> bool:
    """Whether ``octets`` are understood; if not, they are Malformed somewhere inside."""
    try:
        found = decoded(octets)
    except Malformed as error:
        assert 0 <= error.offset <= len(octets)  # noqa: PT017 - that it is raised is allowed, not demanded
        return False
    assert (found.expanded is None) == (found.stack.kind is None)
    return True


@pytest.mark.parametrize("frame", FRAMES)
def test_octets_cut_off_or_flipped_are_understood_or_malformed(frame: bytes) -> None:
    number, width = int.from_bytes(frame, "big"), len(frame)
    assert stands(frame)
    hostile = [frame[:end] for end in range(width)]
    hostile += [(number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width)]
    assert sum(stands(each) for each in hostile) > 0


@given(st.binary(max_size=100))
def test_any_octets_are_understood_or_malformed(octets: bytes) -> None:
    stands(octets)
