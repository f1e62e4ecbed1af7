"""The same packets, built by scapy and by us, are the same octets: lengths, padding and checksums included."""

import pytest

pytest.importorskip("scapy.layers.inet6", reason="scapy is not installed")

from scapy.layers import inet, inet6
from scapy.packet import Raw

from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import checksum_holds
from p6lowpan.wire.ipv6 import tcp, udp
from p6lowpan.wire.ipv6.address_list import entries
from p6lowpan.wire.ipv6.chain import checksum_addresses, encode, headers
from p6lowpan.wire.ipv6.dns_options import RecursiveDnsServer, search_list
from p6lowpan.wire.ipv6.extension import DestinationOptions, FragmentHeader, HopByHopOptions
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES, EchoReply, EchoRequest
from p6lowpan.wire.ipv6.icmpv6_errors import DestinationUnreachable, PacketTooBig, ParameterProblem, TimeExceeded
from p6lowpan.wire.ipv6.icmpv6_message import with_checksum
from p6lowpan.wire.ipv6.link_layer_options import SourceLinkLayerAddress, TargetLinkLayerAddress
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
from p6lowpan.wire.ipv6.options import HomeAddress, JumboPayload, PadN, RouterAlert
from p6lowpan.wire.ipv6.router_options import Mtu, PrefixInformation, RedirectedHeader, RouteInformation
from p6lowpan.wire.ipv6.routing import SourceRouteType0

MAC, PREFIX, GROUP = "02:00:00:00:00:01", parse_ipv6("2001:db8:0:1::"), parse_ipv6("ff02::fb")
ONE, TWO, THREE = (parse_ipv6(f"2001:db8::{last}") for last in (1, 2, 3))
QUOTED = Ipv6(payload_length=0, next_header=59, hop_limit=3, source=TWO, destination=ONE).encode()

