"""Who a node is: its addresses, what it can do, which part it plays."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from p6lowpan.capability.errors import UsageError
from p6lowpan.capability.limits import P6LOWPAN, Limits
from p6lowpan.capability.profile import Profile
from p6lowpan.machines.adaptation.discovery import Policy
from p6lowpan.machines.adaptation.mesh_configuration import MeshConfiguration
from p6lowpan.machines.backbone.configuration import BackboneConfiguration
from p6lowpan.machines.link.configuration import MacConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Configuration as NeighborDiscoveryConfiguration
from p6lowpan.machines.neighbor_discovery.configuration import Role
from p6lowpan.node.durable import Durable
from p6lowpan.wire.address import Ipv6Address, LinkAddress
from p6lowpan.wire.sixlowpan.contexts import Context


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """Addresses of this prefix are behind ``next_hop``."""

    prefix: Ipv6Address
    length: int
    next_hop: Ipv6Address


@dataclass(frozen=True, slots=True)
class NodeConfiguration:
    """One node with one radio. Raises :class:`UsageError` where its parts contradict one another.

    ``profile`` is a level or a FLEX field; ``pinned`` neighbours are sent what their profile receives. ``contexts`` are
    those given by hand, others come from routers. With ``mesh`` the node takes part in delivery below IP. ``seed``
    makes its chance: the same seed, the same node. A border router with a ``backbone`` has a second interface, at which
    packets come and go whole. ``restored`` is what the node knew before a restart: :attr:`Node.durable`, with its times
    as the clock of this node will show them.
    """

    link: MacConfiguration
    discovery: NeighborDiscoveryConfiguration
    profile: Profile
    policy: Policy = Policy.OPTIMISTIC
    pinned: Mapping[LinkAddress, Profile] = field(default_factory=dict)
    contexts: tuple[Context, ...] = ()
    routes: tuple[StaticRoute, ...] = ()
    mesh: MeshConfiguration | None = None
    backbone: BackboneConfiguration | None = None
    restored: Durable | None = None
    limits: Limits = P6LOWPAN
    seed: int = 0

    def __post_init__(self) -> None:
        if self.link.addresses != self.discovery.link_addresses and set(self.link.addresses) != set(
            self.discovery.link_addresses
        ):
            raise UsageError("the link and Neighbor Discovery disagree about the node's link-layer addresses")
        if (self.link.security is not None) != self.discovery.link_secured:
            raise UsageError("the link and Neighbor Discovery disagree about security")
        if self.backbone is not None and self.discovery.role is not Role.BORDER_ROUTER:
            raise UsageError("only a border router has a backbone")
        if self.mesh is not None:
            self.mesh.check(self.profile)
