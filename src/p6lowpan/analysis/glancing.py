"""The explainer's second speed: ordinary frames at a glance.

    for captured, seen in Glancer(explainer).see(open_capture(path)):
        ...  # seen is a Glimpse, or an Explained

A frame is ordinary where nothing about it is news: a MAC header that was read before, a frame check that is right, no
security, a payload of a kind that :mod:`p6lowpan.analysis.glancing_payloads` knows. All others go through the
explainer. Both share one state: what a frame teaches is remembered by the same tables in the same order, so that every
frame gets the same findings, packets and words, however the frames before it were looked at.
"""

from collections.abc import Iterator

from p6lowpan import fast_capture
from p6lowpan.analysis.explained import Explained, Finding
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.frame_rules import AGAIN, RETRANSMISSION
from p6lowpan.analysis.glancing_payloads import Payloads, drafted
from p6lowpan.analysis.gleaning import Gleaner, Written
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.mac_headers import SEQUENCE_AT, MacHeader, MacHeaders
from p6lowpan.analysis.packets_alone import PacketsAlone
from p6lowpan.capture.fcs import Fcs
from p6lowpan.capture.files import Capture
from p6lowpan.capture.frame import CapturedFrame, LinkType
from p6lowpan.capture.pcap import PcapReader

FCS = Fcs.CRC16.octets
REPEATED = RETRANSMISSION.finding(AGAIN)


class Glancer:
    """Looks at frames for an explainer, which keeps what they teach. ``packets_alone``: of ordinary frames nothing but
    their packets is asked for, so that what serves findings alone is not kept."""

    def __init__(self, explainer: Explainer, *, packets_alone: bool = False) -> None:
        self._explainer = explainer
        self._headers = MacHeaders()
        self._packets_alone = packets_alone
        self._payloads = PacketsAlone(explainer) if packets_alone else Payloads(explainer)
        settings = explainer.settings
        self._sees_addresses = not packets_alone or bool(settings.keys)  # they serve findings, and to open frames
        asks_for_all = settings.advice or settings.ignore_fcs or settings.fcs is not None
        self._glances = explainer.judge is None and not asks_for_all
        self._gleaner: Gleaner | None = None

    def see(self, capture: Capture) -> Iterator[tuple[CapturedFrame, Glimpse | Explained]]:
        """Look at the frames of a capture. Where packets alone are asked for, acknowledgements and repetitions may be
        left out."""
        sieve = self._sieve(capture.pcap)
        sift = None if sieve is None else fast_capture.sift_with(sieve)
        if sift is None or capture.pcap is None:
            for captured in capture:
                yield captured, self.look(captured)
            return
        for captured, header, payload in capture.pcap.sifted(sift):  # all heard on one way: there are no copies
            yield captured, self._sifted(captured, header, payload)

    def glean_with(self, gleaner: Gleaner) -> None:
        """From now on, :meth:`glean` may write the packets of ordinary frames, or tell these, where the gleaner is a
        teller and more than packets is asked for."""
        self._gleaner = gleaner

    def glean(self, capture: Capture) -> Iterator[tuple[CapturedFrame, Glimpse | Explained | Written]]:
        """The same with a gleaner: one frame without octets may stand for many, whose packets or lines are written."""
        sieve = self._sieve(capture.pcap)
        sift = None
        if sieve is not None and not (self._packets_alone and self._sees_addresses):
            sift = fast_capture.sift_with(sieve, lambda: self._gleaner)
        if sift is None or capture.pcap is None:
            yield from self.see(capture)
            return
        for captured, header, payload in capture.pcap.sifted(sift):
            if isinstance(header, Written):
                yield captured, header
                continue
            seen = self._sifted(captured, header, payload)
            if self._gleaner is not None:
                self._gleaner.renew()
            yield captured, seen

    def _sieve(self, pcap: PcapReader | None) -> fast_capture.Sieve | None:
        """How the records of a pcap file are looked at, many at once; ``None`` where they cannot be."""
        if pcap is None or not self._glances:
            return None
        return self._headers.sieve(pcap, self._explainer.repetition, leaves_out=self._packets_alone)

    def _sifted(self, captured: CapturedFrame, header: MacHeader | None, payload: bytes | None) -> Glimpse | Explained:
        """A frame of which is known whether it repeats another, unless nothing is."""
        if header is None:
            return self.look(captured)
        if header.acknowledges:
            return self._acknowledgement(captured, header)
        if self._packets_alone and payload is not None:
            return self._payload(captured, header, payload, [])
        findings = self._sent(captured, header)
        if payload is None:
            return self._repeated(captured, header, findings)
        return self._payload(captured, header, payload, findings)

    def look(self, captured: CapturedFrame) -> Glimpse | Explained:
        """Look at the next frame. Never raises because of what it holds."""
        header = self._headers.of(captured) if self._glances else None
        if header is not None:
            return self._at_a_glance(captured, header)
        explained = self._explainer.explain(captured)
        if self._glances:
            self._headers.learn(explained)
        return explained

    def _at_a_glance(self, captured: CapturedFrame, header: MacHeader) -> Glimpse | Explained:
        if header.acknowledges:
            return self._acknowledgement(captured, header)
        explainer, octets = self._explainer, captured.octets
        if captured.link_type == LinkType.IEEE802_15_4_WITHFCS:
            octets = octets[:-FCS]
        if explainer.hearing.heard(header.sender, (captured.interface,), captured.time_ns, octets):
            draft = drafted(captured, [])
            draft.copied = True
            return explainer.explained(draft)
        findings = self._sent(captured, header)
        if explainer.repetition.heard(captured.time_ns // 1000, header.sender, octets):
            return self._repeated(captured, header, findings)
        return self._payload(captured, header, octets[header.octets :], findings)

    def _acknowledgement(self, captured: CapturedFrame, header: MacHeader) -> Glimpse:
        sequence = captured.octets[SEQUENCE_AT]
        self._explainer.acknowledgements.answered((captured.interface, None), sequence)
        return Glimpse(captured, header, sequence, 0)

    def _sent(self, captured: CapturedFrame, header: MacHeader) -> list[Finding]:
        """A data frame was sent: what it shows of the one before."""
        sequence, channel = captured.octets[SEQUENCE_AT], (captured.interface, None)
        return self._explainer.acknowledgements.sent(channel, captured, sequence, header.asked)

    def _repeated(self, captured: CapturedFrame, header: MacHeader, findings: list[Finding]) -> Glimpse:
        if self._sees_addresses:
            self._see_addresses(header)
        check = FCS if captured.link_type == LinkType.IEEE802_15_4_WITHFCS else 0
        size = len(captured.octets) - check - header.octets
        said = (*findings, REPEATED)
        return Glimpse(captured, header, captured.octets[SEQUENCE_AT], size, said, repeated=True)

    def _see_addresses(self, header: MacHeader) -> None:
        for address in header.extended:
            self._explainer.addresses.see(address)

    def _payload(
        self, captured: CapturedFrame, header: MacHeader, payload: bytes, findings: list[Finding]
    ) -> Glimpse | Explained:
        explainer = self._explainer
        if self._sees_addresses:
            self._see_addresses(header)
        if header.home and header.pan is not None and explainer.homes.get(header.source) != header.pan:
            explainer.homes.put(header.source, header.pan)
        seen = self._payloads.look(captured, header, payload, findings)
        if seen is None:
            draft = drafted(captured, findings)
            explainer.lowpan(draft, header.pan, payload, header.link)
            return explainer.explained(draft)
        return seen
