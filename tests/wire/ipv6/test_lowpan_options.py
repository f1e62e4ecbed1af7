"""Contexts, the authoritative border router, the resource directory and the uptime in Neighbor Discovery options."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.lowpan_options import (
    AuthoritativeBorderRouter,
    ConsistentUptime,
    LowpanContext,
    ResourceDirectoryAddress,
)
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS

PREFIX = parse_ipv6("2001:db8:0:1::")
ROUTER = parse_ipv6("2001:db8::ff:fe00:1")

VECTORS = {
    "6CO of 64 bits, RFC 6775 figure 1": (
        LowpanContext(context_length=64, compress=1, context_identifier=3, lifetime_minutes=10, prefix=PREFIX[:8]),
        f"2202 40 13 0000 000a {PREFIX[:8].hex()}",
    ),
    "6CO of 128 bits, reserved bits kept": (
        LowpanContext(
            context_length=128, reserved_bits=7, context_identifier=15, reserved=1, lifetime_minutes=0, prefix=ROUTER
        ),
        f"2203 80 ef 0001 0000 {ROUTER.hex()}",
    ),
    "6CO of 48 bits in three units": (
        LowpanContext(context_length=48, compress=1, context_identifier=0, lifetime_minutes=1, prefix=PREFIX),
        f"2203 30 10 0000 0001 {PREFIX.hex()}",
    ),
    "ABRO, RFC 6775 section 4.3": (
        AuthoritativeBorderRouter(version_low=2, version_high=1, lifetime_minutes=10000, border_router=ROUTER),
        f"2303 0002 0001 2710 {ROUTER.hex()}",
    ),
    "RDAO, RFC 9176 figure 4": (
        ResourceDirectoryAddress(lifetime_seconds=3600, directory=ROUTER),
        f"2903 0000 00000e10 {ROUTER.hex()}",
    ),
    "consistent uptime, RFC 9685": (
        ConsistentUptime(exponent=10, mantissa=5, may_sleep=1, has_peer_state=1, state=0x123, peer_state=0xABC),
        "2a01 2805 c0 123abc",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("2201 00 00 0000 0000", Reason.BAD_LENGTH),
        ("2202 41 00 0000 0000" + "00" * 8, Reason.BAD_LENGTH),
        ("2204 40 00 0000 0000" + "00" * 24, Reason.BAD_LENGTH),
        ("2203 81 00 0000 0000" + "00" * 16, Reason.BAD_VALUE),
        ("2302" + "00" * 22, Reason.BAD_LENGTH),
        ("2904" + "00" * 30, Reason.BAD_LENGTH),
        ("2a02" + "00" * 14, Reason.BAD_LENGTH),
    ],
)
def test_a_length_that_its_rfc_does_not_give_is_refused(refuses, octets, reason):
    assert refuses(OPTIONS, octets).reason is reason


def test_a_long_context_needs_three_units():
    """RFC 6775 section 4.2: "If it is more than 64, then the Length MUST be 3."."""
    with pytest.raises(UsageError):
        LowpanContext(context_length=65, context_identifier=0, lifetime_minutes=1, prefix=bytes(8))


def test_a_version_has_its_low_half_first():
    assert VECTORS["ABRO, RFC 6775 section 4.3"][0].version == 0x00010002


def test_an_uptime_is_a_mantissa_and_an_exponent():
    """RFC 9685: 5 in units of 2 to the 10 milliseconds are about 5 seconds."""
    assert VECTORS["consistent uptime, RFC 9685"][0].uptime_ms == 5120


def test_fields_are_said_in_words(words):
    assert words(VECTORS["6CO of 64 bits, RFC 6775 figure 1"][0], "prefix") == "2001:db8:0:1::"
    assert words(VECTORS["6CO of 64 bits, RFC 6775 figure 1"][0], "lifetime_minutes") == "10 min"
    assert words(VECTORS["RDAO, RFC 9176 figure 4"][0], "lifetime_seconds") == "3600 s"
