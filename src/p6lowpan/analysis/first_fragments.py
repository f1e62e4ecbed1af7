"""First fragments that could not be expanded, and what becomes of the datagrams that they begin.

One that is malformed takes its datagram with it: what came before is given up, what comes after is not kept. One that
lacks a context is held: when all else of its datagram is there, the prefixes of the network are tried, and the checksum
of the whole says whether one fits. Either way a datagram that is lost is reported once.
"""

from dataclasses import dataclass, replace

from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.learning import contexts_missing
from p6lowpan.analysis.suggestions import named_inside, with_stand_ins
from p6lowpan.analysis.transport import transport_of
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.datagrams import WHERE
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.adaptation.timeline import Complete, DatagramDropped, DatagramKey, Pending, Timeline
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.expansion import IPV6_HEADER_OCTETS
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.payload import Payload, decode_payload, with_routing
from p6lowpan.wire.sixlowpan.stack import read_stack

MOST_HELD = 64
MOST_REPORTED = ANALYSIS.reassembly_buffers
REPORTED_US = 2 * ANALYSIS.reassembly_timeout_us
"""For so long a lost datagram is not reported again: its last fragments may wait for a whole time-out."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A first fragment that waits for a context. ``front``: how many octets of the datagram it stands for."""

    octets: bytes
    link: Link
    at: int
    front: int
    detail: str


@dataclass(frozen=True, slots=True)
class Looked:
    """``received``, with what a frame brought to an end here; ``lost``, the datagrams lost with it, each once; and
    ``first``, the first fragment that was expanded now, though it came before."""

    received: Received
    lost: tuple[DatagramDropped, ...] = ()
    first: Payload | None = None


