"""Between whom a neighbour is probed, and in which form it is known to understand anything at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from p6lowpan.capability.errors import UsageError
from p6lowpan.wire.address import Ipv6Address, Link, LinkAddress, interface_identifier, link_local
from p6lowpan.wire.sixlowpan.contexts import Context

PREFIX_OCTETS = 8


class Base(StrEnum):
    """The plainest forms of a packet: the one that a neighbour understands carries every control."""

    PLAIN = "plain"
    IPHC = "iphc"


@dataclass(frozen=True, slots=True)
class Scene:
    """``theirs`` is the link-layer address that frames go to, ``their_short`` a second one of the neighbour's.

    ``contexts`` are those that both ends hold; under each, an end's address is the prefix and the identifier of its
    link-layer address. ``address`` is the neighbour's, where it is not the link-local one of ``theirs``. ``base`` is
    found out, and ``fragments``, the form of a first fragment that is understood; ``is_short_fragmented`` where the
    neighbour answers no more than one frame. ``parallel``: so many datagrams at once are put together. ``room`` is how
    many octets of 6LoWPAN a frame to it holds. Raises :class:`UsageError` for a neighbour that is everybody.
    """

    ours: LinkAddress
    theirs: LinkAddress
    our_short: LinkAddress | None = None
    their_short: LinkAddress | None = None
    contexts: Mapping[int, Context] = field(default_factory=dict)
    address: Ipv6Address | None = None
    base: Base | None = None
    fragments: Base | None = None
    is_short_fragmented: bool = False
    parallel: int = 1
    room: int = 0

    def __post_init__(self) -> None:
        if len(self.theirs) == 2 and int.from_bytes(self.theirs, "big") >= 0xFFFE:
            raise UsageError("one neighbour is probed, not everybody")

    @property
    def link(self) -> Link:
        """The ends of a frame that nothing is said about."""
        return Link(self.ours, self.theirs)

    @property
    def source(self) -> Ipv6Address:
        """Our link-local address."""
        return link_local(self.ours)

    @property
    def destination(self) -> Ipv6Address:
        """The address that is asked."""
        return link_local(self.theirs) if self.address is None else self.address

    @property
    def own_addresses(self) -> frozenset[Ipv6Address]:
        """All that we answer solicitations for; we are found at ``ours`` for each."""
        link_addresses = [self.ours] if self.our_short is None else [self.ours, self.our_short]
        formed = {under(prefix, one) for prefix in self.contexts.values() for one in link_addresses}
        return frozenset(formed | {link_local(one) for one in link_addresses})


def under(prefix: Context, link_address: LinkAddress) -> Ipv6Address:
    """The address that a context's prefix and a link-layer address make."""
    return Ipv6Address(prefix.prefix[:PREFIX_OCTETS] + interface_identifier(link_address))
