"""What a prober makes of the frames that come: packets, from whom, and what the neighbour lets be seen of itself."""

from dataclasses import dataclass, replace

from p6lowpan.capability.limits import RFC6282 as WIDE
from p6lowpan.capability.profile import RFC6282
from p6lowpan.interop.probing import answering
from p6lowpan.interop.probing.results import Results
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.machines.link.outputs import Indication
from p6lowpan.wire.address import Link, LinkAddress
from p6lowpan.wire.sixlowpan.recoverable_fragment import RecoverableFragmentAcknowledgment

KEPT_US = 10_000_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What a frame brought. ``is_theirs``: the neighbour is known by the address that it came from. ``acknowledgment``
    is one of recoverable fragments."""

    packets: tuple[bytes, ...]
    source: LinkAddress
    is_theirs: bool
    acknowledgment: RecoverableFragmentAcknowledgment | None


class Hearing:
    """Reads frames, and notes in the results what the neighbour sends and announces."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._receiver = Receiver(replace(RFC6282, limits=replace(WIDE, reassembly_timeout_us=KEPT_US)))

    def heard(self, now: int, event: Indication, scene: Scene) -> Heard:
        """Take a frame."""
        link = Link(event.source, event.destination)
        received = self._receiver.receive(now, event.payload, link, scene.contexts)
        known = (scene.theirs, scene.their_short)
        is_theirs = event.source in known or event.source.hex() in self._results.ends
        packets = tuple(packet.octets for packet in received.packets)
        if is_theirs:
            self._results.saw(received.features)
            for octets in packets:
                self._results.announced = answering.announced(octets) or self._results.announced
        return Heard(packets, event.source, is_theirs, _acknowledgment(received))


def _acknowledgment(received: Received) -> RecoverableFragmentAcknowledgment | None:
    placed = received.payload.stack.headers if received.payload is not None else ()
    headers = (one.header for one in placed)
    return next((one for one in headers if isinstance(one, RecoverableFragmentAcknowledgment)), None)
