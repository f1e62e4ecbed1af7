"""DAR and DAC of RFC 6775, EDAR and EDAC of RFC 8505."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress

EUI64, ADDRESS = bytes.fromhex("0212345678abcd01"), parse_ipv6("2001:db8::1")

VECTORS = {
    "DAR, RFC 6775 section 4.4": (
        DuplicateAddressRequest(
            code_suffix=0, lifetime_minutes=60, ownership_verifier=EUI64, registered_address=ADDRESS
        ),
        f"9d 00 0000 00 00 003c {EUI64.hex()} {ADDRESS.hex()}",
    ),
    "DAC, RFC 6775 section 4.4": (
        DuplicateAddressConfirmation(
            code_suffix=0, status=1, lifetime_minutes=60, ownership_verifier=EUI64, registered_address=ADDRESS
        ),
        f"9e 00 0000 01 00 003c {EUI64.hex()} {ADDRESS.hex()}",
    ),
    "EDAR, RFC 8505 figure 2": (
        DuplicateAddressRequest(
            checksum=0xABCD, transaction=241, lifetime_minutes=1, ownership_verifier=EUI64, registered_address=ADDRESS
        ),
        f"9d 01 abcd 00 f1 0001 {EUI64.hex()} {ADDRESS.hex()}",
    ),
    "EDAR for a multicast address, RFC 9685 section 7.2, code prefix and reserved bits kept": (
        DuplicateAddressRequest(
            code_prefix=15, address_type=1, reserved=1, transaction=1, lifetime_minutes=1,
            ownership_verifier=bytes(16), registered_address=parse_ipv6("ff05::1"),
        ),
        "9d f2 0000 41 01 0001" + "00" * 16 + parse_ipv6("ff05::1").hex(),
    ),
    "EDAC with a verifier of 256 bits": (
        DuplicateAddressConfirmation(
            status=9, transaction=1, lifetime_minutes=0, ownership_verifier=bytes(32), registered_address=ADDRESS
        ),
        "9e 04 0000 09 01 0000" + "00" * 32 + ADDRESS.hex(),
    ),
    "EDAR with an option, RFC 8929 section 3.1": (
        DuplicateAddressRequest(
            lifetime_minutes=1, ownership_verifier=bytes(24), registered_address=ADDRESS,
            options=(SourceLinkLayerAddress(address=EUI64 + bytes(6)),),
        ),
        "9d 03 0000 00 00 0001" + "00" * 24 + ADDRESS.hex() + "0102" + EUI64.hex() + "00" * 6,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_a_message_goes_both_ways_and_stands_hostile_octets(proves, value, octets):
    proves(MESSAGES, value, octets)


@pytest.mark.parametrize("suffix", range(5, 16))
@pytest.mark.parametrize("message_type", [157, 158])
def test_a_suffix_that_announces_no_size_is_reserved(refuses, message_type, suffix):
    error = refuses(MESSAGES, f"{message_type:02x}{suffix:02x} 0000 00000000" + "00" * (8 * suffix + 16))
    assert (error.offset, error.reason) == (1, Reason.RESERVED)


def test_the_suffix_follows_from_the_verifier():
    for units in (1, 2, 3, 4):
        verifier = bytes(8 * units)
        message = DuplicateAddressRequest(lifetime_minutes=0, ownership_verifier=verifier, registered_address=ADDRESS)
        assert message.code_suffix == units


@pytest.mark.parametrize(("suffix", "octets"), [(0, 16), (1, 16), (5, 40)])
def test_a_verifier_and_a_suffix_that_differ_cannot_be_built(suffix, octets):
    with pytest.raises(UsageError):
        DuplicateAddressConfirmation(
            code_suffix=suffix, lifetime_minutes=0, ownership_verifier=bytes(octets), registered_address=ADDRESS
        )


def test_fields_are_said_in_words(words):
    confirmation = VECTORS["EDAC with a verifier of 256 bits"][0]
    assert words(confirmation, "status") == "6LBR registry saturated"
    assert words(confirmation, "code_suffix") == "verifier of 256 bits"
    request = VECTORS["DAR, RFC 6775 section 4.4"][0]
    assert words(request, "code_suffix") == "RFC 6775: EUI-64, no transaction"
    assert words(request, "address_type") == "unicast"
