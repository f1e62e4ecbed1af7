"""6LoWPAN payloads at a glance: compressed packets, fragments, and packets that lack a context that nobody can guess.

What the compressed headers of a packet ask of its receiver, and what is to be said of them, is found out once, and
remembered by the very octets (without the checksum): the packets of one conversation have the same.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from p6lowpan import fast_capture
from p6lowpan.analysis.arrived import Arrived
from p6lowpan.analysis.bounds import BOUNDS
from p6lowpan.analysis.explained import Draft, Explained, Finding
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.findings import examine_packets, examine_payload
from p6lowpan.analysis.glancing_contexts import Lacking
from p6lowpan.analysis.glimpse import Glimpse, Part
from p6lowpan.analysis.learning import contexts_used, guessed_ends
from p6lowpan.analysis.mac_headers import SEQUENCE_AT, MacHeader
from p6lowpan.analysis.pan import Pan
from p6lowpan.analysis.payload_rules import GUESSED_CONTEXT, guessed_in_words
from p6lowpan.analysis.thread_network import is_link_establishment
from p6lowpan.analysis.traits import traits_of
from p6lowpan.analysis.transport import Transport, transport_of
from p6lowpan.capability.features import Feature
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.capture.encapsulation import decapsulate
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.machines.adaptation.receiver import Packet, Received
from p6lowpan.machines.adaptation.timeline import DatagramDropped, DatagramKey, Duplicate, Outcome
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link, is_link_local
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.ipv6.udp import UDP_HEADER_OCTETS
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.fragment import LARGEST_DATAGRAM, OFFSET_UNIT
from p6lowpan.wire.sixlowpan.payload import decode_payload
from p6lowpan.wire.sixlowpan.used_features import features_of

IPHC, FIRST_FRAGMENT, SUBSEQUENT_FRAGMENT = 0b011, 0b11000, 0b11100
FIRST_OCTETS, SUBSEQUENT_OCTETS, IPHC_OCTETS, CHECKSUM_OCTETS = 4, 5, 2, 2
MOST_VERDICTS = 4096
FULL_OCTETS = IPV6_HEADER_OCTETS + UDP_HEADER_OCTETS
"""With as many octets, a packet of UDP or ICMPv6 has all its headers."""


def _bits(*features: Feature) -> int:
    return sum(1 << tuple(Feature).index(feature) for feature in features)


NOTHING: frozenset[int] = frozenset()
CERTAIN = (False, False)
GENERIC = _bits(Feature.GHC_UDP, Feature.GHC_ICMPV6, Feature.GHC_EXTENSION)
UDP_HEADER = _bits(Feature.NHC_UDP)
NO_FRAME = CapturedFrame(0, 0, b"", LinkType.IEEE802_15_4_NOFCS, 0)
"""That of a verdict: it is on headers alone, in whichever frame."""

FRAGMENT = ("subsequent fragment",)
"""The key of the verdict on all of them: their header says nothing that matters here."""


class Verdict(NamedTuple):
    """What headers ask of a receiver, what is to be said of them, the contexts that they lean on, and which ends of the
    packet do where some of those are guesses."""

    features: frozenset[Feature]
    growth: int
    findings: tuple[Finding, ...]
    contexts: frozenset[int]
    guessed_ends: Callable[[frozenset[int]], tuple[bool, bool]]


class Whole(NamedTuple):
    """The packet that a payload makes whole, if any, and its upper layer. ``is_plain``: as
    :data:`p6lowpan.fast_capture.Compressed` has it."""

    packets: tuple[Packet, ...] = ()
    transports: tuple[Transport, ...] = ()
    is_plain: bool = False


def verdict_on(octets: bytes, link: Link, contexts: Contexts) -> Verdict:
    """The verdict on a payload, found out by reading every one of its headers."""
    read = decode_payload(octets, link, contexts, ANALYSIS)
    received = Received(read, features_of(read))
    draft = Draft(NO_FRAME, received=received, features=received.features, growth=received.growth)
    draft.traits = traits_of(received, contexts)
    examine_payload(draft)
    ends = partial(guessed_ends, read)
    return Verdict(received.features, received.growth, tuple(draft.findings), contexts_used(read), ends)


def drafted(captured: CapturedFrame, findings: list[Finding]) -> Draft:
    """The draft of a frame that was glanced at: its MAC frame, and what was found so far."""
    inside = decapsulate(captured)
    frame, _ = decode_frame(inside.octets, inside.fcs_octets)
    return Draft(captured, inside, frame, findings=findings)


def datagram_of(arrived: Arrived) -> DatagramKey:
    """The datagram of a fragment."""
    header, octets = arrived.header, arrived.octets
    size, tag = int.from_bytes(octets[:2], "big") & LARGEST_DATAGRAM, int.from_bytes(octets[2:4], "big")
    return DatagramKey(header.source, header.destination, size, tag)


class Payloads:
    """Looks at payloads for an explainer."""

    def __init__(self, explainer: Explainer) -> None:
        self._explainer = explainer
        self._known: BoundedTable[int | None, tuple[Contexts, object]] = BoundedTable(BOUNDS.pans)
        self._verdicts: BoundedTable[tuple[object, ...], Verdict] = BoundedTable(MOST_VERDICTS)
        self._lacking = Lacking()

    def look(
        self, captured: CapturedFrame, header: MacHeader, octets: bytes, findings: list[Finding]
    ) -> Glimpse | Explained | None:
        """Look at the payload of a frame; ``None``: nothing was done, it takes a look at every header."""
        pan, now = self._explainer.pans.get(header.pan), captured.time_ns // 1000
        if pan is None or not pan.knowledge.is_quiet(now):
            return None
        arrived = Arrived(captured, header, octets, findings, pan, now)
        kind = octets[0]
        if kind >> 5 == IPHC:
            return self._whole(arrived)
        if kind >> 3 == SUBSEQUENT_FRAGMENT:
            return self._subsequent(arrived)
        if kind >> 3 == FIRST_FRAGMENT:
            return self._first(arrived)
        return None

    def _core_knows(self, pan: Pan, identifier: int | None) -> object | None:
        """What the core knows of a PAN; the same object as long as its contexts are the same."""
        contexts = pan.knowledge.contexts
        before = self._known.get(identifier)
        if before is not None and before[0] is contexts:
            return before[1]
        known = fast_capture.known(contexts, ANALYSIS)
        if known is not None:
            self._known.put(identifier, (contexts, known))
        return known

    # --- whole packets -----------------------------------------------------------------------------------------------

    def _whole(self, arrived: Arrived) -> Glimpse | None:
        header, pan = arrived.header, arrived.pan
        known = self._core_knows(pan, header.pan)
        if known is None:
            return None
        answer = fast_capture.look(known, arrived.octets, 0, header.source, header.destination, 0)
        if isinstance(answer, int):
            return self._lacking.look(arrived) if answer == fast_capture.NO_CONTEXT else None
        octets, header_octets, _, features, is_plain = answer
        if features & GENERIC or pan.receiver.reassembler.is_due(arrived.now):
            return None
        whole = self._made((Packet(octets, header.link),), is_plain=bool(is_plain))
        if whole is None:
            return None
        verdict = self._verdict(arrived, 0, answer, known, len(octets) > header_octets)
        return self._understood(arrived, verdict, whole)

    def _made(self, packets: tuple[Packet], *, is_plain: bool) -> Whole | None:
        """A packet that is whole; ``None``: it takes a look at every header."""
        octets = packets[0].octets
        if is_plain:
            return Whole(packets, (self._plain_transport(octets),), True)
        transport = transport_of(octets)
        return None if is_link_establishment(transport) else Whole(packets, (transport,))

    def _taught(self, arrived: Arrived, whole: Whole) -> Draft | None:
        """What a packet teaches is learned; the draft of one that is not plain."""
        captured, header, _, findings, pan, now = arrived
        if whole.is_plain:
            pan.knowledge.learn_addresses(whole.packets[0].octets)
        if whole.is_plain or not whole.packets:
            return None
        packets, transports, _ = whole
        draft = Draft(captured, findings=findings, pan_id=header.pan, packets=packets, transports=transports)
        self._explainer.packets(draft, pan, now)
        return draft

    def _understood(self, arrived: Arrived, verdict: Verdict, whole: Whole, part: Part | None = None) -> Glimpse:
        """A payload whose packet, if it makes one whole, is explained now."""
        captured, header, octets, findings, pan, now = arrived
        packets, transports, is_plain = whole
        guessed = NOTHING
        if pan.knowledge.has_guesses:
            guessed = pan.guessed(now, verdict.contexts, part.outcome if part else None, transports)
        draft = self._taught(arrived, whole)
        if is_plain and not is_link_local(transports[0].source):
            self._explainer.extended_source(findings, header.pan, packets[0])
        if guessed:
            findings.append(GUESSED_CONTEXT.finding(guessed_in_words(guessed)))
        findings += verdict.findings
        if draft is not None:
            examine_packets(draft)
        ends = verdict.guessed_ends(guessed) if guessed else CERTAIN
        sequence, size, said = captured.octets[SEQUENCE_AT], len(octets), tuple(findings)
        features, growth = verdict.features, verdict.growth
        return Glimpse(
            captured, header, sequence, size, said, features, growth, part, packets, transports, None, False, ends
        )

    def _verdict(
        self, arrived: Arrived, at: int, compressed: fast_capture.Compressed, known: object, reach: int
    ) -> Verdict:
        """What the compressed headers from octet ``at`` on ask for; ``reach``: how far the packet goes behind them, as
        far as that makes a difference."""
        octets = arrived.octets
        packet, header_octets, _, features, _ = compressed
        end = len(octets) - len(packet) + header_octets
        if features & UDP_HEADER:
            end -= CHECKSUM_OCTETS
        key = (arrived.header, known, at, octets[at:end], reach)
        return self._verdicts.get(key) or self._judged(arrived, key)

    def _judged(self, arrived: Arrived, key: tuple[object, ...]) -> Verdict:
        verdict = verdict_on(arrived.octets, arrived.header.link, arrived.pan.knowledge.contexts)
        self._verdicts.put(key, verdict)
        return verdict

    def _plain_transport(self, packet: bytes) -> Transport:
        """The upper layer of a plain packet."""
        source_port = destination_port = None
        if packet[6] == Protocol.UDP:
            ports = int.from_bytes(packet[40:44], "big")
            source_port, destination_port = ports >> 16, ports & 0xFFFF
        ends, end = (packet[8:24], packet[24:40]), len(packet)
        return Transport(*ends, packet[6], IPV6_HEADER_OCTETS, end, source_port, destination_port, True)

    def _watch(self, arrived: Arrived, outcome: Outcome) -> None:
        """What there is to say of what became of a fragment."""
        arrived.pan.fragment_watch.watch(arrived.findings, outcome, arrived.pan.receiver.reassembler)

    # --- fragments ---------------------------------------------------------------------------------------------------

    def _first(self, arrived: Arrived) -> Glimpse | Explained | None:
        header, octets, key = arrived.header, arrived.octets, datagram_of(arrived)
        known = self._core_knows(arrived.pan, header.pan)
        if known is None or not key.size or arrived.pan.first_fragments.holds_any:
            return None
        if len(octets) < FIRST_OCTETS + IPHC_OCTETS or octets[FIRST_OCTETS] >> 5 != IPHC:
            return None
        answer = fast_capture.look(known, octets, FIRST_OCTETS, header.source, header.destination, key.size)
        if isinstance(answer, int):
            return None
        packet, _, _, features, _ = answer
        if features & GENERIC or packet[6] not in (Protocol.UDP, Protocol.ICMPV6):
            return None
        verdict = self._verdict(arrived, FIRST_OCTETS, answer, known, min(len(packet), FULL_OCTETS))
        return self._gathered(arrived, key, 0, packet, verdict)

    def _subsequent(self, arrived: Arrived) -> Glimpse | Explained | None:
        key, octets = datagram_of(arrived), arrived.octets
        if not key.size or len(octets) <= SUBSEQUENT_OCTETS or arrived.pan.first_fragments.cares_for(key):
            return None
        return self._joined(arrived, key, octets[4] * OFFSET_UNIT, octets[SUBSEQUENT_OCTETS:])

    def _joined(self, arrived: Arrived, key: DatagramKey, offset: int, octets: bytes) -> Glimpse | Explained:
        """A subsequent fragment. Its header says nothing that matters here: there is one verdict on all of them."""
        verdict = self._verdicts.get(FRAGMENT) or self._judged(arrived, FRAGMENT)
        return self._gathered(arrived, key, offset, octets, verdict)

    def _gathered(
        self, arrived: Arrived, key: DatagramKey, offset: int, octets: bytes, verdict: Verdict
    ) -> Glimpse | Explained:
        """A fragment: ``octets`` of its datagram from ``offset`` on."""
        pan = arrived.pan
        received = pan.receiver.gather(arrived.now, key, arrived.header.link, offset, octets)
        outcomes, whole = received.outcomes, Whole()
        if received.error is not None or len(outcomes) != 1 or isinstance(outcomes[0], DatagramDropped):
            return self._in_full(arrived, received)
        if received.packets:
            (packet,) = received.packets
            made = self._made((packet,), is_plain=fast_capture.is_plain(packet.octets))
            if made is None:
                return self._in_full(arrived, received)
            whole = made
        is_first = arrived.octets[0] >> 3 == FIRST_FRAGMENT
        if is_first and not isinstance(outcomes[0], Duplicate):
            pan.first_fragments.begun(key)
        self._watch(arrived, outcomes[0])
        part = Part(key.tag, offset, len(octets), key.size, outcomes[0], octets if is_first else b"")
        return self._understood(arrived, verdict, whole, part)

    def _in_full(self, arrived: Arrived, received: Received) -> Explained:
        """A fragment with which something else happened: all there is to know of it, after the receiver took it."""
        captured, header, octets, findings, pan, now = arrived
        draft = drafted(captured, findings)
        draft.pan_id = header.pan
        read = decode_payload(octets, header.link, pan.knowledge.contexts, ANALYSIS)
        received = received._replace(payload=read, features=features_of(read))
        self._explainer.received(draft, pan, octets, header.link, pan.looked(now, octets, header.link, received))
        return self._explainer.explained(draft)
