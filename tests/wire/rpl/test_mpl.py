"""The MPL Control Message, octets written by hand after RFC 7731 sections 6.2 and 6.3."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.rpl.mpl import MplControl, SeedInfo

VECTORS = {
    "no seeds": ("9f00beef", MplControl(checksum=0xBEEF)),
    "the source is the seed": (
        "9f000000 05 04 a0",
        MplControl(seed_infos=(SeedInfo(minimum_sequence=5, buffered_messages=b"\xa0"),)),
    ),
    "a seed of each size": (
        "9f000000 00 01 1234 01 02 0102030405060708 ff 0b 000102030405060708090a0b0c0d0e0f ff80",
        MplControl(
            seed_infos=(
                SeedInfo(minimum_sequence=0, seed=b"\x12\x34"),
                SeedInfo(minimum_sequence=1, seed=bytes(range(1, 9))),
                SeedInfo(minimum_sequence=255, seed=bytes(range(16)), buffered_messages=b"\xff\x80"),
            )
        ),
    ),
}
vectors = pytest.mark.parametrize(("octets", "message"), VECTORS.values(), ids=VECTORS)


@vectors
def test_octets_decode_to_the_message(octets, message):
    assert MplControl.decode(bytes.fromhex(octets)) == (message, b"")


@vectors
def test_the_message_encodes_to_the_octets(octets, message):
    assert message.encode() == bytes.fromhex(octets)


@vectors
def test_damaged_octets_decode_or_are_refused(octets, message, stands_hostile_octets):
    stands_hostile_octets(MplControl.decode, bytes.fromhex(octets))


def test_bits_count_from_the_minimum_sequence_and_wrap():
    assert SeedInfo(minimum_sequence=5, buffered_messages=b"\xa0").sequences == (5, 7)
    assert SeedInfo(minimum_sequence=255, buffered_messages=b"\xc0\x01").sequences == (255, 0, 14)
    assert SeedInfo(minimum_sequence=0).sequences == ()


def test_a_seed_of_another_size_cannot_be_sent():
    with pytest.raises(UsageError, match="0, 2, 8 or 16 octets"):
        SeedInfo(minimum_sequence=0, seed=b"abc")


def test_a_bit_vector_has_at_most_63_octets():
    assert len(SeedInfo(minimum_sequence=0, buffered_messages=bytes(63)).encode()) == 65
    with pytest.raises(UsageError):
        SeedInfo(minimum_sequence=0, buffered_messages=bytes(64))


def test_another_code_is_refused():
    with pytest.raises(Malformed) as caught:
        MplControl.decode(bytes.fromhex("9f010000"))
    assert (caught.value.reason, caught.value.offset) == (Reason.FIXED_VALUE, 1)
