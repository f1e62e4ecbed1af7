"""Multicast Listener Discovery, versions 1 and 2."""

import pytest

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.multicast_listener import (
    MulticastAddressRecord,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
    query_interval_seconds,
    response_delay_ms,
)

GROUP, ONE = parse_ipv6("ff02::fb"), parse_ipv6("2001:db8::1")

VECTORS = {
    "query, RFC 2710 section 3": (
        MulticastListenerQuery(maximum_response_delay_ms=10000, multicast_address=bytes(16)),
        "82 00 0000 2710 0000" + "00" * 16,
    ),
    "report, RFC 2710 section 3": (
        MulticastListenerReport(checksum=0x1122, multicast_address=GROUP),
        f"83 00 1122 0000 0000 {GROUP.hex()}",
    ),
    "done, RFC 2710 section 3, with more behind": (
        MulticastListenerDone(multicast_address=GROUP, additional_data=b"\1"),
        f"84 00 0000 0000 0000 {GROUP.hex()} 01",
    ),
    "query, RFC 3810 section 5.1": (
        MulticastListenerQueryV2(
            maximum_response_code=10000, multicast_address=GROUP, suppress_router_processing=1, robustness=2,
            query_interval_code=125, sources=entries([ONE]), additional_data=b"\2",
        ),
        f"82 00 0000 2710 0000 {GROUP.hex()} 0a 7d 0001 {ONE.hex()} 02",
    ),
    "report, RFC 3810 section 5.2": (
        MulticastListenerReportV2(
            records=(
                MulticastAddressRecord(type=4, multicast_address=GROUP),
                MulticastAddressRecord(type=3, multicast_address=GROUP, sources=entries([ONE]), auxiliary_data=b"aux."),
            )
        ),
        f"8f 00 0000 0000 0002 04 00 0000 {GROUP.hex()} 03 01 0001 {GROUP.hex()} {ONE.hex()} 6175782e",
    ),
    "report without records": (MulticastListenerReportV2(additional_data=b"\7"), "8f 00 0000 0000 0000 07"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "octets"), VECTORS.values(), ids=VECTORS)
def test_a_message_goes_both_ways_and_stands_hostile_octets(proves, value, octets):
    proves(MESSAGES, value, octets)


@pytest.mark.parametrize(
    "octets",
    [
        "8f 00 0000 0000 ffff",
        f"8f 00 0000 0000 0001 04 00 ffff {GROUP.hex()}",
        f"8f 00 0000 0000 0001 04 ff 0000 {GROUP.hex()}",
        f"82 00 0000 0000 0000 {GROUP.hex()} 00 00 ffff",
    ],
)
def test_a_count_of_more_than_there_is_is_truncated(refuses, octets):
    assert refuses(MESSAGES, octets).reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("code", "milliseconds"), [(0, 0), (10000, 10000), (32767, 32767), (0x8000, 32768), (0xFFFF, 8387584)]
)
def test_a_response_code_is_a_time(code, milliseconds):
    """RFC 3810 section 5.1.3: (mant | 0x1000) << (exp + 3)."""
    assert response_delay_ms(code) == milliseconds


@pytest.mark.parametrize(("code", "seconds"), [(125, 125), (128, 128), (0x9F, 31 << 4), (255, 31744)])
def test_an_interval_code_is_a_time(code, seconds):
    """RFC 3810 section 5.1.9: (mant | 0x10) << (exp + 3)."""
    assert query_interval_seconds(code) == seconds


def test_fields_are_said_in_words(words):
    query = VECTORS["query, RFC 3810 section 5.1"][0]
    assert words(query, "maximum_response_code") == "10000 ms"
    assert words(query, "query_interval_code") == "125 s"
    assert words(MulticastAddressRecord(type=4, multicast_address=GROUP), "type") == "change to exclude mode"


@pytest.mark.parametrize(
    "build",
    [
        lambda: MulticastAddressRecord(type=1, multicast_address=GROUP, auxiliary_data=b"odd"),
        lambda: MulticastAddressRecord(type=1, multicast_address=GROUP, number_of_sources=1),
        lambda: MulticastListenerReportV2(number_of_records=2, records=()),
    ],
)
def test_a_report_that_counts_wrong_cannot_be_built(build):
    with pytest.raises(UsageError):
        build()
