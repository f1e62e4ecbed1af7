"""Frames with 6LoWPAN Routing Headers to packets: RFC 8138 appendix A, in one frame, in fragments, without the root."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p6lowpan.capability import limits
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import LEVELS, RFC6282
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.routed_packet import NO_DODAGS, Dodag, Dodags
from p6lowpan.wire.sixlowpan.routing_header import IpInIp, rpl_information, source_routes
from properties.building import checksum, ipv6, udp
from properties.recoverable import recoverable

LINK = Link(LinkAddress(b"\x00\x01"), LinkAddress(b"\x11\x11"))
PREFIX = bytes.fromhex("20010db8000000000000")
CONTEXTS = {0: Context(0, bytes.fromhex("20010db8000000000000000000000000"), 64)}
ROOT, ONE, TWO, THREE, FINAL = (
    bytes.fromhex("20010db800000000000000fffe00") + node.to_bytes(2, "big")
    for node in (1, 0x1111, 0x2222, 0x3333, 0x5555)
)
OUTSIDE = bytes.fromhex("20010db8ffff00000000000000000099")
DODAG: Dodags = {None: Dodag(ROOT), 0: Dodag(ROOT)}
DATA, PORTS = bytes(range(72)), (0xF0B3, 0xF0BA)
DOWN = rpl_information(0, 0x0100, down=True)


def text(address: bytes) -> str:
    return ":".join(address[at : at + 2].hex() for at in range(0, 16, 2))


SUM = checksum(text(OUTSIDE), text(FINAL), 17, udp(DATA, *PORTS, 0))
INNER = ipv6(17, udp(DATA, *PORTS, SUM), text(OUTSIDE), text(FINAL), hop_limit=64)
IPHC = bytes.fromhex("7e06") + OUTSIDE + FINAL[14:]
"""Hop limit 64, the source in line, of the destination 16 bits behind context 0; NH=1."""

SUMMED = IPHC + bytes.fromhex("f33a") + SUM.to_bytes(2, "big") + DATA
ELIDED = IPHC + bytes.fromhex("f73a") + DATA

FIGURE_20 = b"".join(
    header.encode() for header in (*source_routes([ONE, TWO, THREE], ROOT), DOWN, IpInIp(hop_limit=64))
)
OPTION = bytes.fromhex("2b00" + "6304" + "8000" + "0100")
ROUTE = bytes.fromhex("29" + "01" + "03" + "02" + "ee400000" + "22223333" + "00000000")
OUTER = bytes.fromhex("60000000") + (24 + len(INNER)).to_bytes(2, "big") + b"\x00\x40" + ROOT + ONE
RESTORED = OUTER + OPTION + ROUTE + INNER
"""Figure 20: "RPI is provided", the last router is not the final destination."""


class Playbook:
    """A receiver that is given frames, one a microsecond."""

    def __init__(self, receiver: Receiver, dodags: Dodags = DODAG) -> None:
        self.receiver = receiver
        self.dodags = dodags
        self.now = 0

    def given(self, frame: bytes) -> Received:
        self.now += 1
        return self.receiver.receive(self.now, frame, LINK, CONTEXTS, self.dodags)

    def delivers(self, *frames: bytes) -> list[bytes]:
        return [packet.octets for frame in frames for packet in self.given(frame).packets]


@pytest.fixture
def playbook() -> Playbook:
    return Playbook(Receiver(RFC6282))


def in_fragments(compressed: bytes, covered: int, size: int, tag: int = 7) -> list[bytes]:
    """RFC 4944: the compressed beginning, which stands for ``covered`` octets, and the rest of the datagram."""
    frames = [(0b11000 << 11 | size).to_bytes(2, "big") + tag.to_bytes(2, "big") + compressed]
    rest = RESTORED[covered:]
    for start in range(0, len(rest), 24):
        header = (0b11100 << 11 | size).to_bytes(2, "big") + tag.to_bytes(2, "big") + bytes(((covered + start) // 8,))
        frames.append(header + rest[start : start + 24])
    return frames


@pytest.mark.parametrize("datagram", [SUMMED, ELIDED], ids=["checksum", "no checksum"])
def test_one_frame_delivers_the_packet_that_the_root_sent(playbook: Playbook, datagram: bytes) -> None:
    received = playbook.given(b"\xf1" + FIGURE_20 + datagram)
    assert [packet.octets for packet in received.packets] == [RESTORED]
    assert received.features >= {Feature.PAGING, Feature.ROUTING_HEADER, Feature.IPHC}
    assert received.growth == len(RESTORED) - len(FIGURE_20) - len(datagram)


@pytest.mark.parametrize("checksum_octets", [4, 2], ids=["checksum", "no checksum"])
@pytest.mark.parametrize("backwards", [False, True])
def test_fragments_of_rfc_4944_are_of_the_uncompressed_packet(
    playbook: Playbook, checksum_octets: int, backwards: bool
) -> None:
    datagram = SUMMED if checksum_octets == 4 else ELIDED
    headers = len(IPHC) + checksum_octets
    first = b"\xf1" + FIGURE_20 + datagram[: headers + 16]
    frames = in_fragments(first, len(RESTORED) - len(DATA) + 16, len(RESTORED))
    assert playbook.delivers(*(frames[::-1] if backwards else frames)) == [RESTORED]


def test_recoverable_fragments_are_of_the_compressed_one(playbook: Playbook) -> None:
    frames = recoverable(b"\xf1" + FIGURE_20 + ELIDED, 50)
    assert playbook.delivers(*frames) == [RESTORED]


# --- without the root ------------------------------------------------------------------------------------------------


def test_without_the_root_the_packet_inside_is_delivered() -> None:
    received = Playbook(Receiver(RFC6282), NO_DODAGS).given(b"\xf1" + FIGURE_20 + SUMMED)
    assert [packet.octets for packet in received.packets] == [INNER]
    assert received.error is None
    assert received.payload is not None
    assert received.payload.routed is not None
    assert received.payload.routed.unknown is not None
    assert received.payload.routed.unknown.reason is Reason.NO_ROOT


@pytest.mark.parametrize("checksum_octets", [4, 2], ids=["checksum", "no checksum"])
def test_without_the_root_fragments_deliver_the_packet_inside(checksum_octets: int) -> None:
    playbook = Playbook(Receiver(RFC6282), NO_DODAGS)
    datagram = SUMMED if checksum_octets == 4 else ELIDED
    first = b"\xf1" + FIGURE_20 + datagram[: len(IPHC) + checksum_octets + 16]
    frames = in_fragments(first, len(RESTORED) - len(DATA) + 16, len(RESTORED))
    assert playbook.delivers(*frames) == [INNER]
    # the next datagram under the same key is whole as it is
    playbook.dodags = DODAG
    playbook.now += limits.RFC6282.completed_datagram_us
    assert playbook.delivers(*frames) == [RESTORED]


def test_what_is_lost_leaves_nothing_behind() -> None:
    playbook = Playbook(Receiver(RFC6282), NO_DODAGS)
    first = b"\xf1" + FIGURE_20 + ELIDED[: len(IPHC) + 18]
    frames = in_fragments(first, len(RESTORED) - len(DATA) + 16, len(RESTORED))
    playbook.given(frames[0])
    assert playbook.receiver.unsummed
    playbook.receiver.give_up()
    assert not playbook.receiver.unsummed
    whole = [
        (0b11100 << 11 | len(RESTORED)).to_bytes(2, "big") + b"\x00\x07" + bytes((at // 8,)) + RESTORED[at : at + 48]
        for at in range(0, len(RESTORED), 48)
    ]
    assert playbook.delivers(*whole) == [RESTORED]


# --- who takes what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", range(7))
def test_no_level_takes_routing_headers(level: int) -> None:
    received = Playbook(Receiver(LEVELS[level])).given(b"\xf1" + FIGURE_20 + SUMMED)
    assert received.error is not None or Feature.ROUTING_HEADER in received.unsupported
    assert received.packets == ()


def test_a_receiver_without_the_feature_is_asked_for_nothing_more() -> None:
    receives = RFC6282.receives - {Feature.ROUTING_HEADER}
    deep = IpInIp(hop_limit=1).encode() * 9
    received = Playbook(Receiver(replace(RFC6282, receives=receives))).given(b"\xf1" + deep + SUMMED)
    assert (received.unsupported, received.error) == ({Feature.ROUTING_HEADER}, None)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (IpInIp(hop_limit=1).encode() * 5, Reason.TOO_DEEP),
        (DOWN.encode() * 2, Reason.BAD_ORDER),
        (bytes.fromhex("8006"), Reason.UNSUPPORTED),
        (bytes.fromhex("8301" + "1111" + "2222"), Reason.TRUNCATED),
    ],
)
def test_routing_headers_that_cannot_be_put_back_are_an_error(
    playbook: Playbook, headers: bytes, reason: Reason
) -> None:
    received = playbook.given(b"\xf1" + headers + (SUMMED if reason is not Reason.TRUNCATED else b""))
    assert received.error is not None
    assert (received.error.layer, received.error.reason, received.packets) == ("6lorh", reason, ())


def test_headers_may_not_grow_past_the_limit() -> None:
    grown = len(RESTORED) - len(FIGURE_20) - len(SUMMED)
    for bound, delivered in ((grown, 1), (grown - 1, 0)):
        profile = replace(RFC6282, limits=replace(limits.RFC6282, header_growth_octets=bound))
        received = Playbook(Receiver(profile)).given(b"\xf1" + FIGURE_20 + SUMMED)
        assert len(received.packets) == delivered
        assert (received.error is None) == bool(delivered)


def test_a_packet_that_grows_past_any_datagram_is_too_big() -> None:
    profile = replace(RFC6282, limits=replace(limits.RFC6282, datagram_octets=len(RESTORED) - 1))
    received = Playbook(Receiver(profile)).given(b"\xf1" + FIGURE_20 + SUMMED)
    assert received.error is not None
    assert received.error.reason is Reason.TOO_BIG


@pytest.mark.parametrize("end", range(1 + len(FIGURE_20) + len(SUMMED)))
def test_a_frame_that_is_cut_anywhere_is_an_error_or_a_shorter_packet(playbook: Playbook, end: int) -> None:
    received = playbook.given((b"\xf1" + FIGURE_20 + SUMMED)[:end])
    headers = 1 + len(FIGURE_20) + len(IPHC) + 4
    assert (received.error is None) == (end >= headers)
    assert [len(packet.octets) for packet in received.packets] == (
        [len(RESTORED) - len(DATA) + end - headers] if end >= headers else []
    )


@given(st.binary(max_size=90), st.integers(0, 2047))
def test_no_routing_header_makes_a_receiver_raise(octets: bytes, size: int) -> None:
    playbook = Playbook(Receiver(RFC6282))
    for front in (b"", (0b11000 << 11 | size).to_bytes(2, "big") + b"\0\1"):
        for header in (b"\x80", b"\xa1\x06", b"\x83\x05"):
            playbook.given(front + b"\xf1" + header + octets)
            playbook.given(front + b"\xf1" + header + octets[:4] + b"\xf0\x41" + octets)
