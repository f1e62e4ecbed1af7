"""A capture in figures."""

import tracemalloc
from collections import Counter

import pytest

from analysis.captured import KNOWN, explained
from analysis.laboratory import (
    ALICE,
    BOB,
    GLOBAL_ALICE,
    GLOBAL_BOB,
    Laboratory,
    fragments,
    iphc,
    udp_packet,
    uncompressed,
)
from p6lowpan.analysis.bounds import Bounds
from p6lowpan.analysis.explained import Severity
from p6lowpan.analysis.explainer import Explainer, Settings
from p6lowpan.analysis.summary import LONGEST_FRAME_OCTETS, Summary, uncompressed_octets
from p6lowpan.capability.features import Feature
from p6lowpan.machines.adaptation.fragmenter import fragment
from p6lowpan.wire.address import LinkAddress
from p6lowpan.wire.sixlowpan.mesh import MeshHeader

PACKET = udp_packet()
LARGE = udp_packet(bytes(range(250)))
MAC_OCTETS = 21 + 2
"""Frame control, sequence number, PAN, two EUI-64s, and the FCS."""


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory()


def test_frames_octets_and_packets_are_counted(laboratory: Laboratory) -> None:
    summary = Summary()
    summary.add(laboratory.hear(uncompressed(PACKET)))
    summary.add(laboratory.hear_octets(bytes.fromhex("0200010000")))
    assert (summary.frames, summary.packets) == (2, 1)
    assert summary.octets == MAC_OCTETS + 1 + len(PACKET) + 5
    assert (summary.first_time, summary.last_time) == (1_700_000_000_001_000_000, 1_700_000_000_002_000_000)
    (row,) = summary.conversations
    assert (row.packets, row.octets) == (1, len(PACKET))


@pytest.mark.parametrize("room", [13, 14, 40, 81, 102, 104, 127])
@pytest.mark.parametrize("size", [40, 80, 100, 101, 102, 103, 126, 127, 500, 1280, 2047])
def test_uncompressed_octets_are_those_of_our_own_fragmenter(size: int, room: int) -> None:
    payloads = fragment(b"\x41", 0, bytes(size), room, 1)
    assert uncompressed_octets(size, room) == sum(map(len, payloads))


def test_a_packet_that_is_not_compressed_saves_nothing(laboratory: Laboratory) -> None:
    summary = Summary()
    summary.add(laboratory.hear(uncompressed(PACKET)))
    assert summary.octets_on_link == summary.octets_uncompressed == 1 + len(PACKET)
    assert summary.saved == 0


def test_what_compression_saves_is_the_difference(laboratory: Laboratory) -> None:
    summary = Summary()
    summary.add(laboratory.hear(iphc(PACKET, -1, -1)))
    assert summary.octets_on_link == len(PACKET) - 40 + 4
    assert summary.saved == 1 + 40 - 4


def test_a_packet_that_would_need_fragments_uncompressed_saves_their_headers_too(laboratory: Laboratory) -> None:
    packet = udp_packet(bytes(70))
    summary = Summary()
    summary.add(laboratory.hear(iphc(packet, -1, -1)))
    in_fragments = fragment(b"\x41", 0, packet, LONGEST_FRAME_OCTETS - MAC_OCTETS, 1)
    assert len(in_fragments) == 2
    assert summary.octets_uncompressed == sum(map(len, in_fragments))


def test_a_datagram_in_fragments_is_compared_when_it_is_whole(laboratory: Laboratory) -> None:
    compressed = iphc(LARGE, -1, -1)[:4]
    payloads = fragment(compressed, 40, LARGE, LONGEST_FRAME_OCTETS - MAC_OCTETS, 1)
    summary = Summary()
    for payload in payloads[:-1]:
        summary.add(laboratory.hear(payload))
    assert summary.saved == 0
    summary.add(laboratory.hear(payloads[-1]))
    plain = fragment(b"\x41", 0, LARGE, LONGEST_FRAME_OCTETS - MAC_OCTETS, 1)
    assert summary.octets_on_link == sum(map(len, payloads))
    assert summary.octets_uncompressed == sum(map(len, plain))
    assert summary.fragments_received == len(payloads)


def test_a_mesh_header_is_there_with_and_without_compression(laboratory: Laboratory) -> None:
    mesh = MeshHeader(hops_left=5, originator=ALICE, final_destination=BOB).encode()
    summary = Summary()
    summary.add(laboratory.hear(mesh + iphc(PACKET, -1, -1)))
    assert summary.saved == 1 + 40 - 4


