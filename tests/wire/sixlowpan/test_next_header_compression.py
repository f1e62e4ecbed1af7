"""LOWPAN_NHC: RFC 6282 sections 4.2 and 4.3, RFC 7400 section 3. A vector for each row, in both directions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability.errors import Malformed, UsageError
from p6lowpan.capability.reasons import Reason
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan.byte_code import TerminatedCode
from p6lowpan.wire.sixlowpan.next_header_compression import (
    NEXT_HEADERS,
    CompressedExtension,
    CompressedFragment,
    CompressedIpv6,
    CompressedUdp,
    GenericExtension,
    GenericIcmpv6,
    GenericUdp,
    PortsDestinationShort,
    PortsNibbles,
    PortsSourceShort,
    PortsWhole,
)

EXTENSIONS = [  # section 4.2, figure 13: EID 0, 1, 3 and 4, each with the next header in line and elided
    ("e0 3b 04 1e020000", CompressedExtension(extension=0, next_header=59, data=bytes.fromhex("1e020000"))),
    ("e1 04 1e020000", CompressedExtension(extension=0, nh=1, data=bytes.fromhex("1e020000"))),
    ("e2 3b 06 030100000000", CompressedExtension(extension=1, next_header=59, data=bytes.fromhex("030100000000"))),
    ("e3 06 030100000000", CompressedExtension(extension=1, nh=1, data=bytes.fromhex("030100000000"))),
    ("e6 3b 00", CompressedExtension(extension=3, next_header=59)),
    ("e7 00", CompressedExtension(extension=3, nh=1)),
    ("e8 3b 06 010000000000", CompressedExtension(extension=4, next_header=59, data=bytes.fromhex("010000000000"))),
    ("e9 06 010000000000", CompressedExtension(extension=4, nh=1, data=bytes.fromhex("010000000000"))),
]
FRAGMENTS = [  # EID 2, whose reserved octet is sent as it is
    ("e4 3b 00 000112345678", CompressedFragment(next_header=59, data=bytes.fromhex("000112345678"))),
    ("e5 00 000112345678", CompressedFragment(nh=1, data=bytes.fromhex("000112345678"))),
    ("e5 06 000112345678", CompressedFragment(nh=1, reserved=6, data=bytes.fromhex("000112345678"))),
    ("e4 3b ff 000112345678", CompressedFragment(next_header=59, reserved=255, data=bytes.fromhex("000112345678"))),
]
IPV6 = [("ee", CompressedIpv6())]
PORTS: list[tuple[str, Any]] = [  # section 4.3.3, by P
    ("1633 9c40", PortsWhole(source=5683, destination=40000)),
    ("1633 40", PortsDestinationShort(source=5683, destination=0x40)),
    ("33 9c40", PortsSourceShort(source=0x33, destination=40000)),
    ("3a", PortsNibbles(source=3, destination=10)),
]
UDP = [
    (f"{0xF0 | mode:02x} {octets} beef", CompressedUdp(port_mode=mode, ports=ports, checksum=0xBEEF))
    for mode, (octets, ports) in enumerate(PORTS)
] + [
    (f"{0xF4 | mode:02x} {octets}", CompressedUdp(checksum_elided=1, port_mode=mode, ports=ports))
    for mode, (octets, ports) in enumerate(PORTS)
]
CODE = "03 414243 81"
GENERIC_ENDS: list[tuple[str, Header]] = [
    (f"{0xD0 | mode:02x} {octets} beef", GenericUdp(port_mode=mode, ports=ports, checksum=0xBEEF))
    for mode, (octets, ports) in enumerate(PORTS)
]
GENERIC_ENDS += [
    (f"{0xD4 | mode:02x} {octets}", GenericUdp(checksum_elided=1, port_mode=mode, ports=ports))
    for mode, (octets, ports) in enumerate(PORTS)
]
GENERIC_ENDS += [("df", GenericIcmpv6())]
GENERIC_EXTENSIONS = [
    (f"{0xB0 | extension << 1 | nh:02x} {CODE} 90", GenericExtension(extension=extension, nh=nh, code=code))
    for code in [TerminatedCode(octets=bytes.fromhex(f"{CODE} 90"))]
    for extension in (0, 1, 3, 4)
    for nh in (0, 1)
]


@pytest.mark.parametrize(("octets", "value"), [*EXTENSIONS, *FRAGMENTS, *IPV6, *UDP, *GENERIC_EXTENSIONS])
def test_a_header_goes_both_ways(octets: str, value: Any, goes_both_ways: Any, stands_hostile_octets: Any) -> None:
    goes_both_ways(NEXT_HEADERS.decode, value, bytes.fromhex(octets))
    stands_hostile_octets(NEXT_HEADERS.decode, bytes.fromhex(octets))


@pytest.mark.parametrize(("octets", "value"), GENERIC_ENDS)
def test_a_generic_payload_goes_both_ways_and_takes_all_that_is_left(
    octets: str, value: Any, stands_hostile_octets: Any
) -> None:
    assert NEXT_HEADERS.decode(bytes.fromhex(octets)) == (value, b"")
    header, rest = NEXT_HEADERS.decode(bytes.fromhex(octets + CODE))
    assert isinstance(header, GenericUdp | GenericIcmpv6)
    assert (header.code, rest) == (bytes.fromhex(CODE), b"")
    assert header.encode() == bytes.fromhex(octets + CODE)
    assert stands_hostile_octets(NEXT_HEADERS.decode, bytes.fromhex(octets + CODE))


@pytest.mark.parametrize(("octets", "value"), [*EXTENSIONS, *FRAGMENTS, *IPV6, *UDP, *GENERIC_EXTENSIONS])
def test_a_header_cut_off_anywhere_is_truncated(octets: str, value: Header) -> None:
    whole = bytes.fromhex(octets)
    for end in range(1, len(whole)):
        with pytest.raises(Malformed) as caught:
            NEXT_HEADERS.decode(whole[:end])
        assert (caught.value.reason, caught.value.offset) == (Reason.TRUNCATED, end)


def test_no_octet_at_all_is_truncated() -> None:
    with pytest.raises(Malformed) as caught:
        NEXT_HEADERS.decode(b"")
    assert (caught.value.layer, caught.value.reason) == ("nhc", Reason.TRUNCATED)


ASSIGNED = {*range(0xB0, 0xC0), *range(0xD0, 0xD8), 0xDF, *range(0xE0, 0xF0), *range(0xF0, 0xF8)}


@pytest.mark.parametrize("octet", sorted({*range(256)} - ASSIGNED))
def test_an_octet_that_no_rfc_assigns_is_an_unknown_next_header(octet: int) -> None:
    with pytest.raises(Malformed) as caught:
        NEXT_HEADERS.decode(bytes((octet,)) + bytes(8))
    assert (caught.value.reason, caught.value.offset) == (Reason.UNKNOWN_NEXT_HEADER, 0)
    assert f"{octet:#04x}" in caught.value.detail


@pytest.mark.parametrize(
    "octets",
    ["ea 3b 00", "eb 00", "ec 3b 00", "ed 00", "ef", "ba 90", "bb 90", "bc 90", "bd 90", "be 90", "b4 90", "b5 90"],
)
def test_a_reserved_form_is_malformed(octets: str) -> None:
    """EID 5 and 6; IPv6 with NH set; generic forms of what has no length field."""
    with pytest.raises(Malformed) as caught:
        NEXT_HEADERS.decode(bytes.fromhex(octets))
    assert (caught.value.reason, caught.value.offset) == (Reason.RESERVED, 0)


@pytest.mark.parametrize("octets", range(0, 256, 15))
def test_the_length_counts_the_octets_that_follow(octets: int) -> None:
    header = CompressedExtension(extension=0, nh=1, data=bytes(octets))
    assert header.encode() == bytes((0xE1, octets)) + bytes(octets)
    assert NEXT_HEADERS.decode(header.encode() + b"\xa5") == (header, b"\xa5")


def test_more_than_255_octets_cannot_be_written() -> None:
    """Section 4.2: "LOWPAN_NHC MUST NOT be used to encode IPv6 Extension Headers that have more than 255 octets"."""
    with pytest.raises(UsageError):
        CompressedExtension(extension=0, nh=1, data=bytes(256))


@pytest.mark.parametrize(
    ("ports", "source", "destination"),
    [
        (PortsWhole(source=0, destination=0xFFFF), 0, 0xFFFF),
        (PortsDestinationShort(source=0xFFFF, destination=0xFF), 0xFFFF, 0xF0FF),
        (PortsSourceShort(source=0, destination=0), 0xF000, 0),
        (PortsNibbles(source=15, destination=0), 0xF0BF, 0xF0B0),
    ],
)
def test_short_ports_count_from_their_base(ports: Any, source: int, destination: int) -> None:
    assert ports.SOURCE_BASE + ports.source == source
    assert ports.DESTINATION_BASE + ports.destination == destination


@given(st.binary(min_size=1, max_size=60))
def test_any_octets_give_themselves_back_or_are_malformed(stands: bytes) -> None:
    try:
        header, rest = NEXT_HEADERS.decode(stands)
    except Malformed as error:
        offset = error.offset
    else:
        offset = 0
        assert header.encode() + rest == stands
    assert 0 <= offset <= len(stands)
