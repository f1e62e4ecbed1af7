"""How the byte code of an extension header ends (RFC 7400 section 3.2)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan import ghc
from p6lowpan.wire.sixlowpan.byte_code import STOP, TerminatedCode

CODES = ["90", "0190 90", "81 90", "a7c9 90", "00 90", "03909090 90", "8f af b7 f8 c0 90"]
"""Nothing; a literal that looks like a stop code; zeros; a backreference with extended arguments; the empty literal."""


@pytest.mark.parametrize("code", CODES)
def test_code_ends_with_its_stop_code(code: str, goes_both_ways: Any, stands_hostile_octets: Any) -> None:
    octets = bytes.fromhex(code)
    goes_both_ways(TerminatedCode.decode, TerminatedCode(octets=octets), octets)
    stands_hostile_octets(TerminatedCode.decode, octets)


@pytest.mark.parametrize("code", CODES)
def test_code_without_its_stop_code_is_truncated(code: str) -> None:
    octets = bytes.fromhex(code)
    for end in range(len(octets)):
        with pytest.raises(Malformed) as caught:
            TerminatedCode.decode(octets[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


@pytest.mark.parametrize("code", [*range(0x60, 0x80), *range(0x91, 0xA0)])
def test_reserved_byte_codes_are_malformed(code: int) -> None:
    with pytest.raises(Malformed) as caught:
        TerminatedCode.decode(bytes((0x81, code, STOP)))
    assert (caught.value.reason, caught.value.offset) == (Reason.RESERVED, 1)


@pytest.mark.parametrize("octets", ["", "81", "60 90", "90 90", "90 00", "0290"])
def test_code_that_would_not_come_back_whole_cannot_be_built(octets: str) -> None:
    with pytest.raises(UsageError, match="only stop code"):
        TerminatedCode(octets=bytes.fromhex(octets))


@given(st.binary(max_size=40))
def test_the_end_that_is_found_is_the_one_that_running_the_code_finds(code: bytes) -> None:
    """Or the code cannot be run at all, for its backreferences."""
    prefix = bytes(range(48))
    try:
        found, rest = TerminatedCode.decode(code + bytes((STOP,)))
        octets, left = ghc.expand_until_stop(code + bytes((STOP,)), prefix, 2047)
    except Malformed:
        return
    assert left == rest
    assert ghc.expand(found.octets, prefix, 2047) == octets
