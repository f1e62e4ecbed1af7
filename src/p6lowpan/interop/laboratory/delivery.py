"""One packet from one party to another: the frames, and what came of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from p6lowpan.interop.laboratory.parties import Party, Sender
from p6lowpan.interop.laboratory.probes import Probe, probes
from p6lowpan.interop.prediction import HandedUp, SentFrames


class Fate(StrEnum):
    """What becomes of a packet."""

    ARRIVES = "arrives"
    IS_LOST = "is lost"
    ARRIVES_WRONG = "arrives as another packet"
    ENDS_THE_RECEIVER = "ends the receiver"


def fate_of(packet: bytes, up: HandedUp) -> Fate:
    """What became of a packet that was alone on the link."""
    if up.crash is not None:
        return Fate.ENDS_THE_RECEIVER
    if not up.packets:
        return Fate.IS_LOST
    return Fate.ARRIVES if up.packets == (packet,) else Fate.ARRIVES_WRONG


@dataclass(frozen=True)
class Delivery:
    """A packet on its way. ``sender`` is the party as it sends to this receiver."""

    sender: Party
    receiver: Party
    probe: Probe
    frames: tuple[bytes, ...]
    up: HandedUp

    @property
    def fate(self) -> Fate:
        """What became of it."""
        return fate_of(self.probe.packet, self.up)


def sent(sender: Party, probe: Probe) -> SentFrames:
    """What a party sends for a probe: the same as any that sends in the same way."""
    return _sent(sender.sender, probe)


@cache
def _sent(sender: Sender, probe: Probe) -> SentFrames:
    return sender.sends(probe.packet, probe.node)


@cache
def _handed_up(receiver: Party, frames: tuple[bytes, ...], probe: Probe) -> HandedUp:
    return receiver.hands_up(frames, probe.node)


def deliver(sender: Party, receiver: Party, probe: Probe) -> Delivery | None:
    """One probe; ``None`` where the sender does not send it."""
    frames = sent(sender, probe).frames
    return Delivery(sender, receiver, probe, frames, _handed_up(receiver, frames, probe)) if frames else None


def failing(sender: Party, receiver: Party, packets: tuple[Probe, ...] | None = None) -> Iterator[Delivery]:
    """Every packet that does not arrive, the smallest first."""
    for probe in probes() if packets is None else packets:
        delivery = deliver(sender, receiver, probe)
        if delivery is not None and delivery.fate is not Fate.ARRIVES:
            yield delivery


def witness(sender: Party, receiver: Party, packets: tuple[Probe, ...] | None = None) -> Delivery | None:
    """The smallest packet that does not arrive: by its octets, then by the octets of its frames."""
    smallest: Delivery | None = None
    for delivery in failing(sender, receiver, packets):
        if smallest is None:
            smallest = delivery
        elif len(delivery.probe.packet) > len(smallest.probe.packet):
            break
        elif _cost(delivery) < _cost(smallest):
            smallest = delivery
    return smallest


def _cost(delivery: Delivery) -> tuple[int, int]:
    return len(delivery.frames), sum(map(len, delivery.frames))
