"""Our 6LoWPAN headers as Wireshark reads them, field by field: LOWPAN_HC1 in all its forms, and others."""

import ipaddress
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest

from p6lowpan.wire.address import BROADCAST, Link, LinkAddress
from p6lowpan.wire.description import Header
from p6lowpan.wire.sixlowpan import header_compression_1 as hc1
from p6lowpan.wire.sixlowpan.fragment import FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.header_compression_1 import HeaderCompression1
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, mesh_header
from p6lowpan.wire.sixlowpan.paging import PageSwitch
from p6lowpan.wire.sixlowpan.recoverable_fragment import (
    RecoverableFragment,
    RecoverableFragmentAcknowledgment,
    bitmap_of,
)
from p6lowpan.wire.sixlowpan.routing_header import IpInIp, rpl_information, source_routes

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

LONG = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
SHORT = Link(LinkAddress(bytes.fromhex("0a0b")), LinkAddress(bytes.fromhex("0c0d")))
ADDRESSING = {LONG: "41dc", SHORT: "4198"}
"""Frame control: data, PAN identifier compressed, addresses of 64 or 16 bits."""

NO_FCS = 230
Rows = Callable[[list[bytes], Link, list[str]], list[list[str]]]


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """What tshark shows of each frame: one list of fields a frame."""

    def show(payloads: list[bytes], link: Link, fields: list[str]) -> list[list[str]]:
        path = tmp_path / "headers.pcap"
        with path.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, NO_FCS))
            for number, payload in enumerate(payloads):
                header = bytes.fromhex(ADDRESSING[link]) + bytes((number % 256,)) + bytes.fromhex("cdab")
                frame = header + link.destination[::-1] + link.source[::-1] + payload
                file.write(struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame)
        command = [
            str(TSHARK),
            "-r",
            str(path),
            "-d",
            "udp.port==61617,data",
            "-d",
            "udp.port==5683,data",
            "-T",
            "fields",
        ]
        # Wireshark guesses 6LoWPAN from the first octet, and knows not all of them: here it is told.
        command += ["-d", "wpan.panid==0xabcd,6lowpan"]
        command += [argument for field in fields for argument in ("-e", field)]
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [line.split("\t") for line in shown]

    return show


# --- LOWPAN_HC1 and HC_UDP -------------------------------------------------------------------------------------------

DATA = bytes.fromhex("c0ffee0123456789")
PREFIX, IDENTIFIER = bytes.fromhex("20010db80a0b0c0d"), bytes.fromhex("0011223344556677")
UDP_HEADER = bytes.fromhex("f0b1f0b20010beef")
ICMP_HEADER = bytes.fromhex("8000beef12345678")
TCP_HEADER = bytes.fromhex("f0b1f0b200000001000000025010100000000000")
FOLLOWING = {0: UDP_HEADER, 1: UDP_HEADER, 2: ICMP_HEADER, 3: TCP_HEADER}
IPV6_FIELDS = ["tclass", "flow", "plen", "nxt", "hlim", "src", "dst"]


def every_form() -> Iterator[tuple[HeaderCompression1, bytes]]:
    """Each combination of encoding bits, and what follows the header."""
    for prefixes in product((0, 1), repeat=5):
        for code in range(4):
            yield form(prefixes, code, None), FOLLOWING[code] + DATA
        for udp in product((0, 1), repeat=3):
            yield form(prefixes, hc1.UDP_CODE, udp), DATA


