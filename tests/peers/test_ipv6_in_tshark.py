"""Our IPv6 headers, UDP and TCP as Wireshark reads them, field by field, every checksum computed by us.

Wireshark 4.0 does not know the RPL option under its type 0x23: it is compared under 0x63.
"""

import pytest

from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6 import tcp, udp
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.chain import checksum_addresses
from p6lowpan.wire.ipv6.extension import (
    AuthenticationHeader,
    DestinationOptions,
    EncapsulatingSecurityPayload,
    FragmentHeader,
    HopByHopOptions,
    MobilityHeader,
)
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.options import (
    HomeAddress,
    MplOption,
    PadN,
    RouterAlert,
    RplOption,
    TunnelEncapsulationLimit,
    padded,
)
from p6lowpan.wire.ipv6.routing import HomeAddressRoute, SourceRouteType0, source_route

ONE, TWO, THREE, FOUR = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3, 4))
PREFIX = parse_ipv6("2001:db8:0:1::")
UDP = udp.datagram(40000, 40001, b"hello, again, 24 octets.")
TCP = tcp.Tcp(
    source_port=40000,
    destination_port=40002,
    sequence_number=7,
    acknowledgment_number=8,
    accurate_ecn=1,
    congestion_echo=1,
    acknowledgment=1,
    synchronize=1,
    window=1000,
    options=(
        tcp.MaximumSegmentSize(maximum_segment_size=1220),
        tcp.SelectiveAcknowledgmentPermitted(),
        tcp.Timestamps(value=5, echo_reply=6),
        tcp.NoOperation(),
        tcp.WindowScale(shift=7),
    ),
)

VECTORS = {
    "IPv6 and UDP": (
        17,
        [UDP],
        {
            "ipv6.tclass.dscp": 46,
            "ipv6.tclass.ecn": 1,
            "ipv6.flow": 0xABCDE,
            "ipv6.plen": 32,
            "ipv6.nxt": 17,
            "ipv6.hlim": 64,
            "ipv6.src": "2001:db8::1",
            "ipv6.dst": "2001:db8::2",
            "udp.srcport": 40000,
            "udp.dstport": 40001,
            "udp.length": 32,
        },
    ),
    "the RPL option": (
        0,
        [
            HopByHopOptions(
                next_header=17,
                options=padded((RplOption(type=0x63, down=1, forwarding_error=1, instance=30, sender_rank=512),)),
            ),
            UDP,
        ],
        {
            "ipv6.opt.type": 0x63,
            "ipv6.opt.type.action": 1,
            "ipv6.opt.type.change": 1,
            "ipv6.opt.rpl.flag.o": 1,
            "ipv6.opt.rpl.flag.r": 0,
            "ipv6.opt.rpl.flag.f": 1,
            "ipv6.opt.rpl.instance_id": 30,
            "ipv6.opt.rpl.sender_rank": 512,
        },
    ),
    "router alert and MPL": (
        0,
        [
            HopByHopOptions(
                next_header=17,
                options=padded((RouterAlert(value=0), MplOption(largest_known=1, sequence=9, seed=b"\x12\x34"))),
            ),
            UDP,
        ],
        {
            "ipv6.opt.router_alert": 0,
            "ipv6.opt.type.action": [0, 1, 0],
            "ipv6.opt.mpl.flag.s": 1,
            "ipv6.opt.mpl.flag.m": 1,
            "ipv6.opt.mpl.flag.v": 0,
            "ipv6.opt.mpl.sequence": 9,
            "ipv6.opt.mpl.seed_id": "12:34",
            "ipv6.opt.padn": "00:00",
        },
    ),
    "a RPL source route": (
        43,
        [source_route(17, [TWO, THREE, FOUR]), UDP],
        {
            "ipv6.routing.type": 3,
            "ipv6.routing.segleft": 2,
            "ipv6.routing.rpl.cmprI": 15,
            "ipv6.routing.rpl.cmprE": 15,
            "ipv6.routing.rpl.pad": 6,
            "ipv6.routing.rpl.full_address": ["2001:db8::3", "2001:db8::4"],
        },
    ),
    "a RPL source route to elsewhere": (
        43,
        [source_route(17, [TWO, THREE, PREFIX]), UDP],
        {
            "ipv6.routing.rpl.cmprI": 15,
            "ipv6.routing.rpl.cmprE": 7,
            "ipv6.routing.rpl.full_address": ["2001:db8::3", "2001:db8:0:1::"],
        },
    ),
    "routing type 0": (
        43,
        [SourceRouteType0(next_header=17, segments_left=2, addresses=entries([THREE, FOUR])), UDP],
        {"ipv6.routing.type": 0, "ipv6.routing.src.addr": ["2001:db8::3", "2001:db8::4"]},
    ),
    "routing type 2": (
        43,
        [HomeAddressRoute(next_header=17, home_address=FOUR), UDP],
        {"ipv6.routing.type": 2, "ipv6.routing.mipv6.home_address": "2001:db8::4"},
    ),
    "destination options": (
        60,
        [
            DestinationOptions(
                next_header=17,
                options=padded(
                    (PadN(padding=bytes(2)), HomeAddress(home_address=THREE), TunnelEncapsulationLimit(limit=3))
                ),
            ),
            UDP,
        ],
        {"ipv6.opt.mipv6.home_address": "2001:db8::3", "ipv6.opt.tel": 3, "ipv6.opt.type.action": [0, 3, 0, 0]},
    ),
    "a fragment": (
        44,
        [FragmentHeader(next_header=17, offset=185, reserved_bits=2, more=1, identification=0x1020304)],
        {
            "ipv6.fraghdr.nxt": 17,
            "ipv6.fraghdr.offset": 185,
            "ipv6.fraghdr.reserved_bits": 2,
            "ipv6.fraghdr.more": 1,
            "ipv6.fraghdr.ident": 0x1020304,
        },
    ),
    "mobility": (
        135,
        [MobilityHeader(payload_protocol=59, type=5, checksum=1, data=bytes(10))],
        {"mip6.proto": 59, "mip6.hlen": 1, "mip6.mhtype": 5, "mip6.csum": 1},
    ),
    "authentication": (
        51,
        [
            AuthenticationHeader(
                next_header=17, security_parameters_index=1, sequence_number=2, integrity_check_value=b"\xaa" * 12
            ),
            UDP,
        ],
        {"ah.next_header": 17, "ah.length": 4, "ah.spi": 1, "ah.sequence": 2, "ah.icv": ":".join(["aa"] * 12)},
    ),
    "ESP": (
        50,
        [EncapsulatingSecurityPayload(security_parameters_index=3, sequence_number=4)],
        {"esp.spi": 3, "esp.sequence": 4},
    ),
    "TCP": (
        6,
        [TCP],
        {
            "tcp.srcport": 40000,
            "tcp.seq_raw": 7,
            "tcp.ack_raw": 8,
            "tcp.hdr_len": 40,
            "tcp.flags": 0x152,
            "tcp.flags.ae": 1,
            "tcp.flags.cwr": 0,
            "tcp.flags.ece": 1,
            "tcp.flags.syn": 1,
            "tcp.window_size_value": 1000,
            "tcp.options.mss_val": 1220,
            "tcp.options.timestamp.tsval": 5,
            "tcp.options.timestamp.tsecr": 6,
            "tcp.options.wscale.shift": 7,
        },
    ),
    "IPv6 in IPv6": (
        41,
        [Ipv6(payload_length=32, next_header=17, hop_limit=1, source=THREE, destination=FOUR), UDP],
        {"ipv6.src": ["2001:db8::1", "2001:db8::3"], "ipv6.hlim": [64, 1]},
    ),
}


