"""Numbers of RPL in words."""

import pytest

from p6lowpan.wire.rpl import registry


@pytest.mark.parametrize(
    ("status", "words"),
    [  # RFC 9010 section 6.3 and tables 4 and 5
        (0x00, "unqualified acceptance"),
        (0x05, "not an outright rejection: not assigned"),
        (0x80, "rejection: unqualified"),
        (0x81, "rejection: no routing entry"),
        (0xBF, "rejection: not assigned"),
        (0xC3, "rejection: 6LoWPAN ND status 3, moved"),
        (0x40, "not an outright rejection: 6LoWPAN ND status 0, success"),
        (0xFF, "rejection: 6LoWPAN ND status 63, not assigned"),
    ],
)
def test_a_status_in_words(status, words):
    assert registry.status_words(status) == words


def test_an_instance_in_words():
    assert registry.instance_words(0x7F) == "global 127"
    assert registry.instance_words(0x85) == "local 5"


def test_a_rank_in_words():
    assert registry.rank_words(256) == ""
    assert registry.rank_words(0xFFFF) == "infinite: poisons the route"


def test_a_lifetime_in_words():
    assert registry.seconds_words(60) == "60 s"
    assert registry.seconds_words(0xFFFFFFFF) == "infinite"
    assert registry.lifetime_words(30) == "30 lifetime units"
    assert registry.path_lifetime_words(255) == "infinite"


def test_path_control_in_words():
    assert registry.path_control_words(0) == "no parent"
    assert registry.path_control_words(0b10_00_11_01) == "PC1 PC3 PC4"


def test_a_prefix_in_words():
    assert registry.prefix_words(b"") == "::"
    assert registry.prefix_words(b"\x20\x01\x0d\xb8") == "2001:db8::"
