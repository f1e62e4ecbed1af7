"""From MAC payloads to IPv6 packets: expand, reassemble, fill in what only the whole datagram tells.

Theory of operation. A frame that begins a datagram is expanded at once; the octets of a fragmented one wait in the
reassembler. Checksums that were elided are computed when the datagram is whole. Each call of :meth:`Receiver.receive`
reports what the frame used, what became of it, and every packet and drop that it brought about.
"""

from dataclasses import dataclass, field

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Outcome, Timeline
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.expansion import Unsummed, with_checksums
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.payload import Payload, check_packet, decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of


@dataclass(frozen=True, slots=True)
class Packet:
    """An IPv6 packet that came whole; ``timeline`` where it came in fragments."""

    octets: bytes
    link: Link
    timeline: Timeline | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What one frame brought. ``error`` is set where it was not understood, ``unsupported`` holds the features above
    the receiver's profile; in both cases nothing of the frame is kept."""

    payload: Payload | None
    features: frozenset[Feature] = frozenset()
    unsupported: frozenset[Feature] = frozenset()
    packets: tuple[Packet, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    error: Malformed | None = None

    @property
    def growth(self) -> int:
        """How many octets the compressed headers of this frame gained."""
        expanded = self.payload.expanded if self.payload else None
        return expanded.growth if expanded else 0


@dataclass
class Receiver:
    """The receiving half of the adaptation layer, for one node or for all that a capture shows."""

    profile: Profile
    reassembler: Reassembler = field(init=False)
    _unsummed: dict[DatagramKey, tuple[Unsummed, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.reassembler = Reassembler(self.profile.limits)

    def receive(self, now: int, octets: bytes, link: Link, contexts: Contexts) -> Received:
        """Take one MAC payload. Never raises because of what it holds."""
        try:
            payload = decode_payload(octets, link, contexts, self.profile.limits)
        except Malformed as error:
            return Received(None, error=error, outcomes=self.expire(now))
        features = features_of(payload)
        unsupported = self.profile.unsupported(features)
        if unsupported:
            return Received(payload, features, unsupported, outcomes=self.expire(now))
        if payload.stack.fragment is not None:
            return self._fragment(now, payload, features)
        if payload.expanded is None:
            return Received(payload, features, outcomes=self.expire(now))
        packet = Packet(payload.expanded.octets, payload.stack.link)
        if len(packet.octets) > self.profile.limits.datagram_octets:
            too_big = Malformed("ipv6", 0, Reason.TOO_BIG, f"{len(packet.octets)} octets")
            return Received(payload, features, outcomes=self.expire(now), error=too_big)
        return Received(payload, features, packets=(packet,), outcomes=self.expire(now))

    def expire(self, now: int) -> tuple[DatagramDropped, ...]:
        """Give up the datagrams that have waited long enough."""
        return self._forget(self.reassembler.expire(now))

    def _fragment(self, now: int, payload: Payload, features: frozenset[Feature]) -> Received:
        fragment, link = payload.stack.fragment, payload.stack.link
        assert fragment is not None  # noqa: S101 - our caller looked
        key = DatagramKey(link.source, link.destination, fragment.datagram_size, fragment.datagram_tag)
        octets = payload.raw
        if isinstance(fragment, FirstFragment) and payload.expanded is not None:
            octets = payload.expanded.octets
        outcomes = self.reassembler.add(now, key, fragment.offset, octets)
        self._forget(tuple(outcome for outcome in outcomes if isinstance(outcome, DatagramDropped)))
        if payload.expanded is not None and payload.expanded.unsummed:
            self._unsummed[key] = payload.expanded.unsummed
        last = outcomes[-1]
        if not isinstance(last, Complete):
            return Received(payload, features, outcomes=outcomes)
        try:
            check_packet(last.datagram)
        except Malformed as error:
            return Received(payload, features, outcomes=outcomes, error=error)
        whole = with_checksums(last.datagram, self._unsummed.pop(key, ()))
        return Received(payload, features, packets=(Packet(whole, link, last.timeline),), outcomes=outcomes)

    def _forget(self, drops: tuple[DatagramDropped, ...]) -> tuple[DatagramDropped, ...]:
        for drop in drops:
            self._unsummed.pop(drop.key, None)
        return drops
