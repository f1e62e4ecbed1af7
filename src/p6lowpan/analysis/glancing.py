"""The explainer's second speed: ordinary frames at a glance.

    glancer = Glancer(explainer)
    for captured in open_capture(path):
        seen = glancer.look(captured)   # a Glimpse, or an Explained

A frame is ordinary where nothing about it is news: a MAC header that was read before, a frame check that is right, no
security, a payload of a kind that :mod:`p6lowpan.analysis.glancing_payloads` knows. All others go through the
explainer. Both share one state: what a frame teaches is remembered by the same tables in the same order, so that every
frame gets the same findings, packets and words, however the frames before it were looked at.
"""

from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.explainer import Explainer
from p6lowpan.analysis.frame_rules import AGAIN, RETRANSMISSION
from p6lowpan.analysis.glancing_payloads import Payloads, drafted
from p6lowpan.analysis.glimpse import Glimpse
from p6lowpan.analysis.mac_headers import SEQUENCE_AT, MacHeader, MacHeaders
from p6lowpan.capture.frame import CapturedFrame

REPEATED = RETRANSMISSION.finding(AGAIN)


class Glancer:
    """Looks at frames for an explainer, which keeps what they teach."""

    def __init__(self, explainer: Explainer) -> None:
        self._explainer = explainer
        self._headers = MacHeaders()
        self._payloads = Payloads(explainer)
        settings = explainer.settings
        asks_for_all = settings.advice or settings.ignore_fcs or settings.fcs is not None
        self._glances = explainer.judge is None and not asks_for_all

    def look(self, captured: CapturedFrame) -> Glimpse | Explained:
        """Look at the next frame. Never raises because of what it holds."""
        read = self._headers.of(captured) if self._glances else None
        if read is None:
            explained = self._explainer.explain(captured)
            if self._glances:
                self._headers.learn(explained)
            return explained
        header, octets = read
        if header.acknowledges:
            sequence = octets[SEQUENCE_AT]
            self._explainer.acknowledgements.answered((captured.interface, None), sequence)
            return Glimpse(captured, header, sequence, 0)
        return self._data(captured, header, octets)

    def _data(self, captured: CapturedFrame, header: MacHeader, octets: bytes) -> Glimpse | Explained:
        explainer, now = self._explainer, captured.time_ns // 1000
        if explainer.hearing.heard(header.sender, (captured.interface,), captured.time_ns, octets):
            draft = drafted(captured, [])
            draft.copied = True
            return explainer.explained(draft)
        sequence = octets[SEQUENCE_AT]
        findings = explainer.acknowledgements.sent((captured.interface, None), captured, sequence, header.asked)
        for address in header.extended:
            explainer.addresses.see(address)
        if explainer.repetition.heard(now, header.sender, octets):
            findings.append(REPEATED)
            size = len(octets) - header.octets
            return Glimpse(captured, header, sequence, size, tuple(findings), repeated=True)
        if header.home and header.pan is not None:
            explainer.homes.put(header.source, header.pan)
        payload = octets[header.octets :]
        seen = self._payloads.look(captured, header, payload, findings)
        if seen is None:
            draft = drafted(captured, findings)
            explainer.lowpan(draft, header.pan, payload, header.link)
            return explainer.explained(draft)
        return seen
