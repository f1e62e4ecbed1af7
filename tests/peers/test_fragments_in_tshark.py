"""Our fragments as Wireshark reassembles them: every datagram whole, its UDP checksum right."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from p6lowpan.machines.adaptation.fragmenter import fragment

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

ALICE, BOB = bytes.fromhex("0212345678abcd01"), bytes.fromhex("0212345678abcd02")
LINK_LOCAL = bytes.fromhex("fe80000000000000")
NO_FCS = 230
FORMS = {"uncompressed": (b"\x41", 0), "iphc": (bytes.fromhex("7a3311"), 40)}


def checksum(octets: bytes) -> int:
    """RFC 1071, written out, so that nothing of ours is checked by itself."""
    total = sum(struct.unpack(f">{len(octets + bytes(len(octets) % 2)) // 2}H", octets + bytes(len(octets) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF


def udp_packet(size: int) -> bytes:
    """An IPv6 packet of ``size`` octets between the link-local addresses of both ends, hop limit 64."""
    ends = b"".join(LINK_LOCAL + bytes((node[0] ^ 2,)) + node[1:] for node in (ALICE, BOB))
    data = bytes((size + 11 * i) % 256 for i in range(size - 48))
    length = len(data) + 8
    ports = struct.pack(">HHH", 5683, 40000, length)
    total = checksum(ends + struct.pack(">II", length, 17) + ports + b"\0\0" + data)
    return struct.pack(">IHBB", 6 << 28, length, 17, 64) + ends + ports + total.to_bytes(2, "big") + data


def write_capture(path: Path, payloads: list[bytes]) -> None:
    """IEEE 802.15.4 data frames, 64-bit addresses, one PAN, no FCS."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, NO_FCS))
        for number, payload in enumerate(payloads):
            header = bytes.fromhex("41dc") + bytes((number % 256,)) + bytes.fromhex("cdab") + BOB[::-1] + ALICE[::-1]
            frame = header + payload
            file.write(struct.pack("<IIII", number // 1000, number % 1000, len(frame), len(frame)) + frame)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mtu", [40, 81, 88, 102, 127])
def test_wireshark_reassembles_every_datagram(tmp_path: Path, form: str, mtu: int) -> None:
    packets = [udp_packet(size) for size in (49, 100, 101, 102, 103, 104, 127, 200, 515, 1023, 1279, 1280, 1999, 2047)]
    compressed, covered = FORMS[form]
    payloads = [
        frame for tag, packet in enumerate(packets) for frame in fragment(compressed, covered, packet, mtu, tag)
    ]
    assert len(payloads) > 2 * len(packets)
    write_capture(tmp_path / "fragments.pcap", payloads)
    command = [str(TSHARK), "-r", str(tmp_path / "fragments.pcap"), "-Y", "udp", "-o", "udp.check_checksum:TRUE"]
    command += ["-d", "udp.port==5683,data", "-T", "fields", "-e", "udp.checksum.status", "-e", "data.data"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert shown == [f"1\t{packet[48:].hex()}" for packet in packets]
