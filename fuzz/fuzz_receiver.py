"""Any frames in any order to one receiver: it never raises, hands up whole packets only, and keeps its bounds.

Every fragment is accounted for, and what waits for others is never more than the limits of the profile allow. Seeds:
the frames of the vectors, in their order.
"""

from collections.abc import Iterator

from fuzz.inputs import Chooser, contexts_input, link_input, profile_input
from fuzz.vectors import frame_vectors
from p6lowpan.capability.profile import ANALYSIS, Profile
from p6lowpan.machines.adaptation.receiver import Received, Receiver
from p6lowpan.wire.sixlowpan.payload import check_packet

MOST_FRAMES = 64


def seeds() -> Iterator[bytes]:
    """The frames of every vector that has more than one, a second apart."""
    for vector in frame_vectors():
        if len(vector.frames) > 1:
            chosen = profile_input(ANALYSIS) + link_input(vector.link) + contexts_input(vector.contexts)
            frames = [bytes((4, len(frame) & 0xFF)) + frame for frame in vector.frames]
            yield chosen + b"".join(frames)


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    chooser = Chooser(octets)
    profile, link, contexts = chooser.profile(), chooser.link(), chooser.contexts()
    receiver, now = Receiver(profile), 0
    for _ in range(MOST_FRAMES):
        if not chooser.rest:
            break
        now += chooser.below(256) * 250_000
        received = receiver.receive(now, chooser.octets(chooser.below(256)), link, contexts)
        check_received(received, profile)
        check_bounds(receiver)
    receiver.give_up()
    check_bounds(receiver)
    assert receiver.reassembler.pending == 0


def check_received(received: Received, profile: Profile) -> None:
    """What comes up is a whole packet, of a frame that was understood."""
    for packet in received.packets:
        check_packet(packet.octets)
        assert len(packet.octets) <= profile.limits.datagram_octets
    assert not (received.packets and (received.error or received.unsupported))


def check_bounds(receiver: Receiver) -> None:
    """No more waits than the limits allow, and no fragment is lost without a reason."""
    reassembler, limits = receiver.reassembler, receiver.profile.limits
    assert len(reassembler.buffers) <= limits.reassembly_buffers
    assert reassembler.octets <= limits.reassembly_octets
    ended = reassembler.delivered + reassembler.duplicates + sum(reassembler.dropped.values())
    assert reassembler.received == ended + reassembler.pending
