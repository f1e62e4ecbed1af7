"""Scopes of addresses, against RFC 4291, RFC 4193, RFC 6724 section 3.1 and RFC 7346."""

import pytest

from p6lowpan.machines.network.scope import Scope, common_bits, scope_of, solicited_node
from p6lowpan.wire.address import format_ipv6, parse_ipv6


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("fe80::1", Scope.LINK_LOCAL),
        ("febf::1", Scope.LINK_LOCAL),
        ("::1", Scope.LINK_LOCAL),
        ("fec0::1", Scope.SITE_LOCAL),
        ("fd00::1", Scope.GLOBAL),
        ("2001:db8::1", Scope.GLOBAL),
        ("::", Scope.GLOBAL),
        ("ff00::1", Scope.RESERVED),
        ("ff01::1", Scope.INTERFACE_LOCAL),
        ("ff12::1", Scope.LINK_LOCAL),
        ("ff03::fc", Scope.REALM_LOCAL),
        ("ff05::2", Scope.SITE_LOCAL),
        ("ff0e::1", Scope.GLOBAL),
        ("ff0f::1", 15),
    ],
)
def test_an_address_reaches_as_far_as_its_scope(text, scope):
    assert scope_of(parse_ipv6(text)) == scope


def test_the_solicited_node_group_ends_like_the_address():
    # the example of RFC 4291 section 2.7.1
    assert format_ipv6(solicited_node(parse_ipv6("4037::1:800:200e:8c6c"))) == "ff02::1:ff0e:8c6c"


@pytest.mark.parametrize(("one", "other", "bits"), [("::", "::", 128), ("8000::", "::", 0), ("fe80::1", "fe80::", 127)])
def test_bits_in_common_are_counted_from_the_front(one, other, bits):
    assert common_bits(parse_ipv6(one), parse_ipv6(other)) == bits