MESSAGE_VECTORS = {
    "echo request": (
        inet6.ICMPv6EchoRequest(id=0xABCD, seq=1, data=b"odd"),
        EchoRequest(identifier=0xABCD, sequence_number=1, data=b"odd"),
    ),
    "echo reply": (inet6.ICMPv6EchoReply(id=1, seq=2), EchoReply(identifier=1, sequence_number=2)),
    "destination unreachable": (
        inet6.ICMPv6DestUnreach(code=3) / Raw(QUOTED),
        DestinationUnreachable(code=3, invoking_packet=QUOTED),
    ),
    "packet too big": (
        inet6.ICMPv6PacketTooBig(mtu=1281) / Raw(QUOTED),
        PacketTooBig(mtu=1281, invoking_packet=QUOTED),
    ),
    "time exceeded": (
        inet6.ICMPv6TimeExceeded(code=1) / Raw(QUOTED),
        TimeExceeded(code=1, invoking_packet=QUOTED),
    ),
    "parameter problem": (
        inet6.ICMPv6ParamProblem(code=2, ptr=7) / Raw(QUOTED),
        ParameterProblem(code=2, pointer=7, invoking_packet=QUOTED),
    ),
    "listener query": (
        inet6.ICMPv6MLQuery(mrd=9, mladdr="ff02::fb"),
        MulticastListenerQuery(maximum_response_delay_ms=9, multicast_address=GROUP),
    ),
    "listener report": (inet6.ICMPv6MLReport(mladdr="ff02::fb"), MulticastListenerReport(multicast_address=GROUP)),
    "listener done": (inet6.ICMPv6MLDone(mladdr="ff02::fb"), MulticastListenerDone(multicast_address=GROUP)),
    "listener query, version 2": (
        inet6.ICMPv6MLQuery2(mrd=9, mladdr="ff02::fb", S=1, QRV=2, QQIC=125, sources=["2001:db8::1"]),
        MulticastListenerQueryV2(
            maximum_response_code=9, multicast_address=GROUP, suppress_router_processing=1, robustness=2,
            query_interval_code=125, sources=entries([ONE]),
        ),
    ),
    "listener report, version 2": (
        inet6.ICMPv6MLReport2(
            records=[
                inet6.ICMPv6MLDMultAddrRec(rtype=4, dst="ff02::fb"),
                inet6.ICMPv6MLDMultAddrRec(rtype=3, dst="ff02::fb", sources=["2001:db8::1"]),
            ]
        ),
        MulticastListenerReportV2(
            records=(
                MulticastAddressRecord(type=4, multicast_address=GROUP),
                MulticastAddressRecord(type=3, multicast_address=GROUP, sources=entries([ONE])),
            )
        ),
    ),
    "router solicitation": (
        inet6.ICMPv6ND_RS() / inet6.ICMPv6NDOptSrcLLAddr(lladdr=MAC),
        RouterSolicitation(options=(SourceLinkLayerAddress(address=bytes.fromhex("020000000001")),)),
    ),
    "router advertisement": (
        inet6.ICMPv6ND_RA(
            chlim=64, M=1, O=0, H=1, prf=3, P=1, routerlifetime=1800, reachabletime=1, retranstimer=2
        )
        / inet6.ICMPv6NDOptMTU(mtu=1280)
        / inet6.ICMPv6NDOptPrefixInfo(
            prefixlen=64, L=1, A=0, R=1, validlifetime=86400, preferredlifetime=14400, prefix="2001:db8:0:1::"
        )
        / inet6.ICMPv6NDOptRouteInfo(plen=64, prf=1, rtlifetime=60, prefix="2001:db8:0:1::", len=2)
        / inet6.ICMPv6NDOptRDNSS(lifetime=600, dns=["2001:db8::1", "2001:db8::2"])
        / inet6.ICMPv6NDOptDNSSL(lifetime=601, searchlist=["example.com.", "a.b."]),
        RouterAdvertisement(
            hop_limit=64, managed_addresses=1, home_agent=1, preference=3, proxied=1, router_lifetime_seconds=1800,
            reachable_time_ms=1, retransmission_timer_ms=2,
            options=(
                Mtu(mtu=1280),
                PrefixInformation(
                    prefix_length=64, on_link=1, router_address=1, valid_lifetime_seconds=86400,
                    preferred_lifetime_seconds=14400, prefix=PREFIX,
                ),
                RouteInformation(prefix_length=64, preference=1, lifetime_seconds=60, prefix=PREFIX[:8]),
                RecursiveDnsServer(lifetime_seconds=600, addresses=entries([ONE, TWO])),
                search_list(["example.com", "a.b"], 601),
            ),
        ),
    ),
    "neighbor solicitation": (inet6.ICMPv6ND_NS(tgt="2001:db8::3"), NeighborSolicitation(target=THREE)),
    "neighbor advertisement": (
        inet6.ICMPv6ND_NA(R=1, S=0, O=1, tgt="2001:db8::3") / inet6.ICMPv6NDOptDstLLAddr(lladdr=MAC),
        NeighborAdvertisement(
            router=1, override=1, target=THREE,
            options=(TargetLinkLayerAddress(address=bytes.fromhex("020000000001")),),
        ),
    ),
    "redirect": (
        inet6.ICMPv6ND_Redirect(tgt="2001:db8::3", dst="2001:db8::2")
        / inet6.ICMPv6NDOptRedirectedHdr(pkt=QUOTED),
        Redirect(target=THREE, destination=TWO, options=(RedirectedHeader(packet=QUOTED),)),
    ),
}  # fmt: skip

SCAPY_IPV6 = inet6.IPv6(src="2001:db8::1", dst="2001:db8::2", hlim=9, tc=0xB9, fl=0xABCDE)


def ours(next_header, *following, payload=b""):
    octets = sum(len(header.encode()) for header in following) + len(payload)
    outer = Ipv6(
        dscp=46, ecn=1, flow_label=0xABCDE, payload_length=octets, next_header=next_header, hop_limit=9, source=ONE,
        destination=TWO,
    )  # fmt: skip
    source, destination = checksum_addresses([outer, *following])
    last = following[-1]
    if isinstance(last, udp.Udp):
        last = udp.with_checksum(last, source, destination, payload)
    if isinstance(last, tcp.Tcp):
        last = tcp.with_checksum(last, source, destination, payload)
    return b"".join(header.encode() for header in (outer, *following[:-1], last)) + payload


UDP, SCAPY_UDP = udp.datagram(40000, 40001, b"hello"), inet.UDP(sport=40000, dport=40001) / b"hello"

