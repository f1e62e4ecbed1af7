"""What a prober says when it is spoken to: where its addresses are. And what a neighbour says of its own level."""

from collections.abc import Iterator

from p6lowpan.capability import profile
from p6lowpan.capability.errors import Malformed
from p6lowpan.interop.probing.questions import advertisement, icmpv6_in
from p6lowpan.interop.probing.scene import Scene
from p6lowpan.wire.address import Ipv6Address
from p6lowpan.wire.description import Header
from p6lowpan.wire.ipv6.capability_options import CapabilityIndication, FlexCapability, level_of
from p6lowpan.wire.ipv6.icmpv6 import MESSAGES
from p6lowpan.wire.ipv6.neighbor_discovery import NeighborSolicitation

NO_OPTIONS: tuple[Header, ...] = ()


def _message(octets: bytes) -> Header | None:
    message = icmpv6_in(octets)
    try:
        return MESSAGES.decode(message)[0] if message else None
    except Malformed:
        return None


def answer(octets: bytes, scene: Scene) -> bytes | None:
    """The packet that answers a solicitation for an address of ours; ``None`` where there is nothing to answer."""
    message = _message(octets)
    if not isinstance(message, NeighborSolicitation):
        return None
    target = Ipv6Address(message.target)
    return advertisement(target, octets[8:24], scene.ours) if target in scene.own_addresses else None


def announced(octets: bytes) -> str | None:
    """The profile that Neighbor Discovery options of the sender name (RFC 7400 section 3.4 with the level in it, or
    FLEX); ``None`` where they name none."""
    return next(_named(getattr(_message(octets), "options", NO_OPTIONS)), None)


def _named(options: tuple[Header, ...]) -> Iterator[str]:
    for option in options:
        if isinstance(option, FlexCapability):
            yield profile.of_flex(option.features).name
        if isinstance(option, CapabilityIndication) and (level := level_of(option)) is not None:
            yield profile.of_level(level).name
