"""Which of our addresses a packet has as its source: RFC 6724 section 5, as much of it as one interface needs.

Rules 1 (the destination itself), 2 (the smallest scope that reaches), 3 (not deprecated) and 8 (the longest prefix in
common, as far as the prefix goes). Rules 4 to 7 compare home addresses, interfaces, labels and temporary addresses: a
node here has one interface and forms no temporary addresses, and its policy table would be the default one.
"""

from collections.abc import Iterable

from p6lowpan.machines.network.addresses import AddressState, OwnAddress
from p6lowpan.machines.network.scope import common_bits, scope_of
from p6lowpan.wire.address import Ipv6Address


def select_source(candidates: Iterable[OwnAddress], destination: bytes) -> Ipv6Address | None:
    """The source for a packet to ``destination``; ``None`` where no candidate is assigned. Of equals, the first."""
    assigned = [own for own in candidates if own.is_assigned]
    best = max(assigned, key=lambda own: _rank(own, destination), default=None)
    return best.address if best is not None else None


def _rank(own: OwnAddress, destination: bytes) -> tuple[bool, tuple[bool, int], bool, int]:
    """The rules in order, as a tuple of which the greatest wins."""
    scope, wanted = scope_of(own.address), scope_of(destination)
    reaches = scope >= wanted
    return (
        own.address == destination,
        (reaches, -scope if reaches else scope),
        own.state is AddressState.PREFERRED,
        min(common_bits(own.address, destination), own.prefix_length),
    )
