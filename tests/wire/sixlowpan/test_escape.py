"""The ESC dispatch: RFC 8066 section 3."""

from typing import Any

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.sixlowpan.escape import EscapeHeader

VECTORS = [
    (EscapeHeader(extension_type=1, extended_dispatch_payload=bytes.fromhex("0a0b")), "40010a0b"),
    (EscapeHeader(extension_type=200), "40c8"),
]


@pytest.mark.parametrize(("value", "octets"), VECTORS)
def test_the_octets_behind_the_extension_type_are_kept(value: Any, octets: str, stands_hostile_octets: Any) -> None:
    assert value.encode() == bytes.fromhex(octets)
    assert EscapeHeader.decode_all(bytes.fromhex(octets)) == value
    assert stands_hostile_octets(EscapeHeader.decode, bytes.fromhex(octets))


@pytest.mark.parametrize("octets", [b"", b"\x40"])
def test_an_escape_without_its_type_is_truncated(octets: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        EscapeHeader.decode(octets)
    assert caught.value.reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("extension_type", "words"),
    [
        (0, "reserved"),
        (1, "command of ITU-T G.9903 or G.9905"),
        (31, "command of ITU-T G.9903 or G.9905"),
        (32, "not assigned"),
        (254, "not assigned"),
        (255, "reserved"),
    ],
)
def test_the_type_is_told_in_the_words_of_the_registry(extension_type: int, words: str) -> None:
    assert EscapeHeader(extension_type=extension_type).layout()[1].meaning == words
