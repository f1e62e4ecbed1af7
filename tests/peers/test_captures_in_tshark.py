"""Every frame of every capture: the IPv6 packets that come out are tshark's, octet for octet and field by field.

Both are given the same contexts, keys and addresses. Where they differ, :func:`why` says so, or the test fails.
"""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator

import pytest

from analysis.captured import FRAMES, KNOWN, NETWORK_KEY, Known, explained, path_of
from p6lowpan.analysis.explained import Explained
from p6lowpan.machines.adaptation.timeline import Duplicate
from p6lowpan.wire.address import format_ipv6
from p6lowpan.wire.ipv6.chain import walk
from p6lowpan.wire.ipv6.header import Ipv6
from p6lowpan.wire.ipv6.udp import Udp

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

PAN = "abcd"
DUMP_LINE = re.compile(r"^[0-9a-f]{4,}  ((?:[0-9a-f]{2} ?)+) ")
FIELDS = (
    "ipv6.src", "ipv6.dst", "ipv6.hlim", "ipv6.plen", "ipv6.nxt", "ipv6.tclass", "ipv6.flow",
    "udp.srcport", "udp.dstport", "udp.length", "udp.checksum",
    "icmpv6.type", "icmpv6.code", "icmpv6.checksum", "6lowpan.reassembled.length",
)  # fmt: skip
WITHOUT_UPPER_PROTOCOLS = ("--disable-protocol", "coap", "--disable-protocol", "dns", "--disable-protocol", "dtls")

# What was found when this test was written: packets that both bring out, by capture.
PACKETS = {
    "contiki-ng-rpl-1hop": 133,
    "openthread-form": 38,
    "openthread-ping-global": 60,
    "openthread-ping-linklocal": 86,
    "openthread-ping-meshlocal": 108,
    "openthread-ping-multicast": 223,
    "openthread-udp": 367,
    "riot-rpl": 50,
    "riot-short": 58,
    "riot-stock": 590,
    "riot-udp": 163,
}


def options(known: Known) -> list[str]:
    """What tshark is told."""
    told = [
        part for number, prefix in known.contexts.items() for part in ("-o", f"6lowpan.context{number}:{prefix}/64")
    ]
    if known.keys:
        told += ["-o", f'uat:ieee802154_keys:"{NETWORK_KEY}","0","Thread hash"']
    for short, extended in (known.addresses or {}).items():
        told += ["-o", f'uat:802154_addresses:"{short}","{PAN}",{extended}']
    return told


def run(name: str, *arguments: str) -> str:
    command = [str(TSHARK), "-n", "-r", str(path_of(name)), *options(KNOWN[name]), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def packets_in_tshark(name: str) -> Iterator[bytes | None]:
    """For each frame, the last IPv6 packet (or the beginning of one) that tshark decompresses or reassembles."""
    for block in run(name, "-x").split("\n\n"):
        if not block.strip():
            continue
        found, title = {}, ""
        for line in block.splitlines():
            if dumped := DUMP_LINE.match(line):
                found[title] = found.get(title, b"") + bytes.fromhex(dumped[1])
            else:
                title = line
        packets = [octets for source, octets in found.items() if source.startswith(("Decompressed", "Reassembled"))]
        yield packets[-1] if packets else None


def why(frame: Explained, theirs: bytes, before: list[bytes]) -> str:
    """The reason for a packet that tshark alone shows; empty where there is none."""
    received = frame.received
    if frame.repeated:
        return "a repetition on the link layer, which we do not hand up again"
    if received is None or received.payload is None:
        return ""
    if received.outcomes and isinstance(received.outcomes[-1], Duplicate) and theirs in before:
        return "a datagram that a mesh router forwarded: for us its fragments repeat a datagram that was complete"
    if received.payload.stack.fragment is not None and received.payload.expanded is not None:
        return "a first fragment: tshark shows the beginning"
    return ""


@pytest.mark.parametrize("name", FRAMES)
def test_the_same_packets_come_out_of_every_frame(name: str) -> None:
    before: list[bytes] = []
    same, reasons = 0, Counter[str]()
    for frame, theirs in zip(explained(name, KNOWN[name]), packets_in_tshark(name), strict=True):
        ours = [packet.octets for packet in frame.packets]
        if ours == ([] if theirs is None else [theirs]):
            same += len(ours)
        else:
            assert not ours, f"frame {frame.captured.number}: {ours} and not {theirs!r}"
            assert theirs is not None
            reason = why(frame, theirs, before)
            assert reason, f"frame {frame.captured.number}: tshark has {theirs.hex()}, we have {frame.error}"
            reasons[reason] += 1
        before += ours
    assert same == PACKETS[name], reasons


def fields_in_tshark(name: str) -> list[dict[str, str]]:
    """For each frame, the first value of every field: of the outermost header."""
    arguments = [part for field in FIELDS for part in ("-e", field)]
    rows = run(name, *WITHOUT_UPPER_PROTOCOLS, "-T", "fields", "-E", "occurrence=f", *arguments).splitlines()
    return [dict(zip(FIELDS, row.split("\t"), strict=True)) for row in rows]


def our_fields(frame: Explained) -> dict[str, str]:
    """The same fields, from our headers."""
    (packet,) = frame.packets
    chain = walk(packet.octets)
    shown = dict.fromkeys(FIELDS, "")
    header = chain.headers[0]
    assert isinstance(header, Ipv6)
    shown |= {
        "ipv6.src": format_ipv6(header.source),
        "ipv6.dst": format_ipv6(header.destination),
        "ipv6.hlim": str(header.hop_limit),
        "ipv6.plen": str(header.payload_length),
        "ipv6.nxt": str(header.next_header),
        "ipv6.tclass": str(header.traffic_class),
        "ipv6.flow": str(header.flow_label),
    }
    if isinstance(udp := chain.headers[-1], Udp):
        shown |= {"udp.srcport": str(udp.source_port), "udp.dstport": str(udp.destination_port)}
        shown |= {"udp.length": str(udp.length), "udp.checksum": str(udp.checksum)}
    if chain.protocol == 58:
        kind, code, checksum = chain.payload[0], chain.payload[1], int.from_bytes(chain.payload[2:4], "big")
        shown |= {"icmpv6.type": str(kind), "icmpv6.code": str(code), "icmpv6.checksum": str(checksum)}
    if packet.timeline is not None:
        shown["6lowpan.reassembled.length"] = str(packet.timeline.size)
    return shown


def value(text: str) -> str | int:
    """A number in whatever notation, or an address."""
    return int(text, 0) if re.fullmatch("0x[0-9a-f]+|[0-9]+", text) else text


ABOUT_ANOTHER_PACKET = {"udp.srcport", "udp.dstport", "udp.length", "udp.checksum"}
"""What an ICMPv6 error shows of the packet that provoked it."""


@pytest.mark.parametrize("name", FRAMES)
def test_every_field_that_both_show_has_the_same_value(name: str) -> None:
    compared = 0
    for frame, theirs in zip(explained(name, KNOWN[name]), fields_in_tshark(name), strict=True):
        if not frame.packets:
            continue
        for field, ours in our_fields(frame).items():
            if field in ABOUT_ANOTHER_PACKET and theirs["icmpv6.type"]:
                continue
            assert value(theirs[field]) == value(ours), (frame.captured.number, field)
            compared += bool(ours)
    assert compared >= 7 * PACKETS[name]
