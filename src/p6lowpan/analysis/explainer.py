"""A capture explained, frame by frame, in time order.

    explainer = Explainer(Settings(keys=(parse_key("thread:0011..."),)))
    for captured in open_capture(path):
        explained = explainer.explain(captured)
    last = explainer.finish()

What one frame teaches (contexts, addresses, prefixes) serves the frames after it, never those before. Memory is
bounded whatever the capture holds: every table has a largest size, and a capture of any length is a stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from p6lowpan.analysis import forensics, learning, recovery_rules, thread_network
from p6lowpan.analysis.acknowledgements import Acknowledgements
from p6lowpan.analysis.address_book import AddressBook
from p6lowpan.analysis.advice import COMPRESSION_SUBOPTIMAL, shorter_by
from p6lowpan.analysis.bounds import BOUNDS, Bounds
from p6lowpan.analysis.dodags import Roots
from p6lowpan.analysis.explained import Draft, Explained, Finding
from p6lowpan.analysis.findings import examine, of_drop
from p6lowpan.analysis.frame_counters import FrameCounters
from p6lowpan.analysis.hearing import Hearing
from p6lowpan.analysis.judging import Judge
from p6lowpan.analysis.keyring import Keyring
from p6lowpan.analysis.keys import Key
from p6lowpan.analysis.packet_rules import (
    CONTEXT_ADDED_IN_USE,
    EXTENDED_SOURCE,
    MIXED_RPL_OPTIONS,
    added_in_use,
    rpl_option_type,
)
from p6lowpan.analysis.pan import Pan
from p6lowpan.analysis.repetition import Repetition
from p6lowpan.analysis.traits import traits_of
from p6lowpan.analysis.transport import Transport, transport_of
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.reasons import Reason
from p6lowpan.capture.encapsulation import decapsulate
from p6lowpan.capture.fcs import Fcs
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.inside import Encapsulated, Kind
from p6lowpan.machines.adaptation.receiver import Packet, Received
from p6lowpan.machines.adaptation.timeline import DatagramDropped
from p6lowpan.machines.bounded import BoundedTable
from p6lowpan.wire.address import Link, LinkAddress, is_link_local, is_multicast
from p6lowpan.wire.description import Header
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import frame_check_holds
from p6lowpan.wire.sixlowpan.contexts import Context
from p6lowpan.wire.sixlowpan.payload import check_packet

BROADCAST_PAN = 0xFFFF
CHECKED = (Fcs.CRC16, Fcs.CRC32)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user knows that the capture may not show. ``advice``: say by how much frames could be shorter, which
    takes time."""

    contexts: tuple[Context, ...] = ()
    keys: tuple[Key, ...] = ()
    addresses: Mapping[LinkAddress, LinkAddress] = field(default_factory=dict)
    fcs: Fcs | None = None
    ignore_fcs: bool = False
    advice: bool = False
    roots: Roots = field(default_factory=dict)


