"""Hostile octets, and CoAP as tshark sees it."""

import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from p6lowpan.capability.errors import Malformed
from p6lowpan.wire.address import parse_ipv6
from p6lowpan.wire.checksum import udp_checksum

CLIENT, SERVER = parse_ipv6("2001:db8::1"), parse_ipv6("2001:db8::2")
RAW_IP = 101  # https://www.tcpdump.org/linktypes.html, LINKTYPE_RAW
HEADERS = 40 + 8


@pytest.fixture
def stands_hostile_octets():
    """Every beginning of octets, and every copy with a bit flipped, decodes and gives the same octets or is refused."""

    def check(decode, octets):
        beginnings = [octets[:end] for end in range(len(octets))]
        number, width = int.from_bytes(octets, "big"), len(octets)
        for hostile in (*beginnings, *((number ^ 1 << bit).to_bytes(width, "big") for bit in range(8 * width))):
            try:
                value, rest = decode(hostile)
            except Malformed as error:
                if not 0 <= error.offset <= len(hostile):
                    pytest.fail(f"{error}: the offset is outside {len(hostile)} octets")
            else:
                assert value.encode() + rest == hostile

    return check


def packet_of(octets):
    """A UDP datagram to CoAP's port."""
    length = 8 + len(octets)
    datagram = struct.pack(">HHHH", 40000, 5683, length, 0) + octets
    checksum = udp_checksum(CLIENT, SERVER, datagram)
    datagram = struct.pack(">HHHH", 40000, 5683, length, checksum) + octets
    return struct.pack(">IHBB", 6 << 28, length, 17, 64) + CLIENT + SERVER + datagram


def shown(element, name):
    field = element.find(f".//field[@name='coap.{name}']")
    return None if field is None else int(field.get("show"), 0)


def described(packet):
    coap = packet.find("proto[@name='coap']")
    token = coap.find("field[@name='coap.token']")
    return {
        "header": tuple(shown(coap, name) for name in ("version", "type", "token_len", "code", "mid")),
        "token": b"" if token is None else bytes.fromhex(token.get("value")),
        "options": [
            {
                "start": int(option.get("pos")) - HEADERS,
                "octets": int(option.get("size")),
                "said": option.find("field[@name='coap.opt.desc']").get("show"),
                "delta": shown(option, "opt.delta"),
                "delta_extended": shown(option, "opt.delta_ext"),
                "length": shown(option, "opt.length"),
                "length_extended": shown(option, "opt.length_ext"),
            }
            for option in coap.iterfind("field[@name='coap.opt.name']")
        ],
        "marker": shown(coap, "opt.end_marker"),
    }


@pytest.fixture
def described_by_tshark(tmp_path):
    """Messages in; out, for each, its header, options and marker as tshark tells them."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")

    def describe(messages):
        capture = tmp_path / "coap.pcap"
        records = [struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IP)]
        for number, octets in enumerate(messages):
            packet = packet_of(octets)
            records.append(struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet)
        capture.write_bytes(b"".join(records))
        command = [tshark, "-r", str(capture), "-T", "pdml"]
        xml = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
        return [described(packet) for packet in ElementTree.fromstring(xml).iter("packet")]

    return describe
