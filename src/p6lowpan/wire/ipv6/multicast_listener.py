"""Multicast Listener Discovery: version 1 (RFC 2710) and version 2 (RFC 3810).

A query of 24 octets is of version 1, one of 28 or more of version 2 (RFC 3810 section 8.1). Octets behind the last
field are covered by the checksum and else ignored; they are kept.
"""

from typing import Annotated

from p6lowpan.wire import address
from p6lowpan.wire.description import AUTO, U8, U16, Bits, Computed, Each, Header, Meaning, Octets, Rest, wire
from p6lowpan.wire.ipv6.address_list import AddressEntry
from p6lowpan.wire.ipv6.icmpv6_message import FixedType
from p6lowpan.wire.ipv6.registry import MessageType

VERSION_2_QUERY_OCTETS = 28

RECORD_TYPES = {  # RFC 3810 section 5.2.12
    1: "mode is include",
    2: "mode is exclude",
    3: "change to include mode",
    4: "change to exclude mode",
    5: "allow new sources",
    6: "block old sources",
}


def response_delay_ms(code: int) -> int:
    """Maximum Response Code, RFC 3810 section 5.1.3: milliseconds, or from 32768 on a floating-point value."""
    if code < 32768:
        return code
    return (code & 0xFFF | 0x1000) << ((code >> 12 & 7) + 3)


def query_interval_seconds(code: int) -> int:
    """Querier's Query Interval Code, RFC 3810 section 5.1.9: seconds, or from 128 on a floating-point value."""
    if code < 128:
        return code
    return (code & 0xF | 0x10) << ((code >> 4 & 7) + 3)


def _delay_in_words(code: int) -> str:
    return f"{response_delay_ms(code)} ms"


def _interval_in_words(code: int) -> str:
    return f"{query_interval_seconds(code)} s"


@wire("icmpv6-multicast-listener-query")
class MulticastListenerQuery(Header):
    """RFC 2710 section 3: which addresses, or whether this one, have listeners."""

    type: FixedType = MessageType.MULTICAST_LISTENER_QUERY
    code: U8 = 0
    checksum: U16 = 0
    maximum_response_delay_ms: U16
    reserved: U16 = 0
    multicast_address: address.Ipv6
    additional_data: Rest = b""


@wire("icmpv6-multicast-listener-report")
class MulticastListenerReport(Header):
    """RFC 2710 section 3: the sender listens to the address."""

    type: FixedType = MessageType.MULTICAST_LISTENER_REPORT
    code: U8 = 0
    checksum: U16 = 0
    maximum_response_delay_ms: U16 = 0
    reserved: U16 = 0
    multicast_address: address.Ipv6
    additional_data: Rest = b""


@wire("icmpv6-multicast-listener-done")
class MulticastListenerDone(Header):
    """RFC 2710 section 3: the sender no longer listens to the address."""

    type: FixedType = MessageType.MULTICAST_LISTENER_DONE
    code: U8 = 0
    checksum: U16 = 0
    maximum_response_delay_ms: U16 = 0
    reserved: U16 = 0
    multicast_address: address.Ipv6
    additional_data: Rest = b""


@wire("icmpv6-multicast-listener-query-v2")
class MulticastListenerQueryV2(Header):
    """RFC 3810 section 5.1."""

    type: FixedType = MessageType.MULTICAST_LISTENER_QUERY
    code: U8 = 0
    checksum: U16 = 0
    maximum_response_code: Annotated[int, Bits(16), Meaning(_delay_in_words)]
    reserved: U16 = 0
    multicast_address: address.Ipv6
    reserved_bits: Annotated[int, Bits(4)] = 0
    suppress_router_processing: Annotated[int, Bits(1)] = 0
    robustness: Annotated[int, Bits(3)] = 0
    query_interval_code: Annotated[int, Bits(8), Meaning(_interval_in_words)] = 0
    number_of_sources: Annotated[int, Bits(16), Computed("len(sources)")] = AUTO
    sources: Annotated[tuple[AddressEntry, ...], Each("AddressEntry", count="number_of_sources")] = ()
    additional_data: Rest = b""


@wire("multicast-address-record")
class MulticastAddressRecord(Header):
    """RFC 3810 section 5.2.4. ``auxiliary_length`` counts units of 4 octets."""

    type: Annotated[int, Bits(8), Meaning(RECORD_TYPES)]
    auxiliary_length: Annotated[int, Bits(8), Computed("len(auxiliary_data) // 4")] = AUTO
    number_of_sources: Annotated[int, Bits(16), Computed("len(sources)")] = AUTO
    multicast_address: address.Ipv6
    sources: Annotated[tuple[AddressEntry, ...], Each("AddressEntry", count="number_of_sources")] = ()
    auxiliary_data: Annotated[bytes, Octets("4 * auxiliary_length")] = b""


@wire("icmpv6-multicast-listener-report-v2")
class MulticastListenerReportV2(Header):
    """RFC 3810 section 5.2."""

    type: FixedType = MessageType.MULTICAST_LISTENER_REPORT_V2
    code: U8 = 0
    checksum: U16 = 0
    reserved: U16 = 0
    number_of_records: Annotated[int, Bits(16), Computed("len(records)")] = AUTO
    records: Annotated[
        tuple[MulticastAddressRecord, ...], Each("MulticastAddressRecord", count="number_of_records")
    ] = ()
    additional_data: Rest = b""
