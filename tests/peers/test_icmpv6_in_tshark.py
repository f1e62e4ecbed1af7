"""Our ICMPv6 messages and Neighbor Discovery options as Wireshark reads them, field by field.

Wireshark 4.0 does not know RFC 8505 (a verifier of more than 64 bits), a 6CIO longer than one unit, the options 39 to
42, and the error of P6LoWPAN: those are not compared here.
"""

import pytest

from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication
from p6lowpan.wire.ipv6.dns_options import RecursiveDnsServer, search_list
from p6lowpan.wire.ipv6.duplicate_address import DuplicateAddressConfirmation, DuplicateAddressRequest
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.icmpv6 import EchoReply, EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.icmpv6_message import with_checksum
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.lowpan_options import AuthoritativeBorderRouter, LowpanContext
from p6lowpan.wire.ipv6.multicast_listener import (
    MulticastAddressRecord,
    MulticastListenerDone,
    MulticastListenerQuery,
    MulticastListenerQueryV2,
    MulticastListenerReport,
    MulticastListenerReportV2,
)
from p6lowpan.wire.ipv6.neighbor_discovery import (
    NeighborAdvertisement,
    NeighborSolicitation,
    Redirect,
    RouterAdvertisement,
    RouterSolicitation,
)
from p6lowpan.wire.ipv6.registration_options import AddressRegistration
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation, RedirectedHeader, RouteInformation
from p6lowpan.wire.ipv6.signature_options import Nonce, RsaSignature, Timestamp

ONE, TWO, THREE, FOUR = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3, 4))
GROUP, PREFIX = parse_ipv6("ff02::fb"), parse_ipv6("2001:db8:0:1::")
EUI64 = bytes.fromhex("0212345678abcd01")
QUOTED = Ipv6(payload_length=0, next_header=59, hop_limit=3, source=THREE, destination=FOUR).encode()


def option(value):
    return NeighborSolicitation(target=ONE, options=(value,))


