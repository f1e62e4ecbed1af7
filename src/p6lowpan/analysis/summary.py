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

from p6lowpan.analysis.conversations import Conversations
from p6lowpan.analysis.explained import Explained, Finding, Severity
from p6lowpan.analysis.findings import of_drop
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.capability.profile import takes
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.ieee802154.frame import Frame
from p6lowpan.wire.sixlowpan.fragment import OFFSET_UNIT

LONGEST_FRAME_OCTETS = 127  # aMaxPhyPacketSize of IEEE 802.15.4 at 2.4 GHz
FIRST_FRAGMENT_OCTETS, SUBSEQUENT_FRAGMENT_OCTETS, DISPATCH_OCTETS = 4, 5, 1
LEAST_ROOM_OCTETS = SUBSEQUENT_FRAGMENT_OCTETS + OFFSET_UNIT
MOST_DATAGRAMS = ANALYSIS.reassembly_buffers


@dataclass(slots=True)
class FindingCount:
    """How often a finding came up. ``text`` is that of the first, in frame ``first_frame``; ``None``: at the end."""

    severity: Severity
    section: str
    text: str
    first_frame: int | None
    count: int = 0


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
        self.features: Counter[Feature] = Counter()
        self.levels: Counter[int | None] = Counter()
        self.findings: dict[str, FindingCount] = {}
        self.first_time: int | None = None
        self.last_time = 0
        self._on_link: BoundedTable[DatagramKey, int] = BoundedTable(MOST_DATAGRAMS)

    @property
    def saved(self) -> int:
        """How many octets compression saved on the link."""
        return self.octets_uncompressed - self.octets_on_link

    def add(self, explained: Explained) -> None:
        """Count one frame."""
        captured = explained.captured
        self.frames += 1
        self.octets += len(captured.octets)
        self.retransmissions += explained.repeated
        self.copies += explained.copied
        self.first_time = captured.time_ns if self.first_time is None else min(self.first_time, captured.time_ns)
        self.last_time = max(self.last_time, captured.time_ns)
        for finding in explained.findings:
            self._count(finding, captured.number)
        for drop in explained.lost:
            self.datagrams_lost += 1
            self._on_link.remove(drop.key)
        if explained.received is not None and explained.received.payload is not None:
            self._add_payload(explained)
        for packet, transport in zip(explained.packets, explained.transports, strict=True):
            self.packets += 1
            self.conversations.add(transport, len(packet.octets), captured.time_ns)

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

    def _add_payload(self, explained: Explained) -> None:
        self.features.update(explained.features)
        self.levels[takes(explained.features, explained.growth)] += 1
        on_link, room = _payload_octets(explained), _room(explained)
        self.octets_on_link += on_link
        self.octets_uncompressed += on_link
        received = explained.received
        assert received is not None  # noqa: S101 - our caller looked
        fragmented = received.payload is not None and received.payload.stack.fragment is not None
        if fragmented:
            self._add_fragment(explained, on_link)
        for packet in explained.packets:
            if packet.timeline is None:
                self.octets_uncompressed += (
                    uncompressed_octets(len(packet.octets), room) - on_link + _in_front(explained)
                )

    def _add_fragment(self, explained: Explained, on_link: int) -> None:
        """Until a datagram is complete, its fragments count as what they are: of a lost one nothing can be said."""
        self.fragments_received += 1
        received = explained.received
        outcomes = received.outcomes if received else ()
        last = outcomes[-1] if outcomes else None
        if last is None or isinstance(last, DatagramDropped):
            return
        so_far = self._on_link.get(last.key, 0) + on_link - _in_front(explained)
        if isinstance(last, Complete):
            self._on_link.remove(last.key)
            self.octets_uncompressed += uncompressed_octets(last.key.size, _room(explained)) - so_far
        else:
            self._on_link.put(last.key, so_far)


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
    fragment = payload.stack.fragment
    return sum(placed.end - placed.start for placed in payload.stack.headers if placed.header is not fragment)


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
