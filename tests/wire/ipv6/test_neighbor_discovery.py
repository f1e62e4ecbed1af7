"""Neighbor Discovery messages, RFC 4861 section 4."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.neighbor_option import UnknownOption
from p6lowpan.wire.ipv6.router_options import Mtu, RedirectedHeader

TARGET, OTHER = parse_ipv6("fe80::1"), parse_ipv6("2001:db8::1")
SOURCE_OPTION = SourceLinkLayerAddress(address=b"\x0a\x0b" + bytes(4))

VECTORS = {
    "router solicitation, section 4.1": (RouterSolicitation(checksum=0x0102), "85 00 0102 00000000"),
    "router solicitation with an option": (
        RouterSolicitation(reserved=7, options=(SOURCE_OPTION,)),
        "85 00 0000 00000007 0101 0a0b00000000",
    ),
    "router advertisement, section 4.2": (
        RouterAdvertisement(
            hop_limit=64, managed_addresses=1, home_agent=1, preference=3, router_lifetime_seconds=1800,
            reachable_time_ms=1, retransmission_timer_ms=2, options=(Mtu(mtu=1280), SOURCE_OPTION),
        ),
        "86 00 0000 40 b8 0708 00000001 00000002 0501 0000 00000500 0101 0a0b00000000",
    ),
    "router advertisement, every flag": (
        RouterAdvertisement(
            managed_addresses=1, other_configuration=1, home_agent=1, preference=2, proxied=1, reserved=3
        ),
        "86 00 0000 00 f7 0000 00000000 00000000",
    ),
    "neighbor solicitation, section 4.3": (
        NeighborSolicitation(target=TARGET, options=(SOURCE_OPTION,)),
        f"87 00 0000 00000000 {TARGET.hex()} 0101 0a0b00000000",
    ),
    "neighbor advertisement, section 4.4": (
        NeighborAdvertisement(
            router=1, override=1, reserved=1, target=TARGET,
            options=(TargetLinkLayerAddress(address=bytes(range(8)) + bytes(6)),),
        ),
        f"88 00 0000 a0000001 {TARGET.hex()} 0202 0001020304050607 000000000000",
    ),
    "redirect, section 4.5": (
        Redirect(target=TARGET, destination=OTHER, options=(RedirectedHeader(packet=bytes(40)),)),
        f"89 00 0000 00000000 {TARGET.hex()} {OTHER.hex()} 0406 0000 00000000" + "00" * 40,
    ),
    "an option that nobody knows": (
        RouterSolicitation(options=(UnknownOption(type=200, data=b"sixoct"),)),
        "85 00 0000 00000000 c801 7369786f6374",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_a_message_goes_both_ways_and_stands_hostile_octets(proves, value, octets):
    proves(MESSAGES, value, octets)


def test_an_option_of_no_length_spoils_the_message(refuses):
    """RFC 4861 section 4.6: "Nodes MUST silently discard an ND packet that contains an option with length zero."."""
    error = refuses(MESSAGES, "85 00 0000 00000000 c800 000000000000")
    assert (error.offset, error.reason) == (10, Reason.BAD_LENGTH)


def test_an_option_that_ends_early_is_found_where_it_ends(refuses):
    error = refuses(MESSAGES, "85 00 0000 00000000 0102 0a0b00000000")
    assert (error.layer, error.offset, error.reason) == ("nd-option-source-link-layer-address", 16, Reason.TRUNCATED)


def test_half_an_option_header_is_truncated(refuses):
    error = refuses(MESSAGES, "85 00 0000 00000000 01")
    assert (error.layer, error.offset, error.reason) == ("nd-option", 9, Reason.TRUNCATED)


@pytest.mark.parametrize(("preference", "meaning"), [(0, "medium"), (1, "high"), (2, "reserved"), (3, "low")])
def test_preference_is_said_in_words(words, preference, meaning):
    assert words(RouterAdvertisement(preference=preference), "preference") == meaning


def test_addresses_are_said_in_words(words):
    assert words(NeighborSolicitation(target=TARGET), "target") == "fe80::1"
