"""Any IPv6 packet, sent to a receiver of any level, comes out as it was: in frames that fit, with features it takes.

The fuzzer chooses addresses, contexts, the level, the size of frames and everything behind the first four octets of the
packet; version and payload length are put right. Seeds: the packets of the vectors.
"""

from collections.abc import Iterator

from fuzz.inputs import PROFILES, Chooser, contexts_input, link_input
from fuzz.vectors import packet_vectors
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.reasons import Reason
from p6lowpan.machines.adaptation.receiver import Receiver
from p6lowpan.machines.adaptation.sender import Sent, send

MTU = (102, 60, 81, 127)
REFUSALS = (Reason.TOO_BIG, Reason.BAD_CHECKSUM)


def seeds() -> Iterator[bytes]:
    """Every packet of the vectors, for two profiles each."""
    for index, vector in enumerate(packet_vectors()):
        for profile in (0, 2 + index % (len(PROFILES) - 2)):
            chosen = bytes((profile,)) + link_input(vector.link) + contexts_input(vector.contexts)
            yield chosen + bytes((index % 4, index // 4 % 2)) + vector.packet


def check(octets: bytes) -> None:
    """Raise where the invariant does not hold for ``octets``."""
    chooser = Chooser(octets)
    profile, link, contexts = chooser.profile(), chooser.link(), chooser.contexts()
    mtu, elide = MTU[chooser.below(len(MTU))], bool(chooser.below(2))
    packet = valid(chooser.rest)
    usable = {number: context for number, context in contexts.items() if context.compress}
    try:
        sent = send(packet, link, usable, profile, mtu, tag=7, elide_checksum=elide)
    except Malformed as error:
        assert error.reason in REFUSALS
        return
    assert all(len(frame) <= mtu for frame in sent.frames)
    assert sent.features <= profile.sends
    assert sent.growth <= profile.limits.header_growth_octets
    receiver = Receiver(profile)
    received = [receiver.receive(0, frame, link, contexts) for frame in sent.frames]
    assert [arrived.octets for one in received for arrived in one.packets] == [packet], describe(sent)
    assert frozenset().union(*(one.features for one in received)) <= sent.features, describe(sent)


def valid(octets: bytes) -> bytes:
    """The octets with an IPv6 header's version and payload length."""
    packet = octets.ljust(40, b"\0")
    return bytes((0x60 | packet[0] & 15,)) + packet[1:4] + (len(packet) - 40).to_bytes(2, "big") + packet[6:]


def describe(sent: Sent) -> str:
    """What was sent, for whoever reads the report."""
    return f"{[frame.hex() for frame in sent.frames]} {sorted(feature.value.name for feature in sent.features)}"
