"""The family of Neighbor Discovery options, and what no member claims."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ipv6.capability_options import FlexCapability
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement
from p6lowpan.wire.ipv6.neighbor_option import (
    InvalidOption,
    UnknownOption,
    minutes_in_words,
    octets_for,
    prefix_in_words,
    seconds_in_words,
    whole_prefix,
)
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS
from p6lowpan.wire.ipv6.registry import NeighborOptionType


@pytest.mark.parametrize(
    ("value", "octets"),
    [
        (UnknownOption(type=7, data=bytes(6)), "0701 000000000000"),
        (UnknownOption(type=38, data=bytes(range(14))), "2602 000102030405060708090a0b0c0d"),
        (UnknownOption(type=254, data=b"123456"), "fe01 313233343536"),
        (UnknownOption(type=253, data=bytes(14)), "fd02" + "00" * 14),
    ],
)
def test_an_option_that_no_member_claims_is_kept_whole(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


def test_the_experimental_type_is_flex_only_in_its_size():
    assert type(OPTIONS.decode(b"\xfd\x01" + bytes(6))[0]) is FlexCapability
    assert type(OPTIONS.decode(b"\xfd\x02" + bytes(14))[0]) is UnknownOption


@pytest.mark.parametrize("option_type", range(256))
def test_no_option_of_length_zero_decodes(refuses, option_type):
    assert refuses(OPTIONS, f"{option_type:02x}00" + "00" * 40).reason is Reason.BAD_LENGTH


@given(st.integers(0, 255), st.integers(0, 7), st.binary(max_size=64))
@settings(max_examples=1000)
def test_whatever_an_option_holds_it_decodes_or_is_refused(option_type, length, data):
    octets = bytes((option_type, length)) + data
    try:
        value, rest = OPTIONS.decode(octets)
    except Malformed as error:
        if not 0 <= error.offset <= len(octets):
            pytest.fail(f"{error}: the offset is outside {len(octets)} octets")
    else:
        assert value.encode() + rest == octets
        assert len(value.encode()) == 8 * length


@pytest.mark.parametrize("octets", ["2101 000000000000", "0301 000000000000", "2206" + "00" * 46])
def test_a_wrong_option_spoils_itself_and_not_its_message(octets):
    """An ARO of one unit, RFC 6775 section 5.5.2: "If the Length field is not two, the option is silently ignored"."""
    wrong = bytes.fromhex(octets)
    message = bytes((136, 0, 0, 0)) + bytes(20) + bytes.fromhex("0201 020000000001") + wrong
    advertisement = NeighborAdvertisement.decode_all(message)
    assert [option.type for option in advertisement.options] == [2, wrong[0]]
    assert advertisement.options[1] == InvalidOption(type=wrong[0], data=wrong[2:])
    assert advertisement.encode() == message
    with pytest.raises(Malformed):
        OPTIONS.decode(wrong)


def test_an_option_that_ends_early_spoils_its_message():
    with pytest.raises(Malformed):
        NeighborAdvertisement.decode_all(bytes((136, 0, 0, 0)) + bytes(20) + bytes.fromhex("2102 000000000000"))


@pytest.mark.parametrize("data", [b"", b"12345", bytes(7), bytes(8 * 256 - 2)])
def test_data_that_fill_no_units_cannot_be_built(data):
    with pytest.raises(UsageError):
        UnknownOption(type=200, data=data)


def test_every_member_encodes_the_type_under_which_it_is_found():
    for option_type, kind in OPTIONS.members.items():
        assert next(field for field in kind.FIELDS if field.name == "type").default == option_type
        assert NeighborOptionType(option_type)


def test_a_prefix_in_an_option_leaves_trailing_zeros_out():
    assert [octets_for(bits) for bits in (0, 1, 64, 65, 128)] == [0, 8, 8, 16, 16]
    assert whole_prefix(b"\x20\x01") == b"\x20\x01" + bytes(14)
    assert prefix_in_words(bytes.fromhex("20010db800000001")) == "2001:db8:0:1::"
    assert prefix_in_words(b"") == "::"


def test_lifetimes_are_said_in_words():
    assert seconds_in_words(0xFFFFFFFF) == "for ever"
    assert seconds_in_words(60) == "60 s"
    assert minutes_in_words(5) == "5 min"
