"""What may stand in an IPv6 header at all: RFC 8200 section 3 and RFC 4291."""

import pytest

from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.network.outputs import Origin
from p6lowpan.machines.network.packet import Incoming, make_packet, read_packet, with_hop_limit
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import parse_ipv6
from properties.building import ipv6
from properties.network import ME, NEIGHBOR

GOOD = ipv6(59, b"12345678", NEIGHBOR, ME, 7)


def reason_of(octets):
    read = read_packet(octets, Origin())
    assert isinstance(read, Dropped)
    return read.reason


def test_a_packet_is_read_and_made_alike():
    read = read_packet(GOOD, Origin())
    assert isinstance(read, Incoming)
    made = make_packet(parse_ipv6(NEIGHBOR), parse_ipv6(ME), 59, 7, b"12345678")
    assert made == read.octets == GOOD


def test_only_the_hop_limit_changes_with_the_hop_limit():
    assert with_hop_limit(GOOD, 6) == ipv6(59, b"12345678", NEIGHBOR, ME, 6)


def test_every_beginning_of_a_packet_is_refused():
    assert {reason_of(GOOD[:end]) for end in range(len(GOOD))} == {Reason.TRUNCATED}


def test_octets_behind_the_payload_are_refused():
    assert reason_of(GOOD + b"\0") is Reason.TRAILING


def test_another_version_is_refused():
    assert reason_of(b"\x45" + GOOD[1:]) is Reason.FIXED_VALUE


@pytest.mark.parametrize(
    ("source", "destination", "reason"),
    [
        ("ff02::1", ME, Reason.BAD_SOURCE),
        (NEIGHBOR, "::", Reason.BAD_DESTINATION),
        ("::1", ME, Reason.BEYOND_SCOPE),
        (NEIGHBOR, "::1", Reason.BEYOND_SCOPE),
        (NEIGHBOR, "ff01::1", Reason.BEYOND_SCOPE),
        (NEIGHBOR, "ff00::1", Reason.BEYOND_SCOPE),
    ],
)
def test_addresses_that_may_not_stand_in_a_packet_on_a_link_are_refused(source, destination, reason):
    assert reason_of(ipv6(59, b"", source, destination)) is reason
