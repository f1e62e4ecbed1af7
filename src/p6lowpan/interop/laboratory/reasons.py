"""Why a packet did not arrive: the quirks to blame, on which side, with their sections and evidence."""

from dataclasses import dataclass

from p6lowpan.interop.blame import to_blame
from p6lowpan.interop.laboratory.delivery import Delivery
from p6lowpan.interop.laboratory.parties import MTU, REFERENCE, Party, StackParty
from p6lowpan.interop.laboratory.probes import Probe
from p6lowpan.interop.prediction import hands_up, sends
from p6lowpan.interop.stack import Quirk, Stack


@dataclass(frozen=True)
class Reason:
    """``party`` is to blame for ``quirks``; without any, ``words`` is all that is known. ``is_sender``: it is the
    sender, whose frames cannot be read."""

    party: str
    is_sender: bool
    quirks: tuple[Quirk, ...]
    words: str

    @property
    def says(self) -> str:
        """In words."""
        return "; ".join(quirk.says for quirk in self.quirks) or self.words

    @property
    def clauses(self) -> tuple[str, ...]:
        """The sections of RFCs that are departed from."""
        return tuple(dict.fromkeys(quirk.clause for quirk in self.quirks if quirk.clause))


def reason(delivery: Delivery) -> Reason:
    """Why a delivery failed: the receiver's quirks where they are enough, else the sender's."""
    quirks = _of_receiver(delivery)
    words = "; ".join(dict.fromkeys((*delivery.up.dropped, *filter(None, (delivery.up.crash,)))))
    if quirks:
        return Reason(delivery.receiver.name, False, quirks, words)
    quirks = _of_sender(delivery)
    if quirks:
        return Reason(delivery.sender.name, True, quirks, words)
    return Reason(delivery.receiver.name, False, (), words or "it hands up another packet")


def _of_receiver(delivery: Delivery) -> tuple[Quirk, ...]:
    if not isinstance(delivery.receiver, StackParty):
        return ()
    probe, frames = delivery.probe, delivery.frames
    return quirks_of_receiver(delivery.receiver.stack, frames, probe)


def quirks_of_receiver(stack: Stack, frames: tuple[bytes, ...], probe: Probe) -> tuple[Quirk, ...]:
    """The quirks without which a stack would hand up the probe's packet, and nothing else, of these frames."""

    def is_right(mended: Stack) -> bool:
        up = hands_up(mended, frames, probe.node)
        return up.packets == (probe.packet,) and up.crash is None

    return to_blame(stack, is_right)


def _of_sender(delivery: Delivery) -> tuple[Quirk, ...]:
    """Those without which this receiver, or else a right one, would read what is sent."""
    if not isinstance(delivery.sender, StackParty):
        return ()
    stack, probe = delivery.sender.stack, delivery.probe

    def is_right_for(receiver: Party, mended: Stack) -> bool:
        frames = sends(mended, probe.packet, probe.node, MTU).frames
        return bool(frames) and receiver.hands_up(frames, probe.node).packets == (probe.packet,)

    for receiver in (delivery.receiver, REFERENCE):
        if quirks := to_blame(stack, lambda mended, to=receiver: is_right_for(to, mended)):  # type: ignore[misc]
            return quirks
    return ()
