"""The MPL Control Message, octets written by hand after RFC 7731 sections 6.2 and 6.3."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.ipv6.mpl_control import MplControl, MplSeedInfo

VECTORS = {
    "no seeds": ("9f00beef", MplControl(checksum=0xBEEF)),
    "the source is the seed": (
        "9f000000 05 04 a0",
        MplControl(seeds=(MplSeedInfo(lowest_sequence=5, buffered=b"\xa0"),)),
    ),
    "a seed of each size": (
        "9f000000 00 01 1234 01 02 0102030405060708 ff 0b 000102030405060708090a0b0c0d0e0f ff80",
        MplControl(
            seeds=(
                MplSeedInfo(lowest_sequence=0, seed=b"\x12\x34"),
                MplSeedInfo(lowest_sequence=1, seed=bytes(range(1, 9))),
                MplSeedInfo(lowest_sequence=255, seed=bytes(range(16)), buffered=b"\xff\x80"),
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


def test_a_seed_of_another_size_cannot_be_sent():
    with pytest.raises(UsageError):
        MplSeedInfo(lowest_sequence=0, seed=b"abc")


def test_a_bit_vector_has_at_most_63_octets():
    assert len(MplSeedInfo(lowest_sequence=0, buffered=bytes(63)).encode()) == 65
    with pytest.raises(UsageError):
        MplSeedInfo(lowest_sequence=0, buffered=bytes(64))