class FirstFragments:
    """Those of one PAN."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._held: BoundedTable[DatagramKey, _Held] = BoundedTable(MOST_HELD)
        self._refused: BoundedTable[DatagramKey, int] = BoundedTable(MOST_REPORTED)
        self._reported: BoundedTable[DatagramKey, int] = BoundedTable(MOST_REPORTED)

    @property
    def is_idle(self) -> bool:
        """Whether a fragment that nothing was lost with cannot be of interest here."""
        return not (self._held or self._refused or self._reported)

    def cares_for(self, key: DatagramKey) -> bool:
        """Whether a subsequent fragment of this datagram, with which nothing was lost, may be of interest here."""
        return bool(self._held) or key in self._refused

    @property
    def holds_any(self) -> bool:
        """Whether a first fragment waits for a context."""
        return bool(self._held)

    @property
    def troubled(self) -> tuple[dict[DatagramKey, int], dict[DatagramKey, int]]:
        """The datagrams whose first fragment was refused, and those whose loss was reported."""
        return self._refused.entries, self._reported.entries

    def look(self, now: int, octets: bytes, link: Link, received: Received, knowledge: Knowledge) -> Looked:
        """Look at what a frame brought."""
        lost = [*self._once(now, received), *self._expired(now)]
        key = None
        if received.error is not None and received.payload is None:
            key, drops = self._failed(now, octets, link, received.error, knowledge.contexts)
            lost += drops
        elif received.outcomes and isinstance(last := received.outcomes[-1], Pending | Complete):
            if _is_first(received):
                self.begun(last.key)
            elif now - self._refused.get(last.key, -REPORTED_US) < REPORTED_US:
                received = self._without(received, last.key)
            else:
                key = last.key
        if key is not None and key in self._held and self._all_but_front(key):
            more, drops = self._complete(now, key, knowledge)
            received = received._replace(packets=more.packets, outcomes=(*received.outcomes, *more.outcomes))
            return Looked(received, (*lost, *drops), more.payload)
        return Looked(received, tuple(lost))

    def finish(self, drops: tuple[DatagramDropped, ...]) -> tuple[DatagramDropped, ...]:
        """The end of the input: ``drops`` are what the receiver gave up. The losses that were not reported yet."""
        lost = [drop for each in drops if (drop := self._named(each)) is not None]
        return (*lost, *(self._drop(key, Reason.NO_CONTEXT, held.detail) for key, held in tuple(self._held.items())))

    # --- each loss once ----------------------------------------------------------------------------------------------

    def _once(self, now: int, received: Received) -> list[DatagramDropped]:
        lost = []
        for outcome in received.outcomes:
            if isinstance(outcome, DatagramDropped) and (drop := self._named(outcome, now)) is not None:
                self._reported.put(drop.key, now)
                lost.append(drop)
        return lost

    def _named(self, drop: DatagramDropped, now: int | None = None) -> DatagramDropped | None:
        """The drop under the reason that it has in truth; ``None`` where it is the tail of one that was reported."""
        if (held := self._held.remove(drop.key)) is not None:
            return replace(drop, reason=Reason.NO_CONTEXT, detail=held.detail, fragments=drop.fragments + 1)
        reported = self._reported.get(drop.key)
        has_beginning = bool(drop.timeline.missing) and drop.timeline.missing[0][0] > 0
        if reported is None or has_beginning or (now is not None and now - reported > REPORTED_US):
            return drop
        return None

    def _expired(self, now: int) -> list[DatagramDropped]:
        """First fragments that were held as long as any datagram is, and of which nothing else came."""
        lost: list[DatagramDropped] = []
        while self._held:
            key, held = next(iter(self._held.items()))
            if now - held.at < ANALYSIS.reassembly_timeout_us or self._receiver.reassembler.pieces(key):
                break
            lost.append(self._drop(key, Reason.NO_CONTEXT, held.detail))
            self._reported.put(key, now)
        return lost

    def begun(self, key: DatagramKey) -> None:
        """A first fragment was expanded: whatever had this key before is over."""
        if self._refused or self._reported or self._held:
            self._refused.remove(key)
            self._reported.remove(key)
            self._held.remove(key)

    # --- first fragments that failed ---------------------------------------------------------------------------------

    def _failed(
        self, now: int, octets: bytes, link: Link, error: Malformed, contexts: Contexts
    ) -> tuple[DatagramKey | None, list[DatagramDropped]]:
        key = key_of_first(octets, link)
        if key is None:
            return None, []
        if error.reason is Reason.NO_CONTEXT:
            front = _front(octets, link, contexts)
            if front is not None:
                gone = self._held.put(key, _Held(octets, link, now, front, error.detail))
                if gone is None:
                    return key, []
                return key, [self._give_up(now, gone[0], Reason.NO_CONTEXT, gone[1].detail)]
        return None, [self._give_up(now, key, error.reason, str(error))]

    def _give_up(self, now: int, key: DatagramKey, reason: Reason, detail: str) -> DatagramDropped:
        self._refused.put(key, now)
        self._reported.put(key, now)
        return self._drop(key, reason, detail)

    def _drop(self, key: DatagramKey, reason: Reason, detail: str) -> DatagramDropped:
        """Give up what came of a datagram, its first fragment included."""
        self._held.remove(key)
        dropped = self._receiver.reassembler.discard(key, reason, detail)
        if dropped:
            return replace(dropped[0], fragments=dropped[0].fragments + 1)
        timeline = Timeline(key.size)
        return DatagramDropped(reason=reason, where=WHERE, detail=detail, key=key, timeline=timeline, fragments=1)

    def _without(self, received: Received, key: DatagramKey) -> Received:
        """A fragment of a datagram that was given up: it is not kept, and its loss was reported."""
        drops = self._receiver.reassembler.discard(key, Reason.REASSEMBLY_UNFINISHED, "its first fragment was refused")
        return received._replace(outcomes=(*received.outcomes[:-1], *drops))

    # --- the context guessed -----------------------------------------------------------------------------------------

    def _all_but_front(self, key: DatagramKey) -> bool:
        pieces = self._receiver.reassembler.pieces(key)
        return self._held[key].front + sum(len(octets) for _, octets in pieces) == key.size

    def _complete(self, now: int, key: DatagramKey, knowledge: Knowledge) -> tuple[Received, list[DatagramDropped]]:
        """All else is there: find a context under which the whole has a right checksum, or give it up."""
        held = self._held[key]
        rest = b"".join(octets for _, octets in self._receiver.reassembler.pieces(key))

        def fits(contexts: Contexts) -> int:
            return knowledge.familiarity(proven(held.octets, held.link, contexts, rest))

        missing = contexts_missing(held.octets, held.link, knowledge.contexts, ANALYSIS)
        is_provable = provable(held.octets, held.link, knowledge, rest)
        if not missing or (is_provable and (fits(knowledge.contexts) or knowledge.guess(now, missing, fits))):
            self._held.remove(key)
            dodags = knowledge.dodags.between(held.link)
            return self._receiver.receive(now, held.octets, held.link, knowledge.contexts, dodags), []
        return Received(None), [self._give_up(now, key, Reason.NO_CONTEXT, held.detail)]


def proven(octets: bytes, link: Link, contexts: Contexts, rest: bytes = b"") -> bytes | None:
    """The packet that a payload is under these contexts, ``rest`` of its datagram behind it, where its checksum is
    right. One that was elided proves nothing."""
    try:
        payload = with_routing(decode_payload(octets, link, contexts, ANALYSIS), octets, contexts, ANALYSIS)
    except Malformed:
        return None
    if payload.expanded is None or any(getattr(part.header, "checksum_elided", 0) for part in payload.expanded.parts):
        return None
    packet = payload.octets + rest
    if len(packet) < IPV6_HEADER_OCTETS or len(packet) != IPV6_HEADER_OCTETS + int.from_bytes(packet[4:6], "big"):
        return None
    return packet if transport_of(packet).checksum_holds else None


def provable(octets: bytes, link: Link, knowledge: Knowledge, rest: bytes = b"") -> bool:
    """Whether a checksum can tell which prefix a packet lacks: in a tunnel it does not cover the addresses outside.
    Whatever addresses the packet names inside are remembered."""
    packet = with_stand_ins(octets, link, knowledge.contexts, rest)
    if packet is None:
        return False
    knowledge.suggest(named_inside(packet))
    return not transport_of(packet).checksum_holds


def _is_first(received: Received) -> bool:
    payload = received.payload
    return payload is not None and isinstance(payload.stack.fragment, FirstFragment)


def key_of_first(octets: bytes, link: Link) -> DatagramKey | None:
    """The key of the datagram that a payload begins; ``None`` where it is no first fragment."""
    try:
        stack = read_stack(octets, link)
    except Malformed:
        return None
    if not isinstance(stack.fragment, FirstFragment):
        return None
    fragment = stack.fragment
    return DatagramKey(stack.link.source, stack.link.destination, fragment.datagram_size, fragment.datagram_tag)


def _front(octets: bytes, link: Link, contexts: Contexts) -> int | None:
    """How many octets of its datagram a first fragment stands for, whatever the contexts that it lacks."""
    packet = with_stand_ins(octets, link, contexts)
    return None if packet is None else len(packet)