def form(bits: tuple[int, ...], code: int, udp: tuple[int, ...] | None) -> HeaderCompression1:
    source_prefix, source_identifier, destination_prefix, destination_identifier, zero = bits
    short_source, short_destination, length = udp or (None, None, None)
    aligned = (not zero) + (short_source or 0) + (short_destination or 0)
    return HeaderCompression1(
        source_prefix_elided=source_prefix,
        source_identifier_elided=source_identifier,
        destination_prefix_elided=destination_prefix,
        destination_identifier_elided=destination_identifier,
        traffic_class_and_flow_label_zero=zero,
        next_header_code=code,
        hc2=int(udp is not None),
        source_port_short=short_source,
        destination_port_short=short_destination,
        udp_length_elided=length,
        hc2_reserved=0 if udp else None,
        hop_limit=77,
        source_prefix=None if source_prefix else PREFIX,
        source_identifier=None if source_identifier else IDENTIFIER,
        destination_prefix=None if destination_prefix else PREFIX[::-1],
        destination_identifier=None if destination_identifier else IDENTIFIER[::-1],
        traffic_class=None if zero else 0xA5,
        flow_label=None if zero else 0x12345,
        next_header=None if code else 17,
        source_port=0x1633 if short_source == 0 else None,
        short_source_port=1 if short_source else None,
        destination_port=0x1634 if short_destination == 0 else None,
        short_destination_port=2 if short_destination else None,
        udp_length=16 if length == 0 else None,
        udp_checksum=0xBEEF if udp else None,
        padding=0 if aligned % 2 else None,
    )


def shown_fields(packet: bytes) -> list[str]:
    """What tshark shows of an IPv6 packet, in IPV6_FIELDS and the transport's."""
    word, length, next_header, hops = struct.unpack(">IHBB", packet[:8])
    ends = [str(ipaddress.IPv6Address(packet[at : at + 16])) for at in (8, 24)]
    seen = [f"0x{word >> 20 & 0xFF:08x}", f"0x{word & 0xFFFFF:06x}", str(length), str(next_header), str(hops), *ends]
    source, destination, udp_length, checksum = struct.unpack(">4H", packet[40:48])
    if next_header == 17:
        return [*seen, str(source), str(destination), str(udp_length), f"0x{checksum:04x}", packet[48:].hex()]
    return [*seen, "", "", "", "", ""]


@pytest.mark.parametrize("link", [LONG, SHORT], ids=["long addresses", "short addresses"])
def test_wireshark_expands_every_form_of_hc1_as_we_do(rows: Rows, link: Link) -> None:
    forms = list(every_form())
    packets = [
        hc1.expand(header, link, hc1.expanded_octets(header) + len(following)) + following
        for header, following in forms
    ]
    fields = [f"ipv6.{name}" for name in IPV6_FIELDS]
    fields += ["udp.srcport", "udp.dstport", "udp.length", "udp.checksum", "data.data"]
    shown = rows([header.encode() + following for header, following in forms], link, fields)
    assert len(shown) == 32 * (4 + 8)
    for (header, _), line, packet in zip(forms, shown, packets, strict=True):
        expected = shown_fields(packet)
        if expected[3] != "17":
            line[7:] = [""] * 5
        assert line == expected, header


# --- the headers below IP --------------------------------------------------------------------------------------------

IPHC = bytes.fromhex("7b333a")
"""LOWPAN_IPHC with both addresses elided, in front of an ICMPv6 message."""

