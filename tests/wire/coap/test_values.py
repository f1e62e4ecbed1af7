"""Option values in words."""

import pytest

from p6lowpan.wire.coap.registry import GET
from p6lowpan.wire.coap.values import block, text, uint, uint_octets, value_words

CONTENT = 69


@pytest.mark.parametrize(
    ("number", "value", "code", "words"),
    [
        (1, b"\xab\xcd", GET, "abcd"),
        (1, b"", GET, "empty"),
        (5, b"", GET, "empty"),
        (6, b"", GET, "register"),
        (6, b"\1", GET, "deregister"),
        (6, b"\2", GET, "2, not assigned"),
        (6, b"\1\0", CONTENT, "sequence 256"),
        (7, b"\x16\x33", GET, "5683"),
        (11, "é".encode(), GET, "é"),
        (12, b"", CONTENT, "0, text/plain; charset=utf-8"),
        (12, b"\x3c", CONTENT, "60, application/cbor"),
        (17, b"\xff\xff", GET, "65535, not assigned"),
        (14, b"\x3c", CONTENT, "60 s"),
        (16, b"\x10", GET, "16"),
        (23, b"", CONTENT, "block 0, the last, 16 octets"),  # RFC 7959 2.2: absent octets are zeros
        (27, b"\x1e", GET, "block 1, more follow, 1024 octets"),
        (19, b"\x12\x3f", GET, "block 291, more follow, reserved size"),
        (28, b"\x04\x00", CONTENT, "1024 octets"),
        (258, b"", GET, "interest in all responses"),
        (258, b"\x1a", GET, "no interest in 2.xx, 4.xx, 5.xx"),  # RFC 7967 table 2
        (258, b"\x10", GET, "no interest in 5.xx"),
        (252, b"\xca\xfe", GET, "cafe"),
        (2049, b"", GET, "empty, critical"),
        (2050, b"\1", GET, "01, elective"),
        (4, b"", CONTENT, "empty, treated as unknown: 0 octets, 1 to 8 allowed"),
        (16, b"\1\2", GET, "258, treated as unknown: 2 octets, 1 to 1 allowed"),
    ],
)
def test_a_value_in_words(number, value, code, words):
    assert value_words(number, value, code) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "empty"),
        ("0914", "Partial IV 14, kid empty"),  # RFC 8613 C.4: kid of no octets
        ("090525", "Partial IV 05, kid 25"),  # RFC 8613 6.3, as those with 0900 and 19050544616c656b
        ("191408 37cbf3210017a2d3", "Partial IV 14, kid context 37cbf3210017a2d3, kid empty"),  # RFC 8613 C.6
        ("0900", "Partial IV 00, kid empty"),
        ("190505 44616c656b", "Partial IV 05, kid context 44616c656b, kid empty"),
        ("0100", "Partial IV 00"),  # RFC 8613 C.8: a response
        ("1800", "kid context empty, kid empty"),
        ("10", "kid context empty"),
        ("00", "00"),
        ("80", "80, reserved flags"),
        ("06", "06, reserved flags"),
    ],
)
def test_an_oscore_option_in_words(value, words):
    assert value_words(9, bytes.fromhex(value), GET) == words


def test_a_number_has_the_shortest_octets():
    assert [uint_octets(number) for number in (0, 1, 255, 256)] == [b"", b"\1", b"\xff", b"\1\0"]
    assert uint(b"\0\0\1") == 1


def test_a_block_value_is_put_together():
    assert uint_octets(block(1, True, 6)) == b"\x1e"
    assert uint_octets(block(0, False, 0)) == b""


def test_text_cannot_move_a_cursor():
    assert text(b"\x1b[2J") == "\\x1b[2J"
    assert text(b"\xff") == "\\xff"
    assert text(b"a b") == "a b"
