"""What Neighbor Discovery takes over from before a restart: registrations, without which nobody could be reached until
each has registered again, which may be hours."""

from p6lowpan.machines.neighbor_discovery.cache import NeighborCache
from p6lowpan.machines.neighbor_discovery.entry import KeptRegistration, Registration
from p6lowpan.machines.neighbor_discovery.outputs import NeighborOutput, NeighborRegistered, Outputs


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
