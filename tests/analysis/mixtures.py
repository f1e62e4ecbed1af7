"""Frames of real captures in mixtures that no capture holds: in another order, at other times, damaged, repeated."""

import io
from functools import partial
from itertools import product
from random import Random

from hypothesis import strategies as st

from analysis.captured import CAPTURES
from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.capture.files import Capture, open_capture, read
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.pcap import PcapWriter
from p6lowpan.machines.adaptation.sender import send
from p6lowpan.wire.address import Link, LinkAddress, link_local, parse_ipv6
from p6lowpan.wire.checksum import transport_checksum, udp_checksum
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.expansion import expand

SECOND_NS = 1_000_000_000


def frames_of(name: str) -> list[CapturedFrame]:
    """All of a capture."""
    with open_capture(str(CAPTURES / f"{name}.pcap")) as capture:
        return list(capture)


def paced(frames: list[CapturedFrame], step_ns: int, start_ns: int | None = None) -> list[CapturedFrame]:
    """The frames one after the other, at even times from that of the first on, or from ``start_ns`` on."""
    start = frames[0].time_ns if start_ns is None else start_ns
    return [frame._replace(number=at + 1, time_ns=start + at * step_ns) for at, frame in enumerate(frames)]


def pcap_of(frames: list[CapturedFrame], *, nanoseconds: bool = True) -> Capture:
    """The frames as a file of one interface."""
    stream = io.BytesIO()
    writer = PcapWriter(stream, LinkType.IEEE802_15_4_WITHFCS, nanoseconds=nanoseconds)
    for frame in frames:
        writer.write(frame.octets, frame.time_ns, frame.original_length)
    stream.seek(0)
    return read(stream)


POOL = [frame for name in ("riot-rpl", "riot-short", "riot-stock") for frame in frames_of(name)[:400]]


def flipped(octets: bytes, place: int, bit: int) -> bytes:
    """The octets, one of them another."""
    return bytes(octet ^ (bit if at == place % len(octets) else 0) for at, octet in enumerate(octets))


def mixed(draw: list[tuple[int, int, int, str, int]]) -> list[CapturedFrame]:
    """Runs of frames, each with a leap in time before every frame of it, and with some harm."""
    frames: list[CapturedFrame] = []
    now = SECOND_NS
    for start, count, leap, harm, place in draw:
        for frame in POOL[start : start + count]:
            octets, original = frame.octets, len(frame.octets)
            if harm == "flip":
                octets = flipped(octets, place, 0x10)
            elif harm == "mend":
                octets = with_frame_check(flipped(octets[:-2], place, 1 << place % 8))
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
        st.sampled_from(["", "", "flip", "mend", "mend", "cut", "shorten", "repeat"]),
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
    for start, order, twice in bursts:
        for place in (*order, *order[:twice]):
            frames.append(FRAGMENTS[(start + place) % len(FRAGMENTS)])
    return paced(frames, 20_000_000)


BURSTS = st.lists(
    st.tuples(st.integers(0, len(FRAGMENTS)), st.permutations(range(6)), st.integers(0, 3)), max_size=6
).map(shuffled)
"""Fragments that join in any order."""


def datagrams() -> list[list[CapturedFrame]]:
    """The fragments of each datagram among those above, the longest first."""
    groups: dict[object, dict[bytes, CapturedFrame]] = {}
    for captured in FRAGMENTS:
        payload = decode_frame(captured.octets, 2)[0].payload
        groups.setdefault((captured.octets[3:9], payload[0] & 7, payload[1:4]), {})[captured.octets] = captured
    return [list(group.values()) for group in sorted(groups.values(), key=len, reverse=True)]


def behind_all(*rounds: list[CapturedFrame]) -> list[CapturedFrame]:
    """A capture, and behind it more frames, a millisecond apart, and ten seconds before each round of them."""
    frames = frames_of("riot-stock")
    now = frames[-1].time_ns
    for sent in rounds:
        now += 10 * SECOND_NS
        frames += [frame._replace(time_ns=now + at * 1_000_000) for at, frame in enumerate(sent)]
    return [frame._replace(number=at + 1) for at, frame in enumerate(frames)]


