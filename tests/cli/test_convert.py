"""``p6lowpan convert``: what comes out is what other tools read."""

import importlib
import json
import shutil
import struct
import subprocess
from importlib.util import find_spec

import pytest

from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import LinkType


def packets_of(path):
    """The frames of a capture."""
    with open_capture(str(path)) as capture:
        return list(capture)


def test_every_packet_is_written_with_the_time_of_its_last_frame(run, captures, tmp_path):
    out = tmp_path / "out.pcap"
    result = run("convert", captures / "riot-rpl.pcap", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "p6lowpan: 123 frames read, 50 IPv6 packets written, 0 datagrams incomplete\n"
    packets = packets_of(out)
    assert {packet.link_type for packet in packets} == {LinkType.IPV6}
    lines = run("explain", "--json", "--no-summary", captures / "riot-rpl.pcap").stdout.splitlines()
    expected = [(frame["time_ns"], packet["octets"]) for frame in map(json.loads, lines) for packet in frame["packets"]]
    assert [(packet.time_ns, packet.octets.hex()) for packet in packets] == expected


def test_the_other_link_type_is_written_when_asked_for(run, captures, tmp_path):
    out = tmp_path / "out.pcap"
    run("convert", "--link-type", "raw", captures / "riot-rpl.pcap", out)
    assert {packet.link_type for packet in packets_of(out)} == {LinkType.RAW}
    result = run("convert", "--link-type", "ethernet", captures / "riot-rpl.pcap", out)
    assert result.exit_code == 2
    assert "--link-type is ipv6 or raw, not 'ethernet'" in result.stderr


def test_secured_frames_are_opened_on_the_way(run, captures, thread_options, tmp_path):
    out = tmp_path / "out.pcap"
    result = run("convert", *thread_options, captures / "openthread-ping-meshlocal.pcap", out)
    assert "108 IPv6 packets written, 0 datagrams incomplete" in result.stderr


@pytest.mark.skipif(find_spec("scapy") is None, reason="scapy is not installed")
@pytest.mark.parametrize("link_type", ["ipv6", "raw"])
def test_scapy_reads_what_is_written(run, captures, tmp_path, link_type):
    out = tmp_path / "out.pcap"
    run("convert", "--link-type", link_type, captures / "riot-udp.pcap", out)
    importlib.import_module("scapy.layers.inet6")  # it registers the link types
    rdpcap = importlib.import_module("scapy.utils").rdpcap
    ours, theirs = packets_of(out), rdpcap(str(out))
    assert len(ours) == len(theirs) == 163
    assert [bytes(packet) for packet in theirs] == [packet.octets for packet in ours]
    assert {packet.name for packet in theirs} == {"IPv6"}


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("link_type", ["ipv6", "raw"])
def test_tshark_finds_no_fault_with_what_is_written(run, captures, tmp_path, link_type):
    out = tmp_path / "out.pcap"
    run("convert", "--link-type", link_type, captures / "riot-rpl.pcap", out)
    fields = ["-T", "fields", "-e", "ipv6.version", "-e", "icmpv6.checksum.status"]
    told = subprocess.run(["tshark", "-r", out, *fields], capture_output=True, text=True, check=True, timeout=60).stdout
    assert told.splitlines() == ["6\t1"] * 50


def test_a_capture_without_packets_becomes_one_without_frames(run, captures, tmp_path):
    empty, out = tmp_path / "empty.pcap", tmp_path / "out.pcap"
    empty.write_bytes((captures / "riot-rpl.pcap").read_bytes()[:24])
    assert run("convert", empty, out).exit_code == 0
    assert packets_of(out) == []


def test_of_a_cut_capture_the_packets_before_the_cut_are_written(run, captures, tmp_path):
    cut, out = tmp_path / "cut.pcap", tmp_path / "out.pcap"
    cut.write_bytes((captures / "riot-rpl.pcap").read_bytes()[:5000])
    result = run("convert", cut, out)
    assert result.exit_code == 2
    assert "the file ends inside frame 65" in result.stderr
    assert len(packets_of(out)) > 30


def test_nanoseconds_are_kept_where_there_are_any(run, captures, tmp_path):
    fine, out = tmp_path / "fine.pcap", tmp_path / "out.pcap"
    octets = bytearray((captures / "riot-rpl.pcap").read_bytes())
    octets[:4] = struct.pack("<I", 0xA1B23C4D)
    octets[28:32] = struct.pack("<I", 123_456_789)
    fine.write_bytes(octets)
    run("convert", fine, out)
    assert packets_of(out)[0].time_ns % 1_000_000_000 == 123_456_789


def test_a_time_that_a_pcap_cannot_hold_leaves_the_packet_out(run, captures, tmp_path):
    late, out = tmp_path / "late.pcapng", tmp_path / "out.pcap"
    frame = packets_of(captures / "riot-rpl.pcap")[0].octets
    late.write_bytes(pcapng(frame, 5_000_000_000 * 1_000_000))
    result = run("convert", late, out)
    assert result.exit_code == 2
    assert "0 IPv6 packets written" in result.stderr
    assert "1 packets were left out: a pcap file has times from 1970 to 2106 only" in result.stderr


def pcapng(frame, microseconds):
    """A pcapng file with one frame, at a time that only 64 bits hold."""
    padded = frame + bytes(-len(frame) % 4)
    blocks = (
        (0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
        (1, struct.pack("<HHI", LinkType.IEEE802_15_4_WITHFCS, 0, 0)),
        (6, struct.pack("<IIIII", 0, microseconds >> 32, microseconds & 0xFFFFFFFF, len(frame), len(frame)) + padded),
    )
    return b"".join(
        struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12) for kind, body in blocks
    )


def test_the_capture_itself_is_not_overwritten(run, captures, tmp_path):
    path = tmp_path / "same.pcap"
    octets = (captures / "riot-rpl.pcap").read_bytes()
    path.write_bytes(octets)
    result = run("convert", path, path)
    assert result.exit_code == 2
    assert "is the capture that is read" in result.stderr
    assert path.read_bytes() == octets


def test_an_output_that_cannot_be_written_is_refused(run, captures, tmp_path):
    result = run("convert", captures / "riot-rpl.pcap", tmp_path / "no" / "such" / "folder")
    assert result.exit_code == 2
    assert "No such file or directory" in result.stderr


def test_what_is_no_capture_leaves_no_output(run, tmp_path):
    path, out = tmp_path / "random", tmp_path / "out.pcap"
    path.write_bytes(b"hello, world")
    assert run("convert", path, out).exit_code == 2
    assert not out.exists()


def test_a_pipe_is_read_and_written(command, captures):
    path = captures / "riot-rpl.pcap"
    result = command("convert", "-", "-", standard_input=path.read_bytes())
    assert result.returncode == 0
    assert result.stdout[:4] == struct.pack("<I", 0xA1B2C3D4)
