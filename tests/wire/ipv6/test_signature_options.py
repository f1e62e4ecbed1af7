"""SEND's options, RFC 3971 section 5, and those of address-protected discovery, RFC 8928 section 4."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS
from p6lowpan.wire.ipv6.signature_options import (
    CgaOption,
    CryptoIdParameters,
    Nonce,
    RsaSignature,
    SignatureOption,
    Timestamp,
)

KEY, SIGNATURE = bytes(range(65)), bytes(range(64))

VECTORS = {
    "CGA, RFC 3971 section 5.1": (
        CgaOption(parameters=b"0123456789", padding=bytes(2)),
        "0b02 02 00 30313233343536373839 0000",
    ),
    "CGA without padding": (CgaOption(reserved=1, parameters=b"0123", padding=b""), "0b01 00 01 30313233"),
    "RSA signature, RFC 3971 section 5.2": (
        RsaSignature(key_hash=bytes(16), signature_and_padding=b"sign"),
        "0c03 0000" + "00" * 16 + "7369676e",
    ),
    "timestamp, RFC 3971 section 5.3.1": (
        Timestamp(timestamp=1_600_000_000 << 16 | 0x8000),
        "0d02 000000000000 00005f5e10008000",
    ),
    "nonce, RFC 3971 section 5.3.2": (Nonce(nonce=b"sixoct"), "0e01 7369786f6374"),
    "CIPO, RFC 8928 figure 2": (
        CryptoIdParameters(
            crypto_type=2, modifier=7, registration_option_length=3, public_key=KEY, padding=bytes(0)
        ),
        "2709 0041 02 07 03" + KEY.hex(),
    ),
    "CIPO, reserved bits kept": (
        CryptoIdParameters(
            reserved=31, crypto_type=0, registration_option_length=2, public_key=b"k", padding=b""
        ),
        "2701 f801 00 00 02 6b",
    ),
    "NDPSO, RFC 8928 figure 3": (
        SignatureOption(signature=SIGNATURE, padding=b""),
        "2809 0040 00000000" + SIGNATURE.hex(),
    ),
    "NDPSO with padding, reserved bits kept": (
        SignatureOption(reserved_bits=1, reserved=2, signature=b"abc", padding=bytes(5)),
        "2802 0803 00000002 616263 0000000000",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    "octets",
    [
        "0b01 05 00 00000000",
        "0c02" + "00" * 14 + "00" * 8,
        "0d01" + "00" * 6 + "00" * 8,
        "2701 0002 00 00 02 6b 6b",
        "2802 0009 00000000" + "00" * 9,
    ],
)
def test_what_is_longer_than_its_option_is_refused(refuses, octets):
    assert refuses(OPTIONS, octets).reason is Reason.BAD_LENGTH


def test_what_does_not_fill_its_units_cannot_be_built():
    with pytest.raises(UsageError):
        SignatureOption(signature=b"abc", padding=b"")
    with pytest.raises(UsageError):
        Nonce(nonce=b"five.")


def test_fields_are_said_in_words(words):
    assert words(VECTORS["timestamp, RFC 3971 section 5.3.1"][0], "timestamp") == "1600000000.5000 s since 1970"
    assert words(VECTORS["CIPO, RFC 8928 figure 2"][0], "crypto_type") == "ECDSA25519: Wei25519, SHA-256"
