"""Payloads at a glance where nothing but their packets is asked for: no findings, no words, no levels.

What packets depend on is remembered as ever: the addresses and contexts of each PAN, and the fragments. Here goes what
:mod:`p6lowpan.analysis.gleaning` finds unusual, and all where that is not at work: in pcapng files, where keys are
given, and where the C core is missing, without which fragments alone can be looked at in this way.
"""

from p6lowpan import fast_capture
from p6lowpan.analysis.arrived import Arrived
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.glancing_payloads import NOTHING, Payloads, Verdict, Whole
from p6lowpan.analysis.glimpse import Glimpse, Part
from p6lowpan.analysis.learning import contexts_used
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.machines.adaptation.timeline import DatagramKey, Outcome
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.payload import decode_payload

NO_CONTEXTS = Verdict(frozenset(), 0, (), NOTHING, lambda _guessed: (False, False))
NO_TUNNELS = (Protocol.UDP, Protocol.ICMPV6)
PLAIN = Transport(b"", b"", Protocol.UDP, IPV6_HEADER_OCTETS, 0, checksum_holds=True)
"""Stands for the upper layer of any plain packet: all that matters is that its checksum holds."""

TELLING_OCTETS = 3
"""The encoding of LOWPAN_IPHC and the context identifiers tell which contexts a packet leans on that is no tunnel."""


class PacketsAlone(Payloads):
    """Looks at payloads for their packets."""

    def _joined(self, arrived: Arrived, key: DatagramKey, offset: int, octets: bytes) -> Glimpse | Explained:
        """Most fragments only go to the others of their datagram."""
        if arrived.pan.receiver.proceed(arrived.now, key, offset, octets):
            return Glimpse(arrived.captured, arrived.header, 0, 0)
        return self._gathered(arrived, key, offset, octets, NO_CONTEXTS)

    def _plain_transport(self, packet: bytes) -> Transport:  # noqa: ARG002
        return PLAIN

    def _watch(self, arrived: Arrived, outcome: Outcome) -> None:
        pass

    def _verdict(
        self, arrived: Arrived, at: int, compressed: fast_capture.Compressed, known: object, reach: int
    ) -> Verdict:
        if not arrived.pan.knowledge.has_guesses:
            return NO_CONTEXTS
        if compressed[0][6] not in NO_TUNNELS:
            return super()._verdict(arrived, at, compressed, known, reach)
        key = (at, arrived.octets[at : at + TELLING_OCTETS])
        verdict = self._verdicts.get(key)
        if verdict is None:
            read = decode_payload(arrived.octets, arrived.header.link, arrived.pan.knowledge.contexts, ANALYSIS)
            verdict = NO_CONTEXTS._replace(contexts=contexts_used(read))
            self._verdicts.put(key, verdict)
        return verdict

    def _understood(self, arrived: Arrived, verdict: Verdict, whole: Whole, part: Part | None = None) -> Glimpse:
        pan = arrived.pan
        if pan.knowledge.has_guesses and (verdict.contexts or whole.packets):
            pan.guessed(arrived.now, verdict.contexts, part.outcome if part else None, whole.transports)
        self._taught(arrived, whole)
        return Glimpse(arrived.captured, arrived.header, 0, 0, packets=whole.packets)
