"""The contests: decoding, encoding, reassembly, and a long capture explained."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks import material
from benchmarks.core_contest import core_contests
from benchmarks.gateway_contest import gateway_contests
from benchmarks.material import MTU, NO_CONTEXTS, Sample
from benchmarks.measure import Contest, Side
from p6lowpan.capability.profile import ANALYSIS, RFC6282
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.expansion import expand

try:
    from benchmarks import scapy_side
except ImportError:
    scapy_side = None  # type: ignore[assignment] # named as missing in every contest

SCAPY_MISSING = () if scapy_side else ("scapy",)
DATAGRAM_OCTETS = 1280
REQUIRED = 5
"""Pure Python must beat scapy's dissection at least so many times."""

COMMAND = (sys.executable, "-c", "from p6lowpan.cli.main import main; main()")
EXPLAIN, CONVERT = (*COMMAND, "explain"), (*COMMAND, "convert")
PROCESS_ROUNDS = 3


def contests(folder: Path, frames: int = material.LONG_CAPTURE_FRAMES) -> Iterator[Contest]:
    """All of them; long captures of so many ``frames`` are written to ``folder``."""
    samples = material.udp_samples()
    yield decoding(samples)
    yield encoding(samples)
    yield from core_contests(samples)
    yield reassembly()
    yield from gateway_contests()
    yield from of_long_captures(folder, frames)


def of_long_captures(folder: Path, frames: int) -> Iterator[Contest]:
    """Those with the files of a capture, process against process."""
    long = folder / "long.pcap"
    material.write_long_capture(long, frames)
    yield converting(long, frames)
    yield explaining(long, frames)
    yield exporting(long, frames)


def decoding(samples: list[Sample]) -> Contest:
    """From a MAC frame to the IPv6 packet in it."""
    if scapy_side:
        samples = [sample for sample in samples if scapy_side.packet_in(sample.frame) == sample.packet]

    def whole() -> None:
        receiver = Receiver(ANALYSIS)
        for sample in samples:
            frame, _ = decode_frame(sample.frame)
            if isinstance(frame, Frame):
                receiver.receive(0, frame.payload, Link(frame.source, frame.destination), NO_CONTEXTS)

    def alone() -> None:
        for sample in samples:
            expand(sample.payload, sample.link, NO_CONTEXTS, RFC6282.limits)

    ours = (Side("MAC frame to IPv6 packet", len(samples), whole), Side("expansion alone", len(samples), alone))
    peers = (scapy_side.dissecting(samples),) if scapy_side else ()
    note = (
        f"Decoding: the {len(samples)} frames of riot-udp.pcap with IPHC and compressed UDP that scapy and p6lowpan "
        "read to the same IPv6 packet. scapy dissects the whole frame; the first row of p6lowpan does too, checks its "
        "bounds, and names the features that the frame uses."
    )
    return Contest("decode IPHC/UDP", "packets", ours, peers, (note,), SCAPY_MISSING, REQUIRED)


def encoding(samples: list[Sample]) -> Contest:
    """From an IPv6 packet to the payload of a frame."""
    samples = [
        sample
        for sample in samples
        if send(sample.packet, sample.link, NO_CONTEXTS, RFC6282, MTU, tag=1).frames == (sample.payload,)
        and (scapy_side is None or scapy_side.Recipe(sample).build() == sample.payload)
    ]

    def run() -> None:
        for sample in samples:
            send(sample.packet, sample.link, NO_CONTEXTS, RFC6282, MTU, tag=1)

    peers = (scapy_side.building(samples),) if scapy_side else ()
    note = (
        f"Encoding: the {len(samples)} of them that both encode to the octets of the capture. p6lowpan reads "
        "the packet and searches for the smallest encoding; scapy gets the layers' values and the modes, and builds."
    )
    ours = (Side("IPv6 packet to smallest payload", len(samples), run),)
    return Contest("encode IPHC/UDP", "packets", ours, peers, (note,), SCAPY_MISSING)