def disordered(order: tuple[int, ...]) -> list[CapturedFrame]:
    """The longest datagram three times, its first fragments in this order."""
    pieces = datagrams()[0]
    assert len(pieces) >= 3
    return behind_all(*[[pieces[place] for place in (*order, *range(3, len(pieces)))]] * 3)


def interleaved() -> list[CapturedFrame]:
    """Two datagrams of one sender, their fragments in turns, twice."""
    one = datagrams()[0]
    other = next(
        group
        for group in datagrams()[1:]
        if len(group) > 2 and group[0].octets[3:9] == one[0].octets[3:9] and group[0].octets[9:] != one[0].octets[9:]
    )
    turns = [frame for pair in zip(one, other, strict=False) for frame in pair]
    rest = one[len(other) :] + other[len(one) :]
    return behind_all(turns + rest, turns + rest, one, turns + rest)


UNICAST, BROADCAST = (b"\x61\xdc", b"\x71\xdc"), (b"\x41\xd8",)
"""The frame control of data frames from one extended address to another, and from one to all."""


def first_header(frames: list[CapturedFrame], controls: tuple[bytes, ...]) -> bytes:
    """The MAC header of the first frame with one of these frame controls."""
    octets = next(frame.octets for frame in frames if frame.octets[:2] in controls)
    return octets[: 15 if controls is BROADCAST else 21]


def follow(frames: list[CapturedFrame], header: bytes, payload: bytes, after_ns: int = 0) -> None:
    """One more frame with such a header."""
    last, octets = frames[-1], with_frame_check(header[:2] + bytes([len(frames) % 256]) + header[3:] + payload)
    frames.append(CapturedFrame(len(frames) + 1, last.time_ns + after_ns, octets, last.link_type, len(octets)))


def acknowledged_unasked() -> list[CapturedFrame]:
    """Acknowledgements with the sequence numbers of frames that asked for none."""
    frames = frames_of("riot-udp")[:60]
    acknowledgement = next(frame for frame in frames if len(frame.octets) == 5)
    broadcasts = [frame for frame in frames if frame.octets[:2] in BROADCAST]
    for broadcast in broadcasts:
        answer = with_frame_check(acknowledgement.octets[:2] + broadcast.octets[2:3])
        frames += [broadcast, acknowledgement._replace(octets=answer)]
    return paced(frames, SECOND_NS)


def alone() -> list[CapturedFrame]:
    """First fragments that are all of their datagram."""
    frames = conversation(60)
    for frame in frames[:]:
        payload = frame.octets[21:-2]
        if payload and payload[0] >> 5 == 0b011:
            size = len(expand(payload, LINK_OF_CONVERSATIONS, {}, RFC6282.limits).octets)
            octets = frame.octets[:21] + (0xC000 | size).to_bytes(2, "big") + b"\x77\x77" + payload
            frames.append(frame._replace(octets=with_frame_check(octets), original_length=len(octets) + 2))
    return paced(frames, 5_000_000)


