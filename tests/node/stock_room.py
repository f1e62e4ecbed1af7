"""Real stacks in a room with a node of ours: what they sent in a capture is sent again, and our node has a seat there.

The frames of the others come at their times, later only where the air is not free. They acknowledge what is sent to
them, as any radio does, and answer solicitations of neighbours, which the captures have none of. What the stack in the
seat said of its own accord (echo requests, datagrams), our node is told to say at the same time; all else is its own
answer.
"""

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from node.stock_seats import Heard, Said, Seat, captured_frames, captured_packets, said_in
from p6lowpan.capability.profile import RFC6282
from p6lowpan.capture.frame import CapturedFrame
from p6lowpan.capture.pcap import PcapFile
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.link.framing import acknowledgement_of, asks_for_acknowledgement, data_frame
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.machines.neighbor_discovery.configuration import Mode
from p6lowpan.machines.network.packet import make_packet
from p6lowpan.node.inputs import Bind, ChannelAssessed, FrameReceived, Input, SendIcmpv6, SendUdp, TransmitDone, Wake
from p6lowpan.node.node import Node
from p6lowpan.node.outputs import Output
from p6lowpan.simulator.trace import IEEE802154_WITHFCS
from p6lowpan.wire.address import Ipv6Address, Link, interface_identifier
from p6lowpan.wire.checksum import transport_checksum
from p6lowpan.wire.ieee802154.decoding import decode_frame
from p6lowpan.wire.ieee802154.frame import Frame, FrameType
from p6lowpan.wire.ieee802154.frame_check import with_frame_check
from p6lowpan.wire.ipv6.link_layer_options import TargetLinkLayerAddress, address_field
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborAdvertisement, NeighborSolicitation
from p6lowpan.wire.ipv6.registry import MessageType, Protocol
from p6lowpan.wire.ipv6.udp import Udp
from p6lowpan.wire.sixlowpan.stack import UncompressedDispatch

SECOND = 1_000_000
BEFORE = 10 * SECOND
"""Our node is on before the others are, as whoever is to answer must be."""
AFTER = 10 * SECOND
OCTET_US, PREAMBLE_AND_CHECK = 32, 8
TURNAROUND_US, ACKNOWLEDGEMENT_US = 192, 352
SEQUENCE_NUMBER = 77
PAUSE_US = 1_000  # the radios of the captures need no air time: their frames would come with no room for answers


class Sent(NamedTuple):
    """A frame of our node, and what a complete RFC 6282 node makes of it."""

    frame: Frame
    received: Received


