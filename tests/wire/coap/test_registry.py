"""The registries of CoAP: what RFC 7252 table 4 says of each option follows from its number."""

import pytest

from p6lowpan.wire.coap.registry import (
    CONTENT_FORMATS,
    OPTIONS,
    code_words,
    is_critical,
    is_no_cache_key,
    is_request,
    is_unsafe,
    option_name,
)

TABLES = """
1 x - - x If-Match opaque 0-8
3 x x - - Uri-Host string 1-255
4 - - - x ETag opaque 1-8
5 x - - - If-None-Match empty 0-0
6 - x - - Observe uint 0-3
7 x x - - Uri-Port uint 0-2
8 - - - x Location-Path string 0-255
9 x - - - OSCORE opaque 0-255
11 x x - x Uri-Path string 0-255
12 - - - - Content-Format uint 0-2
14 - x - - Max-Age uint 0-4
15 x x - x Uri-Query string 0-255
16 - - - - Hop-Limit uint 1-1
17 x - - - Accept uint 0-2
19 x x - - Q-Block1 uint 0-3
20 - - - x Location-Query string 0-255
23 x x - - Block2 uint 0-3
27 x x - - Block1 uint 0-3
28 - - x - Size2 uint 0-4
31 x x - x Q-Block2 uint 0-3
35 x x - - Proxy-Uri string 1-1034
39 x x - - Proxy-Scheme string 1-255
60 - - x - Size1 uint 0-4
252 - - x - Echo opaque 1-40
258 - x - - No-Response uint 0-1
292 - - - x Request-Tag opaque 0-8
"""
"""RFC 7252 table 4, RFC 7641 table 1, RFC 7959 tables 1 and 3, RFC 7967 table 1, RFC 8613 figure 4, RFC 8768 table 1,
RFC 9175 tables 1 and 2, RFC 9177 table 1: number, C, U, N, R, name, format, length."""
ROWS = [line.split() for line in TABLES.split("\n") if line]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[5])
def test_an_option_is_what_its_rfc_says(row):
    number, critical, unsafe, no_cache_key, repeatable, name, form, length = row
    option = OPTIONS[int(number)]
    assert (option.name, option.format, f"{option.shortest}-{option.longest}") == (name, form, length)
    assert option.repeatable == (repeatable == "x")
    assert is_critical(option.number) == (critical == "x")
    assert is_unsafe(option.number) == (unsafe == "x")
    if unsafe == "-":
        assert is_no_cache_key(option.number) == (no_cache_key == "x")


def test_no_other_option_but_edhoc_is_there():
    assert set(OPTIONS) - {int(row[0]) for row in ROWS} == {21}
    assert is_critical(21)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "0.00 Empty"),
        (1, "0.01 GET"),
        (7, "0.07 iPATCH"),
        (31, "0.31 request, not assigned"),
        (32, "1.00 reserved class, not assigned"),
        (69, "2.05 Content"),
        (95, "2.31 Continue"),
        (96, "3.00 reserved class, not assigned"),
        (136, "4.08 Request Entity Incomplete"),
        (157, "4.29 Too Many Requests"),
        (168, "5.08 Hop Limit Reached"),
        (255, "7.31 signal, not assigned"),
    ],
)
def test_a_code_in_words(code, words):
    assert code_words(code) == words


def test_requests_are_class_0_without_empty():
    assert [code for code in range(256) if is_request(code)] == list(range(1, 32))


def test_names_of_what_is_not_registered():
    assert option_name(2) == "unassigned option"
    assert option_name(64999) == "unassigned option"
    assert option_name(65000) == "experimental option"


def test_the_content_formats_of_rfc_7252():
    assert {number: CONTENT_FORMATS[number] for number in (0, 40, 41, 42, 47, 50)} == {
        0: "text/plain; charset=utf-8",
        40: "application/link-format",
        41: "application/xml",
        42: "application/octet-stream",
        47: "application/exi",
        50: "application/json",
    }
