"""What a stack would do: frames to the packets that it hands up, a packet to the frames that it sends."""

from collections.abc import Iterable
from dataclasses import dataclass

from p6lowpan.interop.node import Node
from p6lowpan.interop.outcomes import Crashed, Dropped, Refused
from p6lowpan.interop.receiving.receiver import Receiver
from p6lowpan.interop.sending.writing import Writing
from p6lowpan.interop.stack import Stack


@dataclass(frozen=True, slots=True)
class HandedUp:
    """``packets`` in order; ``dropped`` why frames or datagrams were discarded; ``crash`` how the stack ended."""

    packets: tuple[bytes, ...]
    dropped: tuple[str, ...] = ()
    crash: str | None = None


@dataclass(frozen=True, slots=True)
class SentFrames:
    """``frames`` in order; without any, ``refused`` says why; ``crash`` how the stack ended."""

    frames: tuple[bytes, ...]
    refused: str | None = None
    crash: str | None = None


def hands_up(stack: Stack, frames: Iterable[bytes], node: Node) -> HandedUp:
    """What a node that was just started hands up of these frames."""
    receiver = Receiver(stack.receiving)
    packets: list[bytes] = []
    dropped: list[str] = []
    for frame in frames:
        try:
            packets += receiver.receive(frame, node)
        except Dropped as drop:
            dropped.append(drop.reason)
        except Crashed as crash:
            packets += [] if crash.handed_up is None else [crash.handed_up]
            return HandedUp(tuple(packets), tuple(dropped), crash.how)
    return HandedUp((*packets, *receiver.ends()), tuple(dropped))


def sends(stack: Stack, packet: bytes, node: Node, mtu: int) -> SentFrames:
    """The frames that a node that was just started makes of a packet."""
    writing = Writing(stack.sending, node, packet, mtu)
    try:
        stack.sending.admits(writing)
        return SentFrames(tuple(stack.sending.frames(writing, stack.sending.packet(writing))))
    except Refused as refusal:
        return SentFrames((), refused=refusal.reason)
    except Crashed as crash:
        return SentFrames((), crash=crash.how)
