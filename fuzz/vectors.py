"""The known frames, packets and captures of ``tests/vectors``, from which the targets make their seeds."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuzz.inputs import Contexts
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context, masked

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
CAPTURES = sorted((VECTORS / "captures").glob("*.pcap"))


@dataclass(frozen=True, slots=True)
class FrameVector:
    """Frames between two ends, in their order."""

    link: Link
    contexts: Contexts
    frames: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PacketVector:
    """An IPv6 packet to send between two ends."""

    link: Link
    contexts: Contexts
    packet: bytes


def _rows(name: str) -> Iterator[dict[str, Any]]:  # Any: JSON
    with (VECTORS / name).open() as lines:
        yield from map(json.loads, lines)


def _link(row: dict[str, Any]) -> Link:
    return Link(*(LinkAddress(bytes.fromhex(row.get(end, ""))) for end in ("ll_src", "ll_dst")))


def _contexts(row: dict[str, Any]) -> Contexts:
    prefixes = [(item["cid"], bytes.fromhex(item["prefix"]), item["len"]) for item in row.get("contexts", [])]
    return {number: Context(number, masked(prefix, length), length) for number, prefix, length in prefixes}


def frame_vectors() -> Iterator[FrameVector]:
    """What ``decode.jsonl`` and ``random.jsonl`` hold."""
    for name in ("decode.jsonl", "random.jsonl"):
        for row in _rows(name):
            yield FrameVector(_link(row), _contexts(row), tuple(map(bytes.fromhex, row["frames"])))


def packet_vectors() -> Iterator[PacketVector]:
    """What ``encode.jsonl`` holds."""
    for row in _rows("encode.jsonl"):
        yield PacketVector(_link(row), _contexts(row), bytes.fromhex(row["packet"]))


def packets() -> Iterator[bytes]:
    """Every packet that a vector is about."""
    yield from (vector.packet for vector in packet_vectors())
    for name in ("decode.jsonl", "random.jsonl"):
        for row in _rows(name):
            yield from (bytes.fromhex(packet) for packet in row.get("expect") or ())


def captured_frames() -> Iterator[CapturedFrame]:
    """Every frame of every capture."""
    for path in CAPTURES:
        with open_capture(str(path)) as capture:
            yield from capture


def network_keys() -> list[bytes]:
    """The Thread network keys of the captures."""
    text = (VECTORS / "captures" / "openthread-keys.txt").read_text()
    return [bytes.fromhex(digits) for digits in re.findall(r"^network key ([0-9a-f]{32})$", text, re.MULTILINE)]


def pcapng(link_type: int, frames: list[bytes]) -> bytes:
    """A pcapng file (draft-ietf-opsawg-pcapng) with one interface, and a second between frames."""
    section = (0x1A2B3C4D).to_bytes(4, "little") + bytes((1, 0, 0, 0)) + b"\xff" * 8
    blocks = [_block(0x0A0D0D0A, section), _block(1, link_type.to_bytes(2, "little") + bytes(6))]
    for number, octets in enumerate(frames):
        length = len(octets).to_bytes(4, "little")
        time = (number * 1_000_000).to_bytes(4, "little")
        blocks.append(_block(6, bytes(8) + time + length + length + octets + bytes(-len(octets) % 4)))
    return b"".join(blocks)


def _block(kind: int, body: bytes) -> bytes:
    length = (len(body) + 12).to_bytes(4, "little")
    return kind.to_bytes(4, "little") + length + body + length
