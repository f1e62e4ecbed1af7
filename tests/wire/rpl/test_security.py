"""The Security section, RFC 6550 section 6.1."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.rpl.security import SecuritySection

START = "80 00 {:02x} 00 01020304"
CASES = [  # KIM, LVL, octets of the Key Identifier (figure 10), MAC or signature (figure 11)
    (0, 0, 1, 4), (0, 1, 1, 4), (0, 2, 1, 8), (0, 3, 1, 8),
    (1, 0, 0, 4), (1, 1, 0, 4), (1, 2, 0, 8), (1, 3, 0, 8),
    (2, 0, 9, 4), (2, 1, 9, 4), (2, 2, 9, 8), (2, 3, 9, 8),
    (3, 0, 0, 384), (3, 1, 9, 384), (3, 2, 0, 256), (3, 3, 9, 256),
    (0, 4, 1, 0), (3, 7, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "level", "identifier", "integrity"), CASES)
def test_mode_and_level_tell_what_follows(mode, level, identifier, integrity):
    octets = bytes.fromhex(START.format(mode << 6 | level)) + b"source 8"[: max(identifier - 1, 0)]
    octets += b"i" * (identifier > 0)
    section, rest = SecuritySection.decode(octets + b"rest")
    assert rest == b"rest"
    assert section.encode() == octets
    assert section.integrity_octets == integrity
    assert section.in_clear == (level in (0, 2))
    assert (section.key_source, section.key_index) == (
        b"source 8" if identifier == 9 else None,
        ord("i") if identifier else None,
    )


def test_a_damaged_section_decodes_or_is_refused(stands_hostile_octets):
    stands_hostile_octets(SecuritySection.decode, bytes.fromhex(START.format(0x83)) + bytes(9))


def test_a_key_source_is_there_if_the_mode_says_so():
    with pytest.raises(UsageError):
        SecuritySection(key_identifier_mode=2, level=0, counter=0, key_index=1)
    with pytest.raises(UsageError):
        SecuritySection(key_identifier_mode=1, level=0, counter=0, key_source=bytes(8))
