"""Name servers and search lists, RFC 8106 section 5."""

import pytest

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.dns_options import DnsSearchList, RecursiveDnsServer, search_domains, search_list
from p6lowpan.wire.ipv6.neighbor_options import OPTIONS

ONE, TWO = parse_ipv6("2001:db8::53"), parse_ipv6("fe80::53")

VECTORS = {
    "two servers, RFC 8106 section 5.1": (
        RecursiveDnsServer(lifetime_seconds=600, addresses=entries([ONE, TWO])),
        f"1905 0000 00000258 {ONE.hex()} {TWO.hex()}",
    ),
    "a search list, RFC 8106 section 5.2": (
        search_list(["example.com", "a"], 600),
        "1f03 0000 00000258 07 6578616d706c65 03 636f6d 00 01 61 00",
    ),
    "an empty search list": (DnsSearchList(lifetime_seconds=0, domain_names=b""), "1f01 0000 00000000"),
    "labels that are no names": (
        DnsSearchList(reserved=1, lifetime_seconds=0, domain_names=b"\xff" * 8),
        "1f02 0001 00000000 ffffffffffffffff",
    ),
}


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_an_option_goes_both_ways_and_stands_hostile_octets(proves, leaves_the_rest, value, octets):
    proves(OPTIONS, value, octets)
    leaves_the_rest(OPTIONS, octets)


@pytest.mark.parametrize("octets", ["1901 0000 00000000", "1902 0000 00000000" + "00" * 8, "1904" + "00" * 30])
def test_no_server_and_half_a_server_are_refused(refuses, octets):
    assert refuses(OPTIONS, octets).reason in (Reason.BAD_LENGTH, Reason.TRUNCATED)


@pytest.mark.parametrize("domains", [(), ("example.com",), ("a.b.c", "x"), ("l" * 63,)])
def test_a_search_list_comes_back(domains):
    assert search_domains(search_list(domains, 1)) == domains


def test_a_dot_at_the_end_of_a_name_is_its_root():
    assert search_list(["example.com."], 1) == search_list(["example.com"], 1)


@pytest.mark.parametrize(
    ("octets", "offset", "reason"),
    [
        (b"\x40" + bytes(7), 8, Reason.BAD_LENGTH),
        (b"\xc0\x0c" + bytes(6), 8, Reason.BAD_LENGTH),
        (b"\1a\6bcdef", 10, Reason.BAD_LENGTH),
        (b"\7abcdefg", 16, Reason.TRUNCATED),
    ],
)
def test_a_name_that_rfc_1035_does_not_write_is_refused(octets, offset, reason):
    with pytest.raises(Malformed) as caught:
        search_domains(DnsSearchList(lifetime_seconds=0, domain_names=octets))
    assert (caught.value.offset, caught.value.reason) == (offset, reason)


@pytest.mark.parametrize("domain", ["", "a..b", "l" * 64, ".".join(["l" * 63] * 4)])
def test_a_name_that_cannot_be_written_is_refused(domain):
    with pytest.raises(UsageError):
        search_list([domain], 1)