def beginnings() -> list[CapturedFrame]:
    """Datagrams of UDP without compression of its header, whose first fragments hold less of them or more: none of the
    UDP header, one that is at odds with the IPv6 header, or all; and such packets whole."""
    ends = link_local(LINK_OF_CONVERSATIONS.source) + link_local(LINK_OF_CONVERSATIONS.destination)
    frames, payloads = frames_of("riot-udp")[:30], list[bytes]()
    for tag, (carried, there, wrong) in enumerate(product((0, 88), (40, 48, 56, 40), (0, 8))):
        udp = b"".join(value.to_bytes(2, "big") for value in (5000, 6000, 8 + carried + wrong, 0)) + bytes(carried)
        whole = packet(ends, Protocol.UDP, udp, 6)
        compressed = send(whole, LINK_OF_CONVERSATIONS, {}, LEVELS[3], 200, tag=1).frames[0]
        front = len(compressed) - len(udp)
        key = len(whole).to_bytes(2, "big"), tag.to_bytes(2, "big")
        first = bytes([0xC0 | key[0][0], key[0][1]]) + key[1] + compressed[: front + there - 40]
        other = bytes([0xE0 | key[0][0], key[0][1]]) + key[1] + bytes([there // 8]) + whole[there:]
        payloads += [first, other, compressed]
    header = first_header(frames, UNICAST)
    for payload in payloads * 3:
        follow(frames, header, payload)
    return paced(frames, 5_000_000)


def short_messages() -> list[CapturedFrame]:
    """First fragments that are all of their datagram: messages of ICMPv6 with fewer octets than any message has, with
    these alone, and with more."""
    ends = link_local(LINK_OF_CONVERSATIONS.source) + link_local(LINK_OF_CONVERSATIONS.destination)
    frames = frames_of("riot-udp")[:30]
    header = first_header(frames, UNICAST)
    for octets in (0, 3, 4, 8) * 3:
        message = packet(ends, Protocol.ICMPV6, bytes([200]) + bytes(max(octets, 4) - 1), 2)
        whole = message[:4] + octets.to_bytes(2, "big") + message[6 : 40 + octets]
        compressed = send(whole, LINK_OF_CONVERSATIONS, {}, LEVELS[3], 200, tag=1).frames[0]
        front = (0xC000 | len(whole)).to_bytes(2, "big") + len(frames).to_bytes(2, "big")
        follow(frames, header, front + compressed, 5_000_000)
    return frames


def announced() -> list[CapturedFrame]:
    """A DIO that names another prefix than the packets of its network have, again and again between such packets."""
    frames = frames_of("riot-stock")
    broadcast = first_header(frames, BROADCAST)
    source = link_local(LinkAddress(broadcast[14:6:-1]))
    information = bytes([155, 1, 0, 0, 0, 240, 1, 0, 0x88, 0, 0, 0]) + parse_ipv6("2001:db8:77::1")
    dio = packet(source + parse_ipv6("ff02::1a"), Protocol.ICMPV6, information, 2)
    ends = parse_ipv6("2001:db8::1") + parse_ipv6("2001:db8::2")
    plain = packet(ends, Protocol.UDP, bytes.fromhex("13881770000c0000") + b"data", 6)
    for whole, header in ((dio, broadcast), (plain, first_header(frames, UNICAST))) * 6:
        follow(frames, header, send(whole, LINK_OF_CONVERSATIONS, {}, LEVELS[3], 200, tag=1).frames[0])
    return paced(frames, 5_000_000)


def packet(ends: bytes, protocol: int, upper: bytes, checksum_at: int) -> bytes:
    """An IPv6 packet with the right checksum."""
    summed = udp_checksum if protocol == Protocol.UDP else partial(transport_checksum, next_header=protocol)
    checksum = summed(ends[:16], ends[16:], segment=upper).to_bytes(2, "big")
    upper = upper[:checksum_at] + checksum + upper[checksum_at + 2 :]
    return b"\x60\0\0\0" + len(upper).to_bytes(2, "big") + bytes([protocol, 64]) + ends + upper


LINK_OF_CONVERSATIONS = Link(
    LinkAddress(bytes.fromhex("0212345678abcd01")), LinkAddress(bytes.fromhex("0212345678abcd02"))
)


def conversation(count: int) -> list[CapturedFrame]:
    """Packets of which no two are the same, between two neighbors: echoes, UDP of which nobody knows what it carries,
    CoAP, and what comes on its ports; some of them in fragments. In front of them, frames with the same MAC headers."""
    frames = frames_of("riot-udp")[:30]
    header, link = first_header(frames, UNICAST), LINK_OF_CONVERSATIONS
    ends, chance = link_local(link.source) + link_local(link.destination), Random(count)
    for number in range(count):
        carried, kind = chance.randbytes(chance.choice((0, 20, 55, 250))), number % 5
        if kind == 0:
            echo = bytes([128 + chance.randrange(2), 0, 0, 0]) + chance.randbytes(4) + carried
            whole = packet(ends, Protocol.ICMPV6, echo, 2)
        else:
            ports = ((5000, 6000), (5683, 7000), (61616, 5000), (61616, 61617))[kind - 1]
            udp = b"".join(value.to_bytes(2, "big") for value in (*ports, 8 + len(carried), 0))
            whole = packet(ends, Protocol.UDP, udp + carried, 6)
        for payload in send(whole, link, {}, RFC6282, 100, tag=number).frames:
            follow(frames, header, payload, 3_000_000)
    return frames
