"""The address registration option: RFC 6775, RFC 8505, and the flags of RFC 8928 (as RFC 9927 has it), 9685, 9926."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS
from p6lowpan.wire.ipv6.registration_options import AddressRegistration, prefix_registration

EUI64 = bytes.fromhex("0212345678abcd01")


def verifier(octets):
    return bytes(range(octets))


VECTORS = {
    "ARO, RFC 6775 section 4.1": (
        AddressRegistration(lifetime_minutes=60, ownership_verifier=EUI64),
        "2102 00 00 0000 003c 0212345678abcd01",
    ),
    "ARO in an answer": (
        AddressRegistration(status=2, lifetime_minutes=1, ownership_verifier=EUI64),
        "2102 02 00 0000 0001 0212345678abcd01",
    ),
    "EARO, RFC 8505 figure 1": (
        AddressRegistration(
            opaque=30, reachability_requested=1, has_transaction=1, transaction=240, lifetime_minutes=5,
            ownership_verifier=EUI64,
        ),
        "2102 00 1e 03 f0 0005 0212345678abcd01",
    ),
    "EARO with a verifier of 128 bits": (
        AddressRegistration(status=5, has_transaction=1, lifetime_minutes=0, ownership_verifier=verifier(16)),
        "2103 05 00 01 00 0000" + verifier(16).hex(),
    ),
    "EARO with a verifier of 192 bits": (
        AddressRegistration(opaque_type=3, lifetime_minutes=0, ownership_verifier=verifier(24)),
        "2104 00 00 0c 00 0000" + verifier(24).hex(),
    ),
    "EARO with a Crypto-ID of 256 bits, C where RFC 9927 puts it": (
        AddressRegistration(crypto_id=1, has_transaction=1, lifetime_minutes=0, ownership_verifier=verifier(32)),
        "2105 00 00 41 00 0000" + verifier(32).hex(),
    ),
    "EARO for an anycast address, RFC 9685": (
        AddressRegistration(address_type=2, has_transaction=1, lifetime_minutes=0, ownership_verifier=EUI64),
        "2102 00 00 21 00 0000" + EUI64.hex(),
    ),
    "EARO for a prefix, RFC 9926, reserved bit kept": (
        AddressRegistration(
            status=0x80 | 56, reserved=1, address_type=3, has_transaction=1, lifetime_minutes=0,
            ownership_verifier=EUI64,
        ),
        "2102 b8 00 b1 00 0000" + EUI64.hex(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    ("bit", "field"),
    [
        (0, "reserved"),
        (1, "crypto_id"),
        (2, "address_type"),
        (3, "address_type"),
        (4, "opaque_type"),
        (5, "opaque_type"),
        (6, "reachability_requested"),
        (7, "has_transaction"),
    ],
)
def test_every_flag_is_where_its_rfc_puts_it(bit, field):
    octets = bytes((33, 2, 0, 0, 0x80 >> bit, 0, 0, 0)) + EUI64
    value = AddressRegistration.decode_all(octets)
    flags = ("reserved", "crypto_id", "address_type", "opaque_type", "reachability_requested", "has_transaction")
    assert [name for name in flags if getattr(value, name)] == [field]


@pytest.mark.parametrize("length", [1, 6, 255])
def test_a_verifier_of_another_size_is_refused(refuses, length):
    error = refuses(OPTIONS, f"21{length:02x}" + "00" * (8 * length - 2))
    assert (error.offset, error.reason) == (1, Reason.BAD_LENGTH)


@pytest.mark.parametrize("octets", [0, 7, 9, 40])
def test_a_verifier_of_another_size_cannot_be_built(octets):
    with pytest.raises(UsageError):
        AddressRegistration(lifetime_minutes=0, ownership_verifier=bytes(octets))


def test_the_t_flag_tells_an_earo_from_an_aro():
    assert not VECTORS["ARO, RFC 6775 section 4.1"][0].is_extended
    assert VECTORS["EARO, RFC 8505 figure 1"][0].is_extended


def test_a_registration_of_a_prefix_has_its_length_where_the_status_is():
    assert prefix_registration(VECTORS["EARO for a prefix, RFC 9926, reserved bit kept"][0]) == (True, 56)
    option = AddressRegistration(status=64, lifetime_minutes=0, ownership_verifier=EUI64)
    assert prefix_registration(option) == (False, 64)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (0, "success"),
        (1, "duplicate address"),
        (10, "validation failed"),
        (12, "invalid registration"),
        (63, "not assigned"),
    ],
)
def test_statuses_are_said_in_words(words, status, meaning):
    option = AddressRegistration(status=status, lifetime_minutes=0, ownership_verifier=EUI64)
    assert words(option, "status") == meaning


def test_fields_are_said_in_words(words):
    option = VECTORS["EARO for an anycast address, RFC 9685"][0]
    assert words(option, "address_type") == "anycast"
    assert words(option, "ownership_verifier") == "02:12:34:56:78:ab:cd:01"
    assert words(VECTORS["EARO, RFC 8505 figure 1"][0], "lifetime_minutes") == "5 min"
    assert words(VECTORS["EARO with a verifier of 128 bits"][0], "ownership_verifier") == verifier(16).hex()
