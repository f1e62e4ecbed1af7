"""What a node does below IP in a mesh: who is reached over whom, how far, and whether it works for others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.features import Feature
from p6lowpan.capability.profile import Profile
from p6lowpan.wire.address import LinkAddress, format_link, is_group
from p6lowpan.wire.sixlowpan.mesh import DEEP, DEEPEST

LINK_ADDRESS_OCTETS = (2, 8)


def features_of_hops(hops: int) -> frozenset[Feature]:
    """What a mesh header with so many hops left asks of whoever reads it."""
    deep = {Feature.MESH_DEEP_HOPS} if hops >= DEEP else set()
    return frozenset({Feature.MESH_HEADER, *deep})


@dataclass(frozen=True, slots=True)
class MeshConfiguration:
    """Static routes below IP. Raises :class:`UsageError` for addresses and hops that cannot be.

    ``next_hops`` says by link-layer address of the final destination to whom a frame goes first; an entry for itself
    says that the destination is a direct neighbour. What is for somebody without an entry goes to the
    ``default_forwarder`` (RFC 4944 section 11); where there is none, to the destination itself, unless
    ``others_are_direct`` is false. ``hops_left`` is what our own frames start with: so many times they are sent.
    ``forwards`` and ``floods``: whether the node sends on what is for others, and what is for all.
    """

    next_hops: Mapping[LinkAddress, LinkAddress] = field(default_factory=dict)
    default_forwarder: LinkAddress | None = None
    others_are_direct: bool = True
    hops_left: int = DEEP - 1
    forwards: bool = True
    floods: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.hops_left <= DEEPEST:
            raise UsageError(f"a frame cannot start with {self.hops_left} hops left: 1 to {DEEPEST}")
        forwarders = () if self.default_forwarder is None else (self.default_forwarder,)
        for address in (*self.next_hops, *self.next_hops.values(), *forwarders):
            if len(address) not in LINK_ADDRESS_OCTETS or is_group(address):
                raise UsageError(f"no route to or over {format_link(address)}: it is nobody's own address")

    def next_hop(self, final_destination: LinkAddress) -> LinkAddress | None:
        """Whom a frame for ``final_destination`` is sent to; ``None``: there is no way."""
        if final_destination in self.next_hops:
            return self.next_hops[final_destination]
        return self.default_forwarder or (final_destination if self.others_are_direct else None)

    def lacking(self, profile: Profile) -> tuple[str, ...]:
        """The features that this asks of a node and that ``profile`` does not have."""
        needed = features_of_hops(self.hops_left) | {Feature.BROADCAST_HEADER}
        return tuple(sorted(feature.value.name for feature in needed - (profile.sends & profile.receives)))

    def check(self, profile: Profile) -> None:
        """Raise :class:`UsageError` unless a node of ``profile`` has every feature that this asks of it."""
        if missing := self.lacking(profile):
            raise UsageError(f"{profile.name} has no mesh with {self.hops_left} hops: it lacks {', '.join(missing)}")
