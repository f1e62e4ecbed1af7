"""A capture explained, frame by frame, in time order.

    explainer = Explainer(Settings(keys=(parse_key("thread:0011..."),)))
    for captured in open_capture(path):
        explained = explainer.explain(captured)
    last = explainer.finish()

What one frame teaches (contexts, addresses, prefixes) serves the frames after it, never those before. Memory is
bounded whatever the capture holds: every table has a largest size, and a capture of any length is a stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from p6lowpan.analysis import learning
from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.explained import Explained
from p6lowpan.analysis.findings import of_drop, of_frame
from p6lowpan.analysis.keyring import Key, Keyring
from p6lowpan.analysis.knowledge import Knowledge
from p6lowpan.analysis.repetition import Repetition
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.limits import ANALYSIS as ANALYSIS_LIMITS
from p6lowpan.capability.profile import ANALYSIS
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.encapsulation import decapsulate
from p6lowpan.capture.fcs import Fcs
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.machines.adaptation.receiver import Packet, Received, Receiver
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.ieee802154.decoding import AnyFrame, decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import frame_check_holds
from p6lowpan.wire.sixlowpan.contexts import Context, Contexts
from p6lowpan.wire.sixlowpan.payload import decode_payload

MOST_PANS = 64
"""Beyond as many, what was learned of the PAN that came first is forgotten."""

CHECKED = (Fcs.CRC16, Fcs.CRC32)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user knows that the capture may not show."""

    contexts: tuple[Context, ...] = ()
    keys: tuple[Key, ...] = ()
    addresses: Mapping[LinkAddress, LinkAddress] = field(default_factory=dict)
    fcs: Fcs | None = None
    ignore_fcs: bool = False


@dataclass
class _Pan:
    """One PAN: what was learned of it, and its datagrams that are not whole yet."""

    knowledge: Knowledge
    receiver: Receiver = field(default_factory=lambda: Receiver(ANALYSIS))


class Explainer:
    """The state of an explanation: what was learned so far."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.addresses = AddressBook(settings.addresses)
        self._keyring = Keyring(settings.keys, self.addresses)
        self._pans: dict[int | None, _Pan] = {}
        self._repetition = Repetition()

    def explain(self, captured: CapturedFrame) -> Explained:
        """Explain the next frame. Never raises because of what the frame holds."""
        explained = Explained(captured)
        try:
            inside = decapsulate(captured, self.settings.fcs)
            explained = self._inside(replace(explained, inside=inside), inside)
        except Malformed as error:
            explained = replace(explained, error=error)
        return replace(explained, findings=(*explained.findings, *of_frame(explained)))

    def finish(self) -> tuple[DatagramDropped, ...]:
        """The datagrams that the end of the capture leaves incomplete."""
        return tuple(drop for pan in self._pans.values() for drop in pan.receiver.reassembler.discard_all())

    def pan(self, identifier: int | None) -> _Pan:
        """What is known of a PAN."""
        if identifier not in self._pans:
            self._pans[identifier] = _Pan(Knowledge(self.settings.contexts))
            if len(self._pans) > MOST_PANS:
                self._pans.pop(next(iter(self._pans)))
        return self._pans[identifier]

    # --- from the outside in -----------------------------------------------------------------------------------------

    def _inside(self, explained: Explained, inside: Encapsulated) -> Explained:
        if inside.kind is Kind.IEEE802154:
            return self._radio_frame(explained, inside)
        if inside.kind is Kind.LOWPAN:
            return self._lowpan(explained, None, inside.octets, Link(inside.source, inside.destination))
        if inside.kind is Kind.IPV6:
            return replace(explained, packets=(Packet(inside.octets, Link()),))
        return explained

    def _radio_frame(self, explained: Explained, inside: Encapsulated) -> Explained:
        frame, _ = decode_frame(inside.octets, inside.fcs_octets)
        explained = replace(explained, frame=frame)
        if not self._intact(inside):
            at = len(inside.octets) - inside.fcs_octets
            raise_in = Malformed("ieee802154", at, Reason.BAD_CHECKSUM, "the frame check sequence is wrong")
            return replace(explained, error=raise_in)
        if isinstance(frame, Frame) and frame.security_enabled:
            opened, security = self._keyring.open(frame)
            explained = replace(explained, security=security, error=security.error)
            if opened is None:
                return explained
            frame = opened
            explained = replace(explained, frame=opened)
        learning.from_frame(frame, self.addresses)
        return self._mac_payload(explained, frame)

    def _intact(self, inside: Encapsulated) -> bool:
        if self.settings.ignore_fcs:
            return True
        if inside.fcs is Fcs.TI and inside.ti_metadata is not None:
            return bool(inside.ti_metadata.crc_ok)
        return inside.fcs not in CHECKED or frame_check_holds(inside.octets, inside.fcs_octets)

    def _mac_payload(self, explained: Explained, frame: AnyFrame) -> Explained:
        if not isinstance(frame, Frame) or frame.frame_type != FrameType.DATA or not frame.payload:
            return explained
        if self._repetition.seen(explained.captured.time_ns // 1000, frame):
            return replace(explained, repeated=True)
        link = Link(frame.source, frame.destination)
        return self._lowpan(explained, frame.pan_of_source, frame.payload, link)

    # --- 6LoWPAN -----------------------------------------------------------------------------------------------------

    def _lowpan(self, explained: Explained, pan_id: int | None, octets: bytes, link: Link) -> Explained:
        pan, now = self.pan(pan_id), explained.captured.time_ns // 1000
        contexts = pan.knowledge.for_decompression(now)
        received = pan.receiver.receive(now, octets, link, contexts)
        if received.error is not None and received.error.reason is Reason.NO_CONTEXT:
            received = self._with_guesses(pan, now, octets, link, received)
        used = learning.contexts_used(received)
        learned = []
        for packet in received.packets:
            pan.knowledge.learn_prefixes(packet.octets)
            learned += learning.from_packet(now, packet, pan_id, pan.knowledge, self.addresses)
        drops = [outcome for outcome in received.outcomes if isinstance(outcome, DatagramDropped)]
        return replace(
            explained,
            received=received,
            packets=received.packets,
            error=received.error,
            learned=tuple(learned),
            guessed_contexts=pan.knowledge.guessed(now, used),
            features=received.features,
            growth=received.growth,
            findings=tuple(of_drop(drop) for drop in drops),
        )

    def _with_guesses(self, pan: _Pan, now: int, octets: bytes, link: Link, before: Received) -> Received:
        """Decode once more where the prefixes of the PAN, put in for unknown contexts, make the checksum right."""
        missing = learning.contexts_missing(octets, link, pan.knowledge.for_decompression(now))

        def fits(contexts: Contexts) -> bool:
            try:
                payload = decode_payload(octets, link, contexts, ANALYSIS_LIMITS)
            except Malformed:
                return False
            whole = payload.expanded is not None and payload.stack.fragment is None
            return whole and payload.expanded is not None and learning.proves_addresses(payload.expanded.octets)

        if not pan.knowledge.guess(now, missing, fits):
            return before
        return pan.receiver.receive(now, octets, link, pan.knowledge.for_decompression(now))