CHAIN_VECTORS = {
    "UDP": (SCAPY_IPV6 / SCAPY_UDP, ours(17, UDP, payload=b"hello")),
    "TCP": (
        SCAPY_IPV6
        / inet.TCP(
            sport=1, dport=2, seq=3, ack=4, flags="SAE", window=5, urgptr=6,
            options=[("MSS", 1220), ("SAckOK", b""), ("Timestamp", (7, 8)), ("NOP", None), ("WScale", 9)],
        )
        / b"odd",
        ours(
            6,
            tcp.Tcp(
                source_port=1, destination_port=2, sequence_number=3, acknowledgment_number=4, synchronize=1,
                acknowledgment=1, congestion_echo=1, window=5, urgent_pointer=6,
                options=(
                    tcp.MaximumSegmentSize(maximum_segment_size=1220),
                    tcp.SelectiveAcknowledgmentPermitted(),
                    tcp.Timestamps(value=7, echo_reply=8),
                    tcp.NoOperation(),
                    tcp.WindowScale(shift=9),
                ),
            ),
            payload=b"odd",
        ),
    ),
    "hop-by-hop with a router alert": (
        SCAPY_IPV6 / inet6.IPv6ExtHdrHopByHop(options=[inet6.RouterAlert(value=0)]) / SCAPY_UDP,
        ours(0, HopByHopOptions(next_header=17, options=(RouterAlert(), PadN())), UDP, payload=b"hello"),
    ),
    "hop-by-hop with a jumbo payload": (
        SCAPY_IPV6 / inet6.IPv6ExtHdrHopByHop(options=[inet6.Jumbo(jumboplen=70000)], autopad=0) / SCAPY_UDP,
        ours(0, HopByHopOptions(next_header=17, options=(JumboPayload(payload_length=70000),)), UDP, payload=b"hello"),
    ),
    "destination options with a home address": (
        SCAPY_IPV6 / inet6.IPv6ExtHdrDestOpt(options=[inet6.HAO(hoa="2001:db8::3")]) / SCAPY_UDP,
        ours(
            60,
            DestinationOptions(next_header=17, options=(PadN(padding=bytes(2)), HomeAddress(home_address=THREE))),
            UDP,
            payload=b"hello",
        ),
    ),
    "routing type 0": (
        SCAPY_IPV6 / inet6.IPv6ExtHdrRouting(addresses=["2001:db8::3"]) / SCAPY_UDP,
        ours(
            43,
            SourceRouteType0(next_header=17, segments_left=1, addresses=entries([THREE])),
            UDP,
            payload=b"hello",
        ),
    ),
    "a fragment": (
        SCAPY_IPV6 / inet6.IPv6ExtHdrFragment(nh=17, offset=185, m=1, id=7) / Raw(bytes(8)),
        ours(44, FragmentHeader(next_header=17, offset=185, more=1, identification=7), payload=bytes(8)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("theirs", "value"), MESSAGE_VECTORS.values(), ids=MESSAGE_VECTORS)
def test_scapy_and_we_write_the_same_message(theirs, value):
    octets = bytes(SCAPY_IPV6 / theirs)
    assert with_checksum(value, ONE, TWO).encode().hex() == octets[40:].hex()


@pytest.mark.parametrize(("theirs", "value"), MESSAGE_VECTORS.values(), ids=MESSAGE_VECTORS)
def test_we_read_what_scapy_wrote(theirs, value):
    chain = headers(bytes(SCAPY_IPV6 / theirs))
    message, rest = MESSAGES.decode(chain.payload)
    assert (message, rest) == (with_checksum(value, ONE, TWO), b"")
    assert checksum_holds(*checksum_addresses(chain.headers), 58, chain.payload)


@pytest.mark.parametrize(("theirs", "octets"), CHAIN_VECTORS.values(), ids=CHAIN_VECTORS)
def test_scapy_and_we_write_the_same_packet(theirs, octets):
    assert octets.hex() == bytes(theirs).hex()


@pytest.mark.parametrize(("theirs", "octets"), CHAIN_VECTORS.values(), ids=CHAIN_VECTORS)
def test_a_packet_of_scapys_walks_and_comes_back(theirs, octets):
    assert encode(headers(bytes(theirs))) == octets