VECTORS = {
    "echo request": (
        EchoRequest(identifier=0xABCD, sequence_number=1, data=b"hi"),
        {"icmpv6.type": 128, "icmpv6.echo.identifier": 0xABCD, "icmpv6.echo.sequence_number": 1, "data.data": "68:69"},
    ),
    "echo reply": (EchoReply(identifier=1, sequence_number=2), {"icmpv6.type": 129, "icmpv6.echo.sequence_number": 2}),
    "destination unreachable": (
        DestinationUnreachable(code=4, invoking_packet=QUOTED),
        {"icmpv6.type": 1, "icmpv6.code": 4, "ipv6.hlim": [64, 3]},
    ),
    "packet too big": (
        PacketTooBig(mtu=1280, invoking_packet=QUOTED),
        {"icmpv6.mtu": 1280, "ipv6.dst": ["2001:db8::2", "2001:db8::4"]},
    ),
    "time exceeded": (TimeExceeded(code=1, invoking_packet=QUOTED), {"icmpv6.type": 3, "icmpv6.code": 1}),
    "parameter problem": (
        ParameterProblem(code=2, pointer=42, invoking_packet=QUOTED),
        {"icmpv6.code": 2, "icmpv6.pointer": 42},
    ),
    "listener query": (
        MulticastListenerQuery(maximum_response_delay_ms=10000, multicast_address=GROUP),
        {"icmpv6.mld.maximum_response_delay": 10000, "icmpv6.mld.multicast_address": "ff02::fb"},
    ),
    "listener report": (MulticastListenerReport(multicast_address=GROUP), {"icmpv6.mld.multicast_address": "ff02::fb"}),
    "listener done": (MulticastListenerDone(multicast_address=GROUP), {"icmpv6.type": 132}),
    "listener query, version 2": (
        MulticastListenerQueryV2(
            maximum_response_code=10000,
            multicast_address=GROUP,
            suppress_router_processing=1,
            robustness=2,
            query_interval_code=125,
            sources=entries([ONE]),
        ),
        {
            "icmpv6.mld.maximum_response_code": 10000,
            "icmpv6.mld.flag.s": 1,
            "icmpv6.mld.flag.qrv": 2,
            "icmpv6.mld.qqi": 125,
            "icmpv6.mld.nb_sources": 1,
            "icmpv6.mld.source_address": "2001:db8::1",
        },
    ),
    "listener report, version 2": (
        MulticastListenerReportV2(
            records=(
                MulticastAddressRecord(type=4, multicast_address=GROUP),
                MulticastAddressRecord(type=3, multicast_address=GROUP, sources=entries([ONE]), auxiliary_data=b"aux."),
            )
        ),
        {
            "icmpv6.mldr.nb_mcast_records": 2,
            "icmpv6.mldr.mar.record_type": [4, 3],
            "icmpv6.mldr.mar.nb_sources": [0, 1],
            "icmpv6.mldr.mar.source_address": "2001:db8::1",
            "icmpv6.mldr.mar.auxiliary_data": "61:75:78:2e",
        },
    ),
    "router solicitation": (
        RouterSolicitation(options=(SourceLinkLayerAddress(address=address_field(EUI64)),)),
        {"icmpv6.type": 133, "icmpv6.opt.type": 1, "icmpv6.opt.src_linkaddr_eui64": "02:12:34:56:78:ab:cd:01"},
    ),
    "router advertisement": (
        RouterAdvertisement(
            hop_limit=64,
            managed_addresses=1,
            home_agent=1,
            preference=3,
            reserved=2,
            router_lifetime_seconds=1800,
            reachable_time_ms=1,
            retransmission_timer_ms=2,
            options=(
                Mtu(mtu=1280),
                PrefixInformation(
                    prefix_length=64,
                    on_link=1,
                    router_address=1,
                    valid_lifetime_seconds=86400,
                    preferred_lifetime_seconds=14400,
                    prefix=PREFIX,
                ),
                RouteInformation(prefix_length=48, preference=1, lifetime_seconds=60, prefix=PREFIX[:8]),
                LowpanContext(
                    context_length=64, compress=1, context_identifier=3, lifetime_minutes=10, prefix=PREFIX[:8]
                ),
                AuthoritativeBorderRouter(version_low=2, version_high=1, lifetime_minutes=9, border_router=FOUR),
                RecursiveDnsServer(lifetime_seconds=600, addresses=entries([THREE, FOUR])),
                search_list(["example.com", "a"], 601),
                CapabilityIndication(generic_compression=1),
                SourceLinkLayerAddress(address=address_field(b"\x0a\x0b")),
            ),
        ),
        {
            "icmpv6.nd.ra.cur_hop_limit": 64,
            "icmpv6.nd.ra.flag.m": 1,
            "icmpv6.nd.ra.flag.o": 0,
            "icmpv6.nd.ra.flag.h": 1,
            "icmpv6.nd.ra.flag.prf": 3,
            "icmpv6.nd.ra.flag.p": 0,
            "icmpv6.nd.ra.flag.rsv": 2,
            "icmpv6.nd.ra.router_lifetime": 1800,
            "icmpv6.nd.ra.reachable_time": 1,
            "icmpv6.nd.ra.retrans_timer": 2,
            "icmpv6.opt.type": [5, 3, 24, 34, 35, 25, 31, 36, 1],
            "icmpv6.opt.length": [1, 4, 2, 2, 3, 5, 3, 1, 1],
            "icmpv6.opt.mtu": 1280,
            "icmpv6.opt.prefix.length": [64, 48],
            "icmpv6.opt.prefix.flag.l": 1,
            "icmpv6.opt.prefix.flag.a": 0,
            "icmpv6.opt.prefix.flag.r": 1,
            "icmpv6.opt.prefix.valid_lifetime": 86400,
            "icmpv6.opt.prefix.preferred_lifetime": 14400,
            "icmpv6.opt.route_info.flag.route_preference": 1,
            "icmpv6.opt.route_lifetime": 60,
            "icmpv6.opt.6co.context_length": 64,
            "icmpv6.opt.6co.flag.c": 1,
            "icmpv6.opt.6co.flag.cid": 3,
            "icmpv6.opt.6co.valid_lifetime": 10,
            "icmpv6.opt.6co.context_prefix": "2001:db8:0:1::",
            "icmpv6.opt.abro.version_low": 2,
            "icmpv6.opt.abro.version_high": 1,
            "icmpv6.opt.abro.valid_lifetime": 9,
            "icmpv6.opt.abro.6lbr_address": "2001:db8::4",
            "icmpv6.opt.rdnss.lifetime": 600,
            "icmpv6.opt.rdnss": ["2001:db8::3", "2001:db8::4"],
            "icmpv6.opt.dnssl.lifetime": 601,
            "icmpv6.opt.dnssl": ["example.com", "a"],
            "icmpv6.opt.6cio.flag_g": 1,
            "icmpv6.opt.6cio.unassigned1": 0,
            "icmpv6.opt.src_linkaddr": "0a:0b:00:00:00:00",
        },
    ),
    "neighbor solicitation with a registration": (
        option(AddressRegistration(status=2, lifetime_minutes=60, ownership_verifier=EUI64)),
        {
            "icmpv6.nd.ns.target_address": "2001:db8::1",
            "icmpv6.opt.aro.status": 2,
            "icmpv6.opt.aro.registration_lifetime": 60,
            "icmpv6.opt.aro.eui64": "02:12:34:56:78:ab:cd:01",
        },
    ),
    "neighbor advertisement": (
        NeighborAdvertisement(
            router=1, override=1, target=ONE, options=(TargetLinkLayerAddress(address=address_field(EUI64)),)
        ),
        {
            "icmpv6.nd.na.flag.r": 1,
            "icmpv6.nd.na.flag.s": 0,
            "icmpv6.nd.na.flag.o": 1,
            "icmpv6.nd.na.target_address": "2001:db8::1",
            "icmpv6.opt.target_linkaddr_eui64": "02:12:34:56:78:ab:cd:01",
        },
    ),
    "redirect": (
        Redirect(target=ONE, destination=FOUR, options=(RedirectedHeader(packet=QUOTED),)),
        {"icmpv6.nd.rd.target_address": "2001:db8::1", "icmpv6.rd.na.destination_address": "2001:db8::4"},
    ),
    "the timestamp": (option(Timestamp(timestamp=1 << 16 | 0x8000)), {"icmpv6.opt.type": 13}),
    "the nonce": (option(Nonce(nonce=b"sixoct")), {"icmpv6.opt.nonce": "73:69:78:6f:63:74"}),
    "the RSA signature": (
        option(RsaSignature(key_hash=bytes(range(16)), signature_and_padding=b"sign")),
        {"icmpv6.opt.rsa.key_hash": bytes(range(16)).hex(":")},
    ),
    "duplicate address request": (
        DuplicateAddressRequest(
            code_suffix=1, transaction=241, lifetime_minutes=7, ownership_verifier=EUI64, registered_address=ONE
        ),
        {
            "icmpv6.type": 157,
            "icmpv6.code": 1,
            "icmpv6.6lowpannd.da.rsv": 241,
            "icmpv6.6lowpannd.da.lifetime": 7,
            "icmpv6.6lowpannd.da.eui64": "02:12:34:56:78:ab:cd:01",
            "icmpv6.6lowpannd.da.reg_addr": "2001:db8::1",
        },
    ),
    "duplicate address confirmation": (
        DuplicateAddressConfirmation(
            code_suffix=0, status=1, lifetime_minutes=7, ownership_verifier=EUI64, registered_address=ONE
        ),
        {"icmpv6.type": 158, "icmpv6.6lowpannd.da.status": 1, "icmpv6.6lowpannd.da.rsv": 0},
    ),
}


def packet(message):
    octets = with_checksum(message, ONE, TWO).encode()
    header = Ipv6(payload_length=len(octets), next_header=58, hop_limit=64, source=ONE, destination=TWO)
    return header.encode() + octets


PACKETS = {name: packet(message) for name, (message, _) in VECTORS.items()}


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


@pytest.mark.parametrize("name", VECTORS)
def test_wireshark_finds_our_checksum_good(shown, name):
    assert shown[name]["icmpv6.checksum.status"] == ["1"]