class Explainer:
    """The state of an explanation: what was learned so far. A ``judge`` adds findings of its own."""

    def __init__(self, settings: Settings, bounds: Bounds = BOUNDS, judge: Judge | None = None) -> None:
        self.settings = settings
        self.judge = judge
        self.addresses = AddressBook(settings.addresses, bounds.short_addresses, bounds.extended_addresses)
        self.keyring = Keyring(settings.keys, self.addresses, bounds.senders)
        self.pans: BoundedTable[int | None, Pan] = BoundedTable(bounds.pans)
        self.hearing = Hearing(bounds.senders)
        self.repetition = Repetition(bounds.senders)
        self.homes: BoundedTable[LinkAddress, int] = BoundedTable(bounds.extended_addresses)
        self.acknowledgements = Acknowledgements(bounds.channels)
        self.counters = FrameCounters(bounds.frame_counters)

    def explain(self, captured: CapturedFrame) -> Explained:
        """Explain the next frame. Never raises because of what the frame holds."""
        draft = Draft(captured)
        try:
            draft.inside = inside = decapsulate(captured, self.settings.fcs)
            self._inside(draft, inside)
        except Malformed as error:
            draft.error = error
            self.acknowledgements.damaged(draft)
        return self.explained(draft)

    @staticmethod
    def explained(draft: Draft) -> Explained:
        """A frame about which all is found out that takes others."""
        if draft.error is not None:
            draft.error.__traceback__ = draft.error.__context__ = None  # they would keep every local of the way alive
        examine(draft)
        return draft.finished()

    def finish(self) -> tuple[DatagramDropped, ...]:
        """The datagrams that the end of the capture leaves incomplete."""
        return tuple(drop for pan in self.pans.values() for drop in pan.finish())

    # --- from the outside in -----------------------------------------------------------------------------------------

    def _inside(self, draft: Draft, inside: Encapsulated) -> None:
        if inside.kind is Kind.IEEE802154:
            self._radio_frame(draft, inside)
        elif inside.kind is Kind.LOWPAN:
            self.lowpan(draft, None, inside.octets, Link(inside.source, inside.destination))
        elif inside.kind is Kind.IPV6 and not inside.cut:
            check_packet(inside.octets, inside.offset)
            draft.packets = (Packet(inside.octets, Link()),)
            draft.transports = (transport_of(inside.octets),)
            self._checksums(draft, None)

    def _radio_frame(self, draft: Draft, inside: Encapsulated) -> None:
        frame, _ = decode_frame(inside.octets, inside.fcs_octets)
        draft.frame = frame
        if not self._intact(inside):
            at = len(inside.octets) - inside.fcs_octets
            raise Malformed("ieee802154", at, Reason.BAD_CHECKSUM, "the frame check sequence is wrong")
        if isinstance(frame, Frame) and self.hearing.is_copy(draft.captured, inside, frame):
            draft.copied = True
            return
        self.acknowledgements.look(draft, frame)
        if not isinstance(frame, Frame):
            return
        opened = self._opened(draft, frame) if frame.security_enabled else frame
        if opened is None:
            return
        draft.frame = opened
        learning.from_frame(opened, self.addresses)
        self._mac_payload(draft, frame, opened)

    def _intact(self, inside: Encapsulated) -> bool:
        if self.settings.ignore_fcs:
            return True
        if inside.fcs in CHECKED:
            return frame_check_holds(inside.octets, inside.fcs_octets)
        return inside.ti_metadata is None or bool(inside.ti_metadata.crc_ok)

    def _opened(self, draft: Draft, sealed: Frame) -> Frame | None:
        """A secured frame in the clear. Where its integrity code cannot be checked but nothing is hidden, as it is."""
        if draft.inside is not None and draft.inside.cut:
            return None
        opened, security = self.keyring.open(sealed)
        draft.security, draft.error = security, security.error
        return sealed if opened is None and not sealed.is_encrypted else opened

    def _mac_payload(self, draft: Draft, sealed: Frame, frame: Frame) -> None:
        if frame.frame_type != FrameType.DATA or not frame.payload:
            return
        octets = draft.inside.frame if draft.inside is not None and frame is sealed else None
        if self.repetition.seen(draft.captured.time_ns // 1000, frame, octets):
            draft.repeated = True
            return
        if draft.security is not None:
            self.counters.look(draft, sealed)
        if draft.inside is not None and not draft.inside.cut:
            self.lowpan(draft, self._home(frame), frame.payload, Link(frame.source, frame.destination))

    def _home(self, frame: Frame) -> int | None:
        """The PAN of a frame. Those of 2015 may leave it out between extended addresses: it is where the one or the
        other was heard last."""
        pan = frame.pan_of_source
        if pan is None:
            pan = self.homes.get(frame.source)
            return self.homes.get(frame.destination) if pan is None else pan
        if len(frame.source) == 8 and pan != BROADCAST_PAN:
            self.homes.put(frame.source, pan)
        return pan

    # --- 6LoWPAN -----------------------------------------------------------------------------------------------------

    def lowpan(self, draft: Draft, pan_id: int | None, octets: bytes, link: Link) -> None:
        """Explain a 6LoWPAN payload between the ends of ``link``, with what is known of its PAN."""
        now = draft.captured.time_ns // 1000
        pan = self._pan(draft, pan_id)
        draft.pan_id, draft.learned = pan_id, pan.knowledge.pass_time(now)
        self.received(draft, pan, octets, link, pan.receive(now, octets, link))

    def received(
        self, draft: Draft, pan: Pan, octets: bytes, link: Link, brought: tuple[Received, tuple[DatagramDropped, ...]]
    ) -> None:
        """Explain what a 6LoWPAN payload ``brought``, with the datagrams that were lost with it."""
        now, pan_id = draft.captured.time_ns // 1000, draft.pan_id
        draft.received, lost = received, _ = brought
        draft.packets, draft.features, draft.growth = received.packets, received.features, received.growth
        draft.error = received.error or draft.error
        draft.traits = traits_of(received, pan.knowledge.contexts)
        if self.judge is not None:
            draft.findings += self.judge.judge(octets, link, pan.knowledge.contexts, pan_id, received)
        if lost:
            draft.lost += lost
            draft.findings += map(of_drop, lost)
        if received.outcomes:
            pan.fragment_watch.look(draft, pan.receiver.reassembler)
        if Feature.RECOVERABLE_FRAGMENT in received.features:
            draft.findings += recovery_rules.asked_for(now, received, pan.receiver.recovery)
        draft.transports = tuple([transport_of(packet.octets) for packet in received.packets])
        if pan.knowledge.has_guesses:
            last = received.outcomes[-1] if received.outcomes else None
            used = learning.contexts_used(received.datagram)
            draft.guessed_contexts = pan.guessed(now, used, last, draft.transports)
        if received.packets:
            self.packets(draft, pan, now)
        if self.settings.advice and received.packets:
            self._advise(draft, pan, octets)

    def _pan(self, draft: Draft, identifier: int | None) -> Pan:
        """What is known of a PAN."""
        pan = self.pans.get(identifier)
        if pan is None:
            pan = Pan(self.settings.contexts, self.settings.roots)
            if gone := self.pans.put(identifier, pan):
                draft.lost = gone[1].finish()
                draft.findings += map(of_drop, draft.lost)
        return pan

    def packets(self, draft: Draft, pan: Pan, now: int) -> None:
        """Whole packets: what they teach, and what is wrong with them."""
        self._checksums(draft, pan)
        for packet, transport in zip(draft.packets, draft.transports, strict=True):
            pan.knowledge.learn_addresses(packet.octets)
            if (message := learning.teaching_message(packet, transport)) is not None:
                self._message(draft, pan, now, message, packet)
            if thread_network.is_link_establishment(transport):
                self._link_establishment(draft, pan, now, packet.octets, transport)
            self._rpl_option(draft, pan, packet)
            self.extended_source(draft.findings, draft.pan_id, packet)

    def _message(self, draft: Draft, pan: Pan, now: int, message: Header, packet: Packet) -> None:
        """A message that announces something. The contexts of a capture's first announcement may be as old as the
        network; one that joins them later is new."""
        had_announcements = pan.knowledge.has_announcements
        learned = learning.from_message(now, message, packet.link, draft.pan_id, pan.knowledge, self.addresses)
        draft.learned += learned
        if had_announcements and (text := added_in_use(learned)):
            draft.findings.append(CONTEXT_ADDED_IN_USE.finding(text))

    def _link_establishment(self, draft: Draft, pan: Pan, now: int, packet: bytes, transport: Transport) -> None:
        """MLE, where a Thread network key opens it."""
        draft.mle = thread_network.opened(packet, transport, self.keyring)
        if draft.mle is not None:
            sender = thread_network.extended_source(transport)
            draft.learned += thread_network.learn(now, draft.mle, sender, draft.pan_id, pan.knowledge, self.addresses)

    @staticmethod
    def _checksums(draft: Draft, pan: Pan | None) -> None:
        for packet, transport in zip(draft.packets, draft.transports, strict=True):
            if transport.checksum_holds is False:
                contexts = tuple(pan.knowledge.contexts.values()) if pan else ()
                former = [context.prefix[: forensics.PREFIX_OCTETS] for context in pan.knowledge.former] if pan else []
                prefixes = (*former, *pan.knowledge.prefixes) if pan else ()
                case = forensics.Case(packet.octets, transport, packet.link, draft.pan_id, contexts, prefixes)
                draft.findings.append(forensics.explain(case))

    @staticmethod
    def _rpl_option(draft: Draft, pan: Pan, packet: Packet) -> None:
        """Whether the nodes of a PAN agree on the type of the RPL option. Said once."""
        option_type = None if packet.routed else rpl_option_type(packet.octets)
        if option_type is not None and option_type not in pan.rpl_option_types:
            pan.rpl_option_types.add(option_type)
            if len(pan.rpl_option_types) > 1:
                draft.findings.append(MIXED_RPL_OPTIONS.finding())

    def extended_source(self, findings: list[Finding], pan_id: int | None, packet: Packet) -> None:
        """Whether a node that has a short address sends from its extended one."""
        source = packet.octets[8:24]
        if len(packet.link.source) != 8 or is_link_local(source) or is_multicast(source) or not any(source):
            return
        if self.addresses.short(pan_id, packet.link.source) is not None:
            findings.append(EXTENDED_SOURCE.finding())

    @staticmethod
    def _advise(draft: Draft, pan: Pan, octets: bytes) -> None:
        payload = draft.received.payload if draft.received else None
        if payload is None or payload.expanded is None or payload.stack.fragment is not None:
            return
        if text := shorter_by(payload, len(octets), draft.packets[0].octets, pan.knowledge.contexts):
            draft.findings.append(COMPRESSION_SUBOPTIMAL.finding(text))
