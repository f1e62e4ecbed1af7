"""From an IPv6 packet to MAC payloads: the smallest candidate that the receiver takes and the frames hold."""

from p6lowpan import fast
from p6lowpan.capability.errors import Malformed
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.compressor import Compressed, candidates
from p6lowpan.machines.adaptation.fragmenter import CannotFragment, fragment
from p6lowpan.wire.address import Link
from p6lowpan.wire.sixlowpan.contexts import Contexts
from p6lowpan.wire.sixlowpan.fragment import FirstFragment
from p6lowpan.wire.sixlowpan.used_features import chain_end


@value
class Sent:
    """The MAC payloads of one packet, in order, and what they ask of the receiver."""

    frames: tuple[bytes, ...]
    features: frozenset[Feature]
    growth: int


def send(
    packet: bytes,
    link: Link,
    contexts: Contexts,
    profile: Profile,
    mtu: int,
    tag: int,
    elide_checksum: bool = False,
) -> Sent:
    """Encode ``packet`` for a receiver of ``profile`` in MAC payloads of at most ``mtu`` octets.

    ``tag`` is the datagram tag, should fragments be needed; ``elide_checksum`` says that the application allows it.
    Raises :class:`UsageError` for what is no IPv6 packet, and :class:`Malformed` with ``TOO_BIG`` where the packet
    exceeds the receiver's bound or fits no frames, with ``BAD_CHECKSUM`` where a checksum to be elided is wrong.
    """
    if len(packet) > profile.limits.datagram_octets:
        detail = f"{len(packet)} octets, the receiver takes {profile.limits.datagram_octets}"
        raise Malformed("ipv6", 0, Reason.TOO_BIG, detail)
    if not elide_checksum and (headers := fast.compress(packet, link, contexts, profile, mtu)) is not None:
        whole = headers.octets + packet[headers.covered :]
        if len(whole) <= mtu:
            return Sent((whole,), headers.features, headers.growth)
        if (sent := _frames(Compressed(*headers, chain_end(packet)), packet, profile, mtu, tag)) is not None:
            return sent
    fitting = [
        sent
        for candidate in candidates(packet, link, contexts, profile, elide_checksum)
        if (sent := _frames(candidate, packet, profile, mtu, tag)) is not None
    ]
    if not fitting:
        detail = f"no encoding that {profile.name} takes fits frames of {mtu} octets"
        raise Malformed("6lowpan", 0, Reason.TOO_BIG, detail)
    return min(fitting, key=lambda sent: sum(map(len, sent.frames)))


def _frames(candidate: Compressed, packet: bytes, profile: Profile, mtu: int, tag: int) -> Sent | None:
    """The frames of one candidate; ``None`` where they would break a rule or a bound."""
    whole = candidate.octets + packet[candidate.covered :]
    if len(whole) <= mtu:
        return Sent((whole,), candidate.features, candidate.growth)
    if Feature.FRAGMENTATION not in profile.sends:
        return None
    try:  # a payload under generic compression stands for all of the packet, so that no first fragment holds it
        frames = fragment(candidate.octets, candidate.covered, packet, mtu, tag)
    except CannotFragment:
        return None
    features = candidate.features | {Feature.FRAGMENTATION}
    in_first = candidate.covered + len(frames[0]) - FIRST_FRAGMENT_OCTETS - len(candidate.octets)
    if Feature.UNCOMPRESSED_IPV6 not in candidate.features and candidate.header_end > in_first:
        features |= {Feature.HEADERS_PAST_FIRST_FRAGMENT}
    return Sent(frames, features, candidate.growth) if features <= profile.sends else None


FIRST_FRAGMENT_OCTETS = len(FirstFragment(datagram_size=1, datagram_tag=0).encode())