def test_a_lost_datagram_is_counted_and_nothing_said_of_its_size(laboratory: Laboratory) -> None:
    summary = Summary()
    first, *_ = fragments(LARGE)
    summary.add(laboratory.hear(first))
    summary.finish(laboratory.explainer.finish())
    assert summary.datagrams_lost == 1
    assert summary.octets_uncompressed == summary.octets_on_link == len(first)
    lost = summary.findings["datagram-lost"]
    assert (lost.count, lost.first_frame, lost.severity) == (1, None, Severity.ERROR)


def test_a_repetition_counts_as_one_and_not_as_a_packet(laboratory: Laboratory) -> None:
    summary = Summary()
    frame = laboratory.data(uncompressed(PACKET))
    for _ in range(3):
        summary.add(laboratory.hear_frame(frame))
    assert (summary.frames, summary.packets, summary.retransmissions) == (3, 1, 2)
    assert (summary.findings["retransmission"].count, summary.findings["retransmission"].first_frame) == (2, 2)


def test_features_and_levels_are_counted_by_frame(laboratory: Laboratory) -> None:
    summary = Summary()
    summary.add(laboratory.hear(uncompressed(PACKET)))
    summary.add(laboratory.hear(fragments(LARGE)[0]))
    summary.add(laboratory.hear(iphc(PACKET, -1, -1)))
    assert summary.features[Feature.UNCOMPRESSED_IPV6] == 2
    assert summary.features[Feature.FRAGMENTATION] == 1
    assert summary.levels == {0: 2, 3: 1}


def test_the_first_text_of_a_finding_is_kept(laboratory: Laboratory) -> None:
    summary = Summary()
    for tag in range(3):
        summary.add(laboratory.hear(iphc(udp_packet(bytes((tag,)), GLOBAL_ALICE, GLOBAL_BOB), tag, tag)))
    row = summary.findings["no-context"]
    assert (row.count, row.first_frame, row.section) == (3, 1, "RFC 6282 3.1.2")
    assert "contexts 0 and 0" in row.text


@pytest.mark.parametrize("name", ["riot-udp", "contiki-ng-rpl-1hop", "openthread-udp"])
def test_a_capture_adds_up(name: str) -> None:
    summary, features, packets = Summary(), Counter[Feature](), 0
    findings: Counter[str] = Counter()
    for frame in explained(name, KNOWN[name]):
        summary.add(frame)
        features.update(frame.features if frame.received and frame.received.payload else ())
        packets += len(frame.packets)
        findings.update(each.name for each in frame.findings)
    assert summary.packets == packets == sum(row.packets for row in summary.conversations)
    assert summary.features == features
    assert {name: row.count for name, row in summary.findings.items()} == findings
    assert summary.saved > 0


# --- memory ----------------------------------------------------------------------------------------------------------


PLAIN, HELD = fragments(LARGE), fragments(LARGE, iphc(LARGE, 0, 0)[:4], 40)[0]


def tagged(payload: bytes, tag: int) -> bytes:
    """A fragment of another datagram."""
    return payload[:2] + (tag & 0xFFFF).to_bytes(2, "big") + payload[4:]


def hostile_payload(number: int) -> bytes:
    """Ever new prefixes, ports, contexts and tags."""
    match number % 4:
        case 0:
            source = f"2001:db8:{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}::1"
            return uncompressed(udp_packet(b"x", source, GLOBAL_BOB, source_port=number & 0xFFFF))
        case 1:
            return iphc(PACKET, number % 16, 0, (number % 16, 3))
        case 2:
            return tagged(PLAIN[number % 3], number)
    return tagged(HELD, number)


def hear_hostile(laboratory: Laboratory, summary: Summary, count: int) -> None:
    """Frames of ever new senders in ever new PANs."""
    for _ in range(count):
        number = laboratory.number
        source = LinkAddress((1 << 56 | number).to_bytes(8, "big"))
        pan = {"destination_pan": number % 100, "acknowledgement_request": 1}
        summary.add(laboratory.hear(hostile_payload(number), source, **pan))


SMALL = Bounds(pans=4, senders=64, channels=4, frame_counters=64, short_addresses=64, extended_addresses=64)


def test_memory_does_not_grow_with_the_capture() -> None:
    """So many frames fill every table that they can fill; as many again must not add to that."""
    laboratory, summary = Laboratory(), Summary(most_conversations=64)
    laboratory.explainer = Explainer(Settings(), SMALL)
    tracemalloc.start()
    try:
        hear_hostile(laboratory, summary, 600)
        before = tracemalloc.get_traced_memory()[0]
        hear_hostile(laboratory, summary, 1200)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert summary.frames == 1800
    assert summary.datagrams_lost > 600
    assert after - before < 60_000  # 50 octets a frame: Python keeps some freed tuples for later
