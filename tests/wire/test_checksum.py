"""The Internet checksum, against the examples of RFCs and the definition of RFC 1071."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.wire.checksum import checksum_holds, ones_complement_sum, transport_checksum, udp_checksum

ROUTER = bytes.fromhex("fe80000000000000021cdafffe002024")
ALL_RPL_NODES = bytes.fromhex("ff02000000000000000000000000001a")
SOLICITATION = bytes.fromhex("9b006bde00000000")  # RFC 7400 figure 8: a RPL DIS with its checksum


def by_definition(octets: bytes) -> int:
    """RFC 1071 section 4.1: add 16-bit words, then the carries, until none is left."""
    total = sum(int.from_bytes(octets[place : place + 2].ljust(2, b"\0"), "big") for place in range(0, len(octets), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize(
    ("octets", "expected"),
    [("0001f203f4f5f6f7", 0xDDF2), ("", 0), ("00", 0), ("ffff", 0xFFFF), ("ffffffff", 0xFFFF), ("ff", 0xFF00)],
)
def test_the_sum_of_known_octets(octets, expected):
    # The first is the example of RFC 1071 section 3.
    assert ones_complement_sum(bytes.fromhex(octets)) == expected


@given(st.binary(max_size=70))
def test_the_sum_is_the_one_of_the_definition(octets):
    assert ones_complement_sum(octets) == by_definition(octets)


def test_a_message_of_an_rfc_has_the_checksum_that_we_compute():
    without = SOLICITATION[:2] + bytes(2) + SOLICITATION[4:]
    assert transport_checksum(ROUTER, ALL_RPL_NODES, 58, without) == 0x6BDE


def test_a_right_checksum_holds_and_each_damaged_bit_breaks_it():
    assert checksum_holds(ROUTER, ALL_RPL_NODES, 58, SOLICITATION)
    for bit in range(8 * len(SOLICITATION)):
        damaged = bytearray(SOLICITATION)
        damaged[bit // 8] ^= 0x80 >> bit % 8
        assert not checksum_holds(ROUTER, ALL_RPL_NODES, 58, bytes(damaged))


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=60))
def test_a_udp_checksum_is_never_zero_and_holds(source, destination, segment):
    empty = segment[:6] + bytes(2) + segment[8:]
    checksum = udp_checksum(source, destination, empty)
    assert 0 < checksum <= 0xFFFF
    assert checksum_holds(source, destination, 17, empty[:6] + checksum.to_bytes(2, "big") + empty[8:])


def test_a_udp_checksum_that_would_be_zero_is_sent_as_ones():
    # 17 for UDP, 10 for the length, and a word that makes the sum 0xffff.
    segment = bytes(8) + (0xFFFF - 17 - 10).to_bytes(2, "big")
    assert transport_checksum(bytes(16), bytes(16), 17, segment) == 0
    assert udp_checksum(bytes(16), bytes(16), segment) == 0xFFFF
