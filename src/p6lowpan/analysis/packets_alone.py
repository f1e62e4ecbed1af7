"""Payloads at a glance where nothing but their packets is asked for: no findings, no words, no levels.

What packets depend on is remembered as ever: the addresses and contexts of each PAN, and the fragments.
"""

from p6lowpan import fast_capture
from p6lowpan.analysis.arrived import Arrived
from p6lowpan.analysis.explained import Draft, Explained, Finding
from p6lowpan.analysis.glancing_payloads import (
    NOTHING,
    SUBSEQUENT_FRAGMENT,
    SUBSEQUENT_OCTETS,
    Payloads,
    Verdict,
)
from p6lowpan.analysis.glimpse import Glimpse, Part
from p6lowpan.analysis.learning import contexts_used
from p6lowpan.analysis.mac_headers import MacHeader
from p6lowpan.analysis.transport import Transport
from p6lowpan.capability.limits import ANALYSIS
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.machines.adaptation.receiver import Packet
from p6lowpan.machines.adaptation.timeline import DatagramKey, Outcome
from p6lowpan.wire.ipv6.header import IPV6_HEADER_OCTETS
from p6lowpan.wire.ipv6.registry import Protocol
from p6lowpan.wire.sixlowpan.fragment import LARGEST_DATAGRAM, OFFSET_UNIT
from p6lowpan.wire.sixlowpan.payload import decode_payload

NO_CONTEXTS = Verdict(frozenset(), 0, (), NOTHING, lambda _guessed: (False, False))
NO_TUNNELS = (Protocol.UDP, Protocol.ICMPV6)
PLAIN = Transport(b"", b"", Protocol.UDP, IPV6_HEADER_OCTETS, 0, checksum_holds=True)
"""Stands for the upper layer of any plain packet: all that matters is that its checksum holds."""

TELLING_OCTETS = 3
"""The encoding of LOWPAN_IPHC and the context identifiers tell which contexts a packet leans on that is no tunnel."""


class PacketsAlone(Payloads):
    """Looks at payloads for their packets."""

    def look(
        self, captured: CapturedFrame, header: MacHeader, octets: bytes, findings: list[Finding]
    ) -> Glimpse | Explained | None:
        """Look at the payload of a frame. Most fragments only go to the others of their datagram."""
        if octets[0] >> 3 == SUBSEQUENT_FRAGMENT and len(octets) > SUBSEQUENT_OCTETS:
            pan, now = self._explainer.pans.get(header.pan), captured.time_ns // 1000
            if pan is not None and pan.knowledge.is_quiet(now):
                size, tag = int.from_bytes(octets[:2], "big") & LARGEST_DATAGRAM, int.from_bytes(octets[2:4], "big")
                key = DatagramKey(header.source, header.destination, size, tag)
                if not pan.first_fragments.cares_for(key) and pan.receiver.proceed(
                    now, key, octets[4] * OFFSET_UNIT, octets[SUBSEQUENT_OCTETS:]
                ):
                    return Glimpse(captured, header, 0, 0)
        return super().look(captured, header, octets, findings)

    def _fragment_verdict(self, arrived: Arrived) -> Verdict:  # noqa: ARG002 - as in the class above
        return NO_CONTEXTS

    def _plain_transport(self, packet: bytes) -> Transport:  # noqa: ARG002
        return PLAIN

    def _watch(self, arrived: Arrived, outcome: Outcome) -> None:
        pass

    def _verdict(
        self, arrived: Arrived, at: int, compressed: fast_capture.Compressed, known: object, *flags: object
    ) -> Verdict:
        if not arrived.pan.knowledge.has_guesses:
            return NO_CONTEXTS
        if compressed[0][6] not in NO_TUNNELS:
            return super()._verdict(arrived, at, compressed, known, *flags)
        key = (at, arrived.octets[at : at + TELLING_OCTETS])
        verdict = self._verdicts.get(key)
        if verdict is None:
            read = decode_payload(arrived.octets, arrived.header.link, arrived.pan.knowledge.contexts, ANALYSIS)
            verdict = NO_CONTEXTS._replace(contexts=contexts_used(read))
            self._verdicts.put(key, verdict)
        return verdict

    def _understood(
        self,
        arrived: Arrived,
        verdict: Verdict,
        packets: tuple[Packet, ...],
        transports: tuple[Transport, ...],
        part: Part | None = None,
        *,
        is_plain: bool = False,
    ) -> Glimpse:
        captured, header, _, findings, pan, now = arrived
        if pan.knowledge.has_guesses and (verdict.contexts or packets):
            pan.guessed(now, verdict.contexts, part.outcome if part else None, transports)
        if is_plain:
            pan.knowledge.learn_addresses(packets[0].octets)
        elif packets:
            draft = Draft(captured, findings=findings, pan_id=header.pan, packets=packets, transports=transports)
            self._explainer.packets(draft, pan, now)
        return Glimpse(captured, header, 0, 0, packets=packets)
