"""A node whose adaptation layer does what a measured stack was found to do; everything above is ours.

So a stack can be probed that is not at hand: its receiver and sender are those of :mod:`p6lowpan.interop.prediction`.
Where the stack would crash, the node starts its receiver anew, as a device does whose watchdog bites.
"""

import contextlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.node import Node as Ends
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.prediction import sends
from p6lowpan.interop.receiving.receiver import Receiver
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.layer import Arrived, Outgoing
from p6lowpan.machines.adaptation.mesh_under import Inside
from p6lowpan.machines.adaptation.timeline import DatagramKey
from p6lowpan.machines.outcomes import Dropped as FrameDropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.node import Node
from p6lowpan.wire.address import Link, LinkAddress, interface_identifier
from p6lowpan.wire.sixlowpan.stack import read_stack

WHERE = "stack"
LONGEST_US = 60_000_000
"""The models keep incomplete datagrams for ever. What is not whole after so long, or after the stack's own time-out, is
forgotten here (RFC 4944 section 5.3: at most 60 s)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A fragment of a datagram that is not whole."""

    key: DatagramKey
    payload: bytes
    link: Link


def key_of(payload: bytes, link: Link) -> DatagramKey | None:
    """The datagram that a frame is a fragment of; ``None`` where it is none."""
    try:
        stack = read_stack(payload, link)
    except Malformed:
        return None
    part = stack.fragment
    if part is None:
        return None
    return DatagramKey(stack.link.source, stack.link.destination, part.datagram_size, part.datagram_tag)


class StackAdaptation:
    """What :class:`p6lowpan.machines.adaptation.layer.AdaptationLayer` is to a node, as far as a stack is one.

    A datagram that is given up never was: the receiver is made anew, and takes the fragments of the others again.
    """

    deadline = None

    def __init__(self, stack: Stack, node: Node) -> None:
        self.stack = stack
        self.dropped: Counter[Reason] = Counter()
        self.crashes = 0
        self._node = node
        self._tag = 0
        seconds = stack.bounds.reassembly_seconds
        self._kept_us = LONGEST_US if seconds is None else int(seconds * 1_000_000)
        self._start_anew()

    def _start_anew(self) -> None:
        self._receiver = Receiver(self.stack.receiving)
        self._begun: dict[DatagramKey, int] = {}
        self._kept: list[Kept] = []

    def received(self, now: int, payload: bytes, link: Link, secured: bool) -> tuple[Any, ...]:
        """A frame to the packets that the stack hands up."""
        self._expire(now)
        key = key_of(payload, link)
        if key is not None:
            self._begun.setdefault(key, now)
            self._kept.append(Kept(key, payload, link))
        try:
            packets = self._receiver.receive(payload, self._ends(now, link))
        except Dropped as drop:
            return (FrameDropped(Reason.UNSUPPORTED, WHERE, drop.reason),)
        except Crashed as crash:
            self.crashes += 1
            self._start_anew()
            return (FrameDropped(Reason.UNSUPPORTED, WHERE, crash.how),)
        if packets and key is not None:
            self._forget({key})
        return tuple(Arrived(packet, link.source, link.destination, secured) for packet in packets)

    def _forget(self, keys: set[DatagramKey]) -> None:
        self._kept = [one for one in self._kept if one.key not in keys]
        for key in keys:
            del self._begun[key]

    def _expire(self, now: int) -> None:
        late = {key for key, begun in self._begun.items() if now - begun > self._kept_us}
        if not late:
            return
        self._forget(late)
        self._receiver = Receiver(self.stack.receiving)
        for one in self._kept:
            with contextlib.suppress(Dropped, Crashed):  # it was dropped before, too
                self._receiver.receive(one.payload, self._ends(now, one.link))

    def send(self, now: int, packet: bytes, next_hop: LinkAddress, *_: object) -> tuple[Any, ...]:
        """A packet to the frames that the stack makes of it."""
        self._tag = (self._tag + 1) & 0xFFFF
        source = self._source_for(packet)
        stack = replace(self.stack)
        stack.__dict__["sending"] = replace(self.stack.sending, tag=self._tag)
        made = sends(stack, packet, self._ends(now, Link(source, next_hop)), self._node.link.room(next_hop, source))
        if made.refused or made.crash:
            return (FrameDropped(Reason.UNSUPPORTED, WHERE, made.refused or made.crash or ""),)
        return tuple(Outgoing(source, next_hop, frame, self._tag, packet) for frame in made.frames)

    spread = send

    def learned(self, *_: object) -> tuple[Any, ...]:
        """A stock stack learns no levels."""
        return ()

    tell = tick = learned

    def _ends(self, now: int, link: Link) -> Ends:
        return Ends(link, self._node.contexts.for_decompression(now), self._node.configuration.link.pan)

    def _source_for(self, packet: bytes) -> LinkAddress:
        for one in self._node.configuration.link.addresses:
            if packet[16:24] == interface_identifier(one):
                return one
        return self._node.configuration.link.address


class ModelledNode(Node):
    """See the module. Frames go to the stack as they are: its model knows mesh headers."""

    def __init__(self, configuration: NodeConfiguration, stack: Stack) -> None:
        super().__init__(configuration)
        self.adaptation = StackAdaptation(stack, self)  # type: ignore[assignment] # what a node asks of it is there
        self.mesh.received = _as_it_came  # type: ignore[method-assign,assignment] # the model's, not ours


def _as_it_came(_now: int, payload: bytes, link: Link, secured: bool) -> tuple[Inside, ...]:
    return (Inside(payload, link, secured),)
