"""What a user gives as text: contexts, addresses, keys and files of them."""

import pytest

from p6lowpan.analysis.given import contexts_of, keys_and_addresses, lines_of, parse_address, parse_context
from p6lowpan.analysis.keys import PlainKey, ThreadKey
from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.sixlowpan.contexts import Context


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("0=fd00:db8::/64", Context(0, bytes.fromhex("fd000db8").ljust(16, b"\0"), 64)),
        ("15 = 2001:db8:1:2:3:4:5:6/60", Context(15, bytes.fromhex("20010db800010000").ljust(16, b"\0"), 60)),
        ("3=2001:db8::1", Context(3, bytes.fromhex("20010db8" + "00" * 11 + "01"), 128)),
        ("1=::/0", Context(1, bytes(16), 0)),
    ],
)
def test_a_context_is_an_identifier_and_a_prefix(text, context):
    assert parse_context(text) == context


@pytest.mark.parametrize(
    "text", ["", "0", "=fd00::/64", "x=fd00::/64", "16=fd00::/64", "0=fd00::/129", "0=1.2.3.4/8", "-1=fd00::/64"]
)
def test_what_is_no_context_is_refused(text):
    with pytest.raises(UsageError, match="a context is CID=PREFIX/LENGTH"):
        parse_context(text)


def test_the_last_context_of_an_identifier_counts():
    assert [context.length for context in contexts_of(["0=fd00::/64", "1=fd01::/64", "0=fd00::/48"])] == [48, 64]


def test_an_address_is_a_short_one_and_its_eui_64():
    expected = (bytes.fromhex("9c00"), bytes.fromhex("0200000000000001"))
    for text in ("9c00=0200000000000001", "0x9c00 = 02:00:00:00:00:00:00:01"):
        assert parse_address(text) == expected


@pytest.mark.parametrize("text", ["", "9c00", "9c00=9c01", "0200000000000001=9c00", "zz=0200000000000001"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(UsageError, match="an address is SHORT=EUI64"):
        parse_address(text)


def test_a_file_has_comments_and_empty_lines():
    assert list(lines_of("# all of it\n\n  a b # the rest\r\nc\n")) == ["a b", "c"]


def test_a_key_file_has_keys_and_addresses():
    key = "00112233445566778899aabbccddeeff"
    keys, addresses = keys_and_addresses([key, f"thread:{key}", f"3:{key}", "address 9c00 0200000000000001"])
    octets = bytes.fromhex(key)
    assert keys == [PlainKey(octets), ThreadKey(octets), PlainKey(octets, 3)]
    assert addresses == {bytes.fromhex("9c00"): bytes.fromhex("0200000000000001")}


@pytest.mark.parametrize("text", ["address 9c00", "adress 9c00 0200000000000001", "0011"])
def test_a_line_that_is_neither_is_refused(text):
    with pytest.raises(UsageError):
        keys_and_addresses([text])