def reassembly() -> Contest:
    """From fragments to the datagram."""
    packet, link = material.datagram(DATAGRAM_OCTETS)
    payloads = material.fragments(packet, link)

    def run() -> list[bytes]:
        receiver = Receiver(ANALYSIS)
        received = [receiver.receive(0, payload, link, NO_CONTEXTS) for payload in payloads]
        return [whole.octets for one in received for whole in one.packets]

    if run() != [packet]:
        raise SystemExit("reassembly is broken: there is nothing to measure")
    result = ""
    if scapy_side and scapy_side.defragmented(payloads) != [packet]:
        result = (
            " scapy's result is not the packet: sixlowpan_defragment strings the octets behind the dissected headers "
            "together in order of arrival, without offsets; what is compared is the time that each spends on the same "
            "fragments."
        )
    note = f"Reassembly: one datagram of {len(packet)} octets in {len(payloads)} fragments, in order.{result}"
    peers = (scapy_side.defragmenting(payloads),) if scapy_side else ()
    task = f"reassemble {len(packet)} octets"
    return Contest(task, "datagrams", (Side("fragments to packet", 1, run),), peers, (note,), SCAPY_MISSING)


def converting(path: Path, frames: int) -> Contest:
    """A long capture, its IPv6 packets written to a file; tshark prints its lines."""
    tshark = shutil.which("tshark")
    peers = [_lines_of(tshark, path, frames)] if tshark else []
    note = (
        f"Converting: {frames:,} frames, to a pcap file of the IPv6 packets in them. tshark writes no such file; it is "
        "timed with its lines, as below, which is the least that it does with a capture."
    )
    ours = (_process("convert", frames, *CONVERT, str(path), str(path.with_suffix(".ipv6"))),)
    return Contest(
        "packets of a capture", "frames", ours, peers, (note,), () if tshark else ("tshark",), 0, PROCESS_ROUNDS, 0
    )


def _lines_of(tshark: str, path: Path, frames: int) -> Side:
    return _process(_version_of(tshark), frames, tshark, "-n", "-r", str(path))


def _process(name: str, frames: int, *command: str) -> Side:
    """A process, measured by the time that processors spend on it: other jobs hardly change that."""
    return Side(name, frames, lambda: _printed(*command), _spent_on_processes)


def _spent_on_processes() -> float:
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def explaining(path: Path, frames: int) -> Contest:
    """A long capture, one line a frame."""
    once = len(material.readable_frames())
    peers = [scapy_side.summarizing(path, once)] if scapy_side else []
    tshark = shutil.which("tshark")
    if tshark:
        peers.append(_lines_of(tshark, path, frames))
    note = (
        f"Explaining: {frames:,} frames, {len(material.READABLE_CAPTURES)} captures of RIOT over and over with times "
        "that go on, output to /dev/null. p6lowpan and tshark are timed as processes, start included, by the time that "
        f"processors spend on them; scapy inside its process, and for the first {once:,} frames only, every capture "
        "once: it dissects and prints summary()."
    )
    ours = (_process("explain", frames, *EXPLAIN, str(path)),)
    return Contest("one line a frame", "frames", ours, peers, (note,), _missing(tshark), 0, PROCESS_ROUNDS, 0)


def exporting(path: Path, frames: int) -> Contest:
    """A long capture, one JSON object a frame."""
    once = len(material.readable_frames())
    peers = [scapy_side.showing(path, once)] if scapy_side else []
    tshark = shutil.which("tshark")
    if tshark:
        command = (tshark, "-n", "-r", str(path), "-T", "ek")
        peers.append(_process(f"{_version_of(tshark)} -T ek", frames, *command))
    note = (
        "Exporting: the same capture with every field of every layer and its meaning in words, a JSON object a frame; "
        "scapy, which has no such output, prints show() of every capture's frames once."
    )
    ours = (_process("explain --json", frames, *EXPLAIN, str(path), "--json"),)
    return Contest("one object a frame", "frames", ours, peers, (note,), _missing(tshark), 0, PROCESS_ROUNDS, 0)


def _missing(tshark: str | None) -> tuple[str, ...]:
    return SCAPY_MISSING if tshark else (*SCAPY_MISSING, "tshark")


def _printed(*command: str) -> None:
    ended = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)}: {ended.stderr[-1000:]}")


def _version_of(tshark: str) -> str:
    text = subprocess.run((tshark, "--version"), check=True, capture_output=True, text=True).stdout
    return f"tshark {text.split('(Wireshark) ')[-1].split()[0].rstrip('.')}"
