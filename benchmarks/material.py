"""What is measured: frames with compressed UDP, the packets in them, a fragmented datagram, a long capture."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path

from p6lowpan.capability.profile import RFC6282
from p6lowpan.capture.files import open_capture
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link, LinkAddress, link_local
from p6lowpan.wire.checksum import udp_checksum
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.sixlowpan.contexts import Context

CAPTURES = Path(__file__).parent.parent / "tests" / "vectors" / "captures"
UDP_CAPTURE = CAPTURES / "riot-udp.pcap"
READABLE_CAPTURES = tuple(CAPTURES / f"{name}.pcap" for name in ("riot-udp", "riot-stock", "riot-rpl", "riot-short"))
"""Without link-layer security, so that every tool reads the same packets without being given keys."""

LONG_CAPTURE_FRAMES = 100_000
MTU = 102
SECOND_NS = 1_000_000_000
NO_CONTEXTS: dict[int, Context] = {}


@dataclass(frozen=True, slots=True)
class Sample:
    """A frame as captured, its MAC payload, its ends, and the IPv6 packet that it stands for."""

    frame: bytes
    payload: bytes
    link: Link
    packet: bytes


def udp_samples() -> list[Sample]:
    """The frames of a capture that carry one whole packet with compressed IPv6 and UDP headers."""
    with open_capture(str(UDP_CAPTURE)) as capture:
        found = [_sample(captured.octets) for captured in capture]
    return [sample for sample in found if sample is not None]


def _sample(octets: bytes) -> Sample | None:
    frame, _ = decode_frame(octets)
    if not isinstance(frame, Frame) or frame.frame_type != FrameType.DATA:
        return None
    link = Link(frame.source, frame.destination)
    received = Receiver(RFC6282).receive(0, frame.payload, link, NO_CONTEXTS)
    names = {feature.value.name for feature in received.features}
    if not received.packets or not {"iphc", "nhc_udp"} <= names:
        return None
    return Sample(octets, frame.payload, link, received.packets[0].octets)


def datagram(size: int) -> tuple[bytes, Link]:
    """An IPv6 packet of ``size`` octets that carries UDP, and its ends on the link."""
    link = Link(LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02")))
    ends = link_local(link.source) + link_local(link.destination)
    length = size - 40
    udp = bytearray(b"\x16\x33\x16\x33" + length.to_bytes(2, "big") + bytes(2))
    udp += bytes(octet & 0xFF for octet in range(length - len(udp)))
    udp[6:8] = udp_checksum(ends[:16], ends[16:], bytes(udp)).to_bytes(2, "big")
    return b"\x60\0\0\0" + length.to_bytes(2, "big") + b"\x11\x40" + ends + bytes(udp), link


def fragments(packet: bytes, link: Link) -> tuple[bytes, ...]:
    """The fragments of a packet, under RFC 6282, in frames of usual size."""
    return send(packet, link, NO_CONTEXTS, RFC6282, MTU, tag=1).frames


def readable_frames() -> list[CapturedFrame]:
    """The frames of the captures without security, each once."""
    captured: list[CapturedFrame] = []
    for source in READABLE_CAPTURES:
        with open_capture(str(source)) as capture:
            captured += capture
    return captured


def write_long_capture(path: Path, frames: int = LONG_CAPTURE_FRAMES) -> None:
    """A pcap file of ``frames`` frames: captures over and over, each time later than the time before."""
    header = bytes.fromhex("d4c3b2a1020004000000000000000000ffff0000") + _little(LinkType.IEEE802_15_4_WITHFCS)
    path.write_bytes(b"".join(chain([header], islice(_records(readable_frames()), frames))))


def _records(captured: list[CapturedFrame]) -> Iterator[bytes]:
    """Frames without end. Each comes as long after the last as it did, but never more than a second."""
    now, before = captured[0].time_ns, captured[0].time_ns
    for frame in cycle(captured):
        now += min(max(frame.time_ns - before, 0), SECOND_NS)
        before = frame.time_ns
        seconds, nanoseconds = divmod(now, SECOND_NS)
        length = _little(len(frame.octets))
        yield _little(seconds) + _little(nanoseconds // 1000) + length + length + frame.octets


def _little(number: int) -> bytes:
    return number.to_bytes(4, "little")
