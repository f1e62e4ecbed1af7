"""Contexts: RFC 6282 section 3.1.2, RFC 6775 section 4.2."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.sixlowpan.contexts import Context, masked

PREFIX = bytes.fromhex("20010db8000100020000000000000000")


def test_a_context_is_a_value() -> None:
    assert Context(0, PREFIX, 64) == Context(0, PREFIX, 64, compress=True)


@pytest.mark.parametrize(
    ("identifier", "prefix", "length"),
    [(16, PREFIX, 64), (-1, PREFIX, 64), (0, PREFIX, 129), (0, PREFIX, -1), (0, PREFIX[:8], 64), (0, PREFIX, 62)],
)
def test_a_context_that_cannot_be_is_refused(identifier: int, prefix: bytes, length: int) -> None:
    with pytest.raises(UsageError):
        Context(identifier, prefix, length)


@pytest.mark.parametrize(
    ("length", "text"), [(0, "00" * 16), (4, "f0" + "00" * 15), (127, "ff" * 15 + "fe"), (128, "ff" * 16)]
)
def test_masking_clears_the_bits_past_the_length(length: int, text: str) -> None:
    assert masked(b"\xff" * 16, length) == bytes.fromhex(text)
