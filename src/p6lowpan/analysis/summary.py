"""A capture in figures: traffic, what compression saved, what was lost, which features and findings, how often.

    summary = Summary()
    for captured in open_capture(path):
        summary.add(explainer.explain(captured))
    summary.finish(explainer.finish())

Its memory does not grow with the capture: findings are as many as there are rules, every other table has a bound.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from p6lowpan.analysis.conversations import Conversations
from p6lowpan.analysis.explained import Explained, Finding, Severity
from p6lowpan.analysis.findings import of_drop
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.capability.profile import takes
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.fast_capture import Tally
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Outcome
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.fragment import OFFSET_UNIT, FirstFragment, SubsequentFragment
from p6lowpan.wire.sixlowpan.mesh import BroadcastHeader, MeshHeader
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment

LONGEST_FRAME_OCTETS = 127  # aMaxPhyPacketSize of IEEE 802.15.4 at 2.4 GHz
FIRST_FRAGMENT_OCTETS, SUBSEQUENT_FRAGMENT_OCTETS, DISPATCH_OCTETS = 4, 5, 1
LEAST_ROOM_OCTETS = SUBSEQUENT_FRAGMENT_OCTETS + OFFSET_UNIT
MOST_DATAGRAMS = ANALYSIS.reassembly_buffers
MOST_ASKED = 1024
FRAGMENTS = (FirstFragment, SubsequentFragment, RecoverableFragment)
IN_FRONT = (MeshHeader, BroadcastHeader, EscapeHeader)


@dataclass(slots=True)
class FindingCount:
    """How often a finding came up. ``text`` is that of the first, in frame ``first_frame``; ``None``: at the end."""

    severity: Severity
    section: str
    text: str
    first_frame: int | None
    count: int = 0


class Measures(NamedTuple):
    """Of a payload: its octets, those of the headers in front of fragments and datagrams, and how many octets of
    payload the longest frame of its kind holds."""

    octets: int
    in_front: int
    room: int


class Summary:
    """The figures of a capture, frame by frame.

    ``octets`` are those of the captured frames, ``octets_on_link`` those of the 6LoWPAN payloads among them, and
    ``octets_uncompressed`` what these would be with dispatch 0x41 and the fragments that the packets would then need.
    """

    def __init__(self, most_conversations: int | None = None) -> None:
        self.frames = 0
        self.octets = 0
        self.packets = 0
        self.conversations = Conversations(most_conversations) if most_conversations else Conversations()
        self.octets_on_link = 0
        self.octets_uncompressed = 0
        self.fragments_received = 0
        self.datagrams_lost = 0
        self.retransmissions = 0
        self.copies = 0
        self._asked: Counter[tuple[frozenset[Feature], int]] = Counter()
        self._features: Counter[Feature] = Counter()
        self._levels: Counter[int | None] = Counter()
        self.findings: dict[str, FindingCount] = {}
        self.first_time: int | None = None
        self.last_time = 0
        self._on_link: BoundedTable[DatagramKey, int] = BoundedTable(MOST_DATAGRAMS)

    @property
    def saved(self) -> int:
        """How many octets compression saved on the link."""
        return self.octets_uncompressed - self.octets_on_link

    @property
    def features(self) -> Counter[Feature]:
        """How many payloads use each feature."""
        self._sort_out()
        return self._features

    @property
    def levels(self) -> Counter[int | None]:
        """How many payloads each level is the lowest of that takes them; ``None``: no level does."""
        self._sort_out()
        return self._levels

    def add(self, explained: Explained) -> None:
        """Count one frame."""
        self._add_captured(explained.captured, explained.findings)
        self.copies += explained.copied
        self.retransmissions += explained.repeated
        for drop in explained.lost:
            self.datagrams_lost += 1
            self._on_link.remove(drop.key)
        received = explained.received
        if received is not None and received.payload is not None:
            is_fragment = any(isinstance(placed.header, FRAGMENTS) for placed in received.payload.stack.headers)
            outcome = received.outcomes[-1] if is_fragment and received.outcomes else None
            measures = Measures(_payload_octets(explained), _in_front(explained), _room(explained))
            self._add_payload(explained.features, explained.growth, measures, is_fragment)
            if outcome is not None:
                self._add_fragment(outcome, explained.packets, measures)
            for packet in explained.packets:
                if packet.timeline is None:
                    self._add_whole(len(packet.octets), measures)
        self._add_packets(explained.packets, explained.transports, explained.captured.time_ns)

    @property
    def tables(self) -> tuple[dict[tuple[frozenset[Feature], int], int], int, dict[DatagramKey, int], int]:
        """What is counted of payloads, and the octets of datagrams that are not whole, each with its bound, for the C
        core (c/python/telling.c), which counts by the rules of this module."""
        return self._asked, MOST_ASKED, self._on_link.entries, self._on_link.bound

    def add_sums(self, sums: Tally, rules: tuple[str, ...]) -> None:
        """Count frames that the C core told; ``rules`` are those of its last three sums."""
        self.frames += sums.frames
        self.octets += sums.octets
        self.octets_on_link += sums.octets_on_link
        self.octets_uncompressed += sums.octets_uncompressed
        self.fragments_received += sums.fragments_received
        self.retransmissions += sums.retransmissions
        self.packets += sums.packets
        self._add_times(sums.first_time, sums.last_time)
        for name, count in zip(rules, sums[-len(rules) :], strict=True):
            if count:
                self.findings[name].count += count

    def add_glimpse(self, glimpse: Glimpse) -> None:
        """Count a frame that was glanced at."""
        captured = glimpse.captured
        self._add_captured(captured, glimpse.findings)
        if glimpse.features:
            octets, part = glimpse.payload_octets, glimpse.part
            room = max(LEAST_ROOM_OCTETS, LONGEST_FRAME_OCTETS - len(captured.octets) + octets)
            measures = Measures(octets, 0, room)
            self._add_payload(glimpse.features, glimpse.growth, measures, part is not None)
            if part is not None:
                self._add_fragment(part.outcome, glimpse.packets, measures)
            if glimpse.packets:
                if part is None:
                    self._add_whole(len(glimpse.packets[0].octets), measures)
                self._add_packets(glimpse.packets, glimpse.transports, captured.time_ns)
        else:
            self.retransmissions += glimpse.repeated

    def _add_captured(self, captured: CapturedFrame, findings: tuple[Finding, ...]) -> None:
        self.frames += 1
        self.octets += len(captured.octets)
        self._add_times(captured.time_ns, captured.time_ns)
        for finding in findings:
            self._count(finding, captured.number)

    def _add_times(self, first: int, last: int) -> None:
        if self.first_time is None or first < self.first_time:
            self.first_time = first
        self.last_time = max(self.last_time, last)

    def _add_packets(self, packets: tuple[Packet, ...], transports: tuple[Transport, ...], time_ns: int) -> None:
        for packet, transport in zip(packets, transports, strict=True):
            self.packets += 1
            self.conversations.add(transport, len(packet.octets), time_ns)

    def finish(self, drops: Iterable[DatagramDropped]) -> None:
        """Count what the end of the capture left incomplete: what ``Explainer.finish`` returned."""
        for drop in drops:
            self.datagrams_lost += 1
            self._count(of_drop(drop), None)

    def _count(self, finding: Finding, number: int | None) -> None:
        row = self.findings.get(finding.name)
        if row is None:
            row = self.findings[finding.name] = FindingCount(finding.severity, finding.section, finding.text, number)
        row.count += 1

    # --- what compression saved ---------------------------------------------------------------------------------------

    def _add_payload(self, features: frozenset[Feature], growth: int, measures: Measures, is_fragment: bool) -> None:
        """A payload that was understood."""
        if len(self._asked) >= MOST_ASKED:
            self._sort_out()
        self._asked[features, growth] += 1
        self.octets_on_link += measures.octets
        self.octets_uncompressed += measures.octets
        self.fragments_received += is_fragment

    def _add_fragment(self, last: Outcome, packets: tuple[Packet, ...], measures: Measures) -> None:
        """What became of the datagram of a fragment. Until it is complete, its fragments count as what they are: of a
        lost one nothing can be said."""
        if isinstance(last, DatagramDropped):
            return
        so_far = self._on_link.get(last.key, 0) + measures.octets - measures.in_front
        if not isinstance(last, Complete):
            self._on_link.put(last.key, so_far)
            return
        self._on_link.remove(last.key)
        for packet in packets:
            self.octets_uncompressed += uncompressed_octets(len(packet.octets), measures.room) - so_far

    def _add_whole(self, size: int, measures: Measures) -> None:
        """A packet that came in one frame."""
        self.octets_uncompressed += uncompressed_octets(size, measures.room) - measures.octets + measures.in_front

    def _sort_out(self) -> None:
        """Features and levels of the payloads that were counted by what they ask for: most ask for the same."""
        for (features, growth), count in self._asked.items():
            self._levels[takes(features, growth)] += count
            for feature in features:
                self._features[feature] += count
        self._asked.clear()


def _payload_octets(explained: Explained) -> int:
    """The octets of the 6LoWPAN payload of a frame."""
    if isinstance(explained.frame, Frame):
        return len(explained.frame.payload)
    return len(explained.inside.octets) if explained.inside else 0


def _in_front(explained: Explained) -> int:
    """The octets of headers that stand in front of fragments and datagrams, compressed or not: mesh, broadcast."""
    payload = explained.received.payload if explained.received else None
    if payload is None:
        return 0
    return sum(placed.end - placed.start for placed in payload.stack.headers if isinstance(placed.header, IN_FRONT))


def _room(explained: Explained) -> int:
    """How many octets of payload the longest frame with the same MAC header, security and headers in front holds."""
    overhead = _in_front(explained)
    if explained.inside is not None and isinstance(explained.frame, Frame):
        overhead += len(explained.inside.octets) - len(explained.frame.payload)
    return max(LEAST_ROOM_OCTETS, LONGEST_FRAME_OCTETS - overhead)


def uncompressed_octets(size: int, room: int) -> int:
    """What a packet takes on the link uncompressed, in frames that hold ``room`` octets each (RFC 4944 section 5.3)."""
    whole = DISPATCH_OCTETS + size
    if whole <= room:
        return whole
    first = (room - FIRST_FRAGMENT_OCTETS - DISPATCH_OCTETS) // OFFSET_UNIT * OFFSET_UNIT
    step = (room - SUBSEQUENT_FRAGMENT_OCTETS) // OFFSET_UNIT * OFFSET_UNIT
    others = -(-(size - first) // step)
    return whole + FIRST_FRAGMENT_OCTETS + others * SUBSEQUENT_FRAGMENT_OCTETS
