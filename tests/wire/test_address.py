"""Addresses and the interface identifiers that link-layer addresses give."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire import address
from p6lowpan.wire.address import LinkAddress

EUI64 = LinkAddress(bytes.fromhex("0012740203040506"))
SHORT = LinkAddress(bytes.fromhex("1234"))


def test_an_eui64_gives_an_identifier_with_its_universal_bit_inverted():
    assert address.interface_identifier(EUI64).hex() == "0212740203040506"


def test_a_short_address_gives_an_identifier_with_fffe_inside():
    # RFC 6282 section 3.2.2: 0000:00ff:fe00:XXXX
    assert address.interface_identifier(SHORT).hex() == "000000fffe001234"


def test_the_older_rule_puts_the_pan_identifier_in_front_with_its_local_bit_cleared():
    # RFC 4944 section 6: the 16 bits of the PAN, the universal/local bit zero.
    assert address.interface_identifier_with_pan(SHORT, 0xABCD).hex() == "a9cd00fffe001234"
    assert address.interface_identifier_with_pan(SHORT, 0xA9CD).hex() == "a9cd00fffe001234"


@pytest.mark.parametrize("length", [0, 1, 3, 6, 16])
def test_other_lengths_have_no_identifier(length):
    with pytest.raises(UsageError, match=f"{length} octets"):
        address.interface_identifier(LinkAddress(bytes(length)))


def test_a_link_local_address_is_the_prefix_and_the_identifier():
    assert address.format_ipv6(address.link_local(EUI64)) == "fe80::212:7402:304:506"
    assert address.format_ipv6(address.link_local(SHORT)) == "fe80::ff:fe00:1234"


@given(st.binary(min_size=16, max_size=16))
def test_kinds_of_addresses_are_those_of_the_standard_library(octets):
    theirs = ipaddress.IPv6Address(octets)
    assert address.is_multicast(octets) == theirs.is_multicast
    assert address.is_link_local(octets) == theirs.is_link_local


@pytest.mark.parametrize(
    ("text", "link_local", "multicast"),
    [("fe80::1", True, False), ("febf::1", True, False), ("fec0::1", False, False), ("ff02::1", False, True)],
)
def test_kinds_of_addresses_at_their_bounds(text, link_local, multicast):
    octets = address.parse_ipv6(text)
    assert (address.is_link_local(octets), address.is_multicast(octets)) == (link_local, multicast)


@given(st.binary(min_size=16, max_size=16))
def test_ipv6_text_reads_back(octets):
    assert address.parse_ipv6(address.format_ipv6(octets)) == octets


@given(st.binary(min_size=8, max_size=8) | st.binary(min_size=2, max_size=2).filter(lambda short: short != b"\xff\xff"))
def test_link_address_text_reads_back(octets):
    assert address.parse_link(address.format_link(octets)) == octets


@pytest.mark.parametrize(
    ("octets", "text"),
    [(EUI64, "00:12:74:02:03:04:05:06"), (SHORT, "0x1234"), (b"\xff\xff", "broadcast"), (b"", "none")],
)
def test_link_addresses_have_a_text(octets, text):
    assert address.format_link(octets) == text


@pytest.mark.parametrize("text", ["0x1234", "1234", "12:34", "12-34"])
def test_link_addresses_are_read_in_every_usual_form(text):
    assert address.parse_link(text) == SHORT


@pytest.mark.parametrize("text", ["", "123", "123456", "xyzt", "00:12:74:02:03:04:05"])
def test_text_that_is_no_link_address_is_refused(text):
    with pytest.raises(UsageError, match="no link-layer address"):
        address.parse_link(text)


@pytest.mark.parametrize("text", ["", "fe80", "1.2.3.4", "::1::"])
def test_text_that_is_no_ipv6_address_is_refused(text):
    with pytest.raises(UsageError):
        address.parse_ipv6(text)


@pytest.mark.parametrize(
    ("text", "group"),
    [("ff02::1", "8001"), ("ff02::1:ff12:fabc", "9abc"), ("ff05::1:3", "8003"), ("ff02::ffff", "9fff")],
)
def test_a_group_has_a_short_address_of_its_last_13_bits(text, group):
    """RFC 4944 section 9."""
    found = address.group_address(address.parse_ipv6(text))
    assert found == bytes.fromhex(group)
    assert address.is_group(found)


@pytest.mark.parametrize("octets", ["", "7fff", "a000", "1234", "80", "fffe", "8000000000000001", "ffffffffffffffff"])
def test_other_addresses_are_of_no_group(octets):
    assert not address.is_group(bytes.fromhex(octets))
    assert address.is_group(address.BROADCAST)
