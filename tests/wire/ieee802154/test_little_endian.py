"""Words for PAN identifiers and vendors, and the descriptor of an element."""

from p6lowpan.wire.ieee802154.little_endian import format_oui, format_pan, leading_u16


def test_identifiers_are_said_in_words():
    assert (format_pan(0xABCD), format_pan(0xFFFF)) == ("0xabcd", "broadcast")
    assert format_oui(bytes.fromhex("eab89b")) == "ea:b8:9b"


def test_a_descriptor_is_sent_low_octet_first():
    assert leading_u16(b"\x34\x12rest") == 0x1234