PAYLOAD = IPHC + ICMP_HEADER
PREFIXES = ("6lowpan.mesh.", "6lowpan.bcast.", "6lowpan.frag.", "6lowpan.rfrag.")
BELOW_IP: list[tuple[list[Header], dict[str, str]]] = [
    (
        [mesh_header(LONG.source, LONG.destination, 5)],
        {
            "mesh.v": "0",
            "mesh.f": "0",
            "mesh.hops": "5",
            "mesh.orig64": "0x0212345678abcd01",
            "mesh.dest64": "0x0212345678abcd02",
        },
    ),
    (
        [mesh_header(SHORT.source, BROADCAST, 32), BroadcastHeader(sequence_number=23)],
        {
            "mesh.v": "1",
            "mesh.f": "1",
            "mesh.hops": "15",
            "mesh.hops8": "32",
            "mesh.orig16": "0x0a0b",
            "mesh.dest16": "0xffff",
            "bcast.seqnum": "23",
        },
    ),
    ([FirstFragment(datagram_size=200, datagram_tag=0x1234)], {"frag.size": "200", "frag.tag": "0x1234"}),
    (
        [SubsequentFragment(datagram_size=200, datagram_tag=0x1234, datagram_offset=12)],
        {"frag.size": "200", "frag.tag": "0x1234", "frag.offset": "96"},
    ),
    (
        [RecoverableFragment(datagram_tag=5, sequence=0, fragment_size=96, datagram_size=300)],
        {
            "rfrag.congestion": "0",
            "rfrag.ack_requested": "0",
            "rfrag.tag": "5",
            "rfrag.sequence": "0",
            "rfrag.size": "96",
            "rfrag.datagram_size": "300",
        },
    ),
    (
        [
            RecoverableFragment(
                explicit_congestion=1,
                datagram_tag=255,
                ack_request=1,
                sequence=31,
                fragment_size=1023,
                fragment_offset=65535,
            )
        ],
        {
            "rfrag.congestion": "1",
            "rfrag.ack_requested": "1",
            "rfrag.tag": "255",
            "rfrag.sequence": "31",
            "rfrag.size": "1023",
            "rfrag.offset": "65535",
        },
    ),
    (
        [RecoverableFragmentAcknowledgment(congestion_echo=1, datagram_tag=9, bitmap=bitmap_of([0, 9, 31]))],
        {"rfrag.congestion": "1", "rfrag.tag": "9", "rfrag.ack_bitmask": "0x80400001"},
    ),
]


def test_wireshark_reads_the_headers_below_ip_as_we_write_them(rows: Rows) -> None:
    names = sorted({name for _, expected in BELOW_IP for name in expected})
    frames = [b"".join(header.encode() for header in headers) + PAYLOAD for headers, _ in BELOW_IP]
    shown = rows(frames, LONG, [f"6lowpan.{name}" for name in names])
    for line, (_, expected) in zip(shown, BELOW_IP, strict=True):
        assert {name: value for name, value in zip(names, line, strict=True) if value} == expected


# --- 6LoWPAN Routing Headers -----------------------------------------------------------------------------------------
# Wireshark 4.0 shows the SenderRank of one octet as that octet, gives up at an encapsulator's address, and does not
# skip elective headers that it does not know: those are not asked for.

ROOT = bytes.fromhex("20010db8000000000000000000000001")
HOPS = [ROOT[:14] + bytes((hop, hop)) for hop in (0x11, 0x22, 0x33)]
ROUTED: list[tuple[list[Header], dict[str, str]]] = [
    (
        [rpl_information(0, 0x0200)],
        {
            "6loRH.bitO": "False",
            "6loRH.bitR": "False",
            "6loRH.bitF": "False",
            "rpl.instance": "0x00",
            "sender.rank": "0x02",
        },
    ),
    (
        [rpl_information(5, 0x0123, down=True, rank_error=True, forwarding_error=True)],
        {
            "6loRH.bitO": "True",
            "6loRH.bitR": "True",
            "6loRH.bitF": "True",
            "rpl.instance": "0x05",
            "sender.rank": "0x0123",
        },
    ),
    (
        [*source_routes(HOPS, ROOT), rpl_information(0, 0x0100, down=True), IpInIp(hop_limit=64)],
        {
            "6loRH.bitO": "True",
            "6loRH.bitR": "False",
            "6loRH.bitF": "False",
            "rpl.instance": "0x00",
            "sender.rank": "0x01",
            "rhhop.limit": "0x40",
        },
    ),
]


def test_wireshark_reads_routing_headers_as_we_write_them(rows: Rows) -> None:
    names = sorted({name for _, expected in ROUTED for name in expected})
    frames = [
        PageSwitch(page=1).encode() + b"".join(header.encode() for header in headers) + PAYLOAD for headers, _ in ROUTED
    ]
    shown = rows(frames, LONG, [*(f"6lowpan.{name}" for name in names), "icmpv6.echo.identifier"])
    for (*line, identifier), (_, expected) in zip(shown, ROUTED, strict=True):
        values = {name: value for name, value in zip(names, line, strict=True) if value}
        booleans = {"0": "False", "1": "True"}
        assert {name: booleans.get(value, value) for name, value in values.items()} == expected
        assert identifier == "0x1234", "what is behind the routing headers"
