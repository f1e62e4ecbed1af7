"""A node whose adaptation layer does what a measured stack was found to do; everything above is ours.

So a stack can be probed that is not at hand: its receiver and sender are those of :mod:`p6lowpan.interop.prediction`.
Where the stack would crash, the node starts its receiver anew, as a device does whose watchdog bites.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from p6lowpan.capability.reasons import Reason
from p6lowpan.interop.node import Node as Ends
from p6lowpan.interop.outcomes import Crashed, Dropped
from p6lowpan.interop.prediction import sends
from p6lowpan.interop.receiving.receiver import Receiver
from p6lowpan.interop.stack import Stack
from p6lowpan.machines.adaptation.layer import Arrived, Outgoing
from p6lowpan.machines.adaptation.mesh_under import Inside
from p6lowpan.machines.outcomes import Dropped as FrameDropped
from p6lowpan.node.configuration import NodeConfiguration
from p6lowpan.node.node import Node
from p6lowpan.wire.address import Link, LinkAddress, interface_identifier

WHERE = "stack"
QUIET_US = 60_000_000
"""The models keep incomplete datagrams for ever. What is not whole after so long, or after the stack's own time-out, is
forgotten here (RFC 4944 section 5.3: at most 60 s)."""
FRAGMENT = 0xC0


class StackAdaptation:
    """What :class:`p6lowpan.machines.adaptation.layer.AdaptationLayer` is to a node, as far as a stack is one."""

    deadline = None

    def __init__(self, stack: Stack, node: Node) -> None:
        self.stack = stack
        self.dropped: Counter[Reason] = Counter()
        self.crashes = 0
        self._node = node
        self._receiver = Receiver(stack.receiving)
        self._tag = 0
        self._begun: int | None = None
        seconds = stack.bounds.reassembly_seconds
        self._quiet_us = QUIET_US if seconds is None else int(seconds * 1_000_000)

    def received(self, now: int, payload: bytes, link: Link, secured: bool) -> tuple[Any, ...]:
        """A frame to the packets that the stack hands up."""
        if self._begun is not None and now - self._begun > self._quiet_us:
            self._receiver, self._begun = Receiver(self.stack.receiving), None
        if self._begun is None and payload[:1] >= bytes((FRAGMENT,)):
            self._begun = now
        try:
            packets = self._receiver.receive(payload, self._ends(now, link))
        except Dropped as drop:
            return (FrameDropped(Reason.UNSUPPORTED, WHERE, drop.reason),)
        except Crashed as crash:
            self.crashes += 1
            self._receiver = Receiver(self.stack.receiving)
            return (FrameDropped(Reason.UNSUPPORTED, WHERE, crash.how),)
        self._begun = None if packets else self._begun
        return tuple(Arrived(packet, link.source, link.destination, secured) for packet in packets)

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
