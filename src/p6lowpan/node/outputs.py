"""What a node tells whoever drives it: what the radio shall do, what applications get, what is new, what was lost."""

from typing import TypeAlias

from p6lowpan.capability.profile import Profile
from p6lowpan.capability.reasons import Reason
from p6lowpan.capability.value import value
from p6lowpan.machines.adaptation.layer import Complained
from p6lowpan.machines.adaptation.news import Contradicted, How
from p6lowpan.machines.backbone.backbone import ToBackbone
from p6lowpan.machines.link.outputs import AssessChannel, Transmit
from p6lowpan.machines.network.outputs import AddressAssigned, AddressLost, DeliverIcmpv6, DeliverUdp
from p6lowpan.machines.outcomes import Dropped
from p6lowpan.wire.address import LinkAddress

__all__ = [
    "AddressAssigned", "AddressLost", "AssessChannel", "Bound", "Complained", "Contradicted",
    "DeliverIcmpv6", "DeliverUdp", "Dropped", "LevelLearned", "NotDelivered", "Output", "ToBackbone", "Transmit",
]  # fmt: skip


@value
class LevelLearned:
    """What a neighbour can do, and how that was learned."""

    neighbor: LinkAddress
    profile: Profile
    how: How


@value
class NotDelivered:
    """A frame of a packet did not reach the next hop, after all attempts. ``packet`` is that IPv6 packet, once for each
    of its frames that failed."""

    neighbor: LinkAddress
    reason: Reason
    attempts: int
    packet: bytes = b""


@value
class Bound:
    """A UDP port is now ours, as ``Bind`` asked."""

    port: int


Output: TypeAlias = (
    AssessChannel
    | Transmit
    | DeliverUdp
    | DeliverIcmpv6
    | AddressAssigned
    | AddressLost
    | Complained
    | Contradicted
    | LevelLearned
    | NotDelivered
    | ToBackbone
    | Bound
    | Dropped
)