def packet(first, headers):
    payload = b"hello, again, 24 octets."
    octets = sum(len(header.encode()) for header in headers) + len(payload)
    outer = Ipv6(
        dscp=46, ecn=1, flow_label=0xABCDE, payload_length=octets, next_header=first, hop_limit=64, source=ONE,
        destination=TWO,
    )  # fmt: skip
    source, destination = checksum_addresses([outer, *headers])
    last = headers[-1]
    if isinstance(last, udp.Udp):
        last = udp.with_checksum(last, source, destination, payload)
    elif isinstance(last, tcp.Tcp):
        last = tcp.with_checksum(last, source, destination, payload)
    return b"".join(header.encode() for header in (outer, *headers[:-1], last)) + payload


PACKETS = {name: packet(first, headers) for name, (first, headers, _) in VECTORS.items()}
WITH_CHECKSUM = [name for name, (_, headers, _) in VECTORS.items() if headers[-1] in (UDP, TCP)]


@pytest.fixture(scope="module")
def shown(fields_in_tshark):
    return fields_in_tshark(PACKETS)


@pytest.mark.parametrize("name", VECTORS)
def test_wireshark_reads_what_we_wrote(shown, values, name):
    for field, expected in VECTORS[name][-1].items():
        wanted = expected if isinstance(expected, list) else [expected]
        assert values(shown[name], field, type(wanted[0])) == wanted, field


@pytest.mark.parametrize("name", VECTORS)
def test_wireshark_finds_nothing_malformed(shown, name):
    assert "_ws.malformed" not in shown[name]


@pytest.mark.parametrize("name", WITH_CHECKSUM)
def test_wireshark_finds_our_checksum_good(shown, name):
    """Over the final destination of every Routing header, and the home address of a mobile node."""
    assert shown[name]["udp.checksum.status"] + shown[name]["tcp.checksum.status"] == ["1"]
