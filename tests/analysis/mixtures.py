"""Frames of real captures in mixtures that no capture holds: in another order, at other times, damaged, repeated."""

import io

from hypothesis import strategies as st

from analysis.captured import CAPTURES
from p6lowpan.capture.files import Capture, open_capture, read
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame

SECOND_NS = 1_000_000_000


def frames_of(name: str) -> list[CapturedFrame]:
    """All of a capture."""
    with open_capture(str(CAPTURES / f"{name}.pcap")) as capture:
        return list(capture)


def pcap_of(frames: list[CapturedFrame], *, nanoseconds: bool = True) -> Capture:
    """The frames as a file of one interface."""
    stream = io.BytesIO()
    writer = PcapWriter(stream, LinkType.IEEE802_15_4_WITHFCS, nanoseconds=nanoseconds)
    for frame in frames:
        writer.write(frame.octets, frame.time_ns, frame.original_length)
    stream.seek(0)
    return read(stream)


POOL = [frame for name in ("riot-rpl", "riot-short", "riot-stock") for frame in frames_of(name)[:400]]


def mixed(draw: list[tuple[int, int, int, str, int]]) -> list[CapturedFrame]:
    """Runs of frames, each with a leap in time before every frame of it, and with some harm."""
    frames: list[CapturedFrame] = []
    now = SECOND_NS
    for start, count, leap, harm, place in draw:
        for frame in POOL[start : start + count]:
            octets, original = frame.octets, len(frame.octets)
            if harm == "flip":
                octets = bytes(octet ^ (0x10 if at == place % len(octets) else 0) for at, octet in enumerate(octets))
            elif harm == "cut":
                octets = octets[: place % len(octets)]
            elif harm == "shorten":
                octets, original = octets[: place % len(octets)], place % len(octets)
            for _ in range(2 if harm == "repeat" else 1):
                now += leap
                frames.append(CapturedFrame(len(frames) + 1, now, octets, frame.link_type, original))
    return frames


MIXTURES = st.lists(
    st.tuples(
        st.integers(0, len(POOL) - 1),
        st.integers(1, 40),
        st.sampled_from([1, 1_000_000, SECOND_NS, 61 * SECOND_NS]),
        st.sampled_from(["", "", "flip", "cut", "shorten", "repeat"]),
        st.integers(0, 200),
    ),
    max_size=8,
).map(mixed)


def is_fragment(captured: CapturedFrame) -> bool:
    """Whether a frame carries a fragment."""
    frame, _ = decode_frame(captured.octets, 2)
    return isinstance(frame, Frame) and frame.payload[:1] != b"" and frame.payload[0] >> 3 in (0b11000, 0b11100)


FRAGMENTS = [frame for frame in POOL if is_fragment(frame)]


def shuffled(bursts: list[tuple[int, list[int], int]]) -> list[CapturedFrame]:
    """Fragments in bursts, each out of order and some of it twice, behind frames that make their headers known."""
    frames = frames_of("riot-stock")[:40]
    now = frames[0].time_ns
    for start, order, twice in bursts:
        for place in (*order, *order[:twice]):
            frames.append(FRAGMENTS[(start + place) % len(FRAGMENTS)])
    return [frame._replace(number=at + 1, time_ns=now + at * 20_000_000) for at, frame in enumerate(frames)]


BURSTS = st.lists(
    st.tuples(st.integers(0, len(FRAGMENTS)), st.permutations(range(6)), st.integers(0, 3)), max_size=6
).map(shuffled)
"""Fragments that join in any order."""


def longest_datagram() -> list[CapturedFrame]:
    """The fragments of the longest datagram among those above."""
    groups: dict[object, dict[bytes, CapturedFrame]] = {}
    for captured in FRAGMENTS:
        payload = decode_frame(captured.octets, 2)[0].payload
        groups.setdefault((captured.octets[3:9], payload[0] & 7, payload[1:4]), {})[captured.octets] = captured
    return list(max(groups.values(), key=len).values())


def behind_all(order: tuple[int, ...]) -> list[CapturedFrame]:
    """A capture, and behind it three times the fragments of the longest datagram, the first ones in this order."""
    pieces, frames = longest_datagram(), frames_of("riot-stock")
    assert len(pieces) >= 3
    now = frames[-1].time_ns
    for leap in (10, 20, 30):
        places = (*order, *range(3, len(pieces)))
        sent = [(now + leap * SECOND_NS + at * 1_000_000, pieces[place]) for at, place in enumerate(places)]
        frames += [frame._replace(time_ns=time_ns) for time_ns, frame in sent]
    return [frame._replace(number=at + 1) for at, frame in enumerate(frames)]
