"""The small pieces that every line is made of: colours, short names, numbers, octets."""

import pytest

from p6lowpan.analysis.presentation.dump import dump, place_words, value_words
from p6lowpan.analysis.presentation.names import (
    counted,
    in_order,
    ipv6_name,
    pan_name,
    seconds_between,
    short_link,
    span_words,
)
from p6lowpan.analysis.presentation.palette import PLAIN, Palette, Role
from p6lowpan.capability.features import Feature


def test_without_colour_text_stays_as_it_is():
    assert {PLAIN[role]("text") for role in Role} == {"text"}
    assert PLAIN.error("text") == "text"


def test_with_colour_every_role_but_the_plain_one_is_marked_and_ended():
    palette = Palette(coloured=True)
    for role in set(Role) - {Role.PLAIN}:
        assert palette[role]("text") == f"\x1b[{role.value}mtext\x1b[0m"
        assert palette[role]("") == ""
    assert palette[Role.PLAIN]("text") == "text"
    assert palette.warning("x") == palette[Role.WARNING]("x")


@pytest.mark.parametrize(
    ("address", "name"),
    [("0212345678abcd01", "…ab:cd:01"), ("ffff", "broadcast"), ("9c00", "0x9c00"), ("", "-")],
)
def test_a_link_layer_address_is_short_and_found_in_the_long_form(address, name):
    assert short_link(bytes.fromhex(address)) == name
    assert name.strip("…-").removeprefix("0x") in f"{bytes.fromhex(address).hex(':')} 9c00 broadcast"


def test_addresses_counts_times_and_spans_have_their_words():
    assert ipv6_name(bytes(15) + b"\1") == "::1"
    assert (pan_name(0xABC), pan_name(None)) == ("0x0abc", None)
    assert (counted(1, "frame"), counted(2, "frame")) == ("1 frame", "2 frames")
    assert seconds_between(1_000, 2_500_001_000) == "2.500000"
    assert seconds_between(2_000_000_000, 1_000_000_000) == "-1.000000"
    assert (span_words(3, 4), span_words(3, 8), span_words(3, 3)) == ("octet 3", "octets 3-7", "no octets")


def test_features_are_in_the_order_of_the_table_whatever_they_come_in():
    assert in_order(set(Feature)) == list(Feature)
    assert in_order([Feature.NHC_UDP, Feature.IPHC]) == [Feature.IPHC, Feature.NHC_UDP]


def test_octets_are_dumped_sixteen_a_line():
    assert list(dump(bytes(range(60, 80)), 0x20)) == [
        "0020  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK",
        "0030  4c 4d 4e 4f                                       LMNO",
    ]
    assert list(dump(b"\x1b[31m\xff")) == ["0000  1b 5b 33 31 6d ff                                 .[31m."]
    assert list(dump(b"")) == []


@pytest.mark.parametrize(
    ("value", "bits", "words"),
    [
        (3, 3, "3"),
        (9, 8, "9"),
        (64, 8, "64 = 0x40"),
        (548, 11, "548 = 0x224"),
        (1, 16, "1"),
        (b"\x01\x02", 16, "0102"),
        (bytes(30), 240, "00" * 24 + "… (30 octets)"),
        ("nhc-udp", 24, "nhc-udp"),
    ],
)
def test_a_value_is_written_so_that_both_readers_find_it(value, bits, words):
    assert value_words(value, bits) == words


@pytest.mark.parametrize(
    ("start_bit", "bits", "words"),
    [(168, 8, "21"), (168, 16, "21-22"), (168, 3, "21 b0-2"), (171, 1, "21 b3"), (173, 11, "21-22 b5-15")],
)
def test_a_place_is_octets_or_bits_of_them(start_bit, bits, words):
    assert place_words(start_bit, bits) == words
