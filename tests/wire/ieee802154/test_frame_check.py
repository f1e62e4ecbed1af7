"""The frame check sequence, against captures, the standard's example, tshark and other implementations of the CRC."""

import struct
import zlib

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ieee802154.frame_check import (
    frame_check,
    frame_check_holds,
    split_frame_check,
    with_frame_check,
)


def crc_bit_by_bit(octets):
    """IEEE 802.15.4-2006 figure 48: the shift register, one bit at a time."""
    register = 0
    for octet in octets:
        for bit in range(8):
            feedback = (register ^ octet >> bit) & 1
            register = register >> 1 ^ (0x8408 if feedback else 0)
    return register.to_bytes(2, "little")


def octets_sent(bits):
    sent = bits.replace(" ", "")
    return int(sent[::-1], 2).to_bytes(len(sent) // 8, "little")


def test_the_example_of_the_standard():
    # IEEE 802.15.4-2006 section 7.2.1.9: an acknowledgement, bits in the order in which they are sent
    frame = octets_sent("0100 0000 0000 0000 0101 0110")
    sequence = octets_sent("0010 0111 1001 1110")
    assert frame == b"\x02\x00\x6a"
    assert frame_check(frame) == sequence


def test_every_captured_frame_holds(capture):
    assert all(frame_check_holds(octets) for octets in capture)


def test_it_is_the_shift_register_of_the_standard(capture):
    for octets in capture[:20]:
        assert frame_check(octets[:-2]) == crc_bit_by_bit(octets[:-2]) == octets[-2:]
    assert frame_check(b"") == b"\0\0"


def test_a_flipped_bit_is_found():
    octets = bytearray(with_frame_check(b"0123456789"))
    for bit in range(8 * len(octets)):
        octets[bit // 8] ^= 1 << bit % 8
        assert not frame_check_holds(bytes(octets))
        octets[bit // 8] ^= 1 << bit % 8
    assert frame_check_holds(bytes(octets))


def test_four_octets_are_the_crc_of_ethernet():
    octets = b"\x41\x88\x05\xcd\xab\xff\xff\1\0data"
    assert frame_check(octets, 4) == struct.pack("<I", zlib.crc32(octets))
    assert frame_check_holds(with_frame_check(octets, 4), 4)
    assert not frame_check_holds(with_frame_check(octets, 4)[:-1] + b"\0", 4)


def test_four_octets_of_check_assume_padding_of_a_shorter_frame():
    assert frame_check(b"\2\0\5", 4) == frame_check(b"\2\0\5\0", 4)
    assert with_frame_check(b"\2\0\5", 4)[:3] == b"\2\0\5"


def test_tshark_agrees_on_four_octets(seen_by_tshark):
    octets = with_frame_check(b"\x41\x88\x05\xcd\xab\xff\xff\1\0\x3fdata", 4)
    tap = struct.pack("<BBHHHI", 0, 0, 12, 0, 1, 2)  # FCS type: 4 octets
    [good, bad] = seen_by_tshark([tap + octets, tap + octets[:-1] + b"\0"], ["wpan.fcs_ok"], link_type=283)
    assert (good["wpan.fcs_ok"], bad["wpan.fcs_ok"]) == (["1"], ["0"])


def test_no_frame_check_is_empty():
    assert frame_check(b"abc", 0) == b""
    assert split_frame_check(b"abc", 0) == (b"abc", b"")


def test_a_frame_too_short_for_its_check_is_truncated():
    with pytest.raises(Malformed) as caught:
        split_frame_check(b"\1")
    assert (caught.value.layer, caught.value.offset, caught.value.reason) == ("ieee802154-fcs", 1, Reason.TRUNCATED)


def test_another_size_is_refused():
    with pytest.raises(UsageError, match="2 or 4"):
        frame_check(b"", 3)
