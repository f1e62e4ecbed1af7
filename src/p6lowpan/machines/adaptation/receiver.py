"""From MAC payloads to IPv6 packets: expand, reassemble, fill in what only the whole datagram tells.

Theory of operation. A frame that begins a datagram is expanded at once; the octets of a fragmented one wait in the
reassembler. Checksums that were elided are computed when the datagram is whole. Recoverable fragments (RFC 8931) are of
the compressed datagram: that is expanded when it is whole. Each call of :meth:`Receiver.receive`
reports what the frame used, what became of it, and every packet and drop that it brought about.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from p6lowpan import fast
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.reassembler import Reassembler
from p6lowpan.machines.adaptation.recovery import BY_SENDER, Recovery, key_of, key_of_acknowledged, misfit
from p6lowpan.machines.adaptation.timeline import (
    Complete,
    DatagramDropped,
    DatagramKey,
    Outcome,
    Pending,
    Timeline,
)
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import IDENTIFIERS, Context, Contexts
from p6lowpan.wire.sixlowpan.escape import EscapeHeader
from p6lowpan.wire.sixlowpan.expansion import Unsummed, with_checksums
from p6lowpan.wire.sixlowpan.payload import Payload, check_packet, decode_beginning, decode_payload, with_routing
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragment, RecoverableFragmentAcknowledgment
from p6lowpan.wire.sixlowpan.routed_packet import NO_DODAGS, Dodags
from p6lowpan.wire.sixlowpan.used_features import features_of

NOTHING: frozenset[Feature] = frozenset()


class Packet(NamedTuple):
    """An IPv6 packet that came whole; ``timeline`` where it came in fragments; ``routed`` where routing headers were
    put back into it, with what they leave open."""

    octets: bytes
    link: Link
    timeline: Timeline | None = None
    routed: bool = False


class Received(NamedTuple):
    """What one frame brought. ``payload`` is how the frame was read (see ``Receiver.brief``). ``error`` is set where
    it was not understood, ``unsupported`` holds the features above the receiver's profile; in both cases nothing of
    the frame is kept. ``whole`` is how the compressed datagram was read that came together from recoverable fragments;
    its octets are in the last of ``outcomes``. ``begun`` is how far the first of them tells what the datagram is."""

    payload: Payload | None
    features: frozenset[Feature] = frozenset()
    unsupported: frozenset[Feature] = frozenset()
    packets: tuple[Packet, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    error: Malformed | None = None
    whole: Payload | None = None
    begun: Payload | None = None

    @property
    def datagram(self) -> Payload | None:
        """How the compressed headers of a datagram were read, be they in this frame or put together with it."""
        return self.whole or self.payload

    @property
    def growth(self) -> int:
        """How many octets the compressed headers gained that were read with this frame."""
        return self.datagram.growth if self.datagram else 0


class Beginning(NamedTuple):
    """What a first fragment leaves to be done when its datagram is whole: checksums to be computed, and, where routing
    headers were put back, the octet with which begins what can be handed on."""

    unsummed: tuple[Unsummed, ...] = ()
    inside: int | None = None


PLAIN = Beginning()
"""Nothing."""

NO_PREFIXES: Contexts = MappingProxyType({number: Context(number, bytes(16), 0) for number in range(IDENTIFIERS)})
"""Stands for contexts that a receiver below level 2 does not have: it must see what a frame asks of it all the same."""


IPHC_DISPATCH = 0b011
"""How the first octet of LOWPAN_IPHC begins (RFC 6282 section 3.1)."""

REFUSED = "its first fragment uses features above our own"


def _key_of(payload: Payload) -> DatagramKey | None:
    """Of which datagram a frame is a fragment; ``None`` where it is none."""
    fragment, link = payload.stack.fragment, payload.stack.link
    if fragment is None:
        return None
    return DatagramKey(link.source, link.destination, fragment.datagram_size, fragment.datagram_tag)


def _not_handed_on(payload: Payload) -> Malformed | None:
    """Octets behind a header that is understood by itself alone are not dropped in silence."""
    last = payload.stack.headers[-1].header
    if not payload.raw and not isinstance(last, EscapeHeader):
        return None
    detail = f"{last.LAYER}: the header is read, what it carries is not handed on"
    return Malformed("6lowpan", payload.stack.at, Reason.UNSUPPORTED, detail)


@dataclass
class Receiver:
    """The receiving half of the adaptation layer, for one node or for all that a capture shows.

    ``brief``: of a packet that is understood, only the packet is asked for. It then comes without ``payload``, and
    several times as fast where the C core is built.
    """

    profile: Profile
    brief: bool = False
    reassembler: Reassembler = field(init=False)
    recovery: Recovery = field(init=False)
    _refused: BoundedTable[DatagramKey, int] = field(init=False)
    _beginnings: BoundedTable[DatagramKey, Beginning] = field(init=False)

    def __post_init__(self) -> None:
        self.reassembler = Reassembler(self.profile.limits)
        self.recovery = Recovery(self.reassembler)
        self._refused = BoundedTable(self.profile.limits.completed_datagrams)
        self._beginnings = BoundedTable(self.profile.limits.reassembly_buffers)

    @property
    def refuses_any(self) -> bool:
        """Whether the rest of any datagram is refused."""
        return bool(self._refused)

    @property
    def unsummed(self) -> dict[DatagramKey, Beginning]:
        """The datagrams, not whole yet, that will not be packets as they are: their checksums were elided, say."""
        return self._beginnings.entries

    def receive(self, now: int, octets: bytes, link: Link, contexts: Contexts, dodags: Dodags = NO_DODAGS) -> Received:
        """Take one MAC payload. Never raises because of what it holds."""
        if self.brief and (brief := self._at_once(now, octets, link, contexts)) is not None:
            return brief
        try:
            payload = decode_payload(octets, link, contexts, self.profile.limits)
        except Malformed as error:
            return self._not_understood(now, octets, link, error)
        features = features_of(payload)
        unsupported = self.profile.unsupported(features)
        if unsupported:
            return self._unsupported(now, payload, features, unsupported)
        if Feature.ROUTING_HEADER in features:
            try:
                payload = with_routing(payload, octets, contexts, self.profile.limits, dodags)
            except Malformed as error:
                return Received(None, error=error, outcomes=self.expire(now))
        if payload.stack.fragment is not None:
            return self._fragment(now, payload, features)
        if payload.expanded is None:
            return self._opaque(now, payload, features, contexts, dodags)
        return self._whole(now, payload, features)

    def _at_once(self, now: int, octets: bytes, link: Link, contexts: Contexts) -> Received | None:
        """A whole packet under LOWPAN_IPHC with nothing in front, if that is what came and nothing is wrong with it."""
        if not octets or octets[0] >> 5 != IPHC_DISPATCH:
            return None
        try:
            packet, _, features, _ = fast.expand(octets, link, contexts, self.profile.limits)
        except Malformed:
            return None
        if self.profile.unsupported(features) or len(packet) > self.profile.limits.datagram_octets:
            return None
        return Received(None, features, packets=(Packet(packet, link),), outcomes=self.expire(now))

    def expire(self, now: int) -> tuple[DatagramDropped, ...]:
        """Give up the datagrams that have waited long enough."""
        return self._forget(self.reassembler.expire(now))

    def give_up(self, reason: Reason = Reason.REASSEMBLY_UNFINISHED) -> tuple[DatagramDropped, ...]:
        """Give up every datagram that is incomplete: the input has ended, or the node leaves its network."""
        return self._forget(self.reassembler.discard_all(reason))

    def _not_understood(self, now: int, octets: bytes, link: Link, error: Malformed) -> Received:
        """A frame that cannot be expanded. Where that is for the lack of a context, it may be one of a class that has
        contexts, and must be answered as such."""
        if error.reason is Reason.NO_CONTEXT:
            try:
                payload = decode_payload(octets, link, NO_PREFIXES, self.profile.limits)
            except Malformed as other:
                return Received(None, error=other, outcomes=self.expire(now))
            features = features_of(payload)
            if unsupported := self.profile.unsupported(features):
                return self._unsupported(now, payload, features, unsupported)
        return Received(None, error=error, outcomes=self.expire(now))

    def _unsupported(
        self, now: int, payload: Payload, features: frozenset[Feature], unsupported: frozenset[Feature]
    ) -> Received:
        """A frame of a class above ours. Of a fragment, what came before and what will come is refused with it."""
        outcomes, key = self.expire(now), _key_of(payload)
        if key is not None:
            self._refused.remove(key)
            self._refused.put(key, now)
            outcomes += self._forget(self.reassembler.discard(key, Reason.FEATURE_ABOVE_PROFILE, REFUSED))
        return Received(payload, features, unsupported, outcomes=outcomes)

    def _was_refused(self, now: int, key: DatagramKey) -> bool:
        refused_at = self._refused.get(key)
        return refused_at is not None and now - refused_at < self.profile.limits.completed_datagram_us

    def _whole(self, now: int, payload: Payload, features: frozenset[Feature]) -> Received:
        """A frame that holds a datagram."""
        outcomes, packet = self.expire(now), payload.packet
        if error := self._too_big(packet):
            return Received(payload, features, outcomes=outcomes, error=error)
        whole = Packet(packet, payload.stack.link, None, payload.routed is not None)
        return Received(payload, features, packets=(whole,), outcomes=outcomes)

    def _too_big(self, packet: bytes) -> Malformed | None:
        most = self.profile.limits.datagram_octets
        if len(packet) <= most:
            return None
        return Malformed("ipv6", 0, Reason.TOO_BIG, f"{len(packet)} octets, at most {most}")

    # --- recoverable fragments ---------------------------------------------------------------------------------------

    def _opaque(
        self, now: int, payload: Payload, features: frozenset[Feature], contexts: Contexts, dodags: Dodags
    ) -> Received:
        """A frame behind whose last header there is no other: a recoverable fragment, what acknowledges some, or what
        nobody reads."""
        link, raw, drops = payload.stack.link, payload.raw, self.expire(now)
        match payload.stack.headers[-1].header:
            case RecoverableFragment(is_abort=True) as fragment:
                aborted = self.recovery.abort(key_of(link, fragment), BY_SENDER)
                return Received(payload, features, outcomes=(*drops, *aborted))
            case RecoverableFragment() as fragment:
                if (error := misfit(fragment, raw)) is not None:
                    return Received(payload, features, outcomes=drops, error=error.shifted(payload.stack.at))
                outcomes = self.recovery.add(now, key_of(link, fragment), fragment, raw)
                self._forget(tuple(outcome for outcome in outcomes if isinstance(outcome, DatagramDropped)))
                limits, size = self.profile.limits, fragment.datagram_size
                begun = decode_beginning(raw, size, link, contexts, limits, dodags) if size else None
                received = Received(payload, features, outcomes=(*drops, *outcomes), begun=begun)
                return self.gathered(received, contexts, dodags)
            case RecoverableFragmentAcknowledgment() as acknowledgment if not raw:
                ended = self.recovery.acknowledge(key_of_acknowledged(link, acknowledgment), acknowledgment.bitmap)
                return Received(payload, features, outcomes=(*drops, *ended))
        return Received(payload, features, outcomes=drops, error=_not_handed_on(payload))

    def gathered(self, received: Received, contexts: Contexts, dodags: Dodags = NO_DODAGS) -> Received:
        """What a recoverable fragment brought, with its datagram read where it is the one that was missing."""
        payload, last = received.payload, received.outcomes[-1]
        if payload is None or not isinstance(last, Complete):
            return received
        try:
            whole = decode_payload(last.datagram, payload.stack.link, contexts, self.profile.limits)
            if whole.expanded is None or whole.stack.fragment is not None:
                raise Malformed("6lowpan", 0, Reason.BAD_ORDER, "fragments of fragments")
            whole = with_routing(whole, last.datagram, contexts, self.profile.limits, dodags)
        except Malformed as error:
            return received._replace(error=error)
        features = received.features | features_of(whole)
        unsupported = self.profile.unsupported(features)
        too_big = self._too_big(whole.packet)
        packet = Packet(whole.packet, whole.stack.link, last.timeline, whole.routed is not None)
        packets = () if unsupported or too_big else (packet,)
        return Received(payload, features, unsupported, packets, received.outcomes, too_big, whole)

    def _fragment(self, now: int, payload: Payload, features: frozenset[Feature]) -> Received:
        fragment, link, routed = payload.stack.fragment, payload.stack.link, payload.routed
        key = _key_of(payload)
        assert fragment is not None  # noqa: S101 - our caller looked
        assert key is not None  # noqa: S101
        beginning = Beginning(payload.unsummed, None if routed is None else routed.hidden)
        brought = self.gather(now, key, link, fragment.offset, payload.octets, beginning)
        return Received(payload, features, frozenset(), brought.packets, brought.outcomes, brought.error)

    def proceed(self, now: int, key: DatagramKey, offset: int, octets: bytes) -> bool:
        """Take a fragment that :meth:`gather` would only keep; whether it is one."""
        return not self._refused and self.reassembler.proceed(now, key, offset, octets)

    def gather(
        self,
        now: int,
        key: DatagramKey,
        link: Link,
        offset: int,
        octets: bytes,
        beginning: Beginning = PLAIN,
    ) -> Received:
        """Take a fragment that was read: ``octets`` of its datagram from ``offset`` on. Where it is the first,
        ``beginning`` says what is to be done when the datagram is whole."""
        if offset == 0:
            self._refused.remove(key)  # the sender begins again with the same tag
        elif self._refused and self._was_refused(now, key):
            error = Malformed("6lowpan", 0, Reason.FEATURE_ABOVE_PROFILE, REFUSED)
            return Received(None, outcomes=self.expire(now), error=error)
        outcomes = self.reassembler.add(now, key, offset, octets)
        last = outcomes[-1]
        if len(outcomes) > 1 or isinstance(last, DatagramDropped):
            self._forget(tuple(outcome for outcome in outcomes if isinstance(outcome, DatagramDropped)))
        if offset == 0 and isinstance(last, (Pending, Complete)):
            self._beginnings.remove(key)
            if beginning != PLAIN:
                self._beginnings.put(key, beginning)
        if not isinstance(last, Complete):
            return Received(None, NOTHING, NOTHING, (), outcomes)
        unsummed, inside = self._beginnings.remove(key) or PLAIN
        try:
            check_packet(last.datagram)
        except Malformed as error:
            return Received(None, outcomes=outcomes, error=error)
        whole = with_checksums(last.datagram, unsummed) if unsummed else last.datagram
        packet = Packet(whole[inside or 0 :], link, last.timeline, inside is not None)
        return Received(None, NOTHING, NOTHING, (packet,), outcomes)

    def _forget(self, drops: tuple[DatagramDropped, ...]) -> tuple[DatagramDropped, ...]:
        for drop in drops:
            self._beginnings.remove(drop.key)
        return drops
