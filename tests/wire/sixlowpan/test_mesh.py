"""The mesh addressing and broadcast headers: RFC 4944 sections 5.2 and 11.1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import BROADCAST, LinkAddress
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader, mesh_header

LONG = LinkAddress(bytes.fromhex("0212345678abcd01"))
LONG_2 = LinkAddress(bytes.fromhex("0212345678abcd02"))
SHORT = LinkAddress(bytes.fromhex("0a0b"))

VECTORS = [  # bits of figure 3: 10 V F HopsLft, then the addresses
    (mesh_header(LONG, LONG_2, 5), "85" + LONG.hex() + LONG_2.hex()),
    (mesh_header(LONG, BROADCAST, 14), "9e" + LONG.hex() + "ffff"),
    (mesh_header(SHORT, LONG, 1), "a1" + "0a0b" + LONG.hex()),
    (mesh_header(SHORT, BROADCAST, 0), "b0" + "0a0bffff"),
    (mesh_header(SHORT, BROADCAST, 15), "bf0f" + "0a0bffff"),
    (mesh_header(SHORT, BROADCAST, 255), "bfff" + "0a0bffff"),
    (BroadcastHeader(sequence_number=0x17), "5017"),
]


@pytest.mark.parametrize(("value", "octets"), VECTORS)
def test_a_header_goes_both_ways(value: Any, octets: str, goes_both_ways: Any, stands_hostile_octets: Any) -> None:
    goes_both_ways(type(value).decode, value, bytes.fromhex(octets))
    assert stands_hostile_octets(type(value).decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("value", "octets"), VECTORS)
def test_a_header_cut_off_anywhere_is_truncated(value: Any, octets: str) -> None:
    for end in range(len(octets) // 2):
        with pytest.raises(Malformed) as caught:
            type(value).decode(bytes.fromhex(octets)[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@pytest.mark.parametrize(("hops", "deep"), [(0, None), (14, None), (15, 15), (16, 16), (255, 255)])
def test_fifteen_hops_and_more_need_the_deep_octet(hops: int, deep: int | None) -> None:
    header = mesh_header(SHORT, LONG, hops)
    assert (header.hops, header.deep_hops_left) == (hops, deep)


def test_a_deep_octet_that_was_not_needed_is_kept() -> None:
    octets = bytes.fromhex("bf030a0bffff")
    header, _ = MeshHeader.decode(octets)
    assert header.hops == 3
    assert header.encode() == octets


@pytest.mark.parametrize("hops", [-1, 256])
def test_hops_that_do_not_fit_are_refused(hops: int) -> None:
    with pytest.raises(UsageError):
        mesh_header(SHORT, LONG, hops)


def test_an_address_of_another_length_is_refused() -> None:
    with pytest.raises(UsageError):
        mesh_header(LinkAddress(b""), LONG, 1)


@given(st.integers(0x80, 0xBF), st.binary(min_size=17, max_size=24))
def test_whatever_decodes_encodes_to_the_same_octets(first: int, others: bytes) -> None:
    octets = bytes((first, *others))
    header, rest = MeshHeader.decode(octets)
    assert header.encode() + rest == octets


def test_the_words_tell_addresses_and_hops() -> None:
    words = {span.name: span.meaning for span in mesh_header(SHORT, BROADCAST, 20).layout()}
    assert words["hops_left"] == "deep hops left follows"
    assert words["originator_short"] == "16-bit short address"
    assert words["final_destination"] == "broadcast"