@dataclass
class Room:
    """The node, the others, and the air between them. Nothing is lost, and nobody speaks while another does."""

    seat: Seat
    node: Node
    now: int = 0
    busy_until: int = 0
    air: list[tuple[int, bytes]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    outputs: list[tuple[int, Output]] = field(default_factory=list)
    given: list[Input] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._order = itertools.count()
        self._events: list[tuple[int, int, Input | bytes]] = []
        self._receiver = Receiver(RFC6282)
        self._contexts = {context.identifier: context for context in self.seat.contexts}
        captured = captured_frames(self.seat.capture)
        self._begin = captured[0].time_ns // 1000 - BEFORE
        self._answers: list[tuple[int, bytes, Frame]] = []
        self.script = [one for one in map(self._of_a_peer, captured) if one is not None]
        begun: set[Said] = set()
        for heard in captured_packets(self.seat.capture, self.seat.contexts):
            anew = heard.said._replace(hop_limit=0) not in begun  # else it has come back, and is forwarded
            for given in self._own_accord(heard) if anew else ():
                begun.add(heard.said._replace(hop_limit=0))
                self._at(heard.time - self._begin, given)
        for port in self.seat.ports:
            self._at(0, Bind(port))
        self._at(0, Wake())

    def _of_a_peer(self, captured: CapturedFrame) -> tuple[int, bytes, Frame] | None:
        octets = captured.octets[:-2]
        frame, _ = decode_frame(octets, fcs_octets=0)
        if not isinstance(frame, Frame) or frame.frame_type == FrameType.ACKNOWLEDGEMENT:
            return None
        if frame.source not in self.seat.others:
            return None
        return captured.time_ns // 1000 - self._begin, octets, frame

    def _own_accord(self, heard: Heard) -> Iterator[Input]:
        """What the stack in the seat said unasked."""
        said = heard.said
        if heard.link_source not in self.seat.ours or said.source[8:] not in map(interface_identifier, self.seat.ours):
            return
        destination = Ipv6Address(said.destination)
        if said.protocol == Protocol.UDP:
            udp, payload = Udp.decode(said.content)
            yield SendUdp(udp.source_port, destination, udp.destination_port, payload, said.hop_limit)
        if said.kind == MessageType.ECHO_REQUEST:
            yield SendIcmpv6(destination, said.content[:2] + bytes(2) + said.content[4:], said.hop_limit)

    def _at(self, when: int, what: Input | bytes) -> None:
        heapq.heappush(self._events, (when, next(self._order), what))

    def run(self) -> "Room":
        """From before the first frame until a while after the last."""
        end = None
        while end is None or self.now < end:
            moments = {
                "event": self._events[0][0] if self._events else None,
                "peer": self._peers_turn,
                "timer": self.node.deadline,
                "end": end,
            }
            name, when = min(((name, at) for name, at in moments.items() if at is not None), key=lambda one: one[1])
            self.now = max(self.now, when)
            if name == "event":
                self._happen(heapq.heappop(self._events)[2])
            elif name == "peer":
                self._peer_speaks(*(self._answers or self.script).pop(0)[1:])
            elif name == "timer":
                self._give(Wake())
            if not self.script and not self._answers and not self._events and end is None:
                end = self.now + AFTER
        return self

    @property
    def _peers_turn(self) -> int | None:
        """When the others speak next. They let our node finish, as they let one another in the capture."""
        waiting = self._answers or self.script
        if not waiting or self.node.link.queued:
            return None
        return max(waiting[0][0], self.busy_until + PAUSE_US)

    def _happen(self, what: Input | bytes) -> None:
        if isinstance(what, bytes):
            self.air.append((self.now, what))
            self._give(FrameReceived(what))
        else:
            self._give(what)

    def _peer_speaks(self, octets: bytes, frame: Frame) -> None:
        end = self.now + OCTET_US * (len(octets) + PREAMBLE_AND_CHECK)
        self._at(end, octets)
        answered = TURNAROUND_US + ACKNOWLEDGEMENT_US if asks_for_acknowledgement(frame) else 0
        self.busy_until = end + answered

    def _give(self, given: Input) -> None:
        self.given.append(given)
        for output in self.node.handle(self.now, given):
            match output:
                case AssessChannel():
                    self._at(self.now, ChannelAssessed(clear=self.busy_until <= self.now))
                case Transmit(octets):
                    self._transmitted(octets)
                case _:
                    self.outputs.append((self.now, output))

    def _transmitted(self, octets: bytes) -> None:
        end = self.busy_until = self.now + OCTET_US * (len(octets) + PREAMBLE_AND_CHECK)
        self._at(end, TransmitDone())
        self.air.append((end, octets))
        frame, _ = decode_frame(octets, fcs_octets=0)
        assert isinstance(frame, Frame)
        received = Received(None)
        if frame.frame_type == FrameType.DATA:
            link = Link(frame.source, frame.destination)
            received = self._receiver.receive(end, frame.payload, link, self._contexts)
        self.sent.append(Sent(frame, received))
        if asks_for_acknowledgement(frame):
            assert frame.destination in self.seat.others, "everything is for those who are there"
            self.busy_until = end + TURNAROUND_US + ACKNOWLEDGEMENT_US
            self._at(self.busy_until, acknowledgement_of(frame))
        for packet in received.packets:
            said = said_in(packet.octets)
            if said.kind == MessageType.NEIGHBOR_SOLICITATION and self.seat.mode is Mode.REGULAR:
                self._solicited(said)

    def _solicited(self, said: Said) -> None:
        """RFC 4861 section 7.2.4, as both stacks do it where they are built with it."""
        solicitation, _ = NeighborSolicitation.decode(said.content)
        target = Ipv6Address(solicitation.target)
        for peer in self.seat.peers:
            if target[8:] == interface_identifier(peer) and any(said.source):
                message = NeighborAdvertisement(
                    solicited=1,
                    override=1,
                    target=target,
                    options=(TargetLinkLayerAddress(address=address_field(peer)),),
                ).encode()
                check = transport_checksum(target, said.source, Protocol.ICMPV6, message)
                message = message[:2] + check.to_bytes(2, "big") + message[4:]
                packet = make_packet(target, said.source, Protocol.ICMPV6, 255, message)
                payload = UncompressedDispatch().encode() + packet
                frame = data_frame(self.node.configuration.link, peer, self.seat.link, SEQUENCE_NUMBER, payload)
                self._answers.append((self.busy_until + PAUSE_US, frame.encode(), frame))

    # --- what came of it ----------------------------------------------------------------------------------------------

    def write(self, path: Path) -> Path:
        """All that was on the air, as a capture."""
        with PcapFile(str(path), IEEE802154_WITHFCS) as writer:
            for at, octets in sorted(self.air, key=lambda one: one[0]):
                writer.write(with_frame_check(octets), at * 1000)
        return path

    def said(self) -> list[Said]:
        """What our node said."""
        return [said_in(packet.octets) for sent in self.sent for packet in sent.received.packets]

    def outputs_of(self, kind: type) -> list[Any]:
        """What our node put out of one kind."""
        return [output for _, output in self.outputs if isinstance(output, kind)]
