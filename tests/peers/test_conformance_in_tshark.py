"""The conformance vectors as Wireshark reads them: the same packets, but for the classes that are named here."""

import re
import shutil
import struct
import subprocess
from collections import defaultdict
from itertools import count
from pathlib import Path

import pytest

from p6lowpan.capability.features import Feature
from p6lowpan.interop.conformance import catalogue
from p6lowpan.interop.conformance.case import Case
from p6lowpan.wire.address import Link

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")

NO_FCS = 230
ADDRESS_MODES = {8: 3, 2: 2}
FRAGMENT = 0b11000, 0b11100
SETTINGS = ("-o", "ipv6.defragment:FALSE", "-d", "wpan.panid==0xabcd,6lowpan")
FEW_LENGTHS = ("0", "48", "63", "64", "65", "72", "112", "128")
"""Each set of contexts takes a tshark of its own, so not all lengths are tried."""

DIFFERENT = {
    "udp/checksum/elided/": "an elided checksum is shown as ffff",
    "generic/": "RFC 7400 is not known",
    "bound/nested/": "each header is a packet of its own",
}


def differs(case: Case) -> bool:
    """Whether the case is of a class in which Wireshark is known to differ."""
    if any(case.name.startswith(prefix) for prefix in DIFFERENT):
        return True
    if re.fullmatch(r"extension/fragment/.*/6", case.name):
        return True  # 6 is taken for the reserved octet
    return case.disputed and case.name.endswith("m1-dac1-dam0")  # the length octet is 64 at most


def holds_no_question(case: Case) -> bool:
    """One frame, nothing compressed: the packet is there for all to see."""
    return Feature.UNCOMPRESSED_IPV6 in case.features and Feature.FRAGMENTATION not in case.features


def mac_header(link: Link, number: int) -> bytes:
    """Data in PAN abcd."""
    modes = ADDRESS_MODES[len(link.source)] << 6 | 1 << 4 | ADDRESS_MODES[len(link.destination)] << 2
    octets = bytes((0x41, modes, number % 256)) + bytes.fromhex("cdab")
    return octets + link.destination[::-1] + link.source[::-1]


def retagged(frames: tuple[bytes, ...], tags: "count[int]") -> list[bytes]:
    """Fragments with tags that no other vector has: one conversation holds them all."""
    own: dict[bytes, bytes] = {}
    changed = []
    for frame in frames:
        if frame[0] >> 3 not in FRAGMENT:
            changed.append(frame)
            continue
        if frame[2:4] not in own:
            own[frame[2:4]] = next(tags).to_bytes(2, "big")
        changed.append(frame[:2] + own[frame[2:4]] + frame[4:])
    return changed


def sources(text: str) -> list[dict[str, bytes]]:
    """For each frame what tshark has of it: its own octets and what was decompressed or reassembled, by label."""
    found: list[dict[str, bytes]] = []
    label = ""
    for line in text.splitlines():
        if match := re.match(r"(\w[\w ]*) \(\d+ bytes\):$", line):
            label = match[1]
        elif match := re.match(r"[0-9a-f]{4}  ((?:[0-9a-f]{2} {1,2})+)", line):
            found[-1][label] = found[-1].get(label, b"") + bytes.fromhex(match[1])
        elif re.match(r" *\d+ ", line):
            found.append({})
            label = "Frame"
    return found


def packet_of(frame: bytes, shown: dict[str, bytes]) -> bytes | None:
    """The IPv6 packet that a frame completed, if it did."""
    if "Reassembled 6LoWPAN" in shown:
        return shown["Reassembled 6LoWPAN"]
    return None if frame[0] >> 3 in FRAGMENT else shown.get("Decompressed 6LoWPAN IPHC")


def in_tshark(cases: list[Case], folder: Path) -> dict[str, list[bytes]]:
    """What comes of each case, all with the same contexts."""
    path, tags = folder / "vectors.pcap", count(1)
    frames = [(case, frame) for case in cases for frame in retagged(case.frames, tags)]
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, NO_FCS))
        for number, (case, frame) in enumerate(frames):
            octets = mac_header(case.link, number) + frame
            file.write(struct.pack("<IIII", number, 0, len(octets), len(octets)) + octets)
    command = [str(TSHARK), "-r", str(path), "-P", "-x", *SETTINGS]
    for context in cases[0].contexts:
        groups = ":".join(context.prefix.hex()[start : start + 4] for start in range(0, 32, 4))
        command += ["-o", f"6lowpan.context{context.identifier}:{groups}/{context.length}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    found: dict[str, list[bytes]] = {case.name: [] for case in cases}
    for (case, frame), shown in zip(frames, sources(text), strict=True):
        packet = packet_of(frame, shown)
        found[case.name] += [packet] if packet is not None else []
    return found


def test_wireshark_finds_the_packets_of_the_vectors(tmp_path: Path) -> None:
    by_contexts = defaultdict(list)
    for case in catalogue.cases():
        length = re.match(r"context/length/(\d+)/", case.name)
        if case.fault or differs(case) or holds_no_question(case):
            continue
        if not (length and length[1] not in FEW_LENGTHS):
            by_contexts[case.contexts].append(case)
    wrong = {}
    for cases in by_contexts.values():
        found = in_tshark(cases, tmp_path)
        wrong |= {case.name: found[case.name] for case in cases if found[case.name] != list(case.packets)}
    assert wrong == {}
    assert sum(map(len, by_contexts.values())) > 1000


def test_wireshark_makes_no_packet_of_headers_that_are_cut_off(tmp_path: Path) -> None:
    cut = [case for case in catalogue.cases() if re.match(r"bad/truncated/(iphc|udp)/[1-9]", case.name)]
    found = in_tshark(cut, tmp_path)
    assert {name: packets for name, packets in found.items() if packets} == {}
    assert len(cut) > 40
