"""The auxiliary security header of 2006 and of 2015."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.security_header import (
    AuxiliarySecurityHeader,
    AuxiliarySecurityHeader2006,
    encrypts,
)

VECTORS = [
    # octets, level, key identifier mode, counter, key source, key index
    ("05 01000000", 5, 0, 1, "", None),
    ("0d 01020304 07", 5, 1, 0x04030201, "", 7),
    ("16 ffffffff cdab1234 01", 6, 2, 0xFFFFFFFF, "cdab1234", 1),
    ("1f 00000000 0102030405060708 ff", 7, 3, 0, "0102030405060708", 255),
]


@pytest.mark.parametrize("kind", [AuxiliarySecurityHeader, AuxiliarySecurityHeader2006])
@pytest.mark.parametrize(("octets", "level", "mode", "counter", "key_source", "key_index"), VECTORS)
def test_what_names_the_key(kind, octets, level, mode, counter, key_source, key_index, survives):
    header = kind(
        level=level,
        key_identifier_mode=mode,
        frame_counter=counter,
        key_source=bytes.fromhex(key_source),
        key_index=key_index,
    )
    assert header.encode() == bytes.fromhex(octets)
    assert kind.decode(bytes.fromhex(octets) + b"rest") == (header, b"rest")
    survives(kind.decode, header.encode())


def test_the_counter_may_be_left_out_since_2015():
    header = AuxiliarySecurityHeader.decode_all(bytes.fromhex("6d 07"))
    assert (header.frame_counter_suppression, header.asn_in_nonce, header.frame_counter) == (1, 1, None)
    assert header == AuxiliarySecurityHeader(level=5, key_identifier_mode=1, asn_in_nonce=1, key_index=7)


def test_in_2006_the_same_bits_are_reserved():
    header = AuxiliarySecurityHeader2006.decode_all(bytes.fromhex("ed 01000000 07"))
    assert (header.reserved, header.frame_counter, header.key_index) == (7, 1, 7)
    assert (header.frame_counter_suppression, header.asn_in_nonce) == (0, 0)
    assert header.encode() == bytes.fromhex("ed 01000000 07")


def test_the_frame_version_says_which_header_it_is():
    body = bytes.fromhex("05 01000000") + b"hidden" + b"code"
    old = Frame.decode_all(bytes.fromhex("4998 01 cdab 0200 0100") + body)
    new = Frame.decode_all(bytes.fromhex("49a8 01 cdab 0200 0100") + body)
    assert isinstance(old.security, AuxiliarySecurityHeader2006)
    assert isinstance(new.security, AuxiliarySecurityHeader)
    assert (old.payload, old.mic) == (new.payload, new.mic) == (b"hidden", b"code")


def test_the_security_level_and_key_mode_are_said_in_words():
    header = AuxiliarySecurityHeader(level=5, key_identifier_mode=1, frame_counter=0, key_index=1)
    meanings = {span.name: span.meaning for span in header.layout()}
    assert (meanings["level"], meanings["key_identifier_mode"]) == ("enc mic 32", "key index")


def test_levels_that_encrypt():
    assert [encrypts(level) for level in range(8)] == [False] * 4 + [True] * 4


def test_a_key_source_of_another_length_is_refused():
    with pytest.raises(UsageError):
        AuxiliarySecurityHeader(level=5, key_identifier_mode=2, frame_counter=0, key_source=b"123", key_index=1)
