"""Keys as text, and the AES keys that they stand for."""

import pytest

from p6lowpan.analysis.keys import PlainKey, ThreadKey, parse_key
from p6lowpan.capability.errors import UsageError

DIGITS = "00112233445566778899aabbccddeeff"
OCTETS = bytes.fromhex(DIGITS)
# Thread 1.1 specification, section 7.1.4: HMAC-SHA256(network key, sequence || "Thread"), second half; computed with
# `printf '\x00\x00\x00\x00Thread' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0011...`
MAC_KEY_OF_SEQUENCE_0 = bytes.fromhex("de89c53af382b421e0fde5a9bae3bef0")


def test_a_plain_key_is_for_every_frame() -> None:
    key = parse_key(DIGITS)
    assert key == PlainKey(OCTETS)
    assert key.for_index(None) == key.for_index(0) == key.for_index(255) == OCTETS
    assert key.name == "key 0011…"


@pytest.mark.parametrize("index", [0, 1, 255])
def test_a_key_may_be_for_one_index(index: int) -> None:
    key = parse_key(f"{index}:{DIGITS.upper()}")
    assert key.for_index(index) == OCTETS
    assert key.for_index((index + 1) % 256) is None
    assert key.for_index(None) is None


def test_a_thread_network_key_gives_the_mac_key_that_an_index_names() -> None:
    key = parse_key(f"thread:{DIGITS}")
    assert key == ThreadKey(OCTETS)
    assert key.for_index(1) == MAC_KEY_OF_SEQUENCE_0
    assert key.name == "Thread network key 0011…"
    assert len({key.for_index(index) for index in range(1, 129)}) == 128
    assert key.for_index(0) is key.for_index(129) is key.for_index(None) is None


@pytest.mark.parametrize(("sequence", "generation"), [(0, 0), (127, 0), (128, 1), (300, 2), (0xFFFFFFFF, 0x1FFFFFF)])
def test_a_key_sequence_says_which_128_a_thread_key_is_for(sequence: int, generation: int) -> None:
    key = parse_key(f"thread:{sequence}:{DIGITS}")
    assert key == ThreadKey(OCTETS, generation)
    assert key.for_index(1) is not None


@pytest.mark.parametrize(
    "text",
    ["", "0011", DIGITS + "00", "xx" * 16, f"256:{DIGITS}", f"-1:{DIGITS}", f"1:2:{DIGITS}", f"wep:{DIGITS}",
     f"thread:1:2:{DIGITS}", f"thread:4294967296:{DIGITS}", f"thread:x:{DIGITS}", f"1:thread:{DIGITS}", "thread:"],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="32 hex digits"):
        parse_key(text)
