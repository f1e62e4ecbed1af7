"""The stateless part of what we send, as scapy reads it.

scapy 2.8 knows no contexts, leaves compressed extension headers out, reads the traffic class without turning it back,
and does not put fragments together: none of that is asked of it here. It also takes dispatch 0x7f for ESC, as RFC 4944
had it, and a payload that begins with 11110xxx for another compressed header: see :func:`scapy_stumbles`.
"""

import json
from itertools import product
from pathlib import Path

import pytest

from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link, LinkAddress, parse_link
from properties.building import ipv6, udp

scapy_config = pytest.importorskip("scapy.config", reason="scapy is not installed")
dot15d4 = pytest.importorskip("scapy.layers.dot15d4", reason="scapy is not installed")
inet6 = pytest.importorskip("scapy.layers.inet6", reason="scapy is not installed")
pytest.importorskip("scapy.layers.sixlowpan", reason="scapy is not installed")

VECTORS = Path(__file__).parents[1] / "vectors"


@pytest.fixture(autouse=True)
def sixlowpan_over_dot15d4(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scapy_config.conf, "dot15d4_protocol", "sixlowpan")


def in_scapy(payload: bytes, link: Link) -> bytes:
    """The IPv6 packet that scapy finds in a frame."""
    modes = {8: 3, 2: 2}
    control = 0x0041 | modes[len(link.destination)] << 10 | modes[len(link.source)] << 14
    header = control.to_bytes(2, "little") + b"\1" + bytes.fromhex("cdab")
    frame = dot15d4.Dot15d4(header + link.destination[::-1] + link.source[::-1] + payload)
    return bytes(frame[inet6.IPv6]) if inet6.IPv6 in frame else b""


def scapy_stumbles(frame: bytes, payload: bytes) -> bool:
    return frame[0] == 0x7F or (frame[0] & 4 != 0 and payload[:1] >= b"\xf0")


def test_scapy_reads_the_packets_of_the_corpus_that_need_no_context() -> None:
    rows = [json.loads(line) for line in (VECTORS / "encode.jsonl").read_text("utf-8").splitlines()]
    read, different = 0, []
    for row in rows:
        packet, link = bytes.fromhex(row["packet"]), Link(parse_link(row["ll_src"]), parse_link(row["ll_dst"]))
        sent = send(packet, link, {}, RFC6282, 200, 1)
        traffic_class_or_flow_label = packet[:4] != b"\x60\0\0\0"
        if len(sent.frames) > 1 or traffic_class_or_flow_label or packet[6] != 17:
            continue
        if scapy_stumbles(sent.frames[0], packet[48:]):
            continue
        read += 1
        if in_scapy(sent.frames[0], link) != packet:
            different.append(row["id"])
    assert read > 400
    assert different == []


ENDS = [LinkAddress(bytes.fromhex(address)) for address in ("0212345678abcd01", "0a0b")]
PORTS = [5683, 0xF000, 0xF0AF, 0xF0B0, 0xF0BF, 0xF0C0]


@pytest.mark.parametrize("level", [1, 3, 4])
def test_scapy_reads_hop_limits_and_ports_in_every_form(level: int) -> None:
    for source, destination, hop_limit, one, other in product(ENDS, ENDS, (0, 1, 64, 255), PORTS, PORTS):
        packet = ipv6(17, udp(b"octets", one, other), "fe80::ff:fe00:a0b", hop_limit=hop_limit)
        link = Link(source, destination)
        (frame,) = send(packet, link, {}, LEVELS[level], 102, 1).frames
        assert in_scapy(frame, link) == packet or scapy_stumbles(frame, b"octets")
