"""Wireshark reads what RFC 8138 and 8931 were put back to: headers, lengths, addresses and checksums are as it wants
them, and it puts the same recoverable fragments together."""

import ipaddress
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.routed import FAR_ADDRESS, HOST, LONG, NEAR_ADDRESS, ROOT_ADDRESS, write_capture
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import LinkType
from p6lowpan.capture.pcap import PcapFile

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="tshark is not installed")


def shown(path: Path, options: list[str], *fields: str) -> list[list[str]]:
    """What tshark shows of each frame: a list of fields."""
    command = [str(TSHARK), "-r", str(path), *options, "-T", "fields"]
    command += [argument for field in fields for argument in ("-e", field)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split("\t") for line in output.splitlines()]


def words(*addresses: bytes) -> str:
    return ",".join(str(ipaddress.IPv6Address(address)) for address in addresses)


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "radio.pcap"
    write_capture(str(path))
    return path


def test_wireshark_reads_the_packets_that_were_put_back(capture: Path, tmp_path: Path) -> None:
    explainer, path = Explainer(Settings()), tmp_path / "ipv6.pcap"
    with open_capture(str(capture)) as frames, PcapFile(str(path), LinkType.IPV6) as written:
        for frame in frames:
            for packet in explainer.explain(frame).packets:
                written.write(packet.octets, frame.time_ns)
    fields = ["src", "dst", "nxt", "opt.type", "opt.rpl.sender_rank", "routing.segleft", "routing.rpl.full_address"]
    rows = shown(
        path,
        ["-o", "udp.check_checksum:TRUE"],
        *(f"ipv6.{field}" for field in fields),
        "udp.checksum.status",
        "udp.length",
        "_ws.malformed",
    )
    upwards = words(FAR_ADDRESS, FAR_ADDRESS), words(ROOT_ADDRESS, HOST), "0,17", "0x63"
    downwards = words(ROOT_ADDRESS, HOST)
    short, long = str(8 + 5), str(8 + len(LONG))
    assert [row + [""] * (10 - len(row)) for row in rows[2:]] == [
        [*upwards, "0x0300", "", "", "1", short, ""],
        [*upwards, "0x0200", "", "", "1", short, ""],
        [downwards, words(NEAR_ADDRESS, FAR_ADDRESS), "0,17", "0x63", "0x0100", "1", words(FAR_ADDRESS), "1", "10", ""],
        [downwards, words(FAR_ADDRESS, FAR_ADDRESS), "0,17", "0x63", "0x0100", "", "", "1", "10", ""],
        [*upwards, "0x0300", "", "", "1", long, ""],
        [*upwards, "0x0200", "", "", "1", long, ""],
    ]


def test_wireshark_puts_the_same_recoverable_fragments_together(capture: Path) -> None:
    options = ["-d", "wpan.panid==0xcafe,6lowpan", "-d", "udp.port==61617,data"]
    rows = shown(capture, options, "frame.number", "6lowpan.rfrag.tag", "data.data")
    seen = {int(row[0]): row[2] for row in rows if len(row) > 2 and row[1] and row[2] == LONG.hex()}
    explainer = Explainer(Settings())
    with open_capture(str(capture)) as frames:
        ours = [
            frame.number
            for frame in frames
            if any(packet.timeline is not None for packet in explainer.explain(frame).packets)
        ]
    assert sorted(seen) == ours == [10, 17]
