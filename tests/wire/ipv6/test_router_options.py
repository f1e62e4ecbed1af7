"""Prefixes, routes, the MTU and redirected packets in Neighbor Discovery options."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation, RedirectedHeader, RouteInformation

PREFIX = parse_ipv6("2001:db8:0:1::")

VECTORS = {
    "prefix information, RFC 4861 section 4.6.2": (
        PrefixInformation(
            prefix_length=64, on_link=1, autonomous=1, valid_lifetime_seconds=86400,
            preferred_lifetime_seconds=0xFFFFFFFF, prefix=PREFIX,
        ),
        f"0304 40 c0 00015180 ffffffff 00000000 {PREFIX.hex()}",
    ),
    "prefix information, R of RFC 6275 and P of RFC 9762": (
        PrefixInformation(
            prefix_length=128, router_address=1, prefix_delegation_preferred=1, reserved_bits=5,
            valid_lifetime_seconds=0, preferred_lifetime_seconds=0, reserved=9, prefix=PREFIX,
        ),
        f"0304 80 35 00000000 00000000 00000009 {PREFIX.hex()}",
    ),
    "redirected header, RFC 4861 section 4.6.3": (
        RedirectedHeader(reserved_short=1, reserved=2, packet=b"12345678"),
        "0402 0001 00000002 3132333435363738",
    ),
    "MTU, RFC 4861 section 4.6.4": (Mtu(mtu=1280), "0501 0000 00000500"),
    "a default route, RFC 4191 section 2.3": (
        RouteInformation(prefix_length=0, preference=1, lifetime_seconds=1800, prefix=b""),
        "1801 00 08 00000708",
    ),
    "a route in two units": (
        RouteInformation(prefix_length=64, preference=3, lifetime_seconds=1, prefix=PREFIX[:8]),
        f"1802 40 18 00000001 {PREFIX[:8].hex()}",
    ),
    "a route in three units, reserved bits kept": (
        RouteInformation(prefix_length=65, reserved_before=7, reserved_after=7, lifetime_seconds=1, prefix=PREFIX),
        f"1803 41 e7 00000001 {PREFIX.hex()}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("0303" + "00" * 22, Reason.TRUNCATED),
        ("0305" + "00" * 38, Reason.BAD_LENGTH),
        ("0304 81" + "00" * 29, Reason.BAD_VALUE),
        ("0502 0000 00000500" + "00" * 8, Reason.BAD_LENGTH),
        ("1801 01 00 00000000", Reason.BAD_LENGTH),
        ("1802 41 00 00000000" + "00" * 8, Reason.BAD_LENGTH),
        ("1804 40 00 00000000" + "00" * 24, Reason.BAD_LENGTH),
        ("1803 81 00 00000000" + "00" * 16, Reason.BAD_VALUE),
    ],
)
def test_a_length_that_does_not_fit_is_refused(refuses, octets, reason):
    assert refuses(OPTIONS, octets).reason is reason


@pytest.mark.parametrize(
    "build",
    [
        lambda: RouteInformation(prefix_length=65, lifetime_seconds=0, prefix=bytes(8)),
        lambda: RouteInformation(prefix_length=8, lifetime_seconds=0, prefix=b"\x20"),
        lambda: Mtu(length=2, mtu=1280),
        lambda: RedirectedHeader(packet=bytes(7)),
    ],
)
def test_an_option_that_cannot_exist_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()


def test_fields_are_said_in_words(words):
    option = VECTORS["prefix information, RFC 4861 section 4.6.2"][0]
    assert words(option, "type") == "prefix information"
    assert words(option, "valid_lifetime_seconds") == "86400 s"
    assert words(option, "preferred_lifetime_seconds") == "for ever"
    route = VECTORS["a route in two units"][0]
    assert (words(route, "prefix"), words(route, "preference")) == ("2001:db8:0:1::", "low")
