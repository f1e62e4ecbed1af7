"""The IPv6 header, RFC 8200 section 3."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS, Ipv6
from p6lowpan.wire.ipv6.registry import Protocol

# RFC 8200 section 3: version 6; traffic class 0xb9 = DSCP 46 and ECN 1; flow label 0xabcde; 16 octets of payload.
OCTETS = (
    "6b9abcde 0010 11 40"
    "20010db8000000000000000000000001"
    "ff020000000000000000000000000001"
)  # fmt: skip
VALUE = Ipv6(
    dscp=46,
    ecn=1,
    flow_label=0xABCDE,
    payload_length=16,
    next_header=Protocol.UDP,
    hop_limit=64,
    source=parse_ipv6("2001:db8::1"),
    destination=parse_ipv6("ff02::1"),
)


def test_the_header_of_rfc_8200_goes_both_ways_and_stands_hostile_octets(proves):
    proves(Ipv6, VALUE, OCTETS)


def test_the_payload_is_left_alone(leaves_the_rest):
    leaves_the_rest(Ipv6, OCTETS)


def test_the_header_has_forty_octets():
    assert len(VALUE.encode()) == IPV6_HEADER_OCTETS == 40


def test_traffic_class_is_dscp_and_ecn_together():
    assert VALUE.traffic_class == 0xB9


@pytest.mark.parametrize("version", [0, 4, 5, 7, 15])
def test_another_version_is_refused_at_its_first_octet(refuses, version):
    error = refuses(Ipv6, f"{version:x}" + OCTETS[1:])
    assert (error.offset, error.reason) == (0, Reason.FIXED_VALUE)


def test_every_cut_is_truncated(refuses):
    octets = bytes.fromhex(OCTETS)
    assert {refuses(Ipv6, octets[:end].hex()).reason for end in range(40)} == {Reason.TRUNCATED}


@pytest.mark.parametrize(
    ("field", "value"),
    [("dscp", 64), ("ecn", 4), ("flow_label", 1 << 20), ("payload_length", 65536), ("hop_limit", -1), ("source", b"")],
)
def test_a_value_that_does_not_fit_its_field_cannot_be_built(field, value):
    fields = {"payload_length": 0, "next_header": 59, "hop_limit": 1, "source": bytes(16), "destination": bytes(16)}
    with pytest.raises(UsageError, match=field):
        Ipv6(**fields | {field: value})


@pytest.mark.parametrize(
    ("field", "meaning"),
    [
        ("dscp", "expedited forwarding"),
        ("ecn", "capable, ECT(1)"),
        ("next_header", "udp"),
        ("source", "2001:db8::1"),
        ("destination", "ff02::1"),
    ],
)
def test_fields_are_said_in_words(words, field, meaning):
    assert words(VALUE, field) == meaning


@pytest.mark.parametrize(
    ("dscp", "name"),
    [(0, "default forwarding"), (10, "AF11"), (38, "AF43"), (48, "CS6"), (1, "lower effort"), (3, "not assigned")],
)
def test_code_points_have_the_names_of_their_rfcs(words, dscp, name):
    value = Ipv6(dscp=dscp, payload_length=0, next_header=59, hop_limit=1, source=bytes(16), destination=bytes(16))
    assert words(value, "dscp") == name
