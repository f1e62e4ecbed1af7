"""What Neighbor Discovery takes over from before a restart: registrations, without which nobody could be reached until
each has registered again, which may be hours."""

from dataclasses import dataclass

from p6lowpan.machines.neighbor_discovery.cache import NeighborCache
from p6lowpan.machines.neighbor_discovery.entry import Kind, Registration
from p6lowpan.machines.neighbor_discovery.outputs import NeighborOutput, NeighborRegistered, Outputs
from p6lowpan.wire.address import Ipv6Address, LinkAddress


@dataclass(frozen=True, slots=True)
class KeptRegistration:
    """An address that a neighbor registered with us. ``transaction`` is ``None`` from a node of RFC 6775."""

    address: Ipv6Address
    link_address: LinkAddress
    verifier: bytes
    transaction: int | None
    lifetime_minutes: int
    expires_at: int
    reachability_requested: bool


def kept_registrations(cache: NeighborCache) -> tuple[KeptRegistration, ...]:
    """The registrations that are accepted; of a tentative one its owner will ask again."""
    kept = []
    for entry in cache.entries:
        registration = entry.registration
        if registration is None or entry.kind is not Kind.REGISTERED or entry.link_address is None:
            continue
        kept.append(
            KeptRegistration(
                address=entry.address,
                link_address=entry.link_address,
                verifier=registration.verifier,
                transaction=registration.transaction,
                lifetime_minutes=registration.lifetime_minutes,
                expires_at=registration.expires_at,
                reachability_requested=registration.reachability_requested,
            )
        )
    return tuple(kept)


def restore_registrations(now: int, cache: NeighborCache, kept: tuple[KeptRegistration, ...], room: int) -> Outputs:
    """Enter what has not ended meanwhile, as if it had just been registered, but that nobody is answered; as many as
    there is room for, where nobody has to go for them: they are the first, and may be thousands."""
    outputs: list[NeighborOutput] = []
    for one in kept:
        if one.expires_at <= now or len(cache) >= room:
            continue
        registration = Registration(
            verifier=one.verifier,
            transaction=one.transaction,
            lifetime_minutes=one.lifetime_minutes,
            expires_at=one.expires_at,
            is_tentative=False,
            reachability_requested=one.reachability_requested,
        )
        outputs += cache.register(now, one.address, one.link_address, registration)
        outputs.append(NeighborRegistered(one.address, one.link_address, one.reachability_requested))
    return tuple(outputs)
